package p256

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/sha256"
	"fmt"
	"runtime"
	"slices"
	"testing"
	"time"
)

// sample is a signed digest of a new key.
type sample struct {
	pub *ecdsa.PublicKey
	job Job
}

func newSample(t testing.TB, seed string) sample {
	t.Helper()
	k, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	s := sample{pub: &k.PublicKey}
	s.job.Digest = sha256.Sum256([]byte(seed))
	r, ss, err := ecdsa.Sign(rand.Reader, k, s.job.Digest[:])
	if err != nil {
		t.Fatal(err)
	}
	r.FillBytes(s.job.R[:])
	ss.FillBytes(s.job.S[:])
	return s
}

// candidate is one way to verify; run does so for per signatures.
type candidate struct {
	name string
	per  int
	run  func()
}

func candidates(b *testing.B) []candidate {
	const many = 16 // signatures, so that no branch predictor learns one by heart
	samples := make([]sample, many)
	for i := range samples {
		samples[i] = newSample(b, fmt.Sprint(i))
	}
	next := 0
	pick := func() int { next = (next + 1) % many; return next }
	library := &state{path: PathOff}
	all := []candidate{{"crypto-ecdsa", 1, nil}}
	keys := make([]*Key, many)
	for i, s := range samples {
		keys[i], _ = prepare(s.pub, MinWindow, library)
	}
	all[0].run = func() {
		i := pick()
		j := &samples[i].job
		if !keys[i].library(&j.Digest, &j.R, &j.S) {
			b.Fatal("refused")
		}
	}
	for _, path := range []string{PathPortable, PathIFMA} {
		st := newState(path)
		if st == nil {
			continue
		}
		for _, window := range []int{4, 5, 6, 7, 8} {
			jobs := make([]Job, many)
			for i := range jobs {
				jobs[i] = samples[i].job
				jobs[i].Key, _ = prepare(samples[i].pub, window, st)
			}
			all = append(all, candidate{fmt.Sprintf("%s/w=%d", path, window), 1, func() {
				j := &jobs[pick()]
				if j.Key.fast(&j.Digest, &j.R, &j.S) != accepted {
					b.Fatal("refused")
				}
			}}, candidate{fmt.Sprintf("%s/w=%d/group", path, window), 8, func() {
				var ok [8]bool
				at := pick() &^ 7
				VerifyGroup(jobs[at:at+8], ok[:])
				if ok != [8]bool{true, true, true, true, true, true, true, true} {
					b.Fatal("refused")
				}
			}})
		}
	}
	return all
}

func BenchmarkVerify(b *testing.B) {
	for _, c := range candidates(b) {
		b.Run(c.name, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				c.run()
			}
		})
	}
}

// BenchmarkRatios runs all candidates in turn, many times, in the processor time of one thread, and prints medians
// and how many times as fast as crypto/ecdsa they are. Run it with -benchtime 1x.
func BenchmarkRatios(b *testing.B) {
	runtime.LockOSThread()
	defer runtime.UnlockOSThread()
	all := candidates(b)
	times := make([][]time.Duration, len(all))
	const rounds, slice = 201, 400 * time.Microsecond
	for range rounds {
		for i, c := range all {
			c.run() // warm again after the others
			n, start, spent := 0, cpuTime(), time.Duration(0)
			for spent < slice {
				c.run()
				c.run()
				n += 2 * c.per
				spent = cpuTime() - start
			}
			times[i] = append(times[i], spent/time.Duration(n))
		}
	}
	median := func(t []time.Duration) time.Duration { slices.Sort(t); return t[len(t)/2] }
	library := median(times[0])
	for i, c := range all {
		m := median(times[i])
		fmt.Printf("%-22s %8.2f µs  x%.2f\n", c.name, float64(m)/1e3, float64(library)/float64(m))
	}
}

func BenchmarkPrepare(b *testing.B) {
	pub := newSample(b, "").pub
	for _, path := range []string{PathPortable, PathIFMA} {
		st := newState(path)
		if st == nil {
			continue
		}
		for window := MinWindow; window <= MaxWindow; window++ {
			b.Run(fmt.Sprintf("%s/w=%d", path, window), func(b *testing.B) {
				b.ReportAllocs()
				for b.Loop() {
					if _, err := prepare(pub, window, st); err != nil {
						b.Fatal(err)
					}
				}
			})
		}
	}
}
