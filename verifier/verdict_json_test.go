package verifier

import (
	"math/rand/v2"
	"testing"
	"time"
)

// Times are written as the standard library writes them, and not at all where RFC 3339 has no way to.
func TestAppendTime(t *testing.T) {
	f := func(at time.Time) {
		t.Helper()
		want := at.UTC().AppendFormat([]byte(`at":"`), time.RFC3339)
		want = append(want, '"')
		if y := at.UTC().Year(); at.IsZero() || y < 0 || y > 9999 {
			want = nil
		}
		if got := appendTime(nil, `at":"`, at); string(got) != string(want) {
			t.Errorf("%v: %s, want %s", at, got, want)
		}
	}
	f(time.Time{})
	f(time.Time{}.Add(time.Second))
	f(time.Date(0, 1, 1, 0, 0, 0, 0, time.UTC))
	f(time.Date(-1, 12, 31, 23, 59, 59, 0, time.UTC))
	f(time.Date(9999, 12, 31, 23, 59, 59, 999_999_999, time.UTC))
	f(time.Date(9999, 12, 31, 23, 59, 59, 0, time.FixedZone("", -3600)))
	f(time.Date(2026, 2, 28, 23, 59, 59, 0, time.FixedZone("", 5*3600)))
	for range 1000 {
		f(time.Unix(rand.Int64N(300_000_000_000)-100_000_000_000, rand.Int64N(1e9)))
	}
}
