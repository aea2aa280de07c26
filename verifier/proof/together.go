package proof

import (
	"crypto/sha256"

	"vratar/verifier"
	"vratar/verifier/proof/ed25519"
	"vratar/verifier/proof/p256"
)

// together is how many signatures the curves check at once.
const together = 8

// minEd25519 is from how many signatures of that curve on a group is faster than one after the other.
const minEd25519 = 5

var _ verifier.GroupChecker = Checker{}

// Joins reports whether the key is prepared for a curve that has groups.
func (c Checker) Joins(k *verifier.Key, p *verifier.Proof) bool {
	switch k := preparedKey(k).(type) {
	case *preparedP256:
		return k.takes(p)
	case *preparedEd25519:
		return k.takes(p)
	}
	return false
}

// CheckAll sets OK of every job to what Check answers. Signatures of prepared keys are checked in groups by curve.
func (c Checker) CheckAll(jobs []verifier.SignatureJob) {
	var onP256 p256Group
	var onEd25519 ed25519Group
	for i := range jobs {
		j := &jobs[i]
		switch k := preparedKey(j.Key).(type) {
		case *preparedP256:
			if k.takes(j.Proof) {
				onP256.add(k, j)
				continue
			}
		case *preparedEd25519:
			if k.takes(j.Proof) {
				onEd25519.add(k, j)
				continue
			}
		}
		j.OK = c.Check(j.Key, j.Proof)
	}
	onP256.check()
	onEd25519.check()
}

func preparedKey(k *verifier.Key) verifier.PreparedKey {
	if k == nil {
		return nil
	}
	return k.Preparation.Key()
}

// p256Group gathers signatures until there are enough to be checked.
type p256Group struct {
	jobs  [together]p256.Job
	asked [together]*verifier.SignatureJob
	n     int
}

func (g *p256Group) add(k *preparedP256, j *verifier.SignatureJob) {
	g.jobs[g.n] = p256.Job{
		Key: k.Key, Digest: sha256.Sum256(j.Proof.Signed),
		R: [32]byte(j.Proof.Signature[:32]), S: [32]byte(j.Proof.Signature[32:]),
	}
	g.asked[g.n] = j
	if g.n++; g.n == together {
		g.check()
	}
}

func (g *p256Group) check() {
	var ok [together]bool
	p256.VerifyGroup(g.jobs[:g.n], ok[:g.n])
	for i, j := range g.asked[:g.n] {
		j.OK = counted(j.Key.Preparation, j.Proof.Signature, ok[i])
	}
	g.n = 0
}

// ed25519Group is the same for the other curve.
type ed25519Group struct {
	jobs  [together]ed25519.Job
	asked [together]*verifier.SignatureJob
	n     int
}

func (g *ed25519Group) add(k *preparedEd25519, j *verifier.SignatureJob) {
	g.jobs[g.n] = ed25519.Job{Key: k.Key, Message: j.Proof.Signed, Signature: j.Proof.Signature}
	g.asked[g.n] = j
	if g.n++; g.n == together {
		g.check()
	}
}

func (g *ed25519Group) check() {
	var ok [together]bool
	if g.n < minEd25519 {
		for i, j := range g.jobs[:g.n] {
			ok[i] = j.Key.Verify(j.Message, j.Signature)
		}
	} else {
		ed25519.VerifyGroup(g.jobs[:g.n], ok[:g.n])
	}
	for i, j := range g.asked[:g.n] {
		j.OK = counted(j.Key.Preparation, j.Proof.Signature, ok[i])
	}
	g.n = 0
}
