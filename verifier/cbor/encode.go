package cbor

import (
	"encoding/binary"
	"math"
)

// The Append functions write one item, or the head of one, in its shortest form with definite length
// (RFC 8949 §4.2.1 preferred serialisation), and return the extended buffer. Keeping a map's keys unique
// is the caller's business; Parse refuses what breaks that.

// AppendUint appends an unsigned integer.
func AppendUint(dst []byte, v uint64) []byte { return appendHead(dst, majorUint, v) }

// AppendInt appends an integer.
func AppendInt(dst []byte, v int64) []byte {
	if v < 0 {
		return appendHead(dst, majorNegative, uint64(-1-v))
	}
	return appendHead(dst, majorUint, uint64(v))
}

// AppendBytes appends a byte string.
func AppendBytes(dst, v []byte) []byte {
	return append(appendHead(dst, majorBytes, uint64(len(v))), v...)
}

// AppendText appends a text string, which must be UTF-8.
func AppendText(dst []byte, v string) []byte {
	return append(appendHead(dst, majorText, uint64(len(v))), v...)
}

// AppendArrayHead appends the head of an array; n items must follow.
func AppendArrayHead(dst []byte, n int) []byte { return appendHead(dst, majorArray, uint64(n)) }

// AppendMapHead appends the head of a map; n keys, each with its value, must follow.
func AppendMapHead(dst []byte, n int) []byte { return appendHead(dst, majorMap, uint64(n)) }

// AppendTag appends a tag number; the tagged item must follow.
func AppendTag(dst []byte, number uint64) []byte { return appendHead(dst, majorTag, number) }

// AppendBool appends a boolean.
func AppendBool(dst []byte, v bool) []byte {
	if v {
		return append(dst, majorSimple<<5|21)
	}
	return append(dst, majorSimple<<5|20)
}

// AppendNull appends null.
func AppendNull(dst []byte) []byte { return append(dst, majorSimple<<5|22) }

// AppendFloat appends a double-precision number.
func AppendFloat(dst []byte, v float64) []byte {
	return binary.BigEndian.AppendUint64(append(dst, majorSimple<<5|27), math.Float64bits(v))
}

func appendHead(dst []byte, major byte, arg uint64) []byte {
	major <<= 5
	switch {
	case arg < 24:
		return append(dst, major|byte(arg))
	case arg <= math.MaxUint8:
		return append(dst, major|24, byte(arg))
	case arg <= math.MaxUint16:
		return binary.BigEndian.AppendUint16(append(dst, major|25), uint16(arg))
	case arg <= math.MaxUint32:
		return binary.BigEndian.AppendUint32(append(dst, major|26), uint32(arg))
	}
	return binary.BigEndian.AppendUint64(append(dst, major|27), arg)
}
