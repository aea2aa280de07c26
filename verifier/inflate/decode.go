package inflate

import (
	"encoding/binary"
	"slices"
	"sync"
)

// decoder is the state of one stream, with the tables of its current block.
type decoder struct {
	cursor
	src   []byte
	out   []byte // the caller's buffer, up to its capacity or the limit
	base  int    // where this stream's content begins
	limit int    // where it must end

	lens [maxLitSymbols + maxDistSymbols]uint8
	used [maxLitSymbols + maxDistSymbols]uint16 // which of lens are not zero, ascending
	lit  [litEnough]uint32
	dist [distEnough]uint32
	pre  [preEnough]uint32
}

// cursor is how far a stream has been read and written. It is small enough to be kept in registers: pass it by
// value.
type cursor struct {
	pos int    // of the next byte of src that is not in buf
	buf uint64 // its low cnt bits are next; above them there may be more bits of src, and nothing else
	cnt uint   // at most 63
	n   int    // bytes of out that are in use, with those that the caller had in it
}

// skip consumes n bits, at most cnt.
func (c cursor) skip(n uint) cursor {
	c.buf >>= n & 63
	c.cnt -= n
	return c
}

// refill brings at least 56 bits into buf, or all that are left.
func (c cursor) refill(src []byte) cursor {
	if c.pos+8 > len(src) {
		return c.refillTail(src)
	}
	// Eight bytes are read and as many consumed as fit; the rest of them is read again next time.
	c.buf |= binary.LittleEndian.Uint64(src[c.pos:]) << (c.cnt & 63)
	c.pos += int(63-c.cnt) >> 3
	c.cnt |= 56
	return c
}

// refillTail brings into buf what there is near the end of src.
func (c cursor) refillTail(src []byte) cursor {
	for ; c.cnt < 56 && c.pos < len(src); c.pos++ {
		c.buf |= uint64(src[c.pos]) << (c.cnt & 63)
		c.cnt += 8
	}
	return c
}

// decoders spares every call the clearing of the tables, which are written before they are read.
var decoders = sync.Pool{New: func() any { return new(decoder) }}

// inflate appends one DEFLATE stream and returns what follows it.
func inflate(dst, src []byte, limit int) (out, rest []byte, err error) {
	d := decoders.Get().(*decoder)
	d.cursor = cursor{n: len(dst)}
	d.src, d.out = src, dst[:min(cap(dst), len(dst)+limit)]
	d.base, d.limit = len(dst), len(dst)+limit
	err = d.stream()
	out, rest = d.out[:d.n], src[d.pos:]
	d.src, d.out = nil, nil // the pool must not keep the caller's memory alive
	decoders.Put(d)
	if err != nil {
		return dst, nil, err
	}
	return out, rest, nil
}

func (d *decoder) stream() error {
	for last := false; !last; {
		head, err := d.take(3)
		if err != nil {
			return err
		}
		last = head&1 != 0
		switch head >> 1 {
		case 0:
			err = d.stored()
		case 1:
			err = d.symbols(&fixed.lit, &fixed.dist)
		case 2:
			if err = d.readCodes(); err == nil {
				err = d.symbols(&d.lit, &d.dist)
			}
		default:
			err = errBlock
		}
		if err != nil {
			return err
		}
	}
	return d.align()
}

// take consumes n bits, at most 16.
func (d *decoder) take(n uint) (uint, error) {
	if d.cnt < n {
		if d.cursor = d.refill(d.src); d.cnt < n {
			return 0, errTruncated
		}
	}
	v := uint(d.buf) & (1<<n - 1)
	d.cursor = d.skip(n)
	return v, nil
}

// align drops the bits up to the next byte, which must be zero, and gives back the bytes that were read ahead.
func (d *decoder) align() error {
	if d.buf&(1<<(d.cnt&7)-1) != 0 {
		return errSpare
	}
	d.pos -= int(d.cnt >> 3)
	d.buf, d.cnt = 0, 0
	return nil
}

// stored copies a block that is not compressed (RFC 1951 §3.2.4).
func (d *decoder) stored() error {
	if err := d.align(); err != nil {
		return err
	}
	if len(d.src)-d.pos < 4 {
		return errTruncated
	}
	n := int(binary.LittleEndian.Uint16(d.src[d.pos:]))
	if n^0xffff != int(binary.LittleEndian.Uint16(d.src[d.pos+2:])) {
		return errStored
	}
	d.pos += 4
	if len(d.src)-d.pos < n {
		return errTruncated
	}
	if err := d.grow(n); err != nil {
		return err
	}
	copy(d.out[d.n:], d.src[d.pos:d.pos+n])
	d.n += n
	d.pos += n
	return nil
}

// grow makes room for at least n more bytes. The buffer at least doubles, so that content of any length is
// copied a bounded number of times, and never goes beyond the limit.
func (d *decoder) grow(n int) error {
	if d.n+n <= len(d.out) {
		return nil
	}
	if n > d.limit-d.n {
		return ErrTooLarge
	}
	const least = 1 << 10
	want := min(max(n, d.n-d.base, least), d.limit-d.n)
	bigger := slices.Grow(d.out[:d.n], want)
	d.out = bigger[:min(cap(bigger), d.limit)]
	return nil
}

// codeLengthOrder is the order in which a block lists the lengths of its code lengths' code (RFC 1951 §3.2.7).
var codeLengthOrder = [numPreSymbols]uint8{16, 17, 18, 0, 8, 7, 9, 6, 10, 5, 11, 4, 12, 3, 13, 2, 14, 1, 15}

// readCodes reads the two codes of a block (RFC 1951 §3.2.7) and makes their tables.
func (d *decoder) readCodes() error {
	const maxLit, maxDist = 286, 30
	head, err := d.take(14)
	if err != nil {
		return err
	}
	nlit, ndist, npre := int(head&31)+257, int(head>>5&31)+1, int(head>>10)+4
	if nlit > maxLit || ndist > maxDist {
		return errCode
	}
	if err := d.readPre(npre); err != nil {
		return err
	}
	lens := d.lens[:nlit+ndist]
	lit := code{lens: lens[:nlit], entries: litEntries[:], primary: litBits}
	dist := code{lens: lens[nlit:], entries: distEntries[:], primary: distBits}
	if err := d.readLengths(lens, &lit, &dist); err != nil {
		return err
	}
	if !lit.build(d.lit[:]) || !dist.build(d.dist[:]) {
		return errCode
	}
	return nil
}

// readPre reads n codeword lengths of the code lengths' code and makes its table.
func (d *decoder) readPre(n int) error {
	lens := d.lens[:numPreSymbols] // those that this code tells of come later
	clear(lens)
	for _, s := range codeLengthOrder[:n] {
		n, err := d.take(3)
		if err != nil {
			return err
		}
		lens[s] = uint8(n)
	}
	if !newCode(lens, d.used[:0], preEntries[:], preBits).build(d.pre[:]) {
		return errCode
	}
	return nil
}

// readLengths reads the codeword lengths of both codes: they are one list, and repetitions may run from one into
// the other. It notes which symbols of each code have a codeword.
func (d *decoder) readLengths(lens []uint8, lit, dist *code) error {
	nlit, litUsed, distUsed := len(lit.lens), 0, maxLitSymbols
	for i := 0; i < len(lens); {
		if d.cnt < preBits+7 {
			d.cursor = d.refill(d.src)
		}
		e := d.pre[d.buf&(1<<preBits-1)]
		used := uint(e & entryUsed)
		if e&entrySpecial != 0 {
			return errSymbol
		}
		symbol := e >> entryValueAt
		if used > d.cnt {
			return errTruncated
		}
		d.cursor = d.skip(used)
		value, n := uint8(symbol), 1
		if symbol >= 16 {
			var err error
			if value, n, err = d.repeat(symbol, lens[:i]); err != nil {
				return err
			}
		}
		if n > len(lens)-i {
			return errCode
		}
		end := i + n
		if value == 0 {
			clear(lens[i:end])
			i = end
		}
		for ; i < end; i++ {
			lens[i] = value
			if i < nlit {
				d.used[litUsed] = uint16(i)
				lit.counts[value]++
				litUsed++
			} else {
				d.used[distUsed] = uint16(i - nlit)
				dist.counts[value]++
				distUsed++
			}
		}
	}
	lit.symbols, dist.symbols = d.used[:litUsed], d.used[maxLitSymbols:distUsed]
	return nil
}

// repeat reads which length comes again, and how often: the one before for symbol 16, else zero.
func (d *decoder) repeat(symbol uint32, before []uint8) (value uint8, times int, err error) {
	least, extra := 3, uint(2)
	switch symbol {
	case 16:
		if len(before) == 0 {
			return 0, 0, errCode
		}
		value = before[len(before)-1]
	case 17:
		extra = 3
	default:
		least, extra = 11, 7
	}
	n, err := d.take(extra)
	return value, least + int(n), err
}
