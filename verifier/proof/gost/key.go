package gost

import (
	"bytes"
	"crypto"
	"encoding/asn1"
	"errors"
	"math/big"
	"slices"
)

// Object identifiers of keys and digests (RFC 9215 §2, 3).
var (
	oidKey256    = asn1.ObjectIdentifier{1, 2, 643, 7, 1, 1, 1, 1}
	oidKey512    = asn1.ObjectIdentifier{1, 2, 643, 7, 1, 1, 1, 2}
	oidDigest256 = asn1.ObjectIdentifier{1, 2, 643, 7, 1, 1, 2, 2}
	oidDigest512 = asn1.ObjectIdentifier{1, 2, 643, 7, 1, 1, 2, 3}
)

// ErrNotGOST is returned for a key of another kind.
var ErrNotGOST = errors.New("gost: another kind of key")

var (
	errDER    = errors.New("gost: not a subject public key info")
	errParams = errors.New("gost: the key's curve or digest is unknown, or not of the key's size")
	errPoint  = errors.New("gost: not a point of the curve's group")
)

// PublicKey is a point of a curve's group, checked to be one. It is never modified.
type PublicKey struct {
	Curve *Curve
	x, y  *big.Int
	point multiple

	edwards edwardsMultiple // the same, where the curve has that form
}

// Equal reports whether x is the same key.
func (k *PublicKey) Equal(x crypto.PublicKey) bool {
	other, ok := x.(*PublicKey)
	return ok && k.Curve == other.Curve && k.x.Cmp(other.x) == 0 && k.y.Cmp(other.y) == 0
}

// Coordinates are copies of x and y.
func (k *PublicKey) Coordinates() (x, y *big.Int) {
	return new(big.Int).Set(k.x), new(big.Int).Set(k.y)
}

// keyInfo is SubjectPublicKeyInfo with the parameters of GOST (RFC 9215 §4.2).
type keyInfo struct {
	Algorithm keyAlgorithm
	Key       asn1.BitString
}

type keyAlgorithm struct {
	ID         asn1.ObjectIdentifier
	Parameters asn1.RawValue `asn1:"optional"`
}

// keyParameters are curve and digest, which older curves name and newer ones leave out.
type keyParameters struct {
	Curve  asn1.ObjectIdentifier
	Digest asn1.ObjectIdentifier `asn1:"optional"`
}

// ParsePublicKey reads a DER SubjectPublicKeyInfo (RFC 9215 §4). The key must be a point of the group that the base
// point makes: on a curve with a cofactor, others exist. A key of another algorithm is ErrNotGOST.
func ParsePublicKey(der []byte) (*PublicKey, error) {
	var info keyInfo
	if !exactly(der, &info) {
		return nil, errDER
	}
	size, digest := 0, oidDigest256
	switch id := info.Algorithm.ID; {
	case id.Equal(oidKey256):
		size = 32
	case id.Equal(oidKey512):
		size, digest = 64, oidDigest512
	default:
		return nil, ErrNotGOST
	}
	var p keyParameters
	if !exactly(info.Algorithm.Parameters.FullBytes, &p) {
		return nil, errParams
	}
	curve := CurveByOID(p.Curve)
	if curve == nil || curve.Size != size || p.Digest != nil && !p.Digest.Equal(digest) {
		return nil, errParams
	}
	var raw []byte
	if rest, err := asn1.Unmarshal(info.Key.Bytes, &raw); err != nil || len(rest) > 0 || info.Key.BitLength != 8*len(info.Key.Bytes) {
		return nil, errDER
	}
	return curve.PublicKey(raw)
}

// exactly reads der into v, and nothing but what v has room for: the library passes over more at the end of a sequence.
func exactly[T any](der []byte, v *T) bool {
	if rest, err := asn1.Unmarshal(der, v); err != nil || len(rest) > 0 {
		return false
	}
	again, err := asn1.Marshal(*v)
	return err == nil && bytes.Equal(again, der)
}

// PublicKey is the key with these coordinates: x‖y, each little-endian and of the curve's size.
func (c *Curve) PublicKey(raw []byte) (*PublicKey, error) {
	if len(raw) != 2*c.Size {
		return nil, errPoint
	}
	x, y := littleEndian(raw[:c.Size]), littleEndian(raw[c.Size:])
	if x.Cmp(c.p) >= 0 || y.Cmp(c.p) >= 0 || !c.contains(x, y) {
		return nil, errPoint
	}
	k := &PublicKey{Curve: c, x: x, y: y, point: c.affine(x, y)}
	if c.cofactor && !k.inGroup() {
		return nil, errPoint
	}
	if c.edwards != nil {
		k.edwards = c.edwards.multiple(x, y)
	}
	return k, nil
}

// contains reports whether y² = x³ + ax + b.
func (c *Curve) contains(x, y *big.Int) bool {
	right := new(big.Int).Mul(x, x)
	right.Add(right, c.field.toBig(&c.a)).Mul(right, x).Add(right, c.b).Mod(right, c.p)
	left := new(big.Int).Mul(y, y)
	return left.Mod(left, c.p).Cmp(right) == 0
}

// inGroup reports whether q times the point is infinity, one bit after another: points of small order, which the
// multiples for a fast way must not be, end there as well.
func (k *PublicKey) inGroup() bool {
	c, calc := k.Curve, newCalculation(k.Curve.field)
	p := &point{}
	for i := c.q.BitLen() - 1; i >= 0; i-- {
		calc.double(p, &c.a)
		if c.q.Bit(i) == 1 {
			calc.addMultiple(p, &k.point, false, &c.a)
		}
	}
	return calc.isZero(&p.z)
}

// MarshalPublicKey writes a DER SubjectPublicKeyInfo under the curve's first identifier, with the digest left out
// where RFC 9215 §4.2 wants it so.
func MarshalPublicKey(k *PublicKey) ([]byte, error) {
	c := k.Curve
	p, algorithm := keyParameters{Curve: c.oids[0]}, oidKey256
	if len(c.oids) > 1 {
		p.Digest = oidDigest256
	}
	if c.Size == 64 {
		algorithm = oidKey512
	}
	parameters, err := asn1.Marshal(p)
	if err != nil {
		return nil, err
	}
	raw := make([]byte, 2*c.Size)
	k.x.FillBytes(raw[:c.Size])
	k.y.FillBytes(raw[c.Size:])
	slices.Reverse(raw[:c.Size])
	slices.Reverse(raw[c.Size:])
	key, err := asn1.Marshal(raw)
	if err != nil {
		return nil, err
	}
	return asn1.Marshal(keyInfo{
		Algorithm: keyAlgorithm{algorithm, asn1.RawValue{FullBytes: parameters}},
		Key:       asn1.BitString{Bytes: key, BitLength: 8 * len(key)},
	})
}
