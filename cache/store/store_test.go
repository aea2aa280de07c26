package store

import (
	"bytes"
	"errors"
	"log/slog"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/cockroachdb/pebble/v2"
	"github.com/cockroachdb/pebble/v2/vfs"
	"github.com/cockroachdb/pebble/v2/vfs/errorfs"
)

func open(t *testing.T, dir string, o Options) *Store {
	t.Helper()
	s, err := Open(dir, o)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := s.Close(); err != nil {
			t.Error(err)
		}
	})
	return s
}

func set(t *testing.T, s *Store, key, value string) {
	t.Helper()
	if err := s.Set([]byte(key), []byte(value)); err != nil {
		t.Fatal(err)
	}
}

func TestGetSetDeleteScan(t *testing.T) {
	s := open(t, "data", Options{FS: vfs.NewMem()})
	set(t, s, "xa", "1")
	set(t, s, "xb", "2")
	set(t, s, "y", "3")
	set(t, s, "x\xff\xff", "4")
	if v, ok, err := s.Get([]byte("xb")); err != nil || !ok || string(v) != "2" {
		t.Fatalf("Get = %q, %v, %v", v, ok, err)
	}
	if err := s.Delete([]byte("xa")); err != nil {
		t.Fatal(err)
	}
	if v, ok, err := s.Get([]byte("xa")); err != nil || ok || v != nil {
		t.Fatalf("Get of a deleted key = %q, %v, %v", v, ok, err)
	}
	f := func(prefix, want string) {
		t.Helper()
		var got []string
		err := s.Scan([]byte(prefix), func(key, value []byte) error {
			got = append(got, string(key)+"="+string(value))
			return nil
		})
		if err != nil || strings.Join(got, " ") != want {
			t.Fatalf("Scan(%q) = %q, %v; want %q", prefix, got, err, want)
		}
	}
	f("x", "xb=2 x\xff\xff=4")
	f("x\xff", "x\xff\xff=4")
	f("z", "")
	stop := errors.New("enough")
	if err := s.Scan([]byte("x"), func(_, _ []byte) error { return stop }); !errors.Is(err, stop) {
		t.Fatalf("err = %v", err)
	}
}

func TestFolderInUse(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "data")
	open(t, dir, Options{})
	_, err := Open(dir, Options{})
	if !errors.Is(err, ErrInUse) || !strings.Contains(err.Error(), dir) || !strings.Contains(err.Error(), "another vratar is using this folder; stop it") {
		t.Fatalf("err = %v", err)
	}
	if info, err := os.Stat(dir); err != nil || info.Mode().Perm() != 0o700 {
		t.Fatalf("%v, %v", info, err)
	}
}

func TestFolderThatCannotBeMade(t *testing.T) {
	file := filepath.Join(t.TempDir(), "file")
	if err := os.WriteFile(file, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := Open(file, Options{}); err == nil || errors.Is(err, ErrInUse) {
		t.Fatalf("err = %v", err)
	}
}

func TestReopenKeepsAndFreesTheFolder(t *testing.T) {
	where := vfs.NewMem()
	for i := range 3 {
		s, err := Open("data", Options{FS: where})
		if err != nil {
			t.Fatal(err)
		}
		if _, ok, _ := s.Get([]byte("x")); ok != (i > 0) {
			t.Fatalf("start %d: found %v", i, ok)
		}
		set(t, s, "x", "1")
		if err := s.Close(); err != nil {
			t.Fatal(err)
		}
	}
}

func TestNewerDatabaseIsRefusedInWords(t *testing.T) {
	f := func(version, want string) {
		t.Helper()
		where := vfs.NewMem()
		s, err := Open("data", Options{FS: where})
		if err != nil {
			t.Fatal(err)
		}
		if v, _, _ := s.Get(PrefixMeta.Name(MetaFormat)); string(v) != strconv.Itoa(FormatVersion) {
			t.Fatalf("format version %q", v)
		}
		if err := errors.Join(s.Set(PrefixMeta.Name(MetaFormat), []byte(version)), s.Close()); err != nil {
			t.Fatal(err)
		}
		for range 2 { // a refusal changes nothing and keeps nothing locked
			if _, err := Open("data", Options{FS: where}); err == nil || !strings.Contains(err.Error(), want) {
				t.Fatalf("format %s: %v, want %q", version, err, want)
			}
		}
	}
	f("7", "the database in data has format 7, this vratar knows formats up to 2: run the newer vratar that wrote it, "+
		"or restore a backup made before the upgrade")
	f("0", "unreadable format version")
	f("-1", "unreadable format version")
	f("one", "unreadable format version")
}

func TestUpgradesLeadToTheCurrentFormat(t *testing.T) {
	if len(upgrades()) != FormatVersion-1 {
		t.Fatalf("%d upgrades lead to format %d", len(upgrades()), FormatVersion)
	}
}

func TestForeignDatabaseIsRefused(t *testing.T) {
	where := vfs.NewMem()
	db, err := pebble.Open("data", &pebble.Options{FS: where, Logger: logger{slog.New(slog.DiscardHandler), os.Exit}})
	if err != nil {
		t.Fatal(err)
	}
	if err := errors.Join(db.Set([]byte("k"), nil, pebble.Sync), db.Close()); err != nil {
		t.Fatal(err)
	}
	if _, err := Open("data", Options{FS: where}); err == nil || !strings.Contains(err.Error(), "another program") {
		t.Fatalf("err = %v", err)
	}
}

func TestBackup(t *testing.T) {
	dir := t.TempDir()
	s := open(t, filepath.Join(dir, "data"), Options{})
	set(t, s, "x", "before")
	to := filepath.Join(dir, "backups", "monday")
	if err := s.Backup(to); err != nil {
		t.Fatal(err)
	}
	set(t, s, "x", "after")
	if err := s.Backup(to); err == nil || !strings.Contains(err.Error(), to) {
		t.Fatalf("a backup was overwritten: %v", err)
	}
	if info, err := os.Stat(to); err != nil || info.Mode().Perm() != 0o700 {
		t.Fatalf("%v, %v", info, err)
	}
	copied := open(t, to, Options{})
	if v, _, err := copied.Get([]byte("x")); err != nil || string(v) != "before" {
		t.Fatalf("Get = %q, %v", v, err)
	}
}

func TestDegraded(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		mem := vfs.NewMem()
		looks, broken := 0, false
		where := errorfs.Wrap(mem, errorfs.InjectorFunc(func(op errorfs.Op) error {
			if op.Kind == errorfs.OpGetDiskUsage {
				if looks++; broken {
					return errors.New("no answer")
				}
			}
			return nil
		}))
		s := &Store{dir: "data", opt: Options{FS: where, Reserve: 1000}.withDefaults()}
		f := func(free uint64, want bool, wantLooks int) {
			t.Helper()
			mem.TestingSetDiskUsage(vfs.DiskUsage{AvailBytes: free, TotalBytes: 1})
			for range 5 {
				if s.Degraded() != want || looks != wantLooks {
					t.Fatalf("free %d: degraded %v after %d looks", free, s.Degraded(), looks)
				}
			}
		}
		f(1000, false, 1)
		f(999, false, 1) // not looked at yet
		time.Sleep(time.Second)
		f(999, true, 2)
		time.Sleep(time.Second)
		broken = true
		f(1<<63, true, 3) // no answer: the last one stands
		time.Sleep(time.Second)
		broken = false
		f(1<<63, false, 4)
	})
}

func TestFatalEndsTheProcess(t *testing.T) {
	var log bytes.Buffer
	var codes []int
	o := Options{FS: vfs.NewMem(), Log: slog.New(slog.NewTextHandler(&log, nil)), Exit: func(code int) { codes = append(codes, code) }}
	s := open(t, "data", o)
	s.Fatal(errors.New("no medium"))
	logger{s.opt.Log, s.opt.Exit}.Fatalf("lost %d", 7)
	if len(codes) != 2 || codes[0] == 0 || codes[1] == 0 {
		t.Fatalf("exit codes %v", codes)
	}
	for _, want := range []string{"no medium", "lost 7", "level=ERROR"} {
		if !strings.Contains(log.String(), want) {
			t.Errorf("want %q in the log:\n%s", want, log.String())
		}
	}
}

func TestQuietWhileAllIsWell(t *testing.T) {
	var log bytes.Buffer
	where := vfs.NewMem()
	for range 2 {
		s, err := Open("data", Options{FS: where, Log: slog.New(slog.NewTextHandler(&log, nil))})
		if err != nil {
			t.Fatal(err)
		}
		set(t, s, "x", "1")
		if err := s.Close(); err != nil {
			t.Fatal(err)
		}
	}
	if log.Len() > 0 {
		t.Fatalf("log:\n%s", log.String())
	}
}

func TestMetrics(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "data")
	s := open(t, dir, Options{})
	set(t, s, "x", strings.Repeat("x", 10_000))
	m := s.Metrics()
	if m.DiskBytes == 0 || m.LogBytes < 10_000 || m.FreeBytes <= 0 || m.Degraded {
		t.Fatalf("%+v", m)
	}
	if m := open(t, "data", Options{FS: vfs.NewMem()}).Metrics(); m.FreeBytes != -1 || m.Degraded {
		t.Fatalf("%+v", m)
	}
}

func TestPrefixesAreDifferent(t *testing.T) {
	src, err := os.ReadFile("keys.go")
	if err != nil {
		t.Fatal(err)
	}
	seen := map[string]string{}
	for line := range strings.Lines(string(src)) {
		name, rest, ok := strings.Cut(strings.TrimSpace(line), " Prefix = '")
		if !ok {
			continue
		}
		if other := seen[rest[:1]]; other != "" {
			t.Errorf("%s and %s share %q", other, name, rest[:1])
		}
		seen[rest[:1]] = name
	}
	if len(seen) < 7 {
		t.Errorf("found %d prefixes in keys.go", len(seen))
	}
}

func TestParts(t *testing.T) {
	a := AppendPart(AppendPart(nil, "a"), "bc")
	if bytes.Equal(a, AppendPart(AppendPart(nil, "ab"), "c")) {
		t.Fatal("two lists of parts share a key")
	}
	long := strings.Repeat("x", 300)
	for _, part := range []string{"", "a", long} {
		got, rest, ok := CutPart(append(AppendPart(nil, part), "rest"...))
		if !ok || got != part || string(rest) != "rest" {
			t.Fatalf("CutPart = %q, %q, %v", got, rest, ok)
		}
	}
}

// FuzzCutPart: what is cut off is what AppendPart writes, unless its length was written in more bytes than needed.
func FuzzCutPart(f *testing.F) {
	f.Add([]byte("\x01abc"))
	f.Add([]byte("\xff\xff\xff\xff\xff\xff\xff\xff\xff\x01"))
	f.Add([]byte{})
	f.Fuzz(func(t *testing.T, key []byte) {
		part, rest, ok := CutPart(key)
		if !ok {
			return
		}
		again := append(AppendPart(nil, part), rest...)
		if len(again) > len(key) || !bytes.HasSuffix(key, again[len(again)-len(part)-len(rest):]) {
			t.Fatalf("%x became %x", key, again)
		}
	})
}

func TestVersionIsWrittenBeforeAnythingElse(t *testing.T) {
	where := vfs.NewCrashableMem()
	open(t, "data", Options{FS: where})
	after := open(t, "data", Options{FS: where.CrashClone(vfs.CrashCloneCfg{})})
	if v, ok, err := after.Get(PrefixMeta.Name(MetaFormat)); err != nil || !ok || string(v) != strconv.Itoa(FormatVersion) {
		t.Fatalf("format = %q, %v, %v", v, ok, err)
	}
}
