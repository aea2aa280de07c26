package refresh

import (
	"net/url"
	"strings"
	"testing"
)

// A did:web identifier leads to an https address of the domain that it names, or nowhere.
func FuzzDIDWebAddress(f *testing.F) {
	for _, did := range []string{
		"did:web:example.com", "did:web:example.com%3A8443:user:alice", "did:web:example.com:..", "did:web:a@b", "did:web:1.2.3.4",
		"did:web:example.com%2Fx", "did:web:example.com:a%2e%2e", "did:key:z6Mk",
		"did:web:example.com%3a443", "did:web:\xae%3A",
	} {
		f.Add(did)
	}
	f.Fuzz(func(t *testing.T, did string) {
		address, err := DIDWebAddress(did)
		if (address == "") != (err != nil) {
			t.Fatalf("%q, %v", address, err)
		}
		if err != nil {
			return
		}
		u, err := url.Parse(address)
		if err != nil || u.Scheme != "https" || u.User != nil || u.RawQuery != "" || u.Fragment != "" || !strings.HasSuffix(u.Path, "/did.json") {
			t.Fatalf("%q leads to %q: %v", did, address, err)
		}
		if !strings.HasPrefix(strings.ToLower(did), "did:web:"+strings.ToLower(u.Hostname())) {
			t.Fatalf("%q leads to another host: %q", did, address)
		}
	})
}

// Whatever was kept, each kind of source reads it as a list or refuses it.
func FuzzReadKept(f *testing.F) {
	for _, text := range []string{
		`[{"name":"a.pem","data":"AAAA"}]`, `{"lists":{"k":{"kid":"k","method":"rid","ctr":1,"rids":["x"]}},"missing":["y"]}`,
		`{"since":"2026-03-01T10:00:00Z","whole":"2026-03-01T10:00:00Z","batches":{"b":{"json":{"country":"AT","kid":"UNKNOWN_KID","hashType":"UCI","expires":"","entries":[]}}}}`,
		`{"since":"","whole":"2026-03-01T10:00:00Z","batches":{"b":{"signed":"AAAA"}}}`,
		`{"count":1,"results":[{"id":1,"secret":"a","blocked":true}]}`, `{"issuer":"https://example.com","jwks":{"keys":[]}}`,
		`{"keys":[{"kty":"EC"}]}`, `{"id":"did:web:example.com","assertionMethod":[]}`, `null`, `[]`, `{}`, ``,
	} {
		f.Add([]byte(text))
	}
	all := []Origin{
		DIDWeb{DID: "did:web:example.com"}, KeySet{URL: home, Binding: Binding{Issuer: "a"}}, VCIssuer{Issuer: home},
		HealthCardIssuer{Issuer: home}, Folder{Path: "x"}, PretixEvent{URL: home}, PretixSecrets{URL: home},
		HealthCardLists{Issuer: home}, RevocationBatches{URL: home}, TokenList{URL: home}, RevokedIDs{URL: home},
	}
	f.Add([]byte("# ids\nticket-1\n00aaBB\n"))
	f.Add([]byte(`{"since":"","whole":"2026-03-01T10:00:00Z","batches":{"b":{"country":"AT","stored":true}}}`))
	f.Fuzz(func(t *testing.T, data []byte) {
		for _, o := range all {
			l, err := o.read(content{data: data})
			if err == nil && (l == nil || l.kind() == "") {
				t.Errorf("%s reads %q as a list of no kind", o.kind(), data)
			}
		}
	})
}
