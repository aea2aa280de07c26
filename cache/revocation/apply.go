package revocation

import (
	"bytes"
	"cmp"
	"errors"
	"fmt"
	"slices"

	"github.com/cockroachdb/pebble/v2"

	"vratar/cache/store"
	"vratar/verifier/status/revoked"
)

// Part is names that come and go together, e.g. a batch of the EU. Names that several parts hold are revoked until
// the last of these parts goes.
type Part struct {
	Name string
	Keys [][]byte
}

// Change is what Apply does to a list in one step.
type Change struct {
	Remove []string // names of parts; those that are not there are passed over
	Add    []Part   // parts that are there already are passed over, unless Remove names them too
	Meta   []byte   // kept with the list for its owner; nil keeps what was there
}

// Apply changes a list made of parts and returns once a crash cannot undo that; the names count from then on. When
// it fails nothing was changed. Errors: ErrKey, ErrTooMany, store.ErrDegraded, the disk.
func (l *List) Apply(c Change) error {
	if l.lists.store.Degraded() {
		return store.ErrDegraded
	}
	l.lists.changing.Add(1)
	defer l.lists.changing.Add(-1)
	l.write.Lock()
	defer l.write.Unlock()
	b := l.lists.store.DB().NewBatch()
	defer b.Close()
	d := delta{list: l, batch: b, touched: make(map[string]bool), net: make(map[string]int)}
	for _, name := range c.Remove {
		if err := d.removePart(name); err != nil {
			return err
		}
	}
	for _, p := range c.Add {
		if err := d.addPart(p); err != nil {
			return err
		}
	}
	if err := d.count(); err != nil {
		return err
	}
	next := l.head
	next.revision++
	next.entries += len(d.added) - len(d.removed)
	if c.Meta != nil {
		next.meta = bytes.Clone(c.Meta)
	}
	if next.entries > MaxEntries {
		return ErrTooMany
	}
	if err := b.Set(store.PrefixRevList.Name(l.name), next.appendTo(nil), nil); err != nil {
		return err
	}
	if err := b.Commit(pebble.Sync); err != nil {
		return fmt.Errorf("changing revocation list %s: %w", l.name, err)
	}
	l.head = next
	l.publish(d.added, d.removed)
	return nil
}

// HasPart reports whether the list holds a part of that name.
func (l *List) HasPart(name string) (bool, error) {
	_, ok, err := l.lists.store.Get(l.partKey(partIsThere, name))
	return ok, err
}

// Parts is the names of the parts that the list holds, in order.
func (l *List) Parts() (names []string, err error) {
	prefix := l.partKey(partIsThere, "")
	err = l.lists.store.Scan(prefix, func(key, _ []byte) error {
		names = append(names, string(key[len(prefix):]))
		return nil
	})
	return names, err
}

// delta is a change that is being worked out.
type delta struct {
	list           *List
	batch          *pebble.Batch
	touched        map[string]bool // parts of this change: whether each is there afterwards
	net            map[string]int  // how many more parts hold each name
	added, removed []uint64        // hashes of names that came and went
}

func (d *delta) removePart(name string) error {
	if _, again := d.touched[name]; again {
		return nil
	}
	at := d.list.partKey(partContent, name)
	names, ok, err := d.list.lists.store.Get(at)
	if !ok || err != nil {
		return err
	}
	for len(names) > 0 {
		key, rest, ok := store.CutPart(names)
		if !ok {
			return fmt.Errorf("part %s of revocation list %s: %w", name, d.list.name, errCount)
		}
		d.net[key]--
		names = rest
	}
	d.touched[name] = false
	return errors.Join(d.batch.Delete(at, nil), d.batch.Delete(d.list.partKey(partIsThere, name), nil))
}

func (d *delta) addPart(p Part) error {
	there, known := d.touched[p.Name]
	if !known {
		var err error
		if there, err = d.list.HasPart(p.Name); err != nil {
			return err
		}
	}
	if there {
		return nil
	}
	var names []byte
	held := make(map[string]bool, len(p.Keys)) // a name given twice counts once
	for _, key := range p.Keys {
		if len(key) == 0 || len(key) > MaxKey {
			return ErrKey
		}
		if held[string(key)] {
			continue
		}
		held[string(key)] = true
		d.net[string(key)]++
		names = store.AppendPart(names, string(key))
	}
	d.touched[p.Name] = true
	return errors.Join(d.batch.Set(d.list.partKey(partIsThere, p.Name), nil, nil),
		d.batch.Set(d.list.partKey(partContent, p.Name), names, nil))
}

// count writes how many parts hold each name now. The filters spare most names that are new the look into the
// database.
func (d *delta) count() error {
	l := d.list
	set := l.live.Load()
	for _, n := range d.inOrder() {
		key, hash := []byte(n.name), n.hash
		var before uint64
		if set != nil && set.May(hash) {
			var err error
			if before, err = l.count(key); err != nil {
				return err
			}
		}
		after := int64(before) + int64(d.net[n.name])
		at := l.appendKey(nil, hash, key)
		switch {
		case after <= 0 && before > 0:
			d.removed = append(d.removed, hash)
			if err := d.batch.Delete(at, nil); err != nil {
				return err
			}
		case after > 0:
			if before == 0 {
				d.added = append(d.added, hash)
			}
			if err := d.batch.Set(at, encodeCount(uint64(after)), nil); err != nil {
				return err
			}
		}
	}
	return nil
}

// hashed is a name with its hash.
type hashed struct {
	hash uint64
	name string
}

// inOrder is the names that more or fewer parts hold, in the order in which they are stored: neighbours share blocks.
func (d *delta) inOrder() []hashed {
	all := make([]hashed, 0, len(d.net))
	for name, more := range d.net {
		if more != 0 {
			all = append(all, hashed{revoked.Hash([]byte(name)), name})
		}
	}
	slices.SortFunc(all, func(a, b hashed) int { return cmp.Compare(a.hash, b.hash) })
	return all
}

// publish makes what is durable known to look-ups. The caller holds write.
func (l *List) publish(added, removed []uint64) {
	l.mu.Lock()
	defer l.mu.Unlock()
	set := l.live.Load()
	if set == nil {
		set = revoked.New(exact{l}, 0)
	}
	draft := set.Draft()
	for _, hash := range added {
		draft.Add(hash)
		l.making.note(hash)
	}
	for _, hash := range removed {
		l.gone[revoked.ShardOf(hash)]++
	}
	l.live.Store(draft.Set(l.head.entries))
	l.lists.wakeBuilder()
}
