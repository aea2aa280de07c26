//go:build !race

package cost

import "testing"

// bound is how many bytes no decode of a format may allocate, whatever comes. Most stay within some thirty times
// the longest payload; health cards may inflate to 64 KiB of JSON with thousands of members.
func bound(format string) int64 {
	if format == "shc" {
		return 768 << 10
	}
	return 512 << 10
}

func TestAllocBoundOfHostilePayloads(t *testing.T) {
	cases, err := Hostile()
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range cases {
		n, most := Cold(c), bound(c.Format.Name())
		for range 2 { // the runtime allocates now and then for itself
			if n > most {
				n = min(n, Cold(c))
			}
		}
		if n > most {
			t.Errorf("%s, %s: %d bytes for a payload of %d, want at most %d", c.Format.Name(), c.Name, n, len(c.Payload), most)
		}
	}
}
