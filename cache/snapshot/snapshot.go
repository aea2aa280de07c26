// Package snapshot keeps the last good trust and status lists, so that a gateway can start without network.
//
// It stores bytes as they were fetched and checks nothing: who reads them back parses and proves them as if
// they had just come in. Losing it costs a fetch.
package snapshot

import (
	"encoding/binary"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"vratar/cache/store"
)

// MaxBody bounds one list, in bytes.
const MaxBody = 64 << 20

// ErrTooLarge means that a list exceeds MaxBody.
var ErrTooLarge = errors.New("list exceeds the size limit")

// Kinds of lists.
const (
	KindTrust  = "trust"
	KindStatus = "status"
)

// Entry is one list as it was fetched.
type Entry struct {
	Kind    string    // KindTrust or KindStatus
	Name    string    // where it came from: address or file; unique within its kind
	Fetched time.Time // when it was last known to be current, kept in UTC
	ETag    string    // the server's validator for the next conditional fetch; may be empty
	Body    []byte
}

// meta is the stored head of an entry.
type meta struct {
	Fetched time.Time `json:"fetched"`
	ETag    string    `json:"etag,omitempty"`
}

// Snapshots is the stored set.
type Snapshots struct{ store *store.Store }

// New uses s, which the caller opens and closes.
func New(s *store.Store) *Snapshots { return &Snapshots{s} }

// Save stores e in place of the entry with the same kind and name, and returns once a crash cannot undo that.
// Errors: ErrTooLarge, store.ErrDegraded, an entry without kind or name, the disk.
func (s *Snapshots) Save(e Entry) error {
	if e.Kind == "" || e.Name == "" {
		return errors.New("snapshot: entry without kind or name")
	}
	if len(e.Body) > MaxBody {
		return fmt.Errorf("snapshot %s: %w: %d bytes, at most %d", e.Name, ErrTooLarge, len(e.Body), MaxBody)
	}
	if s.store.Degraded() {
		return fmt.Errorf("snapshot %s: %w", e.Name, store.ErrDegraded)
	}
	value, err := appendEntry(nil, &e)
	if err != nil {
		return fmt.Errorf("snapshot %s: %w", e.Name, err)
	}
	if err := s.store.Set(key(e.Kind, e.Name), value); err != nil {
		return fmt.Errorf("snapshot %s: %w", e.Name, err)
	}
	return nil
}

// All returns the entries of a kind, ordered by name.
func (s *Snapshots) All(kind string) ([]Entry, error) {
	var list []Entry
	prefix := store.AppendPart(store.PrefixSnapshot.Key(), kind)
	err := s.store.Scan(prefix, func(key, value []byte) error {
		e, err := decodeEntry(value)
		e.Kind, e.Name = kind, string(key[len(prefix):])
		if err != nil {
			return fmt.Errorf("snapshot %s: %w", e.Name, err)
		}
		list = append(list, e)
		return nil
	})
	if err != nil {
		return nil, err
	}
	return list, nil
}

// Delete forgets an entry; one that does not exist is no error.
func (s *Snapshots) Delete(kind, name string) error { return s.store.Delete(key(kind, name)) }

func key(kind, name string) []byte {
	return append(store.AppendPart(store.PrefixSnapshot.Key(), kind), name...)
}

const entryVersion = 1

// appendEntry writes version, length of the head, head, body.
func appendEntry(dst []byte, e *Entry) ([]byte, error) {
	head, err := json.Marshal(meta{Fetched: e.Fetched.UTC(), ETag: e.ETag})
	if err != nil {
		return dst, err
	}
	dst = append(dst, entryVersion)
	dst = binary.AppendUvarint(dst, uint64(len(head)))
	return append(append(dst, head...), e.Body...), nil
}

// decodeEntry is the inverse of appendEntry. The entry shares no memory with b.
func decodeEntry(b []byte) (Entry, error) {
	if len(b) == 0 || b[0] != entryVersion {
		return Entry{}, errors.New("entry of an unknown version")
	}
	head, body, ok := store.CutPart(b[1:])
	if !ok {
		return Entry{}, errors.New("truncated entry")
	}
	var m meta
	if err := json.Unmarshal([]byte(head), &m); err != nil {
		return Entry{}, fmt.Errorf("unreadable entry: %w", err)
	}
	return Entry{Fetched: m.Fetched, ETag: m.ETag, Body: append([]byte{}, body...)}, nil
}
