package revocation

import (
	"bufio"
	"bytes"
	"errors"
	"maps"
	"math/rand/v2"
	"slices"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"testing"

	"github.com/cockroachdb/pebble/v2/vfs"
	"github.com/cockroachdb/pebble/v2/vfs/errorfs"

	"vratar/cache/store"
	"vratar/verifier/status/revoked"
	"vratar/verifier/status/ribbon"
)

// Lists are loaded as a whole again and again; they hold what they were given last, before and after a restart,
// and with filters and without.
func TestLoadHoldsWhatItWasGiven(t *testing.T) {
	const n = 2000
	d := newDisk(t, vfs.NewMem())
	random := rand.New(rand.NewPCG(1, 1))
	want := make(map[uint64]bool)
	for round, share := range []uint64{2, 50, 3, 1000, 1} {
		before := maps.Clone(want)
		for i := range uint64(n) {
			if random.Uint64N(share) == 0 {
				if want[i] {
					delete(want, i)
				} else {
					want[i] = true
				}
			}
		}
		keys := numbered(want)
		changes := d.load("list", append(keys, keys[:10]...)...) // some of them twice
		gone, came := 0, 0
		for i := range uint64(n) {
			if before[i] && !want[i] {
				gone++
			} else if want[i] && !before[i] {
				came++
			}
		}
		if changes != (Changes{came, gone}) {
			t.Fatalf("round %d: %+v, want %d added, %d removed", round, changes, came, gone)
		}
		d.same("list", want, n)
		d.filters("list")
		d.same("list", want, n)
		d.restart()
		d.same("list", want, n)
		if meta, ok := d.lists.List("list").Loaded(); !ok || string(meta) != "meta of list" {
			t.Fatalf("meta %q, %v", meta, ok)
		}
	}
	if stats := d.filters("list").Stats(); stats.Filters != revoked.Shards || stats.Perhaps < n/4 || stats.Failed != 0 {
		t.Errorf("%+v", stats)
	}
}

// The same list again writes nothing but that it was seen, and an empty one empties it.
func TestLoadOfTheSameAndOfNothing(t *testing.T) {
	d := newDisk(t, vfs.NewMem())
	want := map[uint64]bool{1: true, 2: true, 3: true}
	if changes := d.load("list", numbered(want)...); changes != (Changes{3, 0}) {
		t.Fatalf("%+v", changes)
	}
	if changes := d.load("list", numbered(want)...); changes != (Changes{}) {
		t.Fatalf("%+v", changes)
	}
	d.same("list", want, 10)
	if changes := d.load("list"); changes != (Changes{0, 3}) {
		t.Fatalf("%+v", changes)
	}
	d.same("list", nil, 10)
}

// parts is a list made of parts, and what it should hold.
type parts struct {
	names map[string][]uint64
}

func (p *parts) set() map[uint64]bool {
	all := make(map[uint64]bool)
	for _, numbers := range p.names {
		for _, n := range numbers {
			all[n] = true
		}
	}
	return all
}

// Parts that share names come, go and come again: a name is revoked while one part holds it.
func TestPartsComeAndGo(t *testing.T) {
	const n = 600
	d := newDisk(t, vfs.NewMem())
	random := rand.New(rand.NewPCG(2, 2))
	p := parts{map[string][]uint64{}}
	for round := range 30 {
		var c Change
		for range 1 + random.IntN(4) {
			name := "part " + strconv.Itoa(random.IntN(20))
			if slices.ContainsFunc(c.Add, func(a Part) bool { return a.Name == name }) {
				continue
			}
			if _, has := p.names[name]; has && random.IntN(3) > 0 {
				c.Remove = append(c.Remove, name, name) // once too often
				delete(p.names, name)
				if random.IntN(2) == 0 {
					continue
				}
			}
			part := Part{Name: name}
			var numbers []uint64
			for range random.IntN(80) {
				i := random.Uint64N(n)
				numbers = append(numbers, i)
				part.Keys = append(part.Keys, key(i))
			}
			c.Add = append(c.Add, part)
			if _, has := p.names[name]; !has { // else it is passed over
				p.names[name] = numbers
			}
		}
		c.Remove = append(c.Remove, "never seen")
		d.check(d.lists.List("parts").Apply(c))
		d.same("parts", p.set(), n)
		switch round % 10 {
		case 3:
			d.filters("parts")
			d.same("parts", p.set(), n)
		case 7:
			d.restart()
			d.same("parts", p.set(), n)
		}
		if names, err := d.lists.List("parts").Parts(); err != nil || !slices.Equal(names, slices.Sorted(maps.Keys(p.names))) {
			t.Fatalf("parts %v, %v", names, err)
		}
		for name := range p.names {
			if has, err := d.lists.List("parts").HasPart(name); err != nil || !has {
				t.Fatalf("%s is not there: %v", name, err)
			}
		}
	}
}

func TestListsNeverMix(t *testing.T) {
	d := newDisk(t, vfs.NewMem())
	want := map[string]map[uint64]bool{}
	for i, name := range []string{"a", "ab", "b"} {
		want[name] = map[uint64]bool{uint64(i): true, 10: true, uint64(20 + i): true}
		d.load(name, numbered(want[name])...)
	}
	d.check(d.lists.List("c").Apply(Change{Add: []Part{{Name: "p", Keys: [][]byte{key(1)}}}}))
	want["c"] = map[uint64]bool{1: true}
	all := func() {
		t.Helper()
		for name, set := range want {
			d.same(name, set, 30)
		}
	}
	all()
	d.load("ab")
	want["ab"] = nil
	all()
	d.check(d.lists.Keep([]string{"b", "c", "never seen"}))
	for range 2 {
		delete(want, "a")
		delete(want, "ab")
		all()
		for _, name := range []string{"a", "ab"} {
			if _, ok := d.lists.List(name).Loaded(); ok || d.lists.List(name).Live().Load() != nil {
				t.Fatalf("%s was not forgotten", name)
			}
		}
		d.restart()
	}
	d.load("a", key(5))
	want["a"] = map[uint64]bool{5: true} // and nothing of what it was before
	all()
}

func TestListThatWasNeverLoadedAnswersNothing(t *testing.T) {
	d := newDisk(t, vfs.NewMem())
	list := d.lists.List("list")
	if has, err := list.Live().Load().Has(key(1)); has || !errors.Is(err, revoked.ErrNotLoaded) {
		t.Fatalf("Has = %v, %v", has, err)
	}
	l, err := list.Load()
	d.check(err)
	d.check(l.Add(key(1)))
	d.check(l.Abort())
	d.check(l.Abort())
	if _, ok := list.Loaded(); ok {
		t.Fatal("an aborted load counts")
	}
}

func TestNamesOutOfBounds(t *testing.T) {
	d := newDisk(t, vfs.NewMem())
	for _, name := range [][]byte{nil, make([]byte, MaxKey+1)} {
		l, err := d.lists.List("list").Load()
		d.check(err)
		if err := l.Add(name); !errors.Is(err, ErrKey) {
			t.Errorf("Add of %d bytes: %v", len(name), err)
		}
		d.check(l.Abort())
		c := Change{Add: []Part{{Name: "p", Keys: [][]byte{key(1), name}}}}
		if err := d.lists.List("list").Apply(c); !errors.Is(err, ErrKey) {
			t.Errorf("Apply of %d bytes: %v", len(name), err)
		}
	}
	long := bytes.Repeat([]byte("x"), MaxKey)
	d.load("list", long, []byte{0})
	if !d.holds("list", long) || !d.holds("list", []byte{0}) || d.holds("list", long[1:]) {
		t.Error("names at the bounds are not held")
	}
}

// A look-up that the disk does not answer is an error, not "no".
func TestLookUpThatFails(t *testing.T) {
	var broken atomic.Bool
	where := errorfs.Wrap(vfs.NewMem(), errorfs.InjectorFunc(func(op errorfs.Op) error {
		if broken.Load() && op.Kind.ReadOrWrite() == errorfs.OpIsRead && strings.HasSuffix(op.Path, ".sst") {
			return errors.New("no medium")
		}
		return nil
	}))
	d := newDisk(t, where)
	d.load("list", key(1), key(2), key(3))
	d.filters("list")
	d.cache = 1
	d.restart()
	d.filters("list") // and hardly a block is held in memory any more
	broken.Store(true)
	set := d.lists.List("list").Live().Load()
	if has, err := set.Has(key(1)); err == nil || has {
		t.Fatalf("Has = %v, %v", has, err)
	}
	broken.Store(false)
	if has, err := set.Has(key(1)); err != nil || !has {
		t.Fatalf("Has = %v, %v", has, err)
	}
	if stats := d.lists.List("list").Stats(); stats.Failed == 0 {
		t.Errorf("%+v", stats)
	}
}

// A name that lies beside a filter goes while the next filter is made, so that this one is made without it, and comes
// again before that one is there.
func TestNameComesAgainWhileAFilterIsMade(t *testing.T) {
	d := newDisk(t, vfs.NewMem())
	list := d.lists.List("list")
	list.build.Lock() // the background makes none meanwhile
	unlock := sync.OnceFunc(list.build.Unlock)
	defer unlock()
	name := Part{Name: "a", Keys: [][]byte{key(7)}}
	shard := revoked.ShardOf(revoked.Hash(key(7)))
	d.check(list.Apply(Change{Add: []Part{name}}))
	gone := list.begin(shard)
	d.check(list.Apply(Change{Remove: []string{"a"}}))
	var hashes []uint64
	d.check(list.eachKey(shard, func(k []byte) { hashes = append(hashes, revoked.Hash(k)) }))
	d.check(list.Apply(Change{Add: []Part{name}}))
	list.finish(new(ribbon.Builder).Build(hashes), gone)
	if len(hashes) != 0 || list.gone[shard] != 1 {
		t.Fatalf("%d names read, %d gone since", len(hashes), list.gone[shard])
	}
	d.same("list", map[uint64]bool{7: true}, 10)
	d.check(list.Apply(Change{Remove: []string{"a"}}))
	d.same("list", nil, 10)
	unlock()
	d.filters("list")
	d.same("list", nil, 10)
}

// Look-ups go on while the list changes, its filters are made and swapped. What is on the list all the time is never
// missed, and what is never on it never found.
func TestLookUpsWhileTheListChanges(t *testing.T) {
	const always, sometimes, never = 2000, 4000, 6000 // numbers below, in this order
	d := newDisk(t, vfs.NewMem())
	fixed := Part{Name: "fixed"}
	for i := range uint64(always) {
		fixed.Keys = append(fixed.Keys, key(i))
	}
	list := d.lists.List("list")
	d.check(list.Apply(Change{Add: []Part{fixed}}))
	var done atomic.Bool
	var readers sync.WaitGroup
	finish := func() { done.Store(true); readers.Wait() }
	defer finish()
	for r := range 2 {
		readers.Go(func() {
			random := rand.New(rand.NewPCG(uint64(r), 3))
			for !done.Load() {
				i := random.Uint64N(never)
				has, err := list.Live().Load().Has(key(i))
				if err != nil || (i < always && !has) || (i >= sometimes && has) {
					t.Errorf("holds %d: %v, %v", i, has, err)
					return
				}
			}
		})
	}
	for round := range uint64(16) {
		moving := Part{Name: strconv.FormatUint(round, 10)}
		for i := always + round%2; i < sometimes; i += 2 {
			moving.Keys = append(moving.Keys, key(i))
		}
		c := Change{Add: []Part{moving}}
		if round > 0 {
			c.Remove = []string{strconv.FormatUint(round-1, 10)}
		}
		if err := list.Apply(c); err != nil {
			t.Error(err)
		}
		if got := list.Stats().Entries; got != always+len(moving.Keys) {
			t.Fatalf("round %d: %d entries", round, got)
		}
		for i := uint64(always); i < sometimes; i++ {
			if has, err := list.Live().Load().Has(key(i)); err != nil || has != (i%2 == round%2) {
				t.Fatalf("round %d: holds %d: %v, %v", round, i, has, err)
			}
		}
	}
	finish()
	d.filters("list")
}

// A list is replaced as a whole under look-ups.
func TestLookUpsWhileTheListIsReplaced(t *testing.T) {
	d := newDisk(t, vfs.NewMem())
	want := make(map[uint64]bool)
	for i := range uint64(3000) {
		want[i] = true
	}
	d.load("list", numbered(want)...)
	list := d.lists.List("list")
	var done atomic.Bool
	var reader sync.WaitGroup
	reader.Go(func() {
		for i := uint64(0); !done.Load(); i = (i + 1) % 3000 {
			if has, err := list.Live().Load().Has(key(i)); err != nil || !has {
				t.Errorf("holds %d: %v, %v", i, has, err)
				return
			}
		}
	})
	for round := range uint64(4) {
		next := maps.Clone(want)
		for i := range uint64(3000) {
			next[10_000*(round+1)+i] = true
		}
		d.load("list", numbered(next)...)
	}
	done.Store(true)
	reader.Wait()
}

func TestFullDiskChangesNothing(t *testing.T) {
	mem := vfs.NewMem()
	d := newDisk(t, mem)
	d.load("list", key(1))
	d.stop()
	mem.TestingSetDiskUsage(vfs.DiskUsage{AvailBytes: 1, TotalBytes: 2})
	d.start()
	if err := d.lists.List("list").Apply(Change{Add: []Part{{Name: "p", Keys: [][]byte{key(2)}}}}); !errors.Is(err, store.ErrDegraded) {
		t.Errorf("Apply: %v", err)
	}
	l, err := d.lists.List("list").Load()
	d.check(err)
	d.check(l.Add(key(2)))
	if _, err := l.Commit(t.Context(), nil); !errors.Is(err, store.ErrDegraded) {
		t.Errorf("Commit: %v", err)
	}
	d.same("list", map[uint64]bool{1: true}, 3)
}

// A list that has changed is not called unchanged because its files cannot be cleared up.
func TestCommitWithoutClearingUp(t *testing.T) {
	var broken atomic.Bool
	d := newDisk(t, errorfs.Wrap(vfs.NewMem(), errorfs.InjectorFunc(func(op errorfs.Op) error {
		if broken.Load() && op.Kind == errorfs.OpRemoveAll {
			return errors.New("busy")
		}
		return nil
	})))
	broken.Store(true)
	if changes := d.load("list", key(1)); changes != (Changes{1, 0}) {
		t.Errorf("%+v", changes)
	}
	broken.Store(false)
	d.restart()
	d.same("list", map[uint64]bool{1: true}, 3)
}

// FuzzHead: what is understood is written the same way again.
func FuzzHead(f *testing.F) {
	h := head{number: 7, revision: 2, entries: 55_000_000, meta: []byte("meta")}
	f.Add(h.appendTo(nil))
	f.Add([]byte{headVersion})
	f.Fuzz(func(t *testing.T, b []byte) {
		h, err := decodeHead(b)
		if err == nil && !bytes.Equal(h.appendTo(nil), b) {
			t.Fatalf("%x became %x", b, h.appendTo(nil))
		}
	})
}

// FuzzCount: a stored count is never nought, and one that is written comes back.
func FuzzCount(f *testing.F) {
	f.Add([]byte{})
	f.Add([]byte{2})
	f.Add([]byte{0x80, 1})
	f.Fuzz(func(t *testing.T, b []byte) {
		n, err := decodeCount(b)
		if err != nil {
			return
		}
		if again, err := decodeCount(encodeCount(n)); n == 0 || again != n || err != nil {
			t.Fatalf("%x is %d, then %d, %v", b, n, again, err)
		}
	})
}

// FuzzSpill: whatever lies in a file of names, it is read in order and without repetition, or refused.
func FuzzSpill(f *testing.F) {
	f.Add([]byte{0, 1, 9, 9, 'a', 0, 1, 9, 9, 'b'})
	f.Add([]byte{0xff, 0xff, 0})
	f.Fuzz(func(t *testing.T, b []byte) {
		var n names
		if err := n.readFrom(bufio.NewReader(bytes.NewReader(b))); err != nil {
			return
		}
		for i := 1; i < len(n.at); i++ {
			if bytes.Compare(n.key(i-1), n.key(i)) >= 0 {
				t.Fatalf("%x before %x", n.key(i-1), n.key(i))
			}
		}
	})
}

var _ revoked.Exact = exact{}
