package store

import (
	"errors"
	"fmt"
	"strconv"

	"github.com/cockroachdb/pebble/v2"
)

// FormatVersion is the format of the database this program writes.
//
//	1  the first
//	2  passages in which a person set a decision aside, and totals by hour; nothing old changes
const FormatVersion = 2

// upgrades turn a database of an older format into the next one: upgrades()[i] leads from version i+1 to
// i+2. A step collects its changes in the batch it is given, so that they and the new version number become
// durable together.
func upgrades() []func(*pebble.DB, *pebble.Batch) error {
	return []func(*pebble.DB, *pebble.Batch) error{
		// The new keys are not there yet; the number keeps older programs from taking a person's decision for damage.
		func(*pebble.DB, *pebble.Batch) error { return nil },
	}
}

// VersionError means that a newer program wrote the database.
type VersionError struct {
	Dir         string
	Found, Know int // format versions: of the database, and the newest this program knows
}

func (e *VersionError) Error() string {
	return fmt.Sprintf("the database in %s has format %d, this vratar knows formats up to %d: "+
		"run the newer vratar that wrote it, or restore a backup made before the upgrade", e.Dir, e.Found, e.Know)
}

// checkVersion refuses what this program cannot read, upgrades what is old and marks what is new.
func checkVersion(db *pebble.DB, dir string) error {
	found, err := readVersion(db, dir)
	if err != nil {
		return err
	}
	if found > FormatVersion {
		return &VersionError{Dir: dir, Found: found, Know: FormatVersion}
	}
	if found == 0 {
		return writeVersion(db.NewBatch(), FormatVersion)
	}
	for v, step := range upgrades()[found-1:] {
		b := db.NewBatch()
		if err := step(db, b); err != nil {
			return errors.Join(fmt.Errorf("upgrading the database to format %d: %w", found+v+1, err), b.Close())
		}
		if err := writeVersion(b, found+v+1); err != nil {
			return err
		}
	}
	return nil
}

// readVersion returns 0 for a database that was just created.
func readVersion(db *pebble.DB, dir string) (int, error) {
	value, closer, err := db.Get(PrefixMeta.Name(MetaFormat))
	if errors.Is(err, pebble.ErrNotFound) {
		return 0, requireEmpty(db, dir)
	}
	if err != nil {
		return 0, fmt.Errorf("reading the format version: %w", err)
	}
	v, convErr := strconv.Atoi(string(value))
	if convErr == nil && v < 1 {
		convErr = errors.New("out of range")
	}
	if convErr != nil {
		convErr = fmt.Errorf("the database in %s has an unreadable format version %q", dir, value)
	}
	return v, errors.Join(convErr, closer.Close())
}

func requireEmpty(db *pebble.DB, dir string) error {
	it, err := db.NewIter(nil)
	if err != nil {
		return err
	}
	if it.First() {
		err = fmt.Errorf("%s holds a database of another program: choose another folder", dir)
	}
	return errors.Join(err, it.Close())
}

func writeVersion(b *pebble.Batch, v int) error {
	if err := b.Set(PrefixMeta.Name(MetaFormat), strconv.AppendInt(nil, int64(v), 10), nil); err != nil {
		return errors.Join(err, b.Close())
	}
	if err := b.Commit(pebble.Sync); err != nil {
		return fmt.Errorf("writing the format version: %w", err)
	}
	return b.Close()
}
