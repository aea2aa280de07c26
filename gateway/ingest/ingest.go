// Package ingest is the way in: it takes payloads from HTTP bodies and websocket frames, has them judged, and
// for scans decided and recorded, and writes the answer.
//
// Every door leads to one path, Scanner: verifier, authority, admission, then the answer. The doors bound what they
// read (size, lines, frames, scans under way) and say so early. They keep nothing that belongs to a request
// after its handler has returned, and they log digests, never payloads.
package ingest

import (
	"context"
	"errors"
	"log/slog"
	"time"

	"vratar/cache/ledger"
	"vratar/gateway/problem"
	"vratar/verifier"
)

// Checkpoint is a place of reading, as far as scanning needs to know it. It is immutable.
type Checkpoint struct {
	ID     string
	Policy verifier.Policy // nil accepts every valid credential
	// Pinned says that people pass one way only; whatever the reader says, the direction is then Direction.
	Pinned    bool
	Direction ledger.Direction
	Demand    Demand // of a proof that whoever shows a credential is its holder
	Public    []byte // its description as a JSON object, for the greeting of a scanner
}

// Request is one scan.
type Request struct {
	Payload    []byte          // not kept
	Arena      *verifier.Arena // memory for the verdict, which then is good until it is used again; nil: its own
	Checkpoint *Checkpoint
	Direction  ledger.Direction
	Nonce      string    // the reader's name for this presentation: asked again, the answer is the same
	ScannedAt  time.Time // when the reader saw it, for codes read offline; zero: now
	Checker    string    // account or device
	Challenge  Challenge
	Mandate    string    // number of the mandate under which the checker asks; empty: as a private person
	Authority  Authority // of the checker; nil: nobody is asked in which capacity he scans
}

// Presentation is a judged scan that waits for its decision.
type Presentation struct {
	Request
	Verdict *verifier.Verdict
	Ruling  Ruling    // whether its checker may ask
	At      time.Time // our clock
}

// Admission decides.
type Admission interface {
	// Decide records the passage and returns it once a crash cannot undo that; replayed tells that an earlier
	// request with the same nonce recorded it. An error admits nobody; ledger.ErrNonceReused means that the
	// nonce stood for another scan. Once it has returned, be it for lack of time, it holds nothing of p: payload and
	// verdict are in memory that is used again, and what is recorded owns its memory.
	Decide(ctx context.Context, p Presentation) (passage ledger.Passage, replayed bool, err error)
}

// Parts is what a Scanner is made of. All but Audience and Replay are required.
type Parts struct {
	Verifier  *verifier.Verifier
	Admission Admission
	Metrics   *Metrics
	Log       *slog.Logger
	Timeout   time.Duration // how long one scan may wait for its record; afterwards the reader asks again
	InFlight  int           // scans and judgements under way at once
	// Audience is as which holders address this gateway; empty: proofs made for an audience prove nothing here.
	Audience string
	// Replay remembers the holders' proofs that were scanned, at whatever checkpoint; nil: each counts as often
	// as it is shown while it is fresh.
	Replay verifier.Replay
}

// Scanner is the one path every scan takes.
type Scanner struct {
	Parts
	slots chan struct{} // one is taken by each scan under way
}

// NewScanner puts the parts together.
func NewScanner(p Parts) *Scanner {
	s := &Scanner{Parts: p, slots: make(chan struct{}, p.InFlight)}
	s.Metrics.watch(s.slots)
	return s
}

// enter takes a slot, or says at once that there is none: a queue would only make everybody late.
func (s *Scanner) enter() *problem.Problem {
	select {
	case s.slots <- struct{}{}:
		return nil
	default:
		s.Metrics.overloaded.Inc()
		return problem.New(problem.Overloaded, "too many scans under way")
	}
}

func (s *Scanner) leave() { <-s.slots }

// Judge is the stateless half: what a credential is worth at a moment. It records nothing, so a copy of a code
// that its issuer bound to a holder's key is judged for what it says; the answer tells that nobody proved to be
// the holder.
func (s *Scanner) Judge(q Question) (verifier.Verdict, time.Duration) {
	return s.judge(s.ask(q))
}

// ask is the question as the verifier is asked it.
func (s *Scanner) ask(q Question) verifier.Scan {
	return verifier.Scan{Payload: q.Payload, At: q.At, Holder: s.demand(q.Challenge), Arena: q.Arena}
}

// askFor is a scan of what wants to pass: the proof of a holder is demanded as the checkpoint says, and counts once.
func (s *Scanner) askFor(r *Request, at time.Time) verifier.Scan {
	demand := s.demand(r.Challenge)
	demand.Required = r.Checkpoint.Demand == Required
	demand.Bound = r.Checkpoint.Demand != Optional
	demand.Replay, demand.Presentation = s.Replay, r.Checkpoint.ID+"\x00"+r.Nonce
	return verifier.Scan{Payload: r.Payload, At: at, Policy: r.Checkpoint.Policy, Holder: demand, Arena: r.Arena}
}

func (s *Scanner) judge(scan verifier.Scan) (verifier.Verdict, time.Duration) {
	start := time.Now()
	if scan.At.IsZero() {
		scan.At = start
	}
	v := s.Verifier.Verify(scan)
	elapsed := time.Since(start)
	s.Metrics.judged(&v, elapsed)
	return v, elapsed
}

// Scan judges, decides and records. The problem says that the gateway could not answer, never that the holder
// is refused; nobody may pass on it.
func (s *Scanner) Scan(ctx context.Context, r Request) (Answer, *problem.Problem) {
	if p := s.enter(); p != nil {
		return Answer{}, p
	}
	defer s.leave()
	j := s.begin(r)
	j.verdict, j.elapsed = s.judge(s.askUnder(&j.ruling, &j.Request, j.began))
	return s.decide(ctx, &j)
}

// judgement is a scan under way.
type judgement struct {
	Request
	began   time.Time
	ruling  Ruling
	verdict verifier.Verdict
	elapsed time.Duration
}

func (s *Scanner) begin(r Request) judgement {
	if r.Checkpoint.Pinned {
		r.Direction = r.Checkpoint.Direction
	}
	began := time.Now()
	return judgement{Request: r, began: began, ruling: r.rule(began)}
}

// decide decides and records what was judged.
func (s *Scanner) decide(ctx context.Context, j *judgement) (Answer, *problem.Problem) {
	ctx, cancel := context.WithTimeout(ctx, s.Timeout)
	defer cancel()
	passage, replayed, err := s.Admission.Decide(ctx, Presentation{Request: j.Request, Verdict: &j.verdict, Ruling: j.ruling, At: j.began})
	if err != nil {
		return Answer{}, s.failed(ctx, err)
	}
	if replayed {
		// The answer given then: what the code said at that moment, not what has become of it since.
		j.ruling = j.rule(passage.At)
		j.verdict, j.elapsed = s.judge(s.askUnder(&j.ruling, &j.Request, passage.At))
	}
	s.Metrics.decided(&passage, replayed, time.Since(j.began))
	s.tell(ctx, &passage, &j.verdict)
	return Answer{Verdict: j.verdict, Passage: passage, Ruling: j.ruling, Replayed: replayed, Elapsed: j.elapsed}, nil
}

func (s *Scanner) failed(ctx context.Context, err error) *problem.Problem {
	switch {
	case errors.Is(err, ledger.ErrNonceReused):
		return problem.New(problem.NonceReused, "each scan of a checkpoint has a nonce of its own: payload, direction and reader belong to it")
	case errors.Is(err, context.DeadlineExceeded) || errors.Is(err, context.Canceled):
		return problem.New(problem.Unavailable, "not recorded in time; ask again with the same nonce")
	}
	s.Log.LogAttrs(ctx, slog.LevelError, "scan failed", slog.Any("error", err))
	return problem.New(problem.Unavailable, "")
}

// tell logs what did not open a gate; admissions are counted, not told.
func (s *Scanner) tell(ctx context.Context, p *ledger.Passage, v *verifier.Verdict) {
	if p.Decision == ledger.Admit || !s.Log.Enabled(ctx, slog.LevelInfo) {
		return
	}
	attrs := []slog.Attr{
		slog.String("checkpoint", p.Checkpoint), slog.String("decision", p.Decision.String()),
		slog.String("reason", p.Reason.String()), slog.Uint64("seq", p.Seq), slog.String("payload", p.Payload),
	}
	// A cause may quote the code's content, so it is for an operator who asked for it.
	if v.Cause != nil && s.Log.Enabled(ctx, slog.LevelDebug) {
		attrs = append(attrs, slog.Any("cause", v.Cause))
	}
	s.Log.LogAttrs(ctx, slog.LevelInfo, "scan not admitted", attrs...)
}
