package corpus

import (
	"bytes"
	"compress/zlib"
	"fmt"
	"math/rand/v2"

	"vratar/verifier"
	"vratar/verifier/base45"
	"vratar/verifier/cbor"
	"vratar/verifier/cose"
)

// brokenVariant is one way of not being decodable. make gets random numbers that follow from seed and number.
type brokenVariant struct {
	name   string
	expect verifier.Reason
	make   func(m *Maker, r *rand.Rand) ([]byte, error)
}

// brokenVariants lists them all; Broken items take them in turn.
var brokenVariants = [...]brokenVariant{
	{"empty", verifier.ReasonNotRecognised, func(*Maker, *rand.Rand) ([]byte, error) { return nil, nil }},
	{"random-bytes", verifier.ReasonNotRecognised, func(_ *Maker, r *rand.Rand) ([]byte, error) {
		return append([]byte{0xff}, randomBytes(r, 300)...), nil // FF begins no format
	}},
	{"random-base45", verifier.ReasonMalformed, func(_ *Maker, r *rand.Rand) ([]byte, error) {
		return hcertText(randomBytes(r, 300)), nil
	}},
	{"invalid-utf8", verifier.ReasonMalformed, func(*Maker, *rand.Rand) ([]byte, error) {
		return []byte("HC1:6BF\xff\xfe\xc0\x80"), nil
	}},
	{"zip-bomb", verifier.ReasonTooLarge, func(m *Maker, _ *rand.Rand) ([]byte, error) {
		return m.bomb(), nil
	}},
	{"deep-cbor", verifier.ReasonMalformed, func(*Maker, *rand.Rand) ([]byte, error) {
		return hcertText(deflate(bytes.Repeat([]byte{0x81}, 4<<10))), nil // an array in an array in an array …
	}},
	{"duplicate-keys", verifier.ReasonMalformed, func(_ *Maker, r *rand.Rand) ([]byte, error) {
		return append([]byte("VR1:"), base45.Append(nil, duplicateKeys(r))...), nil
	}},
	{"truncated", verifier.ReasonMalformed, func(m *Maker, r *rand.Rand) ([]byte, error) {
		whole, err := m.signed(Genuine, [...]string{Document, HCERT}[r.IntN(2)], r.IntN(1000))
		if err != nil {
			return nil, err
		}
		return whole.Payload[:4+r.IntN(len(whole.Payload)-4)], nil // the prefix stays
	}},
	{"oversized", verifier.ReasonTooLarge, func(*Maker, *rand.Rand) ([]byte, error) {
		return bytes.Repeat([]byte("A"), verifier.MaxPayload+1), nil
	}},
}

// BrokenVariants is how many ways of being broken there are: Broken items with consecutive numbers cycle
// through them.
func BrokenVariants() int { return len(brokenVariants) }

func (m *Maker) broken(n int) (Item, error) {
	v := brokenVariants[n%len(brokenVariants)]
	payload, err := v.make(m, m.random(Broken, n))
	return Item{Name: fmt.Sprintf("%s/%s/%d", Broken, v.name, n), Payload: payload, Expect: v.expect}, err
}

// hcertText is a code that claims to be an EU certificate.
func hcertText(b []byte) []byte { return base45.Append([]byte("HC1:"), b) }

// zipBomb is as much as fits into a payload: 9 MiB in 14 KB of text.
func zipBomb() []byte { return hcertText(deflate(make([]byte, 9<<20))) }

func deflate(b []byte) []byte {
	var out bytes.Buffer
	w := zlib.NewWriter(&out)
	_, _ = w.Write(b) // a Buffer takes everything
	_ = w.Close()
	return out.Bytes()
}

// duplicateKeys is a signed message whose claims name two expiry times, the trick by which two readers of one
// credential see different things.
func duplicateKeys(r *rand.Rand) []byte {
	const expires = 4
	claims := cbor.AppendMapHead(nil, 2)
	for _, at := range []int64{1, 1 << 40} {
		claims = cbor.AppendInt(cbor.AppendInt(claims, expires), at)
	}
	message := cose.Sign1{Algorithm: -7, KeyID: []byte("k"), Payload: claims, Signature: randomBytes(r, 64)}
	message.Protected = cose.AppendProtected(nil, message)
	return cose.AppendSign1(nil, message, nil)
}

func randomBytes(r *rand.Rand, n int) []byte {
	b := make([]byte, n)
	for i := range b {
		b[i] = byte(r.Uint32())
	}
	return b
}
