package cbor

import (
	"bytes"
	"cmp"
	"math"
	"slices"
	"strconv"
	"unicode/utf8"
)

// Parse checks that b is exactly one well-formed item within the limits and returns a view of it. The view
// shares b's memory: b must not change while the Item is in use. An error is a *SyntaxError.
func Parse(b []byte) (Item, error) { return ParseUpTo(b, MaxItems) }

// ParseUpTo is Parse with another limit than MaxItems, for lists that the operator has asked for.
func ParseUpTo(b []byte, items int) (Item, error) {
	if uint64(len(b)) > math.MaxUint32 {
		return Item{}, &SyntaxError{Cause: errLong}
	}
	var room [32]uint32 // spares usual items the heap
	w := walker{b: b, limit: items, keys: room[:0]}
	if err := w.item(0); err != nil {
		return Item{}, &SyntaxError{Offset: w.at, Cause: err}
	}
	if w.off != len(b) {
		return Item{}, &SyntaxError{Offset: w.off, Cause: errTrailing}
	}
	return Item{raw: b}, nil
}

// walker checks well-formedness. It never allocates for what a head merely announces: sizes are compared
// with what is there, counts are walked.
type walker struct {
	b     []byte
	off   int
	at    int      // start of the item that is being checked, for the error
	items int      // so far
	limit int      // of items
	keys  []uint32 // where the keys of all open maps start, innermost map last; small, as there may be thousands
}

func (w *walker) head() (head, error) {
	w.at = w.off
	if w.items++; w.items > w.limit {
		return head{}, errItems
	}
	h, err := readHead(w.b[w.off:])
	w.off += h.size
	return h, err
}

func (w *walker) item(depth int) error {
	h, err := w.head()
	if err != nil {
		return err
	}
	if h.major >= majorArray && h.major <= majorTag && depth >= MaxDepth {
		return errDepth
	}
	switch h.major {
	case majorBytes, majorText:
		return w.str(h)
	case majorArray:
		return w.array(h, depth+1)
	case majorMap:
		return w.dict(h, depth+1)
	case majorTag:
		return w.item(depth + 1)
	case majorSimple:
		return checkSimple(h)
	}
	return nil
}

// checkSimple admits false, true, null, undefined and the floats. One-byte simple values below 32 are
// malformed (RFC 8949 §3.3); the rest has no meaning that could be signed.
func checkSimple(h head) error {
	if h.info >= 25 || (h.info >= 20 && h.info < 24) {
		return nil
	}
	return errSimple
}

func (w *walker) str(h head) error {
	if !h.indefinite {
		return w.content(h)
	}
	for !w.atBreak() {
		chunk, err := w.head()
		switch {
		case err != nil:
			return err
		case chunk.major != h.major || chunk.indefinite:
			return errChunk // RFC 8949 §3.2.3: chunks are definite strings of the same major type
		}
		if err := w.content(chunk); err != nil {
			return err
		}
	}
	return nil
}

func (w *walker) content(h head) error {
	if h.arg > uint64(len(w.b)-w.off) {
		return errTruncated
	}
	s := w.b[w.off : w.off+int(h.arg)]
	if h.major == majorText && !utf8.Valid(s) {
		return errUTF8
	}
	w.off += len(s)
	return nil
}

// atBreak consumes the break byte if it is next.
func (w *walker) atBreak() bool {
	if w.off < len(w.b) && w.b[w.off] == breakByte {
		w.off++
		return true
	}
	return false
}

func (w *walker) array(h head, depth int) error {
	for n := uint64(0); w.more(h, n); n++ {
		if err := w.item(depth); err != nil {
			return err
		}
	}
	return nil
}

// more reports whether an array or map with head h has another element after n of them.
func (w *walker) more(h head, n uint64) bool {
	if h.indefinite {
		return !w.atBreak()
	}
	return n < h.arg
}

func (w *walker) dict(h head, depth int) error {
	mine := len(w.keys)
	for n := uint64(0); w.more(h, n); n++ {
		w.keys = append(w.keys, uint32(w.off))
		if err := w.key(); err != nil {
			return err
		}
		if w.off < len(w.b) && w.b[w.off] == breakByte {
			w.at = w.off
			return errOdd
		}
		if err := w.item(depth); err != nil {
			return err
		}
	}
	offset, duplicate := firstDuplicate(w.b, w.keys[mine:])
	w.keys = w.keys[:mine]
	if duplicate {
		w.at = offset
		return errDuplicate
	}
	return nil
}

func (w *walker) key() error {
	h, err := readHead(w.b[w.off:])
	if err == nil && h.major > majorNegative && h.major != majorText {
		w.at = w.off
		return errKeyKind
	}
	return w.item(MaxDepth)
}

// firstDuplicate finds two keys with the same name. Integer 1 and text "1" count as the same: no format
// uses both, and they would collide as JSON members. It reorders keys.
func firstDuplicate(b []byte, keys []uint32) (offset int, found bool) {
	slices.SortFunc(keys, func(x, y uint32) int { return compareKeys(b[x:], b[y:]) })
	for i := 1; i < len(keys); i++ {
		if compareKeys(b[keys[i-1]:], b[keys[i]:]) == 0 {
			return int(max(keys[i-1], keys[i])), true
		}
	}
	return 0, false
}

// compareKeys orders the well-formed map keys at the start of x and y by the length of their names, then by
// their bytes. For integers of one sign that is the order of their arguments, which spares the text.
func compareKeys(x, y []byte) int {
	if major := x[0] >> 5; major == y[0]>>5 && major != majorText {
		g, _ := readHead(x)
		h, _ := readHead(y)
		return cmp.Compare(g.arg, h.arg)
	}
	var a, c [20]byte
	m, n := name(a[:0], x), name(c[:0], y)
	if len(m) != len(n) {
		return cmp.Compare(len(m), len(n))
	}
	return bytes.Compare(m, n)
}

// name is the text of the well-formed map key at the start of b, or an integer key's decimal text written
// into room.
func name(room, b []byte) []byte {
	h, _ := readHead(b)
	if h.major != majorText {
		return appendDecimal(room, b)
	}
	if h.indefinite {
		s, _ := Item{b[:size(b)]}.TextBytes()
		return s
	}
	return b[h.size : h.size+int(h.arg)]
}

// appendDecimal appends the integer at the start of b as decimal text. Negative integers reach down to −2⁶⁴.
func appendDecimal(dst, b []byte) []byte {
	h, _ := readHead(b)
	if h.major == majorUint {
		return strconv.AppendUint(dst, h.arg, 10)
	}
	if h.arg == 1<<64-1 {
		return append(dst, "-18446744073709551616"...)
	}
	return strconv.AppendUint(append(dst, '-'), h.arg+1, 10)
}
