package verifier

// together is how many scans VerifyAll takes through the stages at once. A checker's groups are of eight; more scans
// than that fill them although some need no signature checked, or one of another kind.
const together = 32

// room is where VerifyAll works.
type room struct {
	judgements [together]judgement
	jobs       [together]SignatureJob
	of         [together]*judgement // whose job is at the same place
}

// VerifyAll judges scans and writes the verdicts to the slice of that name, which is as long. They are those of
// Verify, one after the other, at a lower cost: a GroupChecker is asked about the signatures together. All of up to
// 32 scans in a row see the same trust list. Each needs an arena of its own, if any.
func (v *Verifier) VerifyAll(scans []Scan, verdicts []Verdict) {
	r, _ := v.rooms.Get().(*room)
	if r == nil {
		r = new(room)
	}
	for len(scans) > 0 {
		n := min(len(scans), together)
		v.verifyTogether(r, scans[:n], verdicts[:n])
		scans, verdicts = scans[n:], verdicts[n:]
	}
	v.rooms.Put(r)
}

func (v *Verifier) verifyTogether(r *room, scans []Scan, verdicts []Verdict) {
	trust := v.Lists.Trust()
	all := r.judgements[:len(scans)]
	for i := range all {
		all[i].trust = trust
		v.open(&all[i], &scans[i])
	}
	for jobs := r.pending(all); len(jobs) > 0; jobs = r.pending(all) {
		v.checkAll(jobs)
		for i := range jobs {
			r.of[i].told(jobs[i].OK)
		}
	}
	for i := range all {
		v.close(&all[i], &scans[i])
		verdicts[i] = all[i].out
	}
	clear(all)
	clear(r.jobs[:len(scans)])
}

// pending is a signature of each judgement that still looks for its key.
func (r *room) pending(all []judgement) []SignatureJob {
	jobs := r.jobs[:0]
	for i := range all {
		j := &all[i]
		if k := j.next(); k != nil {
			r.of[len(jobs)] = j
			jobs = append(jobs, SignatureJob{Key: k, Proof: &j.out.Credential.Proof})
		}
	}
	return jobs
}

func (v *Verifier) checkAll(jobs []SignatureJob) {
	if group, ok := v.Checker.(GroupChecker); ok {
		group.CheckAll(jobs)
		return
	}
	for i := range jobs {
		jobs[i].OK = v.Checker.Check(jobs[i].Key, jobs[i].Proof)
	}
}
