package gateway

import (
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"vratar/gateway/sender/sendertest"
)

const (
	ownerForm = `{"role":"checker","name":"Анна","checkpoints":["*"],"confirmed":true,
		"inn":"500100732259","phone":"+77011234567","email":"Anna@example.kz"}`
	byEmail = `{"inn":"500100732259","email":"anna@example.kz","language":"ru"}`
	byPhone = `{"inn":"500100732259","phone":"+77011234567","language":"kk"}`
	begin   = "/v1/signin/code/begin"
	redeem  = "/v1/signin/code"
)

// exchange is where a gateway's codes arrive: a real mail server and a real provider of text messages.
type exchange struct {
	*house
	mail  *sendertest.Server
	texts chan string // messages to phones, as "number text"
	admin *browser
	anna  string // account
}

func newExchange(t *testing.T, change func(*Codes)) *exchange {
	t.Helper()
	x := &exchange{mail: sendertest.New(t, sendertest.Options{Auth: true}), texts: make(chan string, 64)}
	provider := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		var m struct{ To, Text string }
		text, _ := io.ReadAll(r.Body)
		if err := json.Unmarshal(text, &m); err != nil || r.Header.Get("X-Key") != "key of the provider" {
			w.WriteHeader(http.StatusForbidden)
			return
		}
		x.texts <- m.To + " " + m.Text
	}))
	t.Cleanup(provider.Close)
	dir := t.TempDir()
	write := func(name, text string) string {
		path := filepath.Join(dir, name)
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		return path
	}
	x.house = newHouse(t, func(c *Config) {
		codes := &c.Access.Codes
		codes.Name = "Арена"
		codes.Email.Server, codes.Email.CA, codes.Email.From = x.mail.Address, write("ca.pem", string(x.mail.CA)), "gate@example.kz"
		codes.Email.User, codes.Email.PasswordFile = "gate", write("password", "secret\n")
		codes.SMS.URL, codes.SMS.Body = provider.URL, `{"to":"{to}","text":"{text}"}`
		codes.SMS.Headers, codes.SMS.SecretFile = []string{"X-Key: {secret}"}, write("key", "key of the provider")
		if change != nil {
			change(codes)
		}
	})
	x.admin = x.as("admin")
	x.anna = x.admin.want("Created", "POST", "/v1/accounts", ownerForm)["id"].(string)
	return x
}

var sixDigits = regexp.MustCompile(`\b[0-9]{6}\b`)

// received waits for a message.
func received[T any](t *testing.T, from <-chan T) T {
	t.Helper()
	select {
	case m := <-from:
		return m
	case <-time.After(30 * time.Second):
		t.Fatal("no message arrived")
		panic("unreachable")
	}
}

// quiet fails when the gateway's log tells what it must not.
func (x *exchange) quiet(secrets ...string) {
	x.t.Helper()
	for _, s := range append(secrets, "example.kz", "+7701", "500100732259", "key of the provider") {
		if strings.Contains(x.log.String(), s) {
			x.t.Errorf("the log tells %q", s)
		}
	}
}

func codeForm(code string) string { return `{"code":"` + code + `"}` }

// wrong is a code that is not this one.
func wrong(code string) string {
	last := code[len(code)-1]
	return code[:len(code)-1] + string('0'+(last-'0'+1)%10)
}

func TestCodeBySMTP(t *testing.T) {
	x := newExchange(t, nil)
	b := &browser{house: x.house}
	ways := b.want("OK", "GET", "/v1/signin/ways", "")["codes"].(map[string]any)
	if ways["email"] != true || ways["phone"] != true || ways["inn"] != true {
		t.Errorf("%v", ways)
	}
	answer := b.want("Accepted", "POST", begin, byEmail)
	m := received(t, x.mail.Arrived)
	code := sixDigits.FindString(m.Text)
	if m.To[0] != "Anna@example.kz" || code == "" || !strings.Contains(m.Text, "Никому не сообщайте") || !strings.Contains(m.Text, "Арена") {
		t.Fatalf("%+v", m)
	}
	if answer["expires_at"] == nil || !strings.Contains(b.cookie, "vratar-code=") || strings.Contains(b.cookie, code) {
		t.Errorf("%v, cookie %s", answer, b.cookie)
	}
	b.want("unprocessable", "POST", redeem, codeForm("12345"))
	b.want("sign_in_failed", "POST", redeem, codeForm(wrong(code)))
	other := &browser{house: x.house}
	other.want("sign_in_failed", "POST", redeem, codeForm(code)) // another browser
	if me := b.want("OK", "POST", redeem, codeForm(code)); me["id"] != x.anna || me["delegated"] != false {
		t.Errorf("%v", me)
	}
	if strings.Contains(b.cookie, "vratar-code=") {
		t.Errorf("cookie %s", b.cookie)
	}
	session := b.want("OK", "GET", "/v1/me/sessions", "")["sessions"].([]any)[0].(map[string]any)
	if session["way"] != "code" {
		t.Errorf("%v", session)
	}
	b.want("sign_in_failed", "POST", redeem, codeForm(code)) // used
	x.quiet(code)
}

func TestCodeByTextMessage(t *testing.T) {
	x := newExchange(t, nil)
	b := &browser{house: x.house}
	b.want("Accepted", "POST", begin, byPhone)
	text := received(t, x.texts)
	code := sixDigits.FindString(text)
	if !strings.HasPrefix(text, "+77011234567 Арена") || !strings.Contains(text, "ешкімге") {
		t.Fatal(text)
	}
	b.want("OK", "POST", redeem, codeForm(code))
	x.quiet(code)

	// What somebody else knows of the account changes meanwhile.
	x.stop() // a restart forgets who asked lately
	x.start()
	b = &browser{house: x.house}
	b.want("Accepted", "POST", begin, byPhone)
	code = sixDigits.FindString(received(t, x.texts))
	x.as("admin").want("OK", "PATCH", "/v1/accounts/"+x.anna, `{"phone":"+77019999999"}`)
	b.want("sign_in_failed", "POST", redeem, codeForm(code))
	x.quiet(code)
}

// Whoever asks is told the same, whether there is such an account, a sender that works, or neither.
func TestAskingForACodeTellsNothing(t *testing.T) {
	x := newExchange(t, nil)
	said := func(body string) string {
		t.Helper()
		resp := x.do("POST", begin, body, http.Header{"Content-Type": {"application/json"}, "Origin": {x.url}})
		head := resp.Header.Clone()
		head.Del("Date")
		for _, c := range resp.Cookies() {
			head.Set("Set-Cookie", strings.ReplaceAll(head.Get("Set-Cookie"), c.Value, strings.Repeat("x", len(c.Value))))
		}
		moments := regexp.MustCompile(`T[0-9:]+Z`)
		return fmt.Sprint(resp.Status, moments.ReplaceAllString(fmt.Sprint(head), ""), moments.ReplaceAllString(string(readAll(t, resp.Body)), ""))
	}
	maxAge := regexp.MustCompile(`max-age=[0-9]+`)
	here := maxAge.ReplaceAllString(said(byEmail), "")
	for _, body := range []string{
		`{"inn":"500100732259","email":"bob@example.kz","language":"ru"}`,
		`{"inn":"990000000299","email":"anna@example.kz","language":"ru"}`,
		`{"inn":"990000000299","phone":"+77010000000","language":"ru"}`,
	} {
		if got := maxAge.ReplaceAllString(said(body), ""); got != here {
			t.Errorf("%s\n%s\n%s", body, got, here)
		}
	}
	again := said(byEmail)
	nobody := said(`{"inn":"500100732259","email":"bob@example.kz","language":"ru"}`)
	if !strings.HasPrefix(again, "429") || strings.Contains(nobody, "202") {
		t.Errorf("asked again: %s\n%s", again, nobody)
	}
	received(t, x.mail.Arrived)
	if len(x.mail.Arrived) > 0 {
		t.Error("a code for nobody")
	}
	x.quiet()
}

func TestGuessingSentCodes(t *testing.T) {
	x := newExchange(t, nil)
	b := &browser{house: x.house}
	b.want("Accepted", "POST", begin, byEmail)
	code := sixDigits.FindString(received(t, x.mail.Arrived).Text)
	for range 5 {
		b.want("sign_in_failed", "POST", redeem, codeForm(wrong(code)))
	}
	b.want("sign_in_failed", "POST", redeem, codeForm(code)) // it is burnt
	for range 4 {
		b.want("sign_in_failed", "POST", redeem, codeForm(wrong(code)))
	}
	f := func(path, body string) {
		t.Helper()
		resp := x.do("POST", path, body, http.Header{"Cookie": {b.cookie}, "Origin": {x.url}})
		if resp.StatusCode != http.StatusTooManyRequests || resp.Header.Get("Retry-After") == "" {
			t.Errorf("%s after ten tries: %s", path, resp.Status)
		}
	}
	f(redeem, codeForm(code))
	f(begin, byPhone)
}

func TestNoCodesWithoutASender(t *testing.T) {
	h := newHouse(t, nil)
	b := &browser{house: h}
	if ways := b.want("OK", "GET", "/v1/signin/ways", ""); ways["codes"] != nil {
		t.Errorf("%v", ways)
	}
	b.want("not_found", "POST", begin, byEmail)
	b.want("sign_in_failed", "POST", redeem, codeForm("123456"))
}

// A server that takes nothing slows nobody down who asks, and is counted.
func TestMailServerThatRefuses(t *testing.T) {
	x := newExchange(t, func(c *Codes) { c.Email.User, c.Email.PasswordFile = "", "" }) // it takes nothing from strangers
	(&browser{house: x.house}).want("Accepted", "POST", begin, byEmail)
	counted := `vratar_messages_total{channel="email",result="failed"} 1`
	for end := time.Now().Add(30 * time.Second); !strings.Contains(x.metrics(), counted); time.Sleep(10 * time.Millisecond) {
		if time.Now().After(end) {
			t.Fatal("the failure is not counted")
		}
	}
	if !strings.Contains(x.log.String(), "a message was not sent") {
		t.Error("the log says nothing")
	}
	x.quiet()
}

func (h *house) metrics() string {
	return string(readAll(h.t, h.do("GET", "/metrics", "", reader()).Body))
}

// The demo prints the codes of its guests.
func TestDemoPrintsCodes(t *testing.T) {
	terminal := make(chan string, 16)
	h := newHouse(t, func(c *Config) { c.Demo.Console = lines(terminal) })
	h.signIn("checker") // now there is this guest
	b := &browser{house: h}
	b.want("Accepted", "POST", begin, `{"email":"checker@demo.example","language":"en"}`)
	printed := received(t, terminal)
	if !strings.Contains(printed, "checker@demo.example") {
		t.Fatal(printed)
	}
	if me := b.want("OK", "POST", redeem, codeForm(sixDigits.FindString(printed))); me["id"] != "checker" {
		t.Errorf("%v", me)
	}
}

// lines hands on what is printed.
type lines chan string

func (l lines) Write(p []byte) (int, error) {
	l <- string(p)
	return len(p), nil
}

func TestCodesNeedTheirFiles(t *testing.T) {
	f := func(want string, change func(*Codes)) {
		t.Helper()
		c := DefaultConfig()
		c.DataDir, c.Listen = t.TempDir(), "127.0.0.1:0"
		c.Access.Codes.Email.Server, c.Access.Codes.Email.From = "localhost:25", "gate@example.kz"
		change(&c.Access.Codes)
		g, err := New(c, Deps{})
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%v, want %s", err, want)
		}
		if g != nil {
			_ = g.Close()
		}
	}
	missing := filepath.Join(t.TempDir(), "missing")
	f("access.codes.email.ca", func(c *Codes) { c.Email.CA = missing })
	f("access.codes.email.ca", func(c *Codes) { c.Email.CA = "config.go" })
	f("access.codes.email", func(c *Codes) { c.Email.User, c.Email.PasswordFile = "gate", missing })
	f("access.codes.sms", func(c *Codes) {
		c.SMS.URL, c.SMS.Body = "https://sms.example.kz", `{"to":"{to}","text":"{text}"}`
		c.SMS.Headers, c.SMS.SecretFile = []string{"X-Key: {secret}"}, missing
	})
}

// What the example shows in comments is taken as it is.
func TestExampleOfCodes(t *testing.T) {
	text, err := os.ReadFile("../deploy/vratar.toml")
	if err != nil {
		t.Fatal(err)
	}
	_, rest, found := strings.Cut(string(text), "# [access.codes]\n")
	section, _, ended := strings.Cut(rest, "\n\n")
	if !found || !ended {
		t.Fatal("no [access.codes] in the example")
	}
	example := "data_dir = \"d\"\n[access.codes]\n" + regexp.MustCompile(`(?m)^# ?`).ReplaceAllString(section, "")
	c, err := ParseConfig([]byte(example), "/etc/vratar")
	if err != nil {
		t.Fatalf("%v in\n%s", err, example)
	}
	if c.Access.Codes.Email.PasswordFile != "/etc/vratar/mail.password" || c.Access.Codes.SMS.SecretFile != "/etc/vratar/sms.key" {
		t.Errorf("%+v", c.Access.Codes)
	}
}
