package cbor

import (
	"math"
	"slices"
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
	w := walker{b: b, limit: items}
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
	at    int // start of the item that is being checked, for the error
	items int // so far
	limit int // of items
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

// short takes an item that holds no other and whose first byte tells its length, as nearly all that issuers write
// do. It reports false where it took nothing, because there is more to look at.
func (w *walker) short() bool {
	if w.off >= len(w.b) || w.items >= w.limit {
		return false
	}
	first := w.b[w.off]
	end := w.off + int(shortSize[first])
	if end == w.off || end > len(w.b) || first >= majorArray<<5 ||
		first >= majorText<<5 && !utf8.Valid(w.b[w.off+1:end]) {
		return false
	}
	w.items++
	w.off = end
	return true
}

func (w *walker) item(depth int) error {
	if w.short() {
		return nil
	}
	h, err := w.head()
	if err != nil {
		return err
	}
	switch h.major() {
	case majorUint, majorNegative:
		return nil
	case majorBytes, majorText:
		return w.str(h)
	case majorSimple:
		return checkSimple(h)
	}
	if depth >= MaxDepth {
		return errDepth
	}
	switch h.major() {
	case majorArray:
		return w.array(h, depth+1)
	case majorMap:
		return w.dict(h, depth+1)
	}
	return w.item(depth + 1) // under a tag
}

// checkSimple admits false, true, null, undefined and the floats. One-byte simple values below 32 are
// malformed (RFC 8949 §3.3); the rest has no meaning that could be signed.
func checkSimple(h head) error {
	if h.info() >= 25 || (h.info() >= 20 && h.info() < 24) {
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
		case chunk.major() != h.major() || chunk.indefinite:
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
	if h.major() == majorText && !utf8.Valid(s) {
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
	var room [fewKeys]uint32 // spares usual maps the heap
	keys := room[:0]         // where they start; small, as there may be thousands
	for n := uint64(0); w.more(h, n); n++ {
		keys = append(keys, uint32(w.off))
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
	if allDiffer(w.b, keys) {
		return nil
	}
	if offset, duplicate := firstDuplicate(w.b, slices.Clone(keys)); duplicate {
		w.at = offset
		return errDuplicate
	}
	return nil
}

func (w *walker) key() error {
	if w.off < len(w.b) && w.b[w.off]>>5 != majorBytes && w.short() {
		return nil
	}
	h, err := w.head()
	switch {
	case err != nil:
		return err
	case h.major() == majorText:
		return w.str(h)
	case h.major() > majorNegative:
		return errKeyKind
	}
	return nil
}
