package corpus

import (
	"fmt"
	"math/rand/v2"
	"sync"
	"time"

	"vratar/verifier"
	"vratar/verifier/issuing"
)

// The formats of signed credentials.
const (
	Document = "document" // our own, VR1
	HCERT    = "hcert"    // EU certificate
)

// Formats lists them.
func Formats() []string { return []string{Document, HCERT} }

// Whom the gateway is asked to trust. The countries are Antarctica and Bouvet Island, where nobody issues.
const (
	issuerID      = "https://issuer.corpus.example"
	strangerID    = "https://stranger.corpus.example"
	country       = "AQ"
	strangeLand   = "BV"
	statusURI     = issuerID + "/status/1"
	statusEntries = 1 << 16 // of which the odd ones are revoked; many credentials share an entry
	revokedUVCIs  = 500     // that the revocation batch of the EU certificates names
)

// signers are the two keys of one issuer.
type signers struct{ document, hcert *issuing.Key }

// Maker makes items one by one. It is immutable, and its lists cover every item it can make.
type Maker struct {
	seed   uint64
	at     time.Time
	honest signers // on the trust list
	rogue  signers // on nobody's
	trust  []byte
	status []File
	bomb   func() []byte // the same zip bomb for all: compressing zeros takes its time
}

// NewMaker derives issuers and lists from seed. Genuine items are in force from two days before at for a
// year; at is cut to the day, so that a corpus made later on the same day is the same. Trust and status lists
// of one seed fit the items of any day.
func NewMaker(seed uint64, at time.Time) (*Maker, error) {
	m := &Maker{seed: seed, at: at.UTC().Truncate(24 * time.Hour), bomb: sync.OnceValue(zipBomb)}
	random := rand.NewChaCha8([32]byte{byte(seed), byte(seed >> 8), byte(seed >> 16), byte(seed >> 24),
		byte(seed >> 32), byte(seed >> 40), byte(seed >> 48), byte(seed >> 56), 'v', 'r', 'a', 't', 'a', 'r'})
	for _, s := range []*signers{&m.honest, &m.rogue} {
		var err error
		if s.document, err = issuing.NewKey(verifier.ES256, random); err != nil {
			return nil, err
		}
		if s.hcert, err = issuing.NewKey(verifier.ES256, random); err != nil {
			return nil, err
		}
		s.hcert, err = s.hcert.Certified(issuing.CertificateOptions{
			Country: country, Organisation: "Vratar corpus", NotBefore: beginning, NotAfter: beginning.AddDate(100, 0, 0),
		})
		if err != nil {
			return nil, err
		}
	}
	var err error
	if m.trust, err = m.trustList(); err != nil {
		return nil, err
	}
	m.status, err = m.statusLists()
	return m, err
}

// beginning is before everything; the lists must not depend on the day.
var beginning = time.Date(2020, 1, 1, 0, 0, 0, 0, time.UTC)

// Trust is the trust list of the seed.
func (m *Maker) Trust() []byte { return m.trust }

// Status lists the status and revocation lists of the seed.
func (m *Maker) Status() []File { return m.status }

// Item makes item number n of a kind. Format matters only to kinds that are signed. Different numbers give
// different credentials, but for revoked EU certificates, which repeat every 500.
func (m *Maker) Item(kind Kind, format string, n int) (Item, error) {
	switch {
	case kind == Broken:
		return m.broken(n)
	case kind == Notice:
		return m.notice(n), nil
	}
	return m.signed(kind, format, n)
}

func (m *Maker) signed(kind Kind, format string, n int) (Item, error) {
	switch format {
	case Document:
		return m.document(kind, n)
	case HCERT:
		return m.hcert(kind, n)
	}
	return Item{}, fmt.Errorf("corpus: no format %q", format)
}

// validity is the period of a credential: running, or over since yesterday.
func (m *Maker) validity(kind Kind) (issued, expires time.Time) {
	if kind == Expired {
		return m.at.AddDate(-1, 0, 0), m.at.AddDate(0, 0, -1)
	}
	return m.at.AddDate(0, 0, -2), m.at.AddDate(1, 0, 0)
}

var expected = [numKinds]verifier.Reason{
	Genuine: verifier.ReasonOK, Expired: verifier.ReasonExpired, Revoked: verifier.ReasonRevoked,
	Forged: verifier.ReasonSignatureInvalid, UnknownIssuer: verifier.ReasonIssuerUnknown,
}

func item(kind Kind, format string, n int, text string) Item {
	return Item{Name: fmt.Sprintf("%s/%s/%d", kind, format, n), Format: format, Payload: []byte(text), Expect: expected[kind]}
}

func (m *Maker) document(kind Kind, n int) (Item, error) {
	r := m.random(kind, n)
	issued, expires := m.validity(kind)
	index := uint64(n%(statusEntries/2)) * 2
	if kind == Revoked {
		index++
	}
	d := issuing.Document{
		ID: randomBytes(r, 16), Issuer: issuerID, Type: "ticket", Number: fmt.Sprintf("T-%08d", n),
		Fields: map[string]any{"event": "Corpus cup", "sector": string(rune('A' + r.IntN(20))), "seat": r.IntN(400)},
		Name:   names[r.IntN(len(names))], IssuedAt: issued, ExpiresAt: expires,
		Status: &verifier.StatusRef{URI: statusURI, Index: index},
	}
	key := m.honest.document
	switch kind {
	case Forged:
		forger := *m.rogue.document
		forger.ID = key.ID // it names the key it does not have
		key = &forger
	case UnknownIssuer:
		key, d.Issuer = m.rogue.document, strangerID
	}
	text, err := issuing.VR1(key, d)
	return item(kind, Document, n, text), err
}

func (m *Maker) hcert(kind Kind, n int) (Item, error) {
	r := m.random(kind, n)
	issued, expires := m.validity(kind)
	c := issuing.HealthCertificate{
		Type: "vaccination", ID: fmt.Sprintf("URN:UVCI:01:%s:%016X%08X", country, r.Uint64(), n), Country: country,
		Surname: surnames[r.IntN(len(surnames))], Forename: forenames[r.IntN(len(forenames))],
		BirthDate: fmt.Sprintf("%d-%02d-%02d", 1940+r.IntN(65), 1+r.IntN(12), 1+r.IntN(28)),
		Date:      issued, IssuedAt: issued, ExpiresAt: expires,
	}
	key := m.honest.hcert
	switch kind {
	case Revoked:
		c.ID = m.revokedUVCI(n % revokedUVCIs)
	case Forged:
		forger := *key // its certificate, and so its name; not its private key
		forger.Signer = m.rogue.hcert.Signer
		key = &forger
	case UnknownIssuer:
		key, c.Country = m.rogue.hcert, strangeLand
	}
	text, err := issuing.HCERT(key, c)
	return item(kind, HCERT, n, text), err
}

func (m *Maker) revokedUVCI(i int) string {
	return fmt.Sprintf("URN:UVCI:01:%s:REVOKED%08X%04X", country, uint32(mixed(m.seed, uint64(i))), i)
}

var (
	names     = []string{"Айгүл Сейітқызы", "Иван Петров", "Anna Schmidt", "Дәурен Әлімұлы", "Мария Иванова"}
	surnames  = []string{"Musterfrau", "Novak", "Rossi", "Dupont", "Kowalska"}
	forenames = []string{"Gabriele", "Jan", "Maria", "Luc", "Zofia"}
)
