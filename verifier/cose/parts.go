package cose

import (
	"crypto/ed25519"
	"crypto/elliptic"

	"vratar/verifier/cbor"
)

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
