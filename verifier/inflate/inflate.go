// Package inflate decompresses DEFLATE data (RFC 1951), bare or in its zlib (RFC 1950) and gzip (RFC 1952)
// wrappings, into the caller's buffer and up to a limit.
//
// It works in one go from memory to memory, and allocates nothing when the buffer has room. The limit holds
// while the data unfolds, so a decompression bomb costs the limit and no more. Checksums are verified and bytes
// after the end refused.
//
// It accepts what the standard library accepts, and less: bits that mean nothing (behind the last block, before
// a stored one) must be zero, which RFC 1951 §3.2.4 lets a reader ignore, and so must the reserved flags of gzip
// (RFC 1952 §2.3.1.2). Still one content has many compressed forms, so nobody may take the compressed bytes for
// its identity. It imports only the standard library.
package inflate

import (
	"encoding/binary"
	"errors"
	"hash/adler32"
)

// ErrTooLarge is returned when the data inflates beyond the limit.
var ErrTooLarge = errors.New("inflate: larger than the limit")

var (
	errHeader    = errors.New("inflate: not a zlib header")
	errPreset    = errors.New("inflate: preset dictionary")
	errChecksum  = errors.New("inflate: wrong checksum")
	errTrailing  = errors.New("inflate: bytes after the end")
	errTruncated = errors.New("inflate: ends too early")
	errBlock     = errors.New("inflate: block of no known type")
	errStored    = errors.New("inflate: length of a stored block and its complement differ")
	errCode      = errors.New("inflate: not a Huffman code")
	errSymbol    = errors.New("inflate: symbol without meaning")
	errDistance  = errors.New("inflate: distance beyond the start")
	errSpare     = errors.New("inflate: bits that mean nothing are set")
)

// Zlib appends the content of src, exactly one zlib stream, to dst. At most limit bytes are appended; on
// error none are.
func Zlib(dst, src []byte, limit int) ([]byte, error) {
	const deflate, maxWindow, presetDictionary = 8, 7, 0x20 // RFC 1950 §2.2
	if len(src) < 2 || src[0]&15 != deflate || src[0]>>4 > maxWindow || binary.BigEndian.Uint16(src)%31 != 0 {
		return dst, errHeader
	}
	if src[1]&presetDictionary != 0 {
		return dst, errPreset
	}
	out, rest, err := inflate(dst, src[2:], limit)
	switch {
	case err != nil:
		return dst, err
	case len(rest) < 4:
		return dst, errTruncated
	case binary.BigEndian.Uint32(rest) != adler32.Checksum(out[len(dst):]):
		return dst, errChecksum
	case len(rest) > 4:
		return dst, errTrailing
	}
	return out, nil
}

// Raw appends the content of src, exactly one bare DEFLATE stream, to dst. At most limit bytes are appended;
// on error none are.
func Raw(dst, src []byte, limit int) ([]byte, error) {
	out, rest, err := inflate(dst, src, limit)
	if err != nil {
		return dst, err
	}
	if len(rest) > 0 {
		return dst, errTrailing
	}
	return out, nil
}
