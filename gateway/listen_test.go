package gateway

import (
	"context"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"encoding/pem"
	"math/big"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

func TestUnixSocketBesideTCP(t *testing.T) {
	path := filepath.Join(t.TempDir(), "vratar.sock")
	left, err := net.ListenUnix("unix", &net.UnixAddr{Name: path, Net: "unix"})
	if err != nil {
		t.Fatal(err)
	}
	left.SetUnlinkOnClose(false) // as after a crash
	left.Close()
	h := newHouse(t, func(c *Config) { c.ListenUnix = path })
	client := http.Client{Transport: &http.Transport{DialContext: func(ctx context.Context, _, _ string) (net.Conn, error) {
		return new(net.Dialer).DialContext(ctx, "unix", path)
	}}}
	resp, err := client.Get("http://gateway/readyz")
	if err != nil {
		t.Fatal(err)
	}
	resp.Body.Close()
	client.CloseIdleConnections()
	if info, err := os.Stat(path); err != nil || info.Mode().Perm() != 0o660 || resp.StatusCode != 200 {
		t.Errorf("%s, %v", resp.Status, err)
	}
	h.stop()
	if _, err := os.Stat(path); err == nil {
		t.Error("the socket is left behind")
	}
}

func TestTLS(t *testing.T) {
	cert, key, pool := certificate(t)
	h := newHouse(t, func(c *Config) { c.TLS = TLS{Cert: cert, Key: key} })
	if !strings.HasPrefix(h.url, "https://127.0.0.1:") {
		t.Errorf("URL %s", h.url)
	}
	transport := &http.Transport{TLSClientConfig: &tls.Config{RootCAs: pool}}
	defer transport.CloseIdleConnections()
	link, err := h.gateway.SignInLink("admin", time.Minute)
	if err != nil {
		t.Fatal(err)
	}
	_, code, _ := strings.Cut(link, "#/signin/")
	resp, err := (&http.Client{Transport: transport}).Post(h.url+"/v1/session", "application/json", strings.NewReader(`{"code":"`+code+`"}`))
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	if c := resp.Cookies(); len(c) != 1 || !c[0].Secure || resp.Header.Get("Strict-Transport-Security") == "" {
		t.Errorf("cookies %v, headers %v", c, resp.Header)
	}
	if _, err := tls.Dial("tcp", strings.TrimPrefix(h.url, "https://"), &tls.Config{RootCAs: pool, MaxVersion: tls.VersionTLS11}); err == nil {
		t.Error("an old version of TLS is taken")
	}
}

// certificate writes a certificate for 127.0.0.1 and its key into files.
func certificate(t *testing.T) (cert, key string, pool *x509.CertPool) {
	t.Helper()
	private, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	template := &x509.Certificate{
		SerialNumber: big.NewInt(1), NotAfter: time.Now().Add(time.Hour), IPAddresses: []net.IP{net.IPv4(127, 0, 0, 1)},
		IsCA: true, BasicConstraintsValid: true,
	}
	der, err := x509.CreateCertificate(rand.Reader, template, template, private.Public(), private)
	if err != nil {
		t.Fatal(err)
	}
	encoded, err := x509.MarshalPKCS8PrivateKey(private)
	if err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	cert, key = filepath.Join(dir, "cert.pem"), filepath.Join(dir, "key.pem")
	for name, block := range map[string]*pem.Block{cert: {Type: "CERTIFICATE", Bytes: der}, key: {Type: "PRIVATE KEY", Bytes: encoded}} {
		if err := os.WriteFile(name, pem.EncodeToMemory(block), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	parsed, err := x509.ParseCertificate(der)
	if err != nil {
		t.Fatal(err)
	}
	pool = x509.NewCertPool()
	pool.AddCert(parsed)
	return cert, key, pool
}

func TestWhatIsInTheWayShowsAtOnce(t *testing.T) {
	h := newHouse(t, nil)
	f := func(want string, change func(*Config)) {
		t.Helper()
		cfg := h.cfg
		cfg.DataDir = t.TempDir()
		change(&cfg)
		g, err := New(cfg, Deps{})
		if err == nil || !strings.Contains(err.Error(), want) || g != nil {
			t.Errorf("New = %v, %v, want %q", g, err, want)
		}
	}
	f("address already in use", func(c *Config) { c.Listen = strings.TrimPrefix(h.url, "http://") })
	f("tls:", func(c *Config) { c.TLS = TLS{Cert: "nothing.pem", Key: "nothing.pem"} })
	f("another vratar is using this folder", func(c *Config) { c.DataDir = h.cfg.DataDir })
	f("data_dir: required", func(c *Config) { c.DataDir = "" })
}

func TestURLIsOneThatBrowsersReach(t *testing.T) {
	f := func(listen, publicURL, want string) {
		t.Helper()
		h := newHouse(t, func(c *Config) { c.Listen, c.PublicURL = listen, publicURL })
		_, port, _ := net.SplitHostPort(h.gateway.listeners[0].Addr().String())
		if want = strings.Replace(want, "PORT", port, 1); h.url != want {
			t.Errorf("URL %s, want %s", h.url, want)
		}
		h.stop()
	}
	f("127.0.0.1:0", "", "http://127.0.0.1:PORT")
	f("localhost:0", "", "http://localhost:PORT")
	f("0.0.0.0:0", "", "http://localhost:PORT")
	f(":0", "", "http://localhost:PORT")
	f("127.0.0.1:0", "https://gate.example.kz/", "https://gate.example.kz")
}
