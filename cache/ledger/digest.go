package ledger

import (
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"
	"encoding/binary"
	"errors"
	"fmt"

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
	h := hmac.New(sha256.New, l.secret[:])
	write := func(part []byte) {
		h.Write(binary.BigEndian.AppendUint64(nil, uint64(len(part))))
		h.Write(part)
	}
	write([]byte(domain))
	for _, part := range parts {
		write(part)
	}
	return [sha256.Size]byte(h.Sum(nil))
}
