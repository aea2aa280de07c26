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
	"time"
)

// A long run is
//
//	go test -run Differential -timeout 0 ./verifier/proof/ed25519 -cases 10000000
var (
	lasting = flag.Duration("for", 0, "how long TestDifferential goes on; 0: until it has had its cases")
	cases   = flag.Int("cases", 4000, "cases of the differential test")
	seed    = flag.Uint64("seed", 100, "where the cases of the differential test begin")
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
	type count struct{ cases, accepted int }
	counts, start := make([]count, workers), time.Now()
	var wait sync.WaitGroup
	for w := range workers {
		m := newMaker(t, *seed+uint64(w))
		c := &counts[w]
		wait.Go(func() {
			for !t.Failed() && (*lasting == 0 && c.cases < *cases/workers || time.Since(start) < *lasting) {
				c.accepted += m.compare(t, c.cases)
				c.cases += groupSize
			}
		})
	}
	wait.Wait()
	var sum count
	for _, c := range counts {
		sum.cases += c.cases
		sum.accepted += c.accepted
	}
	t.Logf("%d cases, %d accepted, %v", sum.cases, sum.accepted, time.Since(start).Round(time.Second))
	if sum.accepted < sum.cases/8 || sum.accepted > sum.cases*3/4 {
		t.Error("the cases do not tell anything apart")
	}
}

// compare takes the next group, n cases after the first. It returns how many of it the library accepts.
func (m *maker) compare(t *testing.T, n int) (accepted int) {
	path := paths()[len(paths())-1]
	if n%(4*groupSize) == 0 {
		path = PathPortable // slower, so only one group of four
	}
	var jobs [groupSize]Job
	var ok, want [groupSize]bool
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
	return accepted
}
