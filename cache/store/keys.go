package store

import "encoding/binary"

// Prefix is the first byte of every key. It names the package that owns what follows; nobody else reads or
// writes there.
type Prefix byte

// All key prefixes of the database. A new owner of keys adds its own here. A letter is never used for a second
// purpose: a database written by an older version may still hold it.
const (
	PrefixMeta     Prefix = 'm' // store, ledger, totals: format version, secret, head of the chain; see the Meta names
	PrefixPassage  Prefix = 'p' // ledger: sequence number (8 bytes, big endian) → hash of the chain, passage
	PrefixSubject  Prefix = 's' // ledger: group, subject → last admission and whether inside
	PrefixNonce    Prefix = 'n' // ledger: period (8 bytes), checkpoint, nonce → sequence number
	PrefixGroup    Prefix = 'g' // ledger: group → how many are inside
	PrefixCounter  Prefix = 'c' // ledger: checkpoint, group → admitted, denied, held
	PrefixSnapshot Prefix = 'l' // snapshot: kind, name → last good list
	PrefixAccount  Prefix = 'a' // access: account id → account with its passkeys
	PrefixSession  Prefix = 'e' // access: SHA-256 of the session's secret → session
	PrefixLink     Prefix = 'i' // access: SHA-256 of a sign-in link's secret → account, end
	PrefixDevice   Prefix = 'd' // access: device id → paired device with the SHA-256 of its tokens
	PrefixRevoked  Prefix = 'r' // revocation: number of the list (4 bytes), shard (2 bytes), key → how many parts hold it; empty: one
	PrefixRevPart  Prefix = 'b' // revocation: number of the list (4 bytes), 'd' or 'k', name of a part → nothing, or its keys
	PrefixRevList  Prefix = 'v' // revocation: name of a list → its head
	PrefixOverride Prefix = 'o' // ledger: sequence number (8 bytes) of what a person set aside → of his own passage
	PrefixNote     Prefix = 't' // ledger: sequence number (8 bytes) of such a passage → time, salt, his words
	PrefixHour     Prefix = 'h' // totals: checkpoint, hour (8 bytes, Unix) → how it decided
	PrefixMandate  Prefix = 'w' // mandates: number → the files as they came in, and when they were first proven
)

// Names under PrefixMeta.
const (
	MetaFormat = "format" // format version of the database
	MetaSecret = "secret" // secret of the keyed digests
	MetaHead   = "head"   // sequence number and hash of the newest passage
	MetaTotals = "totals" // sequence number of the newest passage that the hours count
)

// Key starts a key of p.
func (p Prefix) Key() []byte { return append(make([]byte, 0, 64), byte(p)) }

// Name is the key of p that ends in name as it is; for keys with one variable part.
func (p Prefix) Name(name string) []byte { return append(p.Key(), name...) }

// Bounds is the range of all keys of p: from low, included, to high, excluded.
func (p Prefix) Bounds() (low, high []byte) { return []byte{byte(p)}, []byte{byte(p) + 1} }

// AppendPart appends one variable part with its length, so that ("a", "bc") and ("ab", "c") are different keys.
func AppendPart(key []byte, part string) []byte {
	key = binary.AppendUvarint(key, uint64(len(part)))
	return append(key, part...)
}

// CutPart takes off the part that AppendPart put first. It reports false when there is none.
func CutPart(key []byte) (part string, rest []byte, ok bool) {
	n, used := binary.Uvarint(key)
	if used <= 0 || n > uint64(len(key)-used) {
		return "", nil, false
	}
	key = key[used:]
	return string(key[:n]), key[n:], true
}
