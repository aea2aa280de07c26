package ingest

import (
	"math"
	"sync"
	"testing"
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"vratar/verifier"
)

// However many count at once, nothing is lost, and every judgement is in the bucket of its time.
func TestTally(t *testing.T) {
	c := newTally()
	var all sync.WaitGroup
	for range 4 {
		all.Go(func() {
			for i := range 1000 {
				c.add(verifier.ReasonOK, time.Duration(i)*time.Microsecond)
			}
			c.add(verifier.ReasonExpired, time.Second)
			c.add(verifier.ReasonNone, -1)
		})
	}
	all.Wait()
	r := prometheus.NewRegistry()
	r.MustRegister(c)
	families, err := r.Gather()
	if err != nil || len(families) != 2 {
		t.Fatal(families, err)
	}
	h := families[0].GetMetric()[0].GetHistogram() // by name: judgement, verdicts
	want := []uint64{48, 108, 256, 632, 1568, 3912, 4004, 4004, 4004, 4004, 4004, 4004}
	if h.GetSampleCount() != 4008 || math.Abs(h.GetSampleSum()-5.998) > 1e-6 || len(h.GetBucket()) != len(want) {
		t.Fatalf("%v", h)
	}
	for i, b := range h.GetBucket() {
		if b.GetCumulativeCount() != want[i] {
			t.Errorf("up to %v: %d, want %d", b.GetUpperBound(), b.GetCumulativeCount(), want[i])
		}
	}
	counted := map[string]float64{}
	for _, m := range families[1].GetMetric() {
		counted[m.GetLabel()[0].GetValue()] = m.GetCounter().GetValue()
	}
	if len(counted) != len(verifier.Reasons())+1 || counted["ok"] != 4000 || counted["expired"] != 4 || counted["none"] != 4 {
		t.Errorf("%v", counted)
	}
}
