package refresh

import (
	"fmt"
	"math/rand/v2"
	"net/http"
	"net/http/httptest"
	"runtime"
	"runtime/metrics"
	"strconv"
	"sync/atomic"
	"testing"
	"time"

	"vratar/verifier"
	"vratar/verifier/issuing"
	"vratar/verifier/proof"
)

// nation is how many documents one list speaks for.
const nation = 55_000_000

// bigLists is the same list twice, published one after the other: one document in so many is revoked.
func bigLists(b *testing.B, oneIn uint64) (key *issuing.Key, tokens [2][]byte) {
	b.Helper()
	random := rand.New(rand.NewChaCha8([32]byte{byte(oneIn)}))
	key, err := issuing.NewKey(verifier.ES256, rand.NewChaCha8([32]byte{1}))
	if err != nil {
		b.Fatal(err)
	}
	l := issuing.StatusList{URI: listURI, Issuer: "demo", Bits: 1, Size: nation, Values: map[uint64]byte{}}
	for range nation / oneIn {
		l.Values[random.Uint64N(nation)] = 1
	}
	for i := range tokens {
		l.IssuedAt = time.Now().Add(time.Duration(i-2) * time.Hour)
		if tokens[i], err = issuing.StatusListJWT(key, l); err != nil {
			b.Fatal(err)
		}
	}
	return key, tokens
}

// BenchmarkSwapNation is one refresh of a status list of 55,000,000 documents, from the request to the swapped
// pointer, while one goroutine goes on looking documents up. It reports, for the quiet time before and for the
// time of the refreshes: look-ups a second, the longest pause between two of them, and the 99.99th percentile of
// a look-up; and the most memory of the heap, above what is held anyway.
//
// On a machine with few cores the refresh takes its share of them: what must not be seen are look-ups that wait
// for it.
func BenchmarkSwapNation(b *testing.B) {
	for _, oneIn := range []uint64{1000, 10} {
		b.Run(fmt.Sprintf("revoked=1in%d", oneIn), func(b *testing.B) { benchmarkSwap(b, oneIn) })
	}
}

func benchmarkSwap(b *testing.B, oneIn uint64) {
	key, tokens := bigLists(b, oneIn)
	var edition atomic.Uint32
	served := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		token := tokens[edition.Load()]
		w.Header().Set("Content-Length", strconv.Itoa(len(token)))
		_, _ = w.Write(token)
	}))
	defer served.Close()
	trusted, err := issuing.TrustList(issuing.TrustedIssuer{ID: "demo", Keys: []*issuing.Key{key}})
	if err != nil {
		b.Fatal(err)
	}
	believed := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { _, _ = w.Write(trusted) }))
	defer believed.Close()
	lists := func(url string) Lists {
		return Lists{URLs: []string{url}, Every: time.Hour, Timeout: time.Minute, MaxSize: 64 << 20}
	}
	r, err := New(Config{Trust: lists(believed.URL), Status: lists(served.URL), Checker: proof.Checker{}})
	if err != nil || !r.look(b.Context(), r.sources[0]) || !r.look(b.Context(), r.sources[1]) {
		b.Fatal(err, r.Sources())
	}
	runtime.GC()

	quiet := startWatch(r)
	time.Sleep(time.Second)
	quiet.stop()

	heap := startHeapWatch()
	swapping := startWatch(r)
	edition.Store(1)
	for b.Loop() {
		if !r.look(b.Context(), r.sources[1]) {
			b.Fatal(r.Sources())
		}
	}
	b.StopTimer()
	swapping.stop().report(b, "swap") // after the loop, which forgets what was reported before
	quiet.report(b, "quiet")
	b.ReportMetric(heap.stop(), "peak-MiB")
	b.ReportMetric(float64(len(tokens[0]))/(1<<20), "sent-MiB")
}

// watch looks documents up one after the other and counts how long each took.
type watch struct {
	ended   chan struct{}
	done    atomic.Bool
	took    [1 << 16]int // by nanoseconds; the last for all that took longer
	n       int
	longest time.Duration
	whole   time.Duration
	wrong   int // answers that said nothing
}

func startWatch(r *Refresher) *watch {
	w := &watch{ended: make(chan struct{})}
	go func() {
		defer close(w.ended)
		c := &verifier.Credential{Issuer: "demo", Status: &verifier.StatusRef{URI: listURI}}
		k := &verifier.Key{Issuer: &verifier.Issuer{ID: "demo"}}
		began := time.Now()
		for last := began; !w.done.Load(); w.n++ {
			c.Status.Index = uint64(w.n) * 0x9E3779B97F4A7C15 % nation
			if r.Status().Lookup(c, k).State == verifier.StatusUnknown {
				w.wrong++
			}
			now := time.Now()
			d := now.Sub(last)
			last = now
			w.took[min(int(d), len(w.took)-1)]++
			w.longest = max(w.longest, d)
		}
		w.whole = time.Since(began)
	}()
	return w
}

func (w *watch) stop() *watch {
	w.done.Store(true)
	<-w.ended
	return w
}

func (w *watch) report(b *testing.B, phase string) {
	slowest := 0
	for rest := w.n / 10_000; rest > 0 && slowest < len(w.took); slowest++ {
		rest -= w.took[len(w.took)-1-slowest]
	}
	b.ReportMetric(float64(w.n)/w.whole.Seconds()/1e6, phase+"-Mlookups/s")
	b.ReportMetric(float64(w.longest.Microseconds()), phase+"-longest-us")
	b.ReportMetric(float64(len(w.took)-slowest), phase+"-p99.99-ns")
	if w.wrong > 0 {
		b.Errorf("%s: %d of %d look-ups found no list", phase, w.wrong, w.n)
	}
}

// heapWatch samples the memory of the heap, without stopping anybody.
type heapWatch struct {
	done  atomic.Bool
	ended chan struct{}
	base  uint64
	peak  uint64
}

func startHeapWatch() *heapWatch {
	sample := []metrics.Sample{{Name: "/memory/classes/heap/objects:bytes"}}
	metrics.Read(sample)
	h := &heapWatch{ended: make(chan struct{}), base: sample[0].Value.Uint64()}
	go func() {
		defer close(h.ended)
		for !h.done.Load() {
			metrics.Read(sample)
			h.peak = max(h.peak, sample[0].Value.Uint64())
			time.Sleep(2 * time.Millisecond)
		}
	}()
	return h
}

// stop is the peak above the beginning, in MiB.
func (h *heapWatch) stop() float64 {
	h.done.Store(true)
	<-h.ended
	return float64(max(h.peak, h.base)-h.base) / (1 << 20)
}
