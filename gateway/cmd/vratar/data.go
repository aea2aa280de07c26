package main

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"vratar/cache/ledger"
	"vratar/cache/store"
	"vratar/gateway"
)

func ledgerCommand() command {
	return command{
		name: "ledger", args: "verify --data FOLDER",
		summary: "check the record of passages for gaps and tampering",
		help: `
Walks all passages from the first to the last, recomputes the chain of hashes and everything that follows from
the passages, and tells every fault. The gateway must be stopped.

Exit code: 0 whole, 1 not whole, 2 it could not be read.`,
		run: func(_ context.Context, c *call) error {
			data := c.dataFlag()
			args, err := c.parse(1)
			if err != nil {
				return err
			}
			if len(args) != 1 || args[0] != "verify" {
				return errors.New("want: vratar ledger verify --data FOLDER")
			}
			return withStore(*data, func(s *store.Store) error {
				report, err := ledger.Check(s)
				if err != nil {
					return err
				}
				fmt.Fprint(c.out, report)
				if !report.OK() {
					return errNo
				}
				return nil
			})
		},
	}
}

func backupCommand() command {
	return command{
		name: "backup", args: "--data FOLDER --out FOLDER",
		summary: "copy the database of a stopped gateway",
		help: `
Writes a consistent copy of the database to a folder that does not exist yet. The copy holds the secret that
recognises admitted credentials: keep it as private as the original. The gateway must be stopped.`,
		run: func(_ context.Context, c *call) error {
			data := c.dataFlag()
			out := c.String("out", "", "`FOLDER` to create")
			if _, err := c.parse(0); err != nil {
				return err
			}
			if *out == "" {
				return errors.New("--out is required")
			}
			if err := mustNotExist(*out); err != nil {
				return err
			}
			return withStore(*data, func(s *store.Store) error {
				if err := s.Backup(*out); err != nil {
					return err
				}
				fmt.Fprintf(c.out, "Copied to %s. Bring it back with: vratar restore --from %s --data FOLDER\n", *out, *out)
				return nil
			})
		},
	}
}

func restoreCommand() command {
	return command{
		name: "restore", args: "--from FOLDER --data FOLDER",
		summary: "make a data folder from a backup",
		help: `
Copies a backup into a data folder that has no database yet, and checks the ledger in it. The backup stays as
it is. Passages recorded after the backup are not in it: whoever passed since then could pass again.`,
		run: func(_ context.Context, c *call) error {
			data := c.dataFlag()
			from := c.String("from", "", "`FOLDER` that vratar backup wrote")
			if _, err := c.parse(0); err != nil {
				return err
			}
			if *from == "" || *data == "" {
				return errors.New("--from and --data are required")
			}
			return restore(c, *from, *data)
		},
	}
}

func restore(c *call, from, data string) error {
	target := gateway.StoreDir(data)
	if err := mustNotExist(target); err != nil {
		return err
	}
	if err := isDatabase(from); err != nil {
		return err
	}
	if err := os.MkdirAll(data, 0o700); err != nil {
		return err
	}
	// Under another name first, so that a copy that was interrupted is never taken for a database.
	unfinished := target + ".unfinished"
	if err := os.RemoveAll(unfinished); err != nil {
		return err
	}
	if err := os.CopyFS(unfinished, os.DirFS(from)); err != nil {
		return err
	}
	if err := makePrivate(unfinished); err != nil {
		return err
	}
	if err := os.Rename(unfinished, target); err != nil {
		return err
	}
	return withStore(data, func(s *store.Store) error {
		report, err := ledger.Check(s)
		if err != nil {
			return err
		}
		fmt.Fprint(c.out, report)
		if !report.OK() {
			return errNo
		}
		return nil
	})
}

// makePrivate takes away the access of others, which a copy inherits from the process's umask.
func makePrivate(folder string) error {
	return filepath.WalkDir(folder, func(path string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		if d.IsDir() {
			return os.Chmod(path, 0o700)
		}
		return os.Chmod(path, 0o600)
	})
}

func (c *call) dataFlag() *string {
	return c.String("data", "", "data `FOLDER` of the gateway")
}

// withStore opens the database of a data folder that has one; it does not create any.
func withStore(data string, f func(*store.Store) error) error {
	if data == "" {
		return errors.New("--data is required")
	}
	dir := gateway.StoreDir(data)
	if err := isDatabase(dir); err != nil {
		return err
	}
	s, err := store.Open(dir, store.Options{})
	if err != nil {
		return err
	}
	err = f(s)
	return errors.Join(err, s.Close())
}

func isDatabase(dir string) error {
	files, err := os.ReadDir(dir)
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	if !slices.ContainsFunc(files, func(f fs.DirEntry) bool { return strings.HasPrefix(f.Name(), "MANIFEST-") }) {
		return fmt.Errorf("there is no database in %s", dir)
	}
	return nil
}

func mustNotExist(path string) error {
	_, err := os.Lstat(path)
	if err == nil {
		return fmt.Errorf("%s exists already", path)
	}
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	return err
}
