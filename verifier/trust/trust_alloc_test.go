//go:build !race

package trust

import (
	"testing"

	"vratar/verifier"
	"vratar/verifier/issuing"
)

func TestFindAllocatesNothing(t *testing.T) {
	s := manyIssuers(t, 10)
	room := make([]*verifier.Key, 0, 4)
	for _, c := range []*verifier.Credential{
		credential("document", "https://issuer-3", "k2"),
		credential("document", "https://issuer-3", ""),
		credential("document", "https://issuer-3", "unknown"),
		credential("document", "https://stranger", "k2"),
	} {
		if n := testing.AllocsPerRun(100, func() { s.Find(room[:0], c) }); n != 0 {
			t.Errorf("issuer %q kid %q: Find allocates %.0f times", c.Issuer, c.Proof.KeyID, n)
		}
	}
}

// A certificate that codes bring again and again costs nothing after the first.
func TestFindByChainAllocatesNothing(t *testing.T) {
	iaca := root(t, 1)
	web := issuing.CertificateOptions{Country: "UT", Addresses: []string{"https://issuer.example/path"}}
	inName := shown(certify(t, newKey(t, 3), iaca, web).Certificate)
	inName.Format, inName.Issuer, inName.KeyUse = "sdjwt", "https://issuer.example/path", verifier.KeyUse{}
	listed := certify(t, newKey(t, 2), nil, forDocuments)
	f := func(list []byte, c *verifier.Credential) {
		t.Helper()
		s := snapshotOf(t, list)
		room := make([]*verifier.Key, 0, 4)
		n := testing.AllocsPerRun(100, func() {
			if _, reason := s.Find(room[:0], c); reason != verifier.ReasonOK {
				t.Fatal(reason)
			}
		})
		if n != 0 {
			t.Errorf("%s of %q: Find allocates %.0f times", c.Format, c.Issuer, n)
		}
	}
	f(pemOf(iaca.Certificate), shown(certify(t, newKey(t, 2), iaca, forDocuments).Certificate))
	f(pemOf(listed.Certificate), shown(listed.Certificate))
	f([]byte(`{"issuers":[{"id":"*","formats":["sdjwt"],"keys":[{"pem":`+quoted(pemOf(iaca.Certificate))+`}]}]}`), inName)
}
