package pki_test

import (
	"bytes"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"testing"
	"time"

	. "vratar/verifier/pki"
	"vratar/verifier/pki/certify"
	"vratar/verifier/vectors"
)

// mutations is how many changed signatures and contents must be refused, of the plain case.
const mutations = 500

// mutated makes changes that are the same each time: a bit, a byte, two bytes swapped, a byte less, a byte more, a
// part twice.
func mutated(random *rand.Rand, original []byte) []byte {
	b := bytes.Clone(original)
	i := random.IntN(len(b))
	switch random.IntN(6) {
	case 0:
		b[i] ^= 1 << random.IntN(8)
	case 1:
		b[i] = byte(random.Uint32())
	case 2:
		j := random.IntN(len(b))
		b[i], b[j] = b[j], b[i]
	case 3:
		b = append(b[:i], b[i+1:]...)
	case 4:
		b = append(b[:i], append([]byte{byte(random.Uint32())}, b[i:]...)...)
	case 5:
		n := min(len(b)-i, 1+random.IntN(40))
		b = append(b[:i], append(bytes.Clone(b[i:i+n]), b[i:]...)...)
	}
	return b
}

// refuses mutates signature and content: every change is refused.
func refuses(t *testing.T, count int, content, signature []byte, o Options) {
	t.Helper()
	good := Verify(content, signature, o)
	if good.Failure != FailureNone {
		t.Fatalf("%s (%v)", good.Failure, good.Cause)
	}
	random := rand.New(rand.NewChaCha8([32]byte{7}))
	for i := 0; i < count; {
		c, s := content, signature
		if i%2 == 0 {
			c = mutated(random, content)
		} else {
			s = mutated(random, signature)
		}
		if bytes.Equal(c, content) && bytes.Equal(s, signature) {
			continue
		}
		i++
		got := Verify(c, s, o)
		if got.Failure != FailureNone {
			continue
		}
		t.Errorf("change %d of the signature or content is accepted", i)
	}
}

func TestMutations(t *testing.T) {
	w := newWorld()
	w.trust.CRLs = []*CRL{w.authority.List(start, now.AddDate(1, 0, 0))}
	along := []*Certificate{w.authority.Certificate}
	refuses(t, mutations, content, w.head.Sign(content, certify.Signature{At: signed, Along: along}), w.options())
	refuses(t, mutations/5, content, w.head.Sign(content, certify.Signature{NoAttributes: true}), w.options())
	refuses(t, mutations/5, content, w.head.Sign(content, certify.Signature{At: signed, Attached: true}), w.options())
}

func TestMutatedVectors(t *testing.T) {
	dir := filepath.Join(vectors.Dir(t), "gost")
	read := func(name string) []byte {
		b, err := os.ReadFile(filepath.Join(dir, filepath.FromSlash(name)))
		if err != nil {
			t.Fatal(err)
		}
		return b
	}
	roots, err := ParseCertificates(read("pki/root.crt.pem"))
	if err != nil {
		t.Fatal(err)
	}
	authorities, err := ParseCertificates(read("pki/ca.crt.pem"))
	if err != nil {
		t.Fatal(err)
	}
	o := Options{Trust: Trust{Roots: roots, Intermediates: authorities, Algorithms: GOST()}, At: time.Date(2026, 12, 1, 0, 0, 0, 0, time.UTC)}
	refuses(t, mutations, read("mchd/01_ok.xml"), read("mchd/01_ok.sig"), o)
	refuses(t, mutations/5, read("mchd/01_ok.xml"), read("mchd/01_ok.gost512.sig"), o)
}

// Any bit of the signature value, of the signed attributes and of the content counts.
func TestEveryBitCounts(t *testing.T) {
	w := newWorld()
	der := w.head.Sign(content, certify.Signature{At: signed})
	from := bytes.LastIndex(der, []byte("\x2a\x86\x48\x86\xf7\x0d\x01\x09\x03")) // the first attribute
	for i := from; i < len(der); i += 3 {
		bad := bytes.Clone(der)
		bad[i] ^= 1 << (i % 8)
		if s := Verify(content, bad, w.options()); s.Failure == FailureNone {
			t.Errorf("byte %d of %d changed: accepted", i, len(der))
		}
	}
	for i := range content {
		bad := bytes.Clone(content)
		bad[i] ^= 1 << (i % 8)
		if s := Verify(bad, der, w.options()); s.Failure != FailureContent {
			t.Errorf("content %d: %s", i, s.Failure)
		}
	}
	if fmt.Sprint(FailureContent, EvidenceClaimed, Failure(99), Evidence(99)) != "content claimed ? ?" {
		t.Error("names")
	}
}
