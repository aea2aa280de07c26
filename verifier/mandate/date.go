package mandate

import (
	"errors"
	"time"
)

// Date is a calendar day, counted from 1 January 1970. A mandate's days are days of Moscow.
type Date int32

// moscow is three hours ahead of UTC all year since 2014, and it is Moscow's present time that registries and law
// count in, so no table of time zones is needed.
const moscow = 3 * 60 * 60

const day = 24 * 60 * 60

// DateAt is the day in Moscow at t.
func DateAt(t time.Time) Date {
	s := t.Unix() + moscow
	if s < 0 {
		s -= day - 1
	}
	return Date(s / day)
}

// Start is the first moment of the day; the day ends before Start of the next.
func (d Date) Start() time.Time { return time.Unix(int64(d)*day-moscow, 0).UTC() }

// End is the last second of the day: a term that ends with the day includes it.
func (d Date) End() time.Time { return (d + 1).Start().Add(-time.Second) }

// String is the day as in xs:date.
func (d Date) String() string { return time.Unix(int64(d)*day, 0).UTC().Format(time.DateOnly) }

// MarshalText writes the day as in xs:date.
func (d Date) MarshalText() ([]byte, error) { return []byte(d.String()), nil }

// UnmarshalText reads what MarshalText wrote.
func (d *Date) UnmarshalText(b []byte) error {
	t, err := time.Parse(time.DateOnly, string(b))
	if err != nil {
		return errors.New("mandate: no calendar day")
	}
	*d = Date(t.Unix() / day)
	return nil
}
