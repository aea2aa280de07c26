package issuing

import (
	"crypto/x509"
	"encoding/base64"
	"encoding/binary"
	"encoding/json"
	"encoding/pem"
	"errors"
	"fmt"
	"slices"
	"time"

	"vratar/verifier"
)

// PretixTicket is the content of a signed pretix ticket. Numbers are those of the event in pretix.
type PretixTicket struct {
	Seed       string // random text that tells tickets apart
	Item       int64
	Variation  int64     // zero: none
	Subevent   int64     // zero: none
	ValidFrom  time.Time // zero: no limit
	ValidUntil time.Time // zero: no limit
}

// Pretix issues a ticket of scheme pretix_sig1 and returns the text of its code, which is its secret as well.
// The key must be for EdDSA.
func Pretix(k *Key, t PretixTicket) (string, error) {
	if k.Algorithm != verifier.EdDSA {
		return "", fmt.Errorf("issuing: a pretix ticket is signed by EdDSA, not %s", k.Algorithm)
	}
	if t.Seed == "" || t.Item == 0 {
		return "", errors.New("issuing: a pretix ticket has a seed and an item")
	}
	content := t.content()
	signature, err := k.Sign(content)
	if err != nil {
		return "", err
	}
	return ArmourPretix(content, signature)
}

// content is the ticket as a protocol buffer (pretix_sig1.proto).
func (t PretixTicket) content() []byte {
	b := append([]byte{1<<3 | 2}, binary.AppendUvarint(nil, uint64(len(t.Seed)))...)
	b = append(b, t.Seed...)
	numbers := []int64{t.Item, t.Variation, t.Subevent, 0, 0}
	for i, limit := range []time.Time{t.ValidFrom, t.ValidUntil} {
		if !limit.IsZero() {
			numbers[3+i] = limit.Unix()
		}
	}
	for i, n := range numbers {
		if n != 0 {
			b = binary.AppendUvarint(append(b, byte(2+i)<<3), uint64(n))
		}
	}
	return b
}

// ArmourPretix is the text of a code around signed content: lengths, content and signature in base64, written
// backwards.
func ArmourPretix(content, signature []byte) (string, error) {
	if len(content) > 1<<16-1 || len(signature) > 1<<16-1 {
		return "", errors.New("issuing: a pretix ticket is at most 65,535 bytes")
	}
	blob := binary.BigEndian.AppendUint16([]byte{1}, uint16(len(content)))
	blob = binary.BigEndian.AppendUint16(blob, uint16(len(signature)))
	blob = append(append(blob, content...), signature...)
	text := base64.StdEncoding.AppendEncode(nil, blob)
	slices.Reverse(text)
	return string(text), nil
}

// PretixEvent writes the keys of an event as pretix publishes them in the event's JSON.
func PretixEvent(slug string, keys ...*Key) ([]byte, error) {
	texts := make([][]byte, len(keys)) // JSON writes bytes as base64
	for i, k := range keys {
		der, err := x509.MarshalPKIXPublicKey(k.Public())
		if err != nil {
			return nil, err
		}
		texts[i] = pem.EncodeToMemory(&pem.Block{Type: "PUBLIC KEY", Bytes: der})
	}
	return json.Marshal(map[string]any{"slug": slug, "valid_keys": map[string]any{"pretix_sig1": texts}})
}
