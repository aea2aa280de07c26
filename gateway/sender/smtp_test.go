package sender

import (
	"context"
	"errors"
	"io"
	"mime"
	"mime/quotedprintable"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/emersion/go-smtp"
)

const secretCode = "408157"

// letter is a message as people get it.
func letter(language string) Message {
	subject, text := SignIn{Language: language, Name: "Арена", Code: secretCode, Minutes: 5}.Mail()
	return Message{To: "anna@example.kz", Subject: subject, Text: text}
}

func secretFile(t *testing.T, text string) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "secret")
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

func newSMTP(t *testing.T, o SMTPOptions) *SMTP {
	t.Helper()
	o.From = "Vratar <gate@example.kz>"
	s, err := NewSMTP(o)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// tellsNothing fails when an error names the reader or the code.
func tellsNothing(t *testing.T, err error) {
	t.Helper()
	for _, word := range []string{"anna", "example.kz", "+7701", secretCode, "secret"} {
		if err != nil && strings.Contains(err.Error(), word) {
			t.Errorf("%q is in the error: %v", word, err)
		}
	}
}

func TestMailArrives(t *testing.T) {
	for _, security := range []Security{STARTTLS, TLS, Plain} {
		t.Run(string(security), func(t *testing.T) {
			m := newMailServer(t, mailOptions{security: security, auth: security != Plain})
			s := newSMTP(t, SMTPOptions{Address: m.address, Security: security, Roots: m.roots})
			if security != Plain {
				s.o.User, s.o.PasswordFile = "gate", secretFile(t, "secret\n")
			}
			want := letter("kk")
			if err := s.Send(t.Context(), want); err != nil {
				t.Fatal(err)
			}
			if len(m.taken) != 1 || m.to[0] != want.To {
				t.Fatalf("%d messages to %v", len(m.taken), m.to)
			}
			head := m.taken[0].Header
			subject, err := new(mime.WordDecoder).DecodeHeader(head.Get("Subject"))
			if err != nil || subject != want.Subject || head.Get("From") != `"Vratar" <gate@example.kz>` || head.Get("Auto-Submitted") != "auto-generated" {
				t.Errorf("%q, %v: %v", subject, err, head)
			}
			text, err := io.ReadAll(quotedprintable.NewReader(strings.NewReader(m.texts[0])))
			if got := strings.ReplaceAll(string(text), "\r\n", "\n"); err != nil || strings.TrimSpace(got) != strings.TrimSpace(want.Text) {
				t.Errorf("%v:\n%s", err, got)
			}
		})
	}
}

// Whoever sits on the wire, or calls himself the mail server, gets neither password nor code.
func TestMailGoesToNobodyElse(t *testing.T) {
	f := func(what string, o SMTPOptions, m *mailServer) {
		t.Helper()
		o.Address, o.User, o.PasswordFile = m.address, "gate", secretFile(t, "secret")
		err := newSMTP(t, o).Send(t.Context(), letter("ru"))
		if err == nil || len(m.taken)+len(m.signed)+len(m.to) > 0 {
			t.Errorf("%s: %v, sent %d, signed in %v", what, err, len(m.taken), m.signed)
		}
		tellsNothing(t, err)
	}
	f("a certificate that nobody vouches for", SMTPOptions{Security: STARTTLS}, newMailServer(t, mailOptions{security: STARTTLS, auth: true}))
	f("the same from the first byte", SMTPOptions{Security: TLS}, newMailServer(t, mailOptions{security: TLS, auth: true}))
	f("STARTTLS was cut out", SMTPOptions{Security: STARTTLS}, newMailServer(t, mailOptions{security: Plain, auth: true}))

	for _, o := range []SMTPOptions{
		{Address: "mail.example.kz:25", Security: Plain}, {Address: "192.0.2.1:25", Security: Plain}, {Address: "localhost:25"},
		{Address: "localhost", Security: TLS}, {Address: "localhost:0", Security: TLS}, {Address: "localhost:70000", Security: TLS},
	} {
		o.From = "gate@example.kz"
		if _, err := NewSMTP(o); err == nil {
			t.Errorf("%+v is taken", o)
		}
	}
	if _, err := NewSMTP(SMTPOptions{Address: "localhost:25", Security: TLS, From: "Vratar"}); err == nil {
		t.Error("a sender without address is taken")
	}
}

func TestMailThatIsRefused(t *testing.T) {
	m := newMailServer(t, mailOptions{security: STARTTLS})
	s := newSMTP(t, SMTPOptions{Address: m.address, Security: STARTTLS, Roots: m.roots})
	f := func(code int, final bool) {
		t.Helper()
		m.answer = func(int) error {
			return &smtp.SMTPError{Code: code, EnhancedCode: smtp.EnhancedCode{code / 100, 1, 1}, Message: "anna@example.kz " + secretCode}
		}
		err := s.Send(t.Context(), letter("en"))
		var refused *Refused
		if err == nil || errors.As(err, &refused) != final {
			t.Errorf("%d: %v", code, err)
		}
		tellsNothing(t, err)
	}
	f(550, true)
	f(450, false)
	m.answer = nil
	var refused *Refused
	if err := s.Send(t.Context(), Message{To: "no address"}); !errors.As(err, &refused) {
		t.Errorf("%v", err)
	}
	s.o.User, s.o.PasswordFile = "gate", secretFile(t, "two\nlines")
	if err := s.Send(t.Context(), letter("en")); err == nil {
		t.Error("a secret of two lines is taken")
	}
	s.o.PasswordFile = filepath.Join(t.TempDir(), "missing")
	if err := s.Send(t.Context(), letter("en")); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("%v", err)
	}
}

// A server that does not answer holds nobody longer than the context says.
func TestSilentMailServer(t *testing.T) {
	m := newMailServer(t, mailOptions{security: STARTTLS})
	m.slow = make(chan struct{})
	defer close(m.slow)
	s := newSMTP(t, SMTPOptions{Address: m.address, Security: STARTTLS, Roots: m.roots})
	ctx, cancel := context.WithTimeout(t.Context(), 300*time.Millisecond)
	defer cancel()
	err := s.Send(ctx, letter("en"))
	if err == nil {
		t.Error("sent without an answer")
	}
	tellsNothing(t, err)
}
