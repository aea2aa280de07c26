package status

import (
	"bytes"
	"encoding/base64"
	"encoding/binary"
	"encoding/hex"
	"errors"
	"sync/atomic"

	"vratar/verifier/status/revoked"
)

// IDForms turns lines of revoked ids into keys of a set, one a line as a rule, and remembers how they are written:
// so a credential is looked up in the few spellings that occur. A line means what idSpellings says, whether it lies
// in a map or in a set. The zero value has seen no line.
type IDForms struct {
	lengths [maxID/64 + 1]uint64 // which lengths occur, as bits
	mixed   bool                 // some lines are hexadecimal with small letters and capitals
}

// First bytes of the keys of ids.
const (
	keyOfText = 't' // the line as it is
	keyOfHex  = 'x' // a hexadecimal line with small letters and capitals, in small letters
)

var errIDLine = errors.New("not an id: printable characters without blanks are wanted, at most 512")

// Take reads one line and calls add with its keys, which are valid during the call only. Empty lines and remarks
// have none. Errors: a line that is no id, those of add.
func (f *IDForms) Take(line []byte, add func(key []byte) error) error {
	line = bytes.TrimSpace(line)
	if len(line) == 0 || line[0] == '#' {
		return nil
	}
	if len(line) > maxID || bytes.ContainsFunc(line, notInID) {
		return errIDLine
	}
	f.lengths[len(line)/64] |= 1 << (len(line) % 64)
	var room [1 + maxID]byte
	key := append(append(room[:0], keyOfText), line...)
	if err := add(key); err != nil {
		return err
	}
	if !isMixedHex(line) {
		return nil
	}
	f.mixed = true
	key[0] = keyOfHex
	for i, c := range key[1:] {
		if 'A' <= c && c <= 'F' {
			key[1+i] += 'a' - 'A'
		}
	}
	return add(key)
}

// isMixedHex reports whether a line is hexadecimal with both small letters and capitals.
func isMixedHex(line []byte) bool {
	small, capital := false, false
	for _, c := range line {
		switch {
		case '0' <= c && c <= '9':
		case 'a' <= c && c <= 'f':
			small = true
		case 'A' <= c && c <= 'F':
			capital = true
		default:
			return false
		}
	}
	return small && capital && len(line)%2 == 0
}

// has reports whether lines of that length occur.
func (f *IDForms) has(length int) bool {
	return length <= maxID && f.lengths[length/64]>>(length%64)&1 == 1
}

// holds asks set for an id in every spelling that its lines may have.
func (f *IDForms) holds(set *revoked.Set, id []byte) membership {
	if len(id) == 0 || len(id) > maxID {
		return absent
	}
	var room [1 + maxID]byte
	worst := absent
	ask := func(key []byte) { worst = max(worst, asMembership(set.Has(key))) }
	room[0] = keyOfText
	if f.has(len(id)) {
		ask(append(room[:1], id...))
	}
	if n := base64.RawURLEncoding.EncodedLen(len(id)); f.has(n) {
		base64.RawURLEncoding.Encode(room[1:], id)
		ask(room[:1+n])
	}
	n := hex.EncodedLen(len(id))
	if !f.has(n) {
		return worst
	}
	hex.Encode(room[1:], id)
	key := room[:1+n]
	ask(key)
	if f.mixed {
		key[0] = keyOfHex
		ask(key)
		key[0] = keyOfText
	}
	if capitals(key[1:]) {
		ask(key)
	}
	return worst
}

// capitals turns small letters into capitals and reports whether there were any.
func capitals(text []byte) (changed bool) {
	for i, c := range text {
		if 'a' <= c && c <= 'f' {
			text[i] -= 'a' - 'A'
			changed = true
		}
	}
	return changed
}

// LiveForms is the forms of a list whose set changes under the snapshots that ask it. They grow before the set does, so
// that nothing in it is passed over, and never shrink: a form too many costs a question. The zero value has no forms.
type LiveForms struct{ current atomic.Pointer[IDForms] }

// Grow adds the forms of what the set is to hold next.
func (l *LiveForms) Grow(by IDForms) {
	for {
		before := l.current.Load()
		next := by
		if before != nil {
			next.mixed = next.mixed || before.mixed
			for i := range next.lengths {
				next.lengths[i] |= before.lengths[i]
			}
		}
		if l.current.CompareAndSwap(before, &next) {
			return
		}
	}
}

// holds asks set for an id in every spelling that its lines may have.
func (l *LiveForms) holds(set *revoked.Set, id []byte) membership {
	if f := l.current.Load(); f != nil {
		return f.holds(set, id)
	}
	return absent
}

const formsSize = 8*(maxID/64+1) + 1

// Append appends the forms as they are kept beside a set.
func (f *IDForms) Append(dst []byte) []byte {
	for _, word := range f.lengths {
		dst = binary.BigEndian.AppendUint64(dst, word)
	}
	if f.mixed {
		return append(dst, 1)
	}
	return append(dst, 0)
}

// ParseIDForms is the inverse of Append.
func ParseIDForms(b []byte) (f IDForms, err error) {
	if len(b) != formsSize || b[formsSize-1] > 1 {
		return IDForms{}, errors.New("forms of ids are damaged")
	}
	for i := range f.lengths {
		f.lengths[i] = binary.BigEndian.Uint64(b[8*i:])
	}
	if f.lengths[maxID/64] > 1 || f.lengths[0]&1 == 1 {
		return IDForms{}, errors.New("forms of ids are damaged")
	}
	f.mixed = b[formsSize-1] == 1
	return f, nil
}
