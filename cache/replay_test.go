package cache

import (
	"encoding/binary"
	"runtime"
	"sync"
	"testing"
	"time"

	"vratar/verifier"
)

func showing(n int, by string, at time.Time) verifier.Showing {
	s := verifier.Showing{Presentation: by, At: at, Until: at.Add(30 * time.Second)}
	binary.BigEndian.PutUint64(s.Proof[:], uint64(n))
	return s
}

func newReplay(t testing.TB, max int) *Replay {
	t.Helper()
	r, err := NewReplay(max)
	if err != nil {
		t.Fatal(err)
	}
	return r
}

func TestReplay(t *testing.T) {
	r := newReplay(t, 10)
	start := time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)
	f := func(n int, by string, after time.Duration, want verifier.Reason) {
		t.Helper()
		if got := r.Show(showing(n, by, start.Add(after))); got != want {
			t.Fatalf("proof %d by %q after %v: %v, want %v", n, by, after, got, want)
		}
	}
	f(1, "north 1", 0, verifier.ReasonOK)
	f(1, "north 1", time.Second, verifier.ReasonOK) // asked again
	f(1, "north 2", time.Second, verifier.ReasonCodeReplayed)
	f(1, "", time.Second, verifier.ReasonCodeReplayed)
	f(2, "", time.Second, verifier.ReasonOK)
	f(2, "", time.Second, verifier.ReasonCodeReplayed) // no name: not known as the same
	f(1, "north 2", 30*time.Second, verifier.ReasonCodeReplayed)
	f(2, "south", 31*time.Second, verifier.ReasonCodeReplayed) // the last instant at which it counts
	if _, err := NewReplay(0); err == nil {
		t.Fatal("a memory of no proofs is made")
	}
}

// Whatever the order of times, nothing is forgotten before it stops counting.
func TestReplayNeverForgetsEarly(t *testing.T) {
	r := newReplay(t, 1<<20)
	start := time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)
	for n := range 2000 {
		at := start.Add(time.Duration(n) * 500 * time.Millisecond)
		if got := r.Show(showing(n, "", at)); got != verifier.ReasonOK {
			t.Fatalf("proof %d: %v", n, got)
		}
		for back := 1; back <= min(n, 60); back += 7 {
			if got := r.Show(showing(n-back, "", at)); got != verifier.ReasonCodeReplayed {
				t.Fatalf("proof %d, %d before: %v", n-back, back, got)
			}
		}
		if r.Len() > 4*61 {
			t.Fatalf("%d remembered, though 61 count", r.Len())
		}
	}
}

// A scan that comes late, or by a clock that was set back, finds what was shown before it.
func TestReplayWithMomentsOutOfOrder(t *testing.T) {
	r := newReplay(t, 10)
	start := time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)
	f := func(n int, by string, began, now time.Duration, want verifier.Reason) {
		t.Helper()
		s := showing(n, by, start.Add(began))
		s.At = start.Add(now)
		if got := r.Show(s); got != want {
			t.Fatalf("proof %d by %q at %v: %v, want %v", n, by, now, got, want)
		}
	}
	const counts = 30 * time.Second
	f(1, "north", 0, 0, verifier.ReasonOK)
	f(2, "north", counts, counts+1, verifier.ReasonOK) // the first does not count any more
	f(1, "south", 0, counts, verifier.ReasonCodeReplayed)
	f(3, "north", counts, counts+late, verifier.ReasonOK)
	f(1, "south", 0, counts, verifier.ReasonCodeReplayed)
}

func TestReplayIsBounded(t *testing.T) {
	r := newReplay(t, 3)
	start := time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)
	for n := range 3 {
		r.Show(showing(n, "", start))
	}
	if got := r.Show(showing(3, "", start)); got != verifier.ReasonOverloaded {
		t.Fatalf("beyond the bound: %v", got)
	}
	if got := r.Show(showing(1, "", start)); got != verifier.ReasonCodeReplayed {
		t.Fatalf("a full memory forgets: %v", got)
	}
	// What it holds stops counting, and makes room.
	later := start.Add(31*time.Second + late)
	r.Show(showing(3, "", later))
	if got := r.Show(showing(4, "", later)); got != verifier.ReasonOK || r.Len() > 3 {
		t.Fatalf("%v with %d remembered", got, r.Len())
	}
}

// Of many who show one proof at once, one is the first.
func TestReplayAtOnce(t *testing.T) {
	r := newReplay(t, 1000)
	start := time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)
	var wg sync.WaitGroup
	var mu sync.Mutex
	first := 0
	for range 8 {
		wg.Go(func() {
			for n := range 100 {
				if r.Show(showing(n, "", start)) == verifier.ReasonOK {
					mu.Lock()
					first++
					mu.Unlock()
				}
			}
		})
	}
	wg.Wait()
	if first != 100 {
		t.Fatalf("%d were first, want 100", first)
	}
}

// What an entry takes in memory, at the most unlucky fill of its map.
func TestReplayBytesPerProof(t *testing.T) {
	const bound = 150
	start := time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)
	for _, n := range []int{50_000, 60_000, 100_000, 130_000} {
		var before, after runtime.MemStats
		runtime.GC()
		runtime.ReadMemStats(&before)
		r := newReplay(t, n)
		for i := range n {
			s := showing(i, "", start)
			binary.LittleEndian.PutUint64(s.Proof[8:], uint64(i)*0x9e3779b97f4a7c15)
			r.Show(s)
		}
		runtime.GC()
		runtime.ReadMemStats(&after)
		per := (after.HeapAlloc - before.HeapAlloc) / uint64(n)
		t.Logf("%d proofs: %d bytes each", n, per)
		if per > bound {
			t.Errorf("%d proofs: %d bytes each, want at most %d", n, per, bound)
		}
		runtime.KeepAlive(r)
	}
}

func BenchmarkReplayShow(b *testing.B) {
	r := newReplay(b, 1<<17)
	start := time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)
	b.ReportAllocs()
	for n := 0; b.Loop(); n++ {
		r.Show(showing(n, "north 1", start.Add(time.Duration(n)*time.Millisecond)))
	}
}
