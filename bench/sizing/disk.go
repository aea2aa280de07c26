package sizing

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strconv"
	"strings"

	"github.com/cockroachdb/pebble/v2"

	"vratar/cache/store"
)

// written is how many bytes a process has given to the disk (proc(5)).
func written(pid int) (int64, error) {
	text, err := os.ReadFile(fmt.Sprintf("/proc/%d/io", pid))
	if err != nil {
		return 0, err
	}
	for line := range strings.Lines(string(text)) {
		if value, ok := strings.CutPrefix(line, "write_bytes: "); ok {
			return strconv.ParseInt(strings.TrimSpace(value), 10, 64)
		}
	}
	return 0, errors.New("the kernel does not tell what a process writes")
}

// weigh compacts the database of a gateway that has stopped, then again without its nonces.
func (l *Ledger) weigh(data string) error {
	size, err := folder(data)
	if err != nil {
		return err
	}
	l.AtStop = float64(size) / float64(l.Scans)
	dir := filepath.Join(data, "db")
	if size, err = compacted(dir, nil); err != nil {
		return err
	}
	l.Compacted = float64(size) / float64(l.Scans)
	// A copy loses its nonces; the gateway starts again on what it knows.
	bare := filepath.Join(data, "..", "bare")
	if err := os.CopyFS(bare, os.DirFS(dir)); err != nil {
		return err
	}
	if size, err = compacted(bare, store.PrefixNonce.Key()); err != nil {
		return err
	}
	l.Lasting = float64(size) / float64(l.Scans)
	return nil
}

// compacted is the size of the tables of a database after compaction, without the keys of one prefix.
func compacted(dir string, without []byte) (size int64, err error) {
	s, err := store.Open(dir, store.Options{})
	if err != nil {
		return 0, err
	}
	defer func() { err = errors.Join(err, s.Close()) }()
	db := s.DB()
	if len(without) > 0 {
		if err := db.DeleteRange(without, []byte{without[0] + 1}, pebble.Sync); err != nil {
			return 0, err
		}
	}
	if err := errors.Join(db.Flush(), db.Compact(context.Background(), []byte{0}, []byte{0xff}, true)); err != nil {
		return 0, err
	}
	used, err := db.EstimateDiskUsage([]byte{0}, []byte{0xff})
	return int64(used), err
}

// folder is the size of all files below dir.
func folder(dir string) (total int64, err error) {
	err = filepath.WalkDir(dir, func(_ string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		info, err := d.Info()
		if err == nil {
			total += info.Size()
		}
		return err
	})
	return total, err
}
