package cbor

import (
	"bytes"
	"encoding/json"
	"testing"
)

// reencode writes i again through the encoder; law: what we read, we can write and read back to the same.
func reencode(dst []byte, i Item) []byte {
	switch i.Kind() {
	case Int:
		if v, ok := i.Uint(); ok {
			return AppendUint(dst, v)
		}
		h, _ := readHead(i.raw)
		return appendHead(dst, majorNegative, h.arg)
	case Bytes:
		v, _ := i.Bytes()
		return AppendBytes(dst, v)
	case Text:
		v, _ := i.Text()
		return AppendText(dst, v)
	case Array:
		dst = AppendArrayHead(dst, i.Len())
		for e := range i.Elements() {
			dst = reencode(dst, e)
		}
		return dst
	case Map:
		dst = AppendMapHead(dst, i.Len())
		for k, v := range i.Pairs() {
			dst = reencode(reencode(dst, k), v)
		}
		return dst
	case Tag:
		n, content, _ := i.Tag()
		return reencode(AppendTag(dst, n), content)
	case Bool:
		v, _ := i.Bool()
		return AppendBool(dst, v)
	case Float:
		v, _ := i.Float()
		return AppendFloat(dst, v)
	case Null:
		return AppendNull(dst)
	}
	return append(dst, i.raw...)
}

func FuzzParse(f *testing.F) {
	for _, seed := range []string{
		"00", "a201020304", "bf61610161629f0203ffff", "d28443a10126a0404101", "5f42010243030405ff",
		"7f657374726561646d696e67ff", "fb3ff199999999999a", "f97e00", "c11a514b67b0", "a20102180103",
		"9f9f9f9fffffffff", "3bffffffffffffffff", "ff", "1c", "7f61c361bcff", "bf6130306130423037ff",
	} {
		f.Add(unhex(f, seed))
	}
	f.Fuzz(func(t *testing.T, b []byte) {
		i, err := Parse(b)
		if (err == nil) == (i.Kind() == Absent) {
			t.Fatalf("Parse = %v, %v: want exactly one", i.Kind(), err)
		}
		if err != nil {
			return
		}
		if n := size(b); n != len(b) {
			t.Fatalf("size = %d of %d", n, len(b))
		}
		text := i.AppendJSON(nil)
		if !json.Valid(text) {
			t.Fatalf("AppendJSON = %s", text)
		}
		once := reencode(nil, i)
		again, err := Parse(once)
		if err != nil {
			t.Fatalf("Parse of our own %x: %v", once, err)
		}
		if twice := reencode(nil, again); !bytes.Equal(once, twice) {
			t.Fatalf("encoding is not stable: %x, then %x", once, twice)
		}
		if t2 := again.AppendJSON(nil); !bytes.Equal(text, t2) {
			t.Fatalf("same item, other JSON: %s, %s", text, t2)
		}
	})
}
