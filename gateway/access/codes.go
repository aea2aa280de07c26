package access

import (
	"cmp"
	"context"
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"
	"fmt"
	"math/big"
	"slices"
	"time"

	"vratar/gateway/waiting"
)

// CodeTime is how long a code is good for, from the question on.
const CodeTime = 5 * time.Minute

// What else a sent code allows.
const (
	codeDigits  = 6
	maxTries    = 5           // wrong ones, which burn the code
	codeGap     = time.Minute // between two codes to one account
	maxWaiting  = 1024        // questions whose account was not looked up yet
	codesAnHour = 5           // CodeOptions.PerAccount
	asksAnHour  = 100         // CodeOptions.PerClient: a shift begins behind one address
)

// CodeOptions say how codes reach people. The zero value sends none.
type CodeOptions struct {
	// Send takes a code on its way and returns at once. Nil: there are no codes.
	Send func(CodeMessage)
	// Unclear is told when nothing is sent because what was said fits several accounts; nil: nobody.
	Unclear func(accounts []string)

	Email, Phone bool // to which addresses Send can send
	AddressAlone bool // the tax number need not be said
	PerAccount   int  // codes to one account an hour. Default 5
	PerClient    int  // codes that one client may ask for an hour. Default 100
}

// CodeMessage is a code and where it goes: one of Phone and Email is set.
type CodeMessage struct {
	Phone, Email string // of the account, as it is written there
	Code         string
	Language     string // as the browser asked
	Expires      time.Time
}

// CodeQuestion is what somebody says about himself to get a code.
type CodeQuestion struct {
	INN          string // 12 digits; may be empty with CodeOptions.AddressAlone
	Phone, Email string // exactly one of them
	Language     string // ru, kk or en
	Client       string // address that asks
	Before       string // ticket that this browser had: it is worth nothing any more
}

// CodeAnswer is the same whether there is such an account or not.
type CodeAnswer struct {
	Ticket  string // which the asking browser alone keeps
	Expires time.Time
	Resend  time.Time // before, no other code is sent
}

// Codes sign in with six digits that are sent to the address of an account.
//
// Six digits are few, so each code is bound to the browser that asked, lasts minutes, and bears few tries. Ask looks
// nobody up: it limits and answers by what was said alone, and leaves the rest to Run, so that neither the answer nor
// its time tells whether there is an account. Redeem does the same work for a code that was never sent.
type Codes struct {
	accounts  *Accounts
	o         CodeOptions
	key       [sha256.Size]byte // of the hashes; lasts as long as the codes, which is until the process ends
	sent      *waiting.Room[sentCode]
	questions chan question

	clients, claims limiter    // wrong codes, by who tries and by what was said
	asks            *allowance // codes asked for, by client
	perClaim        *allowance // likewise, by what was said
	toAccount       *allowance // codes sent: several claims may fit one account
}

// claim is what was said, in one spelling.
type claim struct{ inn, phone, email string }

// name tells a claim from all others. What is bounded is bounded by all that was said: who knows an address alone cannot
// use up the codes of its owner where the tax number must be said.
func (c *claim) name() string { return c.inn + " " + c.phone + " " + c.email }

func (c *claim) fits(a *Account) bool {
	if c.inn != "" && c.inn != a.INN {
		return false
	}
	if c.phone != "" {
		return c.phone == a.Phone
	}
	return c.email != "" && c.email == lower(a.Email)
}

// sentCode waits to be typed in.
type sentCode struct {
	claim   claim
	hash    digest
	tries   int
	account *Account // as it was when the code was sent; nil: it was not
}

// question waits for Run.
type question struct {
	claim   claim
	ticket  string
	message CodeMessage
}

func newCodes(a *Accounts, o CodeOptions) *Codes {
	perAccount := cmp.Or(o.PerAccount, codesAnHour)
	c := &Codes{
		accounts: a, o: o, sent: waiting.New[sentCode](CodeTime), questions: make(chan question, maxWaiting),
		asks:      &allowance{most: cmp.Or(o.PerClient, asksAnHour)},
		perClaim:  &allowance{most: perAccount, gap: codeGap},
		toAccount: &allowance{most: perAccount, gap: codeGap},
	}
	_, _ = rand.Read(c.key[:]) // never fails: the program is stopped instead (crypto/rand)
	return c
}

// CodeWays is what a page must know before anybody signs in with a code.
type CodeWays struct {
	Email bool `json:"email"`
	Phone bool `json:"phone"`
	INN   bool `json:"inn"` // it must be said beside the address
}

// Ways tells which addresses get codes; nil where none do.
func (c *Codes) Ways() *CodeWays {
	if c.o.Send == nil || (!c.o.Email && !c.o.Phone) {
		return nil
	}
	return &CodeWays{Email: c.o.Email, Phone: c.o.Phone, INN: !c.o.AddressAlone}
}

// check tells the first member that cannot be taken.
func (c *Codes) check(q *CodeQuestion) error {
	switch {
	case q.INN == "" && !c.o.AddressAlone, q.INN != "" && !isINN(q.INN):
		return &FieldError{"inn", "12 digits whose check digits fit"}
	case (q.Phone == "") == (q.Email == ""):
		return &FieldError{"phone", "a phone or an email, and not both"}
	case q.Phone != "" && (!c.o.Phone || !isPhone(q.Phone)):
		return &FieldError{"phone", "+ and 8 to 15 digits, where codes go to phones"}
	case q.Email != "" && (!c.o.Email || !isEmail(q.Email)):
		return &FieldError{"email", "an address such as name@example.kz, where codes go by email"}
	case !slices.Contains([]string{"ru", "kk", "en"}, q.Language):
		return &FieldError{"language", "ru, kk or en"}
	}
	return nil
}

// Ask has a code sent to the account that fits what was said, if there is one. The error is ErrUnknown when there are
// no codes, a *FieldError, a *WaitError, or ErrBusy.
func (c *Codes) Ask(q CodeQuestion) (CodeAnswer, error) {
	if c.Ways() == nil {
		return CodeAnswer{}, ErrUnknown
	}
	if err := c.check(&q); err != nil {
		return CodeAnswer{}, err
	}
	said := claim{q.INN, q.Phone, lower(q.Email)}
	resend, err := c.limit(&said, Neighbourhood(q.Client))
	if err != nil {
		return CodeAnswer{}, err
	}
	if q.Before != "" {
		c.sent.Take(q.Before)
	}
	ticket, code := newSecret(), newCode()
	expires := c.sent.Add(Neighbourhood(q.Client), ticket, sentCode{claim: said, hash: c.hash(ticket, code)})
	message := CodeMessage{Phone: q.Phone, Email: q.Email, Code: code, Language: q.Language, Expires: expires}
	select {
	case c.questions <- question{claim: said, ticket: ticket, message: message}:
	default:
		return CodeAnswer{}, ErrBusy
	}
	return CodeAnswer{ticket, expires.UTC().Truncate(time.Second), resend.UTC().Truncate(time.Second)}, nil
}

// limit bounds asking, by what was said and by who says it. It returns from when on one may ask again.
func (c *Codes) limit(said *claim, client string) (resend time.Time, err error) {
	if err := c.clients.allow(client); err != nil {
		return resend, err
	}
	if err := c.claims.allow(said.name()); err != nil {
		return resend, err
	}
	if _, err := c.asks.take(client); err != nil {
		return resend, err
	}
	return c.perClaim.take(said.name())
}

// Run looks up whom the questions are about and has their codes sent, until ctx ends.
func (c *Codes) Run(ctx context.Context) {
	for {
		select {
		case <-ctx.Done():
			return
		case q := <-c.questions:
			c.answer(q)
		}
	}
}

// answer sends the code to the account that fits. Where several do, nobody can say whose the code would be.
func (c *Codes) answer(q question) {
	found := c.accounts.fitting(&q.claim)
	if len(found) > 1 && c.o.Unclear != nil {
		var ids []string
		for i := range found {
			ids = append(ids, found[i].ID)
		}
		slices.Sort(ids)
		c.o.Unclear(ids)
	}
	if len(found) != 1 {
		return
	}
	account := &found[0]
	if _, err := c.toAccount.take(account.ID); err != nil {
		return
	}
	if !c.sent.With(q.ticket, func(s *sentCode) bool { s.account = account; return true }) {
		return // it was asked for again, or took too long
	}
	if q.message.Phone != "" {
		q.message.Phone = account.Phone
	} else {
		q.message.Email = account.Email
	}
	c.o.Send(q.message)
}

// fitting returns the accounts that a claim fits.
func (a *Accounts) fitting(c *claim) (found []Account) {
	a.mu.RLock()
	defer a.mu.RUnlock()
	for _, m := range a.byID {
		if c.fits(&m.Account) {
			found = append(found, m.Account)
		}
	}
	return found
}

// CodeTry is a code that somebody typed in.
type CodeTry struct {
	Ticket string // of this browser
	Code   string
	Client string // address that asks
}

// Redeem returns whom a code signs in, once. The error is ErrCode, a *WaitError, or a *FieldError when it is no code
// at all, which counts as no try.
func (c *Codes) Redeem(t CodeTry) (*Identity, error) {
	if !isDigits(t.Code, codeDigits) {
		return nil, &FieldError{"code", fmt.Sprintf("%d digits", codeDigits)}
	}
	client := Neighbourhood(t.Client)
	if err := c.clients.allow(client); err != nil {
		return nil, err
	}
	var is sentCode
	var wait error
	fits, hash := false, c.hash(t.Ticket, t.Code)
	known := c.sent.With(t.Ticket, func(s *sentCode) (keep bool) {
		is = *s
		if wait = c.claims.allow(s.claim.name()); wait != nil {
			return true
		}
		s.tries++
		fits = hmac.Equal(s.hash[:], hash[:])
		return !fits && s.tries < maxTries
	})
	if wait != nil {
		return nil, wait
	}
	if fits {
		if m := c.stillThere(is.account); m != nil {
			return m.identity(), nil
		}
	}
	c.clients.failed(client)
	if known {
		c.claims.failed(is.claim.name())
	}
	return nil, ErrCode
}

// stillThere finds an account that may do, and is reached by, what it was and did when its code was sent.
func (c *Codes) stillThere(then *Account) *member {
	if then == nil {
		return nil
	}
	m := c.accounts.find(then.ID)
	if m == nil || !mayTheSame(&m.Account, then) || m.Phone != then.Phone || m.Email != then.Email {
		return nil
	}
	return m
}

// hash is what is kept of a code: without the key, which is nowhere but in memory, a million guesses would find it.
func (c *Codes) hash(ticket, code string) digest {
	mac := hmac.New(sha256.New, c.key[:])
	mac.Write([]byte(ticket + " " + code))
	return digest(mac.Sum(nil))
}

// newCode is one of a million, each as likely as the others.
func newCode() string {
	n, err := rand.Int(rand.Reader, big.NewInt(1_000_000))
	if err != nil {
		panic("access: BUG: no random number: " + err.Error()) // crypto/rand stops the program before
	}
	return fmt.Sprintf("%0*d", codeDigits, n)
}
