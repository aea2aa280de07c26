package demo

import (
	"crypto/rand"
	"errors"
	"fmt"
	"io/fs"
	"os"

	"vratar/verifier"
	"vratar/verifier/issuing"
)

// Keys of the world, each by the name of its file without the ending.
const (
	issuerKey     = "issuer"    // of the demo's own documents and of its status list
	euKey         = "eu-signer" // of certificates in EU format
	healthKey     = "health-card"
	passKey       = "pass"
	identityKey   = "identity"
	attributesKey = "attributes"  // of what a wallet holds
	rootKey       = "mobile-root" // certifies mobileKey
	mobileKey     = "mobile"
	sealKey       = "seal"    // of visas and permits
	travelKey     = "seal-nc" // of health proofs for travellers
	ticketsKey    = "tickets"
	cardKey       = "card"   // of identity cards in Indian format
	walletKey     = "wallet" // of whom the wallet belongs to
	deviceKey     = "device" // of the phone with the mobile document
)

// Extended key usages that formats demand of a signer's certificate: a document signer of ISO/IEC 18013-5, a
// signer of seals of ICAO.
const (
	useMobile = "1.0.18013.5.1.2"
	useSeals  = "2.23.136.1.1.14.2"
)

// recipe makes a key the first time.
type recipe struct {
	name      string
	algorithm verifier.Algorithm
	// finish gives a new key the name or certificate that its format wants; nil: none.
	finish func(k *issuing.Key) (*issuing.Key, error)
}

// recipes lists the keys in an order in which those that certify others come first.
func (w *World) recipes(o Options) []recipe {
	term := issuing.CertificateOptions{NotBefore: o.Now.AddDate(0, 0, -1), NotAfter: o.Now.AddDate(10, 0, 0)}
	named := func(id string) func(*issuing.Key) (*issuing.Key, error) {
		return func(k *issuing.Key) (*issuing.Key, error) {
			k.ID = id
			return k, nil
		}
	}
	certified := func(by, country, name string, change func(*issuing.CertificateOptions)) func(*issuing.Key) (*issuing.Key, error) {
		c := term
		c.Country, c.Organisation = country, name
		if change != nil {
			change(&c)
		}
		return func(k *issuing.Key) (*issuing.Key, error) {
			if by == "" {
				return k.Certified(c)
			}
			return k.CertifiedBy(w.keys[by], c)
		}
	}
	authority := func(c *issuing.CertificateOptions) { c.Authority = true }
	uses := func(oid string) func(*issuing.CertificateOptions) {
		return func(c *issuing.CertificateOptions) { c.Uses = []string{oid} }
	}
	return []recipe{
		{issuerKey, verifier.ES256, nil},
		{euKey, verifier.ES256, certified("", euCountry, euName, nil)},
		{healthKey, verifier.ES256, (*issuing.Key).Thumbprinted},
		{passKey, verifier.ES256, named("key-1")},
		{identityKey, verifier.EdDSA, nil},
		{attributesKey, verifier.ES256, nil},
		{rootKey, verifier.ES256, certified("", "UT", mobileName, authority)},
		{mobileKey, verifier.ES256, certified(rootKey, "UT", mobileName, uses(useMobile))},
		{sealKey, verifier.ES256, named(sealSigner + sealReference)},
		{travelKey, verifier.ES256, certified("", "UT", travelName, uses(useSeals))},
		{ticketsKey, verifier.EdDSA, nil},
		{cardKey, verifier.RS256, nil},
		{walletKey, verifier.ES256, nil},
		{deviceKey, verifier.ES256, nil},
	}
}

func (w *World) loadKeys(o Options) error {
	w.keys = make(map[string]*issuing.Key)
	for _, r := range w.recipes(o) {
		k, err := w.loadKey(r)
		if err != nil {
			return err
		}
		w.keys[r.name] = k
	}
	return nil
}

func (w *World) loadKey(r recipe) (*issuing.Key, error) {
	name := r.name + ".jwk"
	text, err := w.keep(name, func() ([]byte, error) {
		k, err := issuing.NewKey(r.algorithm, rand.Reader)
		if err == nil && r.finish != nil {
			k, err = r.finish(k)
		}
		if err != nil {
			return nil, err
		}
		return k.MarshalPrivate()
	})
	if err != nil {
		return nil, err
	}
	k, err := issuing.ParseKey(text)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", name, err)
	}
	return k, nil
}

// keep returns a file's content, which is made the first time.
func (w *World) keep(name string, make func() ([]byte, error)) ([]byte, error) {
	text, err := os.ReadFile(w.path(name))
	if !errors.Is(err, fs.ErrNotExist) {
		return text, err
	}
	if text, err = make(); err != nil {
		return nil, err
	}
	return text, w.write(name, text)
}
