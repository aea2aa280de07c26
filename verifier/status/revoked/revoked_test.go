package revoked

import (
	"encoding/binary"
	"errors"
	"fmt"
	"maps"
	"math/rand/v2"
	"slices"
	"testing"

	"vratar/verifier/status/ribbon"
)

// inMemory is an exact set that counts how often it is asked, and fails when it is told to.
type inMemory struct {
	keys  map[string]bool
	asked int
	err   error
}

func (m *inMemory) Has(key []byte) (bool, error) {
	m.asked++
	return m.keys[string(key)] && m.err == nil, m.err
}

// key is the same for the same number, and never that of another.
func key(n uint64) []byte {
	return binary.BigEndian.AppendUint64(binary.BigEndian.AppendUint64(nil, n*0x9e3779b97f4a7c15), n)
}

// filtered is the set of m with a filter for every shard.
func filtered(t testing.TB, m *inMemory) *Set {
	t.Helper()
	var parts [Shards][]uint64
	for k := range m.keys {
		h := Hash([]byte(k))
		parts[ShardOf(h)] = append(parts[ShardOf(h)], h)
	}
	d := New(m, 0).Draft()
	var b ribbon.Builder
	for i, hashes := range parts {
		d.Cover(i, b.Build(hashes), nil)
	}
	return d.Set(len(m.keys))
}

func TestSetAnswersLikeAMap(t *testing.T) {
	const n = 1_000_000 / scale
	m := &inMemory{keys: make(map[string]bool, n)}
	for i := range uint64(n) {
		m.keys[string(key(2*i))] = true
	}
	s := filtered(t, m)
	for i := range uint64(2 * n) {
		k := key(i)
		got, err := s.Has(k)
		if err != nil || got != m.keys[string(k)] {
			t.Fatalf("Has(%x) = %v, %v", k, got, err)
		}
	}
	if perWrong := n / (m.asked - n); perWrong < 300 {
		t.Errorf("one in %d of the others had to be asked for", perWrong)
	}
	stats := s.Stats()
	if stats.Entries != n || stats.Filters != Shards || stats.Late != 0 || (scale == 1 && stats.Bytes > n*14/10) {
		t.Errorf("%+v", stats)
	}
}

func TestWithoutFiltersEverySingleAnswerIsAskedFor(t *testing.T) {
	m := &inMemory{keys: map[string]bool{"in": true}}
	s := New(m, 1)
	for i, k := range []string{"in", "out"} {
		if got, err := s.Has([]byte(k)); err != nil || got != m.keys[k] || m.asked != i+1 {
			t.Fatalf("Has(%s) = %v, %v", k, got, err)
		}
	}
}

func TestWhatCannotBeReadIsAnError(t *testing.T) {
	m := &inMemory{keys: map[string]bool{"in": true}}
	s := filtered(t, m)
	m.err = errors.New("no medium")
	if got, err := s.Has([]byte("in")); got || err == nil {
		t.Fatalf("Has = %v, %v", got, err)
	}
	var live Live
	if got, err := live.Load().Has([]byte("in")); got || !errors.Is(err, ErrNotLoaded) {
		t.Fatalf("Has before the list was loaded = %v, %v", got, err)
	}
}

// Names come, go and come again; every state answers as the set it was made of, and the states before stay.
func TestAddedRemovedAddedAgain(t *testing.T) {
	random := rand.New(rand.NewPCG(1, 2))
	m := &inMemory{keys: map[string]bool{}}
	for i := range uint64(20_000) {
		m.keys[string(key(i))] = true
	}
	s := filtered(t, m)
	for round := range 20 / min(scale, 5) {
		d := s.Draft()
		for range 500 {
			k := key(random.Uint64N(40_000))
			if random.Uint64N(2) == 0 {
				delete(m.keys, string(k)) // the filter is not told
			} else if !m.keys[string(k)] {
				m.keys[string(k)] = true
				d.Add(Hash(k))
			}
		}
		before, late := s, s.Stats().Late
		s = d.Set(len(m.keys))
		if before.Stats().Late != late {
			t.Fatal("an earlier state was changed")
		}
		for i := range uint64(40_000) {
			k := key(i)
			if got, err := s.Has(k); err != nil || got != m.keys[string(k)] {
				t.Fatalf("round %d: Has(%x) = %v, %v", round, k, got, err)
			}
		}
	}
}

// What is added while a filter is made stays beside it.
func TestCoverKeepsWhatCameLater(t *testing.T) {
	m := &inMemory{keys: map[string]bool{}}
	s := filtered(t, m)
	hash := func(k string) uint64 { return Hash([]byte(k)) }
	add := func(k string) {
		m.keys[k] = true
		d := s.Draft()
		d.Add(hash(k))
		s = d.Set(len(m.keys))
	}
	add("first")
	i := ShardOf(hash("first"))
	seen, ok := s.Late(i)
	if !ok || !slices.Equal(seen, []uint64{hash("first")}) {
		t.Fatal(seen, ok)
	}
	second := "second"
	for n := 0; ShardOf(hash(second)) != i; n++ {
		second = string(key(uint64(n)))
	}
	add(second)
	d := s.Draft()
	d.Cover(i, new(ribbon.Builder).Build(seen), []uint64{hash(second)})
	s = d.Set(len(m.keys))
	if late, _ := s.Late(i); !slices.Equal(late, []uint64{hash(second)}) {
		t.Fatalf("late %x", late)
	}
	for k := range maps.Keys(m.keys) {
		if got, err := s.Has([]byte(k)); err != nil || !got {
			t.Fatalf("Has(%q) = %v, %v", k, got, err)
		}
	}
}

// The hash orders stored sets, so these values are for good.
func TestHashIsForGood(t *testing.T) {
	f := func(key string, want uint64) {
		t.Helper()
		if got := Hash([]byte(key)); got != want {
			t.Errorf("Hash(%q) = %#x, want %#x", key, got, want)
		}
	}
	f("", 0xb9314d524c6552ca)
	f("a", 0xb5c43e484453f25)
	f("abcd", 0xf2dd0995f216cb37)
	f("0123456789abcdef", 0xd6df6a2b8f5c445)
	f("0123456789abcdef0", 0x74851fda0ba141f1)
	f("the quick brown fox jumps over the lazy dog", 0x6572a143563e95ca)
}

// Numbers in a row, as issuers give them, are spread over the shards like any others.
func TestHashSpreadsRegularNames(t *testing.T) {
	f := func(format string) {
		t.Helper()
		const n = 25_600 // a hundred a shard
		var parts [Shards]int
		seen := make(map[uint64]bool, n)
		for i := range n {
			h := Hash(fmt.Appendf(nil, format, i))
			parts[ShardOf(h)]++
			seen[h] = true
		}
		if least, most := slices.Min(parts[:]), slices.Max(parts[:]); least < 55 || most > 150 || len(seen) != n {
			t.Errorf("%s: %d to %d a shard, %d different", format, least, most, len(seen))
		}
	}
	f("t%09d")
	f("URN:UVCI:01:AT:%016X#8")
	f("%032x")
	f("%08d-0000-4000-8000-000000000000")
}

// FuzzHash: it does not read beyond the key, and parts of a key are other keys.
func FuzzHash(f *testing.F) {
	f.Add([]byte("0123456789abcdef0123456789"))
	f.Add([]byte{0})
	f.Fuzz(func(t *testing.T, k []byte) {
		if Hash(k) != Hash(slices.Clone(k)) {
			t.Fatal("two hashes of one key")
		}
		if len(k) > 0 && Hash(k) == Hash(k[1:]) && Hash(k) == Hash(k[:len(k)-1]) {
			t.Fatalf("%x and its parts have one hash", k)
		}
	})
}
