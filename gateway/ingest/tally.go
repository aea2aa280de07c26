package ingest

import (
	"sync/atomic"
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"vratar/verifier"
)

// tally counts judgements by reason and by time. It is dealt out over shards, so that gates on different cores do not
// wait for each other at a counter; who scrapes adds them up.
type tally struct {
	verdicts, seconds *prometheus.Desc
	reasons           []string // by verifier.Reason
	shards            [tallyShards]tallyShard
}

const tallyShards = 8 // a power of two

// tallyShard is larger than a cache line by itself, but for what its neighbours begin and end with.
type tallyShard struct {
	reasons []atomic.Uint64
	within  [len(bounds) + 1]atomic.Uint64 // judgements that took longer than the bound before; not cumulative
	nanos   atomic.Uint64
	_       [64]byte
}

// bounds of the histogram: 10 µs and so on, each two and a half times the one before.
var bounds = [...]time.Duration{
	10_000, 25_000, 62_500, 156_250, 390_625, 976_562, 2_441_406, 6_103_515, 15_258_789, 38_146_972, 95_367_431, 238_418_579,
}

func newTally() *tally {
	t := &tally{
		verdicts: prometheus.NewDesc("vratar_verdicts_total", "Judgements by reason; ok is a valid credential.", []string{"reason"}, nil),
		seconds:  prometheus.NewDesc("vratar_judgement_seconds", "Time of one judgement; of judgements made together, the share of each.", nil, nil),
	}
	for _, r := range append([]verifier.Reason{verifier.ReasonNone}, verifier.Reasons()...) {
		t.reasons = append(t.reasons, r.String())
	}
	for i := range t.shards {
		t.shards[i].reasons = make([]atomic.Uint64, len(t.reasons))
	}
	return t
}

// add counts one judgement. The last digits of its time, which are as good as random, choose the shard.
func (t *tally) add(r verifier.Reason, took time.Duration) {
	s := &t.shards[(uint64(took)^uint64(took)>>3)%tallyShards]
	s.reasons[r].Add(1)
	bucket := 0
	for bucket < len(bounds) && took > bounds[bucket] {
		bucket++
	}
	s.within[bucket].Add(1)
	s.nanos.Add(uint64(max(took, 0)))
}

// Describe implements prometheus.Collector.
func (t *tally) Describe(to chan<- *prometheus.Desc) {
	to <- t.verdicts
	to <- t.seconds
}

// Collect implements prometheus.Collector. A judgement that is counted meanwhile may show in one figure and not yet in
// the other.
func (t *tally) Collect(to chan<- prometheus.Metric) {
	for r, name := range t.reasons {
		n := uint64(0)
		for i := range t.shards {
			n += t.shards[i].reasons[r].Load()
		}
		to <- prometheus.MustNewConstMetric(t.verdicts, prometheus.CounterValue, float64(n), name)
	}
	count, nanos, buckets := uint64(0), uint64(0), make(map[float64]uint64, len(bounds))
	for b := range len(bounds) + 1 {
		for i := range t.shards {
			count += t.shards[i].within[b].Load()
		}
		if b < len(bounds) {
			buckets[bounds[b].Seconds()] = count
		}
	}
	for i := range t.shards {
		nanos += t.shards[i].nanos.Load()
	}
	to <- prometheus.MustNewConstHistogram(t.seconds, count, float64(nanos)/1e9, buckets)
}
