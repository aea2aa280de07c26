package ledger

import (
	"crypto/sha256"
	"encoding/binary"
	"encoding/json"
	"errors"
	"fmt"
	"unicode/utf8"

	"vratar/cache/store"
)

// The first byte of a stored passage; the rest is its JSON. What a person decided is a kind of its own, so that no
// program takes it for a scan.
const (
	recordScan     = 1
	recordOverride = 2
)

// chainDomain keeps the chain's hashes apart from every other use of SHA-256.
const chainDomain = "vratar ledger chain 1\n"

// MaxText bounds each text of a passage, in bytes; readers choose some of them, and they become keys.
const MaxText = 256

// Hash is one link of the chain.
type Hash = [sha256.Size]byte

// link is hash n: of domain, hash n-1, sequence number and record.
func link(previous Hash, seq uint64, record []byte) Hash {
	h := sha256.New()
	h.Write([]byte(chainDomain))
	h.Write(previous[:])
	h.Write(binary.BigEndian.AppendUint64(nil, seq))
	h.Write(record)
	var out Hash
	h.Sum(out[:0])
	return out
}

func appendRecord(dst []byte, p *Passage) ([]byte, error) {
	kind := byte(recordScan)
	if p.Overrides != nil {
		kind = recordOverride
	}
	dst, err := appendPassage(append(dst, kind), p)
	if err != nil {
		return dst, fmt.Errorf("ledger: encoding a passage: %w", err)
	}
	return dst, nil
}

// decodeRecord is the inverse of appendRecord. A member that is not known is passed over: what changes the
// meaning of a record changes its version, and the chain covers every byte either way.
func decodeRecord(b []byte) (Passage, error) {
	if len(b) == 0 || (b[0] != recordScan && b[0] != recordOverride) {
		return Passage{}, errors.New("ledger: record of an unknown version")
	}
	var p Passage
	if err := json.Unmarshal(b[1:], &p); err != nil {
		return Passage{}, fmt.Errorf("ledger: unreadable record: %w", err)
	}
	if (b[0] == recordOverride) != (p.Overrides != nil) {
		return Passage{}, errors.New("ledger: unreadable record: of another kind than it says")
	}
	return p, nil
}

// splitValue takes a stored passage apart: its link of the chain, and the record.
func splitValue(value []byte) (h Hash, record []byte, err error) {
	if len(value) <= len(h) {
		return h, nil, errors.New("ledger: truncated record")
	}
	return Hash(value), value[len(h):], nil
}

func passageKey(seq uint64) []byte {
	return binary.BigEndian.AppendUint64(store.PrefixPassage.Key(), seq)
}

// check refuses what may not become a record: it is the caller's fault, never the holder's.
func (p *Passage) check(move Move) error {
	texts := [...]struct{ name, text string }{
		{"id", p.ID}, {"checkpoint", p.Checkpoint}, {"group", p.Group}, {"payload", p.Payload}, // required
		{"nonce", p.Nonce}, {"checker", p.Checker}, {"outcome", p.Outcome}, {"stage", p.Stage},
		{"format", p.Format}, {"document", p.Document}, {"issuer", p.Issuer}, {"subject", p.Subject},
		{"capacity", string(p.Capacity)}, {"organisation", p.Organisation}, {"mandate", p.Mandate},
	}
	for i, t := range texts {
		switch {
		case i < 4 && t.text == "":
			return fmt.Errorf("ledger: passage without %s", t.name)
		case len(t.text) > MaxText:
			return fmt.Errorf("ledger: %s of %d bytes, at most %d", t.name, len(t.text), MaxText)
		case !utf8.ValidString(t.text):
			return fmt.Errorf("ledger: %s is not UTF-8", t.name)
		}
	}
	switch {
	case p.At.Year() < 1970 || p.At.Year() > 2261 || p.ScannedAt.Year() > 9999:
		return errors.New("ledger: passage without a sensible time")
	case p.Direction >= numDirections || p.Decision >= numDecisions:
		return errors.New("ledger: passage with a direction or decision that is not on the list")
	case p.Capacity != Unasked && p.Capacity != AsSelf && p.Capacity != AsOrganisation:
		return errors.New("ledger: passage in a capacity that is not on the list")
	case p.Capacity == AsSelf && p.Organisation != "":
		return errors.New("ledger: a private person's passage names an organisation, which would see it")
	case move == nil && p.Decision == Admit:
		return errors.New("ledger: nobody is admitted without a move")
	case move != nil && p.Subject == "":
		return errors.New("ledger: a passage without subject cannot be admitted: nobody could tell it was")
	}
	return nil
}
