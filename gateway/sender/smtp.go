package sender

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"net"
	"net/mail"
	"strconv"
	"sync"
	"time"

	gomail "github.com/wneessen/go-mail"
)

// Security is how the way to a mail server is protected.
type Security string

// The ways. There is no way to try TLS and go on without it.
const (
	STARTTLS Security = "starttls" // begun inside the dialogue (RFC 3207)
	TLS      Security = "tls"      // from the first byte (RFC 8314 §3.3)
	Plain    Security = "none"     // for servers on this machine only
)

// SMTPOptions describe the mail server that takes our messages over.
type SMTPOptions struct {
	Address      string // host:port
	Security     Security
	Roots        *x509.CertPool // who certifies the server; nil: the system's authorities
	User         string         // empty: it asks nobody who he is
	PasswordFile string         // one line; read for each message
	From         string         // e.g. "Vratar <gate@example.kz>"
}

// SMTP sends e-mail through one server, a connection for each message.
type SMTP struct {
	o    SMTPOptions
	host string
	port int
}

var _ Sender = (*SMTP)(nil)

// NewSMTP makes the sender; it does not connect. The error says which option cannot be used.
func NewSMTP(o SMTPOptions) (*SMTP, error) {
	host, text, err := net.SplitHostPort(o.Address)
	if err != nil {
		return nil, err
	}
	port, err := strconv.ParseUint(text, 10, 16)
	if err != nil || port == 0 {
		return nil, fmt.Errorf("sender: port %q", text)
	}
	if _, err := mail.ParseAddress(o.From); err != nil {
		return nil, fmt.Errorf("sender: from: %w", err)
	}
	switch {
	case o.Security == STARTTLS || o.Security == TLS:
	case o.Security == Plain && (host == "localhost" || net.ParseIP(host).IsLoopback()):
	case o.Security == Plain:
		return nil, errors.New("sender: without TLS only to this machine")
	default:
		return nil, fmt.Errorf("sender: security %q", o.Security)
	}
	_, err = readSecret(o.PasswordFile)
	return &SMTP{o, host, int(port)}, err
}

// Send implements Sender.
func (s *SMTP) Send(ctx context.Context, m Message) error {
	text, err := s.compose(m)
	if err != nil {
		return err
	}
	line := &line{smtp: s}
	defer line.cut()
	defer context.AfterFunc(ctx, line.cut)() // the library listens to the context only while it dials
	client, err := s.client(ctx, line)
	if err != nil {
		return err
	}
	err = client.DialAndSendWithContext(ctx, text)
	if err == nil || text.IsDelivered() { // what went wrong after that is no reason to send it twice
		return nil
	}
	if ctx.Err() != nil {
		return ctx.Err()
	}
	return smtpError(err)
}

// compose writes the e-mail. Its errors are ours: the library's quote what they cannot read.
func (s *SMTP) compose(m Message) (*gomail.Msg, error) {
	msg := gomail.NewMsg(gomail.WithNoDefaultUserAgent())
	if err := msg.From(s.o.From); err != nil {
		return nil, &Refused{"the address of the sender cannot be used"}
	}
	if err := msg.To(m.To); err != nil {
		return nil, &Refused{"the address of the reader cannot be used"}
	}
	msg.Subject(m.Subject)
	msg.SetGenHeader("Auto-Submitted", "auto-generated") // so that nobody's holiday answers it (RFC 3834 §5)
	msg.SetBodyString(gomail.TypeTextPlain, m.Text)
	return msg, nil
}

func (s *SMTP) client(ctx context.Context, l *line) (*gomail.Client, error) {
	password, err := readSecret(s.o.PasswordFile)
	if err != nil {
		return nil, err
	}
	// TLS from the first byte is begun by the line; the library then sees that there is TLS already.
	policy := map[Security]gomail.TLSPolicy{STARTTLS: gomail.TLSMandatory, TLS: gomail.TLSOpportunistic, Plain: gomail.NoTLS}
	timeout := 30 * time.Second
	if end, ok := ctx.Deadline(); ok {
		timeout = max(time.Until(end), time.Millisecond)
	}
	options := []gomail.Option{
		gomail.WithPort(s.port), gomail.WithTLSPolicy(policy[s.o.Security]), gomail.WithTLSConfig(s.tlsConfig()),
		gomail.WithTimeout(timeout), gomail.WithDialContextFunc(l.dial), gomail.WithoutNoop(),
	}
	if s.o.User != "" {
		options = append(options, gomail.WithSMTPAuth(gomail.SMTPAuthAutoDiscover), gomail.WithUsername(s.o.User), gomail.WithPassword(password))
	}
	return gomail.NewClient(s.host, options...)
}

func (s *SMTP) tlsConfig() *tls.Config {
	return &tls.Config{ServerName: s.host, RootCAs: s.o.Roots, MinVersion: tls.VersionTLS12}
}

// line is the connection of one message. It is cut at the end: the library leaves connections open that fail half-way.
type line struct {
	smtp *SMTP

	mu   sync.Mutex
	conn net.Conn
}

func (l *line) dial(ctx context.Context, network, address string) (net.Conn, error) {
	dial := (&net.Dialer{}).DialContext
	if l.smtp.o.Security == TLS {
		dial = (&tls.Dialer{Config: l.smtp.tlsConfig()}).DialContext
	}
	conn, err := dial(ctx, network, address)
	if err != nil {
		return nil, err
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	l.conn = conn
	return conn, nil
}

func (l *line) cut() {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.conn != nil {
		_ = l.conn.Close() // closed already after an orderly end
	}
}

// smtpError sums a failure up. What the server said to the reader's address is left out, because it quotes it.
func smtpError(err error) error {
	var failed *gomail.SendError
	if !errors.As(err, &failed) {
		return fmt.Errorf("sender: %w", err) // connecting and signing in, where the reader was not spoken of yet
	}
	why := failed.Reason.String()
	if code := failed.ErrorCode(); code > 0 {
		why = fmt.Sprintf("%s: %d %s", why, code, failed.EnhancedStatusCode())
	}
	if failed.IsTemp() || failed.ErrorCode() == 0 {
		return errors.New("sender: " + why)
	}
	return &Refused{why}
}
