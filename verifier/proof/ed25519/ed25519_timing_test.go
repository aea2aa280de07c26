package ed25519

import (
	"crypto/ed25519"
	"fmt"
	"testing"
)

// The ratios to compare are those of one run: `go test -run - -bench . -count 5`.
func BenchmarkLibrary(b *testing.B) {
	j := signedJob(b, 6, 0)
	b.ReportAllocs()
	for b.Loop() {
		if !ed25519.Verify(j.Key.public, j.Message, j.Signature) {
			b.Fatal("refused")
		}
	}
}

func BenchmarkVerify(b *testing.B) {
	for _, path := range paths() {
		for window := 5; window <= 9; window++ {
			b.Run(fmt.Sprintf("%s/window%d", path, window), func(b *testing.B) {
				e, j := newEngine(path), signedJob(b, window, 0)
				b.ReportAllocs()
				for b.Loop() {
					if !e.verify(j.Key, j.Message, j.Signature) {
						b.Fatal("refused")
					}
				}
			})
		}
	}
}

// A group's time is given for one of its signatures.
func BenchmarkGroup(b *testing.B) {
	for _, path := range paths() {
		for window := 5; window <= 8; window++ {
			b.Run(fmt.Sprintf("%s/window%d", path, window), func(b *testing.B) {
				e := newEngine(path)
				var jobs [groupSize]Job
				var ok [groupSize]bool
				for i := range jobs {
					jobs[i] = signedJob(b, window, i)
				}
				b.ReportAllocs()
				for i := 0; b.Loop(); i++ {
					if i%groupSize == 0 {
						e.verifyGroup(jobs[:], ok[:])
					}
				}
				if ok != [groupSize]bool{true, true, true, true, true, true, true, true} {
					b.Fatal("refused")
				}
			})
		}
	}
}

func BenchmarkPrepare(b *testing.B) {
	private := ed25519.NewKeyFromSeed(make([]byte, ed25519.SeedSize))
	for _, window := range []int{4, 6, 8} {
		b.Run(fmt.Sprintf("window%d", window), func(b *testing.B) {
			for b.Loop() {
				prepare(b, private.Public().(ed25519.PublicKey), window)
			}
		})
	}
}

func BenchmarkParts(b *testing.B) {
	j := signedJob(b, 8, 0)
	var q request
	b.Run("parse", func(b *testing.B) {
		for b.Loop() {
			q.parse(j.Key, j.Message, j.Signature)
		}
	})
	b.Run("reduce", func(b *testing.B) {
		d := [64]byte{63: 0xaa, 20: 0xbb, 40: 0x99}
		for b.Loop() {
			q.h.setDigest(&d)
		}
	})
	b.Run("recode", func(b *testing.B) {
		var space [maxDigits]digit
		for b.Loop() {
			j.Key.minusA.recode(&q.h, &space)
		}
	})
	x := element{1, 2, 3, 4}
	b.Run("invert", func(b *testing.B) {
		for b.Loop() {
			x.invert(&x)
		}
	})
	b.Run("mul", func(b *testing.B) {
		for b.Loop() {
			x.mul(&x, &x)
		}
	})
	b.Run("square", func(b *testing.B) {
		for b.Loop() {
			x.square(&x)
		}
	})
	b.Run("addEntry", func(b *testing.B) {
		p := neutral()
		for b.Loop() {
			p.addEntry(&j.Key.minusA.entries[5], 1)
		}
	})
}

// signedJob is a signature over 32 bytes.
func signedJob(b *testing.B, window, number int) Job {
	b.Helper()
	private := ed25519.NewKeyFromSeed(append(make([]byte, ed25519.SeedSize-1), byte(number)))
	message := append(make([]byte, 31), byte(number))
	return Job{prepare(b, private.Public().(ed25519.PublicKey), window), message, ed25519.Sign(private, message)}
}
