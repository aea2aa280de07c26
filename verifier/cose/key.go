package cose

import (
	"crypto"
	"crypto/ecdsa"
	"crypto/ed25519"
	"crypto/elliptic"
	"errors"
	"slices"

	"vratar/verifier/cbor"
)

// Labels and values of a COSE_Key (RFC 9052 §7, RFC 9053 §7).
const (
	keyType  = 1
	keyCurve = -1
	keyX     = -2
	keyY     = -3

	typeOKP = 1
	typeEC2 = 2

	curveP256    = 1
	curveP384    = 2
	curveP521    = 3
	curveEd25519 = 6
)

var errKey = errors.New("cose: not a public key of a supported kind")

// ParseKey reads a public COSE_Key: EC2 on P-256, P-384 or P-521 with both coordinates in full, or Ed25519.
func ParseKey(key cbor.Item) (crypto.PublicKey, error) {
	curve, x, y, ok := KeyParts(key)
	switch {
	case !ok:
		return nil, errKey
	case curve == nil:
		return ed25519.PublicKey(slices.Clone(x)), nil
	}
	k, err := ecdsa.ParseUncompressedPublicKey(curve, slices.Concat([]byte{4}, x, y))
	if err != nil {
		return nil, errKey // not k: a nil pointer would pass for a key
	}
	return k, nil
}

// KeyParts reads the keys that ParseKey reads without making one: curve is nil for Ed25519, which has x alone. x and y
// are views. Whether they are a point of the curve is not looked at.
func KeyParts(key cbor.Item) (curve elliptic.Curve, x, y []byte, ok bool) {
	kind, _ := key.Get(keyType).Int()
	name, _ := key.Get(keyCurve).Int()
	x, _ = key.Get(keyX).Bytes()
	if kind == typeOKP {
		return nil, x, nil, name == curveEd25519 && len(x) == ed25519.PublicKeySize
	}
	y, _ = key.Get(keyY).Bytes()
	if curve = ecGroup(name); kind != typeEC2 || curve == nil {
		return nil, nil, nil, false
	}
	size := (curve.Params().BitSize + 7) / 8
	return curve, x, y, len(x) == size && len(y) == size
}

func ecGroup(curve int64) elliptic.Curve {
	switch curve {
	case curveP256:
		return elliptic.P256()
	case curveP384:
		return elliptic.P384()
	case curveP521:
		return elliptic.P521()
	}
	return nil
}

// AppendKey appends a public key as a COSE_Key, in the kinds that ParseKey reads.
func AppendKey(dst []byte, public crypto.PublicKey) ([]byte, error) {
	switch k := public.(type) {
	case ed25519.PublicKey:
		dst = cbor.AppendInt(cbor.AppendInt(cbor.AppendMapHead(dst, 3), keyType), typeOKP)
		dst = cbor.AppendInt(cbor.AppendInt(dst, keyCurve), curveEd25519)
		return cbor.AppendBytes(cbor.AppendInt(dst, keyX), k), nil
	case *ecdsa.PublicKey:
		point, err := k.Bytes()
		if err != nil {
			return nil, err
		}
		half := len(point) / 2
		dst = cbor.AppendInt(cbor.AppendInt(cbor.AppendMapHead(dst, 4), keyType), typeEC2)
		for curve := int64(curveP256); curve <= curveP521; curve++ {
			if ecGroup(curve) == k.Curve {
				dst = cbor.AppendInt(cbor.AppendInt(dst, keyCurve), curve)
				dst = cbor.AppendBytes(cbor.AppendInt(dst, keyX), point[1:1+half])
				return cbor.AppendBytes(cbor.AppendInt(dst, keyY), point[1+half:]), nil
			}
		}
	}
	return nil, errKey
}
