// Package telemetry is how a running gateway tells how it fares: structured logs, metrics, health.
//
// Each package counts its own matters; this one hands out the registry and writes it down. Labels and log
// attributes come from closed lists only: no payload, no holder data, no text a client chose. It speaks no
// HTTP; the server puts what is written here behind /metrics, /healthz and /readyz.
package telemetry

import (
	"io"
	"log/slog"
	"runtime/debug"
	"sync"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/collectors"
	"github.com/prometheus/common/expfmt"
)

// NewLogger writes one line a record to w: JSON for machines, else key=value for people.
func NewLogger(w io.Writer, level slog.Leveler, json bool) *slog.Logger {
	o := &slog.HandlerOptions{Level: level}
	if json {
		return slog.New(slog.NewJSONHandler(w, o))
	}
	return slog.New(slog.NewTextHandler(w, o))
}

// NewRegistry makes a registry that already tells about the process, the Go runtime and the build.
func NewRegistry() *prometheus.Registry {
	r := prometheus.NewRegistry()
	version := "unknown"
	if b, ok := debug.ReadBuildInfo(); ok {
		version = b.Main.Version
	}
	build := prometheus.NewGauge(prometheus.GaugeOpts{
		Name: "vratar_build_info", Help: "Always 1; the label tells the version.",
		ConstLabels: prometheus.Labels{"version": version},
	})
	build.Set(1)
	r.MustRegister(build, collectors.NewGoCollector(), collectors.NewProcessCollector(collectors.ProcessCollectorOpts{}))
	return r
}

// MetricsContentType is the media type of what WriteMetrics writes.
func MetricsContentType() string { return string(expfmt.NewFormat(expfmt.TypeTextPlain)) }

// WriteMetrics writes everything registered in the Prometheus text format. An error means that a collector
// failed or w did; what could be gathered was written.
func WriteMetrics(w io.Writer, g prometheus.Gatherer) error {
	families, gatherErr := g.Gather()
	enc := expfmt.NewEncoder(w, expfmt.NewFormat(expfmt.TypeTextPlain))
	for _, f := range families {
		if err := enc.Encode(f); err != nil {
			return err
		}
	}
	return gatherErr
}

// Throttle lets a warning through once in a while and counts what it hid, so that an attack fills no disk. It
// may be used from any goroutine.
type Throttle struct {
	log   *slog.Logger
	every time.Duration

	mu   sync.Mutex
	seen map[string]*hushed // guarded by mu; by message, which is always a constant of ours
}

type hushed struct {
	last   time.Time
	hidden int
}

// NewThrottle passes each message to log at most once in every.
func NewThrottle(log *slog.Logger, every time.Duration) *Throttle {
	return &Throttle{log: log, every: every, seen: map[string]*hushed{}}
}

// Warn logs message unless the same one was logged lately. message must be a constant: one is remembered for
// each.
func (t *Throttle) Warn(message string, attrs ...any) {
	t.mu.Lock()
	h := t.seen[message]
	if h == nil {
		h = &hushed{}
		t.seen[message] = h
	}
	now := time.Now()
	if !h.last.IsZero() && now.Sub(h.last) < t.every {
		h.hidden++
		t.mu.Unlock()
		return
	}
	hidden := h.hidden
	h.last, h.hidden = now, 0
	t.mu.Unlock()
	if hidden > 0 {
		attrs = append(attrs, slog.Int("hidden", hidden))
	}
	t.log.Warn(message, attrs...)
}
