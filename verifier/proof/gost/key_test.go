package gost

import (
	"bytes"
	"errors"
	"math/big"
	"testing"
)

// keyDER is a key as certificates have it.
func keyDER(t testing.TB, c *Curve) []byte {
	t.Helper()
	x, y := multiplied(c, big.NewInt(99))
	der, err := MarshalPublicKey(keyAt(t, c, x, y))
	if err != nil {
		t.Fatal(err)
	}
	return der
}

func TestPublicKeys(t *testing.T) {
	for _, c := range Curves() {
		der := keyDER(t, c)
		k, err := ParsePublicKey(der)
		if err != nil {
			t.Fatalf("%s: %v", c.Name, err)
		}
		if x, y := k.Coordinates(); k.Curve != c || !k.Equal(keyAt(t, c, x, y)) || k.Equal(keyAt(t, c, c.x, c.y)) || k.Equal(7) {
			t.Errorf("%s: another key", c.Name)
		}
		for i := range der { // no other bytes are this key, and none is another by accident
			bad := bytes.Clone(der)
			bad[i] ^= 1
			if other, err := ParsePublicKey(bad); err == nil && other.Equal(k) {
				t.Errorf("%s: byte %d changed gives the same key", c.Name, i)
			} else if err == nil && other.Curve == c {
				t.Errorf("%s: byte %d changed gives another", c.Name, i)
			}
			if _, err := ParsePublicKey(der[:i]); err == nil {
				t.Errorf("%s: cut at %d", c.Name, i)
			}
		}
		if _, err := ParsePublicKey(append(der, 0)); err == nil {
			t.Errorf("%s: bytes behind the end", c.Name)
		}
	}
	if _, err := ParsePublicKey([]byte{0x30, 0x0a, 0x30, 0x05, 0x06, 0x03, 0x2b, 0x65, 0x70, 0x03, 0x01, 0x00}); !errors.Is(err, ErrNotGOST) {
		t.Errorf("Ed25519: %v", err)
	}
}

// Points that are on a curve with a cofactor, but in no group that keys are from, are refused: those of small order,
// and keys with such a point added.
func TestCofactor(t *testing.T) {
	withCofactor := 0
	for _, c := range Curves() {
		if c.cofactor {
			withCofactor++
		}
		x := smallOrder(c)
		if (x != nil) != c.cofactor {
			t.Errorf("%s: a point of order two: %v", c.Name, x)
		}
		if x == nil {
			continue
		}
		zero := new(big.Int)
		gx, gy := plus(c, c.x, c.y, x, zero)
		for _, p := range [][2]*big.Int{{x, zero}, {gx, gy}} {
			if !c.contains(p[0], p[1]) {
				t.Fatalf("%s: not on the curve", c.Name)
			}
			if _, err := c.PublicKey(append(wire(c, p[0]), wire(c, p[1])...)); err == nil {
				t.Errorf("%s: %x is a key", c.Name, p[0])
			}
		}
	}
	if withCofactor != 2 {
		t.Errorf("%d curves with a cofactor", withCofactor)
	}
}

// smallOrder is the x of a point (x, 0), which has order two: q of the points that are not in the group, added up four
// times at most, come to one; nil where there is none.
func smallOrder(c *Curve) *big.Int {
	if !c.cofactor {
		return nil
	}
	for n := int64(2); ; n++ {
		x := big.NewInt(n)
		right := new(big.Int).Mul(x, x)
		right.Add(right, c.field.toBig(&c.a)).Mul(right, x).Add(right, c.b).Mod(right, c.p)
		y := new(big.Int).ModSqrt(right, c.p)
		if y == nil {
			continue
		}
		px, py := x, y
		for i := c.q.BitLen() - 2; i >= 0; i-- { // q(x, y)
			if px, py = plus(c, px, py, px, py); px == nil {
				break
			}
			if c.q.Bit(i) == 1 {
				if px, py = plus(c, px, py, x, y); px == nil {
					break
				}
			}
		}
		for px != nil {
			if py.Sign() == 0 {
				return px
			}
			px, py = plus(c, px, py, px, py)
		}
	}
}

func FuzzParsePublicKey(f *testing.F) {
	for _, c := range Curves() {
		f.Add(keyDER(f, c))
	}
	f.Fuzz(func(t *testing.T, der []byte) {
		k, err := ParsePublicKey(der)
		if err != nil {
			return
		}
		x, y := k.Coordinates()
		if !k.Curve.contains(x, y) || !k.inGroup() {
			t.Fatalf("%x is no point of the group", der)
		}
		again, err := MarshalPublicKey(k)
		if err != nil {
			t.Fatal(err)
		}
		if other, err := ParsePublicKey(again); err != nil || !other.Equal(k) {
			t.Fatalf("%x becomes %x: %v", der, again, err)
		}
	})
}

// FuzzVerify holds the answer about any digest and signature against the textbook's.
func FuzzVerify(f *testing.F) {
	for i, c := range Curves() {
		f.Add(byte(i), bytes.Repeat([]byte{7}, c.Size), bytes.Repeat([]byte{3}, 2*c.Size))
		f.Add(byte(i), make([]byte, c.Size), append(wire(c, c.x), wire(c, c.y)...))
	}
	f.Fuzz(func(t *testing.T, which byte, digest, signature []byte) {
		c := Curves()[int(which)%len(Curves())]
		k := keyAt(t, c, c.x, c.y) // d = 1, so that zP + zQ is (z1 + z2)P
		want := false
		if len(digest) == c.Size && len(signature) == 2*c.Size {
			s, r := new(big.Int).SetBytes(signature[:c.Size]), new(big.Int).SetBytes(signature[c.Size:])
			if s.Sign() > 0 && r.Sign() > 0 && s.Cmp(c.q) < 0 && r.Cmp(c.q) < 0 {
				n := new(big.Int).ModInverse(c.digestNumber(digest), c.q)
				n.Mul(n, new(big.Int).Sub(s, r))
				x, _ := multiplied(c, n.Mod(n, c.q))
				want = x != nil && new(big.Int).Mod(x, c.q).Cmp(r) == 0
			}
		}
		if got := k.Verify(digest, signature); got != want {
			t.Fatalf("%s: %v for %x, %x", c.Name, got, digest, signature)
		}
	})
}

// FuzzStreebog digests in two pieces what it digests in one.
func FuzzStreebog(f *testing.F) {
	f.Add([]byte("message"), 3)
	f.Add(bytes.Repeat([]byte{0xff}, 200), 64)
	f.Fuzz(func(t *testing.T, m []byte, at int) {
		at = max(0, min(at, len(m)))
		h, short := New512(), New256()
		for _, part := range [][]byte{m[:at], m[at:]} {
			h.Write(part)
			short.Write(part)
			h.Sum(nil) // which changes nothing
		}
		d512, d256 := Sum512(m), Sum256(m)
		if !bytes.Equal(h.Sum(nil), d512[:]) || !bytes.Equal(short.Sum(nil), d256[:]) {
			t.Fatalf("%x cut at %d", m, at)
		}
		h.Reset()
		if h.Write(m); !bytes.Equal(h.Sum(nil), d512[:]) || h.BlockSize() != 64 || h.Size() != 64 || short.Size() != 32 {
			t.Fatal("begun anew")
		}
	})
}
