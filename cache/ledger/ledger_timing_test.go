package ledger

import (
	"context"
	"encoding/json"
	"os"
	"path/filepath"
	"strconv"
	"sync/atomic"
	"testing"
	"time"

	"github.com/cockroachdb/pebble/v2/vfs"

	"vratar/cache/store"
)

// rawSync is what the disk below dir takes for one synchronous write of 4 KiB: the unit of everything durable.
func rawSync(b *testing.B, dir string) time.Duration {
	b.Helper()
	f, err := os.Create(filepath.Join(dir, "raw"))
	if err != nil {
		b.Fatal(err)
	}
	defer func() { _ = f.Close() }()
	block := make([]byte, 4<<10)
	const rounds = 300
	begin := time.Now()
	for range rounds {
		if _, err := f.Write(block); err != nil {
			b.Fatal(err)
		}
		if err := f.Sync(); err != nil {
			b.Fatal(err)
		}
	}
	return time.Since(begin) / rounds
}

// benchmarkClaim makes claims of ever new subjects, each with a nonce, from the given number of readers.
func benchmarkClaim(b *testing.B, readers int) {
	dir := b.TempDir()
	unit := rawSync(b, dir)
	s, err := store.Open(filepath.Join(dir, "data"), store.Options{})
	if err != nil {
		b.Fatal(err)
	}
	l, err := Open(s, Options{})
	if err != nil {
		b.Fatal(err)
	}
	defer closeBoth(b, l, s)
	var next atomic.Int64
	b.ReportAllocs()
	b.ResetTimer()
	begin := time.Now()
	run(b, readers, func() {
		n := scattered(next.Add(1))
		if _, _, err := l.Claim(context.Background(), show(n, n), once); err != nil {
			b.Error(err)
		}
	})
	each := time.Since(begin) / time.Duration(b.N)
	b.ReportMetric(float64(each)/float64(unit), "rawsyncs/op")
	b.ReportMetric(float64(time.Second)/float64(each), "claims/s")
}

// BenchmarkPlainPebble64Writers is the yardstick: a synced write of as many bytes, without look-ups, order or
// chain.
func BenchmarkPlainPebble64Writers(b *testing.B) {
	s, err := store.Open(filepath.Join(b.TempDir(), "data"), store.Options{})
	if err != nil {
		b.Fatal(err)
	}
	defer func() { _ = s.Close() }()
	var next atomic.Int64
	value := make([]byte, 700)
	b.ReportAllocs()
	run(b, 64, func() {
		if err := s.Set([]byte("x"+scattered(next.Add(1))), value); err != nil {
			b.Error(err)
		}
	})
}

// scattered is the n-th of many texts in no order, as keyed digests and nonces are.
func scattered(n int64) string { return strconv.FormatUint(uint64(n)*0x9e3779b97f4a7c15, 16) }

// run does b.N operations from exactly so many goroutines, which RunParallel does not promise.
func run(b *testing.B, goroutines int, op func()) {
	left := atomic.Int64{}
	left.Store(int64(b.N))
	done := make(chan struct{})
	for range goroutines {
		go func() {
			for left.Add(-1) >= 0 {
				op()
			}
			done <- struct{}{}
		}()
	}
	for range goroutines {
		<-done
	}
}

func BenchmarkClaim1Reader(b *testing.B)   { benchmarkClaim(b, 1) }
func BenchmarkClaim64Readers(b *testing.B) { benchmarkClaim(b, 64) }

// BenchmarkClaimInMemory is the work of a claim without the disk.
func BenchmarkClaimInMemory(b *testing.B) {
	l, s := openAt(b, vfs.NewMem())
	defer closeBoth(b, l, s)
	b.ReportAllocs()
	for i := 0; b.Loop(); i++ {
		n := scattered(int64(i))
		if _, _, err := l.Claim(context.Background(), show(n, n), once); err != nil {
			b.Fatal(err)
		}
	}
}

// BenchmarkVerify walks 10,000 passages.
func BenchmarkVerify(b *testing.B) {
	l, s := openAt(b, vfs.NewMem())
	defer closeBoth(b, l, s)
	for i := range 10_000 {
		claim(b, l, show(name(i), name(i)), once)
	}
	for b.Loop() {
		mustVerify(b, l)
	}
}

// BenchmarkAppendRecord: every claim writes its record while all others wait.
func BenchmarkAppendRecord(b *testing.B) {
	p := fullPassage()
	p.Previous = nil
	room := make([]byte, 0, 2048)
	b.Run("by hand", func(b *testing.B) {
		b.ReportAllocs()
		for b.Loop() {
			if _, err := appendPassage(room, &p); err != nil {
				b.Fatal(err)
			}
		}
	})
	b.Run("by reflection", func(b *testing.B) {
		b.ReportAllocs()
		for b.Loop() {
			if _, err := json.Marshal(&p); err != nil {
				b.Fatal(err)
			}
		}
	})
}

// BenchmarkDigest: of a payload and of a subject, as each scan needs them.
func BenchmarkDigest(b *testing.B) {
	l := inMemory(b)
	payload, issuer, id := make([]byte, 523), []byte("university"), []byte("URN:UVCI:01:XX:ABCDEFGHIJKLMNOP#1")
	b.ReportAllocs()
	for b.Loop() {
		l.Digest("payload", payload)
		l.Digest("subject", issuer, []byte("id"), id)
	}
}
