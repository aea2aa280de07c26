package sizing

import (
	"bytes"
	"compress/flate"
	"encoding/binary"
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"time"

	"vratar/bench/process"
	"vratar/verifier"
	"vratar/verifier/issuing"
)

// List is one token status list of a nation's documents.
type List struct {
	Documents uint64  `json:"documents"`
	OneIn     uint64  `json:"one_in"` // so many is revoked
	JWT       int     `json:"jwt_bytes"`
	CWT       int     `json:"cwt_bytes"`
	StartMS   float64 `json:"start_ms"` // of a gateway, until it is ready with that list
	Resident  int64   `json:"resident"` // of that gateway then, garbage of reading the list included
}

const listURI = "https://issuer.sizing.example/status/1"

// lists weighs the same number of documents with ever more of them revoked.
func (m *measurement) lists(r *Result) error {
	seed := rand.NewChaCha8([32]byte{1})
	key, err := issuing.NewKey(verifier.ES256, seed)
	if err != nil {
		return err
	}
	trusted, err := issuing.TrustList(issuing.TrustedIssuer{ID: "https://issuer.sizing.example", Keys: []*issuing.Key{key}})
	if err != nil {
		return err
	}
	trust := filepath.Join(m.Dir, "issuer.json")
	if err := os.WriteFile(trust, trusted, 0o600); err != nil {
		return err
	}
	random := rand.New(seed)
	for _, oneIn := range []uint64{1000, 100, 10} {
		l := List{Documents: m.Documents, OneIn: oneIn}
		token, err := l.make(key, random)
		if err != nil {
			return err
		}
		if err := m.load(&l, trust, token); err != nil {
			return err
		}
		r.Lists = append(r.Lists, l)
	}
	r.Delta, err = delta(random, m.Documents)
	return err
}

// make signs the list in both encodings and returns the larger, which is the one that is mostly published.
func (l *List) make(key *issuing.Key, random *rand.Rand) (token []byte, err error) {
	list := issuing.StatusList{
		URI: listURI, Issuer: "https://issuer.sizing.example", Bits: 1, Size: l.Documents, IssuedAt: time.Now(),
		Values: make(map[uint64]byte, l.Documents/l.OneIn),
	}
	for uint64(len(list.Values)) < l.Documents/l.OneIn {
		list.Values[random.Uint64N(l.Documents)] = 1
	}
	packed, err := issuing.StatusListCWT(key, list)
	if err != nil {
		return nil, err
	}
	token, err = issuing.StatusListJWT(key, list)
	l.CWT, l.JWT = len(packed), len(token)
	return token, err
}

// load starts a gateway with the list.
func (m *measurement) load(l *List, trust string, token []byte) error {
	file := filepath.Join(m.Dir, fmt.Sprintf("one-in-%d.jwt", l.OneIn))
	if err := os.WriteFile(file, token, 0o600); err != nil {
		return err
	}
	site := process.Site{
		Binary: m.Binary, Dir: filepath.Join(m.Dir, fmt.Sprintf("lists-%d", l.OneIn)), Trust: []string{trust}, Status: []string{file},
		Checkpoints: 1, Output: m.Log,
	}
	began := time.Now()
	g, err := site.Serve(m.ctx, patience)
	if err != nil {
		return err
	}
	l.StartMS = float64(time.Since(began)) / float64(time.Millisecond)
	resident, err := g.Memory()
	l.Resident = resident.Resident
	return errors.Join(err, g.Stop())
}

// delta is the size of the numbers of 10,000 documents that were revoked since, as small as a general method makes it:
// sorted, each as its distance from the one before, deflated.
func delta(random *rand.Rand, documents uint64) (int, error) {
	numbers := make([]uint64, min(10_000, documents))
	for i := range numbers {
		numbers[i] = random.Uint64N(documents)
	}
	slices.Sort(numbers)
	var text []byte
	last := uint64(0)
	for _, n := range numbers {
		text, last = binary.AppendUvarint(text, n-last), n
	}
	var packed bytes.Buffer
	w, err := flate.NewWriter(&packed, flate.BestCompression)
	if err != nil {
		return 0, err
	}
	_, err = w.Write(text)
	err = errors.Join(err, w.Close())
	return packed.Len(), err
}
