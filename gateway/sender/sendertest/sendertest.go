// Package sendertest is a real mail server for tests: it listens on this machine, speaks SMTP with a certificate of its
// own, and keeps what it is sent. It is part of no program.
package sendertest

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"errors"
	"io"
	"math/big"
	"mime/quotedprintable"
	"net"
	"net/mail"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/emersion/go-sasl"
	"github.com/emersion/go-smtp"
)

// Server is a mail server that runs until its test ends.
type Server struct {
	Address string // host:port
	CA      []byte // PEM of who certifies it
	// Arrived gets each message that was taken.
	Arrived chan Mail
	// Answer is what it says to a reader's address; nil: yes. It is set before the first message.
	Answer func() error
	// Wait keeps a message waiting for its answer until it is closed; nil: not at all.
	Wait chan struct{}

	mu     sync.Mutex
	asked  int
	signed bool // somebody signed in
}

// Mail is a message as it arrived.
type Mail struct {
	To     []string
	Header mail.Header
	Text   string // as people read it, lines end with \n
}

// Options say what kind of server it is.
type Options struct {
	Plain bool // it knows no TLS
	TLS   bool // from the first byte; else by STARTTLS
	Auth  bool // it takes nothing from strangers: user "gate", password "secret"
}

// Disturbed reports whether anybody has signed in or named a reader.
func (m *Server) Disturbed() bool {
	m.mu.Lock()
	defer m.mu.Unlock()
	return m.signed || m.asked > 0
}

// New starts a server.
func New(t *testing.T, o Options) *Server {
	t.Helper()
	m := &Server{Arrived: make(chan Mail, 64)}
	certificate := m.certificate(t)
	server := smtp.NewServer(smtp.BackendFunc(func(*smtp.Conn) (smtp.Session, error) {
		if o.Auth {
			return &signingIn{dialogue: dialogue{m: m}}, nil
		}
		return &dialogue{m: m}, nil
	}))
	server.Domain, server.ErrorLog = "mail.test", quiet{}
	server.TLSConfig = &tls.Config{Certificates: []tls.Certificate{certificate}}
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	m.Address = ln.Addr().String()
	if o.TLS {
		ln = tls.NewListener(ln, server.TLSConfig)
	}
	if o.Plain {
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
func (m *Server) certificate(t *testing.T) tls.Certificate {
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
	m.CA = pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: der})
	return tls.Certificate{Certificate: [][]byte{der}, PrivateKey: key}
}

type quiet struct{}

func (quiet) Printf(string, ...any) {}
func (quiet) Println(...any)        {}

// dialogue is one connection.
type dialogue struct {
	m  *Server
	to []string
}

func (d *dialogue) Reset()                               { d.to = nil }
func (d *dialogue) Logout() error                        { return nil }
func (d *dialogue) Mail(string, *smtp.MailOptions) error { return nil }

func (d *dialogue) Rcpt(to string, _ *smtp.RcptOptions) error {
	d.m.mu.Lock()
	d.m.asked++
	d.m.mu.Unlock()
	d.to = append(d.to, to)
	if d.m.Answer != nil {
		return d.m.Answer()
	}
	return nil
}

func (d *dialogue) Data(r io.Reader) error {
	msg, err := mail.ReadMessage(r)
	if err != nil {
		return err
	}
	body := msg.Body
	if msg.Header.Get("Content-Transfer-Encoding") == "quoted-printable" {
		body = quotedprintable.NewReader(body)
	}
	text, err := io.ReadAll(body)
	if err != nil {
		return err
	}
	if d.m.Wait != nil {
		<-d.m.Wait
	}
	d.m.Arrived <- Mail{To: d.to, Header: msg.Header, Text: strings.ReplaceAll(string(text), "\r\n", "\n")}
	return nil
}

// signingIn is a connection of a server that wants to know who speaks.
type signingIn struct {
	dialogue
	signed bool
}

func (s *signingIn) AuthMechanisms() []string { return []string{sasl.Plain} }

func (s *signingIn) Auth(string) (sasl.Server, error) {
	return sasl.NewPlainServer(func(_, user, password string) error {
		if user != "gate" || password != "secret" {
			return smtp.ErrAuthFailed
		}
		s.signed = true
		s.m.mu.Lock()
		defer s.m.mu.Unlock()
		s.m.signed = true
		return nil
	}), nil
}

func (s *signingIn) Mail(string, *smtp.MailOptions) error {
	if !s.signed {
		return smtp.ErrAuthRequired
	}
	return nil
}
