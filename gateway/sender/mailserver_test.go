package sender

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"errors"
	"io"
	"math/big"
	"net"
	"net/mail"
	"sync"
	"testing"
	"time"

	"github.com/emersion/go-sasl"
	"github.com/emersion/go-smtp"
)

// mailServer is a real mail server on this machine. It takes what it is sent, unless a test says otherwise.
type mailServer struct {
	address string
	roots   *x509.CertPool // that certify it

	mu     sync.Mutex
	taken  []*mail.Message
	texts  []string
	to     []string
	signed []string          // who signed in
	dials  int               // connections so far
	answer func(n int) error // to the n-th reader's address; nil: yes
	slow   chan struct{}     // a message is answered when it is closed; nil: at once
}

// mailOptions say what kind of server it is.
type mailOptions struct {
	security Security
	auth     bool // it takes nothing from strangers: user "gate", password "secret"
}

func newMailServer(t *testing.T, o mailOptions) *mailServer {
	t.Helper()
	m := &mailServer{}
	certificate := m.certificate(t)
	server := smtp.NewServer(smtp.BackendFunc(func(c *smtp.Conn) (smtp.Session, error) {
		m.mu.Lock()
		defer m.mu.Unlock()
		m.dials++
		if o.auth {
			return &signingIn{dialogue{m}}, nil
		}
		return &dialogue{m}, nil
	}))
	server.Domain, server.ErrorLog = "mail.test", quiet{}
	server.TLSConfig = &tls.Config{Certificates: []tls.Certificate{certificate}}
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	m.address = ln.Addr().String()
	switch o.security {
	case TLS:
		ln = tls.NewListener(ln, server.TLSConfig)
	case Plain:
		server.TLSConfig = nil
	}
	ended := make(chan error, 1)
	go func() { ended <- server.Serve(ln) }()
	t.Cleanup(func() {
		_ = server.Close()
		if err := <-ended; err != nil && !errors.Is(err, smtp.ErrServerClosed) && !errors.Is(err, net.ErrClosed) {
			t.Errorf("mail server: %v", err)
		}
	})
	return m
}

// certificate makes one for this address, which certifies itself.
func (m *mailServer) certificate(t *testing.T) tls.Certificate {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	is := &x509.Certificate{
		SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: "mail.test"}, IPAddresses: []net.IP{net.IPv4(127, 0, 0, 1)},
		NotBefore: time.Now().Add(-time.Hour), NotAfter: time.Now().Add(time.Hour), IsCA: true, BasicConstraintsValid: true,
	}
	der, err := x509.CreateCertificate(rand.Reader, is, is, key.Public(), key)
	if err != nil {
		t.Fatal(err)
	}
	if is, err = x509.ParseCertificate(der); err != nil {
		t.Fatal(err)
	}
	m.roots = x509.NewCertPool()
	m.roots.AddCert(is)
	return tls.Certificate{Certificate: [][]byte{der}, PrivateKey: key}
}

type quiet struct{}

func (quiet) Printf(string, ...any) {}
func (quiet) Println(...any)        {}

// dialogue is one connection.
type dialogue struct{ m *mailServer }

func (d *dialogue) Reset()                               {}
func (d *dialogue) Logout() error                        { return nil }
func (d *dialogue) Mail(string, *smtp.MailOptions) error { return nil }
func (d *dialogue) Rcpt(to string, _ *smtp.RcptOptions) error {
	d.m.mu.Lock()
	defer d.m.mu.Unlock()
	d.m.to = append(d.m.to, to)
	if d.m.answer != nil {
		return d.m.answer(len(d.m.to))
	}
	return nil
}

func (d *dialogue) Data(r io.Reader) error {
	msg, err := mail.ReadMessage(r)
	if err != nil {
		return err
	}
	text, err := io.ReadAll(msg.Body)
	if err != nil {
		return err
	}
	if d.m.slow != nil {
		<-d.m.slow
	}
	d.m.mu.Lock()
	defer d.m.mu.Unlock()
	d.m.taken, d.m.texts = append(d.m.taken, msg), append(d.m.texts, string(text))
	return nil
}

// signingIn is a connection of a server that wants to know who speaks.
type signingIn struct{ dialogue }

func (s *signingIn) AuthMechanisms() []string { return []string{sasl.Plain} }

func (s *signingIn) Auth(string) (sasl.Server, error) {
	return sasl.NewPlainServer(func(_, user, password string) error {
		if user != "gate" || password != "secret" {
			return smtp.ErrAuthFailed
		}
		s.m.mu.Lock()
		defer s.m.mu.Unlock()
		s.m.signed = append(s.m.signed, user)
		return nil
	}), nil
}

func (s *signingIn) Mail(string, *smtp.MailOptions) error {
	s.m.mu.Lock()
	defer s.m.mu.Unlock()
	if len(s.m.signed) == 0 {
		return smtp.ErrAuthRequired
	}
	return nil
}
