package access

import (
	"encoding/base64"
	"encoding/json"
	"slices"
	"time"

	"github.com/go-webauthn/webauthn/protocol"
	"github.com/go-webauthn/webauthn/webauthn"

	"vratar/gateway/waiting"
)

// ceremonyTime is how long somebody may take over a passkey's dialogue.
const ceremonyTime = 5 * time.Minute

// maxPasskeys is how many passkeys an account may have.
const maxPasskeys = 20

// RelyingParty is as whom we ask for passkeys (Web Authentication Level 3, §4). A passkey is of one RelyingParty
// for good: with another ID it is not found.
type RelyingParty struct {
	ID     string // a host name or a domain above it; never an IP address
	Name   string // shown beside the dialogue
	Origin string // of our page, e.g. "https://gate.example.kz"
}

// Passkey is what its owner sees of a passkey.
type Passkey struct {
	ID       string    `json:"id"`
	Name     string    `json:"name"`
	Created  time.Time `json:"created_at"`
	Used     time.Time `json:"used_at"`
	BackedUp bool      `json:"backed_up"` // it is copied between devices of its owner
}

// passkey is its record. The credential's id and public key are no secrets.
type passkey struct {
	Name       string              `json:"name"`
	Created    time.Time           `json:"created_at"`
	Used       time.Time           `json:"used_at"`
	Credential webauthn.Credential `json:"credential"`
}

func (p *passkey) shown() Passkey {
	return Passkey{
		ID: base64.RawURLEncoding.EncodeToString(p.Credential.ID), Name: p.Name, Created: p.Created, Used: p.Used,
		BackedUp: p.Credential.Flags.BackupState,
	}
}

// Passkeys registers passkeys for accounts and signs in by them. Sign-in begins without a name: the passkey itself
// says whose it is, so there is nobody to ask about.
type Passkeys struct {
	accounts   *Accounts
	ceremonies *waiting.Room[ceremony]
	owner      map[string]string // account by credential id; guarded by core.change
}

// ceremony is one dialogue under way; its challenge counts once.
type ceremony struct {
	account string // empty: a sign-in
	party   RelyingParty
	data    webauthn.SessionData
}

// Dialogue is what a page hands to the browser, and how its answer is recognised.
type Dialogue struct {
	State   string          `json:"state"`
	Options json.RawMessage `json:"options"` // {"publicKey": …} for navigator.credentials
}

func newPasskeys(a *Accounts) *Passkeys {
	return &Passkeys{accounts: a, ceremonies: waiting.New[ceremony](ceremonyTime), owner: map[string]string{}}
}

func (p *Passkeys) load() error {
	for id, m := range p.accounts.byID {
		p.own(id, m.Passkeys)
	}
	return nil
}

func (p *Passkeys) own(account string, keys []passkey) {
	for i := range keys {
		p.owner[string(keys[i].Credential.ID)] = account
	}
}

// user is an account as the library asks for it.
type user struct{ *member }

func (u user) WebAuthnID() []byte          { return []byte(u.ID) }
func (u user) WebAuthnName() string        { return u.Name }
func (u user) WebAuthnDisplayName() string { return u.Name }
func (u user) WebAuthnCredentials() []webauthn.Credential {
	list := make([]webauthn.Credential, len(u.Passkeys))
	for i := range u.Passkeys {
		list[i] = u.Passkeys[i].Credential
	}
	return list
}

// library is the relying party as the library knows it. The user must prove to the authenticator who he is (PIN,
// finger, face), because the passkey is all that signs him in; who made the authenticator is not asked.
func (r RelyingParty) library() (*webauthn.WebAuthn, error) {
	timeout := webauthn.TimeoutConfig{Enforce: true, Timeout: ceremonyTime, TimeoutUVD: ceremonyTime}
	return webauthn.New(&webauthn.Config{
		RPID: r.ID, RPDisplayName: r.Name, RPOrigins: []string{r.Origin},
		AttestationPreference:  protocol.PreferNoAttestation,
		AuthenticatorSelection: selection(),
		Timeouts:               webauthn.TimeoutsConfig{Login: timeout, Registration: timeout},
	})
}

func selection() protocol.AuthenticatorSelection {
	return protocol.AuthenticatorSelection{
		RequireResidentKey: protocol.ResidentKeyRequired(), ResidentKey: protocol.ResidentKeyRequirementRequired,
		UserVerification: protocol.VerificationRequired,
	}
}

// BeginRegistration starts a dialogue that adds a passkey to the account. The error is ErrUnknown, ErrFull, or says
// what is wrong with the relying party.
func (p *Passkeys) BeginRegistration(account string, party RelyingParty) (Dialogue, error) {
	m := p.accounts.find(account)
	if m == nil {
		return Dialogue{}, ErrUnknown
	}
	if len(m.Passkeys) >= maxPasskeys {
		return Dialogue{}, ErrFull
	}
	lib, err := party.library()
	if err != nil {
		return Dialogue{}, err
	}
	known := make([]protocol.CredentialDescriptor, len(m.Passkeys))
	for i := range m.Passkeys {
		known[i] = m.Passkeys[i].Credential.Descriptor()
	}
	options, data, err := lib.BeginRegistration(user{m}, webauthn.WithExclusions(known))
	if err != nil {
		return Dialogue{}, err
	}
	return p.begin(account, ceremony{account, party, *data}, options)
}

func (p *Passkeys) begin(owner string, c ceremony, options any) (Dialogue, error) {
	text, err := json.Marshal(options)
	if err != nil {
		return Dialogue{}, err
	}
	state := newSecret()
	p.ceremonies.Add(owner, state, c)
	return Dialogue{state, text}, nil
}

// Registration is a browser's answer to BeginRegistration.
type Registration struct {
	State      string
	Name       string // for the list of passkeys
	Credential []byte // JSON of the PublicKeyCredential
}

// FinishRegistration adds the passkey. The error is ErrCode when the answer is not to a dialogue of this account or
// not genuine, ErrFull, a *FieldError or the store's.
func (p *Passkeys) FinishRegistration(account string, r Registration) (Passkey, error) {
	if !isName(r.Name) {
		return Passkey{}, &FieldError{"name", "1 to 200 printed characters"}
	}
	c, ok := p.ceremonies.Take(r.State)
	m := p.accounts.find(account)
	if !ok || m == nil || c.account != account {
		return Passkey{}, ErrCode
	}
	answer, err := protocol.ParseCredentialCreationResponseBytes(r.Credential)
	if err != nil {
		return Passkey{}, ErrCode
	}
	lib, err := c.party.library()
	if err != nil {
		return Passkey{}, err
	}
	credential, err := lib.CreateCredential(user{m}, c.data, answer)
	if err != nil {
		return Passkey{}, ErrCode
	}
	credential.Attestation = webauthn.CredentialAttestation{} // nobody looks at who made the authenticator
	now := time.Now().UTC().Truncate(time.Second)
	return p.add(account, passkey{Name: r.Name, Created: now, Used: now, Credential: *credential})
}

func (p *Passkeys) add(account string, one passkey) (Passkey, error) {
	p.accounts.change.Lock()
	defer p.accounts.change.Unlock()
	m := p.accounts.find(account)
	switch {
	case m == nil:
		return Passkey{}, ErrCode
	case len(m.Passkeys) >= maxPasskeys:
		return Passkey{}, ErrFull
	case p.owner[string(one.Credential.ID)] != "": // Web Authentication §7.1 step 26
		return Passkey{}, ErrCode
	}
	next := *m
	next.Passkeys = append(slices.Clone(m.Passkeys), one)
	if err := p.accounts.keep(&next); err != nil {
		return Passkey{}, err
	}
	p.own(account, next.Passkeys)
	return one.shown(), nil
}

// BeginSignIn starts a dialogue that asks for any passkey of this relying party. client is the address that asks.
func (p *Passkeys) BeginSignIn(party RelyingParty, client string) (Dialogue, error) {
	lib, err := party.library()
	if err != nil {
		return Dialogue{}, err
	}
	options, data, err := lib.BeginDiscoverableLogin(webauthn.WithUserVerification(protocol.VerificationRequired))
	if err != nil {
		return Dialogue{}, err
	}
	return p.begin("from "+Neighbourhood(client), ceremony{"", party, *data}, options)
}

// FinishSignIn returns who answered the dialogue. The error is ErrCode whatever is wrong with the answer, also when
// the passkey's counter shows that there are two of it; or the store's.
func (p *Passkeys) FinishSignIn(state string, answer []byte) (*Identity, error) {
	c, ok := p.ceremonies.Take(state)
	if !ok || c.account != "" {
		return nil, ErrCode
	}
	parsed, err := protocol.ParseCredentialRequestResponseBytes(answer)
	if err != nil {
		return nil, ErrCode
	}
	lib, err := c.party.library()
	if err != nil {
		return nil, err
	}
	// The look at the counter and its change belong together: else two copies could answer at the same moment.
	p.accounts.change.Lock()
	defer p.accounts.change.Unlock()
	var m *member
	credential, err := lib.ValidateDiscoverableLogin(func(id, handle []byte) (webauthn.User, error) {
		if m = p.accounts.find(p.owner[string(id)]); m == nil || m.ID != string(handle) {
			return nil, ErrCode
		}
		return user{m}, nil
	}, c.data, parsed)
	if err != nil || credential.Authenticator.CloneWarning {
		return nil, ErrCode
	}
	return m.identity(), p.used(m, credential)
}

// used writes down the counter and the time.
func (p *Passkeys) used(m *member, credential *webauthn.Credential) error {
	next := *m
	next.Passkeys = slices.Clone(m.Passkeys)
	i := slices.IndexFunc(next.Passkeys, func(one passkey) bool { return slices.Equal(one.Credential.ID, credential.ID) })
	next.Passkeys[i].Credential, next.Passkeys[i].Used = *credential, time.Now().UTC().Truncate(time.Second)
	return p.accounts.keep(&next)
}

// Of lists an account's passkeys, oldest first.
func (p *Passkeys) Of(account string) []Passkey {
	list := []Passkey{}
	if m := p.accounts.find(account); m != nil {
		for i := range m.Passkeys {
			list = append(list, m.Passkeys[i].shown())
		}
	}
	return list
}

// Remove takes a passkey off an account. The error is ErrUnknown or the store's.
func (p *Passkeys) Remove(account, id string) error {
	p.accounts.change.Lock()
	defer p.accounts.change.Unlock()
	m := p.accounts.find(account)
	if m == nil {
		return ErrUnknown
	}
	i := slices.IndexFunc(m.Passkeys, func(one passkey) bool { return one.shown().ID == id })
	if i < 0 {
		return ErrUnknown
	}
	gone := string(m.Passkeys[i].Credential.ID)
	next := *m
	next.Passkeys = slices.Delete(slices.Clone(m.Passkeys), i, i+1)
	if err := p.accounts.keep(&next); err != nil {
		return err
	}
	delete(p.owner, gone)
	return nil
}

// accountChanged forgets the passkeys of an account that is gone.
func (p *Passkeys) accountChanged(id string, now *Identity, _ bool) error {
	if now != nil {
		return nil
	}
	for credential, account := range p.owner {
		if account == id {
			delete(p.owner, credential)
		}
	}
	return nil
}
