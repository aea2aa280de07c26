package revocation

import (
	"bytes"
	"cmp"
	"encoding/binary"
	"errors"
	"slices"

	"github.com/cockroachdb/pebble/v2"
	"github.com/cockroachdb/pebble/v2/sstable"

	"vratar/verifier/status/revoked"
	"vratar/verifier/status/ribbon"
)

// names is what one shard is to hold: each name behind the two bytes of its hash that put it in its place.
type names struct {
	bytes []byte
	at    []place
}

// place is where one of them is. Its first bytes decide nearly every comparison.
type place struct {
	first    uint64
	from, to uint32
}

func (n *names) reset() { n.bytes, n.at = n.bytes[:0], n.at[:0] }

// add makes room for one more, to be filled by the caller.
func (n *names) add(size int) []byte {
	from := len(n.bytes)
	n.bytes = slices.Grow(n.bytes, size)[:from+size]
	n.at = append(n.at, place{from: uint32(from), to: uint32(from + size)})
	return n.bytes[from:]
}

func (n *names) key(i int) []byte { return n.bytes[n.at[i].from:n.at[i].to] }

// sort puts them into the order of keys, each once.
func (n *names) sort() {
	for i := range n.at {
		var first [8]byte
		copy(first[:], n.key(i))
		n.at[i].first = binary.BigEndian.Uint64(first[:])
	}
	text := func(p place) []byte { return n.bytes[p.from:p.to] }
	slices.SortFunc(n.at, func(a, b place) int {
		if a.first != b.first {
			return cmp.Compare(a.first, b.first)
		}
		return bytes.Compare(text(a), text(b))
	})
	n.at = slices.CompactFunc(n.at, func(a, b place) bool { return a.first == b.first && bytes.Equal(text(a), text(b)) })
}

// merge holds what a loader was given against what the list holds, shard by shard.
type merge struct {
	loader  *Loader
	list    *List
	tables  tables
	draft   *revoked.Draft
	before  *revoked.Set
	builder ribbon.Builder
	given   names
	hashes  []uint64
	entries int
	removed [revoked.Shards]int
	covered [revoked.Shards]bool // by filters made of what was given
	changes Changes
}

func newMerge(l *Loader) *merge {
	m := &merge{loader: l, list: l.list, tables: tables{loader: l}, before: l.list.live.Load()}
	if m.before == nil {
		m.before = revoked.New(exact{l.list}, 0)
	}
	m.draft = m.before.Draft()
	return m
}

// shard writes what is different in one shard, and makes its filter when too much is.
func (m *merge) shard(i int) error {
	if err := m.loader.read(i, &m.given); err != nil {
		return err
	}
	low, high := m.list.shardBounds(i)
	it, err := m.list.lists.store.DB().NewIter(&pebble.IterOptions{LowerBound: low, UpperBound: high})
	if err != nil {
		return err
	}
	m.hashes = m.hashes[:0]
	err = m.compare(i, it)
	if err = errors.Join(err, it.Error(), it.Close()); err != nil {
		return err
	}
	m.entries += len(m.given.at)
	m.changes.Removed += m.removed[i]
	m.changes.Added += len(m.hashes)
	late, has := m.before.Late(i)
	if has && len(late)+len(m.hashes) <= lateLimit(m.before.Len()) {
		for _, hash := range m.hashes {
			m.draft.Add(hash)
		}
		return nil
	}
	m.cover(i)
	return nil
}

// cover makes the filter of all that was given for a shard.
func (m *merge) cover(i int) {
	m.hashes = m.hashes[:0]
	for j := range m.given.at {
		m.hashes = append(m.hashes, revoked.Hash(m.given.key(j)[2:]))
	}
	m.draft.Cover(i, m.builder.Build(m.hashes), nil)
	m.covered[i] = true
}

// compare walks through what was given and what is held, both in the order of keys. It writes what is missing on
// either side; m.hashes becomes the hashes of what is new.
func (m *merge) compare(i int, held *pebble.Iterator) error {
	key, _ := m.list.shardBounds(i)
	key = key[:keyHead-2]
	held.First()
	for j := range m.given.at {
		given := m.given.key(j)
		order := 1
		for held.Valid() {
			if order = bytes.Compare(held.Key()[keyHead-2:], given); order >= 0 {
				break
			}
			if err := m.drop(i, held); err != nil {
				return err
			}
		}
		if held.Valid() && order == 0 {
			held.Next()
			continue
		}
		if err := m.tables.set(append(key[:keyHead-2], given...), nil); err != nil {
			return err
		}
		m.hashes = append(m.hashes, revoked.Hash(given[2:]))
	}
	for held.Valid() {
		if err := m.drop(i, held); err != nil {
			return err
		}
	}
	return nil
}

// drop removes the name on which held stands, and goes on.
func (m *merge) drop(i int, held *pebble.Iterator) error {
	m.removed[i]++
	err := m.tables.remove(held.Key())
	held.Next()
	return err
}

// tables is sorted files for the database, one begun after the other.
type tables struct {
	loader  *Loader
	current *sstable.Writer
	size    int
	paths   []string
}

// tableSize is about how large a file becomes, in bytes before compression.
const tableSize = 128 << 20

func (t *tables) next(size int) error {
	if t.current != nil && t.size+size > tableSize {
		if err := t.close(); err != nil {
			return err
		}
	}
	t.size += size
	if t.current != nil {
		return nil
	}
	path := t.loader.path("table", len(t.paths))
	var err error
	if t.current, err = t.loader.list.lists.store.NewTable(path); err != nil {
		return err
	}
	t.size = size
	t.paths = append(t.paths, path)
	return nil
}

func (t *tables) set(key, value []byte) error {
	if err := t.next(len(key) + len(value)); err != nil {
		return err
	}
	return t.current.Set(key, value)
}

func (t *tables) remove(key []byte) error {
	if err := t.next(len(key)); err != nil {
		return err
	}
	return t.current.Delete(key)
}

// close ends the file that was begun.
func (t *tables) close() error {
	if t.current == nil {
		return nil
	}
	err := t.current.Close()
	t.current = nil
	return err
}
