package gost

import (
	"encoding/asn1"
	"math/big"
	"slices"
	"sync"
)

// Curve is one of the curves. Two are the same when their pointers are.
type Curve struct {
	Name string
	Size int // of a coordinate, of either half of a signature and of the digest, in bytes

	p, q, b  *big.Int
	field    field
	a, one   element
	x, y     *big.Int // base point
	cofactor bool     // not 1
	oids     []asn1.ObjectIdentifier
	base     func() []multiple // odd multiples of the base point

	edwards     *edwards // nil: the curve has no such form
	edwardsBase func() []edwardsMultiple
}

// Params are the numbers of a curve y² = x³ + ax + b modulo p, with a base point of order q.
type Params struct{ P, A, B, Q, X, Y *big.Int }

// Params are the curve's numbers, as copies.
func (c *Curve) Params() Params {
	copied := func(x *big.Int) *big.Int { return new(big.Int).Set(x) }
	return Params{copied(c.p), c.field.toBig(&c.a), copied(c.b), copied(c.q), copied(c.x), copied(c.y)}
}

// OID is the identifier that newer standards have for the curve; others may stand for it in keys.
func (c *Curve) OID() asn1.ObjectIdentifier { return slices.Clone(c.oids[0]) }

// Digest is what keys on the curve sign of a message: Streebog of the curve's size (RFC 7091 §6.1).
func (c *Curve) Digest(message []byte) []byte {
	h := newStreebog(c.Size)
	_, _ = h.Write(message) // never fails (hash.Hash)
	return h.Sum(nil)
}

// Curves are all curves that keys may be on, those of 256 bits first.
//
// The two of the examples in RFC 7091 are not among them: nobody has a key there.
func Curves() []*Curve { return slices.Clone(curves) }

// CurveByOID is the curve with that identifier, of RFC 9215 §A, RFC 7836 §A or RFC 4357 §11.4; nil when there is none.
func CurveByOID(oid asn1.ObjectIdentifier) *Curve {
	for _, c := range curves {
		for _, o := range c.oids {
			if o.Equal(oid) {
				return c
			}
		}
	}
	return nil
}

// curves never change. Numbers are p, a, b, q, x and y of the base point (RFC 7836 §A.1, RFC 9215 §A, RFC 4357 §11.4).
var curves = []*Curve{
	newCurve("id-tc26-gost-3410-2012-256-paramSetA", []asn1.ObjectIdentifier{{1, 2, 643, 7, 1, 2, 1, 1, 1}}, [6]string{
		"fffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffd97",
		"c2173f1513981673af4892c23035a27ce25e2013bf95aa33b22c656f277e7335",
		"295f9bae7428ed9ccc20e7c359a9d41a22fccd9108e17bf7ba9337a6f8ae9513",
		"400000000000000000000000000000000fd8cddfc87b6635c115af556c360c67",
		"91e38443a5e82c0d880923425712b2bb658b9196932e02c78b2582fe742daa28",
		"32879423ab1a0375895786c4bb46e9565fde0b5344766740af268adb32322e5c",
	}).withEdwards("0605f6b7c183fa81578bc39cfad518132b9df62897009af7e522c32d6dc7bffb"),
	newCurve("id-tc26-gost-3410-2012-256-paramSetB", []asn1.ObjectIdentifier{{1, 2, 643, 7, 1, 2, 1, 1, 2}, {1, 2, 643, 2, 2, 35, 1}, {1, 2, 643, 2, 2, 36, 0}}, [6]string{
		"fffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffd97",
		"fffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffd94",
		"a6",
		"ffffffffffffffffffffffffffffffff6c611070995ad10045841b09b761b893",
		"1",
		"8d91e471e0989cda27df505a453f2b7635294f2ddf23e3b122acc99c9e9f1e14",
	}),
	newCurve("id-tc26-gost-3410-2012-256-paramSetC", []asn1.ObjectIdentifier{{1, 2, 643, 7, 1, 2, 1, 1, 3}, {1, 2, 643, 2, 2, 35, 2}}, [6]string{
		"8000000000000000000000000000000000000000000000000000000000000c99",
		"8000000000000000000000000000000000000000000000000000000000000c96",
		"3e1af419a269a5f866a7d3c25c3df80ae979259373ff2b182f49d4ce7e1bbc8b",
		"800000000000000000000000000000015f700cfff1a624e5e497161bcc8a198f",
		"1",
		"3fa8124359f96680b83d1c3eb2c070e5c545c9858d03ecfb744bf8d717717efc",
	}),
	newCurve("id-tc26-gost-3410-2012-256-paramSetD", []asn1.ObjectIdentifier{{1, 2, 643, 7, 1, 2, 1, 1, 4}, {1, 2, 643, 2, 2, 35, 3}, {1, 2, 643, 2, 2, 36, 1}}, [6]string{
		"9b9f605f5a858107ab1ec85e6b41c8aacf846e86789051d37998f7b9022d759b",
		"9b9f605f5a858107ab1ec85e6b41c8aacf846e86789051d37998f7b9022d7598",
		"805a",
		"9b9f605f5a858107ab1ec85e6b41c8aa582ca3511eddfb74f02f3a6598980bb9",
		"0",
		"41ece55743711a8c3cbf3783cd08c0ee4d4dc440d4641a8f366e550dfdb3bb67",
	}),
	newCurve("id-tc26-gost-3410-12-512-paramSetA", []asn1.ObjectIdentifier{{1, 2, 643, 7, 1, 2, 1, 2, 1}}, [6]string{
		"fffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffdc7",
		"fffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffdc4",
		"e8c2505dedfc86ddc1bd0b2b6667f1da34b82574761cb0e879bd081cfd0b6265ee3cb090f30d27614cb4574010da90dd862ef9d4ebee4761503190785a71c760",
		"ffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff27e69532f48d89116ff22b8d4e0560609b4b38abfad2b85dcacdb1411f10b275",
		"3",
		"7503cfe87a836ae3a61b8816e25450e6ce5e1c93acf1abc1778064fdcbefa921df1626be4fd036e93d75e6a50e3a41e98028fe5fc235f5b889a589cb5215f2a4",
	}),
	newCurve("id-tc26-gost-3410-12-512-paramSetB", []asn1.ObjectIdentifier{{1, 2, 643, 7, 1, 2, 1, 2, 2}}, [6]string{
		"8000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000006f",
		"8000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000006c",
		"687d1b459dc841457e3e06cf6f5e2517b97c7d614af138bcbf85dc806c4b289f3e965d2db1416d217f8b276fad1ab69c50f78bee1fa3106efb8ccbc7c5140116",
		"800000000000000000000000000000000000000000000000000000000000000149a1ec142565a545acfdb77bd9d40cfa8b996712101bea0ec6346c54374f25bd",
		"2",
		"1a8f7eda389b094c2c071e3647a8940f3c123b697578c213be6dd9e6c8ec7335dcb228fd1edf4a39152cbcaaf8c0398828041055f94ceeec7e21340780fe41bd",
	}),
	newCurve("id-tc26-gost-3410-2012-512-paramSetC", []asn1.ObjectIdentifier{{1, 2, 643, 7, 1, 2, 1, 2, 3}}, [6]string{
		"fffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffdc7",
		"dc9203e514a721875485a529d2c722fb187bc8980eb866644de41c68e143064546e861c0e2c9edd92ade71f46fcf50ff2ad97f951fda9f2a2eb6546f39689bd3",
		"b4c4ee28cebc6c2c8ac12952cf37f16ac7efb6a9f69f4b57ffda2e4f0de5ade038cbc2fff719d2c18de0284b8bfef3b52b8cc7a5f5bf0a3c8d2319a5312557e1",
		"3fffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffc98cdba46506ab004c33a9ff5147502cc8eda9e7a769a12694623cef47f023ed",
		"e2e31edfc23de7bdebe241ce593ef5de2295b7a9cbaef021d385f7074cea043aa27272a7ae602bf2a7b9033db9ed3610c6fb85487eae97aac5bc7928c1950148",
		"f5ce40d95b5eb899abbccff5911cb8577939804d6527378b8c108c3d2090ff9be18e2d33e3021ed2ef32d85822423b6304f726aa854bae07d0396e9a9addc40f",
	}).withEdwards("9e4f5d8c017d8d9f13a5cf3cdf5bfe4dab402d54198e31ebde28a0621050439ca6b39e0a515c06b304e2ce43e79e369e91a0cfc2bc2a22b4ca302dbb33ee7550"),
}

func newCurve(name string, oids []asn1.ObjectIdentifier, parameters [6]string) *Curve {
	var n [6]*big.Int
	for i, text := range parameters {
		n[i], _ = new(big.Int).SetString(text, 16)
	}
	size := (n[0].BitLen() + 7) / 8
	f := newField(n[0], size)
	c := &Curve{
		Name: name, Size: size, p: n[0], b: n[2], q: n[3], x: n[4], y: n[5],
		field: f, a: f.fromBig(n[1]), one: f.fromBig(big.NewInt(1)),
		cofactor: new(big.Int).Lsh(n[3], 1).Cmp(n[0]) < 0, oids: oids,
	}
	c.base = sync.OnceValue(c.multiplesOfBase)
	return c
}

// withEdwards gives the curve its other form (RFC 9215 §A.1, RFC 7836 §A.1 have d).
func (c *Curve) withEdwards(d string) *Curve {
	e := newEdwards(c.p, c.field, d)
	c.edwards = e
	c.edwardsBase = sync.OnceValue(func() (odd []edwardsMultiple) {
		for _, m := range c.base() {
			odd = append(odd, e.multiple(c.field.toBig(&m.x), c.field.toBig(&m.y)))
		}
		return odd
	})
	return c
}

// affine is a point of the curve as a multiple that needs no powers of z.
func (c *Curve) affine(x, y *big.Int) multiple {
	return multiple{x: c.field.fromBig(x), y: c.field.fromBig(y), z: c.one}
}

// multiplesOfBase are G, 3G, 5G and so on, affine.
func (c *Curve) multiplesOfBase() []multiple {
	calc := newCalculation(c.field)
	g := c.affine(c.x, c.y)
	p := &point{x: g.x, y: g.y, z: g.z}
	calc.double(p, &c.a)
	twice := calc.multiple(p)
	p = &point{x: g.x, y: g.y, z: g.z}
	odd := []multiple{g}
	for range 1<<(baseWidth-2) - 1 {
		calc.addMultiple(p, twice, false, &c.a)
		odd = append(odd, c.affine(calc.affineOf(p, c.p)))
	}
	return odd
}

// affineOf is x and y of p, which is not infinity.
func (c *calculation) affineOf(p *point, modulus *big.Int) (x, y *big.Int) {
	inverse := new(big.Int).ModInverse(c.toBig(&p.z), modulus)
	square := new(big.Int).Mul(inverse, inverse)
	x = square.Mul(square.Mod(square, modulus), c.toBig(&p.x))
	x = new(big.Int).Mod(x, modulus)
	y = new(big.Int).Mul(inverse, inverse)
	y.Mod(y.Mul(y.Mod(y, modulus), inverse), modulus)
	return x, y.Mod(y.Mul(y, c.toBig(&p.y)), modulus)
}
