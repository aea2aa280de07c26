package ingest

import (
	"errors"
	"fmt"
	"time"

	"vratar/verifier"
	"vratar/verifier/cbor"
	"vratar/verifier/jose"
)

// Demand is how far a checkpoint insists that whoever shows a credential proves to be its holder. A proof that is
// shown is always checked, whatever the demand, and a wrong one refuses the credential.
type Demand uint8

// The zero value is right for gates.
const (
	Bound    Demand = iota // a credential that its issuer bound to a holder's key needs the proof
	Required               // every credential needs it
	Optional               // none does: copies of a code pass
)

// Challenge is what this holder was asked to prove, where reader and holder spoke before the code was shown. Who
// asked must have made it anew for this one presentation. It adds to what a checkpoint demands and takes nothing
// away: without one, a proof that needs it proves nothing.
type Challenge struct {
	Transcript []byte // encoded SessionTranscript (ISO/IEC 18013-5 §9.1.5.1); empty: there was no session
	Nonce      string // which the proof must repeat; empty: whatever it says
}

// Question is one judgement of which nothing is recorded.
type Question struct {
	Payload   []byte    // not kept
	At        time.Time // zero: now
	Challenge Challenge
	Arena     *verifier.Arena // memory for the verdict, which then is good until it is used again; nil: its own
}

// demand is what the verifier is to hold a proof against.
func (s *Scanner) demand(c Challenge) verifier.HolderDemand {
	return verifier.HolderDemand{Audience: s.Audience, Nonce: c.Nonce, Transcript: c.Transcript}
}

// Bounds of a challenge.
const (
	maxHolderNonce = 256
	maxTranscript  = 8 << 10 // of its text; a handover by QR or NFC takes a few hundred bytes
)

// challengeMembers are the names under which messages carry a challenge.
var challengeMembers = [...]string{"transcript", "holder_nonce"}

// challenge reads what the holder was asked, if anything.
func (m *message) challenge() Challenge {
	c := Challenge{Nonce: m.text("holder_nonce", maxHolderNonce)}
	text := m.text("transcript", maxTranscript)
	if text == "" {
		return c
	}
	var err error
	if c.Transcript, err = ParseTranscript(text); err != nil {
		m.err = fmt.Errorf(`member "transcript": %w`, err)
	}
	return c
}

// ParseTranscript reads the base64url text of an encoded SessionTranscript. That it is one CBOR array is all that is
// asked: the holder's signature is over whatever it says.
func ParseTranscript(text string) ([]byte, error) {
	encoded, err := jose.DecodeBase64URL(text)
	if err != nil {
		return nil, errors.New("not base64url without padding (RFC 4648 §5)")
	}
	if item, err := cbor.Parse(encoded); err != nil || item.Kind() != cbor.Array {
		return nil, errors.New("not an encoded SessionTranscript (ISO/IEC 18013-5 §9.1.5.1)")
	}
	return encoded, nil
}
