package inflate

import (
	"bytes"
	"encoding/binary"
	"errors"
	"hash/crc32"
)

var errGzip = errors.New("inflate: not a gzip header")

// Flags and sizes of a gzip member (RFC 1952 §2.3).
const (
	gzipHeader  = 10
	gzipTrailer = 8

	flagText    = 1
	flagCRC     = 2
	flagExtra   = 4
	flagName    = 8
	flagComment = 16

	// maxGzipText is the longest file name or comment, in bytes with its zero; the standard library's bound.
	maxGzipText = 512
)

// Gzip appends the content of src, exactly one gzip member, to dst. At most limit bytes are appended; on
// error none are.
func Gzip(dst, src []byte, limit int) ([]byte, error) {
	n, err := gzipHeaderLen(src)
	if err != nil {
		return dst, err
	}
	out, rest, err := inflate(dst, src[n:], limit)
	if err != nil {
		return dst, err
	}
	plain := out[len(dst):]
	switch {
	case len(rest) < gzipTrailer:
		return dst, errTruncated
	case binary.LittleEndian.Uint32(rest) != crc32.ChecksumIEEE(plain):
		return dst, errChecksum
	case binary.LittleEndian.Uint32(rest[4:]) != uint32(len(plain)):
		return dst, errChecksum
	case len(rest) > gzipTrailer:
		return dst, errTrailing
	}
	return out, nil
}

// gzipHeaderLen is the length of the header at the start of src. What the optional fields say is of no use here.
func gzipHeaderLen(src []byte) (int, error) {
	const magic, deflate = "\x1f\x8b", 8
	if len(src) < gzipHeader || string(src[:2]) != magic || src[2] != deflate {
		return 0, errGzip
	}
	flags, n := src[3], gzipHeader
	if flags&^(flagText|flagCRC|flagExtra|flagName|flagComment) != 0 {
		return 0, errGzip
	}
	if flags&flagExtra != 0 {
		if len(src) < n+2 {
			return 0, errTruncated
		}
		n += 2 + int(binary.LittleEndian.Uint16(src[n:]))
	}
	for _, text := range [2]byte{flagName, flagComment} {
		if flags&text == 0 {
			continue
		}
		end := -1
		if n < len(src) {
			end = bytes.IndexByte(src[n:min(len(src), n+maxGzipText)], 0)
		}
		if end < 0 {
			return 0, errGzip
		}
		n += end + 1
	}
	if flags&flagCRC != 0 {
		if len(src) < n+2 || binary.LittleEndian.Uint16(src[n:]) != uint16(crc32.ChecksumIEEE(src[:n])) {
			return 0, errGzip
		}
		n += 2
	}
	if n > len(src) {
		return 0, errTruncated
	}
	return n, nil
}
