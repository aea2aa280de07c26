package sender

import (
	"context"
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"
	"unicode/utf8"
)

const body = `{"messages":[{"recipient":"{to}","content":{"text":"{text}","n":12345678901234567890}}],"from":"Vratar"}`

// provider is a real server that takes text messages.
func provider(t *testing.T, answer http.HandlerFunc) string {
	t.Helper()
	s := httptest.NewServer(answer)
	t.Cleanup(s.Close)
	return s.URL + "/send?key=secret"
}

func newHTTP(t *testing.T, o HTTPOptions) *HTTP {
	t.Helper()
	if o.Body == "" {
		o.Body = body
	}
	h, err := NewHTTP(o)
	if err != nil {
		t.Fatal(err)
	}
	return h
}

var sms = Message{To: "+77011234567", Text: "Арена \"1\" {to}: " + secretCode + "\n"}

func TestTextMessageArrives(t *testing.T) {
	var got []byte
	var head http.Header
	url := provider(t, func(w http.ResponseWriter, r *http.Request) {
		got, _ = io.ReadAll(r.Body)
		head = r.Header
		if r.Method != http.MethodPost || r.URL.Path != "/send" {
			t.Errorf("%s %s", r.Method, r.URL)
		}
		w.WriteHeader(http.StatusAccepted)
	})
	h := newHTTP(t, HTTPOptions{URL: url, Headers: []string{"Authorization: Key {secret}", "X-Sender: vratar"}, SecretFile: secretFile(t, " abc \n")})
	if err := h.Send(t.Context(), sms); err != nil {
		t.Fatal(err)
	}
	if head.Get("Authorization") != "Key abc" || head.Get("X-Sender") != "vratar" || head.Get("Content-Type") != "application/json" {
		t.Errorf("%v", head)
	}
	var sent struct {
		From     string
		Messages []struct {
			Recipient string
			Content   struct {
				Text string
				N    json.Number
			}
		}
	}
	if err := json.Unmarshal(got, &sent); err != nil {
		t.Fatal(err)
	}
	one := sent.Messages[0]
	if one.Recipient != sms.To || one.Content.Text != sms.Text || one.Content.N != "12345678901234567890" || sent.From != "Vratar" {
		t.Errorf("%s", got)
	}
}

func TestTextMessageThatIsNotTaken(t *testing.T) {
	elsewhere := 0
	other := provider(t, func(http.ResponseWriter, *http.Request) { elsewhere++ })
	f := func(status int, final bool) {
		t.Helper()
		url := provider(t, func(w http.ResponseWriter, r *http.Request) {
			w.Header().Set("Location", other)
			w.WriteHeader(status)
			_, _ = io.WriteString(w, sms.To+" "+secretCode)
		})
		err := newHTTP(t, HTTPOptions{URL: url}).Send(t.Context(), sms)
		var refused *Refused
		if err == nil || errors.As(err, &refused) != final {
			t.Errorf("%d: %v", status, err)
		}
		tellsNothing(t, err)
	}
	f(302, true)
	f(307, true)
	f(400, true)
	f(401, true)
	f(408, false)
	f(429, false)
	f(500, false)
	f(503, false)
	if elsewhere > 0 {
		t.Error("the code was led elsewhere")
	}
}

func TestSilentProvider(t *testing.T) {
	done := make(chan struct{})
	url := provider(t, func(_ http.ResponseWriter, r *http.Request) {
		select {
		case <-done:
		case <-r.Context().Done():
		}
	})
	defer close(done)
	ctx, cancel := context.WithTimeout(t.Context(), 100*time.Millisecond)
	defer cancel()
	h := newHTTP(t, HTTPOptions{URL: url})
	err := h.Send(ctx, sms)
	if !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("%v", err)
	}
	tellsNothing(t, err)
	h.o.URL = "http://127.0.0.1:1/?key=secret"
	err = h.Send(t.Context(), sms)
	if err == nil {
		t.Error("sent to nobody")
	}
	tellsNothing(t, err)
}

func TestBodyTemplates(t *testing.T) {
	f := func(template, fault string) {
		t.Helper()
		_, err := ParseBody(template)
		if (err == nil) != (fault == "") || (err != nil && !strings.Contains(err.Error(), fault)) {
			t.Errorf("%s: %v, want %q", template, err, fault)
		}
	}
	f(body, "")
	f(`{"a":"{to}","b":"Code: {text}"}`, "")
	f(``, "JSON object")
	f(`null`, "JSON object")
	f(`["{to}","{text}"]`, "JSON object")
	f(`{"a":"{to}","b":"{text}"} {}`, "JSON object")
	f(`{"a":"{to}"}`, "{text}")
	f(`{"{to}":"{text}"}`, "{to}") // names are not filled in
	f(`{"a":"{to}","b":"{text}","c":"{password}"}`, "{password}")
}

func TestHeaders(t *testing.T) {
	f := func(text string, good bool) {
		t.Helper()
		if _, _, err := ParseHeader(text); (err == nil) != good {
			t.Errorf("%q: %v", text, err)
		}
	}
	f("Authorization: Bearer {secret}", true)
	f("X-Key:abc", true)
	f("", false)
	f("Authorization", false)
	f("Two words: x", false)
	f("X:", false)
	f("X: a\r\nY: b", false)
}

// Whatever the message says, what is sent is the template with the message in its places, and nothing else.
func FuzzBody(f *testing.F) {
	f.Add("+77011234567", "code 123456")
	f.Add("{text}", `","admin":"yes`)
	f.Add("{to}", "\\\n{to}")
	h, err := NewHTTP(HTTPOptions{URL: "http://127.0.0.1/", Body: body})
	if err != nil {
		f.Fatal(err)
	}
	f.Fuzz(func(t *testing.T, to, text string) {
		request, err := h.request(t.Context(), Message{To: to, Text: text})
		if err != nil {
			t.Fatal(err)
		}
		var sent struct {
			From     string `json:"from"`
			Messages []struct {
				Recipient string `json:"recipient"`
				Content   struct {
					Text string      `json:"text"`
					N    json.Number `json:"n"`
				} `json:"content"`
			} `json:"messages"`
		}
		d := json.NewDecoder(request.Body)
		d.DisallowUnknownFields()
		if err := d.Decode(&sent); err != nil || len(sent.Messages) != 1 {
			t.Fatal(err)
		}
		same := func(sent, was string) bool { return sent == was || !utf8.ValidString(was) }
		if one := sent.Messages[0]; !same(one.Recipient, to) || !same(one.Content.Text, text) || sent.From != "Vratar" {
			t.Fatalf("%q, %q became %+v", to, text, sent)
		}
	})
}
