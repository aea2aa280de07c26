package access

// isINN reports whether s is a person's tax number (ИНН): twelve digits, the last two of which check the others.
func isINN(s string) bool {
	if !isDigits(s, 12) {
		return false
	}
	weights := [...]int{3, 7, 2, 4, 10, 3, 5, 9, 4, 6, 8}
	check := func(weights []int) byte {
		sum := 0
		for i, w := range weights {
			sum += w * int(s[i]-'0')
		}
		return '0' + byte(sum%11%10)
	}
	return s[10] == check(weights[1:]) && s[11] == check(weights[:])
}

// isSNILS reports whether s is an insurance number (СНИЛС): nine digits and two that check them. Numbers up to
// 001-001-998 are older than the check and carry any.
func isSNILS(s string) bool {
	if !isDigits(s, 11) {
		return false
	}
	if s[:9] <= "001001998" {
		return true
	}
	sum := 0
	for i := range 9 {
		sum += (9 - i) * int(s[i]-'0')
	}
	sum = sum % 101 % 100
	return s[9] == '0'+byte(sum/10) && s[10] == '0'+byte(sum%10)
}

func isDigits(s string, n int) bool {
	for i := range len(s) {
		if s[i] < '0' || s[i] > '9' {
			return false
		}
	}
	return len(s) == n
}

// isPhone reports whether s is an international number (ITU-T E.164): + and 8 to 15 digits.
func isPhone(s string) bool {
	return len(s) >= 9 && len(s) <= 16 && s[0] == '+' && s[1] != '0' && isDigits(s[1:], len(s)-1)
}
