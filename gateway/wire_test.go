package gateway

import (
	"bufio"
	"fmt"
	"io"
	"net"
	"net/http"
	"runtime"
	"strings"
	"testing"
	"time"

	gorilla "github.com/gorilla/websocket"
)

// raw sends bytes over one connection and returns the status of each answer that comes back until the
// gateway closes or falls silent.
func (h *house) raw(request string) []int {
	h.t.Helper()
	c, err := net.Dial("tcp", strings.TrimPrefix(h.url, "http://"))
	if err != nil {
		h.t.Fatal(err)
	}
	defer c.Close()
	_ = c.SetDeadline(time.Now().Add(700 * time.Millisecond))
	if _, err := io.WriteString(c, request); err != nil {
		h.t.Fatal(err)
	}
	var answers []int
	for r := bufio.NewReader(c); ; {
		resp, err := http.ReadResponse(r, nil)
		if err != nil {
			return answers
		}
		_, _ = io.Copy(io.Discard, resp.Body) // bounded by the deadline
		resp.Body.Close()
		answers = append(answers, resp.StatusCode)
	}
}

// A request that a proxy could end elsewhere than we do is refused, and what follows it is not read.
func TestRequestsCannotBeSmuggled(t *testing.T) {
	h := newHouse(t, nil)
	const hidden = "GET /healthz HTTP/1.1\r\nHost: x\r\n\r\n"
	f := func(name, head, body string) {
		t.Helper()
		answers := h.raw("POST /v1/verify HTTP/1.1\r\nHost: x\r\nContent-Type: text/plain\r\n" + head + "\r\n" + body + hidden)
		if len(answers) != 1 || answers[0] < 400 {
			t.Errorf("%s: answers %v, want one refusal and the end", name, answers)
		}
	}
	f("both lengths", "Content-Length: 3\r\nTransfer-Encoding: chunked\r\n", "0\r\n\r\n")
	f("identity", "Transfer-Encoding: identity\r\n", "")
	f("identity with length", "Content-Length: 3\r\nTransfer-Encoding: identity\r\n", "abc")
	f("unknown encoding", "Transfer-Encoding: chunked, cow\r\n", "0\r\n\r\n")
	f("folded line", "X-A: 1\r\n Content-Length: 3\r\nContent-Length: 0\r\n", "")
	f("folded encoding", "Transfer-Encoding:\r\n chunked\r\n", "0\r\n\r\n")
	f("two lengths", "Content-Length: 3\r\nContent-Length: 4\r\n", "abc")
	f("signed length", "Content-Length: +3\r\n", "abc")
	f("hexadecimal length", "Content-Length: 0x3\r\n", "abc")
	f("blank before colon", "Content-Length : 3\r\n", "abc")
	f("two hosts", "Host: y\r\nContent-Length: 3\r\n", "abc")
	f("NUL", "X-A: \x00\r\nContent-Length: 3\r\n", "abc")
	f("odd chunk", "Transfer-Encoding: chunked\r\n", "3;\nabc\r\n0\r\n\r\n")
	if answers := h.raw("POST /v1/verify HTTP/1.1\r\nHost: x\r\nContent-Length: 3\r\n\r\nabc" + hidden); fmt.Sprint(answers) != "[200 200]" {
		t.Errorf("an honest pair of requests: %v", answers)
	}
	if answers := h.raw("POST /v1/verify HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: Chunked\r\n\r\n3\r\nabc\r\n0\r\n\r\n" + hidden); fmt.Sprint(answers) != "[200 200]" {
		t.Errorf("an honest chunked request: %v", answers)
	}
}

func TestHeadsAreBoundedAndSlowClientsCut(t *testing.T) {
	h := newHouse(t, func(c *Config) { c.Limits.Read = Duration{300 * time.Millisecond} })
	if a := h.raw("GET /healthz HTTP/1.1\r\nHost: x\r\nX-Long: " + strings.Repeat("x", 9<<10) + "\r\n\r\n"); fmt.Sprint(a) != "[431]" {
		t.Errorf("a long head: %v, want 431", a)
	}
	if a := h.raw("POST /v1/verify HTTP/1.1\r\nHost: x\r\nContent-Length: 100\r\n\r\nabc"); fmt.Sprint(a) != "[408]" {
		t.Errorf("a body that does not come: %v, want 408", a)
	}
	if a := h.raw("GET /healthz HTTP/1.1\r\nHost: x\r\n"); fmt.Sprint(a) != "[408]" {
		t.Errorf("a head that does not end: %v, want 408", a)
	}
}

func TestEveryAnswerIsFencedIn(t *testing.T) {
	h := newHouse(t, nil)
	f := func(resp *http.Response) {
		t.Helper()
		for _, want := range secureHeaders[:len(secureHeaders)-1] {
			if got := resp.Header.Get(want[0]); got != want[1] {
				t.Errorf("%s: %s is %q", resp.Status, want[0], got)
			}
		}
		if resp.Header.Get("Server") != "" {
			t.Errorf("Server: %q", resp.Header.Get("Server"))
		}
	}
	f(h.do("GET", "/", "", nil))
	f(h.do("GET", "/healthz", "", nil))
	f(h.do("HEAD", "/readyz", "", nil))
	f(h.do("GET", "/v1/nothing", "", nil))
	f(h.do("POST", "/v1/verify", strings.Repeat("x", 1<<20), nil))
	page := h.do("GET", "/", "", nil)
	again := h.do("GET", "/", "", http.Header{"If-None-Match": {page.Header.Get("ETag")}})
	if again.StatusCode != 304 {
		t.Errorf("the page again: %s, want 304", again.Status)
	}
	f(again)
	if got := h.do("GET", "/healthz", "", nil).Header.Get("Cache-Control"); got != "no-store" {
		t.Errorf("Cache-Control of an answer: %q", got)
	}
	if got := h.do("POST", "/v1/verify", "x", http.Header{"Origin": {"https://evil.example"}}); got.Header.Get("Access-Control-Allow-Origin") != "" || got.StatusCode != 403 {
		t.Errorf("another site: %s", got.Status)
	}
}

func TestWebsocketNeedsOurOrigin(t *testing.T) {
	h := newHouse(t, nil)
	cookie := h.signIn("checker")
	f := func(header http.Header, want int) {
		t.Helper()
		for _, path := range []string{"/v1/live", "/v1/scanner?checkpoint=north"} {
			c, resp, err := gorilla.DefaultDialer.Dial(strings.Replace(h.url, "http", "ws", 1)+path, header)
			if err == nil {
				c.Close()
			}
			if resp == nil || resp.StatusCode != want {
				t.Errorf("%s %v: %v, want %d", path, header, err, want)
			}
		}
	}
	f(http.Header{"Cookie": {cookie}, "Origin": {h.url}}, 101)
	f(http.Header{"Cookie": {cookie}, "Origin": {"https://evil.example"}}, 403)
	f(http.Header{"Cookie": {cookie}, "Origin": {"null"}}, 403)
	f(http.Header{"Cookie": {cookie}}, 403)
	f(http.Header{"Authorization": {"Bearer " + readerToken}}, 101)
	f(http.Header{"Authorization": {"Bearer " + readerToken}, "Origin": {"https://evil.example"}}, 403)
}

// A stop answers what is under way, tells the websockets, and leaves nothing behind.
func TestGracefulStopLeavesNothing(t *testing.T) {
	h := newHouse(t, nil)
	var open []*gorilla.Conn
	for _, path := range []string{"/v1/live", "/v1/live?after=0", "/v1/scanner?checkpoint=north"} {
		c, _, err := gorilla.DefaultDialer.Dial(strings.Replace(h.url, "http", "ws", 1)+path, reader())
		if err != nil {
			t.Fatal(err)
		}
		defer c.Close()
		open = append(open, c)
	}
	h.do("POST", "/v1/scan", h.scanBody("ticket", "north", "1"), reader())
	codes := make(chan int, len(open))
	for _, c := range open {
		go func() { codes <- closeCode(c) }()
	}
	start := time.Now()
	h.stop()
	if took := time.Since(start); took > 5*time.Second {
		t.Errorf("stopping took %v", took)
	}
	for range open {
		if code := <-codes; code != gorilla.CloseGoingAway {
			t.Errorf("a websocket was closed with %d, want 1001", code)
		}
	}
	if left := ours(); left != "" {
		t.Errorf("still running:\n%s", left)
	}
	h.start() // the database was closed and the address given back
	m := fields(t, h.do("POST", "/v1/scan", h.scanBody("ticket", "north", "2"), reader()))
	if m["reason"] != "already_admitted" {
		t.Errorf("after the restart: %v", m)
	}
}

func closeCode(c *gorilla.Conn) int {
	for {
		if _, _, err := c.ReadMessage(); err != nil {
			closed, _ := err.(*gorilla.CloseError)
			if closed == nil {
				return 0
			}
			return closed.Code
		}
	}
}

// ours is the stacks of goroutines that run code of ours, tests left out, once they have had a moment to end.
func ours() string {
	var left string
	for range 100 {
		left = ""
		stacks := make([]byte, 1<<20)
		for _, stack := range strings.Split(string(stacks[:runtime.Stack(stacks, true)]), "\n\n") {
			if strings.Contains(stack, "vratar/") && !strings.Contains(stack, "testing.tRunner") && !strings.Contains(stack, "_test.go") {
				left += stack + "\n\n"
			}
		}
		if left == "" {
			return ""
		}
		time.Sleep(20 * time.Millisecond)
	}
	return left
}

func TestStopBeforeTheStart(t *testing.T) {
	h := newHouse(t, nil)
	h.stop() // at once: perhaps before the server began to serve
	g, err := New(h.cfg, Deps{})
	if err != nil {
		t.Fatal(err)
	}
	if err := g.Close(); err != nil { // without Run
		t.Error(err)
	}
}
