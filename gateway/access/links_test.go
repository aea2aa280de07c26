package access

import (
	"errors"
	"strconv"
	"testing"
	"testing/synctest"
	"time"
)

func TestLinkSignsInOnce(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		m := newMemory()
		d := open(t, Options{Store: m})
		id := anna(t, d)
		mint := func(d *Desk) string {
			t.Helper()
			secret, expires, err := d.Links.Mint(id, time.Hour)
			if err != nil || !expires.Equal(time.Now().Add(time.Hour)) {
				t.Fatal(expires, err)
			}
			return secret
		}
		link := mint(d)
		d = open(t, Options{Store: m}) // it survives a restart, its use too
		if who, err := d.Links.Redeem(link, "::1"); err != nil || who.ID != id {
			t.Fatalf("Redeem = %v, %v", who, err)
		}
		d = open(t, Options{Store: m})
		if who, err := d.Links.Redeem(link, "::1"); who != nil || !errors.Is(err, ErrCode) {
			t.Errorf("second Redeem = %v, %v, want ErrCode", who, err)
		}
		late := mint(d)
		time.Sleep(time.Hour)
		if _, err := d.Links.Redeem(late, "::1"); !errors.Is(err, ErrCode) {
			t.Errorf("expired link: %v, want ErrCode", err)
		}
		first := mint(d)
		for range maxLinks {
			time.Sleep(time.Second)
			mint(d)
		}
		if _, err := d.Links.Redeem(first, "::1"); !errors.Is(err, ErrCode) {
			t.Errorf("one link too many: %v", err)
		}
		time.Sleep(2 * time.Hour)
		if err := d.sweep(time.Now()); err != nil || len(m.pairs) != 1 {
			t.Errorf("expired links are kept: %v, %v", m.pairs, err)
		}
		if _, _, err := d.Links.Mint("nobody", time.Hour); !errors.Is(err, ErrUnknown) {
			t.Errorf("a link for nobody: %v", err)
		}
	})
}

// Links cannot be guessed, so whoever fails with them keeps no neighbour out; what is short is a guess, and waits.
func TestGuessesWaitAndLinksDoNot(t *testing.T) {
	d := open(t, Options{})
	link, _, _ := d.Links.Mint(anna(t, d), time.Hour)
	for range 100 {
		if _, err := d.Links.Redeem(newSecret(), "192.0.2.1"); !errors.Is(err, ErrCode) {
			t.Fatal(err)
		}
	}
	var wait *WaitError
	for i := range 11 {
		if _, err := d.Links.Redeem("123456", "192.0.2.1"); errors.As(err, &wait) != (i == 10) {
			t.Fatalf("guess %d: %v", i+1, err)
		}
	}
	if _, err := d.Links.Redeem(link, "192.0.2.1"); err != nil {
		t.Errorf("a neighbour's guesses kept out who has a link: %v", err)
	}
}

func TestWaitGrowsAndIsForgiven(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var l limiter
		wait := func() time.Duration {
			t.Helper()
			var w *WaitError
			if err := l.allow("x"); err != nil && !errors.As(err, &w) {
				t.Fatal(err)
			}
			if w == nil {
				return 0
			}
			return w.Wait
		}
		for i, want := range []time.Duration{1, 2, 4, 8, 15, 15} {
			for range maxFailures {
				if got := wait(); got != 0 {
					t.Fatalf("round %d: wait %v before ten failures", i, got)
				}
				l.failed("x")
			}
			if got := wait(); got != want*time.Minute {
				t.Fatalf("round %d: wait %v, want %d min", i, got, want)
			}
			if l.allow("y") != nil {
				t.Fatal("others wait too")
			}
			time.Sleep(want * time.Minute)
		}
		time.Sleep(longestWait)
		l.failed("x")
		if got := wait(); got != 0 {
			t.Errorf("a quiet quarter of an hour is not forgiven: %v", got)
		}
	})
}

func TestFailingStrangersAreBounded(t *testing.T) {
	var l limiter
	for i := range maxFailing + 100 {
		l.failed(strconv.Itoa(i))
	}
	if n := len(l.failing); n > maxFailing+1 {
		t.Errorf("%d are remembered", n)
	}
	if l.allow("one more") == nil {
		t.Error("a flood of strangers is not slowed down")
	}
	if l.allow("5") != nil {
		t.Error("who failed once waits for the flood")
	}
}

func TestNeighbourhood(t *testing.T) {
	f := func(in, want string) {
		t.Helper()
		if got := Neighbourhood(in); got != want {
			t.Errorf("%s: %s, want %s", in, got, want)
		}
	}
	f("192.0.2.7", "192.0.2.7")
	f("::ffff:192.0.2.7", "192.0.2.7")
	f("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64")
	f("fe80::1%eth0", "fe80::/64")
	f("anna's phone", "anna's phone")
}
