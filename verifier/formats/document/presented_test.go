package document

import (
	"bytes"
	"math/rand/v2"
	"testing"

	"vratar/verifier"
	"vratar/verifier/base45"
	"vratar/verifier/cbor"
	"vratar/verifier/issuing"
	"vratar/verifier/proof"
)

// holder is the key in the holder's device.
func holder(t testing.TB, alg verifier.Algorithm) *issuing.Key {
	t.Helper()
	k, err := issuing.NewKey(alg, rand.NewChaCha8([32]byte{2}))
	if err != nil {
		t.Fatal(err)
	}
	return k
}

// bound is a student certificate for one device.
func bound(t testing.TB, k *issuing.Key) issuing.Document {
	d := student()
	d.Holder = k.Public()
	return d
}

func mustPresent(t testing.TB, b issuing.Binding) string {
	t.Helper()
	k := holder(t, verifier.ES256)
	text, err := issuing.VR2(k, mustIssue(t, bound(t, k)), b)
	if err != nil {
		t.Fatal(err)
	}
	return text
}

func TestDecodePresented(t *testing.T) {
	for _, alg := range []verifier.Algorithm{verifier.ES256, verifier.ES384, verifier.ES512, verifier.EdDSA} {
		k := holder(t, alg)
		plain, err := Format{}.Decode([]byte(mustIssue(t, bound(t, k))))
		if err != nil || !plain.Bound || plain.HolderProof != nil {
			t.Fatalf("%s: VR1: %+v, %v", alg, plain, err)
		}
		text, err := issuing.VR2(k, mustIssue(t, bound(t, k)), issuing.Binding{IssuedAt: issued, Nonce: "0123456789abcdef"})
		if err != nil {
			t.Fatal(err)
		}
		c, err := Format{}.Decode([]byte(text))
		if err != nil {
			t.Fatalf("%s: %v", alg, err)
		}
		p := c.HolderProof
		if !c.Bound || p == nil || p.Fault != nil || !p.IssuedAt.Equal(issued) || p.Nonce != "0123456789abcdef" || p.Audience != "" {
			t.Fatalf("%s: proof %+v", alg, p)
		}
		if !(proof.Checker{}).Check(&verifier.Key{Public: p.Key}, &p.Proof) {
			t.Errorf("%s: the holder's signature does not verify", alg)
		}
		if !bytes.Equal(c.Claims, plain.Claims) || !bytes.Equal(c.ID, plain.ID) || !bytes.Equal(c.Proof.Signed, plain.Proof.Signed) {
			t.Errorf("%s: another credential than in VR1", alg)
		}
		t.Logf("%s: VR1 %d characters, VR2 %d", alg, len(mustIssue(t, bound(t, k))), len(text))
	}
}

// A small credential is not compressed; both ways are read.
func TestPresentedUncompressed(t *testing.T) {
	k := holder(t, verifier.ES256)
	claims, err := bound(t, k).Claims()
	if err != nil {
		t.Fatal(err)
	}
	message, err := newKey(t).Sign1(issuing.Message{Payload: claims})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := (Format{}).Decode([]byte(issuing.ArmourVR2(message, sign(t, k, map[int64][]byte{6: now, 7: nonce})))); err != nil {
		t.Error(err)
	}
}

var (
	now   = cbor.AppendInt(nil, issued.Unix())
	nonce = cbor.AppendBytes(nil, []byte("n"))
)

// sign makes a proof over the given claims.
func sign(t testing.TB, k *issuing.Key, claims map[int64][]byte) []byte {
	t.Helper()
	payload := cbor.AppendMapHead(nil, len(claims))
	for label, value := range claims {
		payload = append(cbor.AppendInt(payload, label), value...)
	}
	message, err := k.Sign1(issuing.Message{Payload: payload})
	if err != nil {
		t.Fatal(err)
	}
	return message
}

func credential(t testing.TB, text string) []byte {
	t.Helper()
	b, err := base45.AppendDecode(nil, []byte(text[len(prefix):]))
	if err != nil {
		t.Fatal(err)
	}
	return b
}

func TestRefusedPresentations(t *testing.T) {
	k := holder(t, verifier.ES256)
	message := credential(t, mustIssue(t, bound(t, k)))
	genuine := sign(t, k, map[int64][]byte{6: now, 7: nonce})
	f := func(text string, want verifier.Reason) {
		t.Helper()
		if _, err := (Format{}).Decode([]byte(text)); reasonOf(err) != want {
			t.Errorf("%.60q: %v, want %s", text, err, want)
		}
	}
	pair := func(head int, items ...[]byte) string {
		raw := append(cbor.AppendArrayHead(nil, head), bytes.Join(items, nil)...)
		return string(base45.Append([]byte(prefixPresented), raw))
	}
	first := cbor.AppendBytes(nil, message)
	f(issuing.ArmourVR2(message, genuine), verifier.ReasonNone)
	f(pair(2, first, genuine), verifier.ReasonNone)
	f("VR2:", verifier.ReasonMalformed)
	f(pair(1, first), verifier.ReasonMalformed)
	f(pair(3, first, genuine, genuine), verifier.ReasonMalformed)
	f(pair(2, first, genuine, []byte{0}), verifier.ReasonMalformed)
	f(pair(2, genuine, genuine), verifier.ReasonMalformed)   // the credential is not in a byte string
	f(pair(2, first, genuine[1:]), verifier.ReasonMalformed) // the proof is without its tag
	f(pair(2, first, cbor.AppendBytes(nil, genuine)), verifier.ReasonMalformed)
	f(pair(2, cbor.AppendBytes(nil, nil), genuine), verifier.ReasonMalformed)
	f(issuing.ArmourVR2(message, sign(t, k, map[int64][]byte{6: cbor.AppendText(nil, "now"), 7: nonce})), verifier.ReasonMalformed)
	f(issuing.ArmourVR2(message, sign(t, k, map[int64][]byte{6: now, 7: cbor.AppendText(nil, "n")})), verifier.ReasonMalformed)
	f(issuing.ArmourVR2(credential(t, issuing.ArmourVR1(append([]byte{tagged}, make([]byte, maxInflated)...))), genuine), verifier.ReasonTooLarge)

	unnamed := student()
	claims, _ := unnamed.Claims()
	claims[0]++ // one claim more: cnf, which is not a map
	wrong, err := newKey(t).Sign1(issuing.Message{Payload: append(claims, 8, 1)})
	if err != nil {
		t.Fatal(err)
	}
	f(issuing.ArmourVR1(wrong), verifier.ReasonMalformed)
}

// What a proof leaves out, or says beyond what is understood, shows as a fault.
func TestFaultyProofs(t *testing.T) {
	k := holder(t, verifier.ES256)
	message := credential(t, mustIssue(t, bound(t, k)))
	f := func(claims map[int64][]byte, faulty bool) {
		t.Helper()
		c, err := Format{}.Decode([]byte(issuing.ArmourVR2(message, sign(t, k, claims))))
		if err != nil {
			t.Fatal(err)
		}
		if faulty != (c.HolderProof.Fault != nil) {
			t.Errorf("%x: fault %v", claims, c.HolderProof.Fault)
		}
	}
	f(map[int64][]byte{6: now, 7: nonce}, false)
	f(map[int64][]byte{3: cbor.AppendText(nil, "north"), 6: now, 7: nonce}, false)
	f(map[int64][]byte{6: now}, true)
	f(map[int64][]byte{7: nonce}, true)
	f(map[int64][]byte{6: now, 7: cbor.AppendBytes(nil, nil)}, true)
	f(map[int64][]byte{6: now, 7: cbor.AppendBytes(nil, make([]byte, maxNonce+1))}, true)
	f(map[int64][]byte{4: now, 6: now, 7: nonce}, true)
	two := cbor.AppendText(cbor.AppendText(cbor.AppendArrayHead(nil, 2), "north"), "south")
	f(map[int64][]byte{3: two, 6: now, 7: nonce}, true)
}

// No change of a single byte of a presentation, in its text or below, is proven by issuer and holder and says
// something else.
func TestFlipEveryByteOfAPresentation(t *testing.T) {
	k := holder(t, verifier.ES256)
	good := mustPresent(t, issuing.Binding{IssuedAt: issued, Nonce: "0123456789abcdef"})
	original, err := Format{}.Decode([]byte(good))
	if err != nil {
		t.Fatal(err)
	}
	f := func(text string) {
		t.Helper()
		c, err := Format{}.Decode([]byte(text))
		checkMutation(t, c, err, original)
		if err != nil || c.HolderProof == nil || c.HolderProof.Fault != nil || c.HolderProof.Key == nil {
			return
		}
		p := c.HolderProof
		proven := (proof.Checker{}).Check(&verifier.Key{Public: newKey(t).Public()}, &c.Proof) &&
			(proof.Checker{}).Check(&verifier.Key{Public: p.Key}, &p.Proof)
		if proven && (!p.IssuedAt.Equal(issued) || p.Nonce != original.HolderProof.Nonce || p.Audience != "") {
			t.Fatalf("it is proven and was made at %v with %q", p.IssuedAt, p.Nonce)
		}
	}
	for i := range good {
		for _, mask := range []byte{1, 2, 16, 128} {
			broken := []byte(good)
			broken[i] ^= mask
			f(string(broken))
		}
	}
	claims, err := bound(t, k).Claims()
	if err != nil {
		t.Fatal(err)
	}
	message, err := newKey(t).Sign1(issuing.Message{Payload: claims})
	if err != nil {
		t.Fatal(err)
	}
	shown := sign(t, k, map[int64][]byte{6: now, 7: cbor.AppendBytes(nil, []byte("0123456789abcdef"))})
	for _, part := range [][]byte{message, shown} {
		for i := range part {
			for mask := 1; mask < 256; mask <<= 1 {
				part[i] ^= byte(mask)
				f(issuing.ArmourVR2(message, shown))
				part[i] ^= byte(mask)
			}
		}
	}
}

// FuzzPresented starts below Base45, where changes reach the two messages.
func FuzzPresented(f *testing.F) {
	for _, alg := range []verifier.Algorithm{verifier.ES256, verifier.EdDSA} {
		k := holder(f, alg)
		text, err := issuing.VR2(k, mustIssue(f, bound(f, k)), issuing.Binding{IssuedAt: issued, Nonce: "n", Audience: "north"})
		if err != nil {
			f.Fatal(err)
		}
		f.Add(credential(f, text))
	}
	f.Fuzz(func(t *testing.T, b []byte) {
		c, err := new(scratch).decodePresented(new(verifier.Arena), bytes.Clone(b))
		if (c == nil) == (err == nil) {
			t.Fatalf("decodePresented = %v, %v: want exactly one", c, err)
		}
		if err != nil {
			if reasonOf(err) == verifier.ReasonNone {
				t.Fatalf("a refusal without reason: %v", err)
			}
			return
		}
		checkLaws(t, c)
		p := c.HolderProof
		if p == nil || (p.Fault == nil && (p.IssuedAt.IsZero() || p.Nonce == "" || len(p.Nonce) > maxNonce)) {
			t.Fatalf("proof %+v", p)
		}
		if p.Key != nil && !c.Bound {
			t.Fatal("a key that the issuer did not name")
		}
	})
}
