package p256

// groupSize is how many signatures share an inversion, and the lanes of a vector.
const groupSize = 8

// Job is one signature of a group: see Key.Verify.
type Job struct {
	Key          *Key
	Digest, R, S [32]byte
}

// VerifyGroup verifies the jobs, eight at a time, and writes the answers to ok, which is as long. The answers are
// those of Key.Verify; the keys may be any. It does not allocate where all answers are true.
func VerifyGroup(jobs []Job, ok []bool) {
	for len(jobs) > 0 {
		n := min(groupSize, len(jobs))
		verifyGroup(jobs[:n], ok[:n])
		jobs, ok = jobs[n:], ok[n:]
	}
}

// group is up to eight signatures on the way.
type group struct {
	jobs       []Job
	signatures [groupSize]signature
	answers    [groupSize]answer
	left       [groupSize]bool // to crypto/ecdsa
	ready      [groupSize]int  // the places in jobs that the fast arithmetic answers; n of them
	n          int
}

func verifyGroup(jobs []Job, ok []bool) {
	g := group{jobs: jobs}
	g.answer((*Key).try)
	for i := range jobs {
		j := &jobs[i]
		if g.left[i] {
			ok[i] = j.Key.leave(&j.Digest, &j.R, &j.S)
		} else {
			ok[i] = j.Key.settle(g.answers[i], &j.Digest, &j.R, &j.S)
		}
	}
}

// answer asks the fast arithmetic about the jobs in range whose keys try is true of.
func (g *group) answer(try func(*Key) bool) {
	for i := range g.jobs {
		j := &g.jobs[i]
		if !g.signatures[i].parse(&j.Digest, &j.R, &j.S) {
			continue
		}
		if g.left[i] = !try(j.Key); !g.left[i] {
			g.ready[g.n] = i
			g.n++
		}
	}
	if g.n > 0 {
		g.invert()
		g.sums()
	}
}

// invert computes w of all signatures with one inversion (Montgomery's trick). In scaled form: with products P of
// the s so far, each 2^-256 times too small per factor, the inverse 2^256/P is as much too large.
func (g *group) invert() {
	var before [groupSize]scalar // before[k] = s_0···s_(k-1)·2^-256(k-1)
	ready := g.ready[:g.n]
	product := g.signatures[ready[0]].s
	for k, i := range ready[1:] {
		before[k+1] = product
		product.mul(&product, &g.signatures[i].s)
	}
	w := product.inverse()
	for k := len(ready) - 1; k > 0; k-- {
		s := &g.signatures[ready[k]]
		s.w.mul(&w, &before[k])
		w.mul(&w, &s.s)
	}
	g.signatures[ready[0]].w = w
}

// sums answers the ready ones.
func (g *group) sums() {
	if g.sumIFMA() {
		return
	}
	for _, i := range g.ready[:g.n] {
		g.answers[i] = g.jobs[i].Key.check(&g.signatures[i])
	}
}
