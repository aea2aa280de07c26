package sender

import (
	"context"
	"crypto/x509"
	"errors"
	"mime"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/emersion/go-smtp"

	"vratar/gateway/sender/sendertest"
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

func pool(t *testing.T, m *sendertest.Server) *x509.CertPool {
	t.Helper()
	p := x509.NewCertPool()
	if !p.AppendCertsFromPEM(m.CA) {
		t.Fatal("no certificate")
	}
	return p
}

func TestMailArrives(t *testing.T) {
	for _, security := range []Security{STARTTLS, TLS, Plain} {
		t.Run(string(security), func(t *testing.T) {
			m := sendertest.New(t, sendertest.Options{Plain: security == Plain, TLS: security == TLS, Auth: security != Plain})
			o := SMTPOptions{Address: m.Address, Security: security, Roots: pool(t, m)}
			if security != Plain {
				o.User, o.PasswordFile = "gate", secretFile(t, "secret\n")
			}
			want := letter("kk")
			if err := newSMTP(t, o).Send(t.Context(), want); err != nil {
				t.Fatal(err)
			}
			got := <-m.Arrived
			subject, err := new(mime.WordDecoder).DecodeHeader(got.Header.Get("Subject"))
			if err != nil || subject != want.Subject || got.Header.Get("From") != `"Vratar" <gate@example.kz>` || got.Header.Get("Auto-Submitted") != "auto-generated" {
				t.Errorf("%q, %v: %v", subject, err, got.Header)
			}
			if len(got.To) != 1 || got.To[0] != want.To || strings.TrimSpace(got.Text) != strings.TrimSpace(want.Text) {
				t.Errorf("to %v:\n%s", got.To, got.Text)
			}
		})
	}
}

// Whoever sits on the wire, or calls himself the mail server, gets neither password nor code.
func TestMailGoesToNobodyElse(t *testing.T) {
	f := func(what string, security Security, m *sendertest.Server) {
		t.Helper()
		o := SMTPOptions{Address: m.Address, Security: security, User: "gate", PasswordFile: secretFile(t, "secret")}
		err := newSMTP(t, o).Send(t.Context(), letter("ru"))
		if err == nil || m.Disturbed() {
			t.Errorf("%s: %v", what, err)
		}
		tellsNothing(t, err)
	}
	f("a certificate that nobody vouches for", STARTTLS, sendertest.New(t, sendertest.Options{Auth: true}))
	f("the same from the first byte", TLS, sendertest.New(t, sendertest.Options{TLS: true, Auth: true}))
	f("STARTTLS was cut out", STARTTLS, sendertest.New(t, sendertest.Options{Plain: true, Auth: true}))

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
	m := sendertest.New(t, sendertest.Options{})
	s := newSMTP(t, SMTPOptions{Address: m.Address, Security: STARTTLS, Roots: pool(t, m)})
	f := func(code int, final bool) {
		t.Helper()
		m.Answer = func() error {
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
	m.Answer = nil
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
	m := sendertest.New(t, sendertest.Options{})
	m.Wait = make(chan struct{})
	defer close(m.Wait)
	s := newSMTP(t, SMTPOptions{Address: m.Address, Security: STARTTLS, Roots: pool(t, m)})
	ctx, cancel := context.WithTimeout(t.Context(), 300*time.Millisecond)
	defer cancel()
	err := s.Send(ctx, letter("en"))
	if err == nil {
		t.Error("sent without an answer")
	}
	tellsNothing(t, err)

	// Nor does it hold up the end of the process.
	ctx, stop := context.WithCancel(t.Context())
	m.Answer = func() error { stop(); return nil }
	if err := s.Send(ctx, letter("en")); !errors.Is(err, context.Canceled) {
		t.Errorf("after the end: %v", err)
	}
}
