package store

import (
	"context"
	"fmt"

	"github.com/cockroachdb/pebble/v2/objstorage/objstorageprovider"
	"github.com/cockroachdb/pebble/v2/sstable"
	"github.com/cockroachdb/pebble/v2/vfs"
)

// Workspace is an empty folder beside the database, on the same file system, for files that are of use to this
// process alone. What an earlier process left in it is gone.
func (s *Store) Workspace(name string) (where vfs.FS, dir string, err error) {
	dir = s.opt.FS.PathJoin(s.dir, name)
	if err := s.opt.FS.RemoveAll(dir); err != nil {
		return nil, "", fmt.Errorf("emptying %s: %w", dir, err)
	}
	return s.opt.FS, dir, s.opt.FS.MkdirAll(dir, 0o700)
}

// NewTable begins a file of keys, to be written in ascending order and taken into the database by Ingest. The keys
// should be read by Get alone and seldom in vain: the file holds no Bloom filter.
func (s *Store) NewTable(path string) (*sstable.Writer, error) {
	file, err := s.opt.FS.Create(path, vfs.WriteCategoryUnspecified)
	if err != nil {
		return nil, err
	}
	options := s.pebbleOptions()
	options.EnsureDefaults()
	// As for the highest level: in files for the lowest one deletions hide themselves.
	writing := options.MakeWriterOptions(0, s.db.TableFormat())
	writing.FilterPolicy = nil
	return sstable.NewWriter(objstorageprovider.NewFileWritable(file), writing), nil
}

// Ingest takes the tables at paths, whose keys must not overlap, into the database: all at once or none of them,
// and returns once a crash cannot undo that. The files are moved.
func (s *Store) Ingest(ctx context.Context, paths []string) error {
	if err := s.db.Ingest(ctx, paths); err != nil {
		return fmt.Errorf("taking tables into the database: %w", err)
	}
	return nil
}
