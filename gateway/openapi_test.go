package gateway

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/getkin/kin-openapi/openapi3"
	gorilla "github.com/gorilla/websocket"

	"vratar/gateway/problem"
	"vratar/verifier"
)

func description(t testing.TB) *openapi3.T {
	t.Helper()
	doc, err := openapi3.NewLoader().LoadFromData(openapiText)
	if err != nil {
		t.Fatal(err)
	}
	if err := doc.Validate(context.Background()); err != nil {
		t.Fatal(err)
	}
	return doc
}

func TestDescriptionNamesEveryRouteAndNoOther(t *testing.T) {
	h := newHouse(t, nil)
	var served, described []string
	for _, r := range h.gateway.routes() {
		served = append(served, r.method+" "+r.path)
	}
	for path, item := range description(t).Paths.Map() {
		for method := range item.Operations() {
			described = append(described, method+" "+path)
		}
	}
	slices.Sort(served)
	slices.Sort(described)
	if !slices.Equal(served, described) {
		t.Errorf("served    %v\ndescribed %v", served, described)
	}
}

func TestDescriptionSpellsTheClosedLists(t *testing.T) {
	schemas := description(t).Components.Schemas
	var reasons, codes []any
	for _, r := range verifier.Reasons() {
		reasons = append(reasons, r.String())
	}
	for _, c := range problem.Codes() {
		codes = append(codes, string(c))
	}
	if got := schemas["Reason"].Value.Enum; !slices.Equal(got, reasons) {
		t.Errorf("reasons %v\nwant    %v", got, reasons)
	}
	if got := schemas["Problem"].Value.Properties["code"].Value.Enum; !slices.Equal(got, codes) {
		t.Errorf("codes %v\nwant  %v", got, codes)
	}
}

// Real answers obey the schemas, which allow no member that they do not name.
func TestAnswersAreAsDescribed(t *testing.T) {
	h := newHouse(t, nil)
	doc := description(t)
	n := 0
	f := func(method, path, body string) {
		t.Helper()
		header := reader()
		if path == "/v1/verify" && body != "" && body[0] != '{' {
			header.Set("Content-Type", "text/plain")
		}
		checkAnswer(t, doc, method, path, h.do(method, path, body, header))
		n++
	}
	for _, s := range h.samples {
		f("POST", "/v1/verify", "{"+s.content()+"}")
		for range 2 {
			f("POST", "/v1/scan", h.scanBody(s.Name, "north", fmt.Sprint("n", n)))
		}
	}
	f("POST", "/v1/scan", h.scanBody("ticket", "south", "same"))
	f("POST", "/v1/scan", h.scanBody("ticket", "south", "same"))
	f("POST", "/v1/scan", strings.Replace(h.scanBody("ticket", "south", "late"), "{", `{"scanned_at":"2026-03-01T10:00:00+05:00",`, 1))
	f("POST", "/v1/scan", `{}`)
	f("POST", "/v1/scan", ``)
	f("POST", "/v1/verify", `{"payload":1}`)
	f("POST", "/v1/session", `{"code":"x"}`)
	for _, path := range []string{
		"/v1/passages", "/v1/passages?after=3&limit=2", "/v1/passages?limit=x", "/v1/checkpoints", "/v1/trust", "/v1/status",
		"/v1/me", "/v1/samples", "/healthz", "/readyz", "/v1/live", "/v1/scanner?checkpoint=north",
	} {
		f("GET", path, "")
	}
}

// checkAnswer holds an answer against the description of its operation.
func checkAnswer(t testing.TB, doc *openapi3.T, method, path string, resp *http.Response) {
	t.Helper()
	path, _, _ = strings.Cut(path, "?")
	responses := doc.Paths.Value(path).GetOperation(method).Responses
	described := responses.Status(resp.StatusCode)
	if described == nil {
		described = responses.Default()
	}
	media, _, _ := strings.Cut(resp.Header.Get("Content-Type"), ";")
	text, err := io.ReadAll(resp.Body)
	if err != nil {
		t.Fatal(err)
	}
	content := described.Value.Content.Get(media)
	if content == nil {
		t.Errorf("%s %s: %d with %q is not described", method, path, resp.StatusCode, media)
		return
	}
	checkJSON(t, content.Schema.Value, text)
}

func checkJSON(t testing.TB, schema *openapi3.Schema, text []byte) {
	t.Helper()
	d := json.NewDecoder(bytes.NewReader(text))
	var v any
	if err := d.Decode(&v); err != nil {
		t.Fatalf("%v: %s", err, text)
	}
	if err := schema.VisitJSON(v, openapi3.EnableFormatValidation()); err != nil {
		t.Errorf("%v\nin %s", err, text)
	}
}

// Frames obey the schemas as well, in both directions.
func TestFramesAreAsDescribed(t *testing.T) {
	h := newHouse(t, nil)
	schemas := description(t).Components.Schemas
	dial := func(path string) *gorilla.Conn {
		c, _, err := gorilla.DefaultDialer.Dial(strings.Replace(h.url, "http", "ws", 1)+path, reader())
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { c.Close() })
		return c
	}
	receive := func(c *gorilla.Conn, schema string) string {
		t.Helper()
		_ = c.SetReadDeadline(time.Now().Add(10 * time.Second))
		_, text, err := c.ReadMessage()
		if err != nil {
			t.Fatal(err)
		}
		checkJSON(t, schemas[schema].Value, text)
		var frame struct{ Type string }
		_ = json.Unmarshal(text, &frame) // checked above
		return frame.Type
	}
	scanner, live := dial("/v1/scanner?checkpoint=north"), dial("/v1/live")
	got := []string{receive(scanner, "ScannerDown"), receive(live, "LiveDown")}
	for _, frame := range []string{
		`{"type":"scan","ref":"1","payload":` + quote(h.samples["ticket"].Payload) + `,"symbology":"]Q1","nonce":"1"}`,
		`{"type":"ping"}`,
		`{"type":"scan","ref":"2","payload":"x","nonce":"2","checkpoint":"nowhere"}`,
	} {
		checkJSON(t, schemas["ScannerUp"].Value, []byte(frame))
		if err := scanner.WriteMessage(gorilla.TextMessage, []byte(frame)); err != nil {
			t.Fatal(err)
		}
		got = append(got, receive(scanner, "ScannerDown"))
	}
	got = append(got, receive(live, "LiveDown"), receive(live, "LiveDown"))
	want := []string{"hello", "hello", "decision", "pong", "problem", "passages", "tick"}
	if !slices.Equal(got, want) {
		t.Errorf("frames %v, want %v", got, want)
	}
}
