package gateway

import (
	"bytes"
	"encoding/json"
	"fmt"
	"strings"
	"testing"
	"time"
)

// A profile's retention binds whoever is shown the attributes. The gateway itself keeps none of them, whatever the
// profile says: nothing that a code tells of its holder reaches the database, the log or the metrics.
func TestNothingOfAHolderIsKept(t *testing.T) {
	h := newHouse(t, nil)
	boss := h.cookie("supervisor")
	told := map[string]string{} // what the answers told of holders, and in which sample
	n := 0
	for name := range h.samples {
		resp := h.do("POST", "/v1/scan", h.scanBody(name, "north", fmt.Sprint("k", n)), reader())
		n++
		text := readAll(t, resp.Body)
		for _, value := range personal(t, text) {
			told[value] = name
		}
		answer := object(t, text)
		if answer["decision"] == "deny" && answer["seq"] != nil {
			h.override(fmt.Sprint(answer["seq"]), strings.Replace(seen, `,"note":"passport N 12345"`, "", 1), boss)
		}
	}
	if len(told) < 10 {
		t.Fatalf("the samples tell %d values: too few to prove anything", len(told))
	}
	metrics := readAll(t, h.do("GET", "/metrics", "", nil).Body)
	h.do("GET", "/v1/totals", "", boss)
	for value, sample := range told {
		if bytes.Contains(metrics, []byte(value)) || strings.Contains(logged(h.log.String()), value) {
			t.Errorf("%s: %q is in the log or in the metrics", sample, value)
		}
	}
	it, err := h.gateway.store.DB().NewIter(nil)
	if err != nil {
		t.Fatal(err)
	}
	for it.First(); it.Valid(); it.Next() {
		entry := append(append([]byte{}, it.Key()...), it.Value()...)
		for value, sample := range told {
			if it.Key()[0] != 'l' && bytes.Contains(entry, []byte(value)) { // 'l' are the lists, which name issuers
				t.Errorf("%s: %q is in the database under %q", sample, value, it.Key())
			}
		}
	}
	if err := it.Close(); err != nil {
		t.Fatal(err)
	}
}

// logged is the log without the causes, which an operator asks for who sets it to debug.
func logged(log string) string {
	var b strings.Builder
	for line := range strings.Lines(log) {
		line, _, _ = strings.Cut(line, " cause=")
		if !strings.Contains(line, "level=DEBUG") {
			b.WriteString(line + "\n")
		}
	}
	return b.String()
}

// about reports whether a text of a document may be about its holder: neither the time of every record made here, nor a
// word of the format (types and issuers by their addresses, a FHIR bundle's kind).
func about(v string) bool {
	return len(v) >= 8 && !strings.HasPrefix(v, time.Now().UTC().Format("2006-")) && !strings.Contains(v, "://") &&
		!strings.HasPrefix(v, "urn:") && v != "collection"
}

// personal lists the texts of an answer that are about its holder, long enough not to be found anywhere by chance.
func personal(t *testing.T, answer []byte) (values []string) {
	t.Helper()
	var m struct {
		Holder   any
		Kind     string
		Document struct{ Claims any }
	}
	if err := json.Unmarshal(answer, &m); err != nil {
		t.Fatalf("%v: %s", err, answer)
	}
	if m.Kind == "notice" {
		return nil
	}
	var walk func(v any)
	walk = func(v any) {
		switch v := v.(type) {
		case string:
			if about(v) {
				values = append(values, v)
			}
		case []any:
			for _, item := range v {
				walk(item)
			}
		case map[string]any:
			for _, item := range v {
				walk(item)
			}
		}
	}
	walk(m.Holder)
	walk(m.Document.Claims)
	return values
}
