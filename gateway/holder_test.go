package gateway

import (
	"encoding/base64"
	"encoding/hex"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	gorilla "github.com/gorilla/websocket"

	"vratar/verifier/issuing"
)

// key is one of the demonstration's private keys.
func (h *house) key(name string) *issuing.Key {
	h.t.Helper()
	text, err := os.ReadFile(filepath.Join(h.cfg.DataDir, name+".jwk"))
	if err != nil {
		h.t.Fatal(err)
	}
	k, err := issuing.ParseKey(text)
	if err != nil {
		h.t.Fatal(err)
	}
	return k
}

// present scans a payload, with further members of the request, and tells decision and reason.
func (h *house) present(payload, checkpoint, more string) string {
	h.t.Helper()
	h.presented++
	body := fmt.Sprintf(`{"payload":%s,"checkpoint":%q,"nonce":"p%d"%s}`, quote(payload), checkpoint, h.presented, more)
	m := fields(h.t, h.do("POST", "/v1/scan", body, reader()))
	if m["code"] != nil {
		return fmt.Sprint(m["code"])
	}
	return fmt.Sprint(m["decision"], " ", m["reason"])
}

// Every sample of every format is judged as it says, and opens a gate when it should.
func TestEverySample(t *testing.T) {
	h := newHouse(t, nil)
	for name, s := range h.samples {
		m := fields(t, h.do("POST", "/v1/verify", "{"+s.content()+"}", reader()))
		if m["reason"] != s.Expect || m["format"] != s.Format {
			t.Errorf("%s: %v %v, want %v %v", name, m["format"], m["reason"], s.Format, s.Expect)
		}
		if s.Gate == "" {
			s.Gate = s.Expect
		}
		want := "deny " + s.Gate
		switch s.Gate {
		case "ok":
			want = "admit ok"
		case "status_unknown":
			want = "hold status_unknown"
		}
		m = fields(t, h.do("POST", "/v1/scan", h.scanBody(name, "north", name), reader()))
		if got := fmt.Sprint(m["decision"], " ", m["reason"]); got != want {
			t.Errorf("%s at a gate: %s, want %s", name, got, want)
		}
	}
}

// strictness adds a checkpoint of each kind.
func strictness(c *Config) {
	for _, demand := range []string{"bound", "required", "optional"} {
		c.Checkpoints = append(c.Checkpoints, Checkpoint{ID: demand, HolderProof: demand})
	}
	c.Devices[len(c.Devices)-1].Checkpoints = []string{"*"}
}

func TestCheckpointsDemandProof(t *testing.T) {
	h := newHouse(t, strictness)
	now := time.Now()
	// fresh issues a ticket to a phone of its own and returns its code without proof and with one.
	fresh := func(b issuing.Binding) (copied, proven string) {
		t.Helper()
		phone := newES256(t)
		copied, err := issuing.VR1(h.key("issuer"), issuing.Document{Issuer: "demo", Type: "ticket", IssuedAt: now, Holder: phone.Public()})
		if err != nil {
			t.Fatal(err)
		}
		if proven, err = issuing.VR2(phone, copied, b); err != nil {
			t.Fatal(err)
		}
		return copied, proven
	}
	f := func(payload, checkpoint, more, want string) {
		t.Helper()
		if got := h.present(payload, checkpoint, more); got != want {
			t.Errorf("%.4s at %s%s: %s, want %s", payload, checkpoint, more, got, want)
		}
	}
	copied, proven := fresh(issuing.Binding{IssuedAt: now, Nonce: "seven"})
	eu := h.samples["eu"].Payload
	f(copied, "bound", "", "deny holder_proof_missing")
	f(copied, "required", "", "deny holder_proof_missing")
	f(copied, "required", `,"holder_proof":"optional"`, "unprocessable") // a client weakens nothing
	f(eu, "required", "", "deny holder_proof_missing")
	f(eu, "bound", "", "admit ok")
	f(proven, "required", `,"holder_nonce":"eight"`, "deny holder_proof_invalid")
	f(proven, "required", `,"holder_nonce":"seven"`, "admit ok")
	f(proven, "bound", "", "deny code_replayed")
	f(proven, "optional", "", "deny code_replayed")
	f(copied, "optional", "", "admit ok")

	late := now.Add(-40 * time.Second)
	_, stale := fresh(issuing.Binding{IssuedAt: late})
	f(stale, "optional", "", "deny holder_proof_stale") // a proof that is shown is checked
	_, ours := fresh(issuing.Binding{IssuedAt: now, Audience: h.cfg.Holder.Audience})
	f(ours, "required", "", "admit ok")
	_, theirs := fresh(issuing.Binding{IssuedAt: now, Audience: "https://elsewhere.example"})
	f(theirs, "optional", "", "deny holder_proof_invalid")

	if !strings.Contains(string(readAll(t, h.do("GET", "/metrics", "", nil).Body)), "vratar_unsafe_options 1\n") {
		t.Error("a checkpoint that lets copies pass is not told")
	}
	if log := h.log.String(); !strings.Contains(log, "checkpoints.optional.holder_proof") {
		t.Error("nor is it in the log")
	}
}

// A proof that was made for somebody says nothing to a gateway that has no name, and does not pass for one.
func TestNoAudience(t *testing.T) {
	h := newHouse(t, func(c *Config) { c.Holder.Audience = ""; strictness(c) })
	wallet := h.samples["wallet"].Payload
	for checkpoint, want := range map[string]string{
		"required": "deny holder_proof_invalid", "bound": "deny holder_proof_invalid", "optional": "admit ok",
	} {
		if got := h.present(wallet, checkpoint, ""); got != want {
			t.Errorf("%s: %s, want %s", checkpoint, got, want)
		}
	}
	bare := wallet[:strings.LastIndexByte(wallet, '~')+1]
	if got := h.present(bare, "bound", ""); got != "deny holder_proof_missing" {
		t.Errorf("without proof: %s", got)
	}
}

// A phone answers in a session: its signature counts with the transcript, at every door.
func TestTranscript(t *testing.T) {
	h := newHouse(t, strictness)
	now := time.Now()
	const profile = "eu.europa.ec.av.1"
	phone := newES256(t)
	part, err := issuing.IssuerSigned(h.key("mobile"), issuing.MobileDocument{
		Type: profile, Elements: map[string]map[string]any{profile: {"age_over_18": true}}, Device: phone,
		SignedAt: now, ValidFrom: now, ValidUntil: now.AddDate(0, 1, 0),
	})
	if err != nil {
		t.Fatal(err)
	}
	session := []byte{0x83, 0xf6, 0xf6, 0x81, 0x01}
	answer, err := issuing.DeviceResponse(issuing.Presentation{Type: profile, IssuerSigned: part, Device: phone, Transcript: session})
	if err != nil {
		t.Fatal(err)
	}
	payload := base64.RawURLEncoding.EncodeToString(answer)
	with := `,"transcript":"` + base64.RawURLEncoding.EncodeToString(session) + `"`
	other := `,"transcript":"` + base64.RawURLEncoding.EncodeToString([]byte{0x83, 0xf6, 0xf6, 0x81, 0x02}) + `"`
	for _, f := range []struct{ more, want string }{
		{"", "deny holder_proof_invalid"}, {other, "deny holder_proof_invalid"}, {`,"transcript":"gw=="`, "unprocessable"},
		{`,"transcript":"AQ"`, "unprocessable"}, {with, "admit ok"},
	} {
		if got := h.present(payload, "required", f.more); got != f.want {
			t.Errorf("with %q: %s, want %s", f.more, got, f.want)
		}
	}
	judged := func(path, more string) string {
		body := `{"payload":` + quote(payload) + more + `}`
		return fmt.Sprint(fields(t, h.do("POST", path, body, reader()))["not_established"])
	}
	c, _, err := gorilla.DefaultDialer.Dial(strings.Replace(h.url, "http", "ws", 1)+"/v1/scanner?checkpoint=required", reader())
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	for _, f := range []struct{ more, want string }{{"", `"hello"`}, {with, `"holder_proof_invalid"`}, {"", `"already_admitted"`}} {
		_ = c.SetReadDeadline(time.Now().Add(10 * time.Second))
		if _, frame, err := c.ReadMessage(); err != nil || !strings.Contains(string(frame), f.want) {
			t.Errorf("%s, %v, want %s", frame, err, f.want)
		}
		h.presented++
		frame := fmt.Sprintf(`{"type":"scan","payload":%s,"nonce":"s%d"%s}`, quote(payload), h.presented, f.more)
		if err := c.WriteMessage(gorilla.TextMessage, []byte(frame)); err != nil {
			t.Fatal(err)
		}
	}
	for _, path := range []string{"/v1/verify", "/v1/verify/batch"} {
		if got := judged(path, ""); got != "[holder_binding revocation]" {
			t.Errorf("%s without session: not established %s", path, got)
		}
		if got := judged(path, with); got != "[revocation]" {
			t.Errorf("%s in the session: not established %s", path, got)
		}
	}
}

func TestEncryptedIdentity(t *testing.T) {
	secret := []byte("0123456789abcdef0123456789abcdef")
	file := filepath.Join(t.TempDir(), "identity.keys")
	if err := os.WriteFile(file, []byte("# ours\n\n"+hex.EncodeToString(secret)+" # 2026\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	for _, f := range []struct{ file, want string }{{"", "unsupported_algorithm"}, {file, "ok"}} {
		h := newHouse(t, func(c *Config) { c.Holder.IdentityKeys = f.file })
		text, err := issuing.SealedIdentity169(h.key("identity"), issuing.Identity{
			Issuer: "https://identity.demo.example", Entries: map[int64]any{4: "A"}, IssuedAt: time.Now(),
		}, secret, make([]byte, 12))
		if err != nil {
			t.Fatal(err)
		}
		m := fields(t, h.do("POST", "/v1/verify", `{"payload":`+quote(text)+`}`, reader()))
		if m["reason"] != f.want {
			t.Errorf("keys %q: %v, want %s", f.file, m["reason"], f.want)
		}
		if strings.Contains(h.log.String(), hex.EncodeToString(secret)) {
			t.Error("the log holds the key")
		}
	}
}

func TestIdentityKeyFile(t *testing.T) {
	file := filepath.Join(t.TempDir(), "keys")
	f := func(text, fault string, keys int) {
		t.Helper()
		if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		got, err := LoadIdentityKeys(file)
		if (err == nil) != (fault == "") || (err != nil && !strings.Contains(err.Error(), fault)) || len(got) != keys {
			t.Errorf("%q: %d keys, %v", text, len(got), err)
		}
		if err != nil && strings.Contains(err.Error(), "abcd") {
			t.Errorf("the fault tells the key: %v", err)
		}
	}
	line := strings.Repeat("abcd", 8)
	f(line, "", 1)
	f(line+"\r\n"+strings.ToUpper(line)+line+"\n", "", 2)
	f(line+"abcdabcdabcdabcd", "", 1)
	f("", "no keys", 0)
	f("# nothing\n", "no keys", 0)
	f(line+"\n"+line+"ab\n", "line 2", 1)
	f(line+"a\nabcdxyz\n", "line 2", 0)
	if _, err := LoadIdentityKeys(file + "x"); err == nil {
		t.Error("a file that is not there")
	}
}

// When more proofs are shown than can be remembered, codes are refused and none is forgotten.
func TestProofsAreBounded(t *testing.T) {
	h := newHouse(t, func(c *Config) { c.Holder.Proofs = 1 })
	first, second := h.samples["live"].Payload, ""
	h.loadSamples(h.world)
	second = h.samples["live"].Payload
	for _, f := range []struct{ payload, want string }{
		{first, "admit ok"}, {second, "deny overloaded"}, {first, "deny code_replayed"},
	} {
		if got := h.present(f.payload, "north", ""); got != f.want {
			t.Errorf("%s, want %s", got, f.want)
		}
	}
}
