package gateway

import (
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"vratar/verifier/mandate"
)

// soonEnded is how long before its end a mandate is counted as one that ends soon; the page says the same.
const soonEnded = 30 * 24 * time.Hour

// mandateMetrics are figures of the mandates that are kept. They are counted together, in one walk at each look.
type mandateMetrics struct {
	gateway                           *Gateway
	byState, soon, byRegistry, oldest *prometheus.Desc
}

func newMandateMetrics(g *Gateway) *mandateMetrics {
	describe := func(name, help string, labels ...string) *prometheus.Desc {
		return prometheus.NewDesc(name, help, labels, nil)
	}
	return &mandateMetrics{
		gateway:    g,
		byState:    describe("vratar_mandates", "Mandates that are kept, by state; unproven ones were, and nobody can scan under them.", "state"),
		soon:       describe("vratar_mandates_ending", "Of the current ones, those that end within 30 days."),
		byRegistry: describe("vratar_mandates_registry", "Mandates that have not ended, by what the registry last said of them.", "answer"),
		oldest: describe("vratar_mandates_registry_age_seconds",
			"Since the oldest of these answers; beyond mandates.registry.max_age a mandate counts no longer. -1 without any."),
	}
}

// Describe implements prometheus.Collector.
func (m *mandateMetrics) Describe(to chan<- *prometheus.Desc) {
	for _, d := range []*prometheus.Desc{m.byState, m.soon, m.byRegistry, m.oldest} {
		to <- d
	}
}

// Collect implements prometheus.Collector.
func (m *mandateMetrics) Collect(to chan<- prometheus.Metric) {
	f := m.gateway.countMandates(m.gateway.moment(time.Now()))
	gauge := func(d *prometheus.Desc, value float64, labels ...string) {
		to <- prometheus.MustNewConstMetric(d, prometheus.GaugeValue, value, labels...)
	}
	for _, state := range [...]string{"current", "not_yet", "ended", "unproven"} {
		gauge(m.byState, float64(f.byState[state]), state)
	}
	gauge(m.soon, float64(f.ending))
	for _, answer := range [...]mandate.RegistryState{
		mandate.RegistryGood, mandate.RegistryRevoked, mandate.RegistryNotFound, mandate.RegistryUnavailable, mandate.RegistryNotAsked,
	} {
		gauge(m.byRegistry, float64(f.byRegistry[answer]), answer.String())
	}
	gauge(m.oldest, f.oldest)
}

// mandateFigures is what was counted at one moment.
type mandateFigures struct {
	byState    map[string]int
	ending     int
	byRegistry map[mandate.RegistryState]int
	oldest     float64 // seconds; -1: there is no answer
}

func (g *Gateway) countMandates(now time.Time) mandateFigures {
	f := mandateFigures{byState: map[string]int{}, byRegistry: map[mandate.RegistryState]int{}, oldest: -1}
	for _, e := range g.mandates.All() {
		state := stateOf(e.Claimed, now)
		if proven, _ := e.Proven(); proven == nil {
			f.byState["unproven"]++
		} else {
			f.byState[state]++
		}
		if state == "ended" {
			continue // the registry is not asked about it any more
		}
		if state == "current" && !(e.Claimed.Until + 1).Start().After(now.Add(soonEnded)) {
			f.ending++
		}
		status := g.mandates.Status(e.Number, now)
		f.byRegistry[status.State]++
		if !status.At.IsZero() {
			f.oldest = max(f.oldest, now.Sub(status.At).Seconds())
		}
	}
	return f
}
