package ledger

import (
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"
	"encoding/binary"
	"errors"
	"fmt"
	"hash"

	"vratar/cache/store"
)

// loadSecret reads the secret of the keyed digests and makes it up at the first start. It never changes: with
// another one nobody who was admitted would be recognised.
func (l *Ledger) loadSecret() error {
	key := store.PrefixMeta.Name(store.MetaSecret)
	value, ok, err := l.store.Get(key)
	if err != nil {
		return err
	}
	if !ok && l.seq > 0 {
		return fmt.Errorf("%w: its secret is missing", ErrDamaged)
	}
	if !ok {
		_, _ = rand.Read(l.secret[:]) // never fails (crypto/rand)
		return l.store.Set(key, l.secret[:])
	}
	if len(value) != len(l.secret) {
		return errors.New("ledger: unreadable secret")
	}
	copy(l.secret[:], value)
	return nil
}

// Digest is a keyed hash of parts that nobody can compute without this database: numbers of documents are
// few enough to try them all against a plain hash. domain keeps uses apart. Each part is hashed with its
// length, so that no two lists of parts are taken for each other.
func (l *Ledger) Digest(domain string, parts ...[]byte) [sha256.Size]byte {
	k, ok := l.keyed.Get().(*keyed)
	if !ok {
		k = &keyed{hash: hmac.New(sha256.New, l.secret[:])}
	}
	defer l.keyed.Put(k)
	k.hash.Reset()
	k.write(append(k.room[:0], domain...))
	for _, part := range parts {
		k.write(part)
	}
	return [sha256.Size]byte(k.hash.Sum(k.room[:0]))
}

// keyed is a hash that has taken in the secret, to be used again: half the work of a short digest.
type keyed struct {
	hash   hash.Hash
	length [8]byte
	room   [sha256.Size]byte
}

func (k *keyed) write(part []byte) {
	binary.BigEndian.PutUint64(k.length[:], uint64(len(part)))
	k.hash.Write(k.length[:])
	k.hash.Write(part)
}
