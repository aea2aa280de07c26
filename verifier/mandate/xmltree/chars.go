package xmltree

import (
	"fmt"
	"strings"
	"unicode/utf8"
)

const byteOrderMark = "\ufeff"

// decode checks that the bytes are UTF-8 and every character one of XML (§2.2), and ends lines as XML does (§2.11).
func decode(data []byte) (string, error) {
	if !utf8.Valid(data) {
		return "", ErrEncoding
	}
	text := strings.TrimPrefix(string(data), byteOrderMark)
	for i, r := range text {
		if !isChar(r) {
			return "", fmt.Errorf("byte %d: no character of XML", i)
		}
	}
	if strings.Contains(text, "\r") {
		text = strings.ReplaceAll(strings.ReplaceAll(text, "\r\n", "\n"), "\r", "\n")
	}
	return text, nil
}

func isChar(r rune) bool {
	return r >= ' ' && r <= 0xD7FF || r == '\t' || r == '\n' || r == '\r' || r >= 0xE000 && r <= 0xFFFD ||
		r >= 0x10000 && r <= 0x10FFFF
}

func isSpace(b byte) bool { return b == ' ' || b == '\t' || b == '\n' || b == '\r' }

// nameStart are the ranges of characters that begin a name (§2.3), without the colon.
var nameStart = [...][2]rune{
	{'A', 'Z'}, {'_', '_'}, {'a', 'z'}, {0xC0, 0xD6}, {0xD8, 0xF6}, {0xF8, 0x2FF}, {0x370, 0x37D}, {0x37F, 0x1FFF},
	{0x200C, 0x200D}, {0x2070, 0x218F}, {0x2C00, 0x2FEF}, {0x3001, 0xD7FF}, {0xF900, 0xFDCF}, {0xFDF0, 0xFFFD},
	{0x10000, 0xEFFFF},
}

// nameMore are those that may follow besides.
var nameMore = [...][2]rune{{'-', '.'}, {'0', '9'}, {0xB7, 0xB7}, {0x300, 0x36F}, {0x203F, 0x2040}}

func isNameStart(r rune) bool { return within(r, nameStart[:]) }

func isNameChar(r rune) bool { return within(r, nameStart[:]) || within(r, nameMore[:]) }

func within(r rune, ranges [][2]rune) bool {
	for _, x := range ranges {
		if r >= x[0] && r <= x[1] {
			return true
		}
	}
	return false
}
