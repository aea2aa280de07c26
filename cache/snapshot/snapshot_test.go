package snapshot

import (
	"bytes"
	"errors"
	"reflect"
	"strings"
	"testing"
	"time"

	"github.com/cockroachdb/pebble/v2/vfs"

	"vratar/cache/store"
)

func open(t *testing.T, where vfs.FS) *Snapshots {
	t.Helper()
	s, err := store.Open("data", store.Options{FS: where})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := s.Close(); err != nil {
			t.Error(err)
		}
	})
	return New(s)
}

var noon = time.Date(2026, 3, 1, 12, 0, 0, 5, time.UTC)

func save(t *testing.T, s *Snapshots, e Entry) Entry {
	t.Helper()
	if err := s.Save(e); err != nil {
		t.Fatal(err)
	}
	return e
}

func TestSaveAllDelete(t *testing.T) {
	where := vfs.NewCrashableMem()
	s := open(t, where)
	f := func(s *Snapshots, kind string, want ...Entry) {
		t.Helper()
		got, err := s.All(kind)
		if err != nil || !reflect.DeepEqual(got, want) && len(got)+len(want) > 0 {
			t.Fatalf("All(%s) = %+v, %v; want %+v", kind, got, err, want)
		}
	}
	f(s, KindTrust)
	b := save(t, s, Entry{KindTrust, "https://b.example/list", noon, `"tag"`, []byte("old")})
	a := save(t, s, Entry{KindTrust, "a", noon, "", []byte{}})
	c := save(t, s, Entry{KindStatus, "a", noon, "", []byte("status")})
	f(s, KindTrust, a, b)
	f(s, KindStatus, c)
	f(s, "tru")
	b.Body, b.Fetched = []byte("new"), noon.Add(time.Hour)
	save(t, s, b)
	f(open(t, where.CrashClone(vfs.CrashCloneCfg{})), KindTrust, a, b)
	if err := errors.Join(s.Delete(KindTrust, "a"), s.Delete(KindTrust, "never there")); err != nil {
		t.Fatal(err)
	}
	f(s, KindTrust, b)
	f(s, KindStatus, c)
}

func TestBounds(t *testing.T) {
	s := open(t, vfs.NewMem())
	if err := s.Save(Entry{KindStatus, "big", noon, "", make([]byte, MaxBody+1)}); !errors.Is(err, ErrTooLarge) {
		t.Fatalf("err = %v", err)
	}
	big := save(t, s, Entry{KindStatus, "big", noon, "", bytes.Repeat([]byte("v"), MaxBody)})
	got, err := s.All(KindStatus)
	if err != nil || len(got) != 1 || !bytes.Equal(got[0].Body, big.Body) {
		t.Fatalf("%d entries, %v", len(got), err)
	}
	for _, e := range []Entry{{Name: "x"}, {Kind: KindTrust}} {
		if err := s.Save(e); err == nil || !strings.Contains(err.Error(), "without kind or name") {
			t.Fatalf("err = %v", err)
		}
	}
}

// FuzzDecodeEntry: what decodes encodes again, to the same entry.
func FuzzDecodeEntry(f *testing.F) {
	b, _ := appendEntry(nil, &Entry{Fetched: noon, ETag: "tag", Body: []byte("body")})
	f.Add(b)
	f.Add([]byte{1, 0})
	f.Add([]byte("\x01\x02{}"))
	f.Fuzz(func(t *testing.T, b []byte) {
		e, err := decodeEntry(b)
		if err != nil {
			return
		}
		again, err := appendEntry(nil, &e)
		if err != nil {
			return // a time that JSON cannot carry
		}
		got, err := decodeEntry(again)
		e.Fetched = e.Fetched.UTC()
		if err != nil || !reflect.DeepEqual(got, e) {
			t.Fatalf("%+v became %+v, %v", e, got, err)
		}
	})
}

// A list must not take the last room on the disk, without which the database cannot go on.
func TestSaveOnAFullDisk(t *testing.T) {
	roomy := vfs.NewCrashableMem()
	first := save(t, open(t, roomy), Entry{KindStatus, "a", noon, "", []byte("old")})
	full := roomy.CrashClone(vfs.CrashCloneCfg{})
	full.TestingSetDiskUsage(vfs.DiskUsage{AvailBytes: 1, TotalBytes: 2})
	s := open(t, full)
	if err := s.Save(Entry{KindStatus, "a", noon, "", []byte("new")}); !errors.Is(err, store.ErrDegraded) {
		t.Errorf("Save: %v", err)
	}
	if got, err := s.All(KindStatus); err != nil || !reflect.DeepEqual(got, []Entry{first}) {
		t.Errorf("%+v, %v", got, err)
	}
}
