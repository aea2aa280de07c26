package mandate_test

import (
	"testing"
	"time"

	"vratar/verifier"
	"vratar/verifier/mandate"
	"vratar/verifier/mandate/draft"
	"vratar/verifier/mandate/mandatetest"
	"vratar/verifier/pki/certify"
)

var (
	noon    = time.Date(2026, 12, 1, 9, 0, 0, 0, time.UTC) // of Moscow
	signed  = time.Date(2026, 1, 15, 8, 0, 0, 0, time.UTC)
	founded = time.Date(2025, 6, 1, 0, 0, 0, 0, time.UTC)

	flower  = draft.Company(1) // the organisation that grants
	head    = draft.Person(11) // who acts for it
	checker = draft.Person(21)
	friend  = draft.Person(22)
	third   = draft.Person(23)
	scan    = []mandate.Power{{Code: "TEST_SCAN"}}
	good    = mandate.RegistryStatus{State: mandate.RegistryGood, At: noon}
)

// bench is where mandates are proven and judged: an office that certifies, and a shelf of proven mandates.
type bench struct {
	testing.TB
	office *draft.Office
	shelf  shelf
}

func newBench(t testing.TB) *bench {
	return &bench{t, mandatetest.NewOffice(founded), shelf{}}
}

// shelf keeps mandates with what the registry said of them.
type shelf map[string]onShelf

type onShelf struct {
	proven *mandate.Proven
	status mandate.RegistryStatus
}

func (s shelf) Parent(number string) (*mandate.Proven, mandate.RegistryStatus) {
	l := s[number]
	return l.proven, l.status
}

// usual is an ordinary mandate of the organisation, signed by its head.
func usual(n int) draft.Mandate {
	return draft.Mandate{
		Number:          n,
		Principal:       []string{draft.Organisation(flower, draft.Head(head))},
		Representatives: []mandate.Person{checker},
		Powers:          scan,
	}
}

// passedOn is a mandate that rests on the original, passed on by a person to another.
func passedOn(n, original, parent int, from, to mandate.Person) draft.Mandate {
	return draft.Mandate{
		Number: n, First: original, Parent: parent,
		Principal:       []string{draft.Passing(from)},
		Representatives: []mandate.Person{to},
		Powers:          scan,
	}
}

// prove signs and proves what must be provable, and shelves it.
func (b *bench) prove(m draft.Mandate, by ...*certify.Holder) *mandate.Proven {
	b.Helper()
	p, r := mandate.Prove(draft.Signed(m, signed, by...), mandate.Options{Trust: b.office.Trust(), At: noon})
	if p == nil {
		b.Fatalf("mandate %d: %s", m.Number, r.AppendJSON(nil))
	}
	b.shelf[draft.Number(m.Number)] = onShelf{p, good}
	return p
}

// original is the usual mandate, changed, proven.
func (b *bench) original(n int, change func(*draft.Mandate)) *mandate.Proven {
	b.Helper()
	m := usual(n)
	if change != nil {
		change(&m)
	}
	return b.prove(m, b.office.Signer(flower, head))
}

// question asks for the checker and the organisation.
func (b *bench) question() *mandate.Question {
	return &mandate.Question{
		At:        noon,
		Principal: mandate.Number{INN: flower.INN, OGRN: flower.OGRN},
		Checker:   mandate.Person{INN: checker.INN, SNILS: checker.SNILS},
		Powers:    []mandate.AnyOf{{"TEST_SCAN"}},
		Registry:  good,
		Chain:     b.shelf,
	}
}

// answers judges, and holds the report against reason and code.
func (b *bench) answers(p *mandate.Proven, q *mandate.Question, want verifier.Reason, code mandate.Code) {
	b.Helper()
	b.says(mandate.Judge(p, q), want, code)
}

func (b *bench) says(r mandate.Report, want verifier.Reason, code mandate.Code) {
	b.Helper()
	failed, refused := r.Failed()
	if r.Reason != want || refused != (want != verifier.ReasonOK) || refused && r.Checks[failed].Code != code {
		b.Errorf("want %v, %s; got %s", want, code, r.AppendJSON(nil))
	}
	if refused && r.Checks[failed].Detail == "" {
		b.Errorf("%v failed without a detail", failed)
	}
}
