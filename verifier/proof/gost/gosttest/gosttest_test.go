package gosttest

import (
	"bytes"
	"fmt"
	"testing"

	"vratar/verifier/proof/gost"
)

func TestSign(t *testing.T) {
	for _, c := range gost.Curves() {
		k, other := NewKey(c, "one"), NewKey(c, "two")
		if k.Public.Equal(other.Public) || !k.Public.Equal(NewKey(c, "one").Public) {
			t.Errorf("%s: keys", c.Name)
		}
		for i := range 5 {
			message := fmt.Appendf(nil, "message %d", i)
			digest := c.Digest(message)
			signature := k.Sign(message)
			if !k.Public.Verify(digest, signature) || other.Public.Verify(digest, signature) {
				t.Errorf("%s: %s", c.Name, message)
			}
			if !bytes.Equal(signature, k.SignDigest(digest)) {
				t.Errorf("%s: another signature the second time", c.Name)
			}
			for _, place := range []int{0, c.Size - 1, c.Size, 2*c.Size - 1} {
				bad := bytes.Clone(signature)
				bad[place] ^= 1
				if k.Public.Verify(digest, bad) {
					t.Errorf("%s: byte %d changed", c.Name, place)
				}
			}
			digest[i] ^= 1
			if k.Public.Verify(digest, signature) {
				t.Errorf("%s: another digest", c.Name)
			}
		}
		zero := make([]byte, c.Size) // a digest of zero stands for one (RFC 7091 §6.1 step 2)
		if !k.Public.Verify(zero, k.SignDigest(zero)) {
			t.Errorf("%s: a digest of zero", c.Name)
		}
	}
}
