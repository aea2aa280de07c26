//go:build unix

package gateway

import (
	"fmt"
	"slices"
	"strconv"
	"sync"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"github.com/valyala/fasthttp"

	"vratar/gateway/access"
)

// BenchmarkScanInCapacity compares the throughput of scans by a signed-in checker, recorded and synced, many at a time:
// where nobody is asked in which capacity he scans, as a private person, and under a mandate that is judged each time.
//
// One iteration is a round: some scans of each kind, each at a gateway of its own, in each order after the others in
// turn. What else the machine does meets all three alike, and the medians of the rounds are compared: "%" is throughput
// against where nobody is asked, once by the clock, which waits for the disk too, and once by processor time.
func BenchmarkScanInCapacity(b *testing.B) {
	kinds := benchKinds(b)
	for _, k := range kinds {
		k.round(b, -1) // warm
		k.wall, k.cpu = nil, nil
	}
	orders := [...][3]int{{0, 1, 2}, {2, 1, 0}, {1, 2, 0}, {0, 2, 1}, {2, 0, 1}, {1, 0, 2}}
	b.ResetTimer()
	for round := range b.N {
		for _, i := range orders[round%len(orders)] {
			kinds[i].round(b, round)
		}
	}
	b.StopTimer()
	b.ReportMetric(0, "ns/op") // of a round: says nothing
	for _, k := range kinds {
		b.ReportMetric(k.perSecond(k.wall), k.name+"/s")
		b.ReportMetric(1e6/k.perSecond(k.cpu), k.name+"-cpu-µs")
	}
	for _, k := range kinds[1:] {
		b.ReportMetric(100*k.perSecond(k.wall)/kinds[0].perSecond(kinds[0].wall), k.name+"-%-clock")
		b.ReportMetric(100*k.perSecond(k.cpu)/kinds[0].perSecond(kinds[0].cpu), k.name+"-%-cpu")
	}
}

// benchKinds opens a gateway for each kind.
func benchKinds(b *testing.B) []*benchKind {
	open := func(name string, change func(*Config)) *benchKind {
		o, papers := newSampleOffice(b, func(c *Config) {
			c.Profiles = nil // what is shown is to be the same
			for i := range c.Checkpoints {
				c.Checkpoints[i].Profile = ""
			}
			if change != nil {
				change(c)
			}
		})
		k := &benchKind{name: name, who: o.guest("checker")}
		if name == "mandate" {
			k.more = `,"mandate":"` + papers[0].Number + `"`
		}
		return k
	}
	unasked := open("unasked", func(c *Config) {
		c.Mandates = defaultMandates()
		for i := range c.Checkpoints {
			c.Checkpoints[i].Authority = CheckpointAuthority{}
		}
	})
	return []*benchKind{unasked, open("alone", nil), open("mandate", nil)}
}

// How many scans a round makes of each kind, and how many at a time.
const (
	benchScans  = 256
	benchAtOnce = 32
)

// benchKind is one way to scan, and what its rounds took.
type benchKind struct {
	name, more string
	who        *visit
	wall, cpu  []time.Duration
}

// perSecond is the throughput in the median of the rounds.
func (k *benchKind) perSecond(rounds []time.Duration) float64 {
	sorted := slices.Sorted(slices.Values(rounds))
	return benchScans / sorted[len(sorted)/2].Seconds()
}

func (k *benchKind) round(b *testing.B, n int) {
	head := "{" + k.who.samples["ticket"].content() + `,"checkpoint":"north"` + k.more + fmt.Sprintf(`,"nonce":"%s%d-%d.`, k.name, b.N, n)
	var next atomic.Int64
	var all sync.WaitGroup
	began, used := time.Now(), processorTime(b)
	for range benchAtOnce {
		all.Go(func() {
			var ctx fasthttp.RequestCtx
			ctx.Init(&fasthttp.Request{}, nil, nil)
			for i := next.Add(1); i <= benchScans; i = next.Add(1) {
				k.who.benchScan(&ctx, head+strconv.FormatInt(i, 36)+`"}`)
				if ctx.Response.StatusCode() != 200 {
					b.Errorf("%d %s", ctx.Response.StatusCode(), ctx.Response.Body())
					return
				}
			}
		})
	}
	all.Wait()
	k.wall, k.cpu = append(k.wall, time.Since(began)), append(k.cpu, processorTime(b)-used)
}

// processorTime is what this process has used of all processors: other work on the machine does not count.
func processorTime(b *testing.B) time.Duration {
	b.Helper()
	var used syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &used); err != nil {
		b.Fatal(err)
	}
	return time.Duration(used.Utime.Nano() + used.Stime.Nano())
}

func (v *visit) benchScan(ctx *fasthttp.RequestCtx, text string) {
	ctx.Request.Reset()
	ctx.Response.Reset()
	ctx.Request.Header.SetMethod("POST")
	ctx.Request.SetRequestURI("/v1/scan")
	ctx.Request.Header.SetContentType("application/json")
	ctx.Request.Header.SetHost(v.url[len("http://"):])
	ctx.Request.Header.Set("Cookie", v.header.Get("Cookie"))
	ctx.Request.Header.Set("Origin", v.url)
	ctx.Request.SetBodyStream(&replay{text: text}, len(text))
	v.gateway.handle(ctx)
}

// BenchmarkRule is what asking for authority adds to a scan.
func BenchmarkRule(b *testing.B) {
	o := newOffice(b, nil)
	number := o.enter(clerk, nil).keep("01_ok")
	who := &access.Identity{Role: access.RoleChecker, INN: clerk.INN, Confirmed: true}
	a := authority{o.gateway, who}
	now := time.Now()
	b.ReportAllocs()
	for b.Loop() {
		if r := a.Rule("north", number, now); r.Refusal != 0 {
			b.Fatalf("%s", r.Report)
		}
	}
}
