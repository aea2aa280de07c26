package verifier_test

import (
	"bytes"
	"crypto/ed25519"
	"crypto/elliptic"
	"crypto/x509"
	"encoding/json"
	"fmt"
	"reflect"
	"testing"
	"time"

	"vratar/verifier"
	"vratar/verifier/formats"
	"vratar/verifier/proof"
)

// judgeIn is judge in an arena.
func judgeIn(v *verifier.Verifier, a *verifier.Arena, payload []byte) verifier.Verdict {
	return v.Verify(verifier.Scan{Payload: payload, At: now.Add(time.Hour), Arena: a})
}

// told is all that a credential says, in memory of its own.
func told(t *testing.T, c *verifier.Credential) string {
	t.Helper()
	b, err := json.Marshal(c)
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}

// In an arena every payload is judged as without, however often the arena was used.
func TestArenaChangesNothing(t *testing.T) {
	var a verifier.Arena
	for _, alg := range []verifier.Algorithm{verifier.ES256, verifier.PS256} {
		v, text := house(t, alg)
		for n := range len(text) {
			for _, payload := range [][]byte{text[:n], flipped(text, n), text} {
				plain, in := judge(v, payload), judgeIn(v, &a, payload)
				if plain.Outcome != in.Outcome || plain.Reason != in.Reason || plain.Checks != in.Checks ||
					told(t, plain.Credential) != told(t, in.Credential) {
					t.Fatalf("%s: %v %s, in an arena %v %s", payload, plain.Reason, told(t, plain.Credential), in.Reason, told(t, in.Credential))
				}
			}
		}
	}
}

func flipped(text []byte, n int) []byte {
	b := bytes.Clone(text)
	b[n] ^= 1
	return b
}

// What is remembered owns its memory: the next scans in the arena do not change it.
func TestMemoOutlivesTheArena(t *testing.T) {
	v, text := house(t, verifier.ES256)
	_, other := house(t, verifier.ES256)
	memo := &oneProven{}
	v.Memo = memo
	var a verifier.Arena
	before := told(t, judgeIn(v, &a, text).Credential)
	remembered := memo.p.Credential
	for n := range 20 {
		v.Memo = nil
		judgeIn(v, &a, other)
		judgeIn(v, &a, flipped(text, n))
	}
	if after := told(t, remembered); after != before {
		t.Fatalf("remembered %s, now %s", before, after)
	}
	if judgeIn(v, &a, text).Credential == remembered {
		t.Fatal("the arena's credential was remembered")
	}
}

// every fills in all that a credential can hold, so that a member that is not copied shows.
func every(a *verifier.Arena) *verifier.Credential {
	c := a.Begin(0)
	n := byte(0)
	text := func() []byte { n++; return fmt.Appendf(nil, "text %d", n) }
	for v, i := reflect.ValueOf(c).Elem(), 0; i < v.NumField(); i++ {
		fill(v.Field(i), a, text)
	}
	return c
}

func fill(v reflect.Value, a *verifier.Arena, text func() []byte) {
	switch v.Interface().(type) {
	case string:
		v.SetString(a.Text(text()))
	case []byte:
		v.SetBytes(a.Bytes(text()))
	case [][]byte:
		v.Set(reflect.ValueOf(append(a.List(2), a.Bytes(text()), a.Bytes(text()))))
	case *verifier.StatusRef:
		v.Set(reflect.ValueOf(&verifier.StatusRef{URI: a.Text(text()), Index: 7}))
	case verifier.Holder, verifier.Proof:
		for i := range v.NumField() {
			fill(v.Field(i), a, text)
		}
	case *verifier.HolderProof:
		p := a.HolderProof()
		p.Key, p.IssuedAt = a.Key(elliptic.P256(), a.Bytes(text()), a.Bytes(text())), now
		p.Audience, p.Nonce = a.Text(text()), a.Text(text())
		p.Proof.Signed, p.Proof.Signature = a.Bytes(text()), a.Bytes(text())
		p.Parts = [2][]byte{a.Bytes(text()), a.Bytes(text())}
		v.Set(reflect.ValueOf(p))
	case verifier.KeyUse:
		fill(v.FieldByName("SubjectURI"), a, text)
	}
}

// format decodes everything as a credential that is filled to the brim.
type format struct{}

func (format) Name() string      { return "brim" }
func (format) Sniff([]byte) bool { return true }
func (f format) Decode(p []byte) (*verifier.Credential, error) {
	return f.DecodeIn(new(verifier.Arena), p)
}
func (format) DecodeIn(a *verifier.Arena, p []byte) (*verifier.Credential, error) {
	if len(p) == 0 {
		c := a.Begin(0)
		for range 200 {
			a.Bytes([]byte("something else that takes the place of what was there"))
		}
		*a.HolderProof() = verifier.HolderProof{Key: a.Key(elliptic.P384(), []byte("x"), []byte("y")), Nonce: "something else"}
		a.Key(nil, make([]byte, 32), nil)
		return c, nil
	}
	return every(a), nil
}

type anySignature struct{}

func (anySignature) Check(*verifier.Key, *verifier.Proof) bool { return true }

type anybody struct{}

func (anybody) Find(dst []*verifier.Key, _ *verifier.Credential) ([]*verifier.Key, verifier.Reason) {
	return append(dst, &verifier.Key{Issuer: &verifier.Issuer{}, Certificate: &x509.Certificate{}}), verifier.ReasonOK
}
func (anybody) Epoch() uint64 { return 1 }
func (anybody) Lookup(*verifier.Credential, *verifier.Key) verifier.StatusAnswer {
	return verifier.StatusAnswer{}
}
func (a anybody) Trust() verifier.Trust   { return a }
func (a anybody) Status() verifier.Status { return a }

// Every member of a credential is copied for the memo.
func TestEveryMemberIsOwned(t *testing.T) {
	memo := &oneProven{}
	v := &verifier.Verifier{Formats: []verifier.Format{format{}}, Lists: anybody{}, Checker: anySignature{}, Memo: memo}
	var a verifier.Arena
	for range 3 { // the arena grows at first
		memo.p = nil
		before := told(t, judgeIn(v, &a, []byte("full")).Credential)
		remembered := memo.p.Credential
		v.Memo = nil
		judgeIn(v, &a, nil)
		v.Memo = memo
		if after := told(t, remembered); after != before {
			t.Fatalf("remembered %s, now %s", before, after)
		}
	}
}

// A holder's key of either kind outlives the arena with the credential that is remembered; a proof that has memory of
// its own is left as it is.
func TestHoldersKeyIsOwned(t *testing.T) {
	f := func(fill func(a *verifier.Arena) *verifier.HolderProof) {
		t.Helper()
		var a verifier.Arena
		memo := &oneProven{}
		v := &verifier.Verifier{Formats: []verifier.Format{filled(fill)}, Lists: anybody{}, Checker: anySignature{}, Memo: memo}
		before := told(t, judgeIn(v, &a, []byte("full")).Credential)
		a.Begin(0)
		*a.HolderProof() = verifier.HolderProof{}
		for range 20 {
			a.Bytes([]byte("something else that takes the place of what was there"))
		}
		a.Key(elliptic.P384(), []byte("x"), []byte("y"))
		a.Key(nil, make([]byte, ed25519.PublicKeySize), nil)
		if after := told(t, memo.p.Credential); after != before {
			t.Fatalf("remembered %s, now %s", before, after)
		}
	}
	x, y := bytes.Repeat([]byte("x"), 32), bytes.Repeat([]byte("y"), 32)
	in := func(a *verifier.Arena) *verifier.HolderProof { return a.HolderProof() }
	f(func(a *verifier.Arena) *verifier.HolderProof {
		p := in(a)
		p.Key = a.Key(elliptic.P256(), x, y)
		return p
	})
	f(func(a *verifier.Arena) *verifier.HolderProof { p := in(a); p.Key = a.Key(nil, x, nil); return p })
	f(in)
	f(func(*verifier.Arena) *verifier.HolderProof {
		return &verifier.HolderProof{Nonce: "n", Key: ed25519.PublicKey(x), Proof: verifier.Proof{Signed: y}}
	})
	f(func(*verifier.Arena) *verifier.HolderProof { return nil })
}

// filled decodes everything as a credential with that proof.
type filled func(a *verifier.Arena) *verifier.HolderProof

func (filled) Name() string      { return "filled" }
func (filled) Sniff([]byte) bool { return true }
func (f filled) Decode(p []byte) (*verifier.Credential, error) {
	return f.DecodeIn(new(verifier.Arena), p)
}
func (f filled) DecodeIn(a *verifier.Arena, _ []byte) (*verifier.Credential, error) {
	c := a.Begin(0)
	c.ID, c.Proof.Signature, c.HolderProof = a.Bytes([]byte("id")), a.Bytes([]byte("signed")), f(a)
	return c, nil
}

// FuzzArena: whatever came before in the arena, a payload is judged as without it.
func FuzzArena(f *testing.F) {
	_, text := house(f, verifier.ES256)
	f.Add([]byte("HC1:"), text)
	f.Add(text, []byte("VR1:"))
	v := &verifier.Verifier{Formats: formats.All(), Lists: anybody{}, Checker: proof.Checker{}}
	f.Fuzz(func(t *testing.T, first, second []byte) {
		var a verifier.Arena
		judgeIn(v, &a, first)
		plain, in := judge(v, second), judgeIn(v, &a, second)
		if plain.Reason != in.Reason || told(t, plain.Credential) != told(t, in.Credential) {
			t.Fatalf("%q: %v, in an arena %v", second, plain.Reason, in.Reason)
		}
	})
}
