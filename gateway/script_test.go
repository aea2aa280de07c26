package gateway

import (
	"encoding/json"
	"flag"
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	gorilla "github.com/gorilla/websocket"
)

var rewrite = flag.Bool("rewrite", false, "write what the gateway answers into the scripts of testdata")

// Scripts are what a doorman would tell: a line is something done, the indented lines below it are what came
// of it. Run with -rewrite after an intended change and review the difference.
func TestScripts(t *testing.T) {
	files, err := filepath.Glob("testdata/*.txt")
	if err != nil || len(files) == 0 {
		t.Fatal("no scripts", err)
	}
	for _, file := range files {
		t.Run(strings.TrimSuffix(filepath.Base(file), ".txt"), func(t *testing.T) {
			text, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			got := play(t, string(text))
			if *rewrite {
				if err := os.WriteFile(file, []byte(got), 0o644); err != nil {
					t.Fatal(err)
				}
			} else if got != string(text) {
				t.Errorf("it went otherwise:\n%s", got)
			}
		})
	}
}

// play carries a script out and returns it with what really came of each line.
func play(t *testing.T, script string) string {
	t.Helper()
	s := &stage{house: newHouse(t, nil), header: http.Header{}}
	var out strings.Builder
	for line := range strings.Lines(script) {
		if strings.HasPrefix(line, "\t") {
			continue // what is expected: written anew
		}
		out.WriteString(line)
		line = strings.TrimSpace(line)
		if line == "" || line[0] == '#' {
			continue
		}
		for _, answer := range s.act(line) {
			out.WriteString("\t" + answer + "\n")
		}
	}
	return out.String()
}

// stage is a house with somebody in it.
type stage struct {
	*house
	header http.Header // credentials of who acts
	nonces int
	live   *gorilla.Conn
}

// act carries out one line and tells what came of it.
func (s *stage) act(line string) []string {
	s.t.Helper()
	word := strings.Fields(line)
	switch {
	case word[0] == "as":
		s.as(word[1])
		return nil
	case word[0] == "scan" && word[2] == "at": // scan SAMPLE at CHECKPOINT [going out] [once more]
		return []string{s.scan(line, word[1], word[3])}
	case word[0] == "verify":
		m := fields(s.t, s.do("POST", "/v1/verify", s.samples[word[1]].Payload, s.with("text/plain")))
		return []string{fmt.Sprint(m["outcome"], " ", m["reason"])}
	case word[0] == "GET" || word[0] == "DELETE":
		return []string{tell(s.t, s.do(word[0], word[1], "", s.header))}
	case word[0] == "POST": // POST PATH CONTENT-TYPE BODY
		_, body, _ := strings.Cut(line, word[2])
		return []string{tell(s.t, s.do("POST", word[1], strings.TrimSpace(body), s.with(word[2])))}
	case line == "the gateway is restarted":
		s.stop()
		s.start()
		return nil
	case word[0] == "watch": // watch [after N]
		return s.watch(strings.TrimPrefix(strings.TrimPrefix(line, "watch"), " after "))
	case word[0] == "see":
		return s.see()
	}
	s.t.Fatalf("a line nobody understands: %q", line)
	return nil
}

func (s *stage) as(who string) {
	s.header = http.Header{"Origin": {s.url}}
	switch who {
	case "nobody":
	case "reader":
		s.header.Set("Authorization", "Bearer "+readerToken)
	case "stranger":
		s.header.Set("Authorization", "Bearer guessed")
	case "other-site":
		s.header.Set("Cookie", s.signIn("admin"))
		s.header.Set("Origin", "https://evil.example")
	default:
		s.header.Set("Cookie", s.signIn(who))
	}
}

func (s *stage) with(contentType string) http.Header {
	h := s.header.Clone()
	h.Set("Content-Type", contentType)
	return h
}

func (s *stage) scan(line, name, checkpoint string) string {
	if !strings.Contains(line, "once more") {
		s.nonces++
	}
	body := s.scanBody(name, checkpoint, fmt.Sprint("nonce-", s.nonces))
	if strings.Contains(line, "going out") {
		body = strings.Replace(body, `"entry"`, `"exit"`, 1)
	}
	return tell(s.t, s.do("POST", "/v1/scan", body, s.with("application/json")))
}

// tell puts an answer into a line without what differs from run to run.
func tell(t testing.TB, resp *http.Response) string {
	t.Helper()
	if !strings.Contains(resp.Header.Get("Content-Type"), "json") {
		return strings.TrimSpace(resp.Status + " " + resp.Header.Get("Content-Type"))
	}
	m := fields(t, resp)
	switch {
	case m["decision"] != nil:
		said := fmt.Sprintf("%v: %v, passage %v", m["decision"], m["reason"], m["seq"])
		if earlier, ok := m["previous"].(map[string]any); ok {
			said += fmt.Sprintf(", because of passage %v at %v", earlier["seq"], earlier["checkpoint"])
		}
		if m["replayed"] == true {
			said += ", as answered before"
		}
		return said
	case m["code"] != nil:
		return fmt.Sprintf("%d %v", resp.StatusCode, m["code"])
	case m["outcome"] != nil:
		return fmt.Sprintf("%d %v %v", resp.StatusCode, m["outcome"], m["reason"])
	case m["role"] != nil:
		return fmt.Sprintf("%d signed in as %v", resp.StatusCode, m["role"])
	}
	var names []string
	if list, ok := m["checkpoints"].([]any); ok {
		for _, c := range list {
			names = append(names, fmt.Sprint(c.(map[string]any)["id"]))
		}
	}
	return strings.TrimSpace(fmt.Sprintf("%d %s", resp.StatusCode, strings.Join(names, " ")))
}

func (s *stage) watch(after string) []string {
	s.t.Helper()
	url := strings.Replace(s.url, "http", "ws", 1) + "/v1/live"
	if after != "" {
		url += "?after=" + after
	}
	c, resp, err := gorilla.DefaultDialer.Dial(url, s.header)
	if err != nil {
		if resp == nil {
			s.t.Fatal(err)
		}
		return []string{tell(s.t, resp)}
	}
	s.t.Cleanup(func() { c.Close() })
	s.live = c
	var hello struct {
		Last, From uint64
		Gap        bool
	}
	s.receive(&hello)
	return []string{fmt.Sprintf("from %d of %d, gap %v", hello.From, hello.Last, hello.Gap)}
}

// see tells the next passages and where the counters stand then.
func (s *stage) see() []string {
	for {
		var f struct {
			Type     string
			Passages []struct {
				Seq                          int
				Checkpoint, Decision, Reason string
			}
			Counters []struct {
				Checkpoint               string
				Admitted, Denied, Inside int
			}
		}
		if s.receive(&f); f.Type != "passages" {
			continue
		}
		var said []string
		for _, p := range f.Passages {
			said = append(said, fmt.Sprintf("passage %d at %s: %s, %s", p.Seq, p.Checkpoint, p.Decision, p.Reason))
		}
		for _, c := range f.Counters {
			if c.Admitted+c.Denied > 0 {
				said = append(said, fmt.Sprintf("%s: %d admitted, %d denied, %d inside", c.Checkpoint, c.Admitted, c.Denied, c.Inside))
			}
		}
		return said
	}
}

func (s *stage) receive(v any) {
	s.t.Helper()
	_ = s.live.SetReadDeadline(time.Now().Add(10 * time.Second))
	_, text, err := s.live.ReadMessage()
	if err == nil {
		err = json.Unmarshal(text, v)
	}
	if err != nil {
		s.t.Fatal(err)
	}
}
