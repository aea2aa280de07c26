package fastpath_test

import (
	"crypto/rand"
	"encoding/base64"
	"fmt"
	"strings"
	"testing"
	"time"

	"vratar/verifier"
	"vratar/verifier/formats/sdjwt"
	"vratar/verifier/issuing"
	"vratar/verifier/proof"
	"vratar/verifier/status"
	"vratar/verifier/trust"
)

func day() time.Time { return time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC) }

// gate is a verifier that counts.
type gate struct {
	verifier.Verifier
	trust    *trust.Snapshot
	preparer *proof.Preparer
	arena    verifier.Arena
	checked  int // signatures
	kept     int // in the memo
}

// newGate prepares all listed keys, as if all were in use, or none.
func newGate(t testing.TB, i issuer, prepared bool) *gate {
	t.Helper()
	list, err := trust.Load("test", i.list(t))
	if err != nil {
		t.Fatal(err)
	}
	g := &gate{trust: trust.New(list), preparer: proof.NewPreparer(64 << 20)}
	g.Verifier = verifier.Verifier{Formats: []verifier.Format{sdjwt.Format{}}, Lists: g, Checker: g, Memo: g}
	if prepared {
		for _, k := range g.trust.Keys() {
			g.preparer.Prepare(k)
		}
	}
	return g
}

func (g *gate) Trust() verifier.Trust   { return g.trust }
func (g *gate) Status() verifier.Status { return status.New() }

func (g *gate) Check(k *verifier.Key, p *verifier.Proof) bool {
	g.checked++
	return proof.Checker{Preparer: g.preparer}.Check(k, p)
}

func (g *gate) Get([]byte, uint64) *verifier.Proven { return nil }
func (g *gate) Wants([]byte) bool                   { return true }
func (g *gate) Put(*verifier.Proven)                { g.kept++ }

// judge returns the reason, and reuses the gate's memory.
func (g *gate) judge(payload []byte) verifier.Reason {
	v := g.Verify(verifier.Scan{Payload: payload, At: day(), Arena: &g.arena})
	return v.Reason
}

// issuer is whom the gates trust.
type issuer struct{ key *issuing.Key }

func newIssuer(t testing.TB) issuer {
	t.Helper()
	k, err := issuing.NewKey(verifier.ES256, rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	return issuer{k}
}

func (i issuer) list(t testing.TB) []byte {
	t.Helper()
	list, err := issuing.TrustList(issuing.TrustedIssuer{ID: "https://issuer.example", Formats: []string{"sdjwt"}, Keys: []*issuing.Key{i.key}})
	if err != nil {
		t.Fatal(err)
	}
	return list
}

// code is one that the issuer's key, or another under its name, has signed.
func (i issuer) code(t testing.TB, by *issuing.Key) []byte {
	t.Helper()
	signer := *by
	signer.ID = i.key.ID
	issued, err := issuing.SDJWT(&signer, issuing.Selective{
		Issuer: "https://issuer.example", Type: "urn:example:identity", IssuedAt: day().Add(-time.Hour), ExpiresAt: day().Add(time.Hour),
		Claims: map[string]any{"given_name": issuing.Hidden{Value: "Anna"}},
	}, rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	return []byte(issued.Present(issued.Disclosures...))
}

// naming returns genuine with the name of its key replaced by number n.
func (i issuer) naming(t testing.TB, genuine []byte) func(n int) []byte {
	t.Helper()
	first, rest, _ := strings.Cut(string(genuine), ".")
	header, err := base64.RawURLEncoding.DecodeString(first)
	if err != nil || strings.Count(string(header), i.key.ID) != 1 {
		t.Fatalf("%s: %v", header, err)
	}
	return func(n int) []byte {
		other := strings.Replace(string(header), i.key.ID, fmt.Sprintf("%011d", n), 1)
		return []byte(base64.RawURLEncoding.EncodeToString([]byte(other)) + "." + rest)
	}
}

// Wrong signatures of known keys have nothing prepared.
func TestWrongSignaturesPrepareNothing(t *testing.T) {
	i := newIssuer(t)
	g, forged := newGate(t, i, false), i.code(t, newIssuer(t).key)
	for range 1000 {
		if got := g.judge(forged); got != verifier.ReasonSignatureInvalid {
			t.Fatal(got)
		}
	}
	if s := g.preparer.Stats(); s.Keys != 0 || s.Built != 0 || s.Bytes != 0 || g.checked != 1000 {
		t.Errorf("%+v, %d signatures", s, g.checked)
	}
}
