package ed25519

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

func (e *engine) verifyGroup(jobs []Job, ok []bool) {
	for len(jobs) > 0 {
		n := min(len(jobs), groupSize)
		path := *e.path.Load()
		if n == 1 || path == PathOff {
			for i, j := range jobs[:n] {
				ok[i] = e.verify(j.Key, j.Message, j.Signature)
			}
		} else {
			checkGroup(path, jobs[:n], ok[:n])
			for i, j := range jobs[:n] {
				ok[i] = e.settle(j.Key, j.Message, j.Signature, ok[i])
			}
		}
		jobs, ok = jobs[n:], ok[n:]
	}
}

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
