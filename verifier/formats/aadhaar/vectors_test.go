package aadhaar_test

import (
	"bytes"
	"encoding/hex"
	"encoding/json"
	"encoding/pem"
	"testing"
	"time"

	"vratar/verifier"
	"vratar/verifier/formats/aadhaar"
	"vratar/verifier/issuing"
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
	v := verifier.Verifier{Formats: []verifier.Format{aadhaar.Format{}}, Lists: l, Checker: proof.Checker{}}
	return v.Verify(verifier.Scan{Payload: payload, At: at})
}

type expect struct {
	Decodes        bool              `json:"decodes"`
	SignatureValid bool              `json:"signature_valid"`
	Accept         bool              `json:"accept"`
	Fields         map[string]string `json:"fields"`
	Hashes         []string          `json:"hashes_hex"`
	PhotoSize      int               `json:"photo_len"`
	SignedSize     int               `json:"signed_len"`
}

func TestVectors(t *testing.T) {
	var all []vectors.Entry[expect]
	vectors.Read(t, "aadhaar-qr/vectors.json", &all)
	for i := range all {
		e := &all[i]
		if !(aadhaar.Format{}).Sniff(e.Bytes(t)) {
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
		f("size of content", len(out.Credential.Proof.Signed) == e.Expect.SignedSize && out.Credential.SchemaFault == nil, true)
		var claims map[string]any
		if err := json.Unmarshal(out.Credential.Claims, &claims); err != nil {
			t.Fatal(err)
		}
		for name, want := range e.Expect.Fields {
			f(name, claims[name] == want, true)
		}
		f("photo", len(raw(t, claims["photo"])) == e.Expect.PhotoSize, true)
		f("e-mail", hex.EncodeToString(raw(t, claims["email_hash"])) == e.Expect.Hashes[0], true)
		f("mobile", hex.EncodeToString(raw(t, claims["mobile_hash"])) == e.Expect.Hashes[1], true)
	}
}

// raw is the bytes behind {"$b64": …}.
func raw(t *testing.T, claim any) []byte {
	t.Helper()
	text, err := json.Marshal(claim)
	if err != nil {
		t.Fatal(err)
	}
	var b struct {
		B []byte `json:"$b64"`
	}
	if err := json.Unmarshal(text, &b); err != nil {
		t.Fatal(err)
	}
	return b.B
}

var now = time.Date(2026, 3, 1, 10, 0, 0, 0, time.UTC)

func newCode(t *testing.T) (*issuing.Key, string) {
	t.Helper()
	return codeMadeAt(t, now.AddDate(-5, 0, 0))
}

func codeMadeAt(t *testing.T, made time.Time) (*issuing.Key, string) {
	t.Helper()
	k, err := issuing.NewKey(verifier.RS256, nil)
	if err != nil {
		t.Fatal(err)
	}
	k, err = k.Certified(issuing.CertificateOptions{Country: "IN", Organisation: "UIDAI", NotBefore: now.AddDate(-3, 0, 0), NotAfter: now.AddDate(0, 0, -1)})
	if err != nil {
		t.Fatal(err)
	}
	photo := []byte("\xff\x4f\xff\x51")
	for i := range 200 {
		photo = append(photo, byte(i*i*7>>3))
	}
	text, err := issuing.AadhaarQR(k, issuing.Aadhaar{
		Version: "V2", Last4: "2697", MadeAt: made, Name: "Sumit Kumar", BirthDate: "01-01-1984", Gender: "M", Mobile4: "1234",
		Photo: photo, EmailHash: bytes.Repeat([]byte{0xff}, 32), PhoneHash: bytes.Repeat([]byte{7}, 32),
	})
	if err != nil {
		t.Fatal(err)
	}
	return k, text
}

// Changed digits are refused, or they changed nothing but the wrapping of gzip (a time stamp, say). Changed
// content never passes.
func TestEveryFlipIsRefused(t *testing.T) {
	k, text := newCode(t)
	l := trusting(t, certificate(k.Certificate))
	genuine := judge(l, []byte(text), now)
	if genuine.Outcome != verifier.Valid {
		t.Fatalf("%v: %v", genuine.Reason, genuine.Cause)
	}
	p := genuine.Credential.Proof
	for i := range text {
		for d := byte('0'); d <= '9'; d++ {
			bad := []byte(text)
			if bad[i] = d; d == text[i] {
				continue
			}
			if out := judge(l, bad, now); out.Proven() && !bytes.Equal(out.Credential.Proof.Signed, p.Signed) {
				t.Fatalf("digit %d changed to %c", i, d)
			}
		}
	}
	message := append(bytes.Clone(p.Signed), p.Signature...)
	for i := range message {
		for _, x := range []byte{1, 128, 255} { // compressing again is slow
			bad := bytes.Clone(message)
			bad[i] ^= x
			if out := judge(l, []byte(issuing.ArmourAadhaar(bad)), now); out.Outcome == verifier.Valid || out.Proven() {
				t.Fatalf("byte %d flipped", i)
			}
		}
	}
}

// The certificate's period does not bind the cards; one that the trust list sets does.
func TestCardsOutliveTheCertificate(t *testing.T) {
	k, text := newCode(t)
	f := func(i issuing.TrustedIssuer, want verifier.Reason) {
		t.Helper()
		i.Keys = []*issuing.Key{k}
		list, err := issuing.TrustList(i)
		if err != nil {
			t.Fatal(err)
		}
		if out := judge(trusting(t, list), []byte(text), now); out.Reason != want {
			t.Errorf("%v, want %v", out.Reason, want)
		}
	}
	f(issuing.TrustedIssuer{ID: aadhaar.Issuer}, verifier.ReasonOK)
	f(issuing.TrustedIssuer{ID: aadhaar.Issuer, NotAfter: now.AddDate(-1, 0, 0)}, verifier.ReasonOK) // made before
	f(issuing.TrustedIssuer{ID: aadhaar.Issuer, NotAfter: now.AddDate(-6, 0, 0)}, verifier.ReasonKeyExpired)
	f(issuing.TrustedIssuer{ID: "https://university.example"}, verifier.ReasonIssuerUnknown)

	// Also where it reaches further than the certificate's.
	k, text = codeMadeAt(t, now.Add(-6*time.Hour))
	f(issuing.TrustedIssuer{ID: aadhaar.Issuer}, verifier.ReasonOK)
	f(issuing.TrustedIssuer{ID: aadhaar.Issuer, NotAfter: now.Add(-3 * time.Hour)}, verifier.ReasonOK)
	f(issuing.TrustedIssuer{ID: aadhaar.Issuer, NotAfter: now.Add(-12 * time.Hour)}, verifier.ReasonKeyExpired)
}
