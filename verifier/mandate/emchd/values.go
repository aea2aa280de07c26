package emchd

import (
	"slices"
	"strings"
	"time"
	"unicode/utf8"
)

// value says what is wrong with a text, or nothing.
type value func(string) string

const (
	wrongForm   = "a value of another form"
	wrongLength = "a value of another length"
	wrongDigit  = "a number with a wrong check digit"
)

// text accepts so many characters, of whatever kind.
func text(least, most int) value {
	return func(s string) string {
		if n := utf8.RuneCountInString(s); n < least || n > most {
			return wrongLength
		}
		return ""
	}
}

func length(n int) value { return text(n, n) }

// oneOf accepts the words of an enumeration.
func oneOf(words ...string) value {
	return func(s string) string {
		if !slices.Contains(words, s) {
			return wrongForm
		}
		return ""
	}
}

func areDigits(s string) bool {
	for i := range len(s) {
		if s[i] < '0' || s[i] > '9' {
			return false
		}
	}
	return true
}

// digits accepts exactly so many digits.
func digits(n int) value {
	return func(s string) string {
		if len(s) != n || !areDigits(s) {
			return wrongForm
		}
		return ""
	}
}

// shaped accepts what matches a pattern character by character: 0 a digit, f a hexadecimal digit, A a digit or capital
// letter, anything else itself.
func shaped(pattern string) value {
	return func(s string) string {
		if len(s) != len(pattern) {
			return wrongForm
		}
		for i := range len(pattern) {
			if !fits(s[i], pattern[i]) {
				return wrongForm
			}
		}
		return ""
	}
}

func fits(c, p byte) bool {
	digit := c >= '0' && c <= '9'
	switch p {
	case '0':
		return digit
	case 'f':
		return digit || c >= 'a' && c <= 'f' || c >= 'A' && c <= 'F'
	case 'A':
		return digit || c >= 'A' && c <= 'Z'
	}
	return c == p
}

var (
	flag = oneOf("0", "1")
	guid = shaped("ffffffff-ffff-ffff-ffff-ffffffffffff")
)

// taxOffice accepts КПП: 9 characters that do not begin with 00.
func taxOffice(s string) string {
	if strings.HasPrefix(s, "00") {
		return wrongForm
	}
	return shaped("0000AA000")(s)
}

// Day reads xs:date as days since 1 January 1970. A time zone may follow, as the type has it, and is left aside: a
// mandate's days are calendar days. Years beyond four digits are refused.
func Day(s string) (int32, bool) {
	s = collapse(s)
	if len(s) < len(time.DateOnly) {
		return 0, false
	}
	t, err := time.Parse(time.DateOnly, s[:len(time.DateOnly)])
	if err != nil || t.Year() == 0 || !isZone(s[len(time.DateOnly):]) {
		return 0, false
	}
	return int32(t.Unix() / (24 * 60 * 60)), true
}

func isZone(s string) bool {
	if s == "" || s == "Z" {
		return true
	}
	if len(s) != len("+00:00") || s[0] != '+' && s[0] != '-' || s[3] != ':' || !areDigits(s[1:3]) || !areDigits(s[4:]) {
		return false
	}
	return s[1:] <= "13:59" && s[4] < '6' || s[1:] == "14:00"
}

// collapse takes away the white space that types other than strings may have around them.
func collapse(s string) string { return strings.Trim(s, " \t\r\n") }

func date(s string) string {
	if _, ok := Day(s); !ok {
		return wrongForm
	}
	return ""
}

// dateOfCentury is a date from 1900 to 2100.
func dateOfCentury(s string) string {
	if day, ok := Day(s); !ok || day < -25567 || day > 47846 {
		return wrongForm
	}
	return ""
}

// integer accepts xs:integer of at most so many digits, leading zeros apart: from 1 if least is 1, any if it is 0.
func integer(least, most int) value {
	return func(s string) string {
		s = collapse(s)
		if s != "" && (s[0] == '+' || s[0] == '-' && least == 0) {
			s = s[1:]
		}
		significant := strings.TrimLeft(s, "0")
		if s == "" || !areDigits(s) || len(significant) > most || len(significant) < least {
			return wrongForm
		}
		return ""
	}
}

// money accepts xs:decimal with 10 digits, 2 of them behind the point.
func money(s string) string {
	if s = collapse(s); s != "" && (s[0] == '+' || s[0] == '-') {
		s = s[1:]
	}
	whole, cents, _ := strings.Cut(s, ".")
	if whole+cents == "" || !areDigits(whole) || !areDigits(cents) {
		return wrongForm
	}
	whole, cents = strings.TrimLeft(whole, "0"), strings.TrimRight(cents, "0")
	if len(cents) > 2 || len(whole)+len(cents) > 10 {
		return wrongForm
	}
	return ""
}
