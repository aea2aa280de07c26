package ingest

import (
	"bytes"
	"encoding/json"
	"reflect"
	"strings"
	"testing"
	"time"

	"vratar/verifier"
)

func TestProfileShowsWhatIsRegistered(t *testing.T) {
	const claims = `{"a":1,"b":{"c":"x","d":[{"e":1,"f":2},{"f":3}]},"g":[1,2]}`
	f := func(want string, attributes ...string) {
		t.Helper()
		if got := string(NewProfile(attributes).claims.pick([]byte(claims))); got != want {
			t.Errorf("%q: %s, want %s", attributes, got, want)
		}
	}
	f("")
	f("", "x", "a/b", "b/x")
	f(`{"a":1}`, "a")
	f(`{"b":{"c":"x","d":[{"e":1,"f":2},{"f":3}]}}`, "b")
	f(`{"b":{"c":"x","d":[{"e":1,"f":2},{"f":3}]}}`, "b/c", "b")
	f(`{"b":{"c":"x","d":[{"e":1,"f":2},{"f":3}]}}`, "b", "b/c")
	f(`{"b":{"d":[{"e":1}]}}`, "b/d/e")
	f(`{"b":{"c":"x","d":[{"f":2},{"f":3}]},"g":[1,2]}`, "b/d/f", "g", "b/c")
	if got := NewProfile([]string{"a"}).claims.pick([]byte(`{"a":1,`)); got != nil {
		t.Errorf("a broken text is shown: %s", got)
	}
}

func TestProfileLeavesTheCredentialAsItIs(t *testing.T) {
	c := &verifier.Credential{
		Type: "age", Claims: []byte(`{"age_over_18":true,"portrait":"x"}`), IssuedAt: time.Unix(1, 0), ExpiresAt: time.Unix(2, 0),
		Holder: verifier.Holder{Name: "Anna", BirthDate: "2000-01-01", DocumentNumber: "7"},
	}
	before := *c
	v := verifier.Verdict{Credential: c, Key: &verifier.Key{}}
	NewProfile(nil).Reduce(&v)
	if got := *v.Credential; got.Type != "age" || got.Claims != nil || got.Holder != (verifier.Holder{}) || !got.IssuedAt.IsZero() || !got.ExpiresAt.IsZero() {
		t.Errorf("the status only: %+v", got)
	}
	v.Credential = c
	NewProfile([]string{"age_over_18", AttributeBirthDate, AttributeExpiresAt}).Reduce(&v)
	if got := *v.Credential; string(got.Claims) != `{"age_over_18":true}` || got.Holder != (verifier.Holder{BirthDate: "2000-01-01"}) || got.ExpiresAt.IsZero() {
		t.Errorf("what is registered: %+v", got)
	}
	if !reflect.DeepEqual(*c, before) {
		t.Error("the shared credential was changed")
	}
	notice := &verifier.Credential{Kind: verifier.KindNotice, Claims: []byte(`{"to":"shop"}`)}
	v = verifier.Verdict{Credential: notice}
	if NewProfile(nil).Reduce(&v); v.Credential != notice {
		t.Error("a notice was reduced")
	}
	v = verifier.Verdict{}
	NewProfile(nil).Reduce(&v)
}

// Whatever claims and attributes: what is shown is JSON, holds no member that was not asked for, and showing it again
// changes nothing.
func FuzzProfile(f *testing.F) {
	f.Add(`{"a":1,"b":{"c":[{"d":1}]}}`, "a,b/c/d")
	f.Add(`{"a":{"a":{}}}`, "a/a,a")
	f.Add(`{"":{"":1}}`, "/")
	f.Add(`[]`, "")
	f.Fuzz(func(t *testing.T, claims, names string) {
		p := NewProfile(strings.Split(names, ","))
		shown := p.claims.pick([]byte(claims))
		if shown == nil {
			return
		}
		var o map[string]json.RawMessage
		if err := json.Unmarshal(shown, &o); err != nil || len(o) == 0 {
			t.Fatalf("%q: %v", shown, err)
		}
		for name := range o {
			if _, registered := p.claims[name]; !registered {
				t.Fatalf("%q is shown by %q", name, names)
			}
		}
		if again := p.claims.pick(shown); !bytes.Equal(again, shown) {
			t.Fatalf("%q becomes %q", shown, again)
		}
	})
}
