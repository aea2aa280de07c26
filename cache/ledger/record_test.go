package ledger

import (
	"reflect"
	"strings"
	"testing"
	"time"

	"vratar/verifier"
)

func fullPassage() Passage {
	p := show("anna", "n")
	p.Seq, p.ScannedAt, p.Direction, p.Checker = 7, noon.Add(-time.Hour), Exit, "account 3"
	p.Decision, p.Reason, p.Issuer = Deny, verifier.ReasonAlreadyInside, "university"
	p.Capacity, p.Organisation, p.Mandate = AsOrganisation, "shop", "m"
	p.Previous = &Ref{Seq: 3, At: noon, Checkpoint: "south"}
	return p
}

func TestRecordText(t *testing.T) {
	p := fullPassage()
	b, err := appendRecord(nil, &p)
	if err != nil {
		t.Fatal(err)
	}
	want := "\x01" + `{"seq":7,"id":"id-anna-n","at":"2026-03-01T12:00:00.123456789Z","scanned_at":"2026-03-01T11:00:00.123456789Z",` +
		`"checkpoint":"north","group":"arena","direction":"exit","nonce":"n","checker":"account 3",` +
		`"capacity":"organisation","organisation":"shop","mandate":"m",` +
		`"decision":"deny","outcome":"valid","reason":"already_inside","stage":"policy",` +
		`"format":"document","document":"ticket","issuer":"university","payload":"digest of anna","subject":"anna",` +
		`"previous":{"seq":3,"at":"2026-03-01T12:00:00.123456789Z","checkpoint":"south"}}`
	if string(b) != want {
		t.Fatalf("record\n%s\nwant\n%s", b, want)
	}
	if got, err := decodeRecord(b); err != nil || !reflect.DeepEqual(got, p) {
		t.Fatalf("decoded %+v, %v", got, err)
	}
}

func TestDecodeRecordRefuses(t *testing.T) {
	f := func(record, want string) {
		t.Helper()
		if _, err := decodeRecord([]byte(record)); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("decodeRecord(%q): %v, want %q", record, err, want)
		}
	}
	f("", "unknown version")
	f("\x03{}", "unknown version")
	f("\x02{}", "another kind")
	f("\x01"+`{"overrides":{"seq":1}}`, "another kind")
	f("\x01", "unreadable")
	f("\x01{} {}", "unreadable")
	f("\x01"+`{"decision":"open"}`, "want deny, admit or hold")
	f("\x01"+`{"direction":"up"}`, "want entry or exit")
}

func TestCapacityIsOnTheList(t *testing.T) {
	f := func(capacity Capacity, organisation string, ok bool) {
		t.Helper()
		p := refused("n")
		p.Capacity, p.Organisation = capacity, organisation
		if err := p.check(nil); (err == nil) != ok {
			t.Errorf("%q for %q: %v", capacity, organisation, err)
		}
	}
	f(Unasked, "", true)
	f(AsSelf, "", true)
	f(AsSelf, "shop", false)
	f(AsOrganisation, "shop", true)
	f(AsOrganisation, "", true)
	f("guest", "", false)
}

func TestZeroValuesAdmitNobody(t *testing.T) {
	var p Passage
	if p.Decision == Admit || Decision(9).String() != "deny" {
		t.Fatal("a value that was never set admits")
	}
}

// FuzzDecodeRecord: what decodes encodes again, to the same passage.
func FuzzDecodeRecord(f *testing.F) {
	p := fullPassage()
	b, _ := appendRecord(nil, &p)
	f.Add(b)
	f.Add([]byte("\x01{}"))
	f.Add([]byte("\x01" + `{"seq":18446744073709551615,"decision":"admit","reason":"none"}`))
	f.Add([]byte("\x01" + `{"id":"\ud800","at":"0001-01-01T00:00:00+23:59"}`))
	f.Add([]byte{})
	f.Fuzz(func(t *testing.T, b []byte) {
		p, err := decodeRecord(b)
		if err != nil {
			return
		}
		again, err := appendRecord(nil, &p)
		if err != nil {
			return // a time that JSON cannot carry: such a record cannot have been written
		}
		q, err := decodeRecord(again)
		if err != nil {
			t.Fatalf("%q decodes, its own encoding %q does not: %v", b, again, err)
		}
		normalise(&p)
		normalise(&q)
		if !reflect.DeepEqual(p, q) {
			t.Fatalf("%+v became %+v", p, q)
		}
	})
}

// normalise drops what time.Time carries beside the instant.
func normalise(p *Passage) {
	p.At, p.ScannedAt = p.At.UTC(), p.ScannedAt.UTC()
	if p.Previous != nil {
		p.Previous.At = p.Previous.At.UTC()
	}
	if o := p.Overrides; o != nil {
		o.At = o.At.UTC()
		if len(o.Despite) == 0 {
			o.Despite = nil // left out when empty
		}
	}
}

// FuzzDecodeStanding: what decodes is what appendStanding writes.
func FuzzDecodeStanding(f *testing.F) {
	p := fullPassage()
	f.Add(appendStanding(nil, &p))
	p.Inside = true
	f.Add(appendStanding(nil, &p))
	f.Add([]byte{1, 2, 3})
	f.Fuzz(func(t *testing.T, b []byte) {
		s, err := decodeStanding(b)
		if err != nil {
			return
		}
		again := appendStanding(nil, &Passage{Seq: s.Last.Seq, At: s.Last.At, Checkpoint: s.Last.Checkpoint, Inside: s.Inside})
		if string(again) != string(b) || !s.Known {
			t.Fatalf("%x became %x", b, again)
		}
	})
}

// FuzzDecodeCounter: what decodes is what was written.
func FuzzDecodeCounter(f *testing.F) {
	c := Counter{Checkpoint: "north", Group: "arena", Admitted: 1, Denied: 2, Held: 3}
	f.Add(counterKey{c.Checkpoint, c.Group}.bytes(), appendCounter(nil, &c))
	f.Add([]byte("c\xff"), []byte{})
	f.Fuzz(func(t *testing.T, key, value []byte) {
		c, err := decodeCounter(append([]byte("c"), key...), value)
		if err != nil {
			return
		}
		if got := appendCounter(nil, &c); string(got) != string(value) {
			t.Fatalf("%x became %x", value, got)
		}
	})
}
