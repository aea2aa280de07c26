package access

import (
	"bytes"
	"errors"
	"testing"
	"testing/synctest"

	"vratar/gateway/access/passkeytest"
)

var party = RelyingParty{ID: "gate.example.kz", Name: "Vratar", Origin: "https://gate.example.kz"}

// register gives the account a passkey.
func register(t testing.TB, d *Desk, account string) *passkeytest.Authenticator {
	t.Helper()
	a, err := passkeytest.New(party.Origin)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := registerWith(t, d, account, a); err != nil {
		t.Fatal(err)
	}
	return a
}

func registerWith(t testing.TB, d *Desk, account string, a *passkeytest.Authenticator) (Passkey, error) {
	t.Helper()
	dialogue, err := d.Passkeys.BeginRegistration(account, party)
	if err != nil {
		t.Fatal(err)
	}
	answer, err := a.Create(dialogue.Options)
	if err != nil {
		t.Fatal(err)
	}
	return d.Passkeys.FinishRegistration(account, Registration{State: dialogue.State, Name: "Phone", Credential: answer})
}

// answer begins a sign-in and has the authenticator answer it.
func answer(t testing.TB, d *Desk, a *passkeytest.Authenticator) (state string, text []byte) {
	t.Helper()
	dialogue, err := d.Passkeys.BeginSignIn(party, "192.0.2.1")
	if err != nil {
		t.Fatal(err)
	}
	if text, err = a.Get(dialogue.Options); err != nil {
		t.Fatal(err)
	}
	return dialogue.State, text
}

func TestPasskeySignsIn(t *testing.T) {
	m := newMemory()
	d := open(t, Options{Store: m})
	id := anna(t, d)
	phone, key := register(t, d, id), register(t, d, id)
	d = open(t, Options{Store: m})
	for _, a := range []*passkeytest.Authenticator{phone, key, phone} {
		state, text := answer(t, d, a)
		who, err := d.Passkeys.FinishSignIn(state, text)
		if err != nil || who.ID != id {
			t.Fatalf("%v, %v", who, err)
		}
		if _, err := d.Passkeys.FinishSignIn(state, text); !errors.Is(err, ErrCode) {
			t.Errorf("the same answer again: %v", err)
		}
	}
	list := d.Passkeys.Of(id)
	if len(list) != 2 || list[0].Name != "Phone" {
		t.Fatalf("%+v", list)
	}
	if err := d.Passkeys.Remove(anna(t, d), list[0].ID); !errors.Is(err, ErrUnknown) {
		t.Errorf("somebody else removed it: %v", err)
	}
	if err := d.Passkeys.Remove(id, list[0].ID); err != nil {
		t.Fatal(err)
	}
	for _, d := range []*Desk{d, open(t, Options{Store: m})} {
		state, text := answer(t, d, phone)
		if _, err := d.Passkeys.FinishSignIn(state, text); !errors.Is(err, ErrCode) {
			t.Errorf("a removed passkey: %v", err)
		}
	}
}

// Whatever is wrong with an answer, what is told is the same.
func TestPasskeyAnswersThatAreNotTaken(t *testing.T) {
	f := func(what string, bend func(*passkeytest.Authenticator)) {
		t.Helper()
		d := open(t, Options{})
		a := register(t, d, anna(t, d))
		bend(a)
		state, text := answer(t, d, a)
		if who, err := d.Passkeys.FinishSignIn(state, text); !errors.Is(err, ErrCode) {
			t.Errorf("%s: %v, %v", what, who, err)
		}
	}
	f("another site", func(a *passkeytest.Authenticator) { a.Origin = "https://gate.example.kz.evil.example" })
	f("another relying party", func(a *passkeytest.Authenticator) { a.RP = "example.kz" })
	f("a user who did not prove who he is", func(a *passkeytest.Authenticator) { a.Flags = passkeytest.UserPresent })
	f("nobody there", func(a *passkeytest.Authenticator) { a.Flags = passkeytest.UserVerified })
	f("an unknown passkey", func(a *passkeytest.Authenticator) { a.ID = bytes.Repeat([]byte{1}, 16) })
	f("another account's handle", func(a *passkeytest.Authenticator) { a.Handle = []byte("u-other") })
	f("a counter that went back", func(a *passkeytest.Authenticator) { a.Count = 0 })

	d := open(t, Options{})
	id := anna(t, d)
	a := register(t, d, id)
	for _, text := range []string{"", "{}", "[]", `{"id":"AA","rawId":"AA","type":"public-key","response":{}}`} {
		state, _ := answer(t, d, a)
		if _, err := d.Passkeys.FinishSignIn(state, []byte(text)); !errors.Is(err, ErrCode) {
			t.Errorf("%q: %v", text, err)
		}
	}
	state, text := answer(t, d, a)
	text = bytes.Replace(text, []byte(`"signature":"`), []byte(`"signature":"A`), 1)
	if _, err := d.Passkeys.FinishSignIn(state, text); !errors.Is(err, ErrCode) {
		t.Errorf("another signature: %v", err)
	}
	if err := d.Accounts.Remove(id); err != nil {
		t.Fatal(err)
	}
	state, text = answer(t, d, a)
	if _, err := d.Passkeys.FinishSignIn(state, text); !errors.Is(err, ErrCode) {
		t.Errorf("an account that is gone: %v", err)
	}
}

func TestClonedPasskeyIsNoticed(t *testing.T) {
	d := open(t, Options{})
	a := register(t, d, anna(t, d))
	copied := a.Clone()
	for i := range 3 {
		state, text := answer(t, d, a)
		if _, err := d.Passkeys.FinishSignIn(state, text); err != nil {
			t.Fatalf("answer %d: %v", i, err)
		}
	}
	state, text := answer(t, d, copied)
	if _, err := d.Passkeys.FinishSignIn(state, text); !errors.Is(err, ErrCode) {
		t.Errorf("the copy: %v", err)
	}
}

func TestRegistrationsThatAreNotTaken(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		d := open(t, Options{})
		mine, others := anna(t, d), anna(t, d)
		f := func(what string, finish func(Dialogue, []byte) error) {
			t.Helper()
			a, err := passkeytest.New(party.Origin)
			if err != nil {
				t.Fatal(err)
			}
			dialogue, err := d.Passkeys.BeginRegistration(mine, party)
			if err != nil {
				t.Fatal(err)
			}
			text, err := a.Create(dialogue.Options)
			if err != nil {
				t.Fatal(err)
			}
			if err := finish(dialogue, text); !errors.Is(err, ErrCode) {
				t.Errorf("%s: %v", what, err)
			}
		}
		finish := func(account string, r Registration) error {
			r.Name = "Phone"
			_, err := d.Passkeys.FinishRegistration(account, r)
			return err
		}
		f("for another account", func(g Dialogue, text []byte) error {
			return finish(others, Registration{State: g.State, Credential: text})
		})
		f("in no dialogue", func(g Dialogue, text []byte) error {
			return finish(mine, Registration{State: newSecret(), Credential: text})
		})
		f("nonsense", func(g Dialogue, text []byte) error {
			return finish(mine, Registration{State: g.State, Credential: []byte("{}")})
		})
		f("in a sign-in", func(_ Dialogue, text []byte) error {
			g, err := d.Passkeys.BeginSignIn(party, "::1")
			if err != nil {
				t.Fatal(err)
			}
			return finish(mine, Registration{State: g.State, Credential: text})
		})
		f("a sign-in in its dialogue", func(g Dialogue, text []byte) error {
			_, err := d.Passkeys.FinishSignIn(g.State, text)
			return err
		})

		a := register(t, d, mine)
		if _, err := registerWith(t, d, others, a); !errors.Is(err, ErrCode) {
			t.Errorf("a passkey of two accounts: %v", err)
		}
		lax, _ := passkeytest.New(party.Origin)
		lax.Flags = passkeytest.UserPresent
		if _, err := registerWith(t, d, mine, lax); !errors.Is(err, ErrCode) {
			t.Errorf("without proof of the user: %v", err)
		}
		for range maxPasskeys - 1 {
			register(t, d, mine)
		}
		if _, err := d.Passkeys.BeginRegistration(mine, party); !errors.Is(err, ErrFull) {
			t.Errorf("one passkey too many: %v", err)
		}
	})
}

// Both begin alike for whoever asks: there is no name to ask about.
func TestSignInBeginsWithoutAName(t *testing.T) {
	d := open(t, Options{})
	g, err := d.Passkeys.BeginSignIn(party, "::1")
	if err != nil || bytes.Contains(g.Options, []byte("allowCredentials")) {
		t.Errorf("%s, %v", g.Options, err)
	}
}

// Whatever a browser sends, nobody is signed in by it, and nothing panics.
func FuzzPasskeyAnswer(f *testing.F) {
	d := open(f, Options{})
	a := register(f, d, anna(f, d))
	_, text := answer(f, d, a)
	f.Add(text)
	created, err := registerAnswer(d, a)
	if err != nil {
		f.Fatal(err)
	}
	f.Add(created)
	f.Fuzz(func(t *testing.T, text []byte) {
		g, err := d.Passkeys.BeginSignIn(party, "::1")
		if err != nil {
			t.Fatal(err)
		}
		if who, err := d.Passkeys.FinishSignIn(g.State, text); who != nil || !errors.Is(err, ErrCode) {
			t.Fatalf("%v, %v", who, err)
		}
		for _, account := range d.Accounts.List() {
			g, err := d.Passkeys.BeginRegistration(account.ID, party)
			if err != nil {
				t.Fatal(err)
			}
			if key, err := d.Passkeys.FinishRegistration(account.ID, Registration{g.State, "Phone", text}); !errors.Is(err, ErrCode) {
				t.Fatalf("%+v, %v", key, err)
			}
		}
	})
}

func registerAnswer(d *Desk, a *passkeytest.Authenticator) ([]byte, error) {
	g, err := d.Passkeys.BeginRegistration(d.Accounts.List()[0].ID, party)
	if err != nil {
		return nil, err
	}
	return a.Clone().Create(g.Options)
}
