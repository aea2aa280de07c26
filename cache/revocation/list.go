package revocation

import (
	"encoding/binary"
	"errors"
	"fmt"
	"math"
	"sync"
	"sync/atomic"

	"github.com/cockroachdb/pebble/v2"

	"vratar/cache/store"
	"vratar/verifier/status/revoked"
)

// List is one list. Its methods may be used from many goroutines.
type List struct {
	lists  *Lists
	name   string
	number uint32 // in front of its keys
	live   revoked.Live

	write sync.Mutex // held while the list is changed; guards head
	head  head

	build sync.Mutex // held while a filter is made, or all are replaced; taken after write
	// mu orders the changes of what live points at; held for microseconds, taken last. It guards gone and making.
	mu     sync.Mutex
	gone   [revoked.Shards]int // names removed since the filter of the shard was made
	making *making             // nil: no filter is being made

	perhaps, wrong, failed atomic.Uint64
}

// head is what is stored of a list beside its names.
type head struct {
	number   uint32
	revision uint64 // counts the changes; 0: never loaded
	entries  int
	meta     []byte // the owner's
}

const headVersion = 1

func (h *head) appendTo(dst []byte) []byte {
	dst = binary.BigEndian.AppendUint32(append(dst, headVersion), h.number)
	dst = binary.BigEndian.AppendUint64(dst, h.revision)
	dst = binary.BigEndian.AppendUint64(dst, uint64(h.entries))
	return append(dst, h.meta...)
}

var errHead = errors.New("the stored head of the list is damaged or of another version")

// decodeHead is the inverse of appendTo. The head shares no memory with b.
func decodeHead(b []byte) (head, error) {
	const fixed = 1 + 4 + 8 + 8
	if len(b) < fixed || b[0] != headVersion {
		return head{}, errHead
	}
	h := head{number: binary.BigEndian.Uint32(b[1:]), revision: binary.BigEndian.Uint64(b[5:])}
	entries := binary.BigEndian.Uint64(b[13:])
	if h.number == 0 || h.number == math.MaxUint32 || h.revision == 0 || entries > MaxEntries {
		return head{}, errHead
	}
	h.entries, h.meta = int(entries), append([]byte(nil), b[fixed:]...)
	return h, nil
}

func newList(l *Lists, name string, h head) *List {
	list := &List{lists: l, name: name, number: h.number, head: h}
	if h.revision > 0 {
		list.live.Store(revoked.New(exact{list}, h.entries))
	}
	return list
}

// Live is where the current state of the list is found. It holds no state until the list is loaded.
func (l *List) Live() *revoked.Live { return &l.live }

// Loaded reports whether the list has ever been loaded, and what its owner keeps with it.
func (l *List) Loaded() (meta []byte, ok bool) {
	l.write.Lock()
	defer l.write.Unlock()
	return l.head.meta, l.head.revision > 0
}

// Stats is how a list stands. The counters are since the start.
type Stats struct {
	revoked.Stats
	Perhaps uint64 // questions that the filters did not answer
	Wrong   uint64 // of these, names that are not on the list
	Failed  uint64 // of these, ones that the database did not answer either
}

// Stats takes microseconds: for scrapes, not for scans.
func (l *List) Stats() Stats {
	return Stats{l.live.Load().Stats(), l.perhaps.Load(), l.wrong.Load(), l.failed.Load()}
}

// exact answers for a list from the database.
type exact struct{ list *List }

// Has implements revoked.Exact.
func (e exact) Has(key []byte) (bool, error) {
	l := e.list
	l.perhaps.Add(1)
	n, err := l.count(key)
	switch {
	case err != nil:
		l.failed.Add(1)
	case n == 0:
		l.wrong.Add(1)
	}
	return n > 0, err
}

// count is how many parts hold key.
func (l *List) count(key []byte) (uint64, error) {
	var room [64]byte
	value, closer, err := l.lists.store.DB().Get(l.appendKey(room[:0], revoked.Hash(key), key))
	if errors.Is(err, pebble.ErrNotFound) {
		return 0, nil
	}
	if err != nil {
		return 0, fmt.Errorf("reading revocation list %s: %w", l.name, err)
	}
	n, err := decodeCount(value)
	return n, errors.Join(err, closer.Close())
}

// appendKey writes where a name of that hash lies: by number of the list, then in the order of shards.
func (l *List) appendKey(dst []byte, hash uint64, name []byte) []byte {
	dst = binary.BigEndian.AppendUint32(append(dst, byte(store.PrefixRevoked)), l.number)
	dst = binary.BigEndian.AppendUint16(dst, uint16(hash>>48))
	return append(dst, name...)
}

// keyHead is the length of what appendKey puts before the name.
const keyHead = 1 + 4 + 2

// shardBounds is the range of the keys of one shard.
func (l *List) shardBounds(i int) (low, high []byte) {
	low = append(keysOf(store.PrefixRevoked, l.number), byte(i), 0)
	if i == revoked.Shards-1 {
		return low, keysOf(store.PrefixRevoked, l.number+1)
	}
	return low, append(keysOf(store.PrefixRevoked, l.number), byte(i+1), 0)
}

// What is kept of a part, apart so that the names of parts can be read without their content.
const (
	partIsThere = 'd'
	partContent = 'k'
)

// partKey is where that of a part lies.
func (l *List) partKey(what byte, part string) []byte {
	return append(append(keysOf(store.PrefixRevPart, l.number), what), part...)
}

// keysOf starts the keys of a list.
func keysOf(p store.Prefix, number uint32) []byte {
	return binary.BigEndian.AppendUint32(p.Key(), number)
}

var errCount = errors.New("a stored name is damaged")

// decodeCount reads how many parts hold a name: nothing stands for one, which is nearly always.
func decodeCount(value []byte) (uint64, error) {
	if len(value) == 0 {
		return 1, nil
	}
	n, used := binary.Uvarint(value)
	if used != len(value) || n < 2 {
		return 0, errCount
	}
	return n, nil
}

// encodeCount is the inverse of decodeCount; n is not 0.
func encodeCount(n uint64) []byte {
	if n == 1 {
		return nil
	}
	return binary.AppendUvarint(nil, n)
}
