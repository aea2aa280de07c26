package access

import (
	"crypto/sha256"
	"errors"
	"strconv"
	"testing"
	"testing/synctest"
	"time"
)

var checker = &Identity{ID: "anna", Role: RoleChecker, Checkpoints: []string{"*"}}

func TestSessionEndsWhenIdleOrOld(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := NewSessions(SessionOptions{Idle: time.Hour, Absolute: 3 * time.Hour})
		id, lasts := s.Begin(checker)
		if lasts != 3*time.Hour {
			t.Errorf("lasts %v, want 3h", lasts)
		}
		for range 5 { // used every half hour it goes on …
			time.Sleep(30 * time.Minute)
			if s.Find(id) != checker {
				t.Fatal("ended although in use")
			}
		}
		time.Sleep(30 * time.Minute) // … until it is too old
		if s.Find(id) != nil {
			t.Error("outlived its absolute end")
		}
		idle, _ := s.Begin(checker)
		time.Sleep(time.Hour)
		if s.Find(idle) != nil {
			t.Error("survived an hour of idleness")
		}
		if s.Len() != 0 {
			t.Errorf("%d ended sessions are kept", s.Len())
		}
	})
}

func TestSessionsAreBounded(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := NewSessions(SessionOptions{Max: 3})
		var ids []string
		for range 4 {
			id, _ := s.Begin(checker)
			ids = append(ids, id)
			time.Sleep(time.Second)
		}
		if s.Len() != 3 || s.Find(ids[0]) != nil || s.Find(ids[3]) == nil {
			t.Error("want the session idle longest to make room for the newest")
		}
		s.End(ids[3])
		if s.Find(ids[3]) != nil {
			t.Error("an ended session goes on")
		}
	})
}

func TestCodeSignsInOnce(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c := NewCodes(CodeOptions{})
		code, err := c.Mint(checker, time.Minute)
		if err != nil {
			t.Fatal(err)
		}
		if who, err := c.Redeem(code, "::1"); who != checker || err != nil {
			t.Fatalf("Redeem = %v, %v", who, err)
		}
		if who, err := c.Redeem(code, "::1"); who != nil || !errors.Is(err, ErrCode) {
			t.Errorf("second Redeem = %v, %v, want ErrCode", who, err)
		}
		late, _ := c.Mint(checker, time.Minute)
		time.Sleep(time.Minute + 1)
		if _, err := c.Redeem(late, "::1"); !errors.Is(err, ErrCode) {
			t.Errorf("expired code: %v, want ErrCode", err)
		}
	})
}

func TestGuessingIsSlowedDownPerClient(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c := NewCodes(CodeOptions{MaxFailures: 3})
		for range 3 {
			_, _ = c.Redeem("guess", "mallory")
		}
		code, _ := c.Mint(checker, time.Hour)
		if _, err := c.Redeem(code, "mallory"); !errors.Is(err, ErrTooManyAttempts) {
			t.Errorf("after three failures: %v, want ErrTooManyAttempts", err)
		}
		time.Sleep(time.Minute)
		if who, err := c.Redeem(code, "mallory"); who != checker {
			t.Errorf("after the window: %v; the refused attempt must not use the code up", err)
		}
		if who, _ := c.Redeem(mint(t, c), "anna's phone"); who != checker {
			t.Error("others are not slowed down")
		}
	})
}

func mint(t *testing.T, c *Codes) string {
	t.Helper()
	code, err := c.Mint(checker, time.Hour)
	if err != nil {
		t.Fatal(err)
	}
	return code
}

func TestWaitingCodesAndFailingClientsAreBounded(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c := NewCodes(CodeOptions{MaxCodes: 2, MaxFailures: 1})
		mint(t, c)
		mint(t, c)
		if _, err := c.Mint(checker, time.Hour); err == nil {
			t.Error("a third code was minted")
		}
		time.Sleep(2 * time.Hour)
		mint(t, c) // the expired ones made room
		for i := range maxClients + 10 {
			_, _ = c.Redeem("guess", strconv.Itoa(i))
		}
		if n := len(c.failures); n > maxClients+1 {
			t.Errorf("%d clients are remembered", n)
		}
		if _, err := c.Redeem("guess", "one more"); !errors.Is(err, ErrTooManyAttempts) {
			t.Error("a flood of strangers is not slowed down")
		}
	})
}

func TestAuthenticate(t *testing.T) {
	device := &Identity{ID: "till-1", Role: RoleDevice, Checkpoints: []string{"north"}}
	sessions := NewSessions(SessionOptions{})
	d := NewDesk(sessions, NewCodes(CodeOptions{}), map[[sha256.Size]byte]*Identity{sha256.Sum256([]byte("token")): device})
	id, _ := sessions.Begin(checker)
	f := func(c Credentials, want *Identity) {
		t.Helper()
		if got := d.Authenticate(c); got != want {
			t.Errorf("Authenticate(%+v) = %v, want %v", c, got, want)
		}
	}
	f(Credentials{}, nil)
	f(Credentials{Token: "token"}, device)
	f(Credentials{Cookie: id}, checker)
	f(Credentials{Token: "wrong", Cookie: id}, nil)
	f(Credentials{Cookie: "token"}, nil)
	f(Credentials{Token: id}, nil)
	if !device.MayScanAt("north") || device.MayScanAt("south") || !checker.MayScanAt("south") {
		t.Error("MayScanAt ignores the checkpoint list")
	}
}

func TestSameOrigin(t *testing.T) {
	f := func(origin, host string, want bool) {
		t.Helper()
		if SameOrigin(origin, host) != want {
			t.Errorf("SameOrigin(%q, %q) = %v", origin, host, !want)
		}
	}
	f("http://gate.example:8080", "gate.example:8080", true)
	f("https://Gate.Example", "gate.example", true)
	f("https://gate.example", "gate.example:8080", false)
	f("https://evil.example", "gate.example", false)
	f("https://gate.example.evil", "gate.example", false)
	f("null", "gate.example", false)
	f("", "", false)
	f("", "gate.example", false)
	f("https://gate.example@evil.example", "gate.example", false)
}

func TestRolesAreSpelledBothWays(t *testing.T) {
	for _, r := range []Role{RoleHolder, RoleDevice, RoleChecker, RoleAdmin, RoleSupervisor, RoleAuditor} {
		if ParseRole(r.String()) != r || !RolesOf(r).Has(r) {
			t.Errorf("%v does not come back", r)
		}
	}
	if ParseRole("root") != RoleNone || RolesOf(RoleNone).Has(RoleNone) {
		t.Error("an unknown role may do something")
	}
}
