package ledger

import (
	"encoding/json"
	"strconv"
	"time"

	"vratar/verifier/jsontext"
)

// appendPassage writes p as its JSON tags say. Every claim does so while all others wait, and reflection would take
// longer than the rest of a record.
func appendPassage(dst []byte, p *Passage) (_ []byte, err error) {
	dst = strconv.AppendUint(append(dst, `{"seq":`...), p.Seq, 10)
	dst = appendText(dst, `,"id":`, p.ID)
	if dst, err = appendTime(dst, `,"at":"`, p.At); err != nil {
		return dst, err
	}
	if !p.ScannedAt.IsZero() {
		if dst, err = appendTime(dst, `,"scanned_at":"`, p.ScannedAt); err != nil {
			return dst, err
		}
	}
	dst = appendText(dst, `,"checkpoint":`, p.Checkpoint)
	dst = appendText(dst, `,"group":`, p.Group)
	dst = appendText(dst, `,"direction":`, p.Direction.String())
	dst = appendIfAny(dst, `,"nonce":`, p.Nonce)
	dst = appendIfAny(dst, `,"checker":`, p.Checker)
	dst = appendIfAny(dst, `,"capacity":`, string(p.Capacity))
	dst = appendIfAny(dst, `,"organisation":`, p.Organisation)
	dst = appendIfAny(dst, `,"mandate":`, p.Mandate)
	dst = appendText(dst, `,"decision":`, p.Decision.String())
	dst = appendText(dst, `,"outcome":`, p.Outcome)
	dst = appendText(dst, `,"reason":`, p.Reason.String())
	dst = appendText(dst, `,"stage":`, p.Stage)
	dst = appendIfAny(dst, `,"format":`, p.Format)
	dst = appendIfAny(dst, `,"document":`, p.Document)
	dst = appendIfAny(dst, `,"issuer":`, p.Issuer)
	dst = appendText(dst, `,"payload":`, p.Payload)
	dst = appendIfAny(dst, `,"subject":`, p.Subject)
	if p.Inside {
		dst = append(dst, `,"inside":true`...)
	}
	return appendRare(dst, p)
}

// appendRare writes what few passages have, and the closing brace.
func appendRare(dst []byte, p *Passage) ([]byte, error) {
	if p.Previous != nil {
		text, err := json.Marshal(p.Previous)
		if err != nil {
			return dst, err
		}
		dst = append(append(dst, `,"previous":`...), text...)
	}
	if p.Overrides != nil {
		text, err := json.Marshal(p.Overrides)
		if err != nil {
			return dst, err
		}
		dst = append(append(dst, `,"overrides":`...), text...)
	}
	return append(dst, '}'), nil
}

func appendText(dst []byte, head, text string) []byte {
	return jsontext.AppendString(append(dst, head...), text)
}

func appendIfAny(dst []byte, head, text string) []byte {
	if text == "" {
		return dst
	}
	return appendText(dst, head, text)
}

// appendTime fails where JSON cannot carry the time (RFC 3339 knows four digits of a year).
func appendTime(dst []byte, head string, t time.Time) ([]byte, error) {
	dst, err := t.AppendText(append(dst, head...))
	return append(dst, '"'), err
}
