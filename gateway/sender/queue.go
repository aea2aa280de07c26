package sender

import (
	"cmp"
	"context"
	"errors"
	"log/slog"
	"sync"
	"time"

	"github.com/prometheus/client_golang/prometheus"
)

// QueueOptions say how messages wait. Zero values get the defaults named here.
type QueueOptions struct {
	Sender   Sender
	Channel  string        // email, sms or console: label of the metric and word of the log
	Size     int           // messages that wait at most. Default 256
	Workers  int           // messages under way at once. Default 4
	Attempts int           // for one message. Default 3
	Pause    time.Duration // before the second attempt; it doubles for each further one. Default 2 s
	Timeout  time.Duration // of one attempt. Default 20 s
	Metrics  *Metrics
	Warn     func(message string, attrs ...any) // is told of what was not sent; nil: nobody
}

// Queue holds the messages that wait for one sender. It is bounded: what does not fit is dropped and counted.
type Queue struct {
	o       QueueOptions
	waiting chan Message
}

// NewQueue makes a queue. Nothing is sent before Run.
func NewQueue(o QueueOptions) *Queue {
	o.Size, o.Workers, o.Attempts = cmp.Or(o.Size, 256), cmp.Or(o.Workers, 4), cmp.Or(o.Attempts, 3)
	o.Pause, o.Timeout = cmp.Or(o.Pause, 2*time.Second), cmp.Or(o.Timeout, 20*time.Second)
	if o.Warn == nil {
		o.Warn = func(string, ...any) {}
	}
	return &Queue{o: o, waiting: make(chan Message, o.Size)}
}

// Put adds a message and returns at once. It reports whether there was room.
func (q *Queue) Put(m Message) bool {
	select {
	case q.waiting <- m:
		return true
	default:
		q.o.Metrics.count(q.o.Channel, resultDropped)
		q.o.Warn("a message was dropped, because too many wait", slog.String("channel", q.o.Channel))
		return false
	}
}

// Run sends what waits until ctx ends; what waits then is lost.
func (q *Queue) Run(ctx context.Context) {
	var workers sync.WaitGroup
	for range q.o.Workers {
		workers.Go(func() { q.work(ctx) })
	}
	workers.Wait()
}

func (q *Queue) work(ctx context.Context) {
	for {
		select {
		case <-ctx.Done():
			return
		case m := <-q.waiting:
			q.send(ctx, m)
		}
	}
}

// errLate: the message was not sent while it was worth anything.
var errLate = errors.New("sender: too late")

// send tries until the message is taken, refused, worthless, or was tried often enough.
func (q *Queue) send(ctx context.Context, m Message) {
	err := q.try(ctx, m)
	for attempt := 1; err != nil && attempt < q.o.Attempts && !final(err); attempt++ {
		select {
		case <-ctx.Done():
		case <-time.After(q.o.Pause << (attempt - 1)):
		}
		if ctx.Err() != nil {
			break
		}
		err = q.try(ctx, m)
	}
	if err == nil {
		q.o.Metrics.count(q.o.Channel, resultSent)
		return
	}
	q.o.Metrics.count(q.o.Channel, resultFailed)
	q.o.Warn("a message was not sent", slog.String("channel", q.o.Channel), slog.Any("error", err))
}

func final(err error) bool {
	var refused *Refused
	return errors.As(err, &refused) || errors.Is(err, errLate)
}

func (q *Queue) try(ctx context.Context, m Message) error {
	ctx, cancel := context.WithTimeout(ctx, q.o.Timeout)
	defer cancel()
	if !m.Expires.IsZero() {
		if !time.Now().Before(m.Expires) {
			return errLate
		}
		var stop context.CancelFunc
		ctx, stop = context.WithDeadline(ctx, m.Expires)
		defer stop()
	}
	return q.o.Sender.Send(ctx, m)
}

// Metrics count what became of messages. A nil *Metrics counts nothing.
type Metrics struct{ messages *prometheus.CounterVec }

// What became of a message.
const (
	resultSent    = "sent"
	resultFailed  = "failed"
	resultDropped = "dropped"
)

// NewMetrics registers the counters for these channels; every one exists from the start.
func NewMetrics(r prometheus.Registerer, channels ...string) *Metrics {
	m := &Metrics{prometheus.NewCounterVec(prometheus.CounterOpts{
		Name: "vratar_messages_total",
		Help: "Messages with sign-in codes: sent, failed after all attempts, dropped because too many waited.",
	}, []string{"channel", "result"})}
	r.MustRegister(m.messages)
	for _, channel := range channels {
		for _, result := range []string{resultSent, resultFailed, resultDropped} {
			m.messages.WithLabelValues(channel, result)
		}
	}
	return m
}

func (m *Metrics) count(channel, result string) {
	if m != nil {
		m.messages.WithLabelValues(channel, result).Inc()
	}
}
