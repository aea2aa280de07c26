package openid

import (
	"errors"
	"fmt"
	"net"
	"net/url"

	"golang.org/x/oauth2"
)

// Outcome is what became of a sign-in, a closed list for metrics.
type Outcome string

// The outcomes. Who signs in is told of none of them but Unreachable before he was sent away.
const (
	OK          Outcome = "ok"
	Cancelled   Outcome = "cancelled"   // the provider says that it did not go through, e.g. because somebody pressed "cancel"
	Unreachable Outcome = "unreachable" // the provider does not answer, or not as it should
	BadState    Outcome = "state"       // no sign-in of this browser is under way
	BadAnswer   Outcome = "answer"      // what the provider says is not genuine, not for us, or not for this sign-in
	NoAccount   Outcome = "no_account"  // nobody here is that person; for who looks for accounts
	NoProvider  Outcome = "no_provider" // none of this id is configured
)

// Outcomes are all of them but NoProvider, which belongs to no provider.
func Outcomes() []Outcome {
	return []Outcome{OK, Cancelled, Unreachable, BadState, BadAnswer, NoAccount}
}

// Failure is why somebody is not signed in: for the log and the metrics, never for who asks.
type Failure struct {
	Provider string // id; empty when it is not known
	Outcome  Outcome
	Step     string // in words of ours
	Err      error  // without any token, code, name or body of an answer; may be nil
}

func (f *Failure) Error() string {
	if f.Err == nil {
		return fmt.Sprintf("openid: %s: %s", f.Outcome, f.Step)
	}
	return fmt.Sprintf("openid: %s: %s: %v", f.Outcome, f.Step, f.Err)
}

// Unwrap is the cause.
func (f *Failure) Unwrap() error { return f.Err }

func (p *provider) failed(o Outcome, step string, err error) error {
	return &Failure{Provider: p.ID, Outcome: o, Step: step, Err: err}
}

// asked tells a failure to reach a provider from an answer that is no good. What a library says of an answer may quote
// it, so only what is known to quote nothing goes on.
func (p *provider) asked(step string, err error) error {
	var refused *oauth2.RetrieveError
	var network *url.Error
	var timeout net.Error
	var answer *answerError
	switch {
	case errors.As(err, &answer):
		return p.failed(BadAnswer, step, answer)
	case errors.As(err, &refused):
		return p.failed(BadAnswer, step, statusError(refused.Response.StatusCode))
	case errors.As(err, &timeout) && timeout.Timeout():
		return p.failed(Unreachable, step, errors.New("timeout"))
	case errors.As(err, &network): // its address may hold secrets in the query
		return p.failed(Unreachable, step, network.Err)
	}
	return p.failed(Unreachable, step, nil)
}

func statusError(status int) error { return fmt.Errorf("status %d", status) }
