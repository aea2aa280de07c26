package rsakey

import (
	"crypto"
	"crypto/rand"
	"crypto/rsa"
	"crypto/sha256"
	"crypto/x509"
	"encoding/hex"
	"io"
	"math/big"
	mathrand "math/rand/v2"
	"slices"
	"testing"

	"vratar/verifier/proof/fastpath"
	"vratar/verifier/vectors"
)

func unhex(t testing.TB, s string) []byte {
	t.Helper()
	b, err := hex.DecodeString(s)
	if err != nil {
		t.Fatal(err)
	}
	return b
}

func prepare(t testing.TB, pub *rsa.PublicKey) *Key {
	t.Helper()
	k, err := Prepare(pub)
	if err != nil {
		t.Fatal(err)
	}
	return k
}

// paths are the fast paths that this machine has.
func paths() []string {
	if hasIFMA() {
		return []string{PathPortable, PathIFMA}
	}
	return []string{PathPortable}
}

// compare holds a signature against crypto/rsa.
func compare(t *testing.T, k *Key, s scheme, digest *[32]byte, signature []byte) bool {
	t.Helper()
	want := libraryVerify(&k.public, s, digest, signature)
	for _, path := range paths() {
		if got := k.check(path, s, digest, signature); got != want {
			t.Fatalf("%s, scheme %d: %v, want %v: modulus %x, digest %x, signature %x",
				path, s, got, want, k.public.N, digest, signature)
		}
	}
	return want
}

func TestWycheproof(t *testing.T) {
	f := func(file string, s scheme) {
		t.Helper()
		var w struct {
			TestGroups []struct {
				PublicKeyDER string `json:"publicKeyDer"`
				Tests        []struct {
					ID      int    `json:"tcId"`
					Message string `json:"msg"`
					Sig     string `json:"sig"`
					Result  string `json:"result"`
				} `json:"tests"`
			} `json:"testGroups"`
		}
		vectors.Read(t, "wycheproof/"+file, &w)
		n := 0
		for _, g := range w.TestGroups {
			pub, err := x509.ParsePKIXPublicKey(unhex(t, g.PublicKeyDER))
			if err != nil {
				t.Fatal(err)
			}
			k := prepare(t, pub.(*rsa.PublicKey))
			for _, c := range g.Tests {
				digest, signature := sha256.Sum256(unhex(t, c.Message)), unhex(t, c.Sig)
				got := compare(t, k, s, &digest, signature)
				if c.Result != "acceptable" && got != (c.Result == "valid") {
					t.Errorf("%s %d: %v, want %s", file, c.ID, got, c.Result)
				}
				n++
			}
		}
		t.Logf("%s: %d cases", file, n)
	}
	f("rsa_signature_2048_sha256_test.json", pkcs1v15)
	f("rsa_pss_2048_sha256_mgf1_32_test.json", pss)
}

// Keys of several lengths modulo eight, so that the ways of the encodings to begin are met.
func TestAgainstLibrary(t *testing.T) {
	for _, bits := range []int{2048, 2049, 2055, 3072} {
		private, err := rsa.GenerateKey(rand.Reader, bits)
		if err != nil {
			t.Fatal(err)
		}
		k := prepare(t, &private.PublicKey)
		for n := range 3 {
			digest := sha256.Sum256([]byte{byte(n), byte(bits)})
			for _, s := range []scheme{pkcs1v15, pss} {
				good := sign(t, private, s, &digest, 32)
				if !compare(t, k, s, &digest, good) {
					t.Fatalf("%d bits: the library refuses its own signature", bits)
				}
				bad := slices.Clone(good)
				bad[mathrand.IntN(len(bad))] ^= 1 << mathrand.IntN(8)
				compare(t, k, s, &digest, bad)
				compare(t, k, 1-s, &digest, good)
				compare(t, k, s, new([32]byte), good)
				compare(t, k, s, &digest, good[1:])
				compare(t, k, s, &digest, append([]byte{0}, good...))
				twin := new(big.Int).Add(new(big.Int).SetBytes(good), private.N) // the same modulo N
				compare(t, k, s, &digest, twin.Bytes())
			}
			for _, salt := range []int{0, 20, 31, 33, 64} {
				compare(t, k, pss, &digest, sign(t, private, pss, &digest, salt))
			}
		}
	}
}

func sign(t testing.TB, private *rsa.PrivateKey, s scheme, digest *[32]byte, salt int) []byte {
	t.Helper()
	var signature []byte
	var err error
	if s == pkcs1v15 {
		signature, err = rsa.SignPKCS1v15(nil, private, crypto.SHA256, digest[:])
	} else {
		signature, err = rsa.SignPSS(rand.Reader, private, crypto.SHA256, digest[:], &rsa.PSSOptions{SaltLength: salt})
	}
	if err != nil {
		t.Fatal(err)
	}
	return signature
}

// Any encoding can be put before the checks, by taking the root with the private key: bytes of a good one are
// changed in turn, as forgers of Bleichenbacher's kind do.
func TestEveryByteOfTheEncoding(t *testing.T) {
	for _, bits := range []int{2048, 2049} {
		private, err := rsa.GenerateKey(rand.Reader, bits)
		if err != nil {
			t.Fatal(err)
		}
		k := prepare(t, &private.PublicKey)
		digest := sha256.Sum256([]byte("m"))
		for _, s := range []scheme{pkcs1v15, pss} {
			em := make([]byte, k.public.Size())
			if !k.open(PathPortable, em, sign(t, private, s, &digest, 32)) {
				t.Fatal("not opened")
			}
			for i := range em {
				if i > 8 && i < len(em)-90 && i%16 != 0 {
					continue // one byte of padding is like another
				}
				changed := slices.Clone(em)
				changed[i] ^= 1 << (i % 8)
				m := new(big.Int).SetBytes(changed)
				if m.Cmp(private.N) >= 0 {
					continue
				}
				signature := m.Exp(m, private.D, private.N).FillBytes(make([]byte, len(em)))
				if compare(t, k, s, &digest, signature) {
					t.Fatalf("%d bits, scheme %d: byte %d does not count", bits, s, i)
				}
			}
		}
	}
}

func TestPowerAgainstBig(t *testing.T) {
	r := mathrand.NewChaCha8([32]byte{1})
	for n := range 210 {
		size := 256 + n%257
		modulus := make([]byte, size)
		if _, err := io.ReadFull(r, modulus); err != nil {
			t.Fatal(err)
		}
		if n%5 == 0 {
			for i := range size * 3 / 4 {
				modulus[i] = 0xff // the longest carries
			}
		}
		modulus[0] |= 0x80
		modulus[size-1] |= 1
		e := []int{65537, 65537, 3, 5, 17, 0x7fffffff, 0x5a5a5a5b}[n%7]
		k := prepare(t, &rsa.PublicKey{N: new(big.Int).SetBytes(modulus), E: e})
		f := func(s *big.Int) {
			t.Helper()
			in, got := make([]byte, size), make([]byte, size)
			if s.BitLen() > 8*size {
				return
			}
			s.FillBytes(in)
			below, want := s.Cmp(k.public.N) < 0, new(big.Int).Exp(s, big.NewInt(int64(e)), k.public.N)
			for _, path := range paths() {
				if ok := k.open(path, got, in); ok != below {
					t.Fatalf("%s: %x below %x: %v", path, s, modulus, ok)
				} else if ok && new(big.Int).SetBytes(got).Cmp(want) != 0 {
					t.Fatalf("%s: %x^%d mod %x = %x", path, s, e, modulus, got)
				}
			}
		}
		random := make([]byte, size)
		r.Read(random)
		f(new(big.Int).SetBytes(random))
		for offset := int64(-2); offset <= 2; offset++ {
			f(new(big.Int).Add(k.public.N, big.NewInt(offset)))
			f(big.NewInt(offset + 2))
			f(new(big.Int).Add(new(big.Int).Rsh(k.public.N, 1), big.NewInt(offset)))
		}
	}
}

func TestPrepareRefuses(t *testing.T) {
	f := func(n *big.Int, e int) {
		t.Helper()
		if _, err := Prepare(&rsa.PublicKey{N: n, E: e}); err != ErrKey {
			t.Errorf("%v bits, e = %d: %v", n, e, err)
		}
	}
	odd := func(bits uint) *big.Int {
		n := new(big.Int).Lsh(big.NewInt(1), bits-1)
		return n.SetBit(n, 0, 1)
	}
	f(nil, 65537)
	f(new(big.Int), 65537)
	f(new(big.Int).Neg(odd(2048)), 65537)
	f(odd(2047), 65537)
	f(odd(4097), 65537)
	f(new(big.Int).Lsh(big.NewInt(1), 2047), 65537)
	for _, e := range []int{0, 1, 2, 65536, 1<<31 + 1, -3, -65537} {
		f(odd(2048), e)
	}
	prepare(t, &rsa.PublicKey{N: odd(2048), E: 65537})
	prepare(t, &rsa.PublicKey{N: odd(4096), E: 65537})
}

// newEngine takes a path that this machine has, untested.
func newEngine(path string) engine {
	a := arithmetic()
	a.SelfTest = func(string) bool { return true }
	return engine{fastpath.Choose(a, path)}
}

// newKey is long enough for the portable path to take it as well.
func newKey(t *testing.T) *rsa.PrivateKey {
	t.Helper()
	private, err := rsa.GenerateKey(rand.Reader, libraryBits+8)
	if err != nil {
		t.Fatal(err)
	}
	return private
}

// A library that differs is believed, counted, and does the work from then on. The keys here have the modulus of one
// key and the name of another.
func TestAlarm(t *testing.T) {
	private, other := newKey(t), newKey(t)
	digest := new([32]byte)
	good := sign(t, private, pss, digest, 32)
	for _, path := range paths() {
		e := newEngine(path)
		k := prepare(t, &other.PublicKey)
		k.public = private.PublicKey
		if !e.verify(k, pss, digest, good) || e.Alarms() != 1 || e.Path() != PathOff {
			t.Errorf("%s: refused what the library accepts, %+v", path, e.Describe())
		}
		e, k = newEngine(path), prepare(t, &private.PublicKey)
		k.public = other.PublicKey
		for e.verify(k, pss, digest, good) {
			if e.Alarms() != 0 {
				t.Fatalf("%s: accepted after an alarm", path)
			}
		}
		if e.Alarms() != 1 || e.Path() != PathOff {
			t.Errorf("%s: accepted what the library refuses, %+v", path, e.Describe())
		}
	}
}

// Wrong signatures of a key go to the library at once after a while, until right ones come.
func TestFlood(t *testing.T) {
	private := newKey(t)
	digest := new([32]byte)
	good := sign(t, private, pss, digest, 32)
	for _, path := range append(paths(), PathOff) {
		e, k := newEngine(path), prepare(t, &private.PublicKey)
		for range 150 {
			if e.verify(k, pkcs1v15, digest, good) {
				t.Fatal("a signature of another scheme")
			}
		}
		if e.Try(&k.record) {
			t.Errorf("%s: still tried", path)
		}
		for range 50 {
			if !e.verify(k, pss, digest, good) {
				t.Fatalf("%s: a right signature", path)
			}
		}
		if e.Try(&k.record) != (path != PathOff) || e.Alarms() != 0 {
			t.Errorf("%s: not tried again, %d alarms", path, e.Alarms())
		}
	}
}

func TestSelfTest(t *testing.T) {
	for _, path := range paths() {
		if !selfTest(path) || Alarms() != 0 {
			t.Errorf("%s: the self-test fails", path)
		}
	}
}

func TestChoose(t *testing.T) {
	f := func(choice, want string) {
		t.Helper()
		if got := choose(choice).Path(); got != want {
			t.Errorf("%q: %s, want %s", choice, got, want)
		}
	}
	f("", paths()[len(paths())-1])
	f(PathPortable, PathPortable)
	f(PathOff, PathOff)
	k, digest, good := selfTestCase(t)
	for _, path := range append(paths(), PathOff) {
		e := newEngine(path)
		if !e.verify(k, pss, digest, good) || e.verify(k, pkcs1v15, digest, good) || e.Alarms() != 0 {
			t.Errorf("%s: wrong answers", path)
		}
	}
}

func selfTestCase(t testing.TB) (*Key, *[32]byte, []byte) {
	t.Helper()
	k := prepare(t, &rsa.PublicKey{N: new(big.Int).SetBytes(unhex(t, selfTestModulus)), E: 65537})
	digest := sha256.Sum256([]byte(selfTestMessage))
	return k, &digest, unhex(t, selfTestPSS)
}

func TestKeyIsCopied(t *testing.T) {
	k, digest, good := selfTestCase(t)
	pub := &rsa.PublicKey{N: new(big.Int).Set(k.public.N), E: 65537}
	k = prepare(t, pub)
	pub.N.SetInt64(15)
	if !k.VerifyPSS(digest, good) || k.VerifyPKCS1v15(digest, good) || k.Size() < 512 {
		t.Error("the key has changed")
	}
}

// The law: whatever the signature, the answer is the library's.
func FuzzVerify(f *testing.F) {
	_, digest, good := selfTestCase(f)
	f.Add(digest[:], good)
	f.Add(digest[:], unhex(f, selfTestPKCS1v15))
	f.Add(digest[:], make([]byte, 256))
	f.Add([]byte{}, slices.Repeat([]byte{0xff}, 256))
	k, _, _ := selfTestCase(f)
	f.Fuzz(func(t *testing.T, digest, signature []byte) {
		var d [32]byte
		copy(d[:], digest)
		compare(t, k, pkcs1v15, &d, signature)
		compare(t, k, pss, &d, signature)
		if len(signature) == 256 { // as an encoding, whatever the power would be
			checkPKCS1v15(slices.Clone(signature), &d)
			checkPSS(slices.Clone(signature), 2047, &d)
		}
	})
}
