package verifier

import (
	"crypto"
	"crypto/elliptic"
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
	var room [2 * maxPublicKey]byte
	signed := sha256.Sum256(p.Proof.Signed)
	return sha256.Sum256(appendPublicKey(append(room[:0], signed[:]...), p.Key))
}

// maxPublicKey is how long a key on one of the curves is at most as SubjectPublicKeyInfo, bytes.
const maxPublicKey = 160

// appendPublicKey appends a key as SubjectPublicKeyInfo (RFC 5480); nothing of a key that cannot be written, which has
// convinced nobody.
func appendPublicKey(dst []byte, public crypto.PublicKey) []byte {
	p, ok := public.(*Point)
	if !ok {
		der, _ := x509.MarshalPKIXPublicKey(public)
		return append(dst, der...)
	}
	head := ""
	switch p.Curve {
	case elliptic.P256():
		head = "\x30\x59\x30\x13\x06\x07\x2a\x86\x48\xce\x3d\x02\x01\x06\x08\x2a\x86\x48\xce\x3d\x03\x01\x07\x03\x42\x00\x04"
	case elliptic.P384():
		head = "\x30\x76\x30\x10\x06\x07\x2a\x86\x48\xce\x3d\x02\x01\x06\x05\x2b\x81\x04\x00\x22\x03\x62\x00\x04"
	case elliptic.P521():
		head = "\x30\x81\x9b\x30\x10\x06\x07\x2a\x86\x48\xce\x3d\x02\x01\x06\x05\x2b\x81\x04\x00\x23\x03\x81\x86\x00\x04"
	default:
		return dst
	}
	return append(append(append(dst, head...), p.X...), p.Y...)
}
