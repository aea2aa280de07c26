//go:build unix

package gateway

import (
	"strconv"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"github.com/valyala/fasthttp"

	"vratar/gateway/access"
)

// BenchmarkScanInCapacity is the throughput of scans by a signed-in checker, recorded and synced, many at a time:
// where nobody is asked in which capacity he scans, as a private person, and under a mandate that is judged each time.
func BenchmarkScanInCapacity(b *testing.B) {
	off := newOffice(b, func(c *Config) {
		for i := range c.Checkpoints {
			c.Checkpoints[i].Authority = CheckpointAuthority{}
		}
		c.Mandates = defaultMandates()
	}).enter(clerk, nil)
	on := newOffice(b, nil).enter(clerk, nil)
	number := on.keep("01_ok")
	b.Run("unasked", func(b *testing.B) { off.benchScans(b, "") })
	b.Run("alone", func(b *testing.B) { on.benchScans(b, "") })
	b.Run("mandate", func(b *testing.B) { on.benchScans(b, `,"mandate":"`+number+`"`) })
}

func (v *visit) benchScans(b *testing.B, more string) {
	head := "{" + v.samples["ticket"].content() + `,"checkpoint":"north"` + more + `,"nonce":"` + b.Name() + strconv.FormatInt(time.Now().UnixNano(), 36)
	var n atomic.Int64
	b.ReportAllocs()
	before := processorTime(b)
	b.SetParallelism(32)
	b.RunParallel(func(pb *testing.PB) {
		var ctx fasthttp.RequestCtx
		ctx.Init(&fasthttp.Request{}, nil, nil)
		for pb.Next() {
			v.benchScan(&ctx, head+strconv.FormatInt(n.Add(1), 36)+`"}`)
			if ctx.Response.StatusCode() != 200 {
				b.Errorf("%d %s", ctx.Response.StatusCode(), ctx.Response.Body())
				return
			}
		}
	})
	b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "scans/s")
	b.ReportMetric(float64((processorTime(b)-before).Microseconds())/float64(b.N), "cpu-µs/scan")
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
