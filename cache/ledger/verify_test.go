package ledger

import (
	"encoding/binary"
	"fmt"
	"strings"
	"testing"

	"github.com/cockroachdb/pebble/v2"
	"github.com/cockroachdb/pebble/v2/vfs"

	"vratar/cache/store"
)

// tampered is a ledger of ten passages whose database was changed behind its back.
func tampered(t *testing.T, change func(db *pebble.DB) error) Report {
	t.Helper()
	l, s := openAt(t, vfs.NewMem())
	defer closeBoth(t, l, s)
	for i := range 4 {
		claim(t, l, show(name(i), name(i)), once)
		claim(t, l, show(name(i), "again"+name(i)), once)
	}
	out := show(name(0), "")
	out.Direction = Exit
	claim(t, l, out, leave)
	claim(t, l, refused(""), nil)
	mustVerify(t, l)
	if err := change(s.DB()); err != nil {
		t.Fatal(err)
	}
	r, err := l.Verify()
	if err != nil {
		t.Fatal(err)
	}
	return r
}

// rewrite changes the text of one record and leaves its link as it was.
func rewrite(seq uint64, old, new string) func(db *pebble.DB) error {
	return func(db *pebble.DB) error {
		value, closer, err := db.Get(passageKey(seq))
		if err != nil {
			return err
		}
		changed := strings.Replace(string(value), old, new, 1)
		if changed == string(value) {
			return fmt.Errorf("nothing to replace in %q", value)
		}
		_ = closer.Close()
		return db.Set(passageKey(seq), []byte(changed), pebble.Sync)
	}
}

func TestTamperingShows(t *testing.T) {
	f := func(what string, change func(db *pebble.DB) error, want ...string) {
		t.Helper()
		r := tampered(t, change)
		text := r.String()
		if r.OK() || !strings.Contains(text, "NOT WHOLE") {
			t.Errorf("%s: not noticed", what)
		}
		for _, w := range want {
			if !strings.Contains(text, w) {
				t.Errorf("%s: want %q in\n%s", what, w, text)
			}
		}
	}
	f("a refusal turned into an admission", rewrite(2, `"deny"`, `"admit"`),
		"passage 2: the record was changed", "passage 2: the subject was admitted in passage 1",
		`counters of checkpoint "north"`)
	f("another number inside the record", rewrite(3, `"seq":3`, `"seq":4`), "passage 3: the record says it is passage 4")
	f("an unreadable record", rewrite(3, `"seq"`, `seq"`), "passage 3: the record is unreadable")
	f("a passage taken out", func(db *pebble.DB) error { return db.Delete(passageKey(4), pebble.Sync) },
		"passage 4: missing: the next passage is 5", "passage 5: the record was changed, or does not follow")
	f("the end cut off", func(db *pebble.DB) error {
		return db.DeleteRange(passageKey(9), passageKey(99), pebble.Sync)
	}, "passage 9: missing: the end was cut off, the head record names passage 10")
	f("a passage put behind the end", func(db *pebble.DB) error {
		return db.Set(passageKey(11), []byte(strings.Repeat("x", 99)), pebble.Sync)
	}, "passage 11: the record was changed", "passage 11: the passage is beyond the head record")
	f("a truncated record", func(db *pebble.DB) error { return db.Set(passageKey(5), []byte("x"), pebble.Sync) },
		"passage 5: the record is truncated")
	f("no head record", func(db *pebble.DB) error { return db.Delete(headKey(), pebble.Sync) }, "there is no head record")
	f("another head", func(db *pebble.DB) error {
		return db.Set(headKey(), appendHead(nil, 10, Hash{}), pebble.Sync)
	}, "passage 10: the head record has another hash")
	f("an unreadable head", func(db *pebble.DB) error { return db.Set(headKey(), nil, pebble.Sync) }, "head record is unreadable")
	f("a subject forgotten", func(db *pebble.DB) error {
		return db.Delete(subjectKey("arena", name(1)), pebble.Sync)
	}, "1 admitted subjects have no standing")
	f("a subject made known", func(db *pebble.DB) error {
		return db.Set(subjectKey("arena", "eve"), appendStanding(nil, &Passage{At: noon}), pebble.Sync)
	}, "a subject has a standing without having been admitted")
	f("a subject let out", func(db *pebble.DB) error {
		p := show(name(1), "")
		p.Seq = 3
		return db.Set(subjectKey("arena", name(1)), appendStanding(nil, &p), pebble.Sync)
	}, "passage 3: the subject's standing does not follow")
	f("a count changed", func(db *pebble.DB) error {
		return db.Set(groupKey("arena"), binary.BigEndian.AppendUint64(nil, 2), pebble.Sync)
	}, `the count of group "arena" does not match its passages`)
	f("a count taken out", func(db *pebble.DB) error { return db.Delete(groupKey("arena"), pebble.Sync) },
		`the count of group "arena" is missing`)
	f("a counter taken out", func(db *pebble.DB) error {
		return db.Delete(counterKey{"north", "arena"}.bytes(), pebble.Sync)
	}, `counters of checkpoint "north" are missing`)
	f("a rewritten end with its own head", func(db *pebble.DB) error {
		h := link(Hash{}, 10, []byte("\x01{}"))
		if err := db.Set(passageKey(10), append(h[:], "\x01{}"...), pebble.Sync); err != nil {
			return err
		}
		return db.Set(headKey(), appendHead(nil, 10, h), pebble.Sync)
	}, "passage 10: the record was changed, or does not follow")
}

func TestOpenRefusesADamagedEnd(t *testing.T) {
	where := vfs.NewMem()
	l, s := openAt(t, where)
	claim(t, l, show("anna", "1"), once)
	claim(t, l, show("anna", "2"), once)
	if err := s.Delete(passageKey(2)); err != nil {
		t.Fatal(err)
	}
	closeBoth(t, l, s)
	s, err := store.Open("data", store.Options{FS: where})
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = s.Close() }()
	if _, err := Open(s, Options{}); err == nil || !strings.Contains(err.Error(), "vratar ledger verify") {
		t.Fatalf("Open: %v", err)
	}
	if r, err := Check(s); err != nil || r.OK() {
		t.Fatalf("Check = %v, %v", r, err)
	}
}

func TestManyFaultsAreCounted(t *testing.T) {
	var r Report
	for i := range 250 {
		r.fault(uint64(i), "x")
	}
	if text := r.String(); len(r.Faults) != 100 || r.More != 150 || !strings.Contains(text, "250 faults") || !strings.Contains(text, "and 150 more") {
		t.Fatal(text)
	}
}

func ExampleReport_String() {
	r := Report{Passages: 3, Head: 3, Subjects: 1}
	r.Groups = []GroupReport{{Group: "arena", Admitted: 1, Denied: 2, Inside: 1}}
	fmt.Print(r)
	// Output:
	// The ledger is whole.
	//   passages  3
	//   subjects  1
	//   head      3 0000000000000000000000000000000000000000000000000000000000000000
	//   group "arena": admitted 1 (again 0), denied 2, held 0, inside 1
}
