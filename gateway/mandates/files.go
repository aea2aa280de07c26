package mandates

import (
	"crypto/sha256"
	"encoding/json"
	"fmt"
	"log/slog"
	"maps"
	"slices"
	"time"

	"vratar/cache/store"
	"vratar/verifier/mandate"
)

// recordVersion is the first byte of a kept mandate; the rest is the JSON of a record.
const recordVersion = 1

// record is a mandate as it is kept in the database: under its number, byte for byte as it came in.
type record struct {
	Name       string    `json:"name,omitempty"`
	Data       []byte    `json:"data"`
	Signatures [][]byte  `json:"signatures"`
	Importer   string    `json:"importer"`
	First      time.Time `json:"first"`
}

func (r *record) file() mandate.File {
	return mandate.File{Data: r.Data, Name: r.Name, Signatures: r.Signatures}
}

func (r *record) encode() ([]byte, error) {
	text, err := json.Marshal(r)
	return append([]byte{recordVersion}, text...), err
}

func decodeRecord(b []byte) (record, error) {
	var r record
	if len(b) == 0 || b[0] != recordVersion {
		return r, fmt.Errorf("mandates: a record of an unknown version")
	}
	if err := json.Unmarshal(b[1:], &r); err != nil {
		return r, fmt.Errorf("mandates: an unreadable record: %w", err)
	}
	return r, nil
}

func key(number string) []byte { return store.PrefixMandate.Name(number) }

func (b *Book) read(number string) (record, bool, error) {
	value, ok, err := b.o.Store.Get(key(number))
	if err != nil || !ok {
		return record{}, ok, err
	}
	r, err := decodeRecord(value)
	return r, err == nil, err
}

// readAll reads what is kept, proofs aside.
func (b *Book) readAll() (map[string]*Entry, error) {
	all := map[string]*Entry{}
	err := b.o.Store.Scan(store.PrefixMandate.Key(), func(_, value []byte) error {
		r, err := decodeRecord(value)
		if err != nil {
			return err
		}
		m, err := mandate.Parse(r.Data, r.Name)
		if err != nil { // it stays in the database, for a version that can read it again
			b.o.Log.Error("a kept mandate is left out: it cannot be read any more", slog.Any("error", err))
			return nil
		}
		all[m.Number] = r.entry(m)
		return nil
	})
	return all, err
}

// entry is the record in memory; its proof is still to be made.
func (r *record) entry(m *mandate.Mandate) *Entry {
	return &Entry{Number: m.Number, Claimed: m, Importer: r.Importer, First: r.First, digest: sha256.Sum256(r.Data)}
}

func sorted(entries map[string]*Entry) []*Entry {
	list := make([]*Entry, 0, len(entries))
	for _, number := range slices.Sorted(maps.Keys(entries)) {
		list = append(list, entries[number])
	}
	return list
}
