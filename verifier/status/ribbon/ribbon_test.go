package ribbon

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

// holds fails the test when one of the hashes is not in the filter that is made of them.
func holds(t *testing.T, hashes []uint64) Filter {
	t.Helper()
	filter := new(Builder).Build(hashes)
	for _, hash := range hashes {
		if !filter.Has(hash) {
			t.Fatalf("of %d: %x is not in it", len(hashes), hash)
		}
	}
	return filter
}

func TestHoldsEveryMemberAndFewOthers(t *testing.T) {
	others := numbers(50_000, 2)
	f := func(n int) {
		t.Helper()
		filter := holds(t, numbers(n, 1))
		wrong := 0
		for _, hash := range others {
			if filter.Has(hash) {
				wrong++
			}
		}
		// One in 450 is 111; the numbers are the same in every run. Tiny filters stand in fewer rows.
		if limit := 165; n >= 100 && wrong > limit {
			t.Errorf("of %d: %d others, at most %d", n, wrong, limit)
		}
		if perHash := float64(filter.Bytes()) / float64(max(n, 1)); n >= 40_000 && perHash > 1.257 {
			t.Errorf("of %d: %.3f bytes a hash", n, perHash)
		}
	}
	for n := range 50 {
		f(n)
	}
	for _, n := range []int{100, 1_000, 4_000, 11_500, 65_536, 215_000, 1_000_000 / scale} {
		f(n)
	}
}

// A shard of a large set holds hashes that all begin with the same byte.
func TestHighestByteMayBeTheSame(t *testing.T) {
	others, hashes := numbers(50_000, 2), numbers(50_000/scale, 1)
	for _, all := range [][]uint64{others, hashes} {
		for i := range all {
			all[i] = all[i]>>8 | 0x5a<<56
		}
	}
	filter := holds(t, hashes)
	wrong := 0
	for _, hash := range others {
		if filter.Has(hash) {
			wrong++
		}
	}
	if wrong > 165 {
		t.Errorf("%d others", wrong)
	}
}

func TestFiltersOfNothing(t *testing.T) {
	var zero Filter
	empty, wrong := new(Builder).Build(nil), 0
	if zero.Built() || !empty.Built() {
		t.Errorf("built: the zero value %v, that of no hashes %v", zero.Built(), empty.Built())
	}
	for _, hash := range numbers(20_000, 3) {
		if !zero.Has(hash) {
			t.Fatalf("%x is not in a filter that was never built", hash)
		}
		if empty.Has(hash) {
			wrong++
		}
	}
	if wrong > 100 { // it stands in 64 rows like any other
		t.Errorf("%d hashes are in the filter of none", wrong)
	}
}

func TestRepetitionsAndRegularNumbersAreNoTrouble(t *testing.T) {
	holds(t, slices.Repeat([]uint64{7}, 1000))
	holds(t, []uint64{0, ^uint64(0)})
	f := func(shift int) {
		inRow := make([]uint64, 100_000/scale)
		for i := range inRow {
			inRow[i] = uint64(i) << shift
		}
		holds(t, inRow)
	}
	f(0) // all of them in the same 64 rows, which do not suffice
	f(20)
	f(47)
}

func TestSameHashesGiveTheSameFilter(t *testing.T) {
	hashes := numbers(10_000, 4)
	first := holds(t, hashes)
	var b Builder // one that has worked before
	b.Build(numbers(50_000, 5))
	slices.Reverse(hashes)
	second := b.Build(hashes)
	if first.starts != second.starts || !bytes.Equal(first.rows, second.rows) || !slices.Equal(first.ninths, second.ninths) {
		t.Fatal("two filters of the same hashes")
	}
}

// Has reads the rows that ribbon names, from the place that start says: the nine bits of each of them.
func TestHasReadsTheNamedRows(t *testing.T) {
	filter := holds(t, numbers(5_000, 6))
	for _, hash := range numbers(50_000, 7) {
		at, joined := filter.start(hash), uint16(0)
		for j := range uint64(window) {
			if ribbon(hash)>>j&1 == 1 {
				joined ^= uint16(filter.rows[at+j]) | uint16(filter.ninths[(at+j)/64]>>((at+j)%64)&1)<<8
			}
		}
		if filter.Has(hash) != (joined == 0) {
			t.Fatalf("Has(%x) = %v, its rows join to %x", hash, filter.Has(hash), joined)
		}
	}
}

// FuzzBuild: whatever the numbers, each of them is in the filter.
func FuzzBuild(f *testing.F) {
	f.Add([]byte{})
	f.Add([]byte("12345678"))
	f.Add(bytes.Repeat([]byte("abcdefgh"), 9))
	f.Add(binary.LittleEndian.AppendUint64(make([]byte, 64), ^uint64(0)))
	f.Fuzz(func(t *testing.T, data []byte) {
		var hashes []uint64
		for ; len(data) >= 8; data = data[8:] {
			hashes = append(hashes, binary.LittleEndian.Uint64(data))
		}
		holds(t, hashes)
	})
}
