package document_test

import (
	"bytes"
	"crypto/elliptic"
	"crypto/sha256"
	"flag"
	"math/big"
	"math/rand/v2"
	"os"
	"strings"
	"testing"
	"time"

	"vratar/verifier"
	"vratar/verifier/base45"
	"vratar/verifier/formats/document"
	"vratar/verifier/issuing"
	"vratar/verifier/proof"
	"vratar/verifier/status"
	"vratar/verifier/trust"
)

var update = flag.Bool("update", false, "write testdata anew")

var at = time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)

func key(t testing.TB, alg verifier.Algorithm, seed byte) *issuing.Key {
	t.Helper()
	k, err := issuing.NewKey(alg, rand.NewChaCha8([32]byte{seed}))
	if err != nil {
		t.Fatal(err)
	}
	return k
}

// presentations are the files of testdata, as they are made.
func presentations(t testing.TB) map[string]string {
	t.Helper()
	issuer, device, other := key(t, verifier.ES256, 1), key(t, verifier.ES256, 2), key(t, verifier.ES256, 3)
	must := func(text string, err error) string {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
		return text
	}
	d := issuing.Document{
		ID: []byte("0123456789abcdef"), Issuer: "https://u.example", Type: "student", Number: "S-7", IssuedAt: at.Add(-time.Hour),
		ExpiresAt: at.AddDate(1, 0, 0),
	}
	unbound := must(issuing.VR1(issuer, d))
	d.Holder = device.Public()
	bound := must(issuing.VR1(issuer, d))
	fresh := issuing.Binding{IssuedAt: at, Nonce: "fedcba9876543210"}
	addressed := fresh
	addressed.Audience = "north"
	return map[string]string{
		"vr1":             unbound,
		"vr1-bound":       bound,
		"vr2":             must(issuing.VR2(device, bound, fresh)),
		"vr2-addressed":   must(issuing.VR2(device, bound, addressed)),
		"vr2-other-key":   must(issuing.VR2(other, bound, fresh)),
		"vr2-unbound":     must(issuing.VR2(device, unbound, fresh)),
		"vr2-without-iat": must(issuing.VR2(device, bound, issuing.Binding{Nonce: "fedcba9876543210"})),
	}
}

// read is one file of testdata.
func read(t testing.TB, name string) []byte {
	t.Helper()
	b, err := os.ReadFile("testdata/" + name + ".txt")
	if err != nil {
		t.Fatal(err)
	}
	return b
}

func TestUpdate(t *testing.T) {
	for name, text := range presentations(t) {
		if *update {
			if err := os.WriteFile("testdata/"+name+".txt", []byte(text+"\n"), 0o644); err != nil {
				t.Fatal(err)
			}
		}
		// The compressed bytes are the library's choice; what they say is ours.
		stored, err := document.Format{}.Decode(read(t, name))
		if err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		made, err := document.Format{}.Decode([]byte(text))
		if err != nil || string(made.Proof.Signed) != string(stored.Proof.Signed) {
			t.Errorf("%s is no longer what issuing makes: %v", name, err)
		}
	}
}

// lists trusts the issuer of testdata and has no status lists.
type lists struct{ trust *trust.Snapshot }

func (l lists) Trust() verifier.Trust { return l.trust }
func (lists) Status() verifier.Status { return status.New() }

// memo remembers everything, unlike the one with a bound.
type memo map[string]*verifier.Proven

func (m memo) Get(payload []byte, _ uint64) *verifier.Proven { return m[string(payload)] }
func (m memo) Wants([]byte) bool                             { return true }
func (m memo) Put(p *verifier.Proven)                        { m[p.Payload] = p }

func house(t testing.TB) *verifier.Verifier {
	t.Helper()
	public, err := key(t, verifier.ES256, 1).MarshalPublic()
	if err != nil {
		t.Fatal(err)
	}
	src, err := trust.Load("test", []byte(`{"keys":[`+string(public)+`]}`))
	if err != nil {
		t.Fatal(err)
	}
	return &verifier.Verifier{
		Formats: []verifier.Format{document.Format{}}, Lists: lists{trust.New(src)}, Checker: proof.Checker{},
		Memo: memo{}, Skew: 5 * time.Second,
	}
}

// Every question is asked twice, so that the second answer comes from the memo: it remembers who issued the
// credential, never how fresh the presentation is.
func TestPresentations(t *testing.T) {
	v := house(t)
	f := func(name string, after time.Duration, d verifier.HolderDemand, want verifier.Reason, established bool) {
		t.Helper()
		for range 2 {
			out := v.Verify(verifier.Scan{Payload: read(t, name), At: at.Add(after), Holder: d})
			if out.Reason != want || (want == verifier.ReasonOK) != (out.Outcome == verifier.Valid) {
				t.Errorf("%s after %v: %v %v (%v), want %v", name, after, out.Outcome, out.Reason, out.Cause, want)
			}
			if established != (out.NotEstablished&verifier.HolderBinding == 0) {
				t.Errorf("%s after %v: holder established: %v", name, after, !established)
			}
		}
	}
	anybody := verifier.HolderDemand{}
	gate := verifier.HolderDemand{Bound: true}
	strict := verifier.HolderDemand{Required: true}
	north := verifier.HolderDemand{Required: true, Audience: "north"}
	missing, invalid, stale := verifier.ReasonHolderProofMissing, verifier.ReasonHolderProofInvalid, verifier.ReasonHolderProofStale
	f("vr1", 0, anybody, verifier.ReasonOK, false)
	f("vr1", 0, gate, verifier.ReasonOK, false) // nobody's key is in it: as good as paper
	f("vr1", 0, strict, missing, false)
	f("vr1-bound", 0, anybody, verifier.ReasonOK, false)
	f("vr1-bound", 0, gate, missing, false)
	f("vr1-bound", 0, strict, missing, false)
	for _, d := range []verifier.HolderDemand{anybody, gate, strict} {
		f("vr2", 0, d, verifier.ReasonOK, true)
		f("vr2", 30*time.Second, d, verifier.ReasonOK, true)
		f("vr2", 30*time.Second+1, d, stale, false)
		f("vr2", -5*time.Second, d, verifier.ReasonOK, true)
		f("vr2", -5*time.Second-1, d, stale, false)
		f("vr2-other-key", 0, d, invalid, false)
		f("vr2-unbound", 0, d, invalid, false)
		f("vr2-without-iat", 0, d, invalid, false)
	}
	f("vr2-addressed", 0, north, verifier.ReasonOK, true)
	f("vr2-addressed", 0, strict, invalid, false)
	f("vr2", 0, north, verifier.ReasonOK, true) // for whoever reads it
}

// shown remembers everything, unlike the memory with a bound.
type shown map[[sha256.Size]byte]string

func (m shown) Show(s verifier.Showing) verifier.Reason {
	if by, again := m[s.Proof]; again && (by != s.Presentation || by == "") {
		return verifier.ReasonCodeReplayed
	}
	m[s.Proof] = s.Presentation
	return verifier.ReasonOK
}

// mirrored is the same presentation with the other signature that ECDSA has for it: r, n−s.
func mirrored(t testing.TB, payload []byte) []byte {
	t.Helper()
	raw, err := base45.AppendDecode(nil, bytes.TrimSpace(payload)[len("VR2:"):])
	if err != nil {
		t.Fatal(err)
	}
	half := raw[len(raw)-32:]
	s := new(big.Int).SetBytes(half)
	s.Sub(elliptic.P256().Params().N, s).FillBytes(half)
	return base45.Append([]byte("VR2:"), raw)
}

// A proof counts once, in whatever text.
func TestReplayedPresentation(t *testing.T) {
	v := house(t)
	replay := shown{}
	f := func(payload []byte, presentation string, after time.Duration, want verifier.Reason) {
		t.Helper()
		d := verifier.HolderDemand{Bound: true, Replay: replay, Presentation: presentation}
		out := v.Verify(verifier.Scan{Payload: payload, At: at.Add(after), Holder: d})
		if out.Reason != want {
			t.Errorf("%s: %v, want %v", presentation, out.Reason, want)
		}
	}
	first := read(t, "vr2")
	bound := strings.TrimSpace(string(read(t, "vr1-bound")))
	again, err := issuing.VR2(key(t, verifier.ES256, 2), bound, issuing.Binding{IssuedAt: at, Nonce: "another"})
	if err != nil {
		t.Fatal(err)
	}
	f(first, "late", time.Minute, verifier.ReasonHolderProofStale) // refused, so not used up
	f(first, "north 1", 0, verifier.ReasonOK)
	f(first, "north 1", time.Second, verifier.ReasonOK)
	f(first, "north 2", time.Second, verifier.ReasonCodeReplayed)
	f(mirrored(t, first), "north 3", time.Second, verifier.ReasonCodeReplayed)
	f(first, "", 30*time.Second, verifier.ReasonCodeReplayed)
	f(mirrored(t, first), "north 1", time.Second, verifier.ReasonOK) // genuine, and asked again by the same
	f([]byte(again), "north 4", time.Second, verifier.ReasonOK)
}
