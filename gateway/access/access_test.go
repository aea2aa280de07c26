package access

import (
	"bytes"
	"crypto/sha256"
	"errors"
	"maps"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"
)

// memory is a store that can be read by another Desk, and can fail.
type memory struct {
	mu     sync.Mutex
	pairs  map[string]string
	writes int
	broken error
}

func newMemory() *memory { return &memory{pairs: map[string]string{}} }

func (m *memory) write(f func()) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.broken != nil {
		return m.broken
	}
	m.writes++
	f()
	return nil
}

func (m *memory) Set(key, value []byte) error {
	return m.write(func() { m.pairs[string(key)] = string(value) })
}

func (m *memory) Delete(key []byte) error { return m.write(func() { delete(m.pairs, string(key)) }) }

func (m *memory) Scan(prefix []byte, f func(key, value []byte) error) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	for _, key := range slices.Sorted(maps.Keys(m.pairs)) {
		if strings.HasPrefix(key, string(prefix)) {
			if err := f([]byte(key), []byte(m.pairs[key])); err != nil {
				return err
			}
		}
	}
	return nil
}

// written is how many writes there were.
func (m *memory) written() int {
	m.mu.Lock()
	defer m.mu.Unlock()
	return m.writes
}

// holds reports whether the store holds this text anywhere.
func (m *memory) holds(text string) bool {
	for key, value := range m.pairs {
		if strings.Contains(key, text) || strings.Contains(value, text) {
			return true
		}
	}
	return false
}

func open(t testing.TB, o Options) *Desk {
	t.Helper()
	d, err := Open(o)
	if err != nil {
		t.Fatal(err)
	}
	return d
}

// anna is a checker with an account.
func anna(t testing.TB, d *Desk) string {
	t.Helper()
	a, err := d.Accounts.Create(Account{Name: "Anna", Role: RoleChecker, Checkpoints: []string{"*"}, Confirmed: true})
	if err != nil {
		t.Fatal(err)
	}
	return a.ID
}

// begin opens a session.
func begin(t testing.TB, d *Desk, b Beginning) string {
	t.Helper()
	if b.Way == "" {
		b.Way = ByLink
	}
	secret, _, err := d.Sessions.Begin(b)
	if err != nil {
		t.Fatal(err)
	}
	return secret
}

func TestAuthenticate(t *testing.T) {
	till := &Identity{ID: "till-1", Role: RoleDevice, Checkpoints: []string{"north"}}
	d := open(t, Options{Devices: map[[sha256.Size]byte]*Identity{sha256.Sum256([]byte("token")): till}})
	id := anna(t, d)
	cookie := begin(t, d, Beginning{Account: id})
	f := func(c Credentials, want string) {
		t.Helper()
		got := d.Authenticate(c)
		if same := d.Recognise(Presented{[]byte(c.Token), []byte(c.Cookie)}); same != got {
			t.Errorf("Recognise(%+v) = %v, Authenticate says %v", c, same, got)
		}
		if (got == nil) != (want == "") || (got != nil && got.ID != want) {
			t.Errorf("Authenticate(%+v) = %v, want %v", c, got, want)
		}
	}
	f(Credentials{}, "")
	f(Credentials{Token: "token"}, "till-1")
	f(Credentials{Cookie: cookie}, id)
	f(Credentials{Token: "wrong", Cookie: cookie}, "")
	f(Credentials{Cookie: "token"}, "")
	f(Credentials{Token: cookie}, "")
	f(Credentials{Cookie: strings.Repeat("x", 100)}, "")
	checker := d.Authenticate(Credentials{Cookie: cookie})
	if !till.MayScanAt("north") || till.MayScanAt("south") || !checker.MayScanAt("south") {
		t.Error("MayScanAt ignores the checkpoint list")
	}
	if !till.Covers([]string{"north"}) || till.Covers([]string{"north", "south"}) || till.Covers([]string{"*"}) || !checker.Covers([]string{"*"}) {
		t.Error("Covers ignores the checkpoint list")
	}
}

// Who reads the disk learns no secret.
func TestStoreHoldsNoSecret(t *testing.T) {
	m := newMemory()
	d := open(t, Options{Store: m})
	id := anna(t, d)
	link, _, err := d.Links.Mint(id, time.Hour)
	if err != nil {
		t.Fatal(err)
	}
	cookie := begin(t, d, Beginning{Account: id})
	code, _ := d.Devices.Invite(Pairing{By: id})
	_, token, err := d.Devices.Pair(code, "Till", "::1")
	if err != nil {
		t.Fatal(err)
	}
	for _, secret := range []string{link, cookie, token, code} {
		if m.holds(secret) {
			t.Errorf("the store holds %q", secret)
		}
	}
}

func TestBrokenRecordIsToldAtTheStart(t *testing.T) {
	f := func(key, value string) {
		t.Helper()
		m := newMemory()
		m.pairs[key] = value
		if _, err := Open(Options{Store: m}); err == nil {
			t.Errorf("%q: %q is taken", key, value)
		}
	}
	f("ax", "nonsense")
	f("ax", `{"v":2,"is":{}}`)
	f("ax", `{"v":1,"is":{"role":"king"}}`)
	f("dx", `{"v":1,"is":{"token_sha256":"00"}}`)
	f("e"+strings.Repeat("x", 32), `{}`)
}

func TestFailingStoreSignsNobodyIn(t *testing.T) {
	m := newMemory()
	d := open(t, Options{Store: m})
	id := anna(t, d)
	link, _, _ := d.Links.Mint(id, time.Hour)
	cookie := begin(t, d, Beginning{Account: id})
	m.broken = errors.New("disk full")
	if _, _, err := d.Sessions.Begin(Beginning{Account: id}); err == nil {
		t.Error("a session was opened that a restart forgets")
	}
	if _, err := d.Links.Redeem(link, "::1"); err == nil || errors.Is(err, ErrCode) {
		t.Errorf("Redeem: %v; a link that cannot be used up must not sign in", err)
	}
	if _, err := d.Accounts.Change(id, func(a *Account) { a.Role = RoleHolder }); err == nil {
		t.Error("an account was changed that a restart brings back")
	}
	if err := d.Sessions.End(cookie); err == nil || d.Sessions.Find(cookie) != nil {
		t.Errorf("End: %v; here the session has to be over whatever the disk says", err)
	}
}

func TestSameOrigin(t *testing.T) {
	f := func(origin, host string, want bool) {
		t.Helper()
		if SameOrigin(origin, host) != want {
			t.Errorf("SameOrigin(%q, %q) = %v", origin, host, !want)
		}
	}
	f("http://gate.example:8080", "gate.example:8080", true)
	f("https://Gate.Example", "gate.example", true)
	f("https://gate.example", "gate.example:8080", false)
	f("https://evil.example", "gate.example", false)
	f("https://gate.example.evil", "gate.example", false)
	f("null", "gate.example", false)
	f("", "", false)
	f("", "gate.example", false)
	f("https://gate.example@evil.example", "gate.example", false)
}

func TestRolesAreSpelledBothWays(t *testing.T) {
	for _, r := range []Role{RoleHolder, RoleDevice, RoleChecker, RoleAdmin, RoleSupervisor, RoleAuditor} {
		if ParseRole(r.String()) != r || !RolesOf(r).Has(r) {
			t.Errorf("%v does not come back", r)
		}
	}
	if ParseRole("root") != RoleNone || RolesOf(RoleNone).Has(RoleNone) {
		t.Error("an unknown role may do something")
	}
	var r Role
	if err := r.UnmarshalText([]byte("none")); err == nil {
		t.Error("none can be given")
	}
}

func TestDigestIsWrittenInHex(t *testing.T) {
	d := hashOf("x")
	text, _ := d.MarshalText()
	var again digest
	if err := again.UnmarshalText(text); err != nil || again != d || len(text) != 64 {
		t.Errorf("%s, %v", text, err)
	}
	for _, bad := range [][]byte{nil, []byte("00"), bytes.Repeat([]byte("zz"), 32)} {
		if again.UnmarshalText(bad) == nil {
			t.Errorf("%q is taken", bad)
		}
	}
}
