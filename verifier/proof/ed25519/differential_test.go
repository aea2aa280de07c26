package ed25519

import (
	"crypto/ed25519"
	"flag"
	"math/big"
	"math/rand/v2"
	"runtime"
	"slices"
	"sync"
	"testing"
)

// TestDifferential compares this many cases: `go test -run Differential -cases 10000000 -timeout 0`.
var (
	differentialCases = flag.Int("cases", 4000, "cases of the differential test")
	differentialSeed  = flag.Uint64("seed", 100, "where the cases of the differential test begin")
)

// multiple is a known multiple of the base point with a component of small order, mostly none.
type multiple struct {
	n        *big.Int
	encoding []byte
}

// multiples returns count of them.
func multiples(r *rand.ChaCha8, t *testing.T, count int) []multiple {
	base, torsion, l := decodePoint(t, baseEncoding()), decodePoint(t, unhex(t, smallOrder[8])), order()
	all := make([]multiple, count)
	for i := range all {
		n := new(big.Int).SetBytes(randomBytes(r, 40))
		n.Mod(n, l)
		p := base.times(n)
		if i%3 == 0 {
			p = p.plus(torsion.times(big.NewInt(int64(r.Uint64() % 8))))
		}
		all[i] = multiple{n, p.bytes()}
	}
	return all
}

// maker makes cases: signatures that are good but for what components of small order do to them, and the same altered.
type maker struct {
	r              *rand.ChaCha8
	l              *big.Int
	keys           []*Key
	public, nonces []multiple
	small          [][]byte
}

func newMaker(t *testing.T, seed uint64) *maker {
	r := source(seed)
	m := &maker{r: r, l: order(), public: multiples(r, t, 24), nonces: multiples(r, t, 256)}
	for i, p := range m.public {
		m.keys = append(m.keys, prepare(t, p.encoding, minWindow+i%5))
	}
	for _, s := range smallOrder {
		m.small = append(m.small, unhex(t, s))
		m.nonces = append(m.nonces, multiple{new(big.Int), unhex(t, s)})
	}
	return m
}

func (m *maker) next() Job {
	which := m.r.Uint64() % uint64(len(m.keys))
	nonce := m.nonces[m.r.Uint64()%uint64(len(m.nonces))]
	message := randomBytes(m.r, int(m.r.Uint64()%150))
	s := hashed(nonce.encoding, m.public[which].encoding, message)
	s.Mul(s, m.public[which].n).Add(s, nonce.n).Mod(s, m.l)
	j := Job{m.keys[which], message, slices.Concat(nonce.encoding, littleEndian(s))}
	switch m.r.Uint64() % 12 {
	case 0:
		j.Signature[m.r.Uint64()%32] ^= 1 << (m.r.Uint64() % 8)
	case 1:
		j.Signature[32+m.r.Uint64()%32] ^= 1 << (m.r.Uint64() % 8)
	case 2:
		copy(j.Signature[32:], littleEndian(s.Add(s, m.l)))
	case 3:
		j.Key = m.keys[m.r.Uint64()%uint64(len(m.keys))]
	case 4:
		copy(j.Signature, m.small[m.r.Uint64()%uint64(len(m.small))])
	case 5:
		edge := new(big.Int).Add(m.l, big.NewInt(int64(m.r.Uint64()%5)-3))
		copy(j.Signature[32:], littleEndian(edge))
	}
	return j
}

// Millions of cases against the library, on every path, alone and in groups.
func TestDifferential(t *testing.T) {
	workers := runtime.GOMAXPROCS(0)
	accepted := make([]int, workers)
	var wait sync.WaitGroup
	for w := range workers {
		m := newMaker(t, *differentialSeed+uint64(w))
		wait.Go(func() { accepted[w] = m.compare(t, *differentialCases/workers) })
	}
	wait.Wait()
	sum := 0
	for _, n := range accepted {
		sum += n
	}
	t.Logf("%d cases, %d accepted", *differentialCases, sum)
	if sum < *differentialCases/8 || sum > *differentialCases*3/4 {
		t.Error("the cases do not tell anything apart")
	}
}

// compare returns how many cases the library accepts.
func (m *maker) compare(t *testing.T, cases int) (accepted int) {
	var jobs [groupSize]Job
	var ok, want [groupSize]bool
	best := paths()[len(paths())-1]
	for n := 0; n < cases && !t.Failed(); n += groupSize {
		path := best
		if n%(4*groupSize) == 0 {
			path = PathPortable // slower, so only one group of four
		}
		for i := range jobs {
			jobs[i] = m.next()
			want[i] = ed25519.Verify(jobs[i].Key.public, jobs[i].Message, jobs[i].Signature)
			if want[i] {
				accepted++
			}
			if got := jobs[i].Key.check(path, jobs[i].Message, jobs[i].Signature); got != want[i] {
				t.Errorf("%s: %v, want %v: key %x, message %x, signature %x",
					path, got, want[i], jobs[i].Key.public, jobs[i].Message, jobs[i].Signature)
			}
		}
		checkGroup(path, jobs[:], ok[:])
		if ok != want {
			t.Errorf("%s: a group is %v, want %v", path, ok, want)
		}
	}
	return accepted
}
