package jose

import (
	"bytes"
	"encoding/json"
	"strings"
	"testing"
	"time"
)

func TestCheckJSON(t *testing.T) {
	good := func(text string) {
		t.Helper()
		if err := CheckJSON([]byte(text)); err != nil {
			t.Errorf("%q: %v", text, err)
		}
	}
	bad := func(text string) {
		t.Helper()
		if CheckJSON([]byte(text)) == nil {
			t.Errorf("%q is accepted", text)
		}
	}
	good(`{}`)
	good(` [ ] `)
	good(`{"a":1,"A":2}`)
	good(`{"a":{"a":[{"a":null}]}}`)
	good(`[0,-0,1.5,1e9,-1E-9,0.0e+0,true,false,null,"x"]`)
	good(`"\u00e9\ud83d\ude00\"\\\/\b\f\n\r\t"`)
	good(strings.Repeat("[", MaxDepth) + strings.Repeat("]", MaxDepth))

	bad(``)
	bad(`{`)
	bad(`{"a":1,"a":1}`)
	bad(`{"a":1,"\u0061":1}`) // the same name, spelled differently
	bad(`[{"x":{"b":1,"c":2,"b":3}}]`)
	bad(`{} {}`)
	bad(`{}x`)
	bad("\ufeff{}")
	bad("\"\xff\"")
	bad("\"\x1f\"")
	bad("\"a\\n\x00\"")
	bad(`"\ud83d"`)
	bad(`"\ud83dx"`)
	bad(`"\ud83d\n"`)
	bad(`"\ud83d\u0041"`)
	bad(`"\ude00\ud83d"`)
	bad(`"\u00g0"`)
	bad(`"\u001`)
	bad(`"\x41"`)
	bad(`"\`)
	bad(`"open`)
	bad(`[1,]`)
	bad(`[,1]`)
	bad(`[1 2]`)
	bad(`{"a" 1}`)
	bad(`{"a":}`)
	bad(`{"a":1,}`)
	bad(`{a:1}`)
	bad(`01`)
	bad(`-`)
	bad(`1.`)
	bad(`.5`)
	bad(`1e`)
	bad(`+1`)
	bad(`NaN`)
	bad(`tru`)
	bad(strings.Repeat("[", MaxDepth+1) + strings.Repeat("]", MaxDepth+1))
	bad(strings.Repeat(`{"a":`, 1<<20))
}

func TestDuplicateInLargeObject(t *testing.T) {
	var b strings.Builder
	b.WriteString(`{"first":0`)
	for i := range 100 {
		b.WriteString(`,"n` + strings.Repeat("x", i) + `":0`)
	}
	if err := CheckJSON([]byte(b.String() + "}")); err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{"first", "n", "nxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx"} {
		if CheckJSON([]byte(b.String()+`,"`+name+`":1}`)) == nil {
			t.Errorf("second %q is accepted", name)
		}
	}
}

func TestObject(t *testing.T) {
	o, err := ParseObject([]byte(`{"s":"a\u0062","n":12,"f":1.5,"neg":-1,"b":"AQI","list":["x","y"],"o":{"k":true},"nul":null}`))
	if err != nil {
		t.Fatal(err)
	}
	if s, err := o.Text("s"); s != "ab" || err != nil {
		t.Errorf("Text = %q, %v", s, err)
	}
	if n, err := o.Uint("n"); n != 12 || err != nil {
		t.Errorf("Uint = %d, %v", n, err)
	}
	if b, err := o.Bytes("b"); string(b) != "\x01\x02" || err != nil {
		t.Errorf("Bytes = %x, %v", b, err)
	}
	if l, err := o.Texts("list"); len(l) != 2 || l[1] != "y" || err != nil {
		t.Errorf("Texts = %q, %v", l, err)
	}
	if k, err := o.Object("o"); !k.IsTrue("k") || k.IsTrue("other") || err != nil {
		t.Errorf("Object = %v, %v", k, err)
	}
	if at, err := o.Time("f"); !at.Equal(time.Unix(1, 5e8)) || err != nil {
		t.Errorf("Time = %v, %v", at, err)
	}
	if s, err := o.Text("absent"); s != "" || err != nil {
		t.Errorf("absent Text = %q, %v", s, err)
	}
	if w := o.Without("s", "n"); len(w) != 6 || w.Get("s") != nil || o.Get("s") == nil {
		t.Errorf("Without = %v", w)
	}
	for name, read := range map[string]func(string) error{
		"n":    func(n string) error { _, err := o.Text(n); return err },
		"nul":  func(n string) error { _, err := o.Text(n); return err },
		"neg":  func(n string) error { _, err := o.Uint(n); return err },
		"f":    func(n string) error { _, err := o.Uint(n); return err },
		"s":    func(n string) error { _, err := o.Time(n); return err },
		"o":    func(n string) error { _, err := o.Array(n); return err },
		"list": func(n string) error { _, err := o.Object(n); return err },
	} {
		if err := read(name); err == nil || !strings.Contains(err.Error(), name) {
			t.Errorf("%s: error %v does not name the member", name, err)
		}
	}
}

func TestParseTimeRange(t *testing.T) {
	for _, bad := range []string{"1e300", "-1e300", "253402300800", "-62135596801", `"1"`, "null", "+1", "0x10", "inf", "", "-62135596800", "-6.21355968e10"} {
		if at, err := ParseTime([]byte(bad)); err == nil {
			t.Errorf("%s is read as %v", bad, at)
		}
	}
	if at, err := ParseTime([]byte("253402300799")); err != nil || at.Year() != 9999 {
		t.Errorf("end of 9999: %v, %v", at, err)
	}
}

// What passes here is JSON for the standard library too, and both see the same members.
func FuzzCheckJSON(f *testing.F) {
	f.Add([]byte(`{"a":[1,-2.5e3,"\u00e9",{"b":null}],"c":true}`))
	f.Add([]byte(`{"a":1,"\u0061":1}`))
	f.Add([]byte(`"\ud83d\ude00"`))
	f.Fuzz(func(t *testing.T, text []byte) {
		if CheckJSON(text) != nil {
			return
		}
		var v any
		d := json.NewDecoder(bytes.NewReader(text))
		d.UseNumber() // a number may have any size (RFC 8259 §6); float64 has not
		if err := d.Decode(&v); err != nil || !json.Valid(text) {
			t.Fatalf("accepted, but not JSON: %v", err)
		}
		o, err := ParseObject(text)
		m, isObject := v.(map[string]any)
		if (err == nil) != isObject {
			t.Fatalf("ParseObject: %v, but it is %T", err, v)
		}
		if len(o) != len(m) {
			t.Fatalf("%d members, want %d", len(o), len(m))
		}
		for _, member := range o {
			if _, ok := m[member.Name]; !ok {
				t.Fatalf("member %q is not there", member.Name)
			}
		}
	})
}
