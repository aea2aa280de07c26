package policy

import (
	"bytes"
	"strconv"
	"strings"
	"time"

	"vratar/verifier"
	"vratar/verifier/jose"
)

// judgeAge prefers what the issuer says outright (age_over_NN) to the birth date, which a document that
// discloses little does not have.
func judgeAge(c *verifier.Credential, years int, at time.Time) verifier.Reason {
	if reason := judgeAgeClaims(c.Claims, years); reason != verifier.ReasonAgeNotProvable {
		return reason
	}
	return judgeBirthDate(c.Holder.BirthDate, years, at)
}

const (
	ageOver        = "age_over_"
	ageEqualOrOver = "age_equal_or_over"
)

// judgeAgeClaims looks for age_over_NN (ISO/IEC 18013-5 §7.2.5) in the claims and the objects directly in
// them, such as a name space or a document, and for age_equal_or_over {"NN"}, which is how the EU's person
// identification data says the same in an SD-JWT. Over a greater age proves a lesser one; not over a lesser age
// disproves a greater one, whatever else is said: a contradiction admits nobody.
func judgeAgeClaims(claims []byte, years int) verifier.Reason {
	if !bytes.Contains(claims, []byte(ageOver)) && !bytes.Contains(claims, []byte(ageEqualOrOver)) {
		return verifier.ReasonAgeNotProvable
	}
	o, err := jose.ParseObject(claims)
	if err != nil {
		return verifier.ReasonAgeNotProvable
	}
	members := o
	for _, m := range o {
		inner, err := jose.ParseObject(m.Value)
		if err != nil {
			continue
		}
		if m.Name == ageEqualOrOver {
			for i := range inner {
				inner[i].Name = ageOver + inner[i].Name
			}
		}
		members = append(members, inner...)
	}
	verdict := verifier.ReasonAgeNotProvable
	for _, m := range members {
		switch judgeAgeMember(m, years) {
		case verifier.ReasonAgeBelow:
			return verifier.ReasonAgeBelow
		case verifier.ReasonOK:
			verdict = verifier.ReasonOK
		}
	}
	return verdict
}

func judgeAgeMember(m jose.Member, years int) verifier.Reason {
	digits, ok := strings.CutPrefix(m.Name, ageOver)
	n, err := strconv.ParseUint(digits, 10, 8)
	switch {
	case !ok || err != nil:
	case string(m.Value) == "false" && int(n) <= years:
		return verifier.ReasonAgeBelow
	case string(m.Value) == "true" && int(n) >= years:
		return verifier.ReasonOK
	}
	return verifier.ReasonAgeNotProvable
}

// judgeBirthDate gives a date whose day or month is not stated the benefit of neither side: only what is
// certain counts. An age is reached at the start of the birthday, by the calendar of at's time zone; whoever
// was born on 29 February waits for 1 March.
func judgeBirthDate(birth string, years int, at time.Time) verifier.Reason {
	earliest, latest, ok := span(birth)
	today := civil(at)
	switch {
	case !ok:
		return verifier.ReasonAgeNotProvable
	case !today.Before(latest.AddDate(years, 0, 0)):
		return verifier.ReasonOK
	case today.Before(earliest.AddDate(years, 0, 0)):
		return verifier.ReasonAgeBelow
	}
	return verifier.ReasonAgeNotProvable
}

func civil(t time.Time) time.Time {
	return time.Date(t.Year(), t.Month(), t.Day(), 0, 0, 0, 0, time.UTC)
}

// span is the first and the last day that a full or partial date may mean.
func span(birth string) (earliest, latest time.Time, ok bool) {
	if t, err := time.Parse(time.DateOnly, birth); err == nil {
		return t, t, true
	}
	if t, err := time.Parse("2006-01", birth); err == nil {
		return t, t.AddDate(0, 1, -1), true
	}
	if t, err := time.Parse("2006", birth); err == nil {
		return t, t.AddDate(1, 0, -1), true
	}
	return time.Time{}, time.Time{}, false
}
