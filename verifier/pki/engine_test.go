package pki

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

const engineConfig = `openssl_conf = init
[init]
engines = engines
[engines]
gost = gost
[gost]
engine_id = gost
default_algorithms = ALL
[req]
distinguished_name = dn
prompt = no
[dn]
CN = openssl
[end]
keyUsage = critical,digitalSignature
`

// engine is openssl with its GOST engine.
type engine struct{ dir, path string }

// findEngine is the engine of this machine. Where there is none the test is skipped, and says so; in CI it fails.
func findEngine(t testing.TB) *engine {
	t.Helper()
	path, err := exec.LookPath("openssl")
	if err == nil {
		e := &engine{t.TempDir(), path}
		if err = os.WriteFile(filepath.Join(e.dir, "gost.cnf"), []byte(engineConfig), 0o600); err != nil {
			t.Fatal(err)
		}
		var out []byte
		if out, err = e.run("engine", "-t", "gost"); err == nil && strings.Contains(string(out), "[ available ]") {
			return e
		}
	}
	if os.Getenv("CI") != "" {
		t.Fatalf("openssl with the GOST engine is missing: %v", err)
	}
	t.Skip("openssl with the GOST engine is not on this machine: nothing was compared with it")
	return nil
}

func (e *engine) run(args ...string) ([]byte, error) {
	c := exec.Command(e.path, args...)
	c.Dir, c.Env = e.dir, append(os.Environ(), "OPENSSL_CONF="+filepath.Join(e.dir, "gost.cnf"))
	out, err := c.CombinedOutput()
	if err != nil {
		return out, fmt.Errorf("openssl %s: %w: %s", args[0], err, out)
	}
	return out, nil
}

func (e *engine) must(t testing.TB, args ...string) {
	t.Helper()
	if _, err := e.run(args...); err != nil {
		t.Fatal(err)
	}
}

func (e *engine) read(t testing.TB, name string) []byte {
	t.Helper()
	b, err := os.ReadFile(filepath.Join(e.dir, name))
	if err != nil {
		t.Fatal(err)
	}
	return b
}

// signer makes a new key with a certificate, and signs a file of changing length.
func (e *engine) signer(t testing.TB, size, set string) (c *Certificate, content, signature []byte) {
	t.Helper()
	content = []byte(strings.Repeat(set+size, 100*len(set)+len(size)))
	if err := os.WriteFile(filepath.Join(e.dir, "content"), content, 0o600); err != nil {
		t.Fatal(err)
	}
	md := "md_gost12_" + size
	e.must(t, "genpkey", "-algorithm", "gost2012_"+size, "-pkeyopt", "paramset:"+set, "-out", "key")
	e.must(t, "req", "-x509", "-new", "-key", "key", "-"+md, "-days", "3650", "-subj", "/CN=engine", "-extensions", "end", "-out", "crt")
	e.must(t, "cms", "-sign", "-binary", "-outform", "DER", "-in", "content", "-signer", "crt", "-inkey", "key", "-md", md, "-cades", "-nosmimecap", "-out", "sig")
	all, err := ParseCertificates(e.read(t, "crt"))
	if err != nil {
		t.Fatal(err)
	}
	return all[0], content, e.read(t, "sig")
}

// The engine of this machine signs with keys that it makes up, another one each time.
func TestEngine(t *testing.T) {
	e := findEngine(t)
	for _, key := range [][2]string{
		{"256", "A"}, {"256", "B"}, {"256", "C"}, {"256", "XA"}, {"256", "XB"}, {"256", "TCA"}, {"256", "TCB"}, {"256", "TCC"}, {"256", "TCD"},
		{"512", "A"}, {"512", "B"}, {"512", "C"},
	} {
		c, content, signature := e.signer(t, key[0], key[1])
		o := Options{At: time.Now().Add(time.Hour), Trust: Trust{Roots: []*Certificate{c}, Algorithms: GOST()}}
		if s := Verify(content, signature, o); s.Failure != FailureNone {
			t.Errorf("%v: %s (%v)", key, s.Failure, s.Cause)
		}
		content[len(content)/2] ^= 1
		if s := Verify(content, signature, o); s.Failure != FailureContent {
			t.Errorf("%v: content changed: %s", key, s.Failure)
		}
		signature[len(signature)-1] ^= 1
		content[len(content)/2] ^= 1
		if s := Verify(content, signature, o); s.Failure != FailureSignature {
			t.Errorf("%v: signature changed: %s", key, s.Failure)
		}
	}
}
