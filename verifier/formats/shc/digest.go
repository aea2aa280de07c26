package shc

import (
	"crypto/sha256"
	"encoding/base64"
	"hash"

	"vratar/verifier/jose"
)

// digester names cards that have no identifier of their own by their content (health cards RFC 002, "FHIR Bundle
// digest"). Its memory is used again.
type digester struct {
	canonical []byte
	sum       hash.Hash
	text      [4 << 10]byte // base64url of the part that is being hashed
	room      [sha256.Size]byte
	name      [11]byte // base64url of eight bytes
}

// of is the name by a bundle, good until the next; empty when there is none.
func (d *digester) of(bundle jose.Value) []byte {
	if bundle.Kind() == jose.Absent {
		return nil
	}
	canonical, err := bundle.AppendCanonical(d.canonical[:0])
	if err != nil {
		return nil
	}
	d.canonical = canonical
	if d.sum == nil {
		d.sum = sha256.New()
	}
	d.sum.Reset()
	const part = len(d.text) / 4 * 3 // no padding but at the end, where it is left away
	for rest := canonical; len(rest) > 0; rest = rest[min(part, len(rest)):] {
		d.sum.Write(base64.RawURLEncoding.AppendEncode(d.text[:0], rest[:min(part, len(rest))]))
	}
	return base64.RawURLEncoding.AppendEncode(d.name[:0], d.sum.Sum(d.room[:0])[:8])
}
