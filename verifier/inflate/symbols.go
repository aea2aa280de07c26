package inflate

import "encoding/binary"

// fixed holds the tables of blocks with the code that RFC 1951 §3.2.6 defines.
var fixed = func() (f struct {
	lit  [litEnough]uint32
	dist [distEnough]uint32
}) {
	var lit [maxLitSymbols]uint8
	for s := range lit {
		switch {
		case s < 144:
			lit[s] = 8
		case s < 256:
			lit[s] = 9
		case s < 280:
			lit[s] = 7
		default:
			lit[s] = 8
		}
	}
	var dist [maxDistSymbols]uint8
	for s := range dist {
		dist[s] = 5
	}
	newCode(lit[:], nil, litEntries[:], litBits).build(f.lit[:])
	newCode(dist[:], nil, distEntries[:], distBits).build(f.dist[:])
	return f
}()

// symbols decodes the content of a compressed block. A length and a distance take 15+5+15+13 = 48 bits at most, so
// one refill serves both.
func (d *decoder) symbols(lit *[litEnough]uint32, dist *[distEnough]uint32) error {
	c := d.cursor
	for {
		var e uint32
		c, e = d.literals(c, lit)
		used := uint(e & entryUsed)
		switch {
		case used > c.cnt:
			return errTruncated
		case e&entryLiteral != 0:
			d.cursor = c
			if err := d.grow(1); err != nil {
				return err
			}
			continue
		case e&entryEnd != 0:
			d.cursor = c.skip(used)
			return nil
		case e&entrySpecial != 0:
			return errSymbol
		}
		length := extended(e, c.buf)
		c = c.skip(used)
		if e = dist[c.buf&(1<<distBits-1)]; e&entryPointer != 0 {
			e = dist[second(e, c.buf>>distBits)]
		}
		used = uint(e & entryUsed)
		distance := extended(e, c.buf)
		switch {
		case used > c.cnt:
			return errTruncated
		case e&entrySpecial != 0:
			return errSymbol
		case distance > c.n-d.base:
			return errDistance
		}
		c = c.skip(used)
		if c.n+length > len(d.out) {
			d.cursor = c
			if err := d.grow(length); err != nil {
				return err
			}
		}
		repeat(d.out[c.n-distance:], distance, length)
		c.n += length
	}
}

// literals decodes literals up to a symbol that is none, whose entry it returns and whose bits it leaves. It stops
// before a literal, too, when out is full. At least 48 bits are in buf then, or all that are left.
func (d *decoder) literals(c cursor, lit *[litEnough]uint32) (cursor, uint32) {
	src, out := d.src, d.out
	for {
		if c.pos+8 <= len(src) {
			c.buf |= binary.LittleEndian.Uint64(src[c.pos:]) << (c.cnt & 63)
			c.pos += int(63-c.cnt) >> 3
			c.cnt |= 56
		} else {
			c = c.refillTail(src)
		}
		for range literalsAtOnce {
			e := lit[c.buf&(1<<litBits-1)]
			if e&entryPointer != 0 {
				e = lit[second(e, c.buf>>litBits)]
			}
			used := uint(e & entryUsed)
			if e&entryLiteral == 0 || used > c.cnt || c.n >= len(out) {
				return c.refill(src), e
			}
			out[c.n] = byte(e >> entryValueAt)
			c.n++
			c.buf >>= used
			c.cnt -= used
		}
	}
}

// literalsAtOnce is for how many codewords, of 15 bits at most, one refill lasts.
const literalsAtOnce = 3

// second is the index of the entry behind a pointer; rest are the bits after those of the first level.
func second(pointer uint32, rest uint64) uint32 {
	depth := pointer >> entryLenAt & entryLen
	return pointer>>entryValueAt&(1<<15-1) + uint32(rest)&(1<<depth-1)
}

// extended is the base of a length or distance with the extra bits behind its codeword, which is next in buf.
func extended(e uint32, buf uint64) int {
	all := buf & (1<<(e&entryUsed) - 1)
	return int(e>>entryValueAt&(1<<15-1)) + int(all>>(e>>entryLenAt&entryLen))
}

// repeat writes length bytes behind the first distance bytes of b, each a copy of the one distance before it.
func repeat(b []byte, distance, length int) {
	for length > distance {
		copy(b[distance:2*distance], b[:distance])
		length -= distance
		distance *= 2
	}
	copy(b[distance:distance+length], b)
}
