package ingest

import (
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"vratar/cache/ledger"
	"vratar/verifier"
)

// Metrics counts what the doors did. Every label is made before it first counts, so that a rate never starts
// with a gap, and the hot path is one atomic addition with no look-up by text.
type Metrics struct {
	registerer prometheus.Registerer
	judgements *tally
	decisions  []prometheus.Counter // by ledger.Decision
	replays    prometheus.Counter
	overloaded prometheus.Counter
	scan       prometheus.Histogram
}

// NewMetrics registers the metrics of this package.
func NewMetrics(r prometheus.Registerer) *Metrics {
	decisions := prometheus.NewCounterVec(prometheus.CounterOpts{
		Name: "vratar_decisions_total", Help: "Scans by decision, repeated nonces left out.",
	}, []string{"decision"})
	m := &Metrics{
		registerer: r,
		judgements: newTally(),
		replays: prometheus.NewCounter(prometheus.CounterOpts{
			Name: "vratar_replays_total", Help: "Scans answered with what was recorded for their nonce before.",
		}),
		overloaded: prometheus.NewCounter(prometheus.CounterOpts{
			Name: "vratar_overloaded_total", Help: "Requests refused because too many were under way.",
		}),
		scan: prometheus.NewHistogram(prometheus.HistogramOpts{
			Name: "vratar_scan_seconds", Help: "Time of one scan, from judgement to durable record.",
			Buckets: prometheus.ExponentialBuckets(100e-6, 2.5, 12),
		}),
	}
	for _, d := range []ledger.Decision{ledger.Deny, ledger.Admit, ledger.Hold} {
		m.decisions = append(m.decisions, decisions.WithLabelValues(d.String()))
	}
	r.MustRegister(m.judgements, decisions, m.replays, m.overloaded, m.scan)
	return m
}

// watch shows how many slots are taken.
func (m *Metrics) watch(slots chan struct{}) {
	m.registerer.MustRegister(prometheus.NewGaugeFunc(prometheus.GaugeOpts{
		Name: "vratar_scans_in_flight", Help: "Scans and judgements under way.",
	}, func() float64 { return float64(len(slots)) }))
}

func (m *Metrics) judged(v *verifier.Verdict, elapsed time.Duration) {
	m.judgements.add(v.Reason, elapsed)
}

func (m *Metrics) decided(p *ledger.Passage, replayed bool, took time.Duration) {
	if replayed {
		m.replays.Inc()
		return
	}
	m.decisions[p.Decision].Inc()
	m.scan.Observe(took.Seconds())
}
