package jose

import (
	"crypto"
	"crypto/ecdsa"
	"crypto/ed25519"
	"crypto/elliptic"
	"crypto/rsa"
	"errors"
	"fmt"
	"math/big"
	"slices"
)

var (
	errSecret  = errors.New("jose: holds a secret key")
	errPurpose = errors.New("jose: the key is not for signatures")
	errPoint   = errors.New("jose: a coordinate has another length than those of the curve")
	errModulus = errors.New("jose: RSA modulus or exponent out of range")
	errEdwards = errors.New("jose: of the OKP keys only Ed25519 of 32 bytes is supported")
	errMore    = errors.New("jose: a key that is more than coordinates")
)

// Members of a JWK that are looked at.
const (
	memberKeyID = iota
	memberAlgorithm
	memberCRLVersion
	memberUse
	memberOperations
	memberType
	memberCurve
	memberX
	memberY
	memberN
	memberE
	memberChain
	jwkMembers // how many
)

var jwkNames = []string{"kid", "alg", "crlVersion", "use", "key_ops", "kty", "crv", "x", "y", "n", "e", "x5c"}

// Point is a public key on an elliptic curve as its coordinates. Whether they are a point of the curve was not looked
// at.
type Point struct {
	Curve     elliptic.Curve // nil: Ed25519, which has X alone
	X, Y      []byte
	Algorithm Value // the only one it may be used with; absent when the key does not say
}

// ReadPoint reads a key that is used once: it refuses what ParseJWK refuses, but for coordinates that are no point of
// their curve, and allocates nothing as long as they fit in room. Other keys, and those with certificates, are
// ParseJWK's alone.
func ReadPoint(v Value, room []byte) (Point, error) {
	m, err := membersOf(v)
	switch {
	case err != nil:
		return Point{}, err
	case holdsSecret(v):
		return Point{}, errSecret
	case m[memberChain].Kind() != Absent || m[memberType].Is("RSA"):
		return Point{}, errMore
	}
	p := Point{Algorithm: m[memberAlgorithm]}
	p.Curve, p.X, p.Y, err = m.point(room)
	return p, err
}

// members are the values of a JWK, by what they mean.
type members [jwkMembers]Value

// membersOf reads what a key says of itself, and refuses one that its publisher meant for something other than
// signatures (RFC 7517 §4.2, 4.3).
func membersOf(v Value) (m members, err error) {
	if v.Kind() != Map {
		return m, errObject
	}
	v.Collect(jwkNames, m[:])
	for _, i := range [...]int{memberKeyID, memberAlgorithm, memberUse, memberType} {
		if _, err := m.text(i); err != nil {
			return m, err
		}
	}
	if _, err := m[memberCRLVersion].Uint(); err != nil {
		return m, m.fault(memberCRLVersion, err)
	}
	if err := m.checkOperations(); err != nil {
		return m, m.fault(memberOperations, err)
	}
	if use := m[memberUse]; use.Kind() != Absent && !use.Is("") && !use.Is("sig") {
		return m, errPurpose
	}
	return m, nil
}

func (m *members) fault(i int, err error) error { return fmt.Errorf("member %q: %w", jwkNames[i], err) }

func (m *members) checkOperations() error {
	operations := m[memberOperations]
	if operations.Kind() == Absent {
		return nil
	}
	if operations.Kind() != Array {
		return errArray
	}
	fits := false
	for w := operations.Walk(); w.More(); {
		o := w.Next()
		if o.Kind() != Text {
			return errText
		}
		fits = fits || o.Is("verify") || o.Is("sign")
	}
	if !fits {
		return errPurpose
	}
	return nil
}

// text is the content of a member that is a string; nil when it is absent.
func (m *members) text(i int) ([]byte, error) {
	content, ok := m[i].TextBytes()
	if !ok && m[i].Kind() != Absent {
		return nil, m.fault(i, errText)
	}
	return content, nil
}

// appendBytes appends what a member says in base64url without padding; nothing when it is absent.
func (m *members) appendBytes(dst []byte, i int) ([]byte, error) {
	text, err := m.text(i)
	if err != nil {
		return dst, err
	}
	if dst, err = AppendBase64URL(dst, text); err != nil {
		return dst, m.fault(i, err)
	}
	return dst, nil
}

func (m *members) publicKey() (crypto.PublicKey, error) {
	if m[memberType].Is("RSA") {
		return m.rsaKey()
	}
	curve, x, y, err := m.point(nil)
	switch {
	case err != nil:
		return nil, err
	case curve == nil:
		return ed25519.PublicKey(x), nil
	}
	return ecdsa.ParseUncompressedPublicKey(curve, slices.Concat([]byte{4}, x, y))
}

// point is the coordinates of a key in memory that follows room: on curve, or of Ed25519, which has x alone, for a nil
// curve. Whether they are a point of the curve is not looked at.
func (m *members) point(room []byte) (curve elliptic.Curve, x, y []byte, err error) {
	name, err := m.text(memberCurve)
	if err != nil {
		return nil, nil, nil, err
	}
	size := ed25519.PublicKeySize
	switch {
	case m[memberType].Is("EC"):
		if curve = curves[string(name)]; curve == nil {
			return nil, nil, nil, fmt.Errorf("jose: curve %q is not supported", name)
		}
		size = coordinateSize(curve)
	case !m[memberType].Is("OKP"):
		return nil, nil, nil, fmt.Errorf("jose: key type %s is not supported", m[memberType].Raw())
	case string(name) != "Ed25519":
		return nil, nil, nil, errEdwards
	}
	x, err = m.appendBytes(room, memberX)
	if x = x[len(room):]; err != nil || curve == nil {
		if err == nil && len(x) != size {
			err = errEdwards
		}
		return nil, x, nil, err
	}
	both, err := m.appendBytes(x, memberY)
	// RFC 7518 §6.2.1.2: a coordinate always has its full length.
	if err == nil && (len(x) != size || len(both) != 2*size) {
		err = errPoint
	}
	if err != nil {
		return nil, nil, nil, err
	}
	return curve, both[:size:size], both[size:], nil
}

func (m *members) rsaKey() (crypto.PublicKey, error) {
	n, errN := m.appendBytes(nil, memberN)
	e, errE := m.appendBytes(nil, memberE)
	if err := errors.Join(errN, errE); err != nil {
		return nil, err
	}
	if len(n) == 0 || len(n) > maxRSABits/8 || len(e) == 0 || len(e) > 4 {
		return nil, errModulus
	}
	exponent := new(big.Int).SetBytes(e).Int64()
	return &rsa.PublicKey{N: new(big.Int).SetBytes(n), E: int(exponent)}, nil
}

var curves = map[string]elliptic.Curve{"P-256": elliptic.P256(), "P-384": elliptic.P384(), "P-521": elliptic.P521()}

func coordinateSize(curve elliptic.Curve) int { return (curve.Params().BitSize + 7) / 8 }
