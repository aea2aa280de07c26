package gateway

import (
	"strconv"
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"vratar/verifier/proof"
)

// metrics are those of the server and the whole; each part has its own beside its code.
type metrics struct {
	requests       requests
	panics         prometheus.Counter
	signInFailures prometheus.Counter
	overrides      *prometheus.CounterVec // by decision and class
}

// requests counts answers by route and by class of status. Every pair exists from the start.
type requests struct {
	byRoute map[*route]*[6]prometheus.Counter
	other   *[6]prometheus.Counter // the page, unknown addresses, requests that could not be read
}

func (g *Gateway) newMetrics(r *prometheus.Registry) *metrics {
	m := &metrics{
		panics: prometheus.NewCounter(prometheus.CounterOpts{
			Name: "vratar_panics_total", Help: "Requests and connections that ended in a panic; each is a fault of ours.",
		}),
		signInFailures: prometheus.NewCounter(prometheus.CounterOpts{
			Name: "vratar_sign_in_failures_total", Help: "Sign-in codes that were not taken.",
		}),
	}
	r.MustRegister(m.panics, m.signInFailures)
	m.overrides = newOverrideMetrics(r)
	gauge := func(name, help string, read func() float64) {
		r.MustRegister(prometheus.NewGaugeFunc(prometheus.GaugeOpts{Name: name, Help: help}, read))
	}
	gauge("vratar_websockets", "Websocket connections.", func() float64 { return float64(g.sockets.Len()) })
	gauge("vratar_sessions", "Browser sessions in memory.", func() float64 { return float64(g.desk.Sessions.Len()) })
	gauge("vratar_ledger_last", "Sequence number of the newest durable passage.", func() float64 {
		return float64(g.ledger.Last())
	})
	gauge("vratar_degraded", "1 while the disk is nearly full and nobody is admitted.", func() float64 {
		return oneIf(g.store.Degraded())
	})
	gauge("vratar_unsafe_options", "Settings in force that weaken what the gateway promises.", func() float64 {
		return float64(len(g.unsafe()))
	})
	if g.preparer != nil {
		gauge("vratar_prepared_keys", "Trusted keys with tables.", func() float64 { return float64(g.preparer.Stats().Keys) })
		gauge("vratar_prepared_keys_bytes", "Memory of the tables.", func() float64 { return float64(g.preparer.Stats().Bytes) })
	}
	gauge("vratar_signature_alarms", "How often prepared keys and the library differed; anything but 0 is a fault of ours or of the machine.",
		func() float64 { return float64(proof.Alarms()) })
	countPaths(r)
	gauge("vratar_lists_awaited", "Status lists that were never loaded, or not whole; codes that they may speak for are held.",
		func() float64 { return g.awaitedLists() })
	if g.mandates != nil {
		r.MustRegister(newMandateMetrics(g))
	}
	for _, m := range storedMetrics() {
		gauge(m.name, m.help, func() float64 { return g.ofStored(m.value) })
	}
	for _, kind := range [...]string{"trust", "status"} {
		r.MustRegister(prometheus.NewGaugeFunc(prometheus.GaugeOpts{
			Name: "vratar_list_age_seconds", Help: "Since the oldest list of a kind was last confirmed; -1 without lists.",
			ConstLabels: prometheus.Labels{"kind": kind},
		}, func() float64 { return g.listAge(kind) }))
	}
	return m
}

// countPaths counts the signatures of prepared keys that were the library's all the same.
func countPaths(r *prometheus.Registry) {
	for i, p := range proof.Paths() {
		count := func(why string, read func(proof.Path) uint64) {
			r.MustRegister(prometheus.NewCounterFunc(prometheus.CounterOpts{
				Name:        "vratar_signatures_by_library_total",
				Help:        "Signatures of prepared keys that the library verified: refused and sampled ones again, those of keys whose signatures are mostly wrong (spared) at once.",
				ConstLabels: prometheus.Labels{"keys": p.Keys, "why": why},
			}, func() float64 { return float64(read(proof.Paths()[i])) }))
		}
		count("refused", func(p proof.Path) uint64 { return p.Refusals })
		count("sampled", func(p proof.Path) uint64 { return p.Samples })
		count("spared", func(p proof.Path) uint64 { return p.Spared })
	}
}

func (g *Gateway) listAge(kind string) float64 {
	age := -1.0
	for _, s := range g.lists.Sources() {
		if s.Kind == kind && s.Format != "" {
			age = max(age, time.Since(s.CheckedAt).Seconds())
		}
	}
	return age
}

func (g *Gateway) awaitedLists() float64 {
	n := 0.0
	for _, s := range g.lists.Sources() {
		n += oneIf(s.Awaited)
	}
	return n
}

func oneIf(b bool) float64 {
	if b {
		return 1
	}
	return 0
}

func newRequests(r prometheus.Registerer, routes table) requests {
	vec := prometheus.NewCounterVec(prometheus.CounterOpts{
		Name: "vratar_http_requests_total", Help: "Answers by route and class of status; websockets count at their start.",
	}, []string{"route", "status"})
	r.MustRegister(vec)
	classes := func(name string) *[6]prometheus.Counter {
		var c [6]prometheus.Counter
		for i := 1; i < len(c); i++ {
			c[i] = vec.WithLabelValues(name, strconv.Itoa(i)+"xx")
		}
		return &c
	}
	all := requests{byRoute: map[*route]*[6]prometheus.Counter{}, other: classes("other")}
	for _, same := range routes {
		for _, route := range same {
			all.byRoute[route] = classes(route.method + " " + route.path)
		}
	}
	return all
}

func (r *requests) count(served *route, status int) {
	counters := r.other
	if served != nil {
		counters = r.byRoute[served]
	}
	counters[min(max(status/100, 1), 5)].Inc()
}
