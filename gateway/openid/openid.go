// Package openid signs people in by OpenID Connect providers, as a relying party: it makes the address to which a
// browser is sent, trades the code that comes back for a verified answer of who that is, and understands the provider's
// word that somebody has signed out. One profile more speaks to ЕСИА, which signs its requests and names people its own
// way.
//
// It knows no HTTP server, no accounts and no sessions: who calls it keeps the browser's ticket, finds the account and
// opens the session. It believes nothing that came through the browser, no unverified address, and never a name. It
// keeps no token of a provider and logs nothing. A provider is asked when it is needed, within limits of time and size;
// one that is down is nobody's trouble but its own.
package openid

import (
	"context"
	"crypto/rand"
	"crypto/sha256"
	"crypto/subtle"
	"encoding/base64"
	"errors"
	"net/http"
	"net/url"
	"slices"
	"time"

	"vratar/gateway/waiting"
)

// signInTime is how long somebody may take at his provider.
const signInTime = 10 * time.Minute

// maxAtOnce is how many sign-ins of one provider may wait for it at once; more are refused, so that a provider that is
// slow takes nothing away from the others.
const maxAtOnce = 32

// Parties are all providers by which people sign in here. They may be used from any goroutine.
type Parties struct {
	providers []*provider
	waiting   *waiting.Room[*dialogue] // by state
	used      *usedTokens
	now       func() time.Time
}

// New knows the providers of the settings, which must have been checked, and asks none of them yet.
func New(settings []Settings) *Parties {
	p := &Parties{waiting: waiting.New[*dialogue](signInTime), used: newUsedTokens(), now: time.Now}
	client := newClient()
	for i := range settings {
		p.providers = append(p.providers, newProvider(&settings[i], client))
	}
	return p
}

// Name is a provider as it is offered on a screen.
type Name struct {
	ID   string `json:"id"`
	Name string `json:"name"`
}

// Names are all providers, in the order of the settings.
func (p *Parties) Names() []Name {
	list := []Name{}
	for _, one := range p.providers {
		list = append(list, Name{one.ID, one.Name})
	}
	return list
}

// Issuer is the issuer of a provider, empty when there is no such provider.
func (p *Parties) Issuer(id string) string {
	if one := p.find(id); one != nil {
		return one.Issuer
	}
	return ""
}

// Of is the provider of an issuer; false when none is configured any more.
func (p *Parties) Of(issuer string) (Name, bool) {
	for _, one := range p.providers {
		if one.Issuer == issuer {
			return Name{one.ID, one.Name}, true
		}
	}
	return Name{}, false
}

func (p *Parties) find(id string) *provider {
	i := slices.IndexFunc(p.providers, func(one *provider) bool { return one.ID == id })
	if i < 0 {
		return nil
	}
	return p.providers[i]
}

// Beginning says who is to be sent to a provider.
type Beginning struct {
	Provider string
	Return   string // redirect_uri: where the provider sends the browser back to, as it knows it
	Client   string // neighbourhood of the address that asks: nobody else's sign-ins give way to its
	Account  string // to be linked to who comes back; empty: a sign-in
}

// Begun is a sign-in under way.
type Begun struct {
	URL     string // to which the browser goes
	Ticket  string // which this browser alone keeps, and shows with the answer
	Expires time.Time
}

// Begin prepares to send a browser to a provider. The error is a *Failure.
func (p *Parties) Begin(ctx context.Context, b Beginning) (Begun, error) {
	one := p.find(b.Provider)
	if one == nil {
		return Begun{}, &Failure{Outcome: NoProvider}
	}
	if !one.enter() {
		return Begun{}, one.failed(Unreachable, "too many at once", nil)
	}
	defer one.leave()
	d := &dialogue{
		provider: one, account: b.Account, redirect: b.Return, state: one.newState(), nonce: newSecret(), verifier: newSecret(),
	}
	address, err := one.flow.authorize(ctx, d)
	if err != nil {
		return Begun{}, err
	}
	ticket := newSecret()
	d.ticket = sha256.Sum256([]byte(ticket))
	return Begun{address, ticket, p.waiting.Add(b.Client, d.state, d)}, nil
}

// Links reports whether this state was begun in order to link an account. It tells nothing else of it.
func (p *Parties) Links(state string) (links bool) {
	p.waiting.With(state, func(d **dialogue) (keep bool) {
		links = (*d).account != ""
		return true
	})
	return links
}

// Answer is what came back through the browser.
type Answer struct {
	State  string
	Code   string
	Issuer string // RFC 9207; empty: not said
	Error  string // OAuth's word for what went wrong; empty: nothing
	Ticket string // of the browser
}

// Person is somebody whom a provider vouches for.
type Person struct {
	Provider, Issuer string
	Subject          string // who he is to the provider
	Session          string // sid at the provider; empty: not said
	Account          string // that was to be linked to him; empty: a sign-in

	// By these an account is found: only those that the settings allow, and the provider has verified.
	INN, SNILS, Phone, Email string

	Confirmed bool     // the provider knows him in person, and the settings take its word for it
	Heads     []string // ОГРН of organisations whose head he is
}

// Finish trades the answer for who signed in, once. The error is a *Failure.
func (p *Parties) Finish(ctx context.Context, a Answer) (Person, error) {
	hash := sha256.Sum256([]byte(a.Ticket))
	var d *dialogue
	p.waiting.With(a.State, func(waits **dialogue) (keep bool) {
		if subtle.ConstantTimeCompare(hash[:], (*waits).ticket[:]) != 1 {
			return true // somebody else's try takes nothing from its owner
		}
		d = *waits
		return false
	})
	if d == nil {
		return Person{}, &Failure{Outcome: BadState, Step: "state"}
	}
	one := d.provider
	if !one.enter() {
		return Person{}, one.failed(Unreachable, "too many at once", nil)
	}
	defer one.leave()
	person, err := one.flow.finish(ctx, d, a)
	if err != nil {
		return Person{}, err
	}
	person.Provider, person.Issuer, person.Account = one.ID, one.Issuer, d.account
	person.Confirmed = person.Confirmed && one.Confirms
	one.keepWanted(&person)
	return person, nil
}

// SignOut is where a browser goes to sign out at the provider as well, and comes back from; empty when the provider
// offers nothing of the kind, or is not there. No token is sent along, so it may ask whether that is meant.
func (p *Parties) SignOut(ctx context.Context, id, back string) string {
	one := p.find(id)
	if one == nil || !one.enter() {
		return ""
	}
	defer one.leave()
	return one.flow.signOut(ctx, back)
}

// flow is how one kind of provider is spoken to. Errors are *Failure.
type flow interface {
	authorize(ctx context.Context, d *dialogue) (address string, err error)
	finish(ctx context.Context, d *dialogue, a Answer) (Person, error)
	signOut(ctx context.Context, back string) string
	// logout verifies a logout token and returns whom it means.
	logout(ctx context.Context, token string) (loggedOut, error)
}

// provider is one of them.
type provider struct {
	*Settings
	flow   flow
	client *http.Client
	at     chan struct{} // one in it for each that waits
}

func newProvider(s *Settings, client *http.Client) *provider {
	p := &provider{Settings: s, client: client, at: make(chan struct{}, maxAtOnce)}
	if s.ESIA != nil {
		p.flow = &esia{p}
	} else {
		p.flow = &connect{provider: p, busy: make(chan struct{}, 1)}
	}
	return p
}

func (p *provider) enter() bool {
	select {
	case p.at <- struct{}{}:
		return true
	default:
		return false
	}
}

func (p *provider) leave() { <-p.at }

// keepWanted clears what the settings do not let an account be found by.
func (p *provider) keepWanted(person *Person) {
	for by, at := range map[string]*string{
		ByINN: &person.INN, BySNILS: &person.SNILS, ByPhone: &person.Phone, ByEmail: &person.Email,
	} {
		if !slices.Contains(p.Find, by) {
			*at = ""
		}
	}
}

// newState is a random state. ЕСИА wants the form of a UUID (RFC 9562 §5.4): 122 bits of it are.
func (p *provider) newState() string {
	if p.ESIA != nil {
		return newUUID()
	}
	return newSecret()
}

// newSecret is 256 random bits in the URL-safe base64 alphabet.
func newSecret() string {
	var b [32]byte
	_, _ = rand.Read(b[:]) // never fails: the program is stopped instead (crypto/rand)
	return base64.RawURLEncoding.EncodeToString(b[:])
}

// challenge is the S256 code challenge of a verifier (RFC 7636 §4.2).
func challenge(verifier string) string {
	h := sha256.Sum256([]byte(verifier))
	return base64.RawURLEncoding.EncodeToString(h[:])
}

// withQuery adds parameters to an address.
func withQuery(address string, v url.Values) (string, error) {
	u, err := url.Parse(address)
	if err != nil {
		return "", errors.New("not an address")
	}
	q := u.Query()
	for name, values := range v {
		q[name] = values
	}
	u.RawQuery = q.Encode()
	return u.String(), nil
}
