package jose

import (
	"strings"
	"testing"
)

func TestCanonical(t *testing.T) {
	f := func(text, want string) {
		t.Helper()
		got, err := AppendCanonical([]byte("x"), []byte(text))
		if err != nil || string(got) != "x"+want {
			t.Errorf("%s becomes %s (%v), want %s", text, got, err, want)
		}
	}
	// RFC 8785 §3.2.2 and §3.2.3.
	f(`{
  "numbers": [333333333.33333329, 1E30, 4.50, 2e-3, 0.000000000000000000000000001],
  "string": "\u20ac$\u000F\u000aA'\u0042\u0022\u005c\\\"\/",
  "literals": [null, true, false]
}`, `{"literals":[null,true,false],"numbers":[333333333.3333333,1e+30,4.5,0.002,1e-27],"string":"€$\u000f\nA'B\"\\\\\"/"}`)
	f(`{"\u20ac": "Euro Sign", "\r": "Carriage Return", "\ufb33": "Hebrew Letter Dalet With Dagesh", "1": "One",
  "\ud83d\ude00": "Emoji: Grinning Face", "\u0080": "Control", "\u00f6": "Latin Small Letter O With Diaeresis"}`,
		`{"\r":"Carriage Return","1":"One","`+"\u0080"+`":"Control","ö":"Latin Small Letter O With Diaeresis","€":"Euro Sign",`+
			`"😀":"Emoji: Grinning Face","`+"\ufb33"+`":"Hebrew Letter Dalet With Dagesh"}`)
	f(" [ ] ", "[]")
	f("{}", "{}")
	f(`{"b":{"z":[{"y":1,"x":2}],"a":""},"a":[[]]}`, `{"a":[[]],"b":{"a":"","z":[{"x":2,"y":1}]}}`)
	f(`"\u0008\u0009\u000a\u000c\u000d\u000b\u001f\u007f\u2028"`, `"\b\t\n\f\r\u000b\u001f`+"\u007f\u2028"+`"`)
	// RFC 8785 appendix B.
	for text, want := range map[string]string{
		"0": "0", "-0": "0", "-0.0e9": "0", "5e-324": "5e-324", "-5e-324": "-5e-324",
		"1.7976931348623157e308": "1.7976931348623157e+308", "-1.7976931348623157e308": "-1.7976931348623157e+308",
		"9007199254740992": "9007199254740992", "-9007199254740992": "-9007199254740992",
		"295147905179352830000": "295147905179352830000", "9.999999999999997e22": "9.999999999999997e+22", "1e23": "1e+23",
		"1.0000000000000001e23": "1.0000000000000001e+23", "999999999999999700000": "999999999999999700000",
		"999999999999999900000": "999999999999999900000", "1e21": "1e+21", "9.999999999999997e-7": "9.999999999999997e-7",
		"0.000001": "0.000001", "333333333.3333332": "333333333.3333332", "333333333.33333325": "333333333.33333325",
		"333333333.3333333": "333333333.3333333", "333333333.3333334": "333333333.3333334", "-0.0000033333333333333333": "-0.0000033333333333333333",
		"1424953923781206.2": "1424953923781206.2", "1e-7": "1e-7", "1e-10": "1e-10", "1e100": "1e+100",
	} {
		f(text, want)
	}
}

func TestNotCanonicalisable(t *testing.T) {
	for _, text := range []string{"", " ", "{", `{"a":1,"a":2}`, `{"a":1,"\u0061":2}`, "1e400", "-1e400", `{"a":[1e999]}`, `"\ud800"`, "01", "NaN",
		"1 2", "\ufeff1", "\"\xff\"", "[1,]", strings.Repeat("[", 40) + strings.Repeat("]", 40)} {
		if got, err := AppendCanonical([]byte("x"), []byte(text)); err == nil || string(got) != "x" {
			t.Errorf("%q becomes %q", text, got)
		}
	}
}

// The canonical form of a canonical form is itself, and it is JSON.
func FuzzCanonical(f *testing.F) {
	f.Add([]byte(`{"b":[1e30,-0,0.1,"\u20ac\n"],"a":{"\ud83d\ude00":null,"\ufb33":true}}`))
	f.Add([]byte(`[1e-7,123456789012345678901234567890]`))
	f.Fuzz(func(t *testing.T, text []byte) {
		once, err := AppendCanonical(nil, text)
		if err != nil {
			return
		}
		if err := CheckJSON(text); err != nil {
			t.Fatalf("%q is no JSON: %v", text, err)
		}
		twice, err := AppendCanonical(nil, once)
		if err != nil || string(twice) != string(once) {
			t.Fatalf("%q, then %q (%v)", once, twice, err)
		}
	})
}
