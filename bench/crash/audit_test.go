package crash

import (
	"strings"
	"testing"
)

func north(nonce string) key { return key{"north", nonce} }

func passage(seq uint64, nonce, decision, subject string) Passage {
	return Passage{Seq: seq, ID: nonce, Checkpoint: "north", Nonce: nonce, Decision: decision, Subject: subject}
}

func answered(seq uint64, nonce, decision string) Passage { return passage(seq, nonce, decision, "") }

// finding is what an audit says after do; a, b and c were asked about credentials 0, 1 and 2, again about 0.
func finding(do func(a *audit)) string {
	a := newAudit()
	for i, nonce := range []string{"a", "b", "c"} {
		a.ask(north(nonce), i)
	}
	a.ask(north("again"), 0)
	do(a)
	a.settle()
	return strings.Join(a.found(), "; ")
}

// The audit is worth no more than its power to find fault, so each promise is broken for it once.
func TestAuditFindsFaults(t *testing.T) {
	f := func(name, want string, do func(a *audit)) {
		t.Helper()
		if got := finding(do); (want == "") != (got == "") || !strings.Contains(got, want) {
			t.Errorf("%s: found %q, want %q", name, got, want)
		}
	}
	f("nothing wrong", "", func(a *audit) {
		a.answer(north("a"), answered(1, "a", admit))
		a.answer(north("again"), answered(2, "again", "deny"))
		a.record(passage(1, "a", admit, "s0"))
		a.record(passage(2, "again", "deny", "s0"))
		a.record(passage(3, "b", admit, "s1")) // its answer was lost on the way
		a.answer(north("b"), answered(3, "b", admit))
		a.answer(north("a"), answered(1, "a", admit))
	})
	f("lost", "not in the ledger", func(a *audit) { a.answer(north("a"), answered(1, "a", admit)) })
	f("other decision", "but the ledger says", func(a *audit) {
		a.answer(north("a"), answered(1, "a", admit))
		a.record(passage(1, "a", "deny", ""))
	})
	f("twice", "credential 0 was admitted by passages 1 and 2", func(a *audit) {
		a.record(passage(1, "a", admit, "s0"))
		a.record(passage(2, "again", admit, "s9"))
	})
	f("same subject", "the same subject", func(a *audit) {
		a.record(passage(1, "a", admit, "s0"))
		a.record(passage(2, "b", admit, "s0"))
	})
	f("no subject", "the same subject", func(a *audit) { a.record(passage(1, "a", admit, "")) })
	f("gap", "passage 3 follows 1", func(a *audit) {
		a.record(passage(1, "a", admit, "s0"))
		a.record(passage(3, "b", admit, "s1"))
	})
	f("stranger", "nobody asked", func(a *audit) { a.record(passage(1, "z", "deny", "")) })
	f("two records", "answer the same nonce", func(a *audit) {
		a.record(passage(1, "a", "deny", ""))
		a.record(passage(2, "a", "deny", ""))
	})
	f("changed its mind", "and then", func(a *audit) {
		a.record(passage(1, "a", admit, "s0"))
		a.answer(north("a"), answered(1, "a", admit))
		a.answer(north("a"), answered(2, "a", "deny"))
	})
}

func TestSampleHoldsBothSorts(t *testing.T) {
	a := newAudit()
	for i := range 20 {
		k := key{"north", string(rune('a' + i))}
		a.ask(k, i)
		if i%2 == 0 {
			a.answer(k, Passage{})
		}
	}
	if got := a.sample(5); len(got) != 10 {
		t.Errorf("%d questions, want 5 answered and 5 unanswered", len(got))
	}
}
