package proof

import (
	"crypto/rand"
	"testing"

	"vratar/verifier"
	"vratar/verifier/issuing"
)

// listed is a key as a trust list holds it, and proofs that it made.
func listed(t testing.TB, alg verifier.Algorithm) (*verifier.Key, *verifier.Proof) {
	t.Helper()
	k, err := issuing.NewKey(alg, rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	text := []byte("a text to be signed")
	signature, err := k.Sign(text)
	if err != nil {
		t.Fatal(err)
	}
	return &verifier.Key{Public: k.Public(), Preparation: new(verifier.Preparation)},
		&verifier.Proof{Algorithm: alg, Signed: text, Signature: signature}
}

// prepareAsked does what Run does with the keys that have asked.
func prepareAsked(p *Preparer) (n int) {
	for ; len(p.asked) > 0; n++ {
		p.Prepare(<-p.asked)
	}
	return n
}

func TestKeysInUseArePrepared(t *testing.T) {
	for _, alg := range []verifier.Algorithm{verifier.ES256, verifier.EdDSA} {
		p := NewPreparer(1 << 20)
		c := Checker{Preparer: p}
		k, right := listed(t, alg)
		wrong := *right
		wrong.Signed = []byte("another text")

		for range 10 * warm {
			if c.Check(k, &wrong) {
				t.Fatalf("%s: a wrong signature", alg)
			}
		}
		if prepareAsked(p) != 0 {
			t.Errorf("%s: wrong signatures had a key prepared", alg)
		}
		for range 10 * warm {
			if !c.Check(k, right) {
				t.Fatalf("%s: a right signature", alg)
			}
		}
		if n := prepareAsked(p); n == 0 || k.Preparation.Key() == nil || p.Stats().Keys != 1 || p.Stats().Built != 1 {
			t.Fatalf("%s: asked %d times, stats %+v", alg, n, p.Stats())
		}
		if !c.Check(k, right) || c.Check(k, &wrong) {
			t.Errorf("%s: the prepared key answers otherwise", alg)
		}
		other := *right
		other.Algorithm = verifier.ES384
		if c.Check(k, &other) {
			t.Errorf("%s: the prepared key takes another algorithm", alg)
		}
		short := *right
		short.Signature = right.Signature[:63]
		if c.Check(k, &short) {
			t.Errorf("%s: the prepared key takes a short signature", alg)
		}
	}
}

func TestKeysOfCodesAreNotPrepared(t *testing.T) {
	p := NewPreparer(1 << 20)
	k, right := listed(t, verifier.ES256)
	k.Preparation = nil
	for range 10 * warm {
		if !(Checker{Preparer: p}).Check(k, right) {
			t.Fatal("a right signature")
		}
	}
	if prepareAsked(p) != 0 {
		t.Error("a key without a place was prepared")
	}
}

func TestTheLeastUsedKeyGivesWay(t *testing.T) {
	first, _ := listed(t, verifier.ES256)
	size := int64(prepared(first, usualWindow).Size())
	p := NewPreparer(2*size + size/2)
	use := func(k *verifier.Key, n uint32) { k.Preparation.Used(n) }

	second, _ := listed(t, verifier.ES256)
	third, _ := listed(t, verifier.ES256)
	fourth, _ := listed(t, verifier.ES256)
	use(first, 100)
	use(second, 40)
	p.prepare(first, usualWindow)
	p.prepare(second, usualWindow)
	use(third, 60)
	p.prepare(third, usualWindow)
	if first.Preparation.Key() == nil || second.Preparation.Key() != nil || third.Preparation.Key() == nil {
		t.Error("the key that was used least did not give way")
	}
	use(fourth, 10)
	p.prepare(fourth, usualWindow)
	s := p.Stats()
	if fourth.Preparation.Key() != nil || s.Refused != 1 || s.Keys != 2 || s.Bytes != 2*size || s.Evicted != 1 {
		t.Errorf("a key that is used less than the others: %+v", s)
	}
}

// A key that had to give way, or found no room, asks again when it is used more.
func TestKeysThatGaveWayComeBack(t *testing.T) {
	k, right := listed(t, verifier.ES256)
	size := int64(prepared(k, usualWindow).Size())
	p := NewPreparer(size)
	c := Checker{Preparer: p}
	other, _ := listed(t, verifier.ES256)
	other.Preparation.Used(50)
	p.prepare(other, usualWindow)
	f := func(uses int, asked bool, ready bool) {
		t.Helper()
		for range uses {
			c.Check(k, right)
		}
		if n := prepareAsked(p); (n > 0) != asked || (k.Preparation.Key() != nil) != ready {
			t.Fatalf("after %d more uses: asked %d times, ready %v", uses, n, k.Preparation.Key() != nil)
		}
	}
	f(warm, true, false) // the other one is used more
	f(1, false, false)
	f(61, true, true)
	other.Preparation.Used(5000)
	p.prepare(other, usualWindow)
	f(0, false, false)
	f(100, true, false)
	f(20_000, true, true)
}

func TestBusyKeysGetLargerTables(t *testing.T) {
	p := NewPreparer(1 << 20)
	k, right := listed(t, verifier.ES256)
	p.prepare(k, usualWindow)
	small := k.Preparation.Key().Size()
	k.Preparation.Used(2 * hot)
	for _, busy := range p.look() {
		p.prepare(busy, hotWindow)
	}
	if large := k.Preparation.Key().Size(); large <= small || p.Stats().Bytes != int64(large) || p.Stats().Keys != 1 {
		t.Errorf("%d then %d bytes, stats %+v", small, large, p.Stats())
	}
	if !(Checker{}).Check(k, right) {
		t.Error("a right signature")
	}
	if len(p.look()) != 0 {
		t.Error("a key with large tables asks for larger ones")
	}
}

// Wrong signatures of a prepared key are no use of it, whatever bits they have, alone or in a group.
func TestWrongSignaturesAreNoUse(t *testing.T) {
	for _, alg := range []verifier.Algorithm{verifier.ES256, verifier.EdDSA} {
		p := NewPreparer(1 << 20)
		k, right := listed(t, alg)
		p.prepare(k, usualWindow)
		wrong := *right
		wrong.Signature = make([]byte, 64)
		wrong.Signature[31], wrong.Signature[63] = 1, 1
		jobs := make([]verifier.SignatureJob, 20)
		for i := range jobs {
			jobs[i] = verifier.SignatureJob{Key: k, Proof: &wrong}
		}
		for range 10 {
			if (Checker{}).CheckAll(jobs); jobs[3].OK || (Checker{}).Check(k, &wrong) {
				t.Fatal("a wrong signature")
			}
		}
		if n := k.Preparation.Used(0); n != 0 {
			t.Errorf("%s: %d uses", alg, n)
		}
	}
}

func TestTablesNobodyUsesAreGivenUp(t *testing.T) {
	p := NewPreparer(1 << 20)
	k, _ := listed(t, verifier.EdDSA)
	p.prepare(k, usualWindow)
	for range idle {
		p.look()
	}
	if s := p.Stats(); k.Preparation.Key() != nil || s.Keys != 0 || s.Bytes != 0 {
		t.Errorf("stats %+v", s)
	}
}

func BenchmarkCheck(b *testing.B) {
	for _, alg := range []verifier.Algorithm{verifier.ES256, verifier.EdDSA} {
		k, p := listed(b, alg)
		run := func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				if !(Checker{}).Check(k, p) {
					b.Fatal("a right signature")
				}
			}
		}
		b.Run(alg.String()+"/library", run)
		k.Preparation.Keep(prepared(k, usualWindow))
		b.Run(alg.String()+"/prepared", run)
	}
}
