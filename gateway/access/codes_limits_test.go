package access

import (
	"errors"
	"fmt"
	"strconv"
	"testing"
	"testing/synctest"
	"time"
)

func TestGuessingACode(t *testing.T) {
	inOffice(t, nil, func(o *office) {
		// Five wrong ones burn it, from wherever they come.
		ticket, code := o.code()
		for i := range maxTries {
			o.refused("guess", CodeTry{ticket, other(code, i), fmt.Sprint("198.51.100.", i)})
		}
		o.refused("burnt", CodeTry{ticket, code, "198.51.100.9"})

		// Ten make the account wait, whatever browser and address they come from.
		time.Sleep(codeGap)
		ticket, code = o.code()
		time.Sleep(codeGap)
		right, good := o.code()
		for i := range maxTries {
			o.refused("guess", CodeTry{ticket, other(code, i), fmt.Sprint("198.51.100.2", i)})
		}
		if _, err := o.Codes.Redeem(CodeTry{right, good, "203.0.113.1"}); waits(err) == 0 || waits(err) > firstWait {
			t.Errorf("after ten tries: %v", err)
		}
		if _, err := o.Codes.Ask(o.byEmail()); waits(err) == 0 {
			t.Errorf("another code after ten tries: %v", err)
		}
		time.Sleep(firstWait)
		if who, err := o.Codes.Redeem(CodeTry{right, good, "203.0.113.1"}); err != nil || who.ID != o.anna {
			t.Errorf("after the wait: %v, %v", who, err)
		}

		// Ten from one address make it wait, for whichever account they are.
		for range maxFailures {
			o.refused("no such ticket", CodeTry{newSecret(), "123456", "203.0.113.7"})
		}
		if _, err := o.Codes.Redeem(CodeTry{newSecret(), "123456", "203.0.113.7"}); waits(err) == 0 {
			t.Errorf("after ten tries: %v", err)
		}
		q := o.byEmail()
		q.INN, q.Client = "990000000299", "203.0.113.7"
		if _, err := o.Codes.Ask(q); waits(err) == 0 {
			t.Errorf("asking after ten tries: %v", err)
		}
	})
}

func TestCodesAnHourAreBounded(t *testing.T) {
	inOffice(t, func(c *CodeOptions) { c.PerAccount, c.PerClient = 3, 6 }, func(o *office) {
		for range 3 {
			o.code()
			time.Sleep(codeGap)
		}
		_, err := o.Codes.Ask(o.byEmail())
		if got, want := waits(err), allowanceTime-3*codeGap; got != want {
			t.Errorf("the fourth waits %v, want %v", got, want)
		}
		o.ask(CodeQuestion{INN: annaINN, Phone: annaPhone, Language: "ru"}) // her other address
		if len(o.sent) != 3 {
			t.Errorf("%d sent to one account", len(o.sent))
		}
		time.Sleep(allowanceTime)
		o.code()

		q := CodeQuestion{INN: annaINN, Language: "en", Client: "2001:db8::1"}
		for i := range 7 {
			q.Email = fmt.Sprintf("n%d@example.kz", i)
			q.Client = fmt.Sprintf("2001:db8::%d", i+1) // one neighbourhood
			if _, err := o.Codes.Ask(q); (waits(err) > 0) != (i == 6) {
				t.Errorf("question %d of one client: %v", i+1, err)
			}
		}
	})
}

// When more ask than are looked up, everybody is told the same, and nothing is kept of it.
func TestTooManyAsk(t *testing.T) {
	p := &post{}
	o := p.options()
	o.PerClient = maxWaiting + 1
	d := open(t, Options{Codes: o})
	for i := range maxWaiting + 1 {
		_, err := d.Codes.Ask(CodeQuestion{INN: annaINN, Email: fmt.Sprintf("n%d@example.kz", i), Language: "en", Client: "::1"})
		if errors.Is(err, ErrBusy) != (i == maxWaiting) {
			t.Fatalf("question %d: %v", i+1, err)
		}
	}
}

func TestAllowanceIsBounded(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		a := &allowance{most: 1}
		for i := range maxTaking {
			if _, err := a.take(strconv.Itoa(i)); err != nil {
				t.Fatal(err)
			}
		}
		if _, err := a.take("one more"); waits(err) == 0 {
			t.Errorf("%d are remembered", len(a.taken))
		}
		time.Sleep(allowanceTime)
		if _, err := a.take("one more"); err != nil || len(a.taken) != 1 {
			t.Errorf("%v, %d are remembered", err, len(a.taken))
		}
	})
}

// Each of the million codes is as likely: digits are spread evenly in each place. The bound is missed by chance once in
// more than 10^15 runs.
func TestCodesAreEven(t *testing.T) {
	const n = 60_000
	var count [codeDigits][10]int
	for range n {
		for place, digit := range []byte(newCode()) {
			count[place][digit-'0']++
		}
	}
	for place, digits := range count {
		for digit, got := range digits {
			if got < n/10*85/100 || got > n/10*115/100 {
				t.Errorf("digit %d in place %d: %d of %d", digit, place, got, n)
			}
		}
	}
}
