package cbor

import (
	"bytes"
	"slices"
	"strconv"
	"unicode/utf8"
)

// Parse checks that b is exactly one well-formed item within the limits and returns a view of it. The view
// shares b's memory: b must not change while the Item is in use. An error is a *SyntaxError.
func Parse(b []byte) (Item, error) {
	w := walker{b: b}
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
	at    int   // start of the item that is being checked, for the error
	items int   // so far
	keys  []key // of all maps that are open, innermost last
}

func (w *walker) head() (head, error) {
	w.at = w.off
	if w.items++; w.items > MaxItems {
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
		k, err := w.key()
		if err != nil {
			return err
		}
		w.keys = append(w.keys, k)
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

// key remembers where a map key stands: positions, not pointers, so that a thousand cost little.
type key struct{ start, end int }

func (w *walker) key() (key, error) {
	start := w.off
	h, err := readHead(w.b[start:])
	if err == nil && h.major > majorNegative && h.major != majorText {
		w.at = start
		return key{}, errKeyKind
	}
	err = w.item(MaxDepth)
	return key{start, w.off}, err
}

// firstDuplicate finds two keys with the same name. Integer 1 and text "1" count as the same: no format
// uses both, and they would collide as JSON members. It reorders keys.
func firstDuplicate(b []byte, keys []key) (offset int, found bool) {
	slices.SortFunc(keys, func(x, y key) int {
		var a, c [20]byte
		return bytes.Compare(name(a[:0], b[x.start:x.end]), name(c[:0], b[y.start:y.end]))
	})
	for i := 1; i < len(keys); i++ {
		var a, c [20]byte
		if bytes.Equal(name(a[:0], b[keys[i-1].start:keys[i-1].end]), name(c[:0], b[keys[i].start:keys[i].end])) {
			return max(keys[i-1].start, keys[i].start), true
		}
	}
	return 0, false
}

// name is a well-formed key's text, or an integer key's decimal text written into room.
func name(room, raw []byte) []byte {
	i := Item{raw: raw}
	if s, ok := i.TextBytes(); ok {
		return s
	}
	return appendDecimal(room, raw)
}

// appendDecimal appends an integer item as decimal text. Negative integers reach down to −2⁶⁴.
func appendDecimal(dst, raw []byte) []byte {
	h, _ := readHead(raw)
	if h.major == majorUint {
		return strconv.AppendUint(dst, h.arg, 10)
	}
	if h.arg == 1<<64-1 {
		return append(dst, "-18446744073709551616"...)
	}
	return strconv.AppendUint(append(dst, '-'), h.arg+1, 10)
}
