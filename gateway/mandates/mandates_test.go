package mandates

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"testing"
	"time"

	"vratar/cache/store"
	"vratar/verifier"
	"vratar/verifier/mandate"
	"vratar/verifier/pki"
	"vratar/verifier/vectors"
)

// The world of the official vectors.
var (
	noon   = time.Date(2026, 12, 1, 12, 0, 0, 0, time.UTC)
	clerk  = mandate.Person{INN: "990000000299", SNILS: "99000000254"}
	friend = mandate.Person{INN: "990000000436", SNILS: "99000000456"}
)

func file(t testing.TB, name string) []byte {
	t.Helper()
	data, err := os.ReadFile(filepath.Join(vectors.Dir(t), "gost", filepath.FromSlash(name)))
	if err != nil {
		t.Fatal(err)
	}
	return data
}

// pair is a mandate of the vectors with its signature.
func pair(t testing.TB, name string) mandate.File {
	t.Helper()
	return mandate.File{Data: file(t, "mchd/"+name+".xml"), Name: name + ".xml", Signatures: [][]byte{file(t, "mchd/"+name+".sig")}}
}

// desk is a book in a folder, with files that a test may change.
type desk struct {
	t     testing.TB
	dir   string
	now   time.Time
	store *store.Store
	*Book

	sources Sources
}

func newDesk(t testing.TB) *desk {
	t.Helper()
	d := &desk{t: t, dir: t.TempDir(), now: noon}
	d.write("root.pem", file(t, "pki/root.crt.pem"))
	d.write("ca.pem", file(t, "pki/ca.crt.pem"))
	d.write("ca.crl", file(t, "pki/ca.crl.pem"))
	d.sources = Sources{
		Roots: []string{d.path("root.pem")}, Intermediates: []string{d.path("ca.pem")}, CRLs: []string{d.path("ca.crl")},
		Algorithms: pki.GOST(),
	}
	d.start()
	return d
}

// start opens the book with a registry that has revoked nothing, until the test ends.
func (d *desk) start() {
	d.t.Helper()
	d.write("revoked.txt", []byte("# nothing\n"))
	d.open()
	d.t.Cleanup(func() {
		if err := d.store.Close(); err != nil {
			d.t.Error(err)
		}
	})
}

func (d *desk) path(name string) string { return filepath.Join(d.dir, name) }

func (d *desk) write(name string, data []byte) {
	d.t.Helper()
	if err := os.WriteFile(d.path(name), data, 0o600); err != nil {
		d.t.Fatal(err)
	}
}

func (d *desk) open() {
	d.t.Helper()
	var err error
	if d.store, err = store.Open(d.path("db"), store.Options{}); err != nil {
		d.t.Fatal(err)
	}
	list, err := NewRevokedList(d.path("revoked.txt"))
	if err != nil {
		d.t.Fatal(err)
	}
	d.Book, err = Open(Options{
		Store: d.store, Registry: list, Now: func() time.Time { return d.now }, Sources: d.sources,
	})
	if err != nil {
		d.t.Fatal(err)
	}
}

// bring brings in a mandate and wants it kept.
func (d *desk) bring(f mandate.File) *Entry {
	d.t.Helper()
	got, err := d.Import(context.Background(), Upload{File: f, Importer: "account", May: func(*mandate.Proven) bool { return true }})
	if err != nil || got.Entry == nil {
		d.t.Fatalf("%s: %v, %s", f.Name, err, got.Report.AppendJSON(nil))
	}
	return got.Entry
}

func (d *desk) ask(number string, checker mandate.Person) verifier.Reason {
	r := d.Judge(number, mandate.Question{
		At: d.now, Principal: mandate.Number{INN: "9900000017"}, Checker: checker, Powers: []mandate.AnyOf{{"TEST_SCAN_AGE"}},
	})
	return r.Reason
}

func TestMandateIsKeptOverARestart(t *testing.T) {
	d := newDesk(t)
	e := d.bring(pair(t, "01_ok"))
	if got := d.ask(e.Number, clerk); got != verifier.ReasonOK {
		t.Fatalf("before: %v", got)
	}
	if err := d.store.Close(); err != nil {
		t.Fatal(err)
	}
	d.open()
	again := d.Find(e.Number)
	if again == nil || again.Importer != "account" || !again.First.Equal(noon) {
		t.Fatalf("after a restart: %+v", again)
	}
	if got := d.ask(e.Number, clerk); got != verifier.ReasonOK {
		t.Errorf("after a restart: %v", got)
	}
	if got := d.ask(e.Number, friend); got != verifier.ReasonMandateRepresentativeMismatch {
		t.Errorf("somebody else: %v", got)
	}
	if err := d.Remove(e.Number); err != nil {
		t.Fatal(err)
	}
	if got := d.ask(e.Number, clerk); got != verifier.ReasonMandateMissing || len(d.All()) != 0 || len(d.Of(clerk)) != 0 {
		t.Errorf("after its removal: %v", got)
	}
}

func TestOnlyProvenMandatesAreKept(t *testing.T) {
	d := newDesk(t)
	f := func(file mandate.File, may bool, want verifier.Reason) {
		t.Helper()
		got, err := d.Import(context.Background(), Upload{File: file, May: func(*mandate.Proven) bool { return may }})
		if err != nil || got.Entry != nil || got.Report.Reason != want {
			t.Errorf("%s: %v, %s", file.Name, err, got.Report.AppendJSON(nil))
		}
	}
	altered := pair(t, "01_ok")
	altered.Signatures = [][]byte{file(t, "mchd/01_ok.BAD_sigvalue_flipped.sig")}
	f(altered, true, verifier.ReasonMandateSignatureInvalid)
	f(mandate.File{Data: []byte("<x/>")}, true, verifier.ReasonMalformed)
	f(pair(t, "01_ok"), false, verifier.ReasonMandateRepresentativeMismatch)
	if len(d.All()) != 0 {
		t.Error("something was kept")
	}
}

func TestTheSameFileAgain(t *testing.T) {
	d := newDesk(t)
	first := d.bring(pair(t, "01_ok"))
	d.now = noon.Add(time.Hour)
	if e := d.bring(pair(t, "01_ok")); e != first || !e.First.Equal(noon) {
		t.Errorf("%+v", e)
	}
	other := *first
	other.digest[0]++
	if _, _, err := d.keep(&other, &record{}, d.shelf.Load()); !errors.Is(err, ErrConflict) {
		t.Errorf("another file under the same number: %v", err)
	}
}

func TestRepresentativeHasABoundedNumber(t *testing.T) {
	d := newDesk(t)
	e := d.bring(pair(t, "01_ok"))
	s := d.shelf.Load()
	for i := range MaxCurrent - 1 {
		more := *e
		more.Number = fmt.Sprint("number ", i)
		s = s.with(more.Number, &more)
	}
	if d.shelf.Store(s); !s.full(e) {
		t.Fatal("there is still room")
	}
	upload := Upload{File: pair(t, "11_irrevocable"), May: func(*mandate.Proven) bool { return true }}
	if _, err := d.Import(context.Background(), upload); !errors.Is(err, ErrTooMany) {
		t.Errorf("%v", err)
	}
	upload.File = pair(t, "02_expired") // ended ones take no room
	if got, err := d.Import(context.Background(), upload); err != nil || got.Entry == nil {
		t.Errorf("%v, %+v", err, got)
	}
}

func TestSubDelegationFindsItsParentAmongTheKept(t *testing.T) {
	d := newDesk(t)
	child := d.bring(pair(t, "13_subdelegation_of_09"))
	if got := d.ask(child.Number, friend); got != verifier.ReasonMandateChainInvalid || d.Original(child) != nil {
		t.Errorf("without its parent: %v", got)
	}
	parent := d.bring(pair(t, "09_right_to_subdelegate"))
	if got := d.ask(child.Number, friend); got != verifier.ReasonOK || d.Original(child) != parent.Claimed {
		t.Errorf("with its parent: %v", got)
	}
	d.write("revoked.txt", []byte("\n "+parent.Number+"  since yesterday # by hand\n"))
	d.Look(context.Background())
	if got := d.ask(child.Number, friend); got != verifier.ReasonMandateChainInvalid {
		t.Errorf("its parent is revoked: %v", got)
	}
	if got := d.ask(parent.Number, clerk); got != verifier.ReasonMandateRevoked {
		t.Errorf("the parent itself: %v", got)
	}
}

// A mandate whose certificate is found revoked later, or whose root is no longer believed, is no longer proven.
func TestProofsFollowTheSources(t *testing.T) {
	d := newDesk(t)
	e := d.bring(pair(t, "01_ok"))
	d.write("root.pem", file(t, "pki/rogue.crt.pem"))
	d.Look(context.Background())
	if got := d.ask(e.Number, clerk); got != verifier.ReasonMandateSignatureInvalid {
		t.Errorf("under another root: %v", got)
	}
	d.write("root.pem", []byte("nothing of use"))
	d.Look(context.Background())
	d.write("root.pem", file(t, "pki/root.crt.pem"))
	d.Look(context.Background())
	if got := d.ask(e.Number, clerk); got != verifier.ReasonOK {
		t.Errorf("under its root again: %v", got)
	}
	before := d.shelf.Load()
	d.Look(context.Background())
	if d.shelf.Load() != before {
		t.Error("proofs were made again although nothing changed")
	}
	d.now = noon.Add(2 * time.Hour)
	d.Look(context.Background())
	if d.shelf.Load() == before {
		t.Error("old proofs were not made again")
	}
}

// The end of a term counts from the first second of the next day in Moscow, however long ago it was proven.
func TestTermEndsWithItsDay(t *testing.T) {
	d := newDesk(t)
	e := d.bring(pair(t, "01_ok"))
	end := (e.Claimed.Until + 1).Start()
	for at, want := range map[time.Time]verifier.Reason{
		end.Add(-time.Second): verifier.ReasonOK, end: verifier.ReasonMandateExpired, noon: verifier.ReasonOK,
	} {
		d.now = at
		if got := d.ask(e.Number, clerk); got != want {
			t.Errorf("at %v: %v, want %v", at, got, want)
		}
	}
}

func TestOpenNamesEveryFileThatIsWrong(t *testing.T) {
	_, err := Open(Options{Sources: Sources{Roots: []string{"no/such/root"}, CRLs: []string{"no/such/list"}}})
	var joined interface{ Unwrap() []error }
	if !errors.As(err, &joined) || len(joined.Unwrap()) != 2 {
		t.Errorf("%v", err)
	}
}

func TestRunMakesProofsAndEnds(t *testing.T) {
	d := newDesk(t)
	d.bring(pair(t, "01_ok"))
	d.renew(&loaded{trust: d.shelf.Load().trust.trust})
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	d.Run(ctx)
}

func BenchmarkJudge(b *testing.B) {
	d := newDesk(b)
	e := d.bring(pair(b, "01_ok"))
	for b.Loop() {
		if d.ask(e.Number, clerk) != verifier.ReasonOK {
			b.Fatal("refused")
		}
	}
}
