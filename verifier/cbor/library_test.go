package cbor

import (
	"bytes"
	"errors"
	"math"
	"testing"

	library "github.com/fxamacker/cbor/v2"
)

// reference is the library that most Go programs read credentials with, as strict as it gets.
func reference(t testing.TB) library.DecMode {
	t.Helper()
	m, err := library.DecOptions{
		DupMapKey: library.DupMapKeyEnforcedAPF, UTF8: library.UTF8RejectInvalid, MaxNestedLevels: 2 * MaxDepth,
	}.DecMode()
	if err != nil {
		t.Fatal(err)
	}
	return m
}

// FuzzAgree: what we accept the library accepts, and it means the same to both. What only we refuse is refused for
// a limit, or for what no credential may say.
func FuzzAgree(f *testing.F) {
	for _, seed := range []string{
		"00", "a201020304", "bf61610161629f0203ffff", "d28443a10126a0404101", "5f42010243030405ff", "a2181801fb3ff199999999999a00",
		"7f657374726561646d696e67ff", "fb3ff199999999999a", "f97e00", "c11a514b67b0", "a20102180103", "a2010261310 3",
		"9f9f9f9fffffffff", "3bffffffffffffffff", "ff", "1c", "7f61c361bcff", "f8ff", "a3000120013b7fffffffffffffff02", "d9d9f730",
	} {
		f.Add(unhex(f, seed))
	}
	f.Add(entry())
	ref := reference(f)
	f.Fuzz(func(t *testing.T, b []byte) {
		i, err := Parse(b)
		if err == nil {
			if err := ref.Wellformed(b); err != nil {
				t.Fatalf("accepted %x, which the library refuses: %v", b, err)
			}
			if !holdsKnownTag(i) {
				same(t, ref, i, b)
			}
			return
		}
		if !onlyOurs(b, err) && ref.Wellformed(b) == nil {
			var v any
			if ref.Unmarshal(b, &v) == nil {
				t.Fatalf("%v, but the library accepts %x as %v", err, b, v)
			}
		}
	})
}

// onlyOurs tells which of our refusals the library need not share.
func onlyOurs(b []byte, err error) bool {
	chunked := bytes.IndexByte(b, 0x7f) >= 0 // the library joins chunks before it looks for UTF-8
	ours := errors.Is(err, errDepth) || errors.Is(err, errItems) || errors.Is(err, errSimple) || errors.Is(err, errKeyKind)
	return ours || errors.Is(err, errUTF8) && chunked || errors.Is(err, errDuplicate) && mixed(b, err)
}

// selfDescribed says of what it tags that it is CBOR (RFC 8949 §3.4.6). The library takes it off where it stands first.
const selfDescribed = 55799

// holdsKnownTag reports whether there is a date or a large number somewhere, whose content the library checks, too, or
// a tag that it removes.
func holdsKnownTag(i Item) bool {
	if n, content, ok := i.Tag(); ok {
		return n <= 3 || n == selfDescribed || holdsKnownTag(content)
	}
	for c := i.Walk(); c.More(); {
		if holdsKnownTag(c.Next()) {
			return true
		}
	}
	return false
}

// mixed reports whether the key at fault may be a number in one place and the text of it in the other.
func mixed(b []byte, err error) bool {
	var s *SyntaxError
	if !errors.As(err, &s) {
		return false
	}
	h, _ := readHead(b[s.Offset:])
	digits := name(nil, b[s.Offset:])
	return h.major() != majorText || len(digits) > 0 && (digits[0] == '-' || digits[0] >= '0' && digits[0] <= '9')
}

// same holds an item against what the library makes of its bytes.
func same(t *testing.T, ref library.DecMode, i Item, raw []byte) {
	t.Helper()
	if !bytes.Equal(i.Raw(), raw) {
		t.Fatalf("%x is %x to the library", i.Raw(), raw)
	}
	load := func(v any) {
		t.Helper()
		if err := ref.Unmarshal(raw, v); err != nil {
			t.Fatalf("%x is no %T to the library: %v", raw, v, err)
		}
	}
	switch i.Kind() {
	case Array:
		var all []library.RawMessage
		load(&all)
		if len(all) != i.Len() {
			t.Fatalf("%x: %d elements, the library has %d", raw, i.Len(), len(all))
		}
		for n, e := range all {
			same(t, ref, i.At(n), e)
		}
	case Map:
		sameMap(t, ref, i)
	case Tag:
		n, content, _ := i.Tag()
		var want library.RawTag
		load(&want)
		if n != want.Number {
			t.Fatalf("tag %d, the library has %d", n, want.Number)
		}
		same(t, ref, content, want.Content)
	case Bytes:
		var want []byte
		load(&want)
		if got, _ := i.Bytes(); !bytes.Equal(got, want) {
			t.Fatalf("bytes %x, the library has %x", got, want)
		}
	case Text:
		var want string
		load(&want)
		if got, _ := i.Text(); got != want {
			t.Fatalf("text %q, the library has %q", got, want)
		}
	case Float:
		var want float64
		load(&want)
		if got, _ := i.Float(); got != want && !(math.IsNaN(got) && math.IsNaN(want)) {
			t.Fatalf("number %v, the library has %v", got, want)
		}
	case Bool:
		var want bool
		load(&want)
		if got, _ := i.Bool(); got != want {
			t.Fatalf("%v, the library has %v", got, want)
		}
	case Int:
		sameInt(t, i, load)
	}
}

func sameInt(t *testing.T, i Item, load func(any)) {
	t.Helper()
	if got, ok := i.Int(); ok {
		var want int64
		if load(&want); got != want {
			t.Fatalf("%d, the library has %d", got, want)
		}
	} else if got, ok := i.Uint(); ok {
		var want uint64
		if load(&want); got != want {
			t.Fatalf("%d, the library has %d", got, want)
		}
	}
}

// sameMap looks every member up in both ways.
func sameMap(t *testing.T, ref library.DecMode, i Item) {
	t.Helper()
	for k := range i.Pairs() {
		_, small := k.Int()
		_, positive := k.Uint()
		if k.Kind() == Int && !small && !positive {
			return // the library has no key for numbers below −2⁶³
		}
	}
	var want map[any]library.RawMessage
	if err := ref.Unmarshal(i.Raw(), &want); err != nil {
		t.Fatalf("%x is no map to the library: %v", i.Raw(), err)
	}
	if len(want) != i.Len() {
		t.Fatalf("%x: %d members, the library has %d", i.Raw(), i.Len(), len(want))
	}
	for k, raw := range want {
		switch k := k.(type) {
		case string:
			same(t, ref, i.GetText(k), raw)
		case int64:
			same(t, ref, i.Get(k), raw)
		case uint64:
			if k <= math.MaxInt64 {
				same(t, ref, i.Get(int64(k)), raw)
			}
		}
	}
}
