package load

import (
	"context"
	"encoding/json"
	"net"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/valyala/fasthttp"

	"vratar/bench/corpus"
	"vratar/verifier"
)

// serve runs handler on a port of its own and returns its address.
func serve(t *testing.T, handler fasthttp.RequestHandler) string {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	s := &fasthttp.Server{Handler: handler, CloseOnShutdown: true}
	done := make(chan error, 1)
	go func() { done <- s.Serve(l) }()
	t.Cleanup(func() {
		if err := s.Shutdown(); err != nil {
			t.Error(err)
		}
		if err := <-done; err != nil {
			t.Error(err)
		}
	})
	return "http://" + l.Addr().String()
}

// patience is a timeout that only a machine out of order reaches.
const patience = 20 * time.Second

func answer(ctx *fasthttp.RequestCtx, reason string) {
	ctx.SetBodyString(`{"outcome":"x","reason":"` + reason + `","document":{"claims":{"reason":"none"}}}`)
}

func verifyTarget(t *testing.T, url string) *Verify {
	t.Helper()
	v, err := NewVerify(Gateway{URL: url, Token: "secret"}, Shows{Items: []corpus.Item{
		{Payload: []byte("a"), Expect: verifier.ReasonOK}, {Payload: []byte{0xff}, Expect: verifier.ReasonRevoked},
	}})
	if err != nil {
		t.Fatal(err)
	}
	return v
}

func mustRun(t *testing.T, p Plan, target Target) Report {
	t.Helper()
	report, err := Run(t.Context(), p, target)
	if err != nil {
		t.Fatal(err)
	}
	return report
}

func TestEveryArrivalIsAsked(t *testing.T) {
	url := serve(t, func(ctx *fasthttp.RequestCtx) {
		if string(ctx.Path()) != "/v1/verify" || string(ctx.Request.Header.Peek("Authorization")) != "Bearer secret" {
			ctx.Error("what?", 404)
			return
		}
		if string(ctx.PostBody()) == "a" {
			answer(ctx, "ok")
		} else {
			answer(ctx, "revoked")
		}
	})
	r := mustRun(t, Plan{Rate: 1000, Duration: 300 * time.Millisecond, Connections: 8, Timeout: patience}, verifyTarget(t, url))
	if r.Classes["expected"] != 300 || r.Reasons["ok"] != 150 || r.Reasons["revoked"] != 150 || r.Failed() != 0 {
		t.Errorf("report: %+v", r)
	}
	if r.AchievedRate <= 0 || r.AchievedRate > 1001 || r.Latency.P50 <= 0 || r.Latency.Max < r.Latency.P99 {
		t.Errorf("figures: %+v", r)
	}
}

// A gateway that stops for 400 ms must show in the percentiles of everybody who arrived meanwhile, not as one
// slow request.
func TestNoCoordinatedOmission(t *testing.T) {
	var n atomic.Int64
	url := serve(t, func(ctx *fasthttp.RequestCtx) {
		if n.Add(1) == 200 {
			time.Sleep(400 * time.Millisecond)
		}
		answer(ctx, "ok")
	})
	v := verifyTarget(t, url)
	v.Items = v.Items[:1]
	r := mustRun(t, Plan{Rate: 1000, Duration: time.Second, Connections: 1, Timeout: patience}, v)
	if r.Latency.P90 < 200 || r.Classes["expected"] != 1000 {
		t.Errorf("a stall of 400 ms in a second should reach the p90: %+v", r.Latency)
	}
	if r.Lag.P99 > 300 {
		t.Errorf("waiting for the gateway was blamed on the generator: %+v", r.Lag)
	}
}

func TestClasses(t *testing.T) {
	f := func(want Class, handler fasthttp.RequestHandler) {
		t.Helper()
		timeout := patience
		if want == Timeout {
			timeout = 100 * time.Millisecond
		}
		r := mustRun(t, Plan{Rate: 100, Duration: 50 * time.Millisecond, Connections: 5, Timeout: timeout},
			verifyTarget(t, serve(t, handler)))
		if r.Classes[want.String()] != 5 || r.Failed() != 5 {
			t.Errorf("classes %v, want 5 %s", r.Classes, want)
		}
	}
	f(WrongAnswer, func(ctx *fasthttp.RequestCtx) { answer(ctx, "expired") })
	f(WrongAnswer, func(ctx *fasthttp.RequestCtx) { ctx.SetBodyString("hello") })
	f(Overloaded, func(ctx *fasthttp.RequestCtx) { ctx.Error("", 503) })
	f(ClientError, func(ctx *fasthttp.RequestCtx) { ctx.Error("", 413) })
	f(ClientError, func(ctx *fasthttp.RequestCtx) { ctx.Redirect("/", 302) })
	f(ServerError, func(ctx *fasthttp.RequestCtx) { ctx.Error("", 500) })
	f(Timeout, func(ctx *fasthttp.RequestCtx) { time.Sleep(300 * time.Millisecond) })
	f(Refused, func(ctx *fasthttp.RequestCtx) {
		ctx.HijackSetNoResponse(true)
		ctx.Hijack(func(net.Conn) {})
	})
}

func TestNobodyThere(t *testing.T) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	l.Close()
	r := mustRun(t, Plan{Rate: 100, Duration: 50 * time.Millisecond, Connections: 2, Timeout: time.Second},
		verifyTarget(t, "http://"+l.Addr().String()))
	if r.Classes["refused"] != 5 {
		t.Errorf("classes: %v", r.Classes)
	}
}

// One connection that carries 10 a second cannot serve 1000 a second: what was not sent is in the report.
func TestUnsentArrivalsCount(t *testing.T) {
	v := verifyTarget(t, serve(t, func(ctx *fasthttp.RequestCtx) {
		time.Sleep(100 * time.Millisecond)
		answer(ctx, "ok")
	}))
	v.Items = v.Items[:1]
	r := mustRun(t, Plan{Rate: 1000, Duration: 200 * time.Millisecond, Connections: 1, Timeout: 200 * time.Millisecond}, v)
	if r.Classes["expected"]+r.Failed() != 200 || r.Classes["unsent"] < 150 || r.Latency.P50 < 100 {
		t.Errorf("report: %+v", r)
	}
	if len(r.Warnings) == 0 {
		t.Error("no warning")
	}
}

func TestRunStopsWhenAsked(t *testing.T) {
	v := verifyTarget(t, serve(t, func(ctx *fasthttp.RequestCtx) { answer(ctx, "ok") }))
	ctx, cancel := context.WithTimeout(t.Context(), 50*time.Millisecond)
	defer cancel()
	began := time.Now()
	if _, err := Run(ctx, Plan{Rate: 1, Duration: time.Hour, Connections: 4, Timeout: time.Second}, v); err == nil {
		t.Error("a run that was cut short did not say so")
	}
	if time.Since(began) > 5*time.Second {
		t.Error("it went on after its context had ended")
	}
}

func TestPlanFaults(t *testing.T) {
	f := func(p Plan, wants ...string) {
		t.Helper()
		err := p.Validate()
		if err == nil {
			t.Fatalf("%+v passed", p)
		}
		for _, want := range wants {
			if !strings.Contains(err.Error(), want) {
				t.Errorf("%q does not name %q", err, want)
			}
		}
	}
	f(Plan{}, "rate", "duration", "connections", "timeout")
	f(Plan{Rate: 1e9, Duration: time.Hour, Connections: 1, Timeout: 1}, "arrivals")
	f(Plan{Rate: 0.1, Duration: time.Second, Connections: 1, Timeout: 1}, "arrivals")
}

func TestReportReads(t *testing.T) {
	v := verifyTarget(t, serve(t, func(ctx *fasthttp.RequestCtx) { answer(ctx, "ok") }))
	r := mustRun(t, Plan{Rate: 500, Duration: 100 * time.Millisecond, Connections: 4, Timeout: time.Second}, v)
	var text strings.Builder
	if err := r.WriteText(&text); err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{"planned 500.0/s", "p99.9", "expected 25", "wrong_answer 25", "ok 50", "cores"} {
		if !strings.Contains(text.String(), want) {
			t.Errorf("no %q in\n%s", want, text.String())
		}
	}
	var back Report
	if b, err := json.Marshal(r); err != nil || json.Unmarshal(b, &back) != nil || back.Latency != r.Latency {
		t.Errorf("report does not survive JSON: %v", err)
	}
}
