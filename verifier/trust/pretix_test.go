package trust

import (
	"crypto/ed25519"
	"crypto/x509"
	"encoding/base64"
	"encoding/pem"
	"strings"
	"testing"
)

func TestPretixEvent(t *testing.T) {
	public := ed25519.NewKeyFromSeed(make([]byte, ed25519.SeedSize)).Public()
	der, err := x509.MarshalPKIXPublicKey(public)
	if err != nil {
		t.Fatal(err)
	}
	key := base64.StdEncoding.EncodeToString(pem.EncodeToMemory(&pem.Block{Type: "PUBLIC KEY", Bytes: der}))
	keys := `"valid_keys":{"pretix_sig1":["` + key + `","?"]}`
	f := func(text, issuer, name string) {
		t.Helper()
		src := mustLoad(t, text)
		if src.Kind != KindPretix || len(src.Refused) != 1 || len(src.Entries) != 1 || src.Wildcard != (issuer == AnyIssuer) ||
			src.Entries[0].Issuer.ID != issuer || src.Entries[0].Issuer.Name != name {
			t.Errorf("source = %+v", src)
		}
		c := credential("pretix", "", "")
		c.Proof.Algorithm = src.Entries[0].Keys[0].Algorithm
		if got := found(New(src), c); got != issuer {
			t.Errorf("found %s, want %s", got, issuer)
		}
		c.Format = "document"
		if got := found(New(src), c); got == issuer {
			t.Error("the organiser's key signs other formats")
		}
	}
	f(`{`+keys+`}`, AnyIssuer, "")
	f(`{"slug":"demo","name":{"de":"Messe"},`+keys+`}`, "demo", "Messe")
	f(`{"slug":"demo","public_url":"https://pretix.eu/a/demo/","name":{"de":"Messe","en":"Fair"},`+keys+`}`, "https://pretix.eu/a/demo/", "Fair")
	for _, text := range []string{`{"valid_keys":{}}`, `{"valid_keys":{"pretix_sig1":["` + key[4:] + `"]}}`, `{"valid_keys":7}`, `{"slug":7,` + keys + `}`} {
		if _, err := Load("event", []byte(text)); err == nil || !strings.Contains(err.Error(), "event") {
			t.Errorf("%s: %v", text, err)
		}
	}
}
