// Package inflate decompresses DEFLATE data (RFC 1951), bare or in its zlib (RFC 1950) and gzip (RFC 1952)
// wrappings, up to a limit.
//
// The limit holds while the data streams, so a decompression bomb costs the limit and no more. Checksums are
// verified and bytes after the end refused. One content still has many compressed forms, so nobody may take the
// compressed bytes for its identity. It imports only the standard library.
package inflate

import (
	"bytes"
	"compress/flate"
	"compress/gzip"
	"encoding/binary"
	"errors"
	"fmt"
	"hash/adler32"
	"io"
	"slices"
	"sync"
)

// ErrTooLarge is returned when the data inflates beyond the limit.
var ErrTooLarge = errors.New("inflate: larger than the limit")

var (
	errHeader   = errors.New("inflate: not a zlib header")
	errPreset   = errors.New("inflate: preset dictionary")
	errChecksum = errors.New("inflate: wrong checksum")
	errTrailing = errors.New("inflate: bytes after the end")
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
		return dst, io.ErrUnexpectedEOF
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

// Gzip appends the content of src, exactly one gzip member, to dst. At most limit bytes are appended; on
// error none are.
func Gzip(dst, src []byte, limit int) ([]byte, error) {
	in := bytes.NewReader(src)
	z, err := gzip.NewReader(in)
	if err != nil {
		return dst, fmt.Errorf("inflate: %w", err)
	}
	z.Multistream(false)
	out, err := drain(dst, z, limit)
	if err != nil {
		return dst, err
	}
	if in.Len() > 0 {
		return dst, errTrailing
	}
	return out, nil
}

// decoder is a reusable DEFLATE reader, which is large, with its input.
type decoder struct {
	in  bytes.Reader // an io.ByteReader, so that flate reads no byte beyond the stream's end
	out io.ReadCloser
}

var decoders = sync.Pool{New: func() any {
	d := new(decoder)
	d.out = flate.NewReader(&d.in)
	return d
}}

// inflate appends one DEFLATE stream and returns what follows it.
func inflate(dst, src []byte, limit int) (out, rest []byte, err error) {
	d := decoders.Get().(*decoder)
	defer decoders.Put(d)
	d.in.Reset(src)
	defer d.in.Reset(nil) // the pool must not keep the caller's bytes alive
	if err := d.out.(flate.Resetter).Reset(&d.in, nil); err != nil {
		return dst, nil, fmt.Errorf("inflate: %w", err)
	}
	out, err = drain(dst, d.out, limit)
	return out, src[len(src)-d.in.Len():], err
}

// drain appends everything r gives, growing dst as data arrives and never beyond limit+1 new bytes.
func drain(dst []byte, r io.Reader, limit int) ([]byte, error) {
	const step = 1 << 10
	out := dst
	for {
		if have := len(out) - len(dst); len(out) == cap(out) {
			out = slices.Grow(out, min(max(have, step), limit+1-have))
		}
		room := out[len(out):min(cap(out), len(dst)+limit+1)]
		n, err := r.Read(room)
		out = out[:len(out)+n]
		switch {
		case len(out)-len(dst) > limit:
			return dst, ErrTooLarge
		case err == io.EOF:
			return out, nil
		case err != nil:
			return dst, fmt.Errorf("inflate: %w", err)
		}
	}
}
