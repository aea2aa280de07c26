package ingest

import (
	"errors"
	"sync"
	"time"

	"vratar/gateway/problem"
	"vratar/gateway/websocket"
	"vratar/verifier"
	"vratar/verifier/jsontext"
)

// frame is a message of a scanner that waits for its answer.
type frame struct {
	text     []byte
	standing place // where its scanner stood when it was read
	slot     chan<- []byte
}

// lineup is the frames of one connection that were read and not looked at yet. Whoever finds nobody at work goes to
// work, and takes all that has come meanwhile: a lone frame waits for nothing, frames that come fast are judged
// together.
type lineup struct {
	mu     sync.Mutex // guards what follows
	frames []frame    // at most maxPending, since each has a slot of its connection's queue
	busy   bool
}

// join adds a frame, and tells whether somebody must go to work.
func (l *lineup) join(f frame) bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.frames = append(l.frames, f)
	idle := !l.busy
	l.busy = true
	return idle
}

// take is all frames that wait. Where there is none the work is over.
func (l *lineup) take() []frame {
	l.mu.Lock()
	defer l.mu.Unlock()
	frames := l.frames
	l.frames, l.busy = nil, len(frames) > 0
	return frames
}

// work answers frames until none waits.
func (s *session) work(c *websocket.Conn) {
	for frames := s.waiting.take(); len(frames) > 0; frames = s.waiting.take() {
		s.answer(c, frames)
	}
}

// answer judges the scans among the frames together; each is then decided and recorded by itself, because that waits
// for the disk.
func (s *session) answer(c *websocket.Conn, frames []frame) {
	scanner := s.doors.Scanner
	var scans []scan
	handed := 0
	defer func() { // a panic ends the connection; its scans are not under way any more
		for range scans[handed:] {
			scanner.leave()
		}
	}()
	for _, f := range frames {
		r, ref, answer := s.read(f)
		if answer != nil {
			f.slot <- answer
			continue
		}
		if p := scanner.enter(); p != nil {
			f.slot <- problemFrame(ref, p)
			continue
		}
		room := s.doors.room()
		r.Arena = &room.arena
		scans = append(scans, scan{room: room, ref: ref, slot: f.slot}) // it is under way, whatever begin does
		scans[len(scans)-1].judgement = scanner.begin(r)
	}
	scanner.judgeAll(scans)
	for i := range scans {
		c.Go(func() { s.decide(&scans[i]) })
		handed++
	}
}

// scan is a frame that asks for a passage.
type scan struct {
	judgement
	room *room // for its verdict; a panic takes it along
	ref  string
	slot chan<- []byte
}

// judgeAll judges scans that wait at the same moment.
func (s *Scanner) judgeAll(scans []scan) {
	if len(scans) == 0 {
		return
	}
	asked, verdicts := make([]verifier.Scan, len(scans)), make([]verifier.Verdict, len(scans))
	for i := range scans {
		asked[i] = s.askUnder(&scans[i].ruling, &scans[i].Request, scans[i].began)
	}
	start := time.Now()
	s.Verifier.VerifyAll(asked, verdicts)
	each := time.Since(start) / time.Duration(len(scans))
	for i := range scans {
		scans[i].verdict, scans[i].elapsed = verdicts[i], each
		s.Metrics.judged(&verdicts[i], each)
	}
}

// decide answers a scan that was judged.
func (s *session) decide(scan *scan) {
	defer s.doors.Scanner.leave()
	answer, p := s.doors.Scanner.decide(s.doors.Context, &scan.judgement)
	var b []byte
	if p != nil {
		b = problemFrame(scan.ref, p)
	} else {
		b = jsontext.AppendString([]byte(`{"type":"decision","ref":`), scan.ref)
		b = append(answer.AppendJSON(append(b, `,"answer":`...)), '}')
	}
	s.doors.rooms.Put(scan.room)
	scan.slot <- b
}

// read takes a frame apart. answer is nil for a scan, which r holds; else it is the whole answer.
func (s *session) read(f frame) (r Request, ref string, answer []byte) {
	m := parseMessage(f.text, "type", "ref", "payload", "payload_b64", "symbology", "nonce", "checkpoint", "direction", "scanned_at", "mandate")
	ref = m.text("ref", maxRef)
	var p *problem.Problem
	switch kind := m.text("type", 16); {
	case m.err != nil:
	case kind == "ping":
		return r, ref, []byte(`{"type":"pong"}`)
	case kind == "scan":
		m.text("symbology", 8) // what the camera calls it; the bytes alone decide
		if r, p = s.doors.request(&m, s.who, f.standing); p == nil && m.err == nil {
			return r, ref, nil
		}
	default:
		m.err = errors.New(`member "type": scan, capacity or ping`)
	}
	if p == nil {
		p = m.problem()
	}
	return r, ref, problemFrame(ref, p)
}
