package verifier

import (
	"runtime"
	"sync"
	"sync/atomic"
	"testing"
)

// plainChecker takes a signature for right when its last byte is that of what was signed, and panics at some.
type plainChecker struct{ groups, grouped, alone atomic.Int32 }

const (
	right = iota
	wrong
	bomb
)

func proofOf(n, kind byte) *Proof {
	signature := byte(right)
	if kind == wrong {
		signature = wrong
	}
	return &Proof{Signed: []byte{n, kind}, Signature: []byte{n, signature}}
}

func answerTo(p *Proof) bool {
	if p.Signed[1] == bomb {
		panic("bomb")
	}
	return p.Signature[1] == right
}

func (c *plainChecker) Joins(*Key, *Proof) bool { return true }

func (c *plainChecker) Check(_ *Key, p *Proof) bool {
	c.alone.Add(1)
	return answerTo(p)
}

func (c *plainChecker) CheckAll(jobs []SignatureJob) {
	if len(jobs) < company || len(jobs) > groupSize {
		panic("a group of another size")
	}
	c.groups.Add(1)
	c.grouped.Add(int32(len(jobs)))
	for i := range jobs {
		jobs[i].OK = answerTo(jobs[i].Proof)
	}
}

// Whoever meets whom, each gets the answer to its own signature, and a panic comes to whose it is alone.
func TestMeeting(t *testing.T) {
	var m meeting
	var c plainChecker
	var wg sync.WaitGroup
	var wrongly atomic.Int32
	for n := range 64 {
		wg.Go(func() {
			for i := range 400 {
				kind := byte((n + i) % 5)
				if kind > bomb || kind == bomb && i%7 != 0 {
					kind = right
				}
				panicked, ok := try(func() bool { return m.check(&c, nil, proofOf(byte(i), kind)) })
				if panicked != (kind == bomb) || ok != (kind == right) {
					wrongly.Add(1)
				}
			}
		})
	}
	wg.Wait()
	if n := wrongly.Load(); n > 0 {
		t.Errorf("%d answers are wrong", n)
	}
	if m.n != 0 || m.there.Load() != 0 || m.waiting != [groupSize]*attendance{} {
		t.Errorf("%d stayed behind", m.n)
	}
}

func try(f func() bool) (panicked, ok bool) {
	defer func() { panicked = recover() != nil }()
	ok = f()
	return
}

// Those who could run at once are let go ahead, and come into the group.
func TestMeetingFindsCompany(t *testing.T) {
	defer runtime.GOMAXPROCS(runtime.GOMAXPROCS(1))
	var m meeting
	var c plainChecker
	for range 1000 {
		var wg sync.WaitGroup
		for range groupSize {
			wg.Go(func() { m.check(&c, nil, proofOf(0, right)) })
		}
		wg.Wait()
	}
	if c.grouped.Load() < 1000 || c.groups.Load() > c.grouped.Load()/company {
		t.Errorf("%d signatures in %d groups, %d alone", c.grouped.Load(), c.groups.Load(), c.alone.Load())
	}
}

// A lone scan is checked as if there were no meeting.
func TestMeetingAlone(t *testing.T) {
	var m meeting
	var c plainChecker
	for i := range 1000 {
		if m.check(&c, nil, proofOf(byte(i), byte(i%2))) != (i%2 == right) {
			t.Fatal(i)
		}
	}
	if c.groups.Load() != 0 || c.alone.Load() != 1000 {
		t.Errorf("%d groups, %d alone", c.groups.Load(), c.alone.Load())
	}
}

func BenchmarkMeetingAlone(b *testing.B) {
	var m meeting
	var c plainChecker
	p := proofOf(1, right)
	b.ReportAllocs()
	for i := 0; b.Loop(); i++ {
		p.Signature[0] = byte(i)
		m.check(&c, nil, p)
	}
}
