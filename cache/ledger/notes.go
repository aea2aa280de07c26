package ledger

import (
	"crypto/rand"
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"errors"
	"fmt"
	"time"
	"unicode/utf8"

	"github.com/cockroachdb/pebble/v2"

	"vratar/cache/store"
)

// MaxNote bounds the words of whoever sets a decision aside, in characters.
const MaxNote = 200

// Notes are free text and may speak of somebody, so they are no part of the chain, from which nothing can be taken
// away. The record holds SHA-256 of a random salt and the note; note and salt lie beside it. With them anybody can
// see that the note is the one that was written then; without them nobody can guess it, however short it was.

// noteDomain keeps the commitments apart from every other use of SHA-256.
const noteDomain = "vratar ledger note 1\n"

const saltSize = 32

func checkNote(note string) error {
	if !utf8.ValidString(note) || utf8.RuneCountInString(note) > MaxNote {
		return fmt.Errorf("ledger: a note is UTF-8 of at most %d characters", MaxNote)
	}
	return nil
}

func commitment(salt []byte, note string) string {
	h := sha256.New()
	h.Write([]byte(noteDomain))
	h.Write(salt)
	h.Write([]byte(note))
	return hex.EncodeToString(h.Sum(nil))
}

func noteKey(seq uint64) []byte { return binary.BigEndian.AppendUint64(store.PrefixNote.Key(), seq) }

// putNote adds p's note to the batch and returns the commitment to it; both are empty without one.
func putNote(b *pebble.Batch, p *Passage, note string) (string, error) {
	if note == "" {
		return "", nil
	}
	var salt [saltSize]byte
	_, _ = rand.Read(salt[:]) // never fails (crypto/rand)
	value := binary.BigEndian.AppendUint64(nil, uint64(p.At.UnixNano()))
	value = append(append(value, salt[:]...), note...)
	return commitment(salt[:], note), b.Set(noteKey(p.Seq), value, nil)
}

// decodeNote takes a stored note apart: when it was written, its salt, the words.
func decodeNote(value []byte) (at time.Time, salt []byte, note string, err error) {
	if len(value) <= 8+saltSize || checkNote(string(value[8+saltSize:])) != nil {
		return at, nil, "", errors.New("ledger: unreadable note")
	}
	return time.Unix(0, int64(binary.BigEndian.Uint64(value))).UTC(), value[8 : 8+saltSize], string(value[8+saltSize:]), nil
}

// Note is what was written with the override of this number; empty when nothing was, or when it is forgotten.
func (l *Ledger) Note(seq uint64) (string, error) {
	if err := l.enter(); err != nil {
		return "", err
	}
	defer l.leave()
	return l.note(seq)
}

func (l *Ledger) note(seq uint64) (string, error) {
	value, ok, err := l.store.Get(noteKey(seq))
	if err != nil || !ok {
		return "", err
	}
	_, _, note, err := decodeNote(value)
	return note, err
}

// sameNote reports whether the recorded override was written with these words; of forgotten ones nobody can tell.
func (l *Ledger) sameNote(p *Passage, note string) (bool, error) {
	if p.Overrides.Note == "" {
		return note == "", nil
	}
	kept, err := l.note(p.Seq)
	return kept == "" || kept == note, err
}

// ForgetNote removes the note of one override. Its passage stays.
func (l *Ledger) ForgetNote(seq uint64) error {
	if err := l.enter(); err != nil {
		return err
	}
	defer l.leave()
	return l.store.Delete(noteKey(seq))
}

// notesAtOnce bounds how many notes one batch forgets.
const notesAtOnce = 1000

// ForgetNotes removes the notes that were written before a moment, and returns how many. Their passages stay.
func (l *Ledger) ForgetNotes(before time.Time) (forgotten int, err error) {
	if err := l.enter(); err != nil {
		return 0, err
	}
	defer l.leave()
	for {
		n, err := l.forgetSome(before)
		forgotten += n
		if err != nil || n < notesAtOnce {
			return forgotten, err
		}
	}
}

// forgetSome forgets notes of before. They lie in the order of their passages, which is that of their times only as long
// as the clock is right: one that was written ahead of time must not keep those behind it.
func (l *Ledger) forgetSome(before time.Time) (n int, err error) {
	low, high := store.PrefixNote.Bounds()
	it, err := l.db.NewIter(&pebble.IterOptions{LowerBound: low, UpperBound: high})
	if err != nil {
		return 0, fmt.Errorf("ledger: reading notes: %w", err)
	}
	b := l.db.NewBatch()
	for it.First(); it.Valid() && n < notesAtOnce; it.Next() {
		value, err := it.ValueAndErr()
		if err != nil {
			return 0, errors.Join(err, it.Close(), b.Close())
		}
		if at, _, _, err := decodeNote(value); err == nil && !at.Before(before) {
			continue
		}
		if err := b.Delete(it.Key(), nil); err != nil {
			return 0, errors.Join(err, it.Close(), b.Close())
		}
		n++
	}
	if err := errors.Join(it.Error(), it.Close()); err != nil || n == 0 {
		return 0, errors.Join(err, b.Close())
	}
	if err := b.Commit(pebble.Sync); err != nil {
		return 0, fmt.Errorf("ledger: forgetting notes: %w", err)
	}
	return n, b.Close()
}
