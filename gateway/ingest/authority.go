package ingest

import (
	"bytes"
	"encoding/hex"
	"errors"
	"strings"
	"time"

	"vratar/cache/ledger"
	"vratar/gateway/problem"
	"vratar/verifier"
	"vratar/verifier/jsontext"
)

// Authority says whether one signed-in caller may ask, in the capacity that he names.
type Authority interface {
	// Rule answers for one scan: at a checkpoint, for the organisation whose mandate has this number (empty: as a
	// private person), at a moment. It runs on every scan and must not wait.
	Rule(checkpoint, mandate string, at time.Time) Ruling
}

// Ruling is the answer of an Authority. The zero value is that of a gateway that asks nobody in which capacity
// he scans.
type Ruling struct {
	Capacity     ledger.Capacity
	Organisation string // for which the caller asks; empty: for none, or for one that nothing is known of
	// Refusal is why he may not ask; ReasonNone: he may. Hold leaves the refusal to the person at the gate.
	Refusal verifier.Reason
	Hold    bool
	Report  []byte   // what was checked, one JSON object for the member "authority"; nil: nothing was
	Sees    *Profile // what of a document he is shown; nil: all of it
}

// refuses reports whether the caller may not ask.
func (r *Ruling) refuses() bool { return r.Refusal != verifier.ReasonNone }

// rule asks the request's authority, if it has one.
func (r *Request) rule(at time.Time) Ruling {
	if r.Authority == nil {
		return Ruling{}
	}
	return r.Authority.Rule(r.Checkpoint.ID, r.Mandate, at)
}

// askUnder is a scan under its ruling. Where the caller may not ask, the holder's proof is not used up: he can be asked
// again at once by somebody who may.
func (s *Scanner) askUnder(ruling *Ruling, r *Request, at time.Time) verifier.Scan {
	if ruling.refuses() {
		return s.ask(Question{Payload: r.Payload, At: at, Challenge: r.Challenge, Arena: r.Arena})
	}
	return s.askFor(r, at)
}

// disclose takes out of a verdict what the caller is not shown: everything, where the passage was refused because he
// may not ask, or where he may not ask again; else what the profile does not name. That a code is none at all says
// nothing about anybody, so it stays.
func (r *Ruling) disclose(v *verifier.Verdict, p *ledger.Passage) {
	switch {
	case p.Stage == verifier.StageDecode.String():
	case r.refuses() || p.Stage == verifier.StageAuthority.String():
		*v = verifier.Verdict{}
	case r.Sees != nil:
		r.Sees.Reduce(v)
	}
}

// appendReport appends the member "authority", if there is one.
func (r *Ruling) appendReport(dst []byte) []byte {
	if r.Report == nil {
		return dst
	}
	return append(append(dst, `,"authority":`...), r.Report...)
}

// mandateLength is that of a mandate's number, a GUID as text.
const mandateLength = 36

// mandate is the member "mandate" in lower case; empty when it is absent or empty.
func (m *message) mandate() string {
	number, ok := CanonicalMandate(m.text("mandate", mandateLength))
	if !ok && m.err == nil {
		m.err = errors.New(`member "mandate": not the number of a mandate, a GUID`)
	}
	return number
}

// CanonicalMandate is a mandate's number as it is kept: a GUID of 36 characters in lower case. The empty text, which
// names none, is canonical.
func CanonicalMandate(text string) (number string, ok bool) {
	if text == "" {
		return "", true
	}
	groups := strings.Split(text, "-")
	if len(text) != mandateLength || len(groups) != 5 {
		return "", false
	}
	for i, length := range [...]int{8, 4, 4, 4, 12} {
		if _, err := hex.DecodeString(groups[i]); err != nil || len(groups[i]) != length {
			return "", false
		}
	}
	return strings.ToLower(text), true
}

// capacityWord is what a frame holds that changes the capacity; frames without it need no second look.
var capacityWord = []byte(`"capacity"`)

// choose carries out a frame that changes the capacity of a scanner, before the next frame is read: what is scanned
// after it is scanned in the new one. done is false for every other frame.
func (s *session) choose(text []byte) (answer []byte, done bool) {
	if !bytes.Contains(text, capacityWord) {
		return nil, false
	}
	m := parseMessage(text, "type", "ref", "mandate")
	if m.err != nil && m.garbled || m.text("type", 16) != "capacity" {
		return nil, false
	}
	ref, mandate := m.text("ref", maxRef), m.mandate()
	if p := m.problem(); p != nil {
		return problemFrame(ref, p), true
	}
	s.place.mandate = mandate
	b := jsontext.AppendString([]byte(`{"type":"capacity","ref":`), ref)
	ruling := s.ruling()
	return append(ruling.appendReport(b), '}'), true
}

// ruling is what a scan would get now.
func (s *session) ruling() Ruling {
	r := Request{Authority: s.who.Authority, Checkpoint: s.checkpoint, Mandate: s.place.mandate}
	return r.rule(time.Now())
}

func problemFrame(ref string, p *problem.Problem) []byte {
	b := jsontext.AppendString([]byte(`{"type":"problem","ref":`), ref)
	return append(p.AppendJSON(append(b, `,"problem":`...)), '}')
}
