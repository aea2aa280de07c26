package shc

import (
	"errors"
	"strings"
	"testing"

	"vratar/verifier/issuing"
)

func TestParts(t *testing.T) {
	jws := genuine(t)
	parts := issuing.ArmourSHCParts(jws, len(jws)/3+1)
	whole := issuing.ArmourSHC(jws)
	f := func(want string, texts ...string) {
		t.Helper()
		got, err := Join(texts...)
		if err != nil || got != want {
			t.Errorf("Join = %.40s, %v", got, err)
		}
	}
	f(whole, parts...)
	f(whole, parts[2], parts[0], parts[2], parts[1])
	f(whole, whole)
	f(whole, "shc:/1/1/"+whole[len(prefix):])
	bad := func(cause string, texts ...string) {
		t.Helper()
		if got, err := Join(texts...); err == nil || got != "" || !strings.Contains(err.Error(), cause) {
			t.Errorf("Join = %.40s, %v, want %q", got, err, cause)
		}
	}
	bad("no digits")
	bad("part 1 of 3 alone", parts[0])
	bad("one card", parts[0], parts[1], parts[0][:len(parts[0])-2], parts[2])
	bad("one card", parts[0], "shc:/2/2/00")
	bad("odd number", parts[0]+"0", parts[1], parts[2])
	bad("begin", parts[0], "")
	bad("offset 2", parts[0], "shc:/2/3/0088", parts[2])
	_, err := Format{}.Decode([]byte(parts[1]))
	var alone *PartError
	if !errors.As(err, &alone) || *alone != (PartError{2, 3}) {
		t.Errorf("one part alone: %v", err)
	}
}

// FuzzJoin: whatever Join makes of texts is one code with all their digits.
func FuzzJoin(f *testing.F) {
	f.Add("shc:/1/2/5676", "shc:/2/2/2909")
	f.Add("shc:/2/2/5676", "shc:/1/2/2909")
	f.Fuzz(func(t *testing.T, a, b string) {
		joined, err := Join(a, b)
		if err != nil {
			return
		}
		swapped, err := Join(b, a)
		if err != nil || swapped != joined {
			t.Fatalf("Join depends on the order: %q, %q", joined, swapped)
		}
		if again, err := Join(joined); err != nil || again != joined {
			t.Fatalf("Join(%q) = %q, %v", joined, again, err)
		}
	})
}
