package jose

import (
	"bytes"
	"cmp"
	"encoding/base64"
	"encoding/json"
	"slices"
	"testing"
	"time"
	"unicode/utf16"
)

// heap is memory of its own for every text.
type heap struct{}

func (heap) Tail(n int) []byte        { return make([]byte, 0, n) }
func (heap) KeepText(b []byte) string { return string(b) }

func mustParse(t *testing.T, text string) Value {
	t.Helper()
	v, err := Parse([]byte(text))
	if err != nil {
		t.Fatal(err)
	}
	return v
}

func TestValue(t *testing.T) {
	v := mustParse(t, ` { "s" : "a\u0062" , "n":12,"f":1.5, "list":[ "x" , [2,"],"] ,{}], "o":{"k\"}":true}, "nul":null, "\u0065":"e" } `)
	text := func(of Value, want string) {
		t.Helper()
		if got, err := of.Text(heap{}); err != nil || got != want {
			t.Errorf("%s: %q, %v, want %q", of.Raw(), got, err, want)
		}
	}
	text(v.Get("s"), "ab")
	text(v.Get("e"), "e")
	text(v.Get("absent"), "")
	text(v.Get("s").Get("s"), "")
	if n, err := v.Get("n").Uint(); n != 12 || err != nil {
		t.Errorf("Uint = %d, %v", n, err)
	}
	if at, err := v.Get("f").Time(); !at.Equal(time.Unix(1, 5e8)) || err != nil {
		t.Errorf("Time = %v, %v", at, err)
	}
	if !v.Get("s").Is("ab") || v.Get("s").Is(`a\u0062`) || v.Get("s").Is("a") || v.Get("n").Is("12") {
		t.Error("Is")
	}
	if k := v.Get("o").Get(`k"}`); string(k.Raw()) != "true" || k.Kind() != Literal {
		t.Errorf("nested member is %q", k.Raw())
	}
	var raws []string
	for w := v.Get("list").Walk(); w.More(); {
		raws = append(raws, string(w.Next().Raw()))
	}
	if !slices.Equal(raws, []string{`"x"`, `[2,"],"]`, `{}`}) {
		t.Errorf("elements are %q", raws)
	}
	var found [3]Value
	v.Collect([]string{"nul", "none", "e"}, found[:])
	if string(found[0].Raw()) != "null" || found[1].Kind() != Absent || !found[2].Is("e") {
		t.Errorf("collected %q", found)
	}
	for _, err := range []error{errOf(v.Get("n").Text(heap{})), errOf(v.Get("nul").Text(heap{})), errOf(v.Get("f").Uint()),
		errOf(v.Get("s").Uint()), errOf(v.Get("s").Time()), errOf(v.Get("nul").Time())} {
		if err == nil {
			t.Error("a member of another kind is read")
		}
	}
}

func errOf[T any](_ T, err error) error { return err }

// References that are slow and plain.

func compareByUnits(a, b []byte) int {
	return slices.Compare(utf16.Encode([]rune(string(a))), utf16.Encode([]rune(string(b))))
}

// checkAgainstObject walks v beside the way of reading that makes copies.
func checkAgainstObject(t *testing.T, v Value) {
	t.Helper()
	switch v.Kind() {
	case Map:
		o, err := ParseObject(v.Raw())
		if err != nil {
			t.Fatal(err)
		}
		w := v.Walk()
		for _, m := range o {
			if name, value := w.Next(), w.Next(); !name.Is(m.Name) || !bytes.Equal(value.Raw(), m.Value) {
				t.Fatalf("member %q is %q, want %q", name.Raw(), value.Raw(), m.Value)
			}
			if got := v.Get(m.Name); !bytes.Equal(got.Raw(), m.Value) {
				t.Fatalf("member %q is %q, want %q", m.Name, got.Raw(), m.Value)
			}
			checkAgainstObject(t, Checked(m.Value))
		}
		if w.More() {
			t.Fatalf("%q has more members than %d", v.Raw(), len(o))
		}
	case Array:
		items, err := ParseArray(v.Raw())
		if err != nil {
			t.Fatal(err)
		}
		w := v.Walk()
		for _, item := range items {
			if got := w.Next(); !bytes.Equal(got.Raw(), item) {
				t.Fatalf("element %q, want %q", got.Raw(), item)
			}
			checkAgainstObject(t, Checked(item))
		}
		if w.More() {
			t.Fatalf("%q has more elements than %d", v.Raw(), len(items))
		}
	case Text:
		var want string
		if err := json.Unmarshal(v.Raw(), &want); err != nil {
			t.Fatal(err)
		}
		if got, err := v.Text(heap{}); err != nil || got != want {
			t.Fatalf("%s reads %q, %v, want %q", v.Raw(), got, err, want)
		}
	case Number:
		got, err := v.Time()
		if want, wantErr := ParseTime(v.Raw()); !got.Equal(want) || (err == nil) != (wantErr == nil) {
			t.Fatalf("%s is the time %v (%v), want %v (%v)", v.Raw(), got, err, want, wantErr)
		}
	}
}

// A value that is read in place says what the object says that makes copies, and what the standard library says.
func FuzzValue(f *testing.F) {
	f.Add([]byte(`{"a":[1,-2.5e3,"\u00e9",{"b":null}],"c":true}`))
	f.Add([]byte(" [ \"a\\\\\" , { \"x\\\"\" : [ ] } , 1e3 , -0, 253402300799 ] "))
	f.Add([]byte(`"\ud83d\ude00"`))
	f.Add([]byte(`{"\ufb33":1,"\ud83d\ude00":2,"😀a":3,"ﬀ":4,"é":5}`))
	f.Fuzz(func(t *testing.T, text []byte) {
		v, err := Parse(text)
		if (err == nil) != (CheckJSON(text) == nil) {
			t.Fatal(err)
		}
		if err != nil {
			return
		}
		checkAgainstObject(t, v)
		var want bytes.Buffer
		if err := json.Compact(&want, text); err != nil {
			t.Fatal(err)
		}
		if got := v.AppendCompact(nil); !bytes.Equal(got, want.Bytes()) {
			t.Fatalf("%q is compact as %q, want %q", text, got, want.Bytes())
		}
	})
}

// Names are in the order of their UTF-16 units.
func FuzzCompareUTF16(f *testing.F) {
	for _, a := range []string{"", "a", "é", "\ufb33", "\ue000", "\uffff", "😀", "\U00010000", "\U0010ffff", "\ud7ff"} {
		f.Add(a, "😀b")
		f.Add(a+"x", a+"\uffee")
	}
	f.Fuzz(func(t *testing.T, a, b string) {
		x, y := bytes.ToValidUTF8([]byte(a), nil), bytes.ToValidUTF8([]byte(b), nil)
		if got, want := compareUTF16(x, y), compareByUnits(x, y); cmp.Compare(got, 0) != cmp.Compare(want, 0) {
			t.Fatalf("%q and %q compare %d, want %d", x, y, got, want)
		}
	})
}

// A token says what a JWS says.
func FuzzToken(f *testing.F) {
	f.Add([]byte("eyJhbGciOiJFUzI1NiIsImtpZCI6ImsiLCJ0eXAiOiJKV1QifQ.e30.AAAA"))
	f.Add([]byte("eyJhbGciOiJFUzI1NiJ9.eyJhIjoxfQ."))
	f.Add([]byte("eyJhbGciOiJFUzI1NiJ9.AAAA\n.AAAA"))
	var used Token
	f.Fuzz(func(t *testing.T, text []byte) {
		j, err := ParseCompact(text)
		errToken := used.Parse(text)
		if (err == nil) != (errToken == nil) {
			t.Fatalf("%v, but %v", err, errToken)
		}
		if err != nil {
			return
		}
		same := bytes.Equal(j.Payload, used.Payload) && bytes.Equal(j.Signature, used.Signature) && bytes.Equal(j.Signed, used.Signed)
		if !same || !bytes.HasSuffix(text, base64.RawURLEncoding.AppendEncode([]byte("."), used.Signature)) {
			t.Fatalf("%q is taken apart in two ways", text)
		}
		if !used.Algorithm.Is(j.Algorithm) || (j.KeyID != "" && !used.KeyID.Is(j.KeyID)) || (j.Type != "" && !used.Type.Is(j.Type)) {
			t.Fatalf("header of %q is read in two ways", text)
		}
	})
}

// What ends a run of ordinary characters is found wherever it stands.
func TestOrdinary(t *testing.T) {
	for c := range 256 {
		for at := range 20 {
			text := bytes.Repeat([]byte("\x7fé!#[]\xff\x80"), 3)[:20]
			text[at] = byte(c)
			want := len(text)
			if c < ' ' || c == '"' || c == '\\' {
				want = at
			}
			if got := ordinary(text, 0); got != want {
				t.Fatalf("%q: %d, want %d", text, got, want)
			}
		}
	}
}
