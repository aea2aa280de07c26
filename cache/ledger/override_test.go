package ledger

import (
	"context"
	"errors"
	"reflect"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/cockroachdb/pebble/v2"
	"github.com/cockroachdb/pebble/v2/vfs"

	"vratar/cache/store"
	"vratar/verifier"
)

// letIn asks to set the passage aside a minute after it.
func letIn(of Passage, nonce string) Overriding {
	return Overriding{
		Of: of.Seq, Within: 15 * time.Minute, ID: "id-over-" + nonce, At: of.At.Add(time.Minute), Nonce: nonce,
		Checker: "supervisor", Decision: Admit, Class: DocumentSeen, Note: "passport seen",
	}
}

func turnAway(of Passage, nonce string) Overriding {
	o := letIn(of, nonce)
	o.Decision, o.Class, o.Note = Deny, NotHolder, ""
	return o
}

// late is a proven ticket that has expired.
func late(subject, nonce string) Passage {
	p := show(subject, nonce)
	p.Outcome, p.Reason, p.Stage = "invalid", verifier.ReasonExpired, "time"
	return p
}

func override(t testing.TB, l *Ledger, o Overriding, move Move) Passage {
	t.Helper()
	p, replayed, err := l.Override(context.Background(), o, move)
	if err != nil || replayed {
		t.Fatalf("Override(%d) = replayed %v, %v", o.Of, replayed, err)
	}
	return p
}

func TestLettingSomebodyInUsesTheTicketUp(t *testing.T) {
	l := inMemory(t)
	was := claim(t, l, late("anna", "1"), nil)
	got := override(t, l, letIn(was, "o1"), once)
	if got.Seq != 2 || got.Decision != Admit || got.Reason != verifier.ReasonExpired || !got.Inside || got.Subject != "anna" ||
		got.Checker != "supervisor" || got.Checkpoint != "north" || got.Previous != nil || l.Inside("arena") != 1 {
		t.Fatalf("%+v, inside %d", got, l.Inside("arena"))
	}
	if o := got.Overrides; o.Seq != 1 || o.ID != was.ID || !o.At.Equal(was.At) || o.Decision != Deny ||
		o.Reason != verifier.ReasonExpired || o.Class != DocumentSeen || len(o.Note) != 64 {
		t.Fatalf("%+v", o)
	}
	again := claim(t, l, show("anna", "2"), once)
	if again.Decision != Deny || again.Reason != verifier.ReasonAlreadyAdmitted || again.Previous.Seq != 2 {
		t.Fatalf("%+v", again)
	}
	if r := mustVerify(t, l); r.Groups[0].Overridden != 1 || !strings.Contains(r.String(), "set aside by people 1") {
		t.Fatal(r)
	}
}

func TestWhatCannotBeSetAside(t *testing.T) {
	l := inMemory(t)
	refusal, admitted := claim(t, l, late("anna", "1"), nil), claim(t, l, show("berta", "2"), once)
	done := override(t, l, letIn(refusal, "o1"), once)
	f := func(name string, want error, of Passage, change func(*Overriding)) {
		t.Helper()
		o := letIn(of, "o2")
		change(&o)
		before := l.Last()
		if _, _, err := l.Override(context.Background(), o, once); !errors.Is(err, want) || l.Last() != before {
			t.Errorf("%s: %v, want %v; %d passages after %d", name, err, want, l.Last(), before)
		}
	}
	same := func(*Overriding) {}
	f("a second time", ErrOverridden, refusal, same)
	f("somebody else with the same nonce", ErrOverridden, refusal, func(o *Overriding) { o.Nonce, o.Checker = "o1", "other" })
	f("the same nonce for another answer", ErrNonceReused, refusal, func(o *Overriding) { o.Nonce, o.Class = "o1", Emergency })
	f("the same nonce with other words", ErrNonceReused, refusal, func(o *Overriding) { o.Nonce, o.Note = "o1", "x" })
	f("what was decided so", ErrAgrees, admitted, same)
	f("a person's decision", ErrAgrees, done, func(o *Overriding) { o.Decision = Deny })
	f("number 0", ErrUnknown, Passage{}, same)
	f("a number to come", ErrUnknown, Passage{Seq: 99}, same)
	f("too late", ErrLate, admitted, func(o *Overriding) { o.Decision, o.At = Deny, admitted.At.Add(15*time.Minute+1) })
	for name, change := range map[string]func(*Overriding){
		"no nonce":   func(o *Overriding) { o.Nonce = "" },
		"no checker": func(o *Overriding) { o.Checker = "" },
		"hold":       func(o *Overriding) { o.Decision = Hold },
		"no class":   func(o *Overriding) { o.Class = "mood" },
		"long note":  func(o *Overriding) { o.Note = strings.Repeat("ә", MaxNote+1) },
		"not UTF-8":  func(o *Overriding) { o.Note = "\xff" },
		"no move":    nil,
	} {
		o, move := letIn(admitted, "o3"), Move(once)
		if change == nil {
			move = nil
		} else {
			change(&o)
		}
		if _, _, err := l.Override(context.Background(), o, move); err == nil {
			t.Errorf("%s: no error", name)
		}
	}
	p := show("carla", "9")
	p.Overrides = &Override{Seq: 1}
	if _, _, err := l.Claim(context.Background(), p, once); err == nil {
		t.Error("a scan passes for a person's decision")
	}
	mustVerify(t, l)
}

func TestOverrideIsAnsweredAgain(t *testing.T) {
	l := inMemory(t)
	o := letIn(claim(t, l, late("anna", "1"), nil), "o1")
	first := override(t, l, o, once)
	o.ID, o.At = "another", o.At.Add(time.Hour) // also when it is too late by now
	again, replayed, err := l.Override(context.Background(), o, once)
	if err != nil || !replayed || !reflect.DeepEqual(first, again) {
		t.Fatalf("%+v, %v, %v", again, replayed, err)
	}
	if _, err := l.ForgetNotes(noon.Add(time.Hour)); err != nil {
		t.Fatal(err)
	}
	if _, replayed, err := l.Override(context.Background(), o, once); err != nil || !replayed {
		t.Fatalf("with its note forgotten: %v, %v", replayed, err)
	}
}

// Nobody is let in twice unless whoever does it has said that he knows.
func TestSecondAdmissionMustBeNamed(t *testing.T) {
	const again, fullUp = verifier.ReasonAlreadyAdmitted, verifier.ReasonZoneFull
	f := func(name string, rule Move, of func(*Ledger) Passage, despite []verifier.Reason, want any, wantDespite ...verifier.Reason) {
		t.Helper()
		l := inMemory(t)
		o := letIn(of(l), "o1")
		o.Despite = despite
		p, _, err := l.Override(context.Background(), o, rule)
		var objection *ObjectionError
		switch want := want.(type) {
		case error:
			if !errors.Is(err, want) {
				t.Errorf("%s: %v, want %v", name, err, want)
			}
		case verifier.Reason:
			if !errors.As(err, &objection) || objection.Reason != want || (want == again && objection.Previous == nil) {
				t.Errorf("%s: %v, want %v", name, err, want)
			}
		case int64:
			if err != nil || l.Inside("arena") != want || !reflect.DeepEqual(p.Overrides.Despite, wantDespite) {
				t.Errorf("%s: %v, inside %d, want %d; %v", name, err, l.Inside("arena"), want, p.Overrides)
			}
		}
		mustVerify(t, l)
	}
	full := func(s Standing) (Decision, verifier.Reason, bool) {
		if d, reason, in := once(s); d != Admit {
			return d, reason, in
		}
		if s.GroupInside >= 1 {
			return Deny, verifier.ReasonZoneFull, false
		}
		return Admit, verifier.ReasonOK, true
	}
	used := func(l *Ledger) Passage { // refused because it was used
		claim(t, l, show("anna", "1"), once)
		return claim(t, l, show("anna", "2"), once)
	}
	expiredLater := func(l *Ledger) Passage { // used, and refused for another reason
		claim(t, l, show("anna", "1"), once)
		return claim(t, l, late("anna", "2"), nil)
	}
	since := func(l *Ledger) Passage { // refused, and used after that
		p := claim(t, l, late("anna", "1"), nil)
		claim(t, l, show("anna", "2"), once)
		return p
	}
	crowded := func(l *Ledger) Passage {
		claim(t, l, show("berta", "1"), once)
		return claim(t, l, late("anna", "2"), nil)
	}

	f("the refusal told", once, used, nil, int64(1))
	f("the refusal did not tell", once, expiredLater, nil, again)
	f("named", once, expiredLater, []verifier.Reason{again}, int64(1), again)
	f("used since", once, since, []verifier.Reason{again}, ErrOvertaken)
	f("no room", full, crowded, nil, fullUp)
	f("no room, named", full, crowded, []verifier.Reason{fullUp}, int64(2), fullUp)
	f("used, and no room", full, used, nil, fullUp)
	f("used, and no room, one named", full, expiredLater, []verifier.Reason{again}, fullUp)
	f("used, and no room, both named", full, expiredLater, []verifier.Reason{again, fullUp}, int64(1), again, fullUp)
}

func TestTurningSomebodyAway(t *testing.T) {
	l := inMemory(t)
	in := claim(t, l, show("anna", "1"), reentry)
	got := override(t, l, turnAway(in, "o1"), reentry)
	if got.Decision != Deny || got.Reason != verifier.ReasonBlocked || got.Inside || l.Inside("arena") != 0 {
		t.Fatalf("%+v, inside %d", got, l.Inside("arena"))
	}
	mustVerify(t, l)
	back := claim(t, l, show("anna", "2"), once)
	if back.Decision != Deny || back.Reason != verifier.ReasonAlreadyAdmitted || back.Previous.Seq != in.Seq {
		t.Fatalf("what he showed is not used: %+v", back)
	}
	claim(t, l, show("anna", "3"), reentry)
	out := show("anna", "4")
	out.Direction = Exit
	left := claim(t, l, out, leave)
	override(t, l, turnAway(left, "o2"), leave) // not let out: he is inside again
	if l.Inside("arena") != 1 {
		t.Fatalf("inside %d", l.Inside("arena"))
	}
	if _, _, err := l.Override(context.Background(), turnAway(in, "o3"), reentry); !errors.Is(err, ErrOverridden) {
		t.Fatal(err)
	}
	passed := claim(t, l, show("berta", "5"), reentry)
	gone := show("berta", "6")
	gone.Direction = Exit
	claim(t, l, gone, leave)
	if _, _, err := l.Override(context.Background(), turnAway(passed, "o4"), reentry); !errors.Is(err, ErrOvertaken) {
		t.Fatal("turned away at the entry after leaving:", err)
	}
	mustVerify(t, l)
}

func TestLettingInAHeldOneAndRefusingIt(t *testing.T) {
	l := inMemory(t)
	hold := func(Standing) (Decision, verifier.Reason, bool) { return Hold, verifier.ReasonStatusUnknown, false }
	one, two := claim(t, l, show("anna", "1"), hold), claim(t, l, show("berta", "2"), hold)
	if p := override(t, l, letIn(one, "o1"), once); p.Overrides.Decision != Hold || l.Inside("arena") != 1 {
		t.Fatalf("%+v", p)
	}
	if p := override(t, l, turnAway(two, "o2"), once); p.Decision != Deny || l.Inside("arena") != 1 {
		t.Fatalf("%+v", p)
	}
	if p := claim(t, l, show("berta", "3"), once); p.Decision != Admit {
		t.Fatal("refusing a held one has used his ticket up")
	}
	mustVerify(t, l)
}

// Whoever is let in without a proven document is counted out again by the code that he showed.
func TestNothingProven(t *testing.T) {
	l := inMemory(t)
	p := refused("1")
	was := claim(t, l, p, nil)
	override(t, l, letIn(was, "o1"), reentry)
	p = refused("2")
	p.Direction = Exit
	left := claim(t, l, p, nil)
	o := letIn(left, "o2")
	if override(t, l, o, leave); l.Inside("arena") != 0 {
		t.Fatalf("inside %d", l.Inside("arena"))
	}
	second := claim(t, l, refused("3"), nil)
	var objection *ObjectionError
	if _, _, err := l.Override(context.Background(), letIn(second, "o3"), once); !errors.As(err, &objection) {
		t.Fatalf("the same code lets a second one in unnoticed: %v", err)
	}
	mustVerify(t, l)
}

func TestOneOfManyOverridesWins(t *testing.T) {
	l := inMemory(t)
	for round := range 20 {
		was := claim(t, l, late(name(round), name(round)), nil)
		var won atomic.Int32
		var wg sync.WaitGroup
		for i := range 8 {
			wg.Go(func() {
				o := letIn(was, name(i))
				_, replayed, err := l.Override(context.Background(), o, once)
				switch {
				case err == nil && !replayed:
					won.Add(1)
				case !errors.Is(err, ErrOverridden):
					t.Errorf("%v, %v", replayed, err)
				}
			})
		}
		wg.Wait()
		if won.Load() != 1 {
			t.Fatalf("%d overrides won", won.Load())
		}
	}
	if l.Inside("arena") != 20 {
		t.Fatalf("inside %d", l.Inside("arena"))
	}
	mustVerify(t, l)
}

func TestNotesAreForgottenAndTheChainHolds(t *testing.T) {
	l := inMemory(t)
	var seqs []uint64
	for i := range 3 {
		o := letIn(claim(t, l, late(name(i), name(i)), nil), name(i))
		o.At = noon.Add(time.Duration(i) * time.Minute)
		seqs = append(seqs, override(t, l, o, once).Seq)
	}
	if n, err := l.Note(seqs[0]); err != nil || n != "passport seen" {
		t.Fatalf("%q, %v", n, err)
	}
	if n, err := l.ForgetNotes(noon.Add(2 * time.Minute)); err != nil || n != 2 {
		t.Fatalf("forgot %d, %v", n, err)
	}
	for i, want := range []string{"", "", "passport seen"} {
		if got, err := l.Note(seqs[i]); err != nil || got != want {
			t.Errorf("%d: %q, %v", i, got, err)
		}
	}
	mustVerify(t, l)
	value, _, err := l.store.Get(passageKey(seqs[2]))
	if err != nil || strings.Contains(string(value), "passport") {
		t.Fatalf("the chain holds the words: %s, %v", value, err)
	}
}

// A note that was written while the clock ran ahead keeps no other one.
func TestNotesAreForgottenWhateverTheClockWas(t *testing.T) {
	l := inMemory(t)
	var seqs []uint64
	for i, ahead := range []time.Duration{0, 365 * 24 * time.Hour, 0} {
		p := late(name(i), name(i))
		p.At = noon.Add(ahead)
		seqs = append(seqs, override(t, l, letIn(claim(t, l, p, nil), name(i)), once).Seq)
	}
	if n, err := l.ForgetNotes(noon.Add(time.Hour)); err != nil || n != 2 {
		t.Fatalf("forgot %d, %v", n, err)
	}
	for i, want := range []string{"", "passport seen", ""} {
		if got, err := l.Note(seqs[i]); err != nil || got != want {
			t.Errorf("%d: %q, %v", i, got, err)
		}
	}
	mustVerify(t, l)
}

func TestTamperingWithOverridesShows(t *testing.T) {
	f := func(what string, change func(db *pebble.DB) error, want string) {
		t.Helper()
		l, s := openAt(t, vfs.NewMem())
		defer closeBoth(t, l, s)
		override(t, l, letIn(claim(t, l, late("anna", "1"), nil), "o1"), once)      // 1, 2
		override(t, l, turnAway(claim(t, l, show("berta", "2"), once), "o2"), once) // 3, 4
		override(t, l, letIn(claim(t, l, late("carla", "3"), nil), "o3"), once)     // 5, 6
		claim(t, l, show("dora", "4"), once)                                        // 7
		mustVerify(t, l)
		if err := change(s.DB()); err != nil {
			t.Fatal(err)
		}
		if r, err := l.Verify(); err != nil || !strings.Contains(r.String(), want) {
			t.Errorf("%s: %v, want %q in\n%v", what, err, want, r)
		}
	}
	f("another target", rewrite(2, `"overrides":{"seq":1`, `"overrides":{"seq":7`), "passage 2: it sets passage 7 aside, which cannot be read")
	f("one target twice", rewrite(6, `"overrides":{"seq":5`, `"overrides":{"seq":1`), "passage 6: passage 1 was set aside before, in passage 2")
	f("another class", rewrite(2, `document_seen`, `document_lost`), "passage 2: passage 1 cannot be set aside by it")
	f("another past", rewrite(1, `"expired"`, `"revoked"`), "passage 2: it tells passage 1 otherwise")
	f("a scan made of it", func(db *pebble.DB) error { return rewrite(2, "\x02{", "\x01{")(db) }, "passage 2: the record is unreadable")
	f("the mark gone", func(db *pebble.DB) error { return db.Delete(overrideKey(1), pebble.Sync) }, "1 passages are not marked")
	f("a mark without cause", func(db *pebble.DB) error { return db.Set(overrideKey(7), make([]byte, 8), pebble.Sync) },
		"passage 7: the passage is marked as set aside")
	f("other words", func(db *pebble.DB) error {
		value := append(make([]byte, 8+saltSize), "she paid me"...)
		return db.Set(noteKey(2), value, pebble.Sync)
	}, "passage 2: the note is not the one that was written")
	f("words where none were", func(db *pebble.DB) error {
		return db.Set(noteKey(4), append(make([]byte, 8+saltSize), "x"...), pebble.Sync)
	}, "passage 4: the note is not the one that was written")
}

// A ledger that was written before there were overrides opens, and takes them.
func TestOldLedgerTakesOverrides(t *testing.T) {
	where := vfs.NewMem()
	l, s := openAt(t, where)
	was := claim(t, l, late("anna", "1"), nil)
	if err := s.Set(store.PrefixMeta.Name(store.MetaFormat), []byte("1")); err != nil {
		t.Fatal(err)
	}
	closeBoth(t, l, s)
	l, s = openAt(t, where)
	defer closeBoth(t, l, s)
	override(t, l, letIn(was, "o1"), once)
	mustVerify(t, l)
}
