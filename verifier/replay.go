package verifier

import (
	"crypto"
	"crypto/ecdsa"
	"crypto/sha256"
	"crypto/x509"
	"time"
)

// Replay remembers which holders' proofs were shown, for as long as they count.
type Replay interface {
	// Show records s. The answer is ReasonOK when its proof was not shown before, or was by the presentation of
	// the same name; ReasonCodeReplayed when it was by another; ReasonOverloaded when there is no room to
	// remember it, since a proof that nobody remembers could be shown again.
	Show(s Showing) Reason
}

// Showing is one presentation of a holder's proof that convinced.
type Showing struct {
	// Proof names the proof by the holder's key and what it signed. One proof has many texts and, with ECDSA,
	// two signatures; each of them would count once if texts were remembered.
	Proof        [sha256.Size]byte
	Presentation string    // HolderDemand.Presentation
	At           time.Time // of the scan
	Until        time.Time // when the proof stops counting, and may be forgotten
}

// checkReplay comes after every other check: what is refused anyway does not use up the proof. What is
// undecided does, because a checkpoint may admit on it. A proof over a session needs no memory: the session is
// new each time.
func (v *Verifier) checkReplay(out *Verdict, s *Scan) {
	p := out.Credential.HolderProof
	refused := out.Reason != ReasonNone && out.Outcome == Invalid
	if s.Holder.Replay == nil || refused || out.Checks[CheckHolder].Result != Pass || p.Session != nil {
		return
	}
	reason := s.Holder.Replay.Show(Showing{
		Proof: p.digest(), Presentation: s.Holder.Presentation, At: s.At, Until: p.IssuedAt.Add(v.proofAge()),
	})
	switch reason {
	case ReasonOK:
	case ReasonCodeReplayed:
		out.NotEstablished |= HolderBinding
		out.refuseHolder(reason, "the proof was shown before")
	default:
		out.NotEstablished |= HolderBinding
		out.refuseHolder(ReasonOverloaded, "more proofs are shown than can be remembered")
	}
}

func (v *Verifier) proofAge() time.Duration {
	if v.ProofAge <= 0 {
		return DefaultProofAge
	}
	return v.ProofAge
}

// digest names the proof: what was signed, and by which key.
func (p *HolderProof) digest() [sha256.Size]byte {
	var room [sha256.Size + maxPoint]byte
	signed := sha256.Sum256(p.Proof.Signed)
	return sha256.Sum256(appendPublicKey(append(room[:0], signed[:]...), p.Key))
}

// maxPoint is the length of the longest point, bytes: on P-521.
const maxPoint = 1 + 2*66

// appendPublicKey appends a key on a curve as the point that it is (SEC 1 §2.3.3), of which the length tells the
// curve, and another one as SubjectPublicKeyInfo; nothing of a key that cannot be written, which has convinced nobody.
func appendPublicKey(dst []byte, public crypto.PublicKey) []byte {
	switch k := public.(type) {
	case *Point:
		return append(append(append(dst, 4), k.X...), k.Y...)
	case *ecdsa.PublicKey:
		point, _ := k.Bytes()
		return append(dst, point...)
	}
	der, _ := x509.MarshalPKIXPublicKey(public)
	return append(dst, der...)
}
