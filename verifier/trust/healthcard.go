package trust

import (
	"crypto/x509"
	"errors"
	"fmt"
	"strings"

	"vratar/verifier"
	"vratar/verifier/jose"
)

// loadHealthCardIssuers reads the key sets of SMART Health Card issuers, {"https://issuer": {"keys": […]}}:
// what each of them publishes under /.well-known/jwks.json. A set speaks for that one URL, letter by letter.
func loadHealthCardIssuers(o jose.Object) (Source, error) {
	src := Source{Kind: KindSHC}
	for _, m := range o {
		if !strings.HasPrefix(m.Name, "https://") || strings.HasSuffix(m.Name, "/") {
			return Source{}, fmt.Errorf("%q is not an https URL without trailing slash", m.Name)
		}
		set, err := jose.ParseObject(m.Value)
		if err != nil {
			return Source{}, fmt.Errorf("%s: %w", m.Name, err)
		}
		items, err := set.Array("keys")
		if err != nil || set.Get("keys") == nil {
			return Source{}, fmt.Errorf("%s: not a key set", m.Name)
		}
		e := Entry{Issuer: verifier.Issuer{ID: m.Name}, Formats: []string{"shc"}}
		for i, item := range items {
			k, err := readHealthCardKey(m.Name, item)
			if err != nil {
				src.Refused = append(src.Refused, Refusal{fmt.Sprintf("%s key %d", m.Name, i), err})
				continue
			}
			e.Keys = append(e.Keys, k)
		}
		if len(e.Keys) > 0 {
			src.Entries = append(src.Entries, e)
		}
	}
	return src, nil
}

// readHealthCardKey reads a key as the specification demands it ("Determining keys associated with an
// issuer", "Certificates").
func readHealthCardKey(issuer string, text []byte) (Key, error) {
	k, err := jose.ParseJWK(text)
	if err != nil {
		return Key{}, err
	}
	o, err := jose.ParseObject(text)
	if err != nil {
		return Key{}, err
	}
	use, _ := o.Text("use")
	if use != "sig" || k.Algorithm != verifier.ES256.String() {
		return Key{}, errors.New("the key is not for signing with ES256")
	}
	// Only a key on P-256 has this form; the algorithm alone would not say it.
	if curve, _ := o.Text("crv"); curve != "P-256" {
		return Key{}, errors.New("the key is not on P-256")
	}
	thumbprint, err := jose.Thumbprint(k.Public)
	if err != nil || k.KeyID != thumbprint {
		return Key{}, errors.New("kid is not the thumbprint of the key")
	}
	if k.Certificate != nil {
		if err := checkHealthCardChain(issuer, k.Chain); err != nil {
			return Key{}, err
		}
	}
	return fromJWK(k)
}

// checkHealthCardChain: whoever lists the issuer has vouched for it, so the chain needs no anchor; but what
// it says must be of this issuer and hold together. Periods are judged with each card.
func checkHealthCardChain(issuer string, chain [][]byte) error {
	certificates := make([]*x509.Certificate, len(chain))
	for i, der := range chain {
		var err error
		if certificates[i], err = x509.ParseCertificate(der); err != nil {
			return fmt.Errorf("certificate %d: %w", i, err)
		}
	}
	named := false
	for _, u := range certificates[0].URIs {
		named = named || u.String() == issuer
	}
	if !named {
		return errors.New("the certificate does not name the issuer's URL")
	}
	for i, parent := range certificates[1:] {
		if err := certificates[i].CheckSignatureFrom(parent); err != nil {
			return fmt.Errorf("certificate %d is not signed by the next: %w", i, err)
		}
	}
	return nil
}
