package emchd

import "strings"

// Weights of the digits before the check digit (приказ ФНС ЕД-7-14/559@, приложение 1).
var (
	weights10 = []int{2, 4, 10, 3, 5, 9, 4, 6, 8}
	weights11 = []int{7, 2, 4, 10, 3, 5, 9, 4, 6, 8}
	weights12 = []int{3, 7, 2, 4, 10, 3, 5, 9, 4, 6, 8}
)

// organisationNumber accepts ИНН of an organisation.
func organisationNumber(s string) string {
	if len(s) != 10 || !areDigits(s) || strings.HasPrefix(s, "00") {
		return wrongForm
	}
	return checked(weighted(s, weights10) == s[9])
}

// personNumber accepts ИНН of a person.
func personNumber(s string) string {
	if len(s) != 12 || !areDigits(s) || strings.HasPrefix(s, "00") {
		return wrongForm
	}
	return checked(weighted(s, weights11) == s[10] && weighted(s, weights12) == s[11])
}

func checked(right bool) string {
	if !right {
		return wrongDigit
	}
	return ""
}

func weighted(s string, weights []int) byte {
	sum := 0
	for i, w := range weights {
		sum += w * int(s[i]-'0')
	}
	return byte('0' + sum%11%10)
}

// stateNumber accepts ОГРН (13 digits) or ОГРНИП (15): the last digit is the rest of those before it, divided by two
// less than their count, to its last digit.
func stateNumber(n int) value {
	return func(s string) string {
		if len(s) != n || !areDigits(s) {
			return wrongForm
		}
		rest := 0
		for i := range n - 1 {
			rest = (rest*10 + int(s[i]-'0')) % (n - 2)
		}
		return checked(byte('0'+rest%10) == s[n-1])
	}
}

// insuranceNumber accepts СНИЛС, with its check number, which those up to 001-001-998 do not have.
func insuranceNumber(s string) string {
	if shaped("000-000-000-00")(s) != "" && shaped("000-000-000 00")(s) != "" {
		return wrongForm
	}
	d := s[:3] + s[4:7] + s[8:11] + s[12:]
	if d[:9] <= "001001998" {
		return ""
	}
	sum := 0
	for i := range 9 {
		sum += (9 - i) * int(d[i]-'0')
	}
	sum = sum % 101 % 100
	return checked(sum == int(d[9]-'0')*10+int(d[10]-'0'))
}
