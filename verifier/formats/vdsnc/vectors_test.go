package vdsnc_test

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"encoding/pem"
	"strings"
	"testing"
	"time"

	"vratar/verifier"
	"vratar/verifier/formats/vdsnc"
	"vratar/verifier/issuing"
	"vratar/verifier/jose"
	"vratar/verifier/proof"
	"vratar/verifier/status"
	"vratar/verifier/trust"
	"vratar/verifier/vectors"
)

// lists hands out one trust snapshot and no status lists.
type lists struct{ trust verifier.Trust }

func (l lists) Trust() verifier.Trust   { return l.trust }
func (l lists) Status() verifier.Status { return status.New() }

func trusting(t testing.TB, text []byte) lists {
	t.Helper()
	src, err := trust.Load("vector", text)
	if err != nil {
		t.Fatal(err)
	}
	return lists{trust.New(src)}
}

func certificate(der []byte) []byte {
	return pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: der})
}

func judge(l lists, payload []byte, at time.Time) verifier.Verdict {
	v := verifier.Verifier{Formats: []verifier.Format{vdsnc.Format{}}, Lists: l, Checker: proof.Checker{}}
	return v.Verify(verifier.Scan{Payload: payload, At: at})
}

type expect struct {
	Decodes        bool            `json:"decodes"`
	SignatureValid bool            `json:"signature_valid"`
	Accept         bool            `json:"accept"`
	Issuer         string          `json:"issuer"`
	Claims         json.RawMessage `json:"claims"`
	Digest         string          `json:"jcs_sha256_hex"`
}

func TestVectors(t *testing.T) {
	var all []vectors.Entry[expect]
	vectors.Read(t, "icao-vds-nc/vectors.json", &all)
	for i := range all {
		e := &all[i]
		if !(vdsnc.Format{}).Sniff(e.Bytes(t)) {
			t.Errorf("%s is not recognised", e.ID)
		}
		out := judge(trusting(t, certificate(e.Key.DER)), e.Bytes(t), e.Now)
		f := func(what string, got, want bool) {
			t.Helper()
			if got != want {
				t.Errorf("%s: %s = %v, want %v (%s: %v)", e.ID, what, got, want, out.Reason, out.Cause)
			}
		}
		f("decodes", out.Credential != nil, e.Expect.Decodes)
		f("accept", out.Outcome == verifier.Valid, e.Expect.Accept)
		f("signature_valid", out.Checks[verifier.CheckSignature].Result == verifier.Pass, e.Expect.SignatureValid)
		if out.Credential == nil {
			continue
		}
		digest := sha256.Sum256(out.Credential.Proof.Signed)
		f("canonical form", hex.EncodeToString(digest[:]) == e.Expect.Digest, true)
		claims, err := jose.AppendCanonical(nil, e.Expect.Claims)
		if err != nil {
			t.Fatal(err)
		}
		f("claims", bytes.Equal(claims, out.Credential.Claims), true)
		f("issuer", out.Credential.Issuer == e.Expect.Issuer && out.Credential.SchemaFault == nil, true)
	}
}

// counting is a source of randomness that is the same on every run.
type counting struct{}

func (counting) Read(p []byte) (int, error) {
	for i := range p {
		p[i] = byte(i)
	}
	return len(p), nil
}

var now = time.Date(2026, 3, 1, 10, 0, 0, 0, time.UTC)

func newSeal(t *testing.T, use string) (*issuing.Key, string) {
	t.Helper()
	k, err := issuing.NewKey(verifier.ES256, counting{})
	if err != nil {
		t.Fatal(err)
	}
	k, err = k.Certified(issuing.CertificateOptions{
		Country: "UT", Organisation: "Test", NotBefore: now, NotAfter: now.AddDate(2, 0, 0), Uses: []string{use},
	})
	if err != nil {
		t.Fatal(err)
	}
	text, err := issuing.VDSNC(k, issuing.SealNC{Type: "icao.vacc", Issuer: "UTO", Message: map[string]any{
		"uvci": "U32870", "pid": map[string]any{"n": "SMITH BILL", "i": "A1234567Z"}, "ve": []any{},
	}})
	if err != nil {
		t.Fatal(err)
	}
	return k, text
}

// No byte of the text can be changed without being noticed: everything but the signature's own object is
// signed, blanks there are none, and that object has one spelling for each value.
func TestEveryFlipIsRefused(t *testing.T) {
	k, text := newSeal(t, "2.23.136.1.1.14.2")
	l := trusting(t, certificate(k.Certificate))
	if out := judge(l, []byte(text), now); out.Outcome != verifier.Valid {
		t.Fatalf("%v: %v", out.Reason, out.Cause)
	}
	for i := range text {
		for _, x := range []byte{1, 2, 4, 8, 16, 32, 64, 128, 255} {
			bad := []byte(text)
			bad[i] ^= x
			if out := judge(l, bad, now); out.Outcome == verifier.Valid || out.Proven() {
				t.Fatalf("flipped at %d: %.80s", i, bad[max(0, i-40):])
			}
		}
		if out := judge(l, []byte(text[:i]), now); out.Outcome == verifier.Valid {
			t.Fatalf("cut at %d", i)
		}
	}
}

// The certificate in the seal names the key and is trusted for nothing.
func TestCertificateIsAHint(t *testing.T) {
	k, text := newSeal(t, "2.23.136.1.1.14.2")
	f := func(l lists, payload string, want verifier.Reason) {
		t.Helper()
		if out := judge(l, []byte(payload), now); out.Reason != want {
			t.Errorf("%v, want %v (%v)", out.Reason, want, out.Cause)
		}
	}
	begin := strings.Index(text, `"cer":`)
	end := begin + strings.Index(text[begin:], ",") + 1
	without := text[:begin] + text[end:]
	other, err := issuing.NewKey(verifier.ES384, counting{})
	if err != nil {
		t.Fatal(err)
	}
	set := func(keys ...*issuing.Key) lists {
		t.Helper()
		list, err := issuing.TrustList(issuing.TrustedIssuer{ID: "UTO", Keys: keys})
		if err != nil {
			t.Fatal(err)
		}
		return trusting(t, list)
	}
	f(lists{trust.Empty()}, text, verifier.ReasonIssuerUnknown)
	f(set(k), text, verifier.ReasonOK)
	f(set(k), without, verifier.ReasonOK)
	f(set(other), text, verifier.ReasonKeyUnknown)
	f(set(other), without, verifier.ReasonKeyNotAllowed) // its only key is for another algorithm
	wrong, sealed := newSeal(t, "2.23.136.1.1.3")
	f(set(wrong), sealed, verifier.ReasonKeyNotAllowed)
}
