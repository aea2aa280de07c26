package sender

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	dto "github.com/prometheus/client_model/go"
)

// sends is a Sender that a test writes.
type sends func(ctx context.Context, m Message) error

func (s sends) Send(ctx context.Context, m Message) error { return s(ctx, m) }

// counts is what the metrics say, as "sent failed dropped".
func counts(t *testing.T, m *Metrics) string {
	t.Helper()
	var all []string
	for _, result := range []string{resultSent, resultFailed, resultDropped} {
		var one dto.Metric
		if err := m.messages.WithLabelValues("email", result).(prometheus.Metric).Write(&one); err != nil {
			t.Fatal(err)
		}
		all = append(all, fmt.Sprint(one.Counter.GetValue()))
	}
	return strings.Join(all, " ")
}

// running is a queue at work in a bubble, with its log.
func running(t *testing.T, o QueueOptions) (*Queue, *bytes.Buffer) {
	t.Helper()
	var log bytes.Buffer
	o.Channel, o.Metrics = "email", NewMetrics(prometheus.NewRegistry(), "email")
	o.Warn = slog.New(slog.NewTextHandler(&log, nil)).Warn
	q := NewQueue(o)
	ctx, cancel := context.WithCancel(t.Context())
	ended := make(chan struct{})
	go func() { q.Run(ctx); close(ended) }()
	t.Cleanup(func() { cancel(); <-ended })
	return q, &log
}

func TestQueueTriesAgain(t *testing.T) {
	f := func(want, log string, m Message, answers ...error) {
		t.Helper()
		synctest.Test(t, func(t *testing.T) {
			n := 0
			q, said := running(t, QueueOptions{Sender: sends(func(context.Context, Message) error { n++; return answers[n-1] })})
			q.Put(m)
			time.Sleep(time.Minute)
			synctest.Wait()
			if got := counts(t, q.o.Metrics); got != want || n != len(answers) {
				t.Errorf("%s after %d attempts, want %s after %d", got, n, want, len(answers))
			}
			if !strings.Contains(said.String(), log) || (log == "") != (said.Len() == 0) {
				t.Errorf("log %q, want %q", said, log)
			}
		})
	}
	away := errors.New("sender: away")
	f("1 0 0", "", Message{}, nil)
	f("1 0 0", "", Message{}, away, away, nil)
	f("0 1 0", "away", Message{}, away, away, away)
	f("0 1 0", "refused: no", Message{}, &Refused{"no"})
	f("0 1 0", "too late", Message{Expires: time.Date(1999, 1, 1, 0, 0, 0, 0, time.UTC)})
	// Bubbles begin at midnight of 2000. One second is less than the pause.
	f("0 1 0", "too late", Message{Expires: time.Date(2000, 1, 1, 0, 0, 1, 0, time.UTC)}, away)
}

// Nobody who asks for a message waits for it: what does not fit is dropped, and told.
func TestFullQueue(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		open := make(chan struct{})
		q, log := running(t, QueueOptions{Size: 2, Workers: 1, Sender: sends(func(context.Context, Message) error { <-open; return nil })})
		m := Message{To: "anna@example.kz", Text: secretCode}
		var taken []bool
		for range 4 {
			taken = append(taken, q.Put(m))
			synctest.Wait()
		}
		if fmt.Sprint(taken) != "[true true true false]" || counts(t, q.o.Metrics) != "0 0 1" {
			t.Errorf("%v, %s", taken, counts(t, q.o.Metrics))
		}
		close(open)
		synctest.Wait()
		if got := counts(t, q.o.Metrics); got != "3 0 1" {
			t.Error(got)
		}
		if text := log.String(); !strings.Contains(text, "channel=email") || strings.Contains(text, "anna") || strings.Contains(text, secretCode) {
			t.Error(text)
		}
	})
}

// A sender that does not come back ends with its attempt, and with the queue.
func TestQueueBoundsAnAttempt(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		hangs := sends(func(ctx context.Context, _ Message) error { <-ctx.Done(); return ctx.Err() })
		q, _ := running(t, QueueOptions{Sender: hangs, Timeout: time.Second, Attempts: 2})
		q.Put(Message{})
		time.Sleep(time.Minute)
		synctest.Wait()
		if got := counts(t, q.o.Metrics); got != "0 1 0" {
			t.Error(got)
		}
		q.Put(Message{}) // the test ends while it is tried
		synctest.Wait()
	})
}

func TestConsolePrints(t *testing.T) {
	var out bytes.Buffer
	if err := (Console{&out}).Send(t.Context(), Message{To: "checker@demo.example", Text: "code\n123456\n"}); err != nil || out.String() != "  To checker@demo.example: code\n  123456\n\n" {
		t.Errorf("%q, %v", out.String(), err)
	}
}

// Every language says the code, whose it is, and that nobody else is to have it; a text message fits into one part.
func TestTexts(t *testing.T) {
	warning := map[string]string{"ru": "Никому", "kk": "ешкімге", "en": "nobody", "de": "nobody"}
	for language, word := range warning {
		s := SignIn{Language: language, Name: "Vratar", Code: secretCode, Minutes: 5}
		subject, text := s.Mail()
		for _, part := range []string{secretCode, "Vratar", " 5 ", word} {
			if !strings.Contains(text, part) {
				t.Errorf("%s: no %q in %s", language, part, text)
			}
		}
		if strings.Contains(subject, secretCode) || !strings.Contains(subject, "Vratar") {
			t.Errorf("%s: subject %q", language, subject)
		}
		// 3GPP TS 23.038: 70 characters of UCS-2, 160 of Latin letters.
		short, most := s.Short(), 70
		if word == "nobody" {
			most = 160
		}
		if n := len([]rune(short)); n > most || !strings.Contains(short, secretCode) || !strings.Contains(short, word) {
			t.Errorf("%s: %d characters: %s", language, n, short)
		}
	}
	for _, language := range Languages() {
		if warning[language] == "" {
			t.Errorf("%s is not looked at", language)
		}
	}
}
