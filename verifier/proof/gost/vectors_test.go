package gost

import (
	"encoding/asn1"
	"encoding/hex"
	"math/big"
	"slices"
	"strconv"
	"strings"
	"testing"

	"vratar/verifier/vectors"
)

func TestStreebogVectors(t *testing.T) {
	var file struct {
		Vectors []struct {
			Name    string
			Message string `json:"msg_hex"`
			Len     int
			D256    string `json:"streebog256"`
			D512    string `json:"streebog512"`
		}
	}
	vectors.Read(t, "gost/rfc6986.json", &file)
	if len(file.Vectors) < 17 {
		t.Fatalf("%d vectors", len(file.Vectors))
	}
	for _, v := range file.Vectors {
		m, err := hex.DecodeString(v.Message)
		if err != nil {
			t.Fatal(err)
		}
		if v.Message == "" && v.Len > 0 {
			m = counted(v.Len)
		}
		d256, d512 := Sum256(m), Sum512(m)
		if hex.EncodeToString(d256[:]) != v.D256 || v.D512 != "" && hex.EncodeToString(d512[:]) != v.D512 {
			t.Errorf("%s: %x, %x", v.Name, d256, d512)
		}
	}
}

// counted is the message that the vectors describe instead of writing it out.
func counted(n int) []byte {
	m := make([]byte, n)
	for i := range m {
		m[i] = byte(7*i + n)
	}
	return m
}

// exampleCurve reads a curve of the file, those of the RFC's examples included.
func exampleCurves(t testing.TB) map[string]*Curve {
	t.Helper()
	var file []struct {
		Name             string
		OIDs             []string
		Size             int `json:"size_bytes"`
		P, A, B, Q, X, Y string
	}
	vectors.Read(t, "gost/curves.json", &file)
	all := map[string]*Curve{}
	for _, v := range file {
		c := newCurve(v.Name, nil, [6]string{v.P, v.A, v.B, v.Q, v.X, v.Y})
		if c.Size != v.Size {
			t.Errorf("%s: %d bytes", v.Name, c.Size)
		}
		for _, oid := range v.OIDs {
			all[oid] = c
		}
	}
	return all
}

func parseOID(t testing.TB, dotted string) (oid asn1.ObjectIdentifier) {
	for part := range strings.SplitSeq(dotted, ".") {
		n, err := strconv.Atoi(part)
		if err != nil {
			t.Fatal(err)
		}
		oid = append(oid, n)
	}
	return oid
}

func TestCurveVectors(t *testing.T) {
	for oid, c := range exampleCurves(t) {
		ours := CurveByOID(parseOID(t, oid))
		if strings.Contains(c.Name, "Test") {
			if ours != nil {
				t.Errorf("%s: a key may be on it", c.Name)
			}
			continue
		}
		if ours == nil {
			t.Errorf("%s %s: not known", c.Name, oid)
			continue
		}
		a, b := c.Params(), ours.Params()
		for i, n := range []*big.Int{a.P, a.A, a.B, a.Q, a.X, a.Y} {
			if n.Cmp([]*big.Int{b.P, b.A, b.B, b.Q, b.X, b.Y}[i]) != 0 {
				t.Errorf("%s: number %d", c.Name, i)
			}
		}
	}
}

func TestSignatureVectors(t *testing.T) {
	var file struct {
		Examples []struct {
			Name         string
			Curve        string `json:"curve_oid"`
			D, XQ, YQ, E string
			R, S         string
		}
	}
	vectors.Read(t, "gost/rfc7091.json", &file)
	curves := exampleCurves(t)
	for _, v := range file.Examples {
		n := func(text string) *big.Int {
			x, ok := new(big.Int).SetString(text, 16)
			if !ok {
				t.Fatalf("%q", text)
			}
			return x
		}
		c := curves[v.Curve]
		k := keyAt(t, c, n(v.XQ), n(v.YQ))
		e, r, s := n(v.E), n(v.R), n(v.S)
		if !k.verify(e, r, s) {
			t.Errorf("%s: not verified", v.Name)
		}
		if x, y := multiplied(c, n(v.D)); x.Cmp(k.x) != 0 || y.Cmp(k.y) != 0 {
			t.Errorf("%s: Q is not dP", v.Name)
		}
		if k.verify(e, s, r) || k.verify(new(big.Int).Xor(e, big.NewInt(1)), r, s) {
			t.Errorf("%s: verified what was not signed", v.Name)
		}
		digest, signature := wire(c, e), append(s.FillBytes(make([]byte, c.Size)), r.FillBytes(make([]byte, c.Size))...)
		if !k.Verify(digest, signature) || k.Verify(digest, signature[1:]) || k.Verify(digest[1:], signature) {
			t.Errorf("%s: as bytes", v.Name)
		}
		refusesHalves(t, k, digest, signature)
	}
}

// refusesHalves puts numbers that no half of a signature may be in the place of either.
func refusesHalves(t *testing.T, k *PublicKey, digest, signature []byte) {
	t.Helper()
	c, half := k.Curve, k.Curve.Size
	for _, number := range []*big.Int{new(big.Int), c.q, new(big.Int).Add(c.q, big.NewInt(1))} {
		bad := number.FillBytes(make([]byte, half))
		if k.Verify(digest, slices.Concat(bad, signature[half:])) || k.Verify(digest, slices.Concat(signature[:half], bad)) {
			t.Errorf("%s: %x as a half is accepted", c.Name, bad)
		}
	}
}
