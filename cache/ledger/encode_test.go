package ledger

import (
	"encoding/json"
	"reflect"
	"testing"
	"time"

	"vratar/verifier"
)

// TestEncodedAsTagged: what is written by hand is what the tags of Passage say, whichever members are there.
func TestEncodedAsTagged(t *testing.T) {
	f := func(p Passage) {
		t.Helper()
		got, err := appendPassage(nil, &p)
		want, wantErr := json.Marshal(p)
		if (err == nil) != (wantErr == nil) || err == nil && string(got) != string(want) {
			t.Errorf("written\n%s, %v\nwant\n%s, %v", got, err, want, wantErr)
		}
	}
	full := fullPassage()
	full.Inside = true
	full.Overrides = &Override{Seq: 1, ID: "x", At: noon, Decision: Admit, Class: DocumentSeen, Despite: []verifier.Reason{verifier.ReasonExpired}}
	f(full)
	f(Passage{})
	all := reflect.ValueOf(&full).Elem()
	for i := range all.NumField() { // each member alone, and each alone missing
		var alone Passage
		reflect.ValueOf(&alone).Elem().Field(i).Set(all.Field(i))
		f(alone)
		but := full
		reflect.ValueOf(&but).Elem().Field(i).SetZero()
		f(but)
	}
	late := full
	late.At = time.Date(12026, 1, 1, 0, 0, 0, 0, time.UTC)
	f(late)
	odd := full
	odd.Nonce, odd.Document = "\"quoted\" \\ \u2028 \n\t", "билет құжат 票"
	f(odd)
}
