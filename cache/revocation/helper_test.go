package revocation

import (
	"encoding/binary"
	"testing"
	"time"

	"github.com/cockroachdb/pebble/v2/vfs"

	"vratar/cache/store"
	"vratar/verifier/status/revoked"
)

// key is a name that no other number has.
func key(n uint64) []byte {
	return binary.BigEndian.AppendUint64(binary.BigEndian.AppendUint64(nil, n*0x9e3779b97f4a7c15), n)
}

// disk is a file system that outlives the process that works on it.
type disk struct {
	t     testing.TB
	fs    vfs.FS
	cache int64 // bytes; 0: as usual
	store *store.Store
	lists *Lists
}

func newDisk(t testing.TB, where vfs.FS) *disk {
	d := &disk{t: t, fs: where}
	d.start()
	t.Cleanup(d.stop)
	return d
}

func (d *disk) start() {
	d.t.Helper()
	var err error
	if d.store, err = store.Open("data", store.Options{FS: d.fs, CacheBytes: d.cache}); err != nil {
		d.t.Fatal(err)
	}
	if d.lists, err = Open(d.store, Options{}); err != nil {
		d.t.Fatal(err)
	}
}

func (d *disk) stop() {
	if d.lists == nil {
		return
	}
	d.check(d.lists.Close())
	d.check(d.store.Close())
	d.lists = nil
}

func (d *disk) restart() { d.stop(); d.start() }

func (d *disk) check(err error) {
	d.t.Helper()
	if err != nil {
		d.t.Fatal(err)
	}
}

// filters waits until every shard of the list has its filter and nothing is to be made.
func (d *disk) filters(name string) *List {
	d.t.Helper()
	list := d.lists.List(name)
	for i := 0; i < revoked.Shards; {
		if list.needsFilter(i) {
			time.Sleep(100 * time.Microsecond)
			continue
		}
		i++
	}
	return list
}

// load replaces the list by keys.
func (d *disk) load(name string, keys ...[]byte) Changes {
	d.t.Helper()
	l, err := d.lists.List(name).Load()
	d.check(err)
	for _, k := range keys {
		d.check(l.Add(k))
	}
	changes, err := l.Commit(d.t.Context(), []byte("meta of "+name))
	d.check(err)
	return changes
}

// holds is what the list answers.
func (d *disk) holds(name string, k []byte) bool {
	d.t.Helper()
	has, err := d.lists.List(name).Live().Load().Has(k)
	if err != nil {
		d.t.Fatalf("list %s: %v", name, err)
	}
	return has
}

// same holds the list against a map, for the numbers below n.
func (d *disk) same(name string, want map[uint64]bool, n uint64) {
	d.t.Helper()
	for i := range n {
		if got := d.holds(name, key(i)); got != want[i] {
			d.t.Fatalf("list %s holds %d: %v, want %v", name, i, got, want[i])
		}
	}
	if got := d.lists.List(name).Stats().Entries; got != len(want) {
		d.t.Fatalf("list %s: %d entries, want %d", name, got, len(want))
	}
}

// numbered is the names of a set of numbers.
func numbered(set map[uint64]bool) (keys [][]byte) {
	for n := range set {
		keys = append(keys, key(n))
	}
	return keys
}
