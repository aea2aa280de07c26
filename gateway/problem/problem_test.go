package problem

import (
	"encoding/json"
	"testing"
)

func TestEveryCodeHasStatusAndTitle(t *testing.T) {
	seen := map[Code]bool{}
	for _, code := range Codes() {
		p := New(code, `why "exactly"`)
		if p.Code != code || p.Status < 400 || p.Status > 599 || p.Title == "" || seen[code] {
			t.Errorf("%s: %+v", code, p)
		}
		seen[code] = true
		var m map[string]any
		if err := json.Unmarshal(p.AppendJSON(nil), &m); err != nil {
			t.Fatalf("%s: %v", code, err)
		}
		if m["code"] != string(code) || m["status"] != float64(p.Status) || m["detail"] != `why "exactly"` {
			t.Errorf("%s: wrote %v", code, m)
		}
	}
}

func TestUnknownCodeIsOurOwnFault(t *testing.T) {
	if p := New("no such code", ""); p.Status != 500 || p.Code != Internal {
		t.Fatalf("New(unknown) = %+v, want an internal failure", p)
	}
}
