//go:build !race

package jose

import "testing"

// Reading in place allocates nothing, however the names are written.
func TestValueDoesNotAllocate(t *testing.T) {
	text := []byte(`{"a":[1,-2.5e3,"\u00e9",{"b":null,"\u0063":1}],"c":true,"d":{"x":"y"},"1":1,"2":2,"3":3,"4":4,"5":5,"6":6,"7":7}`)
	token := []byte("eyJhbGciOiJFUzI1NiIsImtpZCI6ImsiLCJ0eXAiOiJKV1QifQ.eyJhIjoxfQ.AAAA")
	var used Token
	var out []byte
	f := func(name string, work func() error) {
		t.Helper()
		if n := testing.AllocsPerRun(100, func() {
			if err := work(); err != nil {
				t.Fatal(err)
			}
		}); n != 0 {
			t.Errorf("%s: %.0f allocations, want 0", name, n)
		}
	}
	f("Parse", func() error { _, err := Parse(text); return err })
	f("AppendCompact", func() error { out = Checked(text).AppendCompact(out[:0]); return nil })
	f("Token", func() error { return used.Parse(token) })
	certified := []byte(b64([]byte(`{"alg":"ES256","x5c":["YWJj","ZGVmZw=="]}`)) + ".e30.AAAA")
	f("Token with certificates", func() error { return used.Parse(certified) })
	point, room := mustParse(t, pointP256), make([]byte, 0, 64)
	f("ReadPoint", func() error { _, err := ReadPoint(point, room); return err })
	plain := []byte(`{"b":[1,-2.5e3,"\u00e9",{"b":null}],"a":true}`)
	f("AppendCanonical", func() (err error) { out, err = AppendCanonical(out[:0], plain); return err })
}
