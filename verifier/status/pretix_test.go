package status

import (
	"strings"
	"testing"

	"vratar/verifier"
)

func TestPretixSecrets(t *testing.T) {
	load := func(text string) *Snapshot {
		t.Helper()
		src, err := Load("list", []byte(text))
		if err != nil {
			t.Fatal(err)
		}
		if src.Kind != KindPretixSecrets {
			t.Fatalf("kind %s", src.Kind)
		}
		return New(src)
	}
	f := func(s *Snapshot, secret string, want verifier.StatusState) {
		t.Helper()
		c := &verifier.Credential{ID: []byte(secret)}
		k := &verifier.Key{Issuer: &verifier.Issuer{ID: "event"}}
		if got := s.Lookup(c, k); got.State != want {
			t.Errorf("%s: state %v, want %v", secret, got.State, want)
		}
	}
	s := load(`[{"count":4,"next":"https://pretix/?page=2","results":[{"id":1,"secret":"a+/="},{"secret":"b","blocked":true}]},
		{"count":4,"next":null,"results":[{"secret":"c","blocked":false},{"secret":"d","blocked":true}]}]`)
	f(s, "a+/=", verifier.StatusRevoked)
	f(s, "b", verifier.StatusSuspended)
	f(s, "c", verifier.StatusNotChecked)
	f(s, "d", verifier.StatusSuspended)
	f(s, "", verifier.StatusNotChecked)
	f(load(`{"count":0,"next":null,"previous":null,"results":[]}`), "a", verifier.StatusNotChecked)
	f(load(`{"count":2,"results":[{"secret":"a","blocked":true},{"secret":"a"}]}`), "a", verifier.StatusRevoked)
}

func TestPretixSecretFaults(t *testing.T) {
	f := func(text, want string) {
		t.Helper()
		if _, err := Load("list", []byte(text)); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %v, want %q", text, err, want)
		}
	}
	f(`{"count":51,"next":"https://pretix/?page=2","results":[{"secret":"a"}]}`, "1 of 51")
	f(`{"count":1,"results":[{"secret":""}]}`, "no secret")
	f(`{"count":1,"results":[{"secret":7}]}`, "string")
	f(`{"count":1,"results":[{"secret":"a","blocked":"yes"}]}`, "blocked")
	f(`{"count":1,"results":["a"]}`, "object")
	f(`[{"count":1,"results":[{"secret":"a"}]},7]`, "page 1")
	f(`{"count":"1","results":[]}`, "number")
}
