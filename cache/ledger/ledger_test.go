package ledger

import (
	"context"
	"errors"
	"reflect"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/cockroachdb/pebble/v2/vfs"

	"vratar/cache/store"
	"vratar/verifier"
)

func TestAdmitOnce(t *testing.T) {
	l := inMemory(t)
	first := claim(t, l, show("anna", "1"), once)
	if first.Decision != Admit || first.Seq != 1 || !first.Inside || first.Stage != "policy" {
		t.Fatalf("first: %+v", first)
	}
	again := show("anna", "2")
	again.Checkpoint, again.At = "south", noon.Add(time.Minute)
	second := claim(t, l, again, once)
	want := &Ref{Seq: 1, At: noon, Checkpoint: "north"}
	if second.Decision != Deny || second.Reason != verifier.ReasonAlreadyAdmitted || second.Stage != "admission" ||
		second.Outcome != "valid" || !reflect.DeepEqual(second.Previous, want) {
		t.Fatalf("second: %+v", second)
	}
	other := show("anna", "3")
	other.Group = "museum"
	if p := claim(t, l, other, once); p.Decision != Admit {
		t.Fatalf("another group: %+v", p)
	}
	if l.Inside("arena") != 1 || l.Inside("museum") != 1 || l.Inside("nowhere") != 0 {
		t.Fatal("counts of the groups are wrong")
	}
	if r := mustVerify(t, l); r.Passages != 3 || r.Subjects != 2 {
		t.Fatalf("%+v", r)
	}
}

func TestReentryAndExit(t *testing.T) {
	l := inMemory(t)
	f := func(direction Direction, move Move, want Decision, inside int64) {
		t.Helper()
		p := show("anna", "")
		p.Direction = direction
		if got := claim(t, l, p, move); got.Decision != want || l.Inside("arena") != inside {
			t.Fatalf("decision %v, inside %d; want %v, %d", got.Decision, l.Inside("arena"), want, inside)
		}
	}
	f(Exit, leave, Deny, 0)
	f(Entry, reentry, Admit, 1)
	f(Entry, reentry, Deny, 1)
	f(Exit, leave, Admit, 0)
	f(Exit, leave, Deny, 0)
	f(Entry, reentry, Admit, 1)
	r := mustVerify(t, l)
	if g := r.Groups[0]; g.Admitted != 3 || g.Denied != 3 || g.Readmitted != 1 || g.Inside != 1 {
		t.Fatalf("%+v", g)
	}
}

func TestMoveSeesTheGroup(t *testing.T) {
	l := inMemory(t)
	full := func(s Standing) (Decision, verifier.Reason, bool) {
		if s.GroupInside >= 2 {
			return Deny, verifier.ReasonZoneFull, true
		}
		return Admit, verifier.ReasonOK, true
	}
	for i, want := range []Decision{Admit, Admit, Deny, Deny} {
		if p := claim(t, l, show(name(i), ""), full); p.Decision != want || p.Inside != (want == Admit) || p.Previous != nil {
			t.Fatalf("%d: %+v", i, p)
		}
	}
	mustVerify(t, l)
}

// TestMoveMayFollowTheVerdict: where the status is unknown, the move holds for that reason and not for its own.
func TestMoveMayFollowTheVerdict(t *testing.T) {
	l := inMemory(t)
	p := show("anna", "")
	p.Outcome, p.Reason, p.Stage = "indeterminate", verifier.ReasonStatusUnknown, "status"
	hold := func(Standing) (Decision, verifier.Reason, bool) { return Hold, verifier.ReasonStatusUnknown, false }
	if p := claim(t, l, p, hold); p.Decision != Hold || p.Stage != "status" || p.Reason != verifier.ReasonStatusUnknown {
		t.Fatalf("%+v", p)
	}
	if p := claim(t, l, p, leave); p.Decision != Deny || p.Stage != "admission" || p.Reason != verifier.ReasonNotInside {
		t.Fatalf("%+v", p)
	}
	if r := mustVerify(t, l); r.Subjects != 0 || r.Groups[0].Held != 1 {
		t.Fatalf("%+v", r)
	}
}

func TestNonceIsIdempotent(t *testing.T) {
	l := inMemory(t)
	first := claim(t, l, show("anna", "n"), once)
	again := show("anna", "n")
	again.At, again.ID = noon.Add(time.Hour), "another"
	got, replayed, err := l.Claim(context.Background(), again, once)
	if err != nil || !replayed || !reflect.DeepEqual(got, first) {
		t.Fatalf("Claim = %+v, %v, %v", got, replayed, err)
	}
	again.Payload = "digest of another code"
	if _, _, err := l.Claim(context.Background(), again, once); !errors.Is(err, ErrNonceReused) {
		t.Fatalf("err = %v", err)
	}
	again.Checkpoint = "south" // a nonce belongs to its checkpoint
	if p := claim(t, l, again, once); p.Seq != 2 {
		t.Fatalf("%+v", p)
	}
	if p, ok, err := l.Find("north", "n"); err != nil || !ok || !reflect.DeepEqual(p, first) {
		t.Fatalf("Find = %+v, %v, %v", p, ok, err)
	}
	for _, nonce := range []string{"", "other"} {
		if _, ok, err := l.Find("north", nonce); ok || err != nil {
			t.Fatalf("Find(%q) = %v, %v", nonce, ok, err)
		}
	}
	if l.Last() != 2 {
		t.Fatalf("Last = %d", l.Last())
	}
}

// A nonce answers the question it was asked with: an admission must not be had a second time by asking for the
// other direction or from another reader.
func TestNonceStandsForOneQuestion(t *testing.T) {
	l := inMemory(t)
	p := show("a", "n1")
	p.Checker = "lane-1"
	if got := claim(t, l, p, once); got.Decision != Admit {
		t.Fatalf("first: %+v", got)
	}
	f := func(name string, change func(*Passage)) {
		t.Helper()
		again := p
		change(&again)
		if got, replayed, err := l.Claim(context.Background(), again, once); !errors.Is(err, ErrNonceReused) {
			t.Errorf("%s: %s, replayed %v, %v", name, got.Decision, replayed, err)
		}
	}
	f("another direction", func(p *Passage) { p.Direction = Exit })
	f("another reader", func(p *Passage) { p.Checker = "lane-2" })
	f("another mandate", func(p *Passage) { p.Capacity, p.Mandate = AsOrganisation, "m" })
	if got, replayed, err := l.Claim(context.Background(), p, once); err != nil || !replayed || got.Decision != Admit {
		t.Errorf("the same question: %+v, %v, %v", got, replayed, err)
	}
}

func TestEmptyNonceIsNoNonce(t *testing.T) {
	l := inMemory(t)
	for want := uint64(1); want <= 3; want++ {
		if p := claim(t, l, refused(""), nil); p.Seq != want {
			t.Fatalf("%+v", p)
		}
	}
}

func TestNoncesRunOut(t *testing.T) {
	l := inMemory(t)
	at := func(d time.Duration) (Passage, bool) {
		t.Helper()
		p := refused("n")
		p.At = noon.Add(d)
		got, replayed, err := l.Claim(context.Background(), p, nil)
		if err != nil {
			t.Fatal(err)
		}
		return got, replayed
	}
	f := func(d time.Duration, nonce string, want bool) {
		t.Helper()
		p := refused(nonce)
		p.At = noon.Add(d)
		if _, replayed, err := l.Claim(context.Background(), p, nil); err != nil || replayed != want {
			t.Fatalf("nonce %q after %v: replayed %v, %v", nonce, d, replayed, err)
		}
	}
	at(0)
	f(48*time.Hour, "x", false) // begins another period
	f(48*time.Hour, "n", true)
	f(-48*time.Hour, "y", false) // a clock that was set back
	f(-48*time.Hour, "n", true)
	f(48*time.Hour, "y", true)
	f(200*time.Hour, "z", false) // everything before has run out
	f(200*time.Hour, "n", false)
	f(200*time.Hour, "x", false)
	if len(l.periods) != 1 {
		t.Fatalf("live periods: %v", l.periods)
	}
	mustVerify(t, l)
}

func TestWhatMayNotBeRecorded(t *testing.T) {
	l := inMemory(t)
	f := func(want string, move Move, change func(*Passage)) {
		t.Helper()
		p := show("anna", "n")
		change(&p)
		_, _, err := l.Claim(context.Background(), p, move)
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("err = %v, want %q", err, want)
		}
	}
	f("without id", once, func(p *Passage) { p.ID = "" })
	f("without checkpoint", once, func(p *Passage) { p.Checkpoint = "" })
	f("without group", once, func(p *Passage) { p.Group = "" })
	f("without payload", once, func(p *Passage) { p.Payload = "" })
	f("nonce of 257 bytes", once, func(p *Passage) { p.Nonce = strings.Repeat("n", 257) })
	f("nonce is not UTF-8", once, func(p *Passage) { p.Nonce = "\xff" })
	f("sensible time", once, func(p *Passage) { p.At = time.Time{} })
	f("not on the list", once, func(p *Passage) { p.Direction = 2 })
	f("not on the list", nil, func(p *Passage) { p.Decision = 3 })
	f("without a move", nil, func(p *Passage) { p.Decision = Admit })
	f("without subject", once, func(p *Passage) { p.Subject = "" })
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	if _, _, err := l.Claim(ctx, show("anna", "n"), once); !errors.Is(err, context.Canceled) {
		t.Errorf("err = %v", err)
	}
	if l.Last() != 0 {
		t.Errorf("Last = %d", l.Last())
	}
}

func TestReadAndChanged(t *testing.T) {
	l := inMemory(t)
	changed := l.Changed()
	var want []Passage
	for i := range 5 {
		want = append(want, claim(t, l, show(name(i), name(i)), once))
	}
	select {
	case <-changed:
	default:
		t.Fatal("Changed was not closed")
	}
	f := func(after uint64, limit int, want []Passage) {
		t.Helper()
		got, err := l.Read(after, limit)
		if err != nil || len(got) != len(want) || (len(got) > 0 && !reflect.DeepEqual(got, want)) {
			t.Fatalf("Read(%d, %d) = %+v, %v", after, limit, got, err)
		}
	}
	f(0, 100, want)
	f(2, 2, want[2:4])
	f(4, 1<<40, want[4:])
	f(5, 10, nil)
	f(99, 10, nil)
	f(0, 0, nil)
	f(0, -1, nil)
}

func TestReopen(t *testing.T) {
	noLeaks(t)
	where := vfs.NewMem()
	l, s := openAt(t, where)
	claim(t, l, show("anna", "1"), once)
	claim(t, l, show("anna", "2"), once)
	claim(t, l, refused("3"), nil)
	held := refused("4")
	held.Decision = Hold
	last := claim(t, l, held, nil)
	seq, hash := l.Head()
	digest := l.Digest("subject", []byte("anna"))
	counters := l.Counters()
	closeBoth(t, l, s)

	l, s = openAt(t, where)
	defer closeBoth(t, l, s)
	if gotSeq, gotHash := l.Head(); gotSeq != seq || gotHash != hash || seq != last.Seq {
		t.Fatalf("Head = %d %x, want %d %x", gotSeq, gotHash, seq, hash)
	}
	if got, ok, err := l.HashAt(seq); err != nil || !ok || got != hash {
		t.Fatalf("HashAt = %x, %v, %v", got, ok, err)
	}
	if _, ok, err := l.HashAt(seq + 1); ok || err != nil {
		t.Fatalf("HashAt beyond the end = %v, %v", ok, err)
	}
	if l.Digest("subject", []byte("anna")) != digest {
		t.Fatal("the secret changed")
	}
	want := []Counter{{Checkpoint: "north", Group: "arena", Admitted: 1, Denied: 2, Held: 1}}
	if !slices.Equal(counters, want) || !slices.Equal(l.Counters(), want) || l.Inside("arena") != 1 {
		t.Fatalf("counters %v, then %v; inside %d", counters, l.Counters(), l.Inside("arena"))
	}
	if p := claim(t, l, show("anna", "5"), once); p.Decision != Deny || p.Seq != 5 {
		t.Fatalf("%+v", p)
	}
	if _, replayed, err := l.Claim(context.Background(), show("anna", "1"), once); err != nil || !replayed {
		t.Fatalf("nonce after the restart: %v, %v", replayed, err)
	}
	mustVerify(t, l)
}

func TestClosed(t *testing.T) {
	l, s := openAt(t, vfs.NewMem())
	changed := l.Changed()
	closeBoth(t, l, s)
	<-changed // who waits for passages is told to stop
	_, _, err := l.Claim(context.Background(), show("anna", "1"), once)
	_, err2 := l.Read(0, 1)
	_, err3 := l.Verify()
	_, _, err4 := l.Find("north", "1")
	_, _, err5 := l.HashAt(1)
	for i, err := range []error{err, err2, err3, err4, err5} {
		if !errors.Is(err, ErrClosed) {
			t.Errorf("%d: %v", i, err)
		}
	}
}

func TestDegradedRecordsNothing(t *testing.T) {
	where := vfs.NewMem()
	l, s := openAt(t, where)
	claim(t, l, show("anna", "1"), once)
	closeBoth(t, l, s)
	where.TestingSetDiskUsage(vfs.DiskUsage{AvailBytes: 64<<20 - 1})
	l, s = openAt(t, where)
	defer closeBoth(t, l, s)
	if _, _, err := l.Claim(context.Background(), show("boris", "2"), once); !errors.Is(err, ErrDegraded) {
		t.Fatalf("err = %v", err)
	}
	if _, replayed, err := l.Claim(context.Background(), show("anna", "1"), once); err != nil || !replayed {
		t.Fatalf("an answer that is on disk is still given: %v, %v", replayed, err)
	}
	if l.Last() != 1 {
		t.Fatalf("Last = %d", l.Last())
	}
}

func TestDigest(t *testing.T) {
	l, other := inMemory(t), inMemory(t)
	parts := func(texts ...string) (list [][]byte) {
		for _, text := range texts {
			list = append(list, []byte(text))
		}
		return list
	}
	seen := map[[32]byte]bool{}
	for _, d := range [][32]byte{
		l.Digest("d"), l.Digest("d", nil), l.Digest("d", nil, nil), l.Digest("", []byte("d")),
		l.Digest("d", parts("ab", "c")...), l.Digest("d", parts("a", "bc")...), l.Digest("d", parts("abc")...),
		l.Digest("e", parts("abc")...), other.Digest("d", parts("abc")...),
	} {
		if seen[d] {
			t.Fatal("two different lists of parts have one digest")
		}
		seen[d] = true
	}
	if !seen[l.Digest("d", parts("ab", "c")...)] {
		t.Fatal("the digest is not stable")
	}
}

func TestSecretIsNeverMadeUpTwice(t *testing.T) {
	where := vfs.NewMem()
	l, s := openAt(t, where)
	claim(t, l, show("anna", "1"), once)
	if err := s.Delete(store.PrefixMeta.Name(store.MetaSecret)); err != nil {
		t.Fatal(err)
	}
	if err := l.Close(); err != nil {
		t.Fatal(err)
	}
	if _, err := Open(s, Options{}); !errors.Is(err, ErrDamaged) {
		t.Fatalf("err = %v", err)
	}
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
}

// TestConcurrentClaims: many readers, few subjects, repeated nonces, and a reader of the tail beside them.
func TestConcurrentClaims(t *testing.T) {
	const readers, scans, subjects = 16, 60, 40
	l := inMemory(t)
	done := make(chan struct{})
	var follower, wg sync.WaitGroup
	follower.Go(func() { follow(t, l, done) })
	var mu sync.Mutex
	admitted, replays := map[string]int{}, 0
	for r := range readers {
		wg.Go(func() {
			for i := range scans {
				p := show(name((r*7+i)%subjects), "")
				p.Nonce = p.Subject + "/" + name(r/2) // two readers share each nonce
				got, replayed, err := l.Claim(context.Background(), p, once)
				if err != nil || l.Last() < got.Seq {
					t.Errorf("Claim = %+v, %v with Last %d", got, err, l.Last())
				}
				mu.Lock()
				if replayed {
					replays++
				} else if got.Decision == Admit {
					admitted[got.Subject]++
				}
				mu.Unlock()
			}
		})
	}
	wg.Wait()
	close(done)
	follower.Wait()
	for subject, n := range admitted {
		if n != 1 {
			t.Errorf("%s admitted %d times", subject, n)
		}
	}
	r := mustVerify(t, l)
	if len(admitted) != subjects || l.Inside("arena") != subjects || int(r.Passages)+replays != readers*scans {
		t.Fatalf("admitted %d, inside %d, passages %d, replays %d", len(admitted), l.Inside("arena"), r.Passages, replays)
	}
}

// follow reads the tail as a feed does and insists on order without gaps.
func follow(t *testing.T, l *Ledger, done <-chan struct{}) {
	for next := uint64(0); ; {
		changed := l.Changed()
		list, err := l.Read(next, 7)
		if err != nil {
			t.Error(err)
			return
		}
		for _, p := range list {
			if next++; p.Seq != next {
				t.Errorf("read passage %d, want %d", p.Seq, next)
				return
			}
		}
		if len(list) > 0 {
			continue
		}
		select {
		case <-changed:
		case <-done:
			if next == l.Last() {
				return
			}
		}
	}
}

// Passages beyond the head would be overwritten by the next ones.
func TestOpenRefusesPassagesBeyondTheHead(t *testing.T) {
	f := func(name string, harm func(*store.Store, *Ledger) error) {
		t.Helper()
		where := vfs.NewMem()
		l, s := openAt(t, where)
		first := claim(t, l, show("a", ""), once)
		hash, _, err := l.HashAt(first.Seq)
		if err != nil || hash == (Hash{}) {
			t.Fatal(err)
		}
		claim(t, l, show("b", ""), once)
		if err := harm(s, l); err != nil {
			t.Fatal(err)
		}
		closeBoth(t, l, s)
		if s, err = store.Open("data", store.Options{FS: where}); err != nil {
			t.Fatal(err)
		}
		defer s.Close()
		if _, err := Open(s, Options{}); !errors.Is(err, ErrDamaged) {
			t.Errorf("%s: %v", name, err)
		}
	}
	f("no head", func(s *store.Store, _ *Ledger) error { return s.Delete(headKey()) })
	f("an older head", func(s *store.Store, l *Ledger) error {
		hash, _, err := l.HashAt(1)
		return errors.Join(err, s.Set(headKey(), appendHead(nil, 1, hash)))
	})
}
