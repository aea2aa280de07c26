package cbor

import (
	"bytes"
	"encoding/hex"
	"encoding/json"
	"errors"
	"math"
	"strings"
	"testing"
	"time"
)

func unhex(t testing.TB, s string) []byte {
	t.Helper()
	b, err := hex.DecodeString(strings.ReplaceAll(s, " ", ""))
	if err != nil {
		t.Fatal(err)
	}
	return b
}

// The examples of RFC 8949 appendix A, as far as credentials may hold them, with the JSON we make of them.
func TestRFCExamples(t *testing.T) {
	f := func(in, want string) {
		t.Helper()
		i, err := Parse(unhex(t, in))
		if err != nil {
			t.Fatalf("Parse(%s): %v", in, err)
		}
		got := string(i.AppendJSON(nil))
		if got != want {
			t.Fatalf("AppendJSON(%s) = %s, want %s", in, got, want)
		}
		if !json.Valid([]byte(got)) {
			t.Fatalf("AppendJSON(%s) = %s: not JSON", in, got)
		}
	}
	f("00", "0")
	f("17", "23")
	f("1818", "24")
	f("1903e8", "1000")
	f("1b000000e8d4a51000", "1000000000000")
	f("1bffffffffffffffff", "18446744073709551615")
	f("3bffffffffffffffff", "-18446744073709551616")
	f("20", "-1")
	f("3903e7", "-1000")
	f("f90000", "0")
	f("f98000", "-0")
	f("f93c00", "1")
	f("fb3ff199999999999a", "1.1")
	f("f97bff", "65504")
	f("fa47c35000", "100000")
	f("f90001", "5.960464477539063e-08")
	f("f9c400", "-4")
	f("f97c00", "null")
	f("f97e00", "null")
	f("fbfff0000000000000", "null")
	f("f4", "false")
	f("f5", "true")
	f("f6", "null")
	f("f7", "null")
	f("c074323031332d30332d32315432303a30343a30305a", `"2013-03-21T20:04:00Z"`)
	f("c11a514b67b0", "1363896240")
	f("d903ec6a323032312d30312d3031", `"2021-01-01"`)
	f("40", `{"$b64":""}`)
	f("4401020304", `{"$b64":"AQIDBA=="}`)
	f("60", `""`)
	f("62225c", `"\"\\"`)
	f("62c3bc", `"ü"`)
	f("80", "[]")
	f("8301820203820405", "[1,[2,3],[4,5]]")
	f("a0", "{}")
	f("a201020304", `{"1":2,"3":4}`)
	f("a26161016162820203", `{"a":1,"b":[2,3]}`)
	f("a120f5", `{"-1":true}`)
	f("5f42010243030405ff", `{"$b64":"AQIDBAU="}`)
	f("7f657374726561646d696e67ff", `"streaming"`)
	f("9fff", "[]")
	f("9f018202039f0405ffff", "[1,[2,3],[4,5]]")
	f("83018202039f0405ff", "[1,[2,3],[4,5]]")
	f("bf61610161629f0203ffff", `{"a":1,"b":[2,3]}`)
	f("bf6346756ef563416d7421ff", `{"Fun":true,"Amt":-2}`)
	f("a17f616161 62ff01", `{"ab":1}`)
}

func TestRefused(t *testing.T) {
	f := func(in string, want error, at int) {
		t.Helper()
		_, err := Parse(unhex(t, in))
		var s *SyntaxError
		if !errors.Is(err, want) || !errors.As(err, &s) || s.Offset != at {
			t.Fatalf("Parse(%s) = %v, want %v at offset %d", in, err, want, at)
		}
	}
	f("", errTruncated, 0)
	f("18", errTruncated, 0)
	f("1b00000000000000", errTruncated, 0)
	f("8201", errTruncated, 2)
	f("6261", errTruncated, 0)
	f("5bffffffffffffffff00", errTruncated, 0)
	f("9bffffffffffffffff00", errTruncated, 10)
	f("bbffffffffffffffff0000", errTruncated, 11)
	f("7f6161", errTruncated, 3)
	f("a101", errTruncated, 2)
	f("c0", errTruncated, 1)
	f("0000", errTrailing, 1)
	f("1c", errReserved, 0)
	f("1f", errReserved, 0)
	f("df", errReserved, 0)
	f("ff", errBreak, 0)
	f("82ff", errBreak, 1)
	f("c1ff", errBreak, 1)
	f("bf01ff", errOdd, 2)
	f("a101ff", errOdd, 2)
	f("61ff", errUTF8, 0)
	f("7f61c361bcff", errUTF8, 1)
	f("e0", errSimple, 0)
	f("f800", errSimple, 0)
	f("f8ff", errSimple, 0)
	f("7f4161ff", errChunk, 1)
	f("5f5f4100ffff", errChunk, 1)
	f("a1410001", errKeyKind, 1)
	f("a1f501", errKeyKind, 1)
	f("a1800101", errKeyKind, 1)
	f("a201020103", errDuplicate, 3)
	f("a20102180103", errDuplicate, 3)
	f("a26161006161f6", errDuplicate, 4)
	f("a2616100 7f6161ff 00", errDuplicate, 4)
	f("a2010261310 3", errDuplicate, 3)
	f("a3 622d31 00 01 00 20 00", errDuplicate, 7) // text -1 and integer -1
	f("a4 00 00 6130 00 01 00 613100", errDuplicate, 3)
	f("a101a182a2010101020000", errKeyKind, 3)
	f("8181a10 1a20502 0503", errDuplicate, 7)
	f(strings.Repeat("81", MaxDepth+1)+"00", errDepth, MaxDepth)
	f(strings.Repeat("c1", MaxDepth+1)+"00", errDepth, MaxDepth)
	f("9a00002001"+strings.Repeat("00", MaxItems+1), errItems, 5+MaxItems-1)
}

func TestDeepestAllowed(t *testing.T) {
	in := unhex(t, strings.Repeat("9f", MaxDepth)+"7f6161ff"+strings.Repeat("ff", MaxDepth))
	i, err := Parse(in)
	if err != nil {
		t.Fatal(err)
	}
	if got := string(i.AppendJSON(nil)); !strings.Contains(got, `["a"]`) {
		t.Fatalf("JSON = %s", got)
	}
	for range MaxDepth {
		if i.Len() != 1 {
			t.Fatalf("Len = %d, want 1", i.Len())
		}
		i = i.At(0)
	}
	if s, ok := i.Text(); !ok || s != "a" {
		t.Fatalf("innermost = %q, %v", s, ok)
	}
}

func TestAccessors(t *testing.T) {
	i, err := Parse(unhex(t, "a5 01 38ff 6161 f5 02 c1fb41d954fc40000000 03 d818 5f4101420203ff 04 9f0102ff"))
	if err != nil {
		t.Fatal(err)
	}
	if v, ok := i.Get(1).Int(); !ok || v != -256 {
		t.Fatalf("Get(1) = %d, %v", v, ok)
	}
	if v, ok := i.GetText("a").Bool(); !ok || !v {
		t.Fatalf("GetText(a) = %v, %v", v, ok)
	}
	if v, ok := i.Get(2).NumericDate(); !ok || !v.Equal(time.Unix(1700000000, 0)) {
		t.Fatalf("Get(2) = %v, %v", v, ok)
	}
	if v, ok := i.Get(3).Untagged().Bytes(); !ok || !bytes.Equal(v, []byte{1, 2, 3}) {
		t.Fatalf("Get(3) = %x, %v", v, ok)
	}
	if v := i.Get(4); v.Len() != 2 || v.At(2).Kind() != Absent || v.Kind() != Array {
		t.Fatalf("Get(4): %d elements of %v", v.Len(), v.Kind())
	}
	if v := i.Get(9).Get(1).GetText("x").At(0).Untagged(); v.Kind() != Absent || string(v.AppendJSON(nil)) != "null" {
		t.Fatalf("absent chain = %v", v.Kind())
	}
	if i.Len() != 5 {
		t.Fatalf("Len = %d", i.Len())
	}
}

func TestNumericDateRefused(t *testing.T) {
	f := func(raw []byte) {
		t.Helper()
		if got, ok := (Item{raw: raw}).NumericDate(); ok {
			t.Fatalf("NumericDate(%x) = %v, want none", raw, got)
		}
	}
	f(AppendInt(nil, -1))
	f(AppendInt(nil, 253402300800))
	f(AppendUint(nil, math.MaxUint64))
	f(AppendFloat(nil, math.NaN()))
	f(AppendFloat(nil, math.Inf(1)))
	f(AppendFloat(nil, -0.5))
	f(AppendText(nil, "2021-01-01T00:00:00Z"))
	f(AppendTag(AppendTag(nil, 1), 1))
}

func TestEncodeShortest(t *testing.T) {
	f := func(v int64, want string) {
		t.Helper()
		if got := hex.EncodeToString(AppendInt(nil, v)); got != want {
			t.Fatalf("AppendInt(%d) = %s, want %s", v, got, want)
		}
		if i, err := Parse(AppendInt(nil, v)); err != nil {
			t.Fatal(err)
		} else if got, ok := i.Int(); !ok || got != v {
			t.Fatalf("Int = %d, %v, want %d", got, ok, v)
		}
	}
	f(0, "00")
	f(23, "17")
	f(24, "1818")
	f(255, "18ff")
	f(256, "190100")
	f(65535, "19ffff")
	f(65536, "1a00010000")
	f(1<<32, "1b0000000100000000")
	f(-1, "20")
	f(-25, "3818")
	f(math.MinInt64, "3b7fffffffffffffff")
	f(math.MaxInt64, "1b7fffffffffffffff")
}

// A key that comes twice is found however long it is, and however much stands between the two and behind them.
func TestKeysThatComeTwice(t *testing.T) {
	for length := range 12 {
		key := append([]byte{0x60 + byte(length)}, bytes.Repeat([]byte{'k'}, length)...)
		for between := range 20 {
			for behind := range 12 {
				b := append([]byte{0xbf}, key...)
				b = append(append(b, 0x40+byte(between)), make([]byte, between)...)
				b = append(append(b, key...), 0x40+byte(behind))
				b = append(append(b, make([]byte, behind)...), 0xff)
				if _, err := Parse(b); !errors.Is(err, errDuplicate) {
					t.Fatalf("%x: %v", b, err)
				}
			}
		}
	}
}
