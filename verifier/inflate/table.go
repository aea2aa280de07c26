package inflate

import "math/bits"

// A table decodes one Huffman code. The next bits of the input, as many as its first level has, are the index of
// an entry; where the codeword is longer, that entry points to a second level further on.
//
// An entry says everything about its symbol at once:
//
//	bits 0-5    bits to consume: of the codeword, and the extra bits behind it
//	bits 8-11   bits of the codeword alone; in a pointer, of the second level's index
//	bit 13      end of the block
//	bit 14      pointer to a second level, whose start is in bits 16-30
//	bit 15      anything but a literal, length or distance; with neither of the two above: no such symbol
//	bits 16-30  literal, base of the length or distance, symbol of the code lengths' code
//	bit 31      literal
const (
	entryUsed    = 63
	entryLenAt   = 8
	entryLen     = 15
	entryEnd     = 1 << 13
	entryPointer = 1 << 14
	entrySpecial = 1 << 15
	entryValueAt = 16
	entryLiteral = 1 << 31

	noSymbol = entrySpecial
)

const (
	maxCodeLen = 15 // RFC 1951 §3.2.7

	// Bits of the first levels, and how many entries a complete code of so many symbols can need with both
	// levels: the figures of zlib's tool "enough" for 288 symbols with 10 bits, 32 with 8, 19 with 7.
	litBits, litEnough   = 10, 1334
	distBits, distEnough = 8, 402
	preBits, preEnough   = 7, 128

	maxLitSymbols  = 288
	maxDistSymbols = 32
	numPreSymbols  = 19
	endOfBlock     = 256
)

// Entries without the codeword's length, by symbol.
var (
	litEntries  = literalEntries()
	distEntries = distanceEntries()
	preEntries  = func() (t [numPreSymbols]uint32) {
		for s := range t {
			t[s] = uint32(s) << entryValueAt
		}
		return t
	}()
)

// literalEntries: literals, the end, and lengths with their extra bits (RFC 1951 §3.2.5). Symbols 286 and 287
// have codewords in the fixed code and no meaning.
func literalEntries() (t [maxLitSymbols]uint32) {
	for s := range endOfBlock {
		t[s] = entryLiteral | uint32(s)<<entryValueAt
	}
	t[endOfBlock] = entrySpecial | entryEnd
	base := uint32(3)
	for s := endOfBlock + 1; s < 285; s++ {
		extra := uint32(max(0, (s-261)/4))
		t[s] = base<<entryValueAt | extra
		base += 1 << extra
	}
	t[285] = 258 << entryValueAt
	t[286], t[287] = noSymbol, noSymbol
	return t
}

// distanceEntries: symbols 30 and 31 have codewords in the fixed code and no meaning.
func distanceEntries() (t [maxDistSymbols]uint32) {
	base := uint32(1)
	for s := range 30 {
		extra := uint32(max(0, s/2-1))
		t[s] = base<<entryValueAt | extra
		base += 1 << extra
	}
	t[30], t[31] = noSymbol, noSymbol
	return t
}

// code is what a table is made of: the codeword length of each symbol, 0 for none, and the symbols that have one,
// which are few of those that might.
type code struct {
	lens    []uint8
	symbols []uint16               // ascending
	counts  [maxCodeLen + 1]uint16 // of codewords, by length; those of length 0 are not counted
	entries []uint32
	primary uint // bits of the first level
}

// newCode finds the symbols that have a codeword, and lists them behind symbols.
func newCode(lens []uint8, symbols []uint16, entries []uint32, primary uint) *code {
	c := &code{lens: lens, symbols: symbols, entries: entries, primary: primary}
	for s, n := range lens {
		if n != 0 {
			c.symbols = append(c.symbols, uint16(s))
			c.counts[n]++
		}
	}
	return c
}

// build fills table for c. It reports false for lengths that make no prefix code: too many codewords, or too few.
// Exempt are no codeword at all and a single one of one bit, which encoders write for distances that do not occur;
// the bits they leave without meaning are refused when they come.
func (c *code) build(table []uint32) bool {
	room, longest := 1, 0 // codewords of this length that are left
	var next [maxCodeLen + 1]uint
	sum := uint(0)
	for n := 1; n <= maxCodeLen; n++ {
		count := int(c.counts[n])
		next[n] = sum
		sum += uint(count)
		if room = 2*room - count; room < 0 {
			return false
		}
		if count > 0 {
			longest = n
		}
	}
	if room > 0 && (len(c.symbols) > 1 || longest > 1) {
		return false
	}
	if room > 0 {
		fillSparse(table[:1<<c.primary], c)
		return true
	}
	var sorted [maxLitSymbols]uint16 // by length, then by value (RFC 1951 §3.2.2)
	for _, s := range c.symbols {
		n := c.lens[s] & maxCodeLen
		sorted[next[n]] = s
		next[n]++
	}
	c.fill(table, sorted[:len(c.symbols)])
	return true
}

// fillSparse makes the table of a code that has one codeword, a zero, or none.
func fillSparse(table []uint32, c *code) {
	table[0], table[1] = noSymbol, noSymbol
	for _, s := range c.symbols {
		table[0] = c.entry(int(s), 1)
	}
	for size := 2; size < len(table); size *= 2 {
		copy(table[size:], table[:size])
	}
}

func (c *code) entry(symbol int, n uint) uint32 {
	return c.entries[symbol] + uint32(n)<<entryLenAt + uint32(n)
}

// fill makes the table of a complete code. Codewords come with their first bit lowest, as the input has them, so
// counting them up goes from the top bit down. The first level begins as small as the shortest codeword and is
// doubled as they grow.
func (c *code) fill(table []uint32, sorted []uint16) {
	word, n, size := uint(0), uint(c.lens[sorted[0]]), 1
	if n > c.primary {
		n = c.primary
	}
	size <<= n
	for i, s := range sorted {
		length := uint(c.lens[s])
		if length > c.primary {
			for ; size < 1<<c.primary; size *= 2 {
				copy(table[size:2*size], table[:size])
			}
			c.fillSecond(table, sorted[i:], word)
			return
		}
		for ; n < length; n++ {
			copy(table[size:2*size], table[:size])
			size *= 2
		}
		table[word] = c.entry(int(s), length)
		word = nextWord(word, length)
	}
	for ; size < 1<<c.primary; size *= 2 {
		copy(table[size:2*size], table[:size])
	}
}

// nextWord is the codeword after word of n bits, first bit lowest. After the last one it is zero.
func nextWord(word, n uint) uint {
	unset := ^word & (1<<n - 1)
	if unset == 0 {
		return 0
	}
	top := uint(1) << (bits.Len(unset) - 1)
	return word&(top-1) | top
}

// fillSecond makes the second levels, for codewords that are longer than the first level's index.
func (c *code) fillSecond(table []uint32, sorted []uint16, word uint) {
	prefix, start, end := ^uint(0), 0, 1<<c.primary
	for i, s := range sorted {
		n := uint(c.lens[s])
		if p := word & (1<<c.primary - 1); p != prefix {
			prefix, start = p, end
			depth := c.depth(sorted[i:])
			end = start + 1<<depth
			table[prefix] = entrySpecial | entryPointer | uint32(start)<<entryValueAt | uint32(depth)<<entryLenAt
		}
		e := c.entry(int(s), n)
		for at := start + int(word>>c.primary); at < end; at += 1 << (n - c.primary) {
			table[at] = e
		}
		word = nextWord(word, n)
	}
}

// depth is how many bits the second level takes that begins with the first of sorted: codewords fill it in order
// of their length, so it is as deep as the one that completes it.
func (c *code) depth(sorted []uint16) uint {
	var filled uint // in units of the longest codeword
	for _, s := range sorted {
		n := uint(c.lens[s])
		if filled += 1 << (maxCodeLen - n); filled == 1<<(maxCodeLen-c.primary) {
			return n - c.primary
		}
	}
	return maxCodeLen - c.primary
}
