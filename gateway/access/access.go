// Package access knows who asks: people with accounts, in browser sessions that a one-time link, a passkey, a code
// that was sent or an approving phone opens, and devices with bearer tokens. It answers Authenticate with an Identity
// or with nothing.
//
// Every secret is random, at least 128 bits, and kept as its SHA-256 only: who reads our memory, disk, logs or
// configuration cannot sign in. Codes that people type are short; see Codes for what makes up for that. Accounts,
// sessions, links and paired devices survive a restart; challenges and requests that live for minutes do not. There
// are no passwords, so none can be guessed or shared, and whoever asks gets the same answer in the same time whether
// there is such an account or not.
//
// It knows no HTTP: cookies and headers are taken apart by the server, which also decides what a role may do.
package access

import (
	"context"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"errors"
	"net/url"
	"slices"
	"strings"
	"time"
)

// Identity is somebody who signed in. It is immutable.
type Identity struct {
	ID           string // of the account or device; stands in the ledger as the checker
	Name         string // for the screen
	Role         Role
	Organisation string   // id; empty: acts for himself
	Checkpoints  []string // where he may scan; "*" is everywhere
	INN          string   // tax number (ИНН), digits only; empty: not known
	SNILS        string   // insurance number (СНИЛС), digits only; empty: not known
	Confirmed    bool     // somebody vouches that he is who he says; without it he checks nobody else
	// Delegated says that he signed this browser in from another one, e.g. a till from his phone. Whoever stands
	// there later may work with it, and not change the account or sign in further screens.
	Delegated bool
	// Heads are the organisations (ОГРН) of which a provider said at this sign-in that he is their head. It is true of
	// the session alone; an account does not remember it.
	Heads []string
}

// MayScanAt reports whether the identity may scan at this checkpoint.
func (i *Identity) MayScanAt(checkpoint string) bool {
	return slices.Contains(i.Checkpoints, "*") || slices.Contains(i.Checkpoints, checkpoint)
}

// Covers reports whether the identity may scan at each of these checkpoints.
func (i *Identity) Covers(checkpoints []string) bool {
	return !slices.ContainsFunc(checkpoints, func(c string) bool { return !i.MayScanAt(c) })
}

// Why something asked for is not done.
var (
	// ErrCode: what was shown is unknown, used up, expired or not genuine. Which of them is nobody's business.
	ErrCode = errors.New("access: code unknown, used or expired")
	// ErrUnknown: there is no such account, session, passkey or device, or none of his own.
	ErrUnknown = errors.New("access: no such entry")
	// ErrFull: there is no room for one more.
	ErrFull = errors.New("access: too many entries")
	// ErrBusy: too many ask at this moment.
	ErrBusy = errors.New("access: too many ask at once")
)

// FieldError says which value cannot be taken, and what would be.
type FieldError struct{ Field, Want string }

func (e *FieldError) Error() string { return "access: " + e.Field + ": want " + e.Want }

// Options are what a Desk is made of. The zero value keeps everything in memory.
type Options struct {
	Store    Store // nil keeps nothing over a restart
	Sessions SessionOptions
	Codes    CodeOptions
	// Devices are those of the configuration, by the SHA-256 of their tokens.
	Devices map[[sha256.Size]byte]*Identity
}

// Desk answers who asks. Its parts may be used from any goroutine.
type Desk struct {
	Accounts *Accounts
	Sessions *Sessions
	Links    *Links
	Passkeys *Passkeys
	Logins   *Logins
	Devices  *Devices
	Screens  *Screens
	Codes    *Codes
}

// Open reads what the store knows. The error says what cannot be read.
func Open(o Options) (*Desk, error) {
	c := &core{store: o.Store}
	accounts := &Accounts{core: c, byID: map[string]*member{}}
	d := &Desk{
		Accounts: accounts, Sessions: newSessions(accounts, o.Sessions), Links: newLinks(accounts),
		Passkeys: newPasskeys(accounts), Logins: newLogins(accounts), Devices: newDevices(c, o.Devices),
	}
	d.Screens = newScreens(accounts, d.Sessions)
	d.Codes = newCodes(accounts, o.Codes)
	for _, load := range []func() error{accounts.load, d.Passkeys.load, d.Logins.load, d.Sessions.load, d.Links.load, d.Devices.load} {
		if err := load(); err != nil {
			return nil, err
		}
	}
	accounts.changed = []func(id string, now *Identity, same bool) error{
		d.Sessions.accountChanged, d.Links.accountChanged, d.Passkeys.accountChanged, d.Logins.accountChanged, d.Devices.accountChanged,
	}
	return d, nil
}

// Run writes down now and then which sessions are in use, and removes what has ended, until ctx ends. failed is told
// when the store does not take it; it is tried again.
func (d *Desk) Run(ctx context.Context, failed func(error)) {
	tick := time.NewTicker(sweepEvery)
	defer tick.Stop()
	for over := false; !over; {
		select {
		case <-ctx.Done():
			over = true
		case <-tick.C:
		}
		if err := d.sweep(time.Now()); err != nil {
			failed(err)
		}
	}
}

// sweepEvery is how often the use of sessions is written down: a crash forgets no more of it.
const sweepEvery = time.Minute

func (d *Desk) sweep(now time.Time) error {
	return errors.Join(d.Sessions.sweep(now), d.Links.sweep(now))
}

// Credentials is what a request carries. At most one member is looked at: the token when there is one.
type Credentials struct {
	Token  string // of "Authorization: Bearer"
	Cookie string // session id
}

// Authenticate returns who presents these credentials, nil when nobody known does. A token that is wrong is
// not made good by a cookie beside it.
func (d *Desk) Authenticate(c Credentials) *Identity {
	if c.Token != "" {
		return d.Devices.find(hashOf(c.Token))
	}
	if c.Cookie != "" {
		return d.Sessions.Find(c.Cookie)
	}
	return nil
}

// SameOrigin reports whether a page of this Origin header belongs to the server that is addressed as host. A
// missing or opaque origin ("null") belongs to nobody. The scheme is left aside, because a proxy may end TLS.
func SameOrigin(origin, host string) bool {
	u, err := url.Parse(origin)
	return err == nil && u.Host != "" && strings.EqualFold(u.Host, host)
}

// digest is what is kept of a secret. Looking it up in a map leaks no timing about the secret: an attacker
// cannot choose what a guess hashes to.
type digest [sha256.Size]byte

// hashOf hashes from the stack what is as short as our secrets, because every request is asked about.
func hashOf(secret string) digest {
	var buf [64]byte
	if len(secret) > len(buf) {
		return sha256.Sum256([]byte(secret))
	}
	return sha256.Sum256(buf[:copy(buf[:], secret)])
}

// MarshalText writes the digest in hex.
func (d digest) MarshalText() ([]byte, error) { return []byte(hex.EncodeToString(d[:])), nil }

// UnmarshalText reads what MarshalText writes.
func (d *digest) UnmarshalText(text []byte) error {
	if hex.DecodedLen(len(text)) != len(d) {
		return errors.New("not a digest")
	}
	_, err := hex.Decode(d[:], text)
	return err
}

// secretLength is how long the text of a secret is.
const secretLength = 43

// newSecret is 256 random bits in the URL-safe base64 alphabet.
func newSecret() string {
	var b [32]byte
	_, _ = rand.Read(b[:]) // never fails: the program is stopped instead (crypto/rand)
	return base64.RawURLEncoding.EncodeToString(b[:])
}

// newID names an account or device: random, so that it tells nothing and is never given twice.
func newID(kind string) string { return kind + "-" + strings.ToLower(rand.Text()) }
