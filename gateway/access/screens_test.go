package access

import (
	"errors"
	"testing"
	"testing/synctest"
	"time"
)

// ask makes a screen ask.
func ask(t testing.TB, d *Desk) (code, ticket string) {
	t.Helper()
	code, ticket, _, err := d.Screens.Ask("Till 3", Client{"192.0.2.9", "Chrome, Windows"})
	if err != nil {
		t.Fatal(err)
	}
	return code, ticket
}

func TestScreenIsSignedInFromAPhone(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		d := open(t, Options{Store: newMemory()})
		id := anna(t, d)
		code, ticket := ask(t, d)
		if got, err := d.Screens.Collect(ticket); err != nil || !got.Waiting || got.Identity != nil {
			t.Fatalf("before an answer: %+v, %v", got, err)
		}
		screen, err := d.Screens.Look(id, code)
		if err != nil || screen.Name != "Till 3" || screen.Client.Address != "192.0.2.9" {
			t.Fatalf("%+v, %v", screen, err)
		}
		if err := d.Screens.Approve(id, code, 2*time.Hour); err != nil {
			t.Fatal(err)
		}
		got, err := d.Screens.Collect(ticket)
		if err != nil || got.Identity == nil || got.Identity.ID != id || !got.Identity.Delegated || got.Lasts != 2*time.Hour {
			t.Fatalf("%+v, %v", got, err)
		}
		if list := d.Sessions.Of(id, ""); len(list) != 1 || list[0].For != "Till 3" || list[0].Way != ByScreen {
			t.Errorf("%+v", list)
		}
		if _, err := d.Screens.Collect(ticket); !errors.Is(err, ErrCode) {
			t.Errorf("collected twice: %v", err)
		}
		if err := d.Screens.Approve(id, code, time.Hour); !errors.Is(err, ErrCode) {
			t.Errorf("an old code approved: %v", err)
		}
		time.Sleep(2 * time.Hour)
		if d.Sessions.Find(got.Secret) != nil {
			t.Error("the shift is over and the screen works on")
		}
	})
}

// Whoever photographs the code gets nothing by it; neither does who holds the ticket of another screen.
func TestOnlyTheAskingBrowserCollects(t *testing.T) {
	d := open(t, Options{})
	id := anna(t, d)
	code, ticket := ask(t, d)
	other, _ := ask(t, d)
	if err := d.Screens.Approve(id, code, time.Hour); err != nil {
		t.Fatal(err)
	}
	for _, forged := range []string{"", code, code + ".", code + "." + code, other + ticket[len(code):], code + "." + newSecret()} {
		if got, err := d.Screens.Collect(forged); !errors.Is(err, ErrCode) {
			t.Errorf("%q: %+v, %v", forged, got, err)
		}
	}
	if got, err := d.Screens.Collect(ticket); err != nil || got.Identity == nil {
		t.Errorf("the asking browser: %+v, %v", got, err)
	}
}

func TestScreenCodeEnds(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		d := open(t, Options{})
		id := anna(t, d)
		refused, ticket := ask(t, d)
		if err := d.Screens.Refuse(id, refused); err != nil {
			t.Fatal(err)
		}
		if err := d.Screens.Approve(id, refused, time.Hour); !errors.Is(err, ErrCode) {
			t.Errorf("approved after it was refused: %v", err)
		}
		if _, err := d.Screens.Collect(ticket); !errors.Is(err, ErrCode) {
			t.Errorf("refused and collected: %v", err)
		}
		old, ticket := ask(t, d)
		time.Sleep(screenTime)
		if err := d.Screens.Approve(id, old, time.Hour); !errors.Is(err, ErrCode) {
			t.Errorf("an old code approved: %v", err)
		}
		if _, err := d.Screens.Collect(ticket); !errors.Is(err, ErrCode) {
			t.Errorf("an old question collected: %v", err)
		}
		demoted, ticket := ask(t, d)
		if err := d.Screens.Approve(id, demoted, time.Hour); err != nil {
			t.Fatal(err)
		}
		if _, err := d.Accounts.Change(id, func(a *Account) { a.Confirmed = false }); err != nil {
			t.Fatal(err)
		}
		if _, err := d.Screens.Collect(ticket); !errors.Is(err, ErrCode) {
			t.Errorf("approved by somebody who may not any more: %v", err)
		}
	})
}

func TestGuessingScreenCodesWaits(t *testing.T) {
	d := open(t, Options{})
	id := anna(t, d)
	code, _ := ask(t, d)
	for range maxFailures {
		if err := d.Screens.Approve(id, newSecret(), time.Hour); !errors.Is(err, ErrCode) {
			t.Fatal(err)
		}
	}
	var wait *WaitError
	if err := d.Screens.Approve(id, code, time.Hour); !errors.As(err, &wait) || wait.Wait > firstWait {
		t.Errorf("after ten tries: %v", err)
	}
	if err := d.Screens.Approve(anna(t, d), code, time.Hour); err != nil {
		t.Errorf("another account: %v", err)
	}
}
