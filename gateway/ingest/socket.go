package ingest

import (
	"time"

	"github.com/valyala/fasthttp"

	"vratar/gateway/problem"
	"vratar/gateway/websocket"
)

// maxPending is how many scans of one connection may wait for their answers. Beyond it the connection is not
// read, so a reader that floods slows down itself.
const maxPending = 16

// Socket serves GET /v1/scanner?checkpoint=ID&direction=entry&mandate=NUMBER: scans come up as frames, decisions go down in
// the order of the scans.
func (d *Doors) Socket(ctx *fasthttp.RequestCtx, who Caller) *problem.Problem {
	query := ctx.QueryArgs()
	s := &session{doors: d, who: who}
	mandate, ok := CanonicalMandate(string(query.Peek("mandate")))
	if !ok {
		return problem.New(problem.Unprocessable, `"mandate": not the number of a mandate, a GUID`)
	}
	s.place = place{string(query.Peek("checkpoint")), string(query.Peek("direction")), mandate}
	checkpoint, _, p := d.place(s.place, who)
	if p != nil {
		return p
	}
	s.checkpoint = checkpoint
	return d.Sockets.Accept(ctx, websocket.Door{MaxMessage: int64(d.MaxBody), Alive: who.Alive, Serve: s.serve})
}

// session is one open scanner.
type session struct {
	doors      *Doors
	who        Caller
	place      place // where frames belong that do not say
	checkpoint *Checkpoint
	waiting    lineup
}

// serve reads frames. Each is answered into a slot of a queue, which one writer empties in order.
func (s *session) serve(c *websocket.Conn) {
	queue := make(chan chan []byte, maxPending)
	defer close(queue)
	c.Go(func() { write(c, queue) })
	hello := make(chan []byte, 1)
	hello <- s.hello()
	queue <- hello
	for {
		text, err := c.Read()
		if err != nil {
			return
		}
		if !s.who.Alive() {
			c.Close(websocket.CloseSessionEnded, "the session has ended")
			return
		}
		slot := make(chan []byte, 1)
		chosen, done := s.choose(text)
		standing := s.place
		select {
		case queue <- slot:
			if done {
				slot <- chosen
				continue
			}
			if s.waiting.join(frame{text, standing, slot}) {
				c.Go(func() { s.work(c) })
			}
		case <-c.Closed():
			return
		}
	}
}

// write sends the answers in the order of their slots.
func write(c *websocket.Conn, queue <-chan chan []byte) {
	for slot := range queue {
		select {
		case frame := <-slot:
			if err := c.Write(frame); err != nil {
				c.Close(websocket.CloseTooSlow, "the answers are not read")
				return
			}
		case <-c.Closed():
			return
		}
	}
}

func (s *session) hello() []byte {
	b := append([]byte(`{"type":"hello","checkpoint":`), s.checkpoint.Public...)
	b = appendTime(b, `,"server_time":"`, time.Now())
	b = append(b, `,"lists":`...)
	b = append(b, s.doors.Greeting()...)
	ruling := s.ruling()
	return append(ruling.appendReport(b), '}')
}
