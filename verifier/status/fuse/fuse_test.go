package fuse

import (
	"bytes"
	"encoding/binary"
	"math/rand/v2"
	"slices"
	"testing"
)

// numbers are n different ones, the same in every run.
func numbers(n int, seed byte) []uint64 {
	random := rand.New(rand.NewChaCha8([32]byte{seed}))
	all := make([]uint64, n)
	for i := range all {
		all[i] = random.Uint64()
	}
	return all
}

func build(t testing.TB, keys []uint64) *Filter {
	t.Helper()
	f, err := new(Builder).Build(slices.Clone(keys))
	if err != nil {
		t.Fatal(err)
	}
	return f
}

func TestHoldsEveryMemberAndFewOthers(t *testing.T) {
	others := numbers(20_000, 2)
	f := func(n int) {
		t.Helper()
		keys := numbers(n, 1)
		filter := build(t, keys)
		for _, key := range keys {
			if !filter.Has(key) {
				t.Fatalf("of %d: %x is not in it", n, key)
			}
		}
		wrong := 0
		for _, key := range others {
			if filter.Has(key) {
				wrong++
			}
		}
		// One in 256 is 78; the numbers are the same in every run. Tiny filters stand in fewer places.
		if limit := 120; n >= 100 && wrong > limit {
			t.Errorf("of %d: %d others, at most %d", n, wrong, limit)
		}
		if perKey := float64(filter.Bytes()) / float64(max(n, 1)); n >= 100_000 && perKey > 1.2 {
			t.Errorf("of %d: %.2f bytes a number", n, perKey)
		}
	}
	for n := range 50 {
		f(n)
	}
	for _, n := range []int{100, 1_000, 4_000, 65_536, 215_000, 1_000_000 / scale} {
		f(n)
	}
}

func TestEmptyFilterHoldsNothing(t *testing.T) {
	var zero Filter
	for _, key := range numbers(1000, 3) {
		if zero.Has(key) || build(t, nil).Has(key) {
			t.Fatalf("%x is in an empty filter", key)
		}
	}
}

func TestRepetitionsAndRegularNumbersAreNoTrouble(t *testing.T) {
	f := func(keys []uint64) {
		t.Helper()
		filter := build(t, keys)
		for _, key := range keys {
			if !filter.Has(key) {
				t.Fatalf("%x is not in it", key)
			}
		}
	}
	f(slices.Repeat([]uint64{7}, 1000))
	f([]uint64{0, ^uint64(0)})
	inRow := make([]uint64, 100_000)
	for i := range inRow {
		inRow[i] = uint64(i)
	}
	f(inRow)
	for i := range inRow {
		inRow[i] = uint64(i) << 47
	}
	f(inRow)
}

func TestSameNumbersGiveTheSameFilter(t *testing.T) {
	keys := numbers(10_000, 4)
	first := build(t, keys)
	var b Builder // one that has worked before
	if _, err := b.Build(numbers(50_000, 5)); err != nil {
		t.Fatal(err)
	}
	slices.Reverse(keys)
	second, err := b.Build(keys)
	if err != nil || first.seed != second.seed || !bytes.Equal(first.prints, second.prints) {
		t.Fatalf("two filters of the same numbers: %v", err)
	}
}

// FuzzBuild: whatever the numbers, each of them is in the filter.
func FuzzBuild(f *testing.F) {
	f.Add([]byte{})
	f.Add([]byte("12345678"))
	f.Add(bytes.Repeat([]byte("abcdefgh"), 9))
	f.Add(binary.LittleEndian.AppendUint64(make([]byte, 64), ^uint64(0)))
	f.Fuzz(func(t *testing.T, data []byte) {
		var keys []uint64
		for ; len(data) >= 8; data = data[8:] {
			keys = append(keys, binary.LittleEndian.Uint64(data))
		}
		filter := build(t, keys)
		for _, key := range keys {
			if !filter.Has(key) {
				t.Fatalf("%x is not in it", key)
			}
		}
	})
}
