package openid

import (
	"context"
	"net/http"
	"net/url"
	"strings"
	"testing"
)

func TestSignIn(t *testing.T) {
	f := newFake(t)
	f.trade = func(r *http.Request) {
		if id, secret, ok := r.BasicAuth(); !ok || id != "vratar" || secret != "s3cret" {
			t.Errorf("asked for a token as %s", id)
		}
	}
	p := New([]Settings{f.settings()})
	begun, answer := f.leave(p, Beginning{})
	u, err := url.Parse(begun.URL)
	if err != nil {
		t.Fatal(err)
	}
	q := u.Query()
	for name, want := range map[string]string{
		"response_type": "code", "client_id": "vratar", "redirect_uri": ourRedirect, "scope": "openid email", "code_challenge_method": "S256",
	} {
		if q.Get(name) != want {
			t.Errorf("%s %q, want %q", name, q.Get(name), want)
		}
	}
	if len(q.Get("state")) < 43 || len(q.Get("nonce")) < 43 || len(q.Get("code_challenge")) != 43 || strings.Contains(begun.URL, begun.Ticket) {
		t.Errorf("%s", begun.URL)
	}
	person, err := p.Finish(context.Background(), answer)
	if err != nil || person.Subject != "anna" || person.Session != "s1" || person.Issuer != f.server.URL || person.Provider != "corp" {
		t.Errorf("%+v, %v", person, err)
	}
	_, err = p.Finish(context.Background(), answer)
	wantOutcome(t, err, BadState) // replayed
}

func TestWhatIsNotOurBrowsersAnswerIsRefused(t *testing.T) {
	f := newFake(t)
	p := New([]Settings{f.settings()})
	try := func(change func(*Answer)) error {
		t.Helper()
		_, answer := f.leave(p, Beginning{})
		change(&answer)
		_, err := p.Finish(context.Background(), answer)
		return err
	}
	other, _ := f.leave(p, Beginning{})
	wantOutcome(t, try(func(a *Answer) { a.Ticket = other.Ticket }), BadState)
	wantOutcome(t, try(func(a *Answer) { a.Ticket = "" }), BadState)
	wantOutcome(t, try(func(a *Answer) { a.State = "guessed" }), BadState)
	wantOutcome(t, try(func(a *Answer) { a.State = "" }), BadState)
	wantOutcome(t, try(func(a *Answer) { a.Issuer = "https://other.example" }), BadAnswer)
	wantOutcome(t, try(func(a *Answer) { a.Issuer = "" }), BadAnswer) // it says that it names itself
	wantOutcome(t, try(func(a *Answer) { a.Error, a.Code = "access_denied", "" }), Cancelled)
	wantOutcome(t, try(func(a *Answer) { a.Code = "" }), Cancelled)
	wantOutcome(t, try(func(a *Answer) { a.Code = "of nobody" }), BadAnswer)
	// A code of another sign-in fits neither its verifier nor its nonce.
	_, stolen := f.leave(p, Beginning{})
	wantOutcome(t, try(func(a *Answer) { a.Code = stolen.Code }), BadAnswer)
}

// Somebody who saw the state cannot use up what he has no ticket for.
func TestStrangerTakesNothingFromItsOwner(t *testing.T) {
	f := newFake(t)
	p := New([]Settings{f.settings()})
	_, answer := f.leave(p, Beginning{})
	stranger := answer
	stranger.Ticket = newSecret()
	_, err := p.Finish(context.Background(), stranger)
	wantOutcome(t, err, BadState)
	if _, err := p.Finish(context.Background(), answer); err != nil {
		t.Error(err)
	}
}

func TestProvidersAreNotMixedUp(t *testing.T) {
	honest, hostile := newFake(t), newFake(t)
	second := hostile.settings()
	second.ID = "other"
	p := New([]Settings{honest.settings(), second})
	_, answer := honest.leave(p, Beginning{})
	answer.Issuer = hostile.server.URL
	before := honest.asked.Load()
	_, err := p.Finish(context.Background(), answer)
	wantOutcome(t, err, BadAnswer)
	if honest.asked.Load() != before {
		t.Error("the code went to a token endpoint although the answer is another provider's")
	}
	// A provider that signs with its own key, but says to be the other one.
	hostile.claims = map[string]any{"iss": honest.server.URL}
	hostile.codes = map[string]url.Values{}
	begun, err := p.Begin(context.Background(), Beginning{Provider: "other", Return: ourRedirect})
	if err != nil {
		t.Fatal(err)
	}
	_, err = p.Finish(context.Background(), hostile.agree(begun))
	wantOutcome(t, err, BadAnswer)
}

func TestUnknownProvider(t *testing.T) {
	p := New(nil)
	_, err := p.Begin(context.Background(), Beginning{Provider: "corp"})
	wantOutcome(t, err, NoProvider)
	_, err = p.Logout(context.Background(), "corp", "x")
	wantOutcome(t, err, NoProvider)
	if p.SignOut(context.Background(), "corp", "") != "" || len(p.Names()) != 0 || p.Issuer("corp") != "" {
		t.Error("something is known of a provider that there is not")
	}
}

func TestLinkIsNoSignIn(t *testing.T) {
	f := newFake(t)
	p := New([]Settings{f.settings()})
	_, answer := f.leave(p, Beginning{Account: "u-1"})
	if !p.Links(answer.State) || p.Links("x") {
		t.Error("what is linked is not told apart")
	}
	if person, err := p.Finish(context.Background(), answer); err != nil || person.Account != "u-1" {
		t.Errorf("%+v, %v", person, err)
	}
}

func TestSignOut(t *testing.T) {
	f := newFake(t)
	p := New([]Settings{f.settings()})
	got := p.SignOut(context.Background(), "corp", "https://gate.example.kz/")
	if want := f.server.URL + "/end?client_id=vratar&post_logout_redirect_uri=https%3A%2F%2Fgate.example.kz%2F"; got != want {
		t.Errorf("%s, want %s", got, want)
	}
}
