package corpus

import (
	"crypto/sha256"
	"encoding/binary"
	"fmt"
	"io"
	"math/rand/v2"
	"time"

	"vratar/verifier"
	"vratar/verifier/issuing"
)

// recipe is how credentials of one format are made, and what a gateway must hold to judge them.
type recipe struct {
	name    string // in selections and item names
	format  string // as in verdicts
	kinds   []Kind // what can be right or wrong with it; a format without revocation has no Revoked
	issuers []issuing.TrustedIssuer
	lists   []File
	make    func(o order) (shown, error)
}

// recipes lists them all. A recipe's keys and lists follow from the seed and its name, so one more changes
// nothing about the others.
func recipes() []struct {
	name  string
	build func(w workshop) (recipe, error)
} {
	return []struct {
		name  string
		build func(w workshop) (recipe, error)
	}{
		{"document", documents},
		{"hcert", healthCertificates},
		{"vr2", presentedDocuments},
		{"cold", coldDocuments},
		{"shc", healthCards},
		{"nzcp", passes},
		{"claim169", identities},
		{"sdjwt", selectives},
		{"sdjwt-kb", boundSelectives},
		{"mdoc", mobileDocuments},
		{"vdsnc", sealsNC},
		{"vds", seals},
		{"pretix", tickets},
		{"aadhaar", aadhaarCodes},
	}
}

// Formats names what can be made, in the order of the recipes. Most are formats as in verdicts; "vr2" and
// "sdjwt-kb" are proven anew by their holder's device, and "cold" are documents of hundreds of issuers.
func Formats() []string {
	var names []string
	for _, r := range recipes() {
		names = append(names, r.name)
	}
	return names
}

// order is one credential that is asked for.
type order struct {
	kind    Kind
	n       int
	issued  time.Time
	expires time.Time // a day ago for Expired, else far ahead
	reader  string    // whom a picture was taken for
	*rand.Rand
}

// shown is what comes of an order.
type shown struct {
	payload []byte
	device  *device
	atGate  verifier.Reason // of one that is in order
}

func text(s string, err error) (shown, error) { return shown{payload: []byte(s)}, err }

// Read fills b, for what asks for its randomness as a reader.
func (o order) Read(b []byte) (int, error) {
	for i := range b {
		b[i] = byte(o.Uint32())
	}
	return len(b), nil
}

// workshop is where a recipe gets its keys.
type workshop struct {
	seed   uint64
	random io.Reader
}

func newWorkshop(seed uint64, name string) workshop {
	return workshop{seed, rand.NewChaCha8(sha256.Sum256(append(binary.LittleEndian.AppendUint64(nil, seed), "vratar "+name...)))}
}

// pair is the key of an honest issuer, and one that is on nobody's list.
type pair struct{ honest, rogue *issuing.Key }

func (w workshop) pair(alg verifier.Algorithm) (p pair, err error) {
	if p.honest, err = issuing.NewKey(alg, w.random); err != nil {
		return p, err
	}
	p.rogue, err = issuing.NewKey(alg, w.random)
	return p, err
}

// certified gives both keys certificates.
func (p pair) certified(uses ...string) (pair, error) {
	var err error
	for _, k := range []**issuing.Key{&p.honest, &p.rogue} {
		*k, err = (*k).Certified(issuing.CertificateOptions{
			Country: country, Organisation: "Vratar corpus", NotBefore: beginning, NotAfter: beginning.AddDate(100, 0, 0), Uses: uses,
		})
		if err != nil {
			return p, err
		}
	}
	return p, nil
}

// by chooses who signs: a forger names the key it does not have.
func (p pair) by(kind Kind) *issuing.Key {
	switch kind {
	case Forged:
		forger := *p.honest
		forger.Signer = p.rogue.Signer
		return &forger
	case UnknownIssuer:
		return p.rogue
	}
	return p.honest
}

// whose is the issuer that a credential of a kind names.
func whose(kind Kind, honest, stranger string) string {
	if kind == UnknownIssuer {
		return stranger
	}
	return honest
}

// Whom the gateway is asked to trust. The countries are Antarctica and Bouvet Island, where nobody issues.
const (
	issuerID    = "https://issuer.corpus.example"
	strangerID  = "https://stranger.corpus.example"
	country     = "AQ"
	strangeLand = "BV"
)

// trusted is an entry of the trust list for one format.
func trusted(id, format string, keys ...*issuing.Key) []issuing.TrustedIssuer {
	return []issuing.TrustedIssuer{{ID: id, Name: "Vratar corpus", Country: country, Formats: []string{format}, Keys: keys}}
}

// beginning is before everything; the lists must not depend on the day.
var beginning = time.Date(2020, 1, 1, 0, 0, 0, 0, time.UTC)

// statusEntries is the size of a token status list, of which the odd entries are revoked; many credentials
// share an entry.
const statusEntries = 1 << 16

func statusURI(name string) string { return issuerID + "/status/" + name }

// status is the entry of a credential.
func (o order) status(name string) *verifier.StatusRef {
	index := uint64(o.n%(statusEntries/2)) * 2
	if o.kind == Revoked {
		index++
	}
	return &verifier.StatusRef{URI: statusURI(name), Index: index}
}

func statusList(k *issuing.Key, name string) ([]File, error) {
	odd := make(map[uint64]byte, statusEntries/2)
	for i := uint64(1); i < statusEntries; i += 2 {
		odd[i] = 1
	}
	token, err := issuing.StatusListJWT(k, issuing.StatusList{
		URI: statusURI(name), Issuer: issuerID, Bits: 1, Size: statusEntries, Values: odd, IssuedAt: beginning,
	})
	return []File{{name + ".jwt", token}}, err
}

// revokedIDs is how many ids a list of revoked ones names; revoked items repeat them.
const revokedIDs = 500

// idList is a text file of revoked ids.
func idList(name string, id func(i int) string) []File {
	var b []byte
	for i := range revokedIDs {
		b = fmt.Appendln(b, id(i))
	}
	return []File{{name + ".txt", b}}
}

var (
	names     = []string{"Айгүл Сейітқызы", "Иван Петров", "Anna Schmidt", "Дәурен Әлімұлы", "Мария Иванова"}
	surnames  = []string{"Musterfrau", "Novak", "Rossi", "Dupont", "Kowalska"}
	forenames = []string{"Gabriele", "Jan", "Maria", "Luc", "Zofia"}
)

func (o order) name() string     { return names[o.IntN(len(names))] }
func (o order) surname() string  { return surnames[o.IntN(len(surnames))] }
func (o order) forename() string { return forenames[o.IntN(len(forenames))] }

func (o order) birthDate() string {
	return fmt.Sprintf("%d-%02d-%02d", 1940+o.IntN(65), 1+o.IntN(12), 1+o.IntN(28))
}
