package totals

import (
	"context"
	"encoding/json"
	"fmt"
	"reflect"
	"testing"
	"time"

	"github.com/cockroachdb/pebble/v2/vfs"

	"vratar/cache/ledger"
	"vratar/cache/store"
	"vratar/verifier"
)

var noon = time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)

// place is a ledger with its totals.
type place struct {
	t     *testing.T
	store *store.Store
	*ledger.Ledger
	book *Book
	n    int
}

func open(t *testing.T, where vfs.FS) *place {
	t.Helper()
	s, err := store.Open("data", store.Options{FS: where})
	if err != nil {
		t.Fatal(err)
	}
	l, err := ledger.Open(s, ledger.Options{})
	if err != nil {
		t.Fatal(err)
	}
	b, err := Open(s, l)
	if err != nil {
		t.Fatal(err)
	}
	return &place{t: t, store: s, Ledger: l, book: b}
}

func (p *place) close() {
	p.t.Helper()
	if err := p.Close(); err != nil {
		p.t.Error(err)
	}
	if err := p.store.Close(); err != nil {
		p.t.Error(err)
	}
}

func admit(ledger.Standing) (ledger.Decision, verifier.Reason, bool) {
	return ledger.Admit, verifier.ReasonOK, true
}

// pass records one passage; with a move it is admitted.
func (p *place) pass(checkpoint string, at time.Time, move ledger.Move) ledger.Passage {
	p.t.Helper()
	p.n++
	id := fmt.Sprint(at.Unix(), "-", p.n)
	got, _, err := p.Claim(context.Background(), ledger.Passage{
		ID: id, At: at, Checkpoint: checkpoint, Group: "arena", Nonce: id, Outcome: "invalid", Stage: "time",
		Reason: verifier.ReasonExpired, Payload: id, Subject: id,
	}, move)
	if err != nil {
		p.t.Fatal(err)
	}
	return got
}

func (p *place) override(of ledger.Passage, d ledger.Decision, c ledger.Class) {
	p.t.Helper()
	_, _, err := p.Override(context.Background(), ledger.Overriding{
		Of: of.Seq, Within: time.Hour, ID: "o" + of.ID, At: of.At, Nonce: "o", Checker: "s", Decision: d, Class: c,
	}, admit)
	if err != nil {
		p.t.Fatal(err)
	}
}

// text is the hours of a checkpoint since noon.
func (p *place) text(checkpoint string) string {
	p.t.Helper()
	if _, complete, err := p.book.Progress(); err != nil || !complete {
		p.t.Fatalf("complete %v, %v", complete, err)
	}
	hours, err := p.book.Since(checkpoint, noon.Add(30*time.Minute), 100)
	if err != nil {
		p.t.Fatal(err)
	}
	text, err := json.Marshal(hours)
	if err != nil {
		p.t.Fatal(err)
	}
	return string(text)
}

func day(p *place) {
	p.pass("north", noon.Add(-time.Minute), admit) // the hour before
	refused := p.pass("north", noon, nil)
	in := p.pass("north", noon.Add(59*time.Minute), admit)
	p.pass("north", noon.Add(time.Minute), nil)
	p.pass("south", noon, admit)
	p.override(refused, ledger.Admit, ledger.DocumentSeen)
	p.override(in, ledger.Deny, ledger.NotHolder)
	p.pass("north", noon.Add(time.Hour), func(ledger.Standing) (ledger.Decision, verifier.Reason, bool) {
		return ledger.Hold, verifier.ReasonStatusUnknown, false
	})
}

const (
	north = `[{"hour":"2026-03-01T12:00:00Z","admitted":1,"refused":{"expired":2},"let_in":{"document_seen":1},"turned_away":{"not_the_holder":1}},` +
		`{"hour":"2026-03-01T13:00:00Z","admitted":0,"held":{"status_unknown":1}}]`
	south = `[{"hour":"2026-03-01T12:00:00Z","admitted":1}]`
)

func TestEachPassageIsCountedOnce(t *testing.T) {
	p := open(t, vfs.NewMem())
	defer p.close()
	day(p)
	for checkpoint, want := range map[string]string{"north": north, "south": south, "nowhere": "null"} {
		for range 2 {
			if got := p.text(checkpoint); got != want {
				t.Errorf("%s: %s\nwant %s", checkpoint, got, want)
			}
		}
	}
	if hours, err := p.book.Since("north", noon.Add(-24*time.Hour), 2); err != nil || len(hours) != 2 || !hours[0].Start.Equal(noon.Add(-time.Hour)) {
		t.Errorf("%v, %v", hours, err)
	}
}

// What the feed has read is not read again, and what it hands over twice, late or with a gap does no harm.
func TestNotedPassages(t *testing.T) {
	p := open(t, vfs.NewMem())
	defer p.close()
	day(p)
	list, err := p.Read(0, 100)
	if err != nil {
		t.Fatal(err)
	}
	p.book.Note(nil)
	p.book.Note(list[2:4]) // a gap
	p.book.Note(list[:3])
	p.book.Note(list[:3]) // again
	if p.book.until != 3 {
		t.Fatalf("until %d", p.book.until)
	}
	p.book.Note(list[1:5]) // some of it again: Run may have come further than the feed
	if p.book.until != 5 {
		t.Fatalf("until %d", p.book.until)
	}
	p.book.mu.Lock()
	p.book.Note(list[5:]) // in use
	p.book.mu.Unlock()
	if got := p.text("north"); got != north {
		t.Errorf("%s\nwant %s", got, north)
	}
}

// The totals of a ledger that is older than they are start at its first passage, and survive restarts.
func TestOldLedgerIsCounted(t *testing.T) {
	where := vfs.NewMem()
	p := open(t, where)
	day(p)
	p.close() // nothing was counted
	for range 3 {
		p = open(t, where)
		if got := p.text("north"); got != north {
			t.Errorf("%s\nwant %s", got, north)
		}
		p.close()
	}
}

// Wherever the power is cut, every passage that is there is counted once.
func TestPowerCuts(t *testing.T) {
	where := vfs.NewCrashableMem()
	p := open(t, where)
	defer p.close()
	for i := range 40 {
		p.pass("north", noon.Add(time.Duration(i)*time.Minute), admit)
		if i%7 == 0 {
			p.text("north")
		}
		after := open(t, where.CrashClone(vfs.CrashCloneCfg{}))
		if _, complete, err := after.book.Progress(); err != nil || !complete {
			t.Fatal(complete, err)
		}
		hours, err := after.book.Since("north", noon, 9)
		if err != nil || len(hours) != 1 || hours[0].Admitted != after.Last() {
			t.Fatalf("%d passages, counted %+v, %v", after.Last(), hours, err)
		}
		after.close()
	}
}

func TestRunKeepsTheSums(t *testing.T) {
	where := vfs.NewMem()
	p := open(t, where)
	day(p)
	ctx, cancel := context.WithCancel(context.Background())
	cancel() // it keeps what it has when it ends
	list, _ := p.Read(0, 100)
	p.book.Note(list)
	p.book.Run(ctx, func(err error) { t.Error(err) })
	p.close()
	p = open(t, where)
	defer p.close()
	if p.book.until != p.Last() {
		t.Errorf("kept until %d of %d", p.book.until, p.Last())
	}
}

func TestTotalsThatDoNotFitAreCountedAgain(t *testing.T) {
	p := open(t, vfs.NewMem())
	defer p.close()
	day(p)
	for _, value := range []string{"", "\x00\x00\x00\x00\x00\x00\x00\x99"} {
		p.text("north")
		if err := p.store.Set(untilKey(), []byte(value)); err != nil {
			t.Fatal(err)
		}
		var err error
		if p.book, err = Open(p.store, p.Ledger); err != nil {
			t.Fatal(err)
		}
		if got := p.text("north"); got != north {
			t.Errorf("%q: %s\nwant %s", value, got, north)
		}
	}
}

// On a disk that is nearly full nothing is kept, and everything is counted and told.
func TestTotalsOnAFullDisk(t *testing.T) {
	where := vfs.NewCrashableMem()
	p := open(t, where)
	day(p) // not counted
	full := where.CrashClone(vfs.CrashCloneCfg{})
	p.close()
	full.TestingSetDiskUsage(vfs.DiskUsage{AvailBytes: 1, TotalBytes: 2})
	p = open(t, full)
	defer p.close()
	for checkpoint, want := range map[string]string{"north": north, "south": south} {
		if got := p.text(checkpoint); got != want {
			t.Errorf("%s: %s\nwant %s", checkpoint, got, want)
		}
	}
	if _, ok, err := p.store.Get(untilKey()); ok || err != nil {
		t.Errorf("written: %v, %v", ok, err)
	}
}

// FuzzDecodeCounts: what decodes encodes again to the same.
func FuzzDecodeCounts(f *testing.F) {
	f.Add([]byte(`{"admitted":1,"refused":{"expired":2},"held":{"status_unknown":1},"let_in":{"other":1},"turned_away":{"other":3}}`))
	f.Add([]byte(`{"refused":{"no such reason":1}}`))
	f.Add([]byte(`null`))
	f.Fuzz(func(t *testing.T, value []byte) {
		c, err := decodeCounts(value)
		if err != nil {
			return
		}
		text, err := json.Marshal(c)
		if err != nil {
			t.Fatal(err)
		}
		again, err := decodeCounts(text)
		if err != nil {
			t.Fatalf("%s: %v", text, err)
		}
		for _, m := range []any{&c.Refused, &c.Held, &c.LetIn, &c.TurnedAway} {
			if v := reflect.ValueOf(m).Elem(); v.Len() == 0 {
				v.SetZero() // left out when empty
			}
		}
		if !reflect.DeepEqual(c, again) {
			t.Fatalf("%+v became %+v", c, again)
		}
	})
}
