package pretix

import (
	"encoding/binary"
	"errors"
	"strconv"
	"unicode/utf8"

	"vratar/verifier/jsontext"
)

// Fields of the message SignedTicket (pretix_sig1.proto).
const (
	fieldSeed = 1 + iota
	fieldItem
	fieldVariation
	fieldSubevent
	fieldValidFrom
	fieldValidUntil
)

// Wire types of protocol buffers.
const (
	wireVarint = 0
	wireBytes  = 2
)

// lastSecond is the end of the year 9999, beyond which JSON has no spelling for a time.
const lastSecond = 253402300799

var (
	errProtobuf = errors.New("pretix: not a protocol buffer")
	errTwice    = errors.New("pretix: a field occurs twice")
	errWireType = errors.New("pretix: a field is of the wrong type")
	errSeed     = errors.New("pretix: the seed is not UTF-8")
	errTime     = errors.New("pretix: a time is out of range")
)

// names are the claims' names, by field.
var names = [...]string{"", "seed", "item", "variation", "subevent", "validFromUnixTime", "validUntilUnixTime"}

// ticket is the content. Zero means that a field is absent, as everywhere in protocol buffers.
type ticket struct {
	seed                      []byte // a view of the content
	item, variation, subevent int64
	validFrom, validUntil     int64
}

// parseTicket reads content. A field that occurs twice is an error, because readers disagree on which counts;
// unknown fields are passed over, because pretix may add some.
func parseTicket(content []byte) (ticket, error) {
	var t ticket
	numbers := [...]*int64{fieldItem: &t.item, fieldVariation: &t.variation, fieldSubevent: &t.subevent,
		fieldValidFrom: &t.validFrom, fieldValidUntil: &t.validUntil}
	seen := uint(0)
	for len(content) > 0 {
		f, rest, err := nextField(content)
		if err != nil {
			return ticket{}, err
		}
		content = rest
		if f.number >= uint64(len(numbers)) {
			continue
		}
		if seen&(1<<f.number) != 0 {
			return ticket{}, errTwice
		}
		seen |= 1 << f.number
		switch {
		case f.number == fieldSeed && f.wire == wireBytes:
			t.seed = f.bytes
		case f.number > fieldSeed && f.wire == wireVarint:
			*numbers[f.number] = int64(f.varint)
		default:
			return ticket{}, errWireType
		}
	}
	return t, t.check()
}

func (t ticket) check() error {
	switch {
	case len(t.seed) == 0 || t.item == 0:
		return errNoTicket
	case !utf8.Valid(t.seed):
		return errSeed
	case t.validFrom < 0 || t.validFrom > lastSecond || t.validUntil < 0 || t.validUntil > lastSecond:
		return errTime
	}
	return nil
}

// field is one field of a message: varint or bytes, as wire says.
type field struct {
	number uint64
	wire   byte
	varint uint64
	bytes  []byte
}

func nextField(b []byte) (f field, rest []byte, err error) {
	key, n := binary.Uvarint(b)
	if n <= 0 || key>>3 == 0 || key>>3 > 1<<29-1 {
		return field{}, nil, errProtobuf
	}
	f.number, f.wire, b = key>>3, byte(key&7), b[n:]
	switch f.wire {
	case wireVarint:
		if f.varint, n = binary.Uvarint(b); n <= 0 {
			return field{}, nil, errProtobuf
		}
		return f, b[n:], nil
	case wireBytes:
		size, n := binary.Uvarint(b)
		if n <= 0 || size > uint64(len(b)-n) {
			return field{}, nil, errProtobuf
		}
		f.bytes = b[n : n+int(size)]
		return f, b[n+int(size):], nil
	}
	return skipFixed(f, b)
}

// skipFixed passes over a number of fixed size, of which a ticket has none.
func skipFixed(f field, b []byte) (field, []byte, error) {
	size := map[byte]int{1: 8, 5: 4}[f.wire]
	if size == 0 || size > len(b) {
		return field{}, nil, errProtobuf
	}
	return f, b[size:], nil
}

func (t ticket) appendJSON(dst []byte) []byte {
	dst = append(dst, `{"seed":`...)
	dst = jsontext.AppendString(dst, t.seed)
	for i, v := range [...]int64{t.item, t.variation, t.subevent, t.validFrom, t.validUntil} {
		if i >= fieldValidFrom-fieldItem && v == 0 {
			continue // no limit
		}
		dst = append(dst, ',')
		dst = jsontext.AppendString(dst, names[fieldItem+i])
		dst = append(dst, ':')
		dst = strconv.AppendInt(dst, v, 10)
	}
	return append(dst, '}')
}
