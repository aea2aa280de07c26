package access

import (
	"encoding/json"
	"fmt"
	"sync"

	"vratar/cache/store"
)

// Store is what access needs of the one database. A write is safe from a crash when it returns.
type Store interface {
	Set(key, value []byte) error
	Delete(key []byte) error
	// Scan calls f with every pair whose key starts with prefix; both are valid during the call only.
	Scan(prefix []byte, f func(key, value []byte) error) error
}

// core is what the parts of a desk share.
type core struct {
	store Store // nil keeps nothing
	// change is held by whoever changes anything, from the look at what is there to the end of its write. Who
	// asks, on every request, is answered without it. It is taken before any other lock of this package.
	change sync.Mutex
}

// recordVersion is the version of the records written here; newer ones are refused, never guessed at.
const recordVersion = 1

type record[T any] struct {
	Version int `json:"v"`
	Is      T   `json:"is"`
}

// save writes one record.
func save[T any](c *core, key []byte, value T) error {
	if c.store == nil {
		return nil
	}
	text, err := json.Marshal(record[T]{recordVersion, value})
	if err != nil {
		return err
	}
	return c.store.Set(key, text)
}

func (c *core) forget(key []byte) error {
	if c.store == nil {
		return nil
	}
	return c.store.Delete(key)
}

// load hands every record below a prefix to take, with what follows the prefix in its key.
func load[T any](c *core, p store.Prefix, take func(name []byte, value T)) error {
	if c.store == nil {
		return nil
	}
	return c.store.Scan(p.Key(), func(key, text []byte) error {
		var r record[T]
		err := json.Unmarshal(text, &r)
		if err == nil && r.Version != recordVersion {
			err = fmt.Errorf("version %d", r.Version)
		}
		if err != nil {
			return fmt.Errorf("access: a record under %q cannot be read: %w", byte(p), err)
		}
		take(key[1:], r.Is)
		return nil
	})
}
