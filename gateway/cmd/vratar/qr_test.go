package main

import (
	"bytes"
	"fmt"
	"image/png"
	"strings"
	"testing"
)

// The three drawings must show the same modules, with a quiet zone around them.
func TestDrawingsAgree(t *testing.T) {
	s, err := encodeQR("VR1:ABC 123")
	if err != nil {
		t.Fatal(err)
	}
	if s.size != 21+2*quiet {
		t.Fatalf("%d modules wide, want version 1 with its quiet zone", s.size)
	}
	picture, err := s.png()
	if err != nil {
		t.Fatal(err)
	}
	img, err := png.Decode(bytes.NewReader(picture))
	if err != nil {
		t.Fatal(err)
	}
	terminal := strings.Split(strings.NewReplacer("\x1b[97;40m", "", "\x1b[0m", "").Replace(string(s.terminal())), "\n")
	dark := 0
	for y := range s.size {
		row := []rune(terminal[y/2])
		for x := range s.size {
			want := s.dark(x, y)
			if want {
				dark++
			}
			if r, _, _, _ := img.At(8*x+4, 8*y+4).RGBA(); (r == 0) != want {
				t.Fatalf("png differs at %d,%d", x, y)
			}
			light := row[x] == '█' || (row[x] == '▀' && y%2 == 0) || (row[x] == '▄' && y%2 == 1)
			if light == want {
				t.Fatalf("terminal differs at %d,%d: %q", x, y, row[x])
			}
			if edge := min(x, y, s.size-1-x, s.size-1-y); edge < quiet && want {
				t.Fatalf("dark module in the quiet zone at %d,%d", x, y)
			}
		}
	}
	if dark < 21*21/3 {
		t.Errorf("only %d dark modules", dark)
	}
	testFinder(t, s)
	testSVG(t, s, dark)
}

// testFinder looks for the finder pattern in the upper left corner.
func testFinder(t *testing.T, s symbol) {
	t.Helper()
	for i, want := range []bool{true, true, true, true, true, true, true, false} {
		if s.dark(quiet+i, quiet) != want || s.dark(quiet, quiet+i) != want {
			t.Errorf("finder pattern broken at %d", i)
		}
	}
}

func testSVG(t *testing.T, s symbol, dark int) {
	t.Helper()
	_, path, _ := strings.Cut(string(s.svg()), `<path d="`)
	path, _, _ = strings.Cut(path, `"`)
	area := 0
	for run := range strings.SplitSeq(strings.TrimSuffix(path, "z"), "z") {
		var x, y, w, back int
		if n, err := fmt.Sscanf(run, "M%d %dh%dv1h-%d", &x, &y, &w, &back); n != 4 || w != back {
			t.Fatalf("run %q: %v", run, err)
		}
		for i := range w {
			if !s.dark(x+i, y) {
				t.Fatalf("svg is dark at %d,%d", x+i, y)
			}
		}
		area += w
	}
	if area != dark {
		t.Errorf("svg has %d dark modules, want %d", area, dark)
	}
}

func TestTooLongForAQRCode(t *testing.T) {
	if _, err := encodeQR(strings.Repeat("A", 5000)); err == nil {
		t.Error("5000 characters fit")
	}
}
