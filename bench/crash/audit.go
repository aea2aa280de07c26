package crash

import (
	"fmt"
	"maps"
	"slices"
	"sync"
)

// Passage is one record of the gateway's ledger, as far as the audit needs it.
type Passage struct {
	Seq        uint64 `json:"seq"`
	ID         string `json:"id"`
	Checkpoint string `json:"checkpoint"`
	Nonce      string `json:"nonce"`
	Decision   string `json:"decision"`
	Reason     string `json:"reason"`
	Subject    string `json:"subject"`
}

const admit = "admit"

// key names one question: the gateway promises one answer for it, however often it is asked.
type key struct{ checkpoint, nonce string }

// audit holds what was asked and answered against what the ledger says. Its faults are sentences; there must
// be none.
type audit struct {
	mu       sync.Mutex      // guards all below
	asked    map[key]int     // the credential that was shown
	answered map[key]Passage // what the gateway said, Subject aside
	faults   []string

	unsettled []key // answered since the ledger was last read to its end
	recorded  map[key]Passage
	admitted  map[int]uint64    // by credential: where it was admitted
	subjects  map[string]uint64 // by subject: the same, seen from the ledger's side
	last      uint64            // sequence number up to which the ledger was read
	admits    int               // answers that said admit
	lost      int               // questions whose answer never arrived, before they were repeated
}

func newAudit() *audit {
	return &audit{
		asked: make(map[key]int), answered: make(map[key]Passage), recorded: make(map[key]Passage),
		admitted: make(map[int]uint64), subjects: make(map[string]uint64),
	}
}

func (a *audit) fault(format string, args ...any) {
	a.faults = append(a.faults, fmt.Sprintf(format, args...))
}

// ask notes that credential is about to be shown.
func (a *audit) ask(k key, credential int) {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.asked[k] = credential
}

// answer notes what the gateway said, and that it did not say something else before.
func (a *audit) answer(k key, p Passage) {
	a.mu.Lock()
	defer a.mu.Unlock()
	if before, ok := a.answered[k]; ok {
		if before != p {
			a.fault("nonce %s at %s was answered %+v and then %+v", k.nonce, k.checkpoint, before, p)
		}
		return
	}
	a.answered[k] = p
	a.unsettled = append(a.unsettled, k)
	if p.Decision == admit {
		a.admits++
	}
}

// record takes the next passage of the ledger, in order.
func (a *audit) record(p Passage) {
	a.mu.Lock()
	defer a.mu.Unlock()
	if p.Seq != a.last+1 {
		a.fault("passage %d follows %d", p.Seq, a.last)
	}
	a.last = p.Seq
	k := key{p.Checkpoint, p.Nonce}
	credential, ok := a.asked[k]
	if !ok {
		a.fault("passage %d answers a question nobody asked", p.Seq)
		return
	}
	if before, ok := a.recorded[k]; ok {
		a.fault("passages %d and %d answer the same nonce", before.Seq, p.Seq)
	}
	subject := p.Subject
	p.Subject = ""
	a.recorded[k] = p
	if p.Decision != admit {
		return
	}
	if before, ok := a.admitted[credential]; ok {
		a.fault("credential %d was admitted by passages %d and %d", credential, before, p.Seq)
	}
	if before, ok := a.subjects[subject]; ok || subject == "" {
		a.fault("passages %d and %d admitted the same subject %q", before, p.Seq, subject)
	}
	a.admitted[credential], a.subjects[subject] = p.Seq, p.Seq
}

// settle compares the answers with the ledger once it has been read to its end.
func (a *audit) settle() {
	a.mu.Lock()
	defer a.mu.Unlock()
	for _, k := range a.unsettled {
		p := a.answered[k]
		switch found, ok := a.recorded[k]; {
		case !ok:
			a.fault("answered, but not in the ledger: %+v", p)
		case found != p:
			a.fault("answered %+v, but the ledger says %+v", p, found)
		}
	}
	a.unsettled = a.unsettled[:0]
}

// sample picks up to n questions that were answered, and as many whose answer was lost, to be repeated.
func (a *audit) sample(n int) []question {
	a.mu.Lock()
	defer a.mu.Unlock()
	var known, lost []question
	for k, credential := range a.asked { // in random order
		q := question{key: k, credential: credential}
		if _, ok := a.answered[k]; !ok {
			lost = append(lost, q)
		} else if len(known) < n {
			known = append(known, q)
		}
	}
	a.lost += len(lost)
	return append(known, lost[:min(n, len(lost))]...)
}

// found lists the faults, each once.
func (a *audit) found() []string {
	a.mu.Lock()
	defer a.mu.Unlock()
	unique := make(map[string]bool, len(a.faults))
	for _, f := range a.faults {
		unique[f] = true
	}
	return slices.Sorted(maps.Keys(unique))
}

// restart forgets what was read of the ledger, so that all of it is compared with all answers.
func (a *audit) restart() {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.recorded, a.admitted, a.subjects = make(map[key]Passage), make(map[int]uint64), make(map[string]uint64)
	a.last = 0
	a.unsettled = slices.Collect(maps.Keys(a.answered))
}
