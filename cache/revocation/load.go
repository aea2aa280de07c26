package revocation

import (
	"bufio"
	"bytes"
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"math"
	"strconv"

	"github.com/cockroachdb/pebble/v2/vfs"

	"vratar/cache/store"
	"vratar/verifier/status/revoked"
)

// Loader replaces all names of a list by those it is given, in any order. They go to files on disk, one for each
// shard, and are sorted there one shard at a time: in memory is never more than that, whatever the length of the
// list. Either Commit or Abort ends it; until then nothing of it is seen. It is for one goroutine, and not for lists
// made of parts.
type Loader struct {
	list  *List
	dir   string
	files [revoked.Shards]vfs.File
	out   [revoked.Shards]*bufio.Writer
	n     int
}

const (
	spillBuffer = 32 << 10 // bytes, for each of the shards
	lookAtDisk  = 1 << 16  // names between two looks at the free space
)

// Load begins to replace the list. Errors: the disk.
func (l *List) Load() (*Loader, error) {
	all := l.lists
	all.mu.Lock()
	all.loads++
	dir := all.fs.PathJoin(all.dir, strconv.Itoa(all.loads))
	all.mu.Unlock()
	if err := all.fs.MkdirAll(dir, 0o700); err != nil {
		return nil, err
	}
	return &Loader{list: l, dir: dir}, nil
}

func (l *Loader) path(name string, i int) string {
	return l.list.lists.fs.PathJoin(l.dir, name+strconv.Itoa(i))
}

// Add gives it a name; the loader keeps a copy. A name given twice counts once. Errors: ErrKey, ErrTooMany,
// store.ErrDegraded, the disk.
func (l *Loader) Add(name []byte) error {
	if len(name) == 0 || len(name) > MaxKey {
		return ErrKey
	}
	if l.n++; l.n > MaxEntries {
		return ErrTooMany
	}
	if l.n%lookAtDisk == 0 && l.list.lists.store.Degraded() {
		return store.ErrDegraded
	}
	hash := revoked.Hash(name)
	i := revoked.ShardOf(hash)
	if l.out[i] == nil {
		file, err := l.list.lists.fs.Create(l.path("names", i), vfs.WriteCategoryUnspecified)
		if err != nil {
			return err
		}
		l.files[i], l.out[i] = file, bufio.NewWriterSize(file, spillBuffer)
	}
	var head [4]byte
	binary.BigEndian.PutUint16(head[:], uint16(len(name)))
	binary.BigEndian.PutUint16(head[2:], uint16(hash>>48))
	if _, err := l.out[i].Write(head[:]); err != nil {
		return err
	}
	_, err := l.out[i].Write(name)
	return err
}

// Abort drops what was given. After Commit it does nothing but clear up.
func (l *Loader) Abort() error {
	var errs []error
	for i, file := range l.files {
		if file != nil {
			errs = append(errs, file.Close())
			l.files[i], l.out[i] = nil, nil
		}
	}
	return errors.Join(append(errs, l.list.lists.fs.RemoveAll(l.dir))...)
}

// Changes is what Commit found to be different.
type Changes struct{ Added, Removed int }

// Commit puts the names in the place of those the list held, with meta for its owner, and returns once a crash cannot
// undo that. When it fails nothing was changed. It writes only what differs. Errors: ErrTooMany, store.ErrDegraded, the
// disk, the end of ctx.
func (l *Loader) Commit(ctx context.Context, meta []byte) (Changes, error) {
	changes, err := l.commit(ctx, meta)
	if left := l.Abort(); left != nil { // the next start clears up; the list has changed, or has not
		l.list.lists.log.Warn("files of a load are left behind", slog.String("list", l.list.name), slog.Any("error", left))
	}
	return changes, err
}

func (l *Loader) commit(ctx context.Context, meta []byte) (Changes, error) {
	list := l.list
	if list.lists.store.Degraded() {
		return Changes{}, store.ErrDegraded
	}
	list.write.Lock()
	defer list.write.Unlock()
	list.build.Lock()
	defer list.build.Unlock()
	m := newMerge(l)
	for i := range revoked.Shards {
		if err := ctx.Err(); err != nil {
			return Changes{}, errors.Join(err, m.tables.close())
		}
		if err := m.shard(i); err != nil {
			return Changes{}, errors.Join(fmt.Errorf("sorting revocation list %s: %w", list.name, err), m.tables.close())
		}
	}
	next := head{list.number, list.head.revision + 1, m.entries, bytes.Clone(meta)}
	if next.entries > MaxEntries {
		return Changes{}, errors.Join(ErrTooMany, m.tables.close())
	}
	// The head lies behind all names and goes with them: a list without its names, or names without their list,
	// are never seen.
	err := m.tables.set(store.PrefixRevList.Name(list.name), next.appendTo(nil))
	if err = errors.Join(err, m.tables.close()); err != nil {
		return Changes{}, err
	}
	if err := list.lists.store.Ingest(ctx, m.tables.paths); err != nil {
		return Changes{}, err
	}
	list.head = next
	list.mu.Lock()
	defer list.mu.Unlock()
	list.live.Store(m.draft.Set(next.entries))
	for i, n := range m.removed {
		if m.covered[i] {
			list.gone[i], n = 0, 0 // none of them is in the new filter
		}
		list.gone[i] += n
	}
	list.lists.wakeBuilder()
	return m.changes, nil
}

// read returns the names given for a shard, each behind the head of its key, as one piece of memory.
func (l *Loader) read(i int, into *names) error {
	into.reset()
	if l.out[i] == nil {
		return nil
	}
	err := errors.Join(l.out[i].Flush(), l.files[i].Close())
	l.files[i], l.out[i] = nil, nil
	if err != nil {
		return err
	}
	path := l.path("names", i)
	file, err := l.list.lists.fs.Open(path, vfs.SequentialReadsOption)
	if err != nil {
		return err
	}
	err = into.readFrom(bufio.NewReaderSize(file, 1<<18))
	return errors.Join(err, file.Close(), l.list.lists.fs.Remove(path))
}

var errSpill = errors.New("a file of names is damaged")

// readFrom reads what Add has written.
func (n *names) readFrom(r *bufio.Reader) error {
	for {
		var head [2]byte
		if _, err := io.ReadFull(r, head[:]); errors.Is(err, io.EOF) {
			n.sort()
			return nil
		} else if err != nil {
			return err
		}
		size := 2 + int(binary.BigEndian.Uint16(head[:]))
		if size > 2+MaxKey {
			return errSpill
		}
		if len(n.bytes)+size > math.MaxUint32 {
			return ErrTooMany
		}
		if _, err := io.ReadFull(r, n.add(size)); err != nil {
			return errors.Join(errSpill, err)
		}
	}
}
