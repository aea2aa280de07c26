//go:build !race

package access

import "testing"

// Every request is asked about.
func TestAuthenticateAllocatesNothing(t *testing.T) {
	d := open(t, Options{})
	c := Credentials{Cookie: begin(t, d, Beginning{Account: anna(t, d)})}
	p := Presented{Cookie: []byte(c.Cookie)}
	if n := testing.AllocsPerRun(100, func() { _, _ = d.Authenticate(c), d.Recognise(p) }); n != 0 {
		t.Errorf("%.0f allocations", n)
	}
}
