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

func newSample(t testing.TB, seed string) sample { return newSamples(t, seed, 1)[0] }

// newSamples are signatures of one new key.
func newSamples(t testing.TB, seed string, n int) []sample {
	t.Helper()
	k, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	all := make([]sample, n)
	for i := range all {
		s := &all[i]
		s.pub = &k.PublicKey
		s.job.Digest = sha256.Sum256(append([]byte(seed), byte(i)))
		r, ss, err := ecdsa.Sign(rand.Reader, k, s.job.Digest[:])
		if err != nil {
			t.Fatal(err)
		}
		r.FillBytes(s.job.R[:])
		ss.FillBytes(s.job.S[:])
	}
	return all
}

// candidate is one way to verify; run does so for per signatures.
type candidate struct {
	name string
	per  int
	run  func()
}

// candidates verify many signatures in turn, so that no branch predictor learns one by heart: of one key by each
// path and window, and of many keys, whose tables together fit no cache.
func candidates(b *testing.B) []candidate {
	const signatures, manyKeys = 64, 1000
	samples := newSamples(b, "one key", signatures)
	library, err := prepare(samples[0].pub, MinWindow, forced(PathOff))
	if err != nil {
		b.Fatal(err)
	}
	next := 0
	all := []candidate{{"crypto-ecdsa", 1, func() {
		next = (next + 1) % signatures
		if j := &samples[next].job; !library.library(&j.Digest, &j.R, &j.S) {
			b.Fatal("refused")
		}
	}}}
	var several []sample
	for i := range manyKeys {
		several = append(several, newSample(b, fmt.Sprint(i)))
	}
	for _, st := range states() {
		if st.path == PathOff {
			continue
		}
		for window := MinWindow; window <= MaxWindow; window++ {
			all = append(all, pathCandidates(b, fmt.Sprintf("%s/w=%d", st.path, window), jobsOf(b, samples, window, st))...)
		}
		all = append(all, pathCandidates(b, fmt.Sprintf("%s/w=6/%d-keys", st.path, manyKeys), jobsOf(b, several, 6, st))...)
	}
	return all
}

func jobsOf(b *testing.B, samples []sample, window int, st *state) []Job {
	jobs := make([]Job, len(samples))
	for i, s := range samples {
		jobs[i] = s.job
		if i > 0 && s.pub == samples[i-1].pub {
			jobs[i].Key = jobs[i-1].Key
			continue
		}
		k, err := prepare(s.pub, window, st)
		if err != nil {
			b.Fatal(err)
		}
		jobs[i].Key = k
	}
	return jobs
}

// pathCandidates are one signature at a time, and groups of eight.
func pathCandidates(b *testing.B, name string, jobs []Job) []candidate {
	single, group := 0, 0
	return []candidate{{name, 1, func() {
		single = (single + 1) % len(jobs)
		if j := &jobs[single]; !j.Key.Verify(&j.Digest, &j.R, &j.S) {
			b.Fatal("refused")
		}
	}}, {name + "/group", 8, func() {
		var ok [8]bool
		group = (group + 8) % len(jobs)
		VerifyGroup(jobs[group:group+8], ok[:])
		if ok != [8]bool{true, true, true, true, true, true, true, true} {
			b.Fatal("refused")
		}
	}}}
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

// BenchmarkRatios prints how many times as fast as crypto/ecdsa the ways are: `go test -run - -bench Ratios -benchtime 1x`.
func BenchmarkRatios(b *testing.B) { ratios(candidates(b)) }

// BenchmarkWrong is BenchmarkRatios for signatures of prepared keys of which a share is wrong.
func BenchmarkWrong(b *testing.B) { ratios(attacks(b)) }

// ratios runs all candidates in turn, many times, in the processor time of one thread, and prints medians and how
// many times as fast as the first they are.
func ratios(all []candidate) {
	runtime.LockOSThread()
	defer runtime.UnlockOSThread()
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
		fmt.Printf("%-28s %8.2f µs  x%.2f\n", c.name, float64(m)/1e3, float64(library)/float64(m))
		fmt.Printf("  min %8.2f µs  x%.2f\n", float64(times[i][0])/1e3, float64(times[0][0])/float64(times[i][0]))
	}
}

// attacks are the library for wrong signatures, and each path for shares of them, alone and in groups. A run is a
// group, and each candidate has a key of its own.
func attacks(b *testing.B) (all []candidate) {
	for _, st := range append([]*state{forced(PathOff)}, states()...) {
		for _, right := range []int{0, 1, 4} {
			if st.path == PathOff && (len(all) > 0 || right > 0) {
				continue
			}
			samples := newSamples(b, "attacked", 64)
			for i := range samples {
				if i%groupSize >= right {
					samples[i].job.Digest[5] ^= 1
				}
			}
			jobs := jobsOf(b, samples, 6, st)
			name := fmt.Sprintf("%s/%d of 8 right", st.path, right)
			all = append(all, candidate{name, groupSize, alone(jobs)}, candidate{name + "/group", groupSize, together(jobs)})
		}
	}
	return all
}

func alone(jobs []Job) func() {
	at := 0
	return func() {
		at = (at + groupSize) % len(jobs)
		for i := range groupSize {
			j := &jobs[at+i]
			j.Key.Verify(&j.Digest, &j.R, &j.S)
		}
	}
}

func together(jobs []Job) func() {
	at := 0
	return func() {
		var ok [groupSize]bool
		at = (at + groupSize) % len(jobs)
		VerifyGroup(jobs[at:at+groupSize], ok[:])
	}
}

func BenchmarkPrepare(b *testing.B) {
	pub := newSample(b, "").pub
	for _, st := range states() {
		if st.path == PathOff {
			continue
		}
		for window := MinWindow; window <= MaxWindow; window++ {
			b.Run(fmt.Sprintf("%s/w=%d", st.path, window), func(b *testing.B) {
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
