package access

import (
	"errors"
	"slices"
	"testing"
	"time"
)

func TestAccountsSurviveARestart(t *testing.T) {
	m := newMemory()
	d := open(t, Options{Store: m})
	first, err := d.Accounts.Create(Account{
		Name: "Анна Смирнова", Role: RoleSupervisor, INN: "500100732259", SNILS: "11223344595", Phone: "+77011234567",
		Email: "anna@example.kz", Organisation: "arena", Checkpoints: []string{"north"}, Confirmed: true,
	})
	if err != nil {
		t.Fatal(err)
	}
	anna(t, d)
	before := d.Accounts.List()
	again := open(t, Options{Store: m})
	after := again.Accounts.List()
	if !slices.EqualFunc(before, after, func(x, y Account) bool {
		return x.ID == y.ID && x.Name == y.Name && mayTheSame(&x, &y) && x.Phone == y.Phone && x.Email == y.Email && x.Created.Equal(y.Created)
	}) {
		t.Errorf("%+v\nwant %+v", after, before)
	}
	if err := again.Accounts.Remove(first.ID); err != nil {
		t.Fatal(err)
	}
	if _, err := open(t, Options{Store: m}).Accounts.Find(first.ID); !errors.Is(err, ErrUnknown) {
		t.Error("a removed account came back")
	}
}

func TestAccountFieldsAreChecked(t *testing.T) {
	d := open(t, Options{})
	f := func(field string, change func(*Account)) {
		t.Helper()
		a := Account{Name: "Anna", Role: RoleChecker}
		change(&a)
		_, err := d.Accounts.Create(a)
		var fault *FieldError
		if field == "" && err != nil {
			t.Errorf("%+v: %v", a, err)
		} else if field != "" && (!errors.As(err, &fault) || fault.Field != field) {
			t.Errorf("%+v: %v, want a fault of %s", a, err, field)
		}
	}
	f("role", func(a *Account) { a.Role = RoleNone })
	f("role", func(a *Account) { a.Role = RoleDevice })
	f("name", func(a *Account) { a.Name = "" })
	f("name", func(a *Account) { a.Name = "a\nb" })
	f("name", func(a *Account) { a.Name = " a" })
	f("name", func(a *Account) { a.Name = "\u202eanna" }) // would turn the line around
	f("inn", func(a *Account) { a.INN = "7707083893" })   // of an organisation
	f("inn", func(a *Account) { a.INN = "500100732258" })
	f("inn", func(a *Account) { a.INN = "50010073225x" })
	f("", func(a *Account) { a.INN = "500100732259" })
	f("snils", func(a *Account) { a.SNILS = "112-233-445 95" })
	f("snils", func(a *Account) { a.SNILS = "11223344596" })
	f("", func(a *Account) { a.SNILS = "11223344595" })
	f("", func(a *Account) { a.SNILS = "08765430300" }) // the sum is 100, or 101: both are 00
	f("phone", func(a *Account) { a.Phone = "87011234567" })
	f("", func(a *Account) { a.Phone = "+77011234567" })
	f("email", func(a *Account) { a.Email = "Anna <anna@example.kz>" })
	f("", func(a *Account) { a.Email = "anna@example.kz" })
}

func TestChangedAccountEndsItsSessions(t *testing.T) {
	d := open(t, Options{Store: newMemory()})
	f := func(ends bool, change func(*Account)) {
		t.Helper()
		id := anna(t, d)
		cookie := begin(t, d, Beginning{Account: id})
		link, _, err := d.Links.Mint(id, time.Hour)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := d.Accounts.Change(id, change); err != nil {
			t.Fatal(err)
		}
		if got := d.Sessions.Find(cookie); (got == nil) != ends {
			t.Errorf("session: %v, want its end: %v", got, ends)
		}
		if _, err := d.Links.Redeem(link, "::1"); (err != nil) != ends {
			t.Errorf("link: %v, want its end: %v", err, ends)
		}
	}
	f(true, func(a *Account) { a.Role = RoleHolder })
	f(true, func(a *Account) { a.Confirmed = false })
	f(true, func(a *Account) { a.Organisation = "other" })
	f(true, func(a *Account) { a.Checkpoints[0] = "north" }) // the slice is the caller's own
	f(true, func(a *Account) { a.INN = "500100732259" })
	f(false, func(a *Account) { a.Phone = "+77011234567" })
	f(false, func(a *Account) { a.Name = "Anna B." })

	id := anna(t, d)
	cookie := begin(t, d, Beginning{Account: id})
	if _, err := d.Accounts.Change(id, func(a *Account) { a.ID, a.Name = "root", "Anna B." }); err != nil {
		t.Fatal(err)
	}
	if who := d.Sessions.Find(cookie); who == nil || who.Name != "Anna B." || who.ID != id {
		t.Errorf("the session knows %+v", who)
	}
	if err := d.Accounts.Remove(id); err != nil || d.Sessions.Find(cookie) != nil {
		t.Errorf("%v; a removed account goes on", err)
	}
	if err := d.Accounts.Remove(id); !errors.Is(err, ErrUnknown) {
		t.Errorf("removed twice: %v", err)
	}
}

func TestRefusedChangeChangesNothing(t *testing.T) {
	d := open(t, Options{})
	id := anna(t, d)
	cookie := begin(t, d, Beginning{Account: id})
	if _, err := d.Accounts.Change(id, func(a *Account) { a.Role, a.Name = RoleAdmin, "" }); err == nil {
		t.Fatal("taken")
	}
	if a, _ := d.Accounts.Find(id); a.Role != RoleChecker || a.Name != "Anna" || d.Sessions.Find(cookie) == nil {
		t.Errorf("%+v", a)
	}
}

func TestGuestIsForgottenWithTheProcess(t *testing.T) {
	m := newMemory()
	d := open(t, Options{Store: m})
	for range 2 {
		if err := d.Accounts.Guest(Account{ID: "admin", Name: "admin", Role: RoleAdmin}); err != nil {
			t.Fatal(err)
		}
	}
	cookie := begin(t, d, Beginning{Account: "admin"})
	if _, _, err := d.Links.Mint("admin", time.Hour); err != nil {
		t.Fatal(err)
	}
	if d.Sessions.Find(cookie) == nil || len(m.pairs) != 0 {
		t.Errorf("the store holds %v", m.pairs)
	}
}
