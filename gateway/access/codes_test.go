package access

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"testing"
	"testing/synctest"
	"time"
)

const (
	annaINN   = "500100732259"
	annaPhone = "+77011234567"
	annaEmail = "Anna@example.kz"
)

// post is where codes arrive.
type post struct {
	sent    []CodeMessage
	unclear []string
}

func (p *post) options() CodeOptions {
	return CodeOptions{
		Email: true, Phone: true,
		Send:    func(m CodeMessage) { p.sent = append(p.sent, m) },
		Unclear: func(ids []string) { p.unclear = ids },
	}
}

// office is a desk with Anna's account whose codes are looked up in the background, inside a bubble.
type office struct {
	*post
	*Desk
	t    *testing.T
	anna string
	// n gives each client an address of its own unless a test says otherwise.
	n int
}

func inOffice(t *testing.T, change func(*CodeOptions), f func(*office)) {
	t.Helper()
	synctest.Test(t, func(t *testing.T) {
		o := &office{post: &post{}, t: t}
		options := o.options()
		if change != nil {
			change(&options)
		}
		o.Desk = open(t, Options{Codes: options})
		a, err := o.Accounts.Create(Account{
			Name: "Anna", Role: RoleChecker, Checkpoints: []string{"*"}, Confirmed: true, INN: annaINN, Phone: annaPhone, Email: annaEmail,
		})
		if err != nil {
			t.Fatal(err)
		}
		o.anna = a.ID
		ctx, cancel := context.WithCancel(context.Background())
		go o.Codes.Run(ctx)
		f(o)
		cancel()
	})
}

// byEmail is Anna's own question.
func (o *office) byEmail() CodeQuestion {
	o.n++
	return CodeQuestion{INN: annaINN, Email: "anna@EXAMPLE.kz", Language: "kk", Client: fmt.Sprintf("192.0.%d.%d", o.n/250, o.n%250)}
}

// ask asks and waits until whatever is sent was sent.
func (o *office) ask(q CodeQuestion) CodeAnswer {
	o.t.Helper()
	answer, err := o.Codes.Ask(q)
	if err != nil {
		o.t.Fatalf("%+v: %v", q, err)
	}
	synctest.Wait()
	return answer
}

// code asks as Anna and returns what arrived.
func (o *office) code() (ticket, code string) {
	o.t.Helper()
	before := len(o.sent)
	answer := o.ask(o.byEmail())
	if len(o.sent) != before+1 {
		o.t.Fatalf("%d messages", len(o.sent)-before)
	}
	return answer.Ticket, o.sent[before].Code
}

// refused is how a try is to fail: nobody gets in, and the error is ErrCode.
func (o *office) refused(what string, t CodeTry) {
	o.t.Helper()
	if who, err := o.Codes.Redeem(t); who != nil || !errors.Is(err, ErrCode) {
		o.t.Errorf("%s: %v, %v", what, who, err)
	}
}

// waits is how long a try must wait; 0 when it need not.
func waits(err error) time.Duration {
	var w *WaitError
	if errors.As(err, &w) {
		return w.Wait
	}
	return 0
}

// other is a code that is not this one.
func other(code string, n int) string {
	i, _ := strconv.Atoi(code)
	return fmt.Sprintf("%06d", (i+1+n)%1_000_000)
}

func TestCodeSignsInOnce(t *testing.T) {
	inOffice(t, nil, func(o *office) {
		now := time.Now()
		answer := o.ask(o.byEmail())
		if len(o.sent) != 1 || o.sent[0].Email != annaEmail || o.sent[0].Phone != "" || o.sent[0].Language != "kk" {
			t.Fatalf("sent %+v", o.sent)
		}
		if !answer.Expires.Equal(now.Add(CodeTime)) || !answer.Resend.Equal(now.Add(codeGap)) || !o.sent[0].Expires.Equal(answer.Expires) {
			t.Errorf("%+v at %v", answer, now)
		}
		code := o.sent[0].Code
		if !isDigits(code, 6) {
			t.Fatalf("code %q", code)
		}
		who, err := o.Codes.Redeem(CodeTry{answer.Ticket, code, "192.0.2.1"})
		if err != nil || who.ID != o.anna {
			t.Fatalf("%v, %v", who, err)
		}
		o.refused("used", CodeTry{answer.Ticket, code, "192.0.2.1"})

		o.ask(CodeQuestion{INN: annaINN, Phone: annaPhone, Language: "ru"})
		if len(o.sent) != 1 {
			t.Error("two codes within a minute by naming another address")
		}
		time.Sleep(codeGap)
		o.ask(CodeQuestion{INN: annaINN, Phone: annaPhone, Language: "ru"})
		if len(o.sent) != 2 || o.sent[1].Phone != annaPhone || o.sent[1].Email != "" {
			t.Errorf("sent %+v", o.sent)
		}
	})
}

func TestCodeOfAnotherBrowser(t *testing.T) {
	inOffice(t, nil, func(o *office) {
		ticket, code := o.code()
		time.Sleep(codeGap)
		another, second := o.code()
		if second != code {
			o.refused("the other's code", CodeTry{another, code, "192.0.2.2"})
		}
		for _, forged := range []string{"", code, newSecret(), ticket + "x"} {
			o.refused(forged, CodeTry{forged, code, "192.0.2.3"})
		}
		if who, err := o.Codes.Redeem(CodeTry{ticket, code, "192.0.2.1"}); err != nil || who.ID != o.anna {
			t.Errorf("the asking browser: %v, %v", who, err)
		}
	})
}

func TestOldCode(t *testing.T) {
	inOffice(t, nil, func(o *office) {
		ticket, code := o.code()
		time.Sleep(CodeTime)
		o.refused("expired", CodeTry{ticket, code, "192.0.2.1"})

		ticket, code = o.code()
		time.Sleep(codeGap)
		q := o.byEmail()
		q.Before = ticket
		o.ask(q)
		o.refused("asked for again", CodeTry{ticket, code, "192.0.2.1"})
	})
}

// A code is for the account as it was when the code was sent.
func TestCodeAfterTheAccountChanged(t *testing.T) {
	inOffice(t, nil, func(o *office) {
		f := func(what string, want bool, change func(a *Account)) {
			t.Helper()
			time.Sleep(allowanceTime)
			ticket, code := o.code()
			if _, err := o.Accounts.Change(o.anna, change); err != nil {
				t.Fatal(err)
			}
			if who, err := o.Codes.Redeem(CodeTry{ticket, code, "192.0.2.1"}); (who != nil) != want || want == errors.Is(err, ErrCode) {
				t.Errorf("%s: %v, %v", what, who, err)
			}
		}
		f("name", true, func(a *Account) { a.Name = "Anna S." })
		f("role", false, func(a *Account) { a.Role = RoleHolder })
		f("phone", false, func(a *Account) { a.Phone = "+77010000000" })
		f("email", false, func(a *Account) { a.Email = "other@example.kz" })
		if _, err := o.Accounts.Change(o.anna, func(a *Account) { a.Email = annaEmail }); err != nil {
			t.Fatal(err)
		}
		time.Sleep(allowanceTime)
		ticket, code := o.code()
		if err := o.Accounts.Remove(o.anna); err != nil {
			t.Fatal(err)
		}
		o.refused("removed", CodeTry{ticket, code, "192.0.2.1"})
	})
}

// What is answered, and what has been done by then, is the same whether there is an account or not.
func TestAskingTellsNobodyWhoHasAnAccount(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p := &post{}
		d := open(t, Options{Codes: p.options()})
		_, err := d.Accounts.Create(Account{Name: "Anna", Role: RoleChecker, INN: annaINN, Phone: annaPhone, Email: annaEmail})
		if err != nil {
			t.Fatal(err)
		}
		questions := []CodeQuestion{
			{INN: annaINN, Email: annaEmail, Language: "en"},
			{INN: annaINN, Email: "bob@example.kz", Language: "en"},
			{INN: "990000000299", Email: "carl@example.kz", Language: "en"},
			{INN: annaINN, Phone: annaPhone, Language: "en"},
			{INN: annaINN, Phone: "+77019999999", Language: "en"},
		}
		// Nobody looks anything up yet: what is answered without Run cannot come from the accounts.
		d.Accounts.mu.Lock()
		for _, q := range questions {
			now := time.Now()
			answer, err := d.Codes.Ask(q)
			if err != nil || len(answer.Ticket) != secretLength || answer.Expires != now.Add(CodeTime).UTC() || answer.Resend != now.Add(codeGap).UTC() {
				t.Fatalf("%+v: %+v, %v", q, answer, err)
			}
			time.Sleep(time.Second)
			if _, err := d.Codes.Ask(q); waits(err) != codeGap-time.Second {
				t.Errorf("%+v: asked again: %v", q, err)
			}
		}
		d.Accounts.mu.Unlock()
		if len(d.Codes.questions) != len(questions) || d.Codes.sent.Len() != len(questions) || len(p.sent) != 0 {
			t.Errorf("%d questions, %d codes, %d messages", len(d.Codes.questions), d.Codes.sent.Len(), len(p.sent))
		}
		ctx, cancel := context.WithCancel(context.Background())
		go d.Codes.Run(ctx)
		synctest.Wait()
		cancel()
		if len(p.sent) != 1 {
			t.Errorf("sent %+v, want one: the second is within a minute of the first", p.sent)
		}
	})
}

// Trying codes tells nothing either: a code that was never sent fails like a wrong one, even when it is guessed.
func TestTryingTellsNobodyWhoHasAnAccount(t *testing.T) {
	inOffice(t, nil, func(o *office) {
		f := func(email string) (said []string) {
			q := o.byEmail()
			q.Email = email
			answer := o.ask(q)
			for i := range maxTries + 2 {
				_, err := o.Codes.Redeem(CodeTry{answer.Ticket, fmt.Sprintf("%06d", i), q.Client})
				said = append(said, fmt.Sprint(err))
			}
			return said
		}
		if here, nowhere := f(annaEmail), f("nobody@example.kz"); !slices.Equal(here, nowhere) {
			t.Errorf("%v\n%v", here, nowhere)
		}
		q := o.byEmail()
		q.Email = "nobody2@example.kz"
		ticket := o.ask(q).Ticket
		guessed := ""
		o.Codes.sent.With(ticket, func(s *sentCode) bool {
			for i := 0; o.Codes.hash(ticket, guessed) != s.hash; i++ {
				guessed = fmt.Sprintf("%06d", i)
			}
			return true
		})
		o.refused("a code that was not sent", CodeTry{ticket, guessed, "192.0.2.1"})
	})
}

func TestWhatIsNoQuestion(t *testing.T) {
	inOffice(t, func(c *CodeOptions) { c.Phone = false }, func(o *office) {
		f := func(field string, q CodeQuestion) {
			t.Helper()
			var wrong *FieldError
			if _, err := o.Codes.Ask(q); !errors.As(err, &wrong) || wrong.Field != field {
				t.Errorf("%+v: %v, want a fault of %s", q, err, field)
			}
		}
		f("inn", CodeQuestion{Email: annaEmail, Language: "en"})
		f("inn", CodeQuestion{INN: "1", Email: annaEmail, Language: "en"})
		f("phone", CodeQuestion{INN: annaINN, Language: "en"})
		f("phone", CodeQuestion{INN: annaINN, Phone: annaPhone, Email: annaEmail, Language: "en"})
		f("phone", CodeQuestion{INN: annaINN, Phone: annaPhone, Language: "en"}) // not to phones here
		f("email", CodeQuestion{INN: annaINN, Email: "anna", Language: "en"})
		f("email", CodeQuestion{INN: annaINN, Email: "Anna <anna@example.kz>", Language: "en"})
		f("language", CodeQuestion{INN: annaINN, Email: annaEmail, Language: "de"})
		for _, code := range []string{"", "12345", "1234567", "12345a", "１２３４５６"} {
			var wrong *FieldError
			if _, err := o.Codes.Redeem(CodeTry{"x", code, "::1"}); !errors.As(err, &wrong) {
				t.Errorf("%q: %v", code, err)
			}
		}
	})
	d := open(t, Options{})
	if _, err := d.Codes.Ask(CodeQuestion{INN: annaINN, Email: annaEmail}); !errors.Is(err, ErrUnknown) || d.Codes.Ways() != nil {
		t.Errorf("without a sender: %v", err)
	}
}

func TestAddressAlone(t *testing.T) {
	inOffice(t, func(c *CodeOptions) { c.AddressAlone = true }, func(o *office) {
		o.ask(CodeQuestion{Email: annaEmail, Language: "en"})
		if len(o.sent) != 1 {
			t.Fatalf("%d sent", len(o.sent))
		}
		time.Sleep(codeGap)
		o.ask(CodeQuestion{INN: "990000000299", Email: annaEmail, Language: "en"})
		if len(o.sent) != 1 {
			t.Error("a wrong number counts for nothing")
		}
		// The address of two accounts is nobody's.
		twin, err := o.Accounts.Create(Account{Name: "Twin", Role: RoleAdmin, Email: strings.ToUpper(annaEmail)})
		if err != nil {
			t.Fatal(err)
		}
		o.ask(CodeQuestion{Email: annaEmail, Language: "en"})
		if want := []string{o.anna, twin.ID}; len(o.sent) != 1 || len(o.unclear) != 2 || !slices.Contains(want, o.unclear[0]) {
			t.Errorf("%d sent, unclear %v", len(o.sent), o.unclear)
		}
		o.ask(o.byEmail()) // with the number it is clear
		if len(o.sent) != 2 {
			t.Errorf("%d sent", len(o.sent))
		}
	})
}
