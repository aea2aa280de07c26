package ed25519

import "crypto/ed25519"

// groupSize is how many signatures are verified together: one in each lane, with one inversion for all.
const groupSize = 8

// Job is one signature of a group.
type Job struct {
	Key                *Key
	Message, Signature []byte
}

// VerifyGroup sets ok[i] to what Key.Verify answers for jobs[i], at a lower cost for each. The groups of 8 that it
// works in may mix keys. ok must be as long as jobs.
func VerifyGroup(jobs []Job, ok []bool) {
	running().verifyGroup(jobs, ok[:len(jobs)])
}

func (e engine) verifyGroup(jobs []Job, ok []bool) {
	for len(jobs) > 0 {
		n := min(len(jobs), groupSize)
		e.verifyUpToEight(jobs[:n], ok[:n])
		jobs, ok = jobs[n:], ok[n:]
	}
}

func (e engine) verifyUpToEight(jobs []Job, ok []bool) {
	var tried [groupSize]Job
	var places [groupSize]int // of what is tried, in jobs
	n := 0
	for i, j := range jobs {
		if !e.Try(&j.Key.record) {
			ok[i] = e.Ask(&j.Key.record, j.library)
			continue
		}
		tried[n], places[n] = j, i
		n++
	}
	var found [groupSize]bool
	switch path := e.Path(); n {
	case 0:
		return
	case 1:
		found[0] = tried[0].Key.check(path, tried[0].Message, tried[0].Signature)
	default:
		checkGroup(path, tried[:n], found[:n])
	}
	for i, j := range tried[:n] {
		ok[places[i]] = e.Settle(&j.Key.record, found[i], j.library)
	}
}

// library is the answer of crypto/ed25519.
func (j Job) library() bool { return ed25519.Verify(j.Key.public, j.Message, j.Signature) }

// checkGroup verifies 2 … groupSize signatures with the tables.
func checkGroup(path string, jobs []Job, ok []bool) {
	var requests [groupSize]request
	var sums [groupSize]point
	for i, j := range jobs {
		// A refused signature takes part with what it has; its answer stands already.
		ok[i] = requests[i].parse(j.Key, j.Message, j.Signature)
	}
	if path == PathIFMA {
		sumGroupIFMA(jobs, &requests, &sums)
	} else {
		for i, j := range jobs {
			sums[i] = requests[i].sum(j.Key)
		}
	}
	var inverses, scratch [groupSize]element
	for i := range jobs {
		inverses[i] = sums[i].z
	}
	invertAll(inverses[:len(jobs)], scratch[:])
	for i := range jobs {
		ok[i] = ok[i] && encode(&sums[i].x, &sums[i].y, &inverses[i]) == requests[i].r
	}
}
