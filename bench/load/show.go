package load

import (
	"encoding/base64"
	"math"
	"time"
	"unicode/utf8"

	"vratar/bench/corpus"
	"vratar/verifier"
	"vratar/verifier/jsontext"
)

// Shows says which credential each arrival shows.
type Shows struct {
	Items []corpus.Item // in turn, from the first again when they run out
	// Repeated is the share of arrivals, from 0 to 1, that show one of the last few credentials once more: the
	// holder tries again, two gates see one code, a screen is held still.
	Repeated float64
	// Audience is the name that the gateway goes by, for proofs that holders make for it.
	Audience string
}

// lately is how far back a repeated credential may have been shown, in arrivals.
const lately = 64

// item is what arrival i shows.
func (s *Shows) item(i int) *corpus.Item {
	for s.Repeated > 0 && i > 0 {
		dice := scatter(uint64(i))
		if float64(dice>>11)/(1<<53) >= s.Repeated {
			break
		}
		i -= 1 + int(dice%uint64(min(i, lately))) // what was shown then may have been a repetition itself
	}
	return &s.Items[i%len(s.Items)]
}

// present is the payload of an item, made this moment where its holder's device makes it, and the answer it must
// get.
func (s *Shows) present(item *corpus.Item) ([]byte, verifier.Reason) {
	if !item.Fresh() {
		return item.Payload, item.Expect
	}
	payload, expect, err := item.Present(time.Now(), s.Audience)
	if err != nil {
		return item.Payload, item.Expect // the picture of it, which is worth nothing
	}
	return payload, expect
}

// scatter spreads n over 64 bits (the finaliser of SplitMix64).
func scatter(n uint64) uint64 {
	n = (n + 0x9e3779b97f4a7c15) * 0xbf58476d1ce4e5b9
	n = (n ^ n>>27) * 0x94d049bb133111eb
	return n ^ n>>31
}

// validShare reports whether a share is one.
func validShare(share float64) bool { return share >= 0 && share < 1 && !math.IsNaN(share) }

// appendPayload appends the members payload or payload_b64.
func appendPayload(dst, payload []byte) []byte {
	if utf8.Valid(payload) {
		return jsontext.AppendString(append(dst, `"payload":`...), payload)
	}
	dst = append(dst, `"payload_b64":"`...)
	return append(base64.StdEncoding.AppendEncode(dst, payload), '"')
}
