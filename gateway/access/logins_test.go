package access

import (
	"errors"
	"fmt"
	"testing"
)

// person makes an account of a checker.
func person(t testing.TB, d *Desk, a Account) string {
	t.Helper()
	a.Name, a.Role = "Anna", RoleChecker
	a, err := d.Accounts.Create(a)
	if err != nil {
		t.Fatal(err)
	}
	return a.ID
}

func TestSubjectIsOfOneAccount(t *testing.T) {
	m := newMemory()
	d := open(t, Options{Store: m})
	one, two := person(t, d, Account{}), person(t, d, Account{})
	s := Subject{"https://a.example", "7"}
	if _, err := d.Logins.SignIn(s, Contact{}); !errors.Is(err, ErrCode) {
		t.Errorf("a subject that nobody knows: %v", err)
	}
	if _, err := d.Logins.Put(one, s); err != nil {
		t.Fatal(err)
	}
	if _, err := d.Logins.Put(two, s); !errors.Is(err, ErrCode) {
		t.Errorf("taken from its owner: %v", err)
	}
	if _, err := d.Logins.SignIn(Subject{"https://b.example", "7"}, Contact{}); !errors.Is(err, ErrCode) {
		t.Errorf("another issuer's subject of the same name: %v", err)
	}
	d = open(t, Options{Store: m})
	if id, err := d.Logins.SignIn(s, Contact{}); err != nil || id != one {
		t.Errorf("after a restart: %s, %v", id, err)
	}
	if _, err := d.Logins.Put(one, Subject{s.Issuer, "8"}); err != nil || len(d.Logins.Of(one)) != 1 {
		t.Errorf("not in the place of the old one: %v", err)
	}
	if _, err := d.Logins.Put(two, s); err != nil {
		t.Errorf("a subject that was given up: %v", err)
	}
	if err := d.Logins.Remove(two, s.Issuer); err != nil || len(d.Logins.Of(two)) != 0 {
		t.Error(err)
	}
	if err := d.Logins.Remove(two, s.Issuer); !errors.Is(err, ErrUnknown) {
		t.Errorf("removed twice: %v", err)
	}
	if err := d.Accounts.Remove(one); err != nil {
		t.Fatal(err)
	}
	if _, err := d.Logins.SignIn(Subject{s.Issuer, "8"}, Contact{}); !errors.Is(err, ErrCode) {
		t.Errorf("of an account that is gone: %v", err)
	}
}

func TestPutRefuses(t *testing.T) {
	d := open(t, Options{})
	id := anna(t, d)
	for i := range maxLogins {
		if _, err := d.Logins.Put(id, Subject{fmt.Sprint("https://", i), "s"}); err != nil {
			t.Fatal(err)
		}
	}
	var field *FieldError
	if _, err := d.Logins.Put(id, Subject{"https://more", "s"}); !errors.Is(err, ErrFull) {
		t.Error(err)
	}
	if _, err := d.Logins.Put(id, Subject{"https://0", ""}); !errors.As(err, &field) {
		t.Error(err)
	}
	if _, err := d.Logins.Put("nobody", Subject{"https://n", "s"}); !errors.Is(err, ErrUnknown) {
		t.Error(err)
	}
}

func TestContactFindsOneAccountOrNone(t *testing.T) {
	d := open(t, Options{})
	first := person(t, d, Account{INN: "500100732259", Email: "anna@example.kz", Phone: "+77011234567"})
	second := person(t, d, Account{SNILS: "11223344595", Email: "boris@example.kz"})
	person(t, d, Account{Phone: "+77011234567"})
	f := func(by Contact, want string) {
		t.Helper()
		got, err := d.Logins.SignIn(Subject{"https://a.example", "7"}, by)
		if got != want || (want == "") != errors.Is(err, ErrCode) {
			t.Errorf("%+v: %q, %v, want %q", by, got, err, want)
		}
	}
	f(Contact{INN: "500100732259"}, first)
	f(Contact{SNILS: "11223344595"}, second)
	f(Contact{Email: "ANNA@example.kz"}, first)
	f(Contact{Email: "anna@example.\u212az"}, "") // a Kelvin sign is no k
	f(Contact{Phone: "+77011234567"}, "")         // two have it
	f(Contact{INN: "500100732259", SNILS: "11223344595"}, "")
	f(Contact{INN: "500100732259", Email: "nobody@example.kz"}, first)
	f(Contact{}, "")
	f(Contact{INN: "500100732259", SNILS: "11223344595", Email: "anna@example.kz"}, "")
	f(Contact{INN: "770708389362", Email: "anna@example.kz"}, "") // somebody else who reads her mail
	f(Contact{INN: "770708389362", Email: "boris@example.kz"}, second)
	if _, err := d.Logins.Put(first, Subject{"https://a.example", "1"}); err != nil {
		t.Fatal(err)
	}
	f(Contact{Email: "anna@example.kz"}, "") // which now somebody else has there
	f(Contact{SNILS: "11223344595"}, second)
	if got, err := d.Logins.SignIn(Subject{"https://b.example", "7"}, Contact{Email: "anna@example.kz"}); got != first || err != nil {
		t.Errorf("%q, %v", got, err)
	}
}

func TestProviderEndsItsSessions(t *testing.T) {
	m := newMemory()
	d := open(t, Options{Store: m})
	id := anna(t, d)
	at := func(sub, sid string) Provenance {
		return Provenance{Subject: Subject{"https://a.example", sub}, Session: sid}
	}
	begin := func(p Provenance) string {
		return begin(t, d, Beginning{Account: id, Way: ByOpenID, OpenID: &p})
	}
	first, second, other := begin(at("7", "s1")), begin(at("7", "s2")), begin(at("8", "s3"))
	foreign := begin(Provenance{Subject: Subject{"https://b.example", "7"}, Session: "s1"})
	f := func(p Provenance, want int) {
		t.Helper()
		if n, err := d.Sessions.EndOpenID(p); n != want || err != nil {
			t.Errorf("%+v: %d ended, %v, want %d", p, n, err, want)
		}
	}
	d = open(t, Options{Store: m}) // what it remembers survives a restart
	f(at("", ""), 0)
	f(at("8", "s1"), 0)
	f(at("", "s1"), 1)
	f(at("7", ""), 1)
	if d.Sessions.Find(first) != nil || d.Sessions.Find(second) != nil || d.Sessions.Find(other) == nil || d.Sessions.Find(foreign) == nil {
		t.Error("the wrong sessions ended")
	}
	if p := d.Sessions.OpenID(other); p == nil || p.Session != "s3" {
		t.Errorf("%+v", p)
	}
}

func TestSessionKnowsWhoseHeadItsOwnerIs(t *testing.T) {
	d := open(t, Options{})
	id := anna(t, d)
	with := begin(t, d, Beginning{Account: id, Way: ByOpenID, OpenID: &Provenance{Heads: []string{"1027700132195"}}})
	without := begin(t, d, Beginning{Account: id})
	if got := d.Sessions.Find(with).Heads; len(got) != 1 || d.Sessions.Find(without).Heads != nil {
		t.Errorf("%v", got)
	}
}
