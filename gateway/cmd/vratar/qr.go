package main

import (
	"bytes"
	"fmt"
	"image"
	"image/color"
	"image/png"

	"github.com/boombuler/barcode"
	"github.com/boombuler/barcode/qr"
)

// quiet is the width of the light border in modules (ISO/IEC 18004 §6.3.8); readers need it.
const quiet = 4

// denseFrom is the length from which a symbol takes error correction M instead of Q: a camera loses more by
// smaller modules than it gains by the repair of more of them.
const denseFrom = 300

// symbol is a QR code as a square of modules with its quiet zone.
type symbol struct {
	size int
	code barcode.Barcode
}

// encodeQR draws text. Capitals, digits and the other letters of base45 take 5.5 bits each instead of 8.
func encodeQR(text string) (symbol, error) {
	level := qr.Q
	if len(text) > denseFrom {
		level = qr.M
	}
	code, err := qr.Encode(text, level, qr.Auto)
	if err != nil {
		return symbol{}, fmt.Errorf("a QR code cannot hold these %d characters: %w", len(text), err)
	}
	return symbol{code.Bounds().Dx() + 2*quiet, code}, nil
}

func (s symbol) dark(x, y int) bool {
	x, y = x-quiet, y-quiet
	if !(image.Point{x, y}.In(s.code.Bounds())) {
		return false
	}
	r, _, _, _ := s.code.At(x, y).RGBA()
	return r == 0
}

// png draws each module as a square of 8 pixels.
func (s symbol) png() ([]byte, error) {
	const scale = 8
	img := image.NewPaletted(image.Rect(0, 0, s.size*scale, s.size*scale), color.Palette{color.White, color.Black})
	for y := range s.size * scale {
		for x := range s.size * scale {
			if s.dark(x/scale, y/scale) {
				img.SetColorIndex(x, y, 1)
			}
		}
	}
	var out bytes.Buffer
	err := png.Encode(&out, img)
	return out.Bytes(), err
}

// svg draws each horizontal run of dark modules as one rectangle of a single path.
func (s symbol) svg() []byte {
	out := fmt.Appendf(nil, `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 %d %d" shape-rendering="crispEdges">`+
		`<path fill="#fff" d="M0 0h%dv%dH0z"/><path d="`, s.size, s.size, s.size, s.size)
	for y := range s.size {
		for x := 0; x < s.size; x++ {
			start := x
			for s.dark(x, y) {
				x++
			}
			if x > start {
				out = fmt.Appendf(out, "M%d %dh%dv1h-%dz", start, y, x-start, x-start)
			}
		}
	}
	return append(out, "\"/></svg>\n"...)
}

// terminal draws two rows of modules in each line of text, in colours of its own: a reader needs dark modules
// on a light ground also in a dark terminal.
func (s symbol) terminal() []byte {
	var out []byte
	for y := 0; y < s.size; y += 2 {
		out = append(out, "\x1b[97;40m"...) // light on dark, so a full block is a light module
		for x := range s.size {
			switch upper, lower := s.dark(x, y), s.dark(x, y+1) || y+1 == s.size; {
			case upper && lower:
				out = append(out, ' ')
			case upper:
				out = append(out, "▄"...)
			case lower:
				out = append(out, "▀"...)
			default:
				out = append(out, "█"...)
			}
		}
		out = append(out, "\x1b[0m\n"...)
	}
	return out
}
