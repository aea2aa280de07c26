package verifier

import (
	"runtime"
	"sync"
	"sync/atomic"
)

// meeting is where judgements that are under way at the same time have their signatures checked together, at a lower
// cost each. Nobody waits for company that may not come: one who is there lets go ahead whoever could run at once, and
// then leaves with those who have come, or alone. Where no company was found lately, hardly anybody even looks for it,
// so that scans under light load do not pay for what helps under a heavy one. The zero value is ready.
type meeting struct {
	hope  atomic.Int32 // how many may still look for company before that counts as vain
	there atomic.Int32 // how many are waiting: n, for those who do not hold the lock

	mu      sync.Mutex
	waiting [groupSize]*attendance
	n       int

	idle sync.Pool // of *attendance
}

const (
	groupSize = 8  // signatures that are checked at once
	company   = 4  // from how many on that is worth it; fewer are checked by each judgement for itself
	patience  = 64 // of those who look in vain for company after it was found
	scouts    = 16 // one in so many looks for company that nobody has hope of
)

// attendance is one judgement's part in a meeting.
type attendance struct {
	SignatureJob
	taken bool      // another one checks the signature; guarded by the meeting
	told  chan bool // whether he has; if not, he has failed
	jobs  [groupSize]SignatureJob
	with  [groupSize]*attendance
}

// check is the answer of c to a signature that would join others.
func (m *meeting) check(c GroupChecker, k *Key, p *Proof) bool {
	if m.hope.Load() <= 0 && m.there.Load() == 0 && p.Signature[0]%scouts != 0 {
		return c.Check(k, p)
	}
	a, _ := m.idle.Get().(*attendance)
	if a == nil {
		a = &attendance{told: make(chan bool, 1)}
	}
	a.SignatureJob = SignatureJob{Key: k, Proof: p}
	answered := false
	if group := m.attend(a); len(group) > 0 {
		answered = a.answer(c, group)
	} else if a.taken {
		answered = <-a.told
	}
	if !answered {
		a.OK = c.Check(k, p)
	}
	ok := a.OK
	a.SignatureJob, a.taken = SignatureJob{}, false
	m.idle.Put(a)
	return ok
}

// attend returns those whose signatures a is to check, itself among them. With none, another one checks that of a if
// it was taken, else a does for itself alone.
func (m *meeting) attend(a *attendance) []*attendance {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.waiting[m.n] = a
	m.n++
	m.there.Store(int32(m.n))
	if m.n < groupSize {
		m.mu.Unlock()
		runtime.Gosched()
		m.mu.Lock()
		if a.taken {
			return nil
		}
	}
	group := a.with[:copy(a.with[:], m.waiting[:m.n])]
	if len(group) < company {
		if m.hope.Load() > 0 {
			m.hope.Add(-1)
		}
		m.leave(a)
		return nil
	}
	m.hope.Store(patience)
	for _, b := range group {
		b.taken = b != a
	}
	m.waiting, m.n = [groupSize]*attendance{}, 0
	m.there.Store(0)
	return group
}

// leave is how a goes alone.
func (m *meeting) leave(a *attendance) {
	m.n--
	for i, b := range m.waiting {
		if a == b {
			m.waiting[i], m.waiting[m.n] = m.waiting[m.n], nil
			break
		}
	}
	m.there.Store(int32(m.n))
}

// answer has the signatures of a group checked, and tells everybody whether they were. They were not if the checker
// panicked: that belongs to one signature, so everybody has his own checked by itself then.
func (a *attendance) answer(c GroupChecker, group []*attendance) (done bool) {
	defer func() {
		if !done {
			_ = recover() // the scan that it comes from will panic again
		}
		for _, b := range group {
			if b != a {
				b.told <- done
			}
		}
		clear(a.jobs[:])
		clear(a.with[:])
	}()
	jobs := a.jobs[:len(group)]
	for i, b := range group {
		jobs[i] = b.SignatureJob
	}
	c.CheckAll(jobs)
	for i, b := range group {
		b.OK = jobs[i].OK
	}
	return true
}
