package ledger

import (
	"context"
	"fmt"
	"runtime"
	"strings"
	"testing"
	"time"

	"github.com/cockroachdb/pebble/v2/vfs"

	"vratar/cache/store"
	"vratar/verifier"
)

var noon = time.Date(2026, 3, 1, 12, 0, 0, 123456789, time.UTC)

// once admits a subject of a group one single time.
func once(s Standing) (Decision, verifier.Reason, bool) {
	if s.Known {
		return Deny, verifier.ReasonAlreadyAdmitted, false
	}
	return Admit, verifier.ReasonOK, true
}

// reentry admits whoever is not inside.
func reentry(s Standing) (Decision, verifier.Reason, bool) {
	if s.Inside {
		return Deny, verifier.ReasonAlreadyInside, false
	}
	return Admit, verifier.ReasonOK, true
}

func leave(s Standing) (Decision, verifier.Reason, bool) {
	if !s.Inside {
		return Deny, verifier.ReasonNotInside, false
	}
	return Admit, verifier.ReasonOK, false
}

// show is the passage of a proven subject at the north gate.
func show(subject, nonce string) Passage {
	return Passage{
		ID: "id-" + subject + "-" + nonce, At: noon, Checkpoint: "north", Group: "arena", Nonce: nonce,
		Outcome: "valid", Reason: verifier.ReasonOK, Stage: "policy", Format: "document", Document: "ticket",
		Payload: "digest of " + subject, Subject: subject,
	}
}

// refused is the passage of a code that was judged and found wanting.
func refused(nonce string) Passage {
	p := show("", nonce)
	p.ID, p.Payload = "id-refused-"+nonce, "digest"
	p.Outcome, p.Reason, p.Stage = "invalid", verifier.ReasonExpired, "time"
	return p
}

func openAt(t testing.TB, where vfs.FS) (*Ledger, *store.Store) {
	t.Helper()
	s, err := store.Open("data", store.Options{FS: where})
	if err != nil {
		t.Fatal(err)
	}
	l, err := Open(s, Options{})
	if err != nil {
		t.Fatal(err)
	}
	return l, s
}

func closeBoth(t testing.TB, l *Ledger, s *store.Store) {
	t.Helper()
	if err := l.Close(); err != nil {
		t.Error(err)
	}
	if err := s.Close(); err != nil {
		t.Error(err)
	}
}

// inMemory is a ledger that lives as long as the test.
func inMemory(t testing.TB) *Ledger {
	t.Helper()
	l, s := openAt(t, vfs.NewMem())
	t.Cleanup(func() { closeBoth(t, l, s) })
	return l
}

func claim(t testing.TB, l *Ledger, p Passage, move Move) Passage {
	t.Helper()
	got, replayed, err := l.Claim(context.Background(), p, move)
	if err != nil || replayed {
		t.Fatalf("Claim(%s) = replayed %v, %v", p.ID, replayed, err)
	}
	return got
}

func mustVerify(t testing.TB, l *Ledger) Report {
	t.Helper()
	r, err := l.Verify()
	if err != nil || !r.OK() {
		t.Fatalf("Verify: %v\n%v", err, r)
	}
	return r
}

// noLeaks fails the test when goroutines of ours or of the database are left at its end.
func noLeaks(t *testing.T) {
	t.Helper()
	count := func() (n int, stacks string) {
		buf := make([]byte, 1<<20)
		for _, g := range strings.Split(string(buf[:runtime.Stack(buf, true)]), "\n\n") {
			if (strings.Contains(g, "vratar/cache") || strings.Contains(g, "cockroachdb/pebble")) &&
				!strings.Contains(g, "testing.tRunner") {
				n, stacks = n+1, stacks+g+"\n\n"
			}
		}
		return n, stacks
	}
	before, _ := count()
	t.Cleanup(func() {
		for range 100 {
			if n, _ := count(); n <= before {
				return
			}
			time.Sleep(10 * time.Millisecond)
		}
		n, stacks := count()
		t.Errorf("%d goroutines, %d at the start:\n%s", n, before, stacks)
	})
}

func name(i int) string { return fmt.Sprintf("subject-%04d", i) }
