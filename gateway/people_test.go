package gateway

import (
	"encoding/json"
	"errors"
	"net/http"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/getkin/kin-openapi/openapi3"
	gorilla "github.com/gorilla/websocket"

	"vratar/cache/store"
)

// browser is one that keeps its cookie.
type browser struct {
	*house
	cookie string
}

// interfaceText is the description, read once: reading takes longer than most requests.
var interfaceText = sync.OnceValues(func() (*openapi3.T, error) { return openapi3.NewLoader().LoadFromData(openapiText) })

// ask makes a request, holds its answer against the description, and returns it.
func (b *browser) ask(method, path, body string) (int, map[string]any) {
	b.t.Helper()
	header := http.Header{"Origin": {b.url}, "Content-Type": {"application/json"}, "User-Agent": {"Mozilla/5.0 (X11; Linux x86_64) Firefox/130.0"}}
	if b.cookie != "" {
		header.Set("Cookie", b.cookie)
	}
	resp := b.do(method, path, body, header)
	for _, c := range resp.Cookies() {
		if !c.HttpOnly || c.SameSite != http.SameSiteStrictMode || c.Path != "/" {
			b.t.Errorf("cookie %s", c)
		}
		b.cookie = replaceCookie(b.cookie, c)
	}
	if resp.StatusCode == http.StatusNoContent {
		return resp.StatusCode, nil
	}
	text := readAll(b.t, resp.Body)
	resp.Body = http.NoBody
	if described := describedPath(path); described != "" {
		resp.Body = readCloser(text)
		doc, err := interfaceText()
		if err != nil {
			b.t.Fatal(err)
		}
		checkAnswer(b.t, doc, method, described, resp)
	}
	var m map[string]any
	if err := json.Unmarshal(text, &m); err != nil {
		b.t.Fatalf("%s %s: %s: %v", method, path, resp.Status, err)
	}
	return resp.StatusCode, m
}

// want is ask for who cares about the status, and the code of a problem, alone.
func (b *browser) want(want string, method, path, body string) map[string]any {
	b.t.Helper()
	status, m := b.ask(method, path, body)
	got := http.StatusText(status)
	if code, ok := m["code"].(string); ok && status >= 400 {
		got = code
	}
	if got != want {
		b.t.Errorf("%s %s %s: %s, want %s (%v)", method, path, body, got, want, m)
	}
	return m
}

// describedPath is the path of the description that a request's path is of.
func describedPath(path string) string {
	path, _, _ = strings.Cut(path, "?")
	for _, collection := range []string{"/v1/accounts/", "/v1/me/sessions/", "/v1/devices/", "/v1/me/passkeys/", "/v1/me/openid/"} {
		if rest, ok := strings.CutPrefix(path, collection); ok && !strings.Contains("begin pairing rotate", rest) {
			return collection + "{id}"
		}
	}
	return path
}

func (h *house) as(role string) *browser { return &browser{h, h.signIn(role)} }

// account creates one and signs a browser in to it.
func (h *house) account(admin *browser, form string) (id string, b *browser) {
	h.t.Helper()
	status, a := admin.ask("POST", "/v1/accounts", form)
	if status != http.StatusCreated {
		h.t.Fatalf("%d %v", status, a)
	}
	id = a["id"].(string)
	b = &browser{house: h}
	b.signInBy(admin.link(id))
	return id, b
}

func (b *browser) link(account string) string {
	b.t.Helper()
	return b.want("Created", "POST", "/v1/links", `{"account":"`+account+`"}`)["link"].(string)
}

func (b *browser) signInBy(link string) {
	b.t.Helper()
	_, code, _ := strings.Cut(link, "#/signin/")
	b.want("OK", "POST", "/v1/session", `{"code":"`+code+`"}`)
}

const checkerForm = `{"role":"checker","name":"Анна","checkpoints":["*"],"confirmed":true}`

func TestAdministratorLooksAfterAccounts(t *testing.T) {
	h := newHouse(t, nil)
	admin := h.as("admin")
	f := admin.want
	id, anna := h.account(admin, `{"role":"checker","name":"Анна","inn":"500100732259","snils":"11223344595","phone":"+77011234567",
		"email":"anna@example.kz","organisation":"demo","checkpoints":["north"],"confirmed":true}`)
	if me := anna.want("OK", "GET", "/v1/me", ""); me["name"] != "Анна" || me["role"] != "checker" || me["id"] != id || me["delegated"] != false {
		t.Errorf("%v", me)
	}
	anna.want("checkpoint_unknown", "POST", "/v1/scan", h.scanBody("ticket", "nowhere", "1"))
	anna.want("forbidden", "POST", "/v1/scan", h.scanBody("ticket", "south", "1"))
	anna.want("OK", "POST", "/v1/scan", h.scanBody("ticket", "north", "1"))
	f("OK", "PATCH", "/v1/accounts/"+id, `{"phone":""}`)
	anna.want("OK", "GET", "/v1/me", "")
	if list := f("OK", "GET", "/v1/accounts", "")["accounts"].([]any); len(list) != 2 {
		t.Errorf("%v", list)
	}
	f("OK", "PATCH", "/v1/accounts/"+id, `{"role":"holder"}`)
	anna.want("not_signed_in", "GET", "/v1/me", "")
	f("No Content", "DELETE", "/v1/accounts/"+id, "")
	f("not_found", "DELETE", "/v1/accounts/"+id, "")
	f("not_found", "PATCH", "/v1/accounts/"+id, `{}`)
	f("not_found", "POST", "/v1/links", `{"account":"`+id+`"}`)

	f("unprocessable", "POST", "/v1/accounts", `{}`)
	f("unprocessable", "POST", "/v1/accounts", `{"role":"king","name":"x"}`)
	f("unprocessable", "POST", "/v1/accounts", `{"role":"checker","name":"x","id":"admin"}`)
	f("unprocessable", "POST", "/v1/accounts", `{"role":"checker","name":"x","inn":"1"}`)
	f("unprocessable", "POST", "/v1/accounts", `{"role":"checker","name":"x","organisation":"other"}`)
	f("unprocessable", "POST", "/v1/accounts", `{"role":"checker","name":"x","checkpoints":["nowhere"]}`)
	f("malformed_request", "POST", "/v1/accounts", `{"role"`)
	f("malformed_request", "POST", "/v1/accounts", `{} {}`)
	f("too_large", "POST", "/v1/accounts", `{"name":"`+strings.Repeat("x", maxForm)+`"}`)
	f("unprocessable", "POST", "/v1/links", `{"account":"admin","hours":1000}`)
	if strings.Contains(h.log.String(), "11223344595") || strings.Contains(h.log.String(), "Анна") {
		t.Error("the log tells who somebody is")
	}
}

// What a role may not do, no way of asking makes possible.
func TestNobodyElevatesHimself(t *testing.T) {
	h := newHouse(t, func(c *Config) { c.Access.PublicVerify = false })
	admin := h.as("admin")
	refused := []string{
		"GET /v1/accounts", "POST /v1/accounts", "PATCH /v1/accounts/checker", "PATCH /v1/accounts/admin", "DELETE /v1/accounts/admin",
		"POST /v1/links", "GET /v1/devices", "POST /v1/devices/pairing", "DELETE /v1/devices/reader",
	}
	f := func(b *browser, calls ...string) {
		t.Helper()
		for _, call := range calls {
			method, path, _ := strings.Cut(call, " ")
			body := `{"role":"admin","account":"admin","checkpoints":["*"]}`
			if method == "GET" || method == "DELETE" {
				body = ""
			}
			b.want("forbidden", method, path, body)
		}
	}
	for _, role := range []string{"holder", "checker", "auditor"} {
		f(h.as(role), refused...)
	}
	f(h.as("supervisor"), refused[:6]...)
	f(h.as("auditor"), "POST /v1/scan", "POST /v1/verify", "GET /v1/scanner")
	h.as("auditor").want("OK", "GET", "/v1/passages", "")
	admin.want("forbidden", "PATCH", "/v1/accounts/admin", `{"role":"checker"}`) // else nobody might be left
	admin.want("forbidden", "DELETE", "/v1/accounts/admin", "")
	status := h.do("POST", "/v1/accounts", `{"role":"admin","name":"x"}`, reader()).StatusCode
	if status != http.StatusForbidden {
		t.Errorf("a reader's token: %d", status)
	}
}

func TestUnconfirmedAccountChecksNobodyElse(t *testing.T) {
	h := newHouse(t, func(c *Config) { c.Access.PublicVerify = false })
	admin := h.as("admin")
	id, anna := h.account(admin, strings.Replace(checkerForm, "true", "false", 1))
	verify := `{` + h.samples["ticket"].content() + `}`
	for range 2 {
		anna.want("checker_not_confirmed", "POST", "/v1/scan", h.scanBody("ticket", "north", "1"))
		anna.want("checker_not_confirmed", "POST", "/v1/verify", verify)
		anna.want("checker_not_confirmed", "GET", "/v1/scanner?checkpoint=north", "")
		if me := anna.want("OK", "GET", "/v1/me", ""); me["confirmed"] != false {
			t.Errorf("%v", me)
		}
	}
	admin.want("OK", "PATCH", "/v1/accounts/"+id, `{"confirmed":true}`)
	anna.signInBy(admin.link(id))
	anna.want("OK", "POST", "/v1/scan", h.scanBody("ticket", "north", "1"))
	anna.want("OK", "POST", "/v1/verify", verify)
}

// A scanner that is open ends when its account may do other things, and when its session is ended from elsewhere.
func TestOpenScannerEndsWithItsSession(t *testing.T) {
	h := newHouse(t, nil)
	admin := h.as("admin")
	id, anna := h.account(admin, checkerForm)
	f := func(what string, end func()) {
		t.Helper()
		header := http.Header{"Cookie": {anna.cookie}, "Origin": {h.url}}
		c, _, err := gorilla.DefaultDialer.Dial(strings.Replace(h.url, "http", "ws", 1)+"/v1/scanner?checkpoint=north", header)
		if err != nil {
			t.Fatal(err)
		}
		defer c.Close()
		_ = c.SetReadDeadline(time.Now().Add(30 * time.Second))
		if _, _, err := c.ReadMessage(); err != nil { // hello
			t.Fatal(err)
		}
		end()
		_ = c.WriteMessage(gorilla.TextMessage, []byte(`{"type":"ping"}`)) // fails when the gateway noticed by itself
		var closed *gorilla.CloseError
		if _, text, err := c.ReadMessage(); !errors.As(err, &closed) || closed.Code != 4401 {
			t.Errorf("%s: %s, %v", what, text, err)
		}
	}
	f("demoted", func() { admin.want("OK", "PATCH", "/v1/accounts/"+id, `{"checkpoints":["south","north"]}`) })
	anna.signInBy(admin.link(id))
	f("signed out everywhere", func() {
		phone := &browser{house: h}
		phone.signInBy(admin.link(id))
		phone.want("No Content", "DELETE", "/v1/me/sessions", "")
	})
	anna.signInBy(admin.link(id))
	f("removed", func() { admin.want("No Content", "DELETE", "/v1/accounts/"+id, "") })
}

func TestSessionsOfOnesOwn(t *testing.T) {
	h := newHouse(t, nil)
	admin := h.as("admin")
	id, anna := h.account(admin, checkerForm)
	phone := &browser{house: h}
	phone.signInBy(admin.link(id))
	list := anna.want("OK", "GET", "/v1/me/sessions", "")["sessions"].([]any)
	if len(list) != 2 {
		t.Fatalf("%v", list)
	}
	other := ""
	for _, s := range list {
		s := s.(map[string]any)
		if s["client"].(map[string]any)["browser"] != "Firefox, Linux" || s["way"] != "link" {
			t.Errorf("%v", s)
		}
		if s["current"] == false {
			other = s["id"].(string)
		}
	}
	// What a list tells is of no use to somebody else.
	thief := &browser{h, "vratar=" + other}
	thief.want("not_signed_in", "GET", "/v1/me", "")
	_, bob := h.account(admin, checkerForm)
	bob.want("not_found", "DELETE", "/v1/me/sessions/"+other, "")
	phone.want("OK", "GET", "/v1/me", "")
	anna.want("No Content", "DELETE", "/v1/me/sessions/"+other, "")
	phone.want("not_signed_in", "GET", "/v1/me", "")
	anna.want("OK", "GET", "/v1/me", "")
	cookie := anna.cookie
	anna.want("No Content", "DELETE", "/v1/me/sessions", "")
	(&browser{h, cookie}).want("not_signed_in", "GET", "/v1/me", "")
	bob.want("OK", "GET", "/v1/me", "")
}

func TestSessionsSurviveARestart(t *testing.T) {
	h := newHouse(t, nil)
	admin := h.as("admin")
	id, anna := h.account(admin, checkerForm)
	unused := admin.link(id)
	h.stop()
	h.start()
	anna.want("OK", "POST", "/v1/scan", h.scanBody("ticket", "north", "1"))
	if list := anna.want("OK", "GET", "/v1/me/sessions", "")["sessions"].([]any); len(list) != 1 {
		t.Errorf("%v", list)
	}
	admin.want("not_signed_in", "GET", "/v1/me", "") // guests of the demonstration do not last
	phone := &browser{house: h}
	phone.signInBy(unused)
	anna.want("No Content", "DELETE", "/v1/session", "")
	h.stop()
	h.start()
	anna.want("not_signed_in", "GET", "/v1/me", "")
	phone.want("OK", "GET", "/v1/me", "")
}

func TestFirstAdministratorIsMadeOnTheConsole(t *testing.T) {
	h := newHouse(t, nil)
	if _, err := InviteAdmin(h.cfg, "Root", ""); !errors.Is(err, store.ErrInUse) {
		t.Errorf("beside a running gateway: %v", err)
	}
	h.stop()
	first, err := InviteAdmin(h.cfg, "Root", "")
	if err != nil {
		t.Fatal(err)
	}
	again, err := InviteAdmin(h.cfg, "", first.Account.ID)
	if err != nil || again.Account.ID != first.Account.ID {
		t.Fatal(again, err)
	}
	h.start()
	for _, link := range []string{first.Link, again.Link} {
		b := &browser{house: h}
		b.signInBy(link)
		if me := b.want("OK", "GET", "/v1/me", ""); me["role"] != "admin" || me["name"] != "Root" {
			t.Errorf("%v", me)
		}
		_, code, _ := strings.Cut(link, "#/signin/")
		b.want("sign_in_failed", "POST", "/v1/session", `{"code":"`+code+`"}`)
	}
	id, _ := h.account(h.as("admin"), checkerForm)
	h.stop()
	if _, err := InviteAdmin(h.cfg, "", id); err == nil {
		t.Error("a checker got an administrator's link")
	}
	h.start()
}

func TestBrowserOf(t *testing.T) {
	f := func(agent, want string) {
		t.Helper()
		if got := browserOf(agent); got != want {
			t.Errorf("%s: %s, want %s", agent, got, want)
		}
	}
	f("Mozilla/5.0 (Linux; Android 14; K) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/128.0 Mobile Safari/537.36", "Chrome, Android")
	f("Mozilla/5.0 (iPhone; CPU iPhone OS 17_5 like Mac OS X) AppleWebKit/605.1.15 Version/17.5 Mobile/15E148 Safari/604.1", "Safari, iOS")
	f("Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 Chrome/128.0 YaBrowser/24.7 Safari/537.36", "Yandex, Windows")
	f("curl/8.5", "unknown")
	f("<script>alert(1)</script> Firefox/1", "Firefox")
}
