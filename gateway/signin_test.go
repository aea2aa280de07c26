package gateway

import (
	"bytes"
	"encoding/json"
	"io"
	"net/http"
	"strings"
	"testing"

	"vratar/gateway/access/passkeytest"
)

func readCloser(text []byte) io.ReadCloser { return io.NopCloser(bytes.NewReader(text)) }

// replaceCookie is a Cookie header after a Set-Cookie.
func replaceCookie(header string, c *http.Cookie) string {
	var kept []string
	for one := range strings.SplitSeq(header, "; ") {
		if name, _, _ := strings.Cut(one, "="); one != "" && name != c.Name {
			kept = append(kept, one)
		}
	}
	if c.Value != "" {
		kept = append(kept, c.Name+"="+c.Value)
	}
	return strings.Join(kept, "; ")
}

// withName has the gateway called by a name over TLS, which a proxy before it ends.
func withName(t *testing.T) *house {
	h := newHouse(t, func(c *Config) { c.PublicURL = "https://gate.example.kz" })
	h.url = "http://" + h.gateway.listeners[0].Addr().String()
	return h
}

func member(t testing.TB, m map[string]any, name string) string {
	t.Helper()
	text, err := json.Marshal(m[name])
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

func TestPasskeyFromRegistrationToSignIn(t *testing.T) {
	h := withName(t)
	admin := &browser{house: h}
	link, err := h.gateway.SignInLink("admin", accountLink)
	if err != nil {
		t.Fatal(err)
	}
	admin.signInBy(link)
	if !strings.HasPrefix(admin.cookie, "__Host-vratar=") {
		t.Errorf("cookie %s", admin.cookie)
	}
	id, anna := h.account(admin, checkerForm)
	phone, err := passkeytest.New("https://gate.example.kz")
	if err != nil {
		t.Fatal(err)
	}
	register := func(b *browser, want string) {
		t.Helper()
		dialogue := b.want("OK", "POST", "/v1/me/passkeys/begin", "")
		answer, err := phone.Create([]byte(member(t, dialogue, "options")))
		if err != nil {
			t.Fatal(err)
		}
		b.want(want, "POST", "/v1/me/passkeys", `{"state":`+member(t, dialogue, "state")+`,"name":"Phone","credential":`+string(answer)+`}`)
	}
	signIn := func(want string) *browser {
		t.Helper()
		b := &browser{house: h}
		dialogue := b.want("OK", "POST", "/v1/signin/passkey/begin", "")
		answer, err := phone.Get([]byte(member(t, dialogue, "options")))
		if err != nil {
			t.Fatal(err)
		}
		body := `{"state":` + member(t, dialogue, "state") + `,"credential":` + string(answer) + `}`
		b.want(want, "POST", "/v1/signin/passkey", body)
		b.want("sign_in_failed", "POST", "/v1/signin/passkey", body)
		return b
	}
	signIn("sign_in_failed")
	register(anna, "Created")
	if me := signIn("OK").want("OK", "GET", "/v1/me", ""); me["id"] != id {
		t.Errorf("%v", me)
	}
	register(admin, "code_refused") // another one's passkey
	keys := anna.want("OK", "GET", "/v1/me/passkeys", "")["passkeys"].([]any)
	if len(keys) != 1 {
		t.Fatalf("%v", keys)
	}
	key := keys[0].(map[string]any)["id"].(string)
	admin.want("not_found", "DELETE", "/v1/me/passkeys/"+key, "")
	anna.want("No Content", "DELETE", "/v1/me/passkeys/"+key, "")
	signIn("sign_in_failed")
}

func TestPasskeysNeedAName(t *testing.T) {
	h := newHouse(t, nil)
	h.as("checker").want("unprocessable", "POST", "/v1/me/passkeys/begin", "")
	(&browser{house: h}).want("unprocessable", "POST", "/v1/signin/passkey/begin", "")
}

func TestDeviceIsPairedAndRevoked(t *testing.T) {
	h := newHouse(t, nil)
	admin := h.as("admin")
	_, boss := h.account(admin, `{"role":"supervisor","name":"Boss","organisation":"demo","checkpoints":["north"],"confirmed":true}`)
	boss.want("forbidden", "POST", "/v1/devices/pairing", `{"checkpoints":["north","south"]}`)
	boss.want("forbidden", "POST", "/v1/devices/pairing", `{"checkpoints":["*"]}`)
	boss.want("unprocessable", "POST", "/v1/devices/pairing", `{"checkpoints":["nowhere"]}`)
	boss.want("unprocessable", "POST", "/v1/devices/pairing", `{"checkpoints":[]}`)
	code := member(t, boss.want("Created", "POST", "/v1/devices/pairing", `{"checkpoints":["north"]}`), "code")
	nobody := &browser{house: h}
	nobody.want("unprocessable", "POST", "/v1/devices", `{"code":`+code+`,"name":""}`)
	paired := nobody.want("Created", "POST", "/v1/devices", `{"code":`+code+`,"name":"Till 1"}`)
	nobody.want("sign_in_failed", "POST", "/v1/devices", `{"code":`+code+`,"name":"Till 2"}`)
	id := paired["device"].(map[string]any)["id"].(string)

	till := func(token string) http.Header {
		return http.Header{"Authorization": {"Bearer " + token}, "Content-Type": {"application/json"}}
	}
	scan := func(token, nonce string, want int) {
		t.Helper()
		if resp := h.do("POST", "/v1/scan", h.scanBody("ticket", "north", nonce), till(token)); resp.StatusCode != want {
			t.Errorf("scan: %s, want %d", resp.Status, want)
		}
	}
	token := paired["token"].(string)
	scan(token, "1", 200)
	if resp := h.do("POST", "/v1/scan", h.scanBody("ticket", "south", "2"), till(token)); resp.StatusCode != 403 {
		t.Errorf("elsewhere: %s", resp.Status)
	}
	rotated := fields(t, h.do("POST", "/v1/devices/rotate", "", till(token)))
	fresh := rotated["token"].(string)
	scan(token, "3", 200) // for a short while
	h.stop()
	h.start()
	scan(fresh, "4", 200)
	if list := boss.want("OK", "GET", "/v1/devices", "")["devices"].([]any); len(list) != 1 {
		t.Errorf("a supervisor of one gate sees %v", list)
	}
	if list := h.as("admin").want("OK", "GET", "/v1/devices", "")["devices"].([]any); len(list) != len(h.cfg.Devices)+1 {
		t.Errorf("an administrator sees %v", list)
	}
	_, other := h.account(h.as("admin"), `{"role":"supervisor","name":"Other","organisation":"demo","checkpoints":["south"],"confirmed":true}`)
	other.want("not_found", "DELETE", "/v1/devices/"+id, "")
	boss.want("not_found", "DELETE", "/v1/devices/reader", "") // the configuration's own
	boss.want("No Content", "DELETE", "/v1/devices/"+id, "")
	scan(token, "5", 401)
	scan(fresh, "6", 401)
	if resp := h.do("POST", "/v1/devices/rotate", "", reader()); resp.StatusCode != 404 {
		t.Errorf("rotating a token of the configuration: %s", resp.Status)
	}
}

func TestScreenIsSignedInFromAPhone(t *testing.T) {
	h := newHouse(t, nil)
	admin := h.as("admin")
	id, phone := h.account(admin, checkerForm)
	till := &browser{house: h}
	ask := func() string {
		t.Helper()
		return member(t, till.want("Created", "POST", "/v1/signin/screen", `{"name":"Till 3"}`), "code")
	}
	collect := "/v1/signin/screen/collect"
	code := ask()
	till.want("Accepted", "POST", collect, "")
	seen := phone.want("OK", "POST", "/v1/signin/screen/look", `{"code":`+code+`}`)
	if seen["name"] != "Till 3" || seen["client"].(map[string]any)["browser"] != "Firefox, Linux" || seen["max_hours"] != 12.0 {
		t.Errorf("%v", seen)
	}
	phone.want("unprocessable", "POST", "/v1/signin/screen/approve", `{"code":`+code+`,"hours":13}`)
	phone.want("No Content", "POST", "/v1/signin/screen/approve", `{"code":`+code+`,"hours":8}`)

	// Who only saw the code gets nothing by it.
	thief := &browser{house: h, cookie: "vratar-screen=" + strings.Trim(code, `"`)}
	thief.want("sign_in_failed", "POST", collect, "")
	if me := till.want("OK", "POST", collect, ""); me["id"] != id || me["delegated"] != true {
		t.Errorf("%v", me)
	}
	till.want("OK", "POST", "/v1/scan", h.scanBody("ticket", "north", "1"))
	phone.want("code_refused", "POST", "/v1/signin/screen/approve", `{"code":`+code+`}`) // an old QR

	// Whoever stands at the till does not become the checker anywhere else.
	other := &browser{house: h}
	next := member(t, other.want("Created", "POST", "/v1/signin/screen", `{"name":"Till 4"}`), "code")
	for _, path := range []string{"/v1/signin/screen/look", "/v1/signin/screen/approve", "/v1/me/passkeys/begin", "/v1/me/passkeys"} {
		till.want("forbidden", "POST", path, `{"code":`+next+`}`)
	}
	till.want("forbidden", "GET", "/v1/me/sessions", "")
	phone.want("No Content", "POST", "/v1/signin/screen/refuse", `{"code":`+next+`}`)
	other.want("sign_in_failed", "POST", collect, "")

	// The phone ends it.
	for _, s := range phone.want("OK", "GET", "/v1/me/sessions", "")["sessions"].([]any) {
		if s := s.(map[string]any); s["for"] == "Till 3" {
			phone.want("No Content", "DELETE", "/v1/me/sessions/"+s["id"].(string), "")
		}
	}
	till.want("not_signed_in", "GET", "/v1/me", "")
}

func TestAdministratorsScreenIsNoAdministrator(t *testing.T) {
	h := newHouse(t, nil)
	admin, till := h.as("admin"), &browser{house: h}
	code := member(t, till.want("Created", "POST", "/v1/signin/screen", `{"name":"Till"}`), "code")
	admin.want("No Content", "POST", "/v1/signin/screen/approve", `{"code":`+code+`}`)
	till.want("OK", "POST", "/v1/signin/screen/collect", "")
	till.want("forbidden", "GET", "/v1/accounts", "")
	till.want("forbidden", "POST", "/v1/links", `{"account":"admin"}`)
	till.want("forbidden", "POST", "/v1/devices/pairing", `{"checkpoints":["*"]}`)
}

// Ten tries, then wait; and who has a link is not kept out by his neighbours.
func TestGuessingWaits(t *testing.T) {
	h := newHouse(t, nil)
	phone, nobody := h.as("checker"), &browser{house: h}
	f := func(b *browser, want, path, body string) {
		t.Helper()
		for range 10 {
			b.want(want, "POST", path, body)
		}
		resp := h.do("POST", path, body, http.Header{"Cookie": {b.cookie}, "Origin": {h.url}})
		if resp.StatusCode != http.StatusTooManyRequests || resp.Header.Get("Retry-After") == "" {
			t.Errorf("%s: %s after ten tries", path, resp.Status)
		}
	}
	f(nobody, "sign_in_failed", "/v1/session", `{"code":"123456"}`)
	f(nobody, "sign_in_failed", "/v1/devices", `{"code":"AAAA-AAAA-AAAA","name":"Till"}`)
	f(phone, "code_refused", "/v1/signin/screen/approve", `{"code":"guess"}`)
	h.signIn("checker")
}

// Nothing that is asked without a session tells who has an account.
func TestNobodyLearnsWhoHasAnAccount(t *testing.T) {
	h := withName(t)
	said := func(path, body string) string {
		t.Helper()
		resp := h.do("POST", path, body, http.Header{"Content-Type": {"application/json"}})
		return resp.Status + string(readAll(t, resp.Body))
	}
	guess := strings.Repeat("A", 43)
	wrong := said("/v1/session", `{"code":"`+guess+`"}`)
	if again := said("/v1/session", `{"code":"admin"}`); again != wrong {
		t.Errorf("%s\n%s", wrong, again)
	}
	if again := said("/v1/signin/passkey", `{"state":"`+guess+`","credential":{}}`); again != wrong {
		t.Errorf("%s\n%s", wrong, again)
	}
}
