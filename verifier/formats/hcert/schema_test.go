package hcert

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"
	"time"

	"vratar/verifier/cbor"
)

// object is a JSON-like map for tests; a nil member is left out.
type object map[string]any

func (o object) with(name string, value any) object {
	c := maps.Clone(o)
	c[name] = value
	return c
}

func encode(dst []byte, v any) []byte {
	switch v := v.(type) {
	case string:
		return cbor.AppendText(dst, v)
	case int:
		return cbor.AppendInt(dst, int64(v))
	case []any:
		dst = cbor.AppendArrayHead(dst, len(v))
		for _, e := range v {
			dst = encode(dst, e)
		}
		return dst
	case object:
		names := slices.Sorted(maps.Keys(v))
		names = slices.DeleteFunc(names, func(n string) bool { return v[n] == nil })
		dst = cbor.AppendMapHead(dst, len(names))
		for _, n := range names {
			dst = encode(cbor.AppendText(dst, n), v[n])
		}
		return dst
	case cbor.Item:
		return append(dst, v.Raw()...)
	}
	return cbor.AppendNull(dst)
}

func null(t *testing.T) cbor.Item {
	t.Helper()
	i, err := cbor.Parse(cbor.AppendNull(nil))
	if err != nil {
		t.Fatal(err)
	}
	return i
}

var (
	name        = object{"fn": "Čapek", "fnt": "CAPEK", "gn": "Jan", "gnt": "JAN"}
	vaccination = object{"tg": "840539006", "vp": "1119349007", "mp": "EU/1/20/1528", "ma": "ORG-100030215", "dn": 2, "sd": 2,
		"dt": "2021-02-18", "co": "AT", "is": "Ministry", "ci": "URN:UVCI:01:AT:X#B"}
	test = object{"tg": "840539006", "tt": "LP217198-3", "ma": "1232", "sc": "2021-02-20T12:34:56+01:00", "tr": "260415000",
		"tc": "Centre", "co": "AT", "is": "Ministry", "ci": "URN:UVCI:01:AT:Y#B"}
	recovery = object{"tg": "840539006", "fr": "2021-02-20", "df": "2021-04-04", "du": "2021-10-04", "co": "AT",
		"is": "Ministry", "ci": "URN:UVCI:01:AT:Z#B"}
)

func certificate(member string, entries ...any) object {
	return object{"ver": "1.3.0", "nam": name, "dob": "1998-02-26", member: entries}
}

func fault(t *testing.T, o object) string {
	t.Helper()
	i, err := cbor.Parse(encode(nil, o))
	if err != nil {
		t.Fatal(err)
	}
	members := open(i)
	if err := checkSchema(&members, time.Date(2021, 5, 1, 0, 0, 0, 0, time.UTC)); err != nil {
		return err.Error()
	}
	return ""
}

func TestSchemaKept(t *testing.T) {
	f := func(o object) {
		t.Helper()
		if got := fault(t, o); got != "" {
			t.Fatalf("%s in %v", got, o)
		}
	}
	v := certificate("v", vaccination)
	f(v)
	f(certificate("t", test))
	f(certificate("r", recovery))
	for _, dob := range []string{"", "1964", "1964-01", "1964-00", "1964-08-12", "1964-08-12T00:00:00"} {
		f(v.with("dob", dob))
	}
	for _, day := range []string{"2021-02-18T09:30:00", "2021-02-18T09:30:00Z", "2021-02-18T09:30:00.5+02:00"} {
		f(certificate("v", vaccination.with("dt", day)))
	}
	for _, co := range []string{"", "XK", "UNHCR"} {
		f(certificate("v", vaccination.with("co", co)))
	}
	for _, ma := range []any{nil, "", "N/A", "344"} {
		f(certificate("t", test.with("ma", ma)))
	}
	f(v.with("nam", object{"fnt": ""}))
	f(v.with("t", []any{}).with("r", null(t)))
	f(certificate("v", vaccination, vaccination).with("ver", "1.2.1"))
	f(certificate("t", test.with("dr", "2021-02-20T14:00:00Z").with("nm", "Name")))
	f(certificate("v", vaccination.with("future", 1)).with("more", "x"))
}

func TestSchemaBroken(t *testing.T) {
	f := func(want string, o object) {
		t.Helper()
		if got := fault(t, o); !strings.HasPrefix(got, "hcert: schema: "+want) {
			t.Fatalf("%q, want %q in %v", got, want, o)
		}
	}
	v := certificate("v", vaccination)
	f("ver is missing", object{})
	for _, ver := range []any{"", "1.3", "1.3.0.0", "1.3.x", "1..0", 1} {
		f("ver is not of the required form", v.with("ver", ver))
	}
	f("nam.fnt is missing", v.with("nam", nil))
	f("nam.fnt is missing", v.with("nam", object{"fn": "A"}))
	f("nam.fnt is not of the required form", v.with("nam", name.with("fnt", "Capek")))
	f("nam.gnt is not of the required form", v.with("nam", name.with("gnt", "J1")))
	f("nam.gn holds what is no part of a name", v.with("nam", name.with("gn", "😀")))
	f("nam.fn holds what is no part of a name", v.with("nam", name.with("fn", "a\x00b")))
	f("nam.fn has more than 80 characters", v.with("nam", name.with("fn", strings.Repeat("Č", 81))))
	f("nam.fn is not a text", v.with("nam", name.with("fn", 7)))
	f("dob is missing", v.with("dob", nil))
	for _, dob := range []string{"1815-08-24", "64", "1964-1", "1964/01", "1964-01-011", "x964", "19x4", "1964-08T", "2100"} {
		f("dob is not of the required form", v.with("dob", dob))
	}
	f("born after", v.with("dob", "2023-01-01"))
	f("not exactly one of v, t, r", v.with("v", nil))
	f("not exactly one of v, t, r", v.with("v", []any{}))
	f("not exactly one of v, t, r", v.with("t", []any{test}))
	f("not exactly one entry", certificate("v", vaccination, vaccination))
	f("not exactly one entry", v.with("v", vaccination))
	f("not exactly one entry", v.with("v", "x").with("ver", "1.0.0"))
	f("v.tg is missing", certificate("v", "x"))
	for m := range vaccination {
		f("v."+m+" is missing", certificate("v", vaccination.with(m, nil)))
	}
	for m := range test {
		if m != "ma" {
			f("t."+m+" is missing", certificate("t", test.with(m, nil)))
		}
	}
	for m := range recovery {
		f("r."+m+" is missing", certificate("r", recovery.with(m, nil)))
	}
	f("v.co is no country", certificate("v", vaccination.with("co", "XY")))
	f("v.co is no country", certificate("v", vaccination.with("co", "at")))
	f("v.co is no country", certificate("v", vaccination.with("co", "A")))
	f("v.co is not a text", certificate("v", vaccination.with("co", 1)))
	f("v.ma is not in the value set", certificate("v", vaccination.with("ma", "ORG-99999999")))
	f("v.dn is not a count", certificate("v", vaccination.with("dn", -1)))
	f("v.sd is not a count", certificate("v", vaccination.with("sd", "2")))
	for _, day := range []any{"2021-02-30", "2021-02", "18.02.2021", "2021-02-18T", "2021-02-18T25:00:00", 20210218} {
		f("v.dt is not a date", certificate("v", vaccination.with("dt", day)))
	}
	f("t.ma is not in the value set", certificate("t", test.with("ma", "9999")))
	f("t.sc is not a date", certificate("t", test.with("sc", "2021-02-20")))
	f("t.sc is not a date", certificate("t", test.with("sc", "2021-02-20T12:34:56")))
	f("r.du is not a date", certificate("r", recovery.with("du", "")))
	f("v.ci has more than 80 characters", certificate("v", vaccination.with("ci", strings.Repeat("x", 81))))
}

// Names in the error, never values: it goes to the log.
func TestFaultsTellNoValues(t *testing.T) {
	got := fault(t, certificate("v", vaccination.with("co", "SECRET1")))
	if got == "" || strings.Contains(got, "SECRET1") {
		t.Fatalf("fault = %q", got)
	}
}

// Tag 0 around a date is as good as none.
func TestTaggedDates(t *testing.T) {
	tagged, err := cbor.Parse(cbor.AppendText(cbor.AppendTag(nil, 1004), "2021-02-18"))
	if err != nil {
		t.Fatal(err)
	}
	if got := fault(t, certificate("v", vaccination.with("dt", tagged)).with("dob", tagged)); got != "" {
		t.Fatal(got)
	}
}

// isDay says what time.Parse says.
func TestIsDay(t *testing.T) {
	f := func(s string) {
		t.Helper()
		_, err := time.Parse(time.DateOnly, s)
		if isDay([]byte(s)) != (err == nil) {
			t.Errorf("%q: a day: %t, the library: %v", s, isDay([]byte(s)), err)
		}
	}
	for year := 1895; year < 2105; year++ {
		for month := range 14 {
			for day := range 33 {
				f(fmt.Sprintf("%04d-%02d-%02d", year, month, day))
			}
		}
	}
	for _, s := range []string{"", "2021-02-3", "2021-2-03", "2021-02-030", "2021/02/03", "20 1-02-03", "2021-0a-03", "0000-01-01", "9999-12-31", "-001-01-01", "2021-02-+3"} {
		f(s)
	}
}
