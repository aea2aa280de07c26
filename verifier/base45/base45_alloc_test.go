//go:build !race

package base45

import "testing"

func TestDecodeDoesNotAllocate(t *testing.T) {
	text := Append(nil, make([]byte, 400))
	buf := make([]byte, 0, 400)
	if n := testing.AllocsPerRun(100, func() { buf, _ = AppendDecode(buf[:0], text) }); n != 0 {
		t.Fatalf("AppendDecode allocates %.0f times, want 0", n)
	}
}
