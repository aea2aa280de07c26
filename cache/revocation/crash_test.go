package revocation

import (
	"maps"
	"math/rand/v2"
	"strings"
	"sync"
	"testing"

	"github.com/cockroachdb/pebble/v2/vfs"
	"github.com/cockroachdb/pebble/v2/vfs/errorfs"
)

// crasher keeps what a disk would hold if the power failed at one moment.
type crasher struct {
	mu    sync.Mutex
	mem   *vfs.MemFS
	armed bool
	left  int // changes of the disk until then
	saved *vfs.MemFS
	cfg   vfs.CrashCloneCfg
}

// MaybeError implements errorfs.Injector. It never fails.
func (c *crasher) MaybeError(op errorfs.Op) error {
	if op.Kind.ReadOrWrite() != errorfs.OpIsWrite {
		return nil
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	if !c.armed {
		return nil
	}
	if c.left--; c.left < 0 {
		c.armed, c.saved = false, c.mem.CrashClone(c.cfg)
	}
	return nil
}

func (c *crasher) String() string { return "crasher" }

// At whatever moment the power fails during a change, the list is afterwards as it was before or as it is behind it,
// names and head together, and can be changed again. What was acknowledged stays.
func TestCrashDuringAChange(t *testing.T) {
	before := map[uint64]bool{1: true, 2: true, 3: true, 4: true}
	after := map[uint64]bool{3: true, 4: true, 5: true, 6: true, 7: true}
	one := []Part{{Name: "one", Keys: [][]byte{key(1), key(2), key(3)}}, {Name: "two", Keys: [][]byte{key(3), key(4)}}}
	next := Change{Remove: []string{"one"}, Add: []Part{{Name: "three", Keys: [][]byte{key(5), key(6), key(7)}}}}
	f := func(first, then func(d *disk), empty bool) {
		t.Helper()
		moments, old := 0, 0
		for ; ; moments++ {
			random := rand.New(rand.NewPCG(uint64(moments), 9))
			mem := vfs.NewCrashableMem()
			c := &crasher{mem: mem, left: moments}
			c.cfg = vfs.CrashCloneCfg{UnsyncedDataPercent: 50 * (moments % 3), RNG: random}
			d := newDisk(t, errorfs.Wrap(mem, c))
			first(d)
			c.mu.Lock()
			c.armed = true
			c.mu.Unlock()
			then(d)
			c.mu.Lock()
			crashed := c.saved
			c.armed = false
			c.mu.Unlock()
			if crashed == nil {
				crashed = mem.CrashClone(vfs.CrashCloneCfg{})
			}
			d.stop()
			if checkCrashed(t, crashed, empty, before, after) {
				old++
			}
			if c.saved == nil {
				break
			}
		}
		if moments < 2 || old == 0 || old > moments {
			t.Errorf("%d moments, %d of them before the change", moments, old)
		}
	}
	load := func(set map[uint64]bool) func(d *disk) {
		return func(d *disk) { d.load("list", numbered(set)...) }
	}
	f(load(before), load(after), false)
	f(func(*disk) {}, load(after), true)
	f(func(d *disk) { d.check(d.lists.List("list").Apply(Change{Add: one})) },
		func(d *disk) { d.check(d.lists.List("list").Apply(next)) }, false)
}

// checkCrashed looks at what a crash left. It reports whether the change is not there.
func checkCrashed(t *testing.T, where *vfs.MemFS, empty bool, before, after map[uint64]bool) (old bool) {
	t.Helper()
	d := newDisk(t, where)
	defer d.stop()
	list := d.lists.List("list")
	want := after
	switch {
	case empty && list.Live().Load() == nil:
		old, want = true, nil
	case !empty && d.holds("list", key(1)):
		old, want = true, before
	}
	for range 2 {
		if want != nil {
			d.same("list", want, 10)
		}
		if files, err := where.List("data/revocation"); err != nil || len(files) > 0 {
			t.Fatalf("left behind: %s, %v", strings.Join(files, " "), err)
		}
		d.restart()
	}
	again := maps.Clone(after)
	again[9] = true
	d.load("list", numbered(again)...)
	d.same("list", again, 10)
	return old
}
