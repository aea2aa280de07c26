package admission

import (
	"fmt"
	"testing"

	"vratar/cache/ledger"
	"vratar/verifier"
)

// Every combination of direction, standing and rule, as a doorman would tell it.
func TestNextTruthTable(t *testing.T) {
	const (
		stranger = "stranger" // never admitted here
		inside   = "inside"
		left     = "left" // was inside, went out by an exit
	)
	standings := map[string]ledger.Standing{
		stranger: {}, inside: {Known: true, Inside: true}, left: {Known: true},
	}
	once, reentry := Rule{}, Rule{Reentry: true}
	full := func(r Rule) Rule { r.Capacity = 3; return r }

	f := func(direction ledger.Direction, who string, r Rule, want string) {
		t.Helper()
		s := standings[who]
		s.GroupInside = 3 // full where the rule has a capacity of 3
		d, reason, in := Next(r, direction, s)
		place := "outside"
		if in {
			place = "inside"
		}
		if got := fmt.Sprintf("%s %s, %s", d, reason, place); got != want {
			t.Errorf("%s of a %s under %+v: %s, want %s", direction, who, r, got, want)
		}
	}
	f(ledger.Entry, stranger, once, "admit ok, inside")
	f(ledger.Entry, inside, once, "deny already_admitted, inside")
	f(ledger.Entry, left, once, "deny already_admitted, outside")
	f(ledger.Entry, stranger, full(once), "deny zone_full, outside")
	f(ledger.Entry, inside, full(once), "deny already_admitted, inside")
	f(ledger.Entry, left, full(once), "deny already_admitted, outside")

	f(ledger.Entry, stranger, reentry, "admit ok, inside")
	f(ledger.Entry, inside, reentry, "deny already_inside, inside")
	f(ledger.Entry, left, reentry, "admit ok, inside")
	f(ledger.Entry, stranger, full(reentry), "deny zone_full, outside")
	f(ledger.Entry, inside, full(reentry), "deny already_inside, inside")
	f(ledger.Entry, left, full(reentry), "deny zone_full, outside")

	for _, r := range []Rule{once, reentry, full(once), full(reentry)} {
		f(ledger.Exit, stranger, r, "deny not_inside, outside")
		f(ledger.Exit, inside, r, "admit ok, outside")
		f(ledger.Exit, left, r, "deny not_inside, outside")
	}

	roomy := Rule{Capacity: 4}
	f(ledger.Entry, stranger, roomy, "admit ok, inside") // the fourth of four
}

func TestNextRefusesAnUnknownDirection(t *testing.T) {
	d, reason, _ := Next(Rule{}, ledger.Direction(7), ledger.Standing{})
	if d != ledger.Deny || reason != verifier.ReasonWrongCheckpoint {
		t.Errorf("direction 7: %v %v", d, reason)
	}
}
