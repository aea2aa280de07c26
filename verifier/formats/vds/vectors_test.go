package vds_test

import (
	"bytes"
	"encoding/hex"
	"encoding/json"
	"encoding/pem"
	"testing"
	"time"

	"vratar/verifier"
	"vratar/verifier/formats/vds"
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

func judge(l lists, payload []byte, at time.Time) verifier.Verdict {
	v := verifier.Verifier{Formats: []verifier.Format{vds.Format{}}, Lists: l, Checker: proof.Checker{}}
	return v.Verify(verifier.Scan{Payload: payload, At: at})
}

type expect struct {
	Decodes        *bool             `json:"decodes"`
	SignatureValid *bool             `json:"signature_valid"`
	Accept         bool              `json:"accept"`
	Country        string            `json:"issuing_country"`
	Signer         string            `json:"signer_id"`
	Reference      string            `json:"cert_ref"`
	Issued         string            `json:"issuing_date"`
	Signed         string            `json:"signature_date"`
	Document       string            `json:"doc_feature_ref_hex"`
	Messages       map[string]string `json:"messages_hex"`
	SignatureSize  int               `json:"signature_len"`
	Upstream       map[string]string `json:"upstream_fields"`
}

func TestVectors(t *testing.T) {
	var all []vectors.Entry[expect]
	vectors.Read(t, "icao-vds/vectors.json", &all)
	for i := range all {
		e := &all[i]
		if !(vds.Format{}).Sniff(e.Bytes(t)) {
			t.Errorf("%s is not recognised", e.ID)
		}
		l := lists{trust.Empty()}
		if e.Key != nil {
			l = trusting(t, pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: e.Key.DER}))
		}
		out := judge(l, e.Bytes(t), e.Now)
		f := func(what string, got, want bool) {
			t.Helper()
			if got != want {
				t.Errorf("%s: %s = %v, want %v (%s: %v)", e.ID, what, got, want, out.Reason, out.Cause)
			}
		}
		f("accept", out.Outcome == verifier.Valid, e.Expect.Accept)
		if e.Expect.Decodes == nil {
			continue
		}
		f("decodes", out.Credential != nil, *e.Expect.Decodes)
		if out.Credential != nil {
			f("signature_valid", out.Proven(), e.Expect.SignatureValid != nil && *e.Expect.SignatureValid)
			checkClaims(t, e, out.Credential)
		}
	}
}

func checkClaims(t *testing.T, e *vectors.Entry[expect], c *verifier.Credential) {
	t.Helper()
	var claims map[string]any
	if err := json.Unmarshal(c.Claims, &claims); err != nil {
		t.Fatalf("%s: %v", e.ID, err)
	}
	want := map[string]string{
		"country": e.Expect.Country, "signer": e.Expect.Signer, "certificate_reference": e.Expect.Reference, "issuing_date": e.Expect.Issued,
		"signature_date": e.Expect.Signed, "document_reference": e.Expect.Document,
	}
	for name, value := range want {
		if claims[name] != value {
			t.Errorf("%s: %s = %v, want %s", e.ID, name, claims[name], value)
		}
	}
	for name, value := range e.Expect.Upstream {
		if got, ok := claims[name]; ok && got != value {
			t.Errorf("%s: %s = %v, want %s", e.ID, name, got, value)
		}
	}
	if len(claims) != len(want)+len(e.Expect.Messages) || len(c.Proof.Signature) != e.Expect.SignatureSize || c.SchemaFault != nil {
		t.Errorf("%s: claims %s, fault %v", e.ID, c.Claims, c.SchemaFault)
	}
	for tag, value := range e.Expect.Messages {
		raw, err := hex.DecodeString(value)
		if err != nil {
			t.Fatal(err)
		}
		if !bytes.Contains(c.Proof.Signed, raw) {
			t.Errorf("%s: message %s is not signed", e.ID, tag)
		}
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

var now = time.Date(2026, 3, 1, 0, 0, 0, 0, time.UTC)

// No byte of a seal can be changed without being noticed.
func TestEveryFlipIsRefused(t *testing.T) {
	k, err := issuing.NewKey(verifier.ES256, counting{})
	if err != nil {
		t.Fatal(err)
	}
	k.ID = "UTTS1F"
	value, err := issuing.AppendC40(nil, "UFO001979")
	if err != nil {
		t.Fatal(err)
	}
	seal, err := issuing.VDS(k, issuing.Seal{
		Country: "UTO", Signer: "UTTS", Reference: "1F", IssuedOn: now, SignedOn: now, Feature: 0xfb, Kind: 0x06,
		Messages: []issuing.SealMessage{{Tag: 3, Value: value}, {Tag: 9, Value: bytes.Repeat([]byte{7}, 130)}},
	})
	if err != nil {
		t.Fatal(err)
	}
	list, err := issuing.TrustList(issuing.TrustedIssuer{ID: "UTTS", Keys: []*issuing.Key{k}})
	if err != nil {
		t.Fatal(err)
	}
	l := trusting(t, list)
	if out := judge(l, seal, now.AddDate(3, 0, 0)); out.Outcome != verifier.Valid || out.Credential.Holder.DocumentNumber != "UFO001979" {
		t.Fatalf("%v: %v", out.Reason, out.Cause)
	}
	for i := range seal {
		for _, x := range []byte{1, 2, 4, 8, 16, 32, 64, 128, 255} {
			bad := bytes.Clone(seal)
			bad[i] ^= x
			if out := judge(l, bad, now); out.Outcome == verifier.Valid || out.Proven() {
				t.Fatalf("byte %d flipped by %x", i, x)
			}
		}
		if out := judge(l, seal[:i], now); out.Outcome == verifier.Valid {
			t.Fatalf("cut at %d", i)
		}
	}
}

// A seal has no expiry, but must have been signed while its signer's certificate was in force; when it was
// issued, or dated ahead, is no matter.
func TestSignatureDateAgainstCertificate(t *testing.T) {
	k, err := issuing.NewKey(verifier.ES384, counting{})
	if err != nil {
		t.Fatal(err)
	}
	k.ID = "UTTS1F"
	k, err = k.Certified(issuing.CertificateOptions{Country: "UT", Organisation: "Test", NotBefore: now, NotAfter: now.AddDate(2, 0, 0)})
	if err != nil {
		t.Fatal(err)
	}
	list, err := issuing.TrustList(issuing.TrustedIssuer{ID: "UTTS", Keys: []*issuing.Key{k}})
	if err != nil {
		t.Fatal(err)
	}
	f := func(signed, at time.Time, want verifier.Reason) {
		t.Helper()
		seal, err := issuing.VDS(k, issuing.Seal{Country: "UTO", Signer: "UTTS", Reference: "001F", IssuedOn: now.AddDate(-9, 0, 0), SignedOn: signed, Feature: 0xfd, Kind: 2})
		if err != nil {
			t.Fatal(err)
		}
		if out := judge(trusting(t, list), seal, at); out.Reason != want {
			t.Errorf("signed %s, shown %s: %v, want %v", signed, at, out.Reason, want)
		}
	}
	f(now.AddDate(1, 0, 0), now.AddDate(1, 0, 0), verifier.ReasonOK)
	f(now.AddDate(1, 0, 0), now.AddDate(8, 0, 0), verifier.ReasonOK)
	f(now.AddDate(1, 0, 0), now, verifier.ReasonOK)
	f(now.AddDate(3, 0, 0), now.AddDate(1, 0, 0), verifier.ReasonKeyExpired)
	f(now.AddDate(-1, 0, 0), now.AddDate(1, 0, 0), verifier.ReasonOK) // dated back: signed later than it says
	f(now.AddDate(-1, 0, 0), now.AddDate(3, 0, 0), verifier.ReasonKeyExpired)
}
