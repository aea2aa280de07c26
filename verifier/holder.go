package verifier

import (
	"crypto"
	"time"
)

// DefaultProofAge is how old a holder's proof may be where the Verifier sets no bound of its own.
const DefaultProofAge = 30 * time.Second

// HolderProof is what a presentation carries to show that its bearer holds the key that the issuer wrote into
// the credential. A format reads it; whether it convinces is judged here, anew for every scan.
type HolderProof struct {
	Key      crypto.PublicKey // the holder's key as the credential names it, may be a *Point; nil: none that is supported
	Proof    Proof            // the holder's signature; KeyID and Chain play no part
	IssuedAt time.Time        // when it was made, by the holder's clock; zero is too old
	Audience string           // whom it was made for; empty: not stated
	Nonce    string           // which question it answers; empty: none
	// Session builds the bytes under the signature, in room as far as they fit, from Parts and the transcript of the
	// session that the holder answers in; nil: Proof.Signed holds them. A transcript is fresh and names whom it is
	// for, so IssuedAt, Audience and Nonce play no part beside it.
	Session func(room []byte, p *HolderProof, transcript []byte) []byte `json:"-"`
	Parts   [2][]byte                                                   // what the holder signed beside the session
	// Unseen tells why a proof that may be genuine can be checked by nobody here; empty: it can. Nothing else of it
	// is looked at.
	Unseen string
	// Fault tells why a proof that could be read belongs to another presentation or says too little; nil
	// when it fits.
	Fault error
}

// HolderDemand is what a scan expects of the holder's proof. The zero value expects nothing: a proof that is
// there is still checked, and one that fails refuses the credential.
//
// Whether a proof is needed is the relying party's setting and never follows from what was sent (RFC 9901
// §7.3): else leaving the proof away would be the way round it.
//
// A credential that its issuer bound to a key and that is shown without proof is genuine, and all the same may
// be a copy: the verdict is valid and says that the holder is not established. What opens a gate should set
// Bound. That does follow from what was sent, but from the part that the issuer signed.
type HolderDemand struct {
	Required bool // refuse a credential without proof
	Bound    bool // refuse a credential without proof where its issuer bound it to a holder's key
	// Audience is as which the holder addresses this verifier; empty: proofs made for an audience prove nothing
	// here. A proof that names none is for whoever reads it; a format that has no such proofs says Fault.
	Audience string
	Nonce    string // the question that was put to this holder; empty: none was
	// Transcript is the session that the holder answers in, for proofs over one (ISO/IEC 18013-5 §9.1.5.1:
	// the encoded SessionTranscript array); empty: a code without session.
	Transcript []byte
	// Replay remembers the proofs that were shown, so that each counts once; nil: it counts as often as it is
	// shown while it is fresh, as is right for a judgement that opens nothing.
	Replay Replay
	// Presentation names this presentation to Replay. Asked again under the same name the answer is the same;
	// empty: asking again is showing again.
	Presentation string
}

// checkHolder judges the proof of possession.
func (v *Verifier) checkHolder(out *Verdict, s *Scan) {
	p := out.Credential.HolderProof
	if p == nil {
		out.NotEstablished |= HolderBinding
		if s.Holder.Required || (s.Holder.Bound && out.Credential.Bound) {
			out.refuseHolder(ReasonHolderProofMissing, "the presentation proves possession of no key")
		} else if out.Credential.Bound {
			out.Checks[CheckHolder].Detail = "bound to a holder's key, and shown without proof of it"
		}
		return
	}
	if p.Unseen != "" {
		out.unbound(s, p.Unseen)
		return
	}
	if p.Session != nil && len(s.Holder.Transcript) == 0 {
		out.unbound(s, "the proof is for a session, and none is known here")
		return
	}
	reason, detail := v.judgeProof(p, s)
	switch {
	case reason != ReasonOK:
		out.NotEstablished |= HolderBinding
		out.refuseHolder(reason, detail)
	case p.Session == nil && p.Audience != "" && s.Holder.Audience == "":
		// It may have been made for somebody else, who now passes it on.
		out.unbound(s, "the proof is for an audience, and none is set here")
	default:
		out.Checks[CheckHolder].Result = Pass
	}
}

// unbound records a proof that may be right but says nothing here.
func (out *Verdict) unbound(s *Scan, detail string) {
	out.NotEstablished |= HolderBinding
	out.Checks[CheckHolder].Detail = detail
	if s.Holder.Required || (s.Holder.Bound && out.Credential.Bound) {
		out.refuseHolder(ReasonHolderProofInvalid, detail)
	}
}

// judgeProof asks what costs least first, the signature last.
func (v *Verifier) judgeProof(p *HolderProof, s *Scan) (Reason, string) {
	if p.Session != nil {
		return v.judgeSession(p, s)
	}
	switch {
	case p.Fault != nil:
		return ReasonHolderProofInvalid, "the proof belongs to another presentation or is incomplete"
	case p.Key == nil:
		return ReasonHolderProofInvalid, "the credential names no holder's key that is supported"
	case p.Audience != "" && s.Holder.Audience != "" && p.Audience != s.Holder.Audience:
		return ReasonHolderProofInvalid, "the proof is for another audience"
	case s.Holder.Nonce != "" && p.Nonce != s.Holder.Nonce:
		return ReasonHolderProofInvalid, "the proof answers another question"
	case !v.Checker.Check(s.Arena.forCheck(p.Key), &p.Proof):
		return ReasonHolderProofInvalid, "the holder's signature is wrong"
	case s.At.Sub(p.IssuedAt) > v.proofAge():
		return ReasonHolderProofStale, "the proof is too old"
	case p.IssuedAt.Sub(s.At) > v.Skew:
		return ReasonHolderProofStale, "the proof is dated ahead"
	}
	return ReasonOK, ""
}

// judgeSession judges a proof over the transcript of a session.
func (v *Verifier) judgeSession(p *HolderProof, s *Scan) (Reason, string) {
	over := s.Arena.overSession(p, s.Holder.Transcript)
	switch {
	case p.Fault != nil:
		return ReasonHolderProofInvalid, "the proof belongs to another presentation or is incomplete"
	case p.Key == nil:
		return ReasonHolderProofInvalid, "the credential names no holder's key that is supported"
	case !v.Checker.Check(s.Arena.forCheck(p.Key), over):
		return ReasonHolderProofInvalid, "the holder's signature is wrong"
	}
	return ReasonOK, ""
}

func (out *Verdict) refuseHolder(reason Reason, detail string) {
	out.Checks[CheckHolder] = CheckResult{Result: Fail, Detail: detail}
	out.refuse(Invalid, StageHolder, reason)
}
