package corpus

import (
	"bytes"
	"os"
	"reflect"
	"strings"
	"testing"
	"time"

	"vratar/verifier"
	"vratar/verifier/formats"
	"vratar/verifier/proof"
	"vratar/verifier/status"
	"vratar/verifier/trust"
)

var noon = time.Date(2026, 11, 22, 12, 0, 0, 0, time.UTC)

func maker(t testing.TB, seed uint64) *Maker {
	t.Helper()
	m, err := NewMaker(seed, noon)
	if err != nil {
		t.Fatal(err)
	}
	return m
}

// snapshots are a gateway's lists, loaded from the corpus's files.
type snapshots struct {
	trust  *trust.Snapshot
	status *status.Snapshot
}

func (s snapshots) Trust() verifier.Trust   { return s.trust }
func (s snapshots) Status() verifier.Status { return s.status }

func judge(t testing.TB, c *Corpus) *verifier.Verifier {
	t.Helper()
	list, err := trust.Load("trust.json", c.Trust)
	if err != nil {
		t.Fatal(err)
	}
	s := snapshots{trust: trust.New(list)}
	var sources []status.Source
	for _, f := range c.Status {
		src, err := status.Load(f.Name, f.Data)
		if err != nil {
			t.Fatal(err)
		}
		if src.Statement != nil {
			key, reason := verifier.Prove(s.trust, proof.Checker{}, src.Statement)
			if key == nil {
				t.Fatalf("%s: %s", f.Name, reason)
			}
			src = src.ProvenBy(key)
		}
		sources = append(sources, src)
	}
	s.status = status.New(sources...)
	return &verifier.Verifier{Formats: formats.All(), Lists: s, Checker: proof.Checker{}}
}

// Every kind of every format gets the answer that the corpus says it must get, and so does what a holder's device
// shows anew.
func TestItemsGetTheirAnswers(t *testing.T) {
	m := maker(t, 1)
	v := judge(t, &Corpus{Trust: m.Trust(), Status: m.Status()})
	f := func(i *Item, payload []byte, want verifier.Reason) {
		t.Helper()
		got := v.Verify(verifier.Scan{Payload: payload, At: noon})
		if got.Reason != want {
			t.Errorf("%s: %s (%v), want %s", i.Name, got.Reason, got.Cause, want)
		}
		if i.Format != "" && got.Credential != nil && got.Credential.Format != i.Format {
			t.Errorf("%s: format %s", i.Name, got.Credential.Format)
		}
	}
	for kind := range numKinds {
		for _, format := range Formats() {
			if !m.Can(kind, format) {
				if _, err := m.Item(kind, format, 0); err == nil {
					t.Errorf("%s is made of %s", kind, format)
				}
				continue
			}
			for n := range 2 * BrokenVariants() {
				i, err := m.Item(kind, format, n)
				if err != nil {
					t.Fatal(err)
				}
				f(&i, i.Payload, i.Expect)
				payload, expect, err := i.Present(noon, "https://gate.example")
				if err != nil || i.Fresh() != (format == "vr2" || format == "sdjwt-kb") && kind != Broken && kind != Notice {
					t.Fatalf("%s: fresh %v, %v", i.Name, i.Fresh(), err)
				}
				f(&i, payload, expect)
			}
		}
	}
}

// Every accepted format has a recipe, so that loads, costs and claims are tried with all of them.
func TestEveryFormatHasARecipe(t *testing.T) {
	made := map[string]bool{"notice": true}
	for _, r := range maker(t, 1).recipes {
		made[r.format] = true
	}
	for _, f := range formats.All() {
		if !made[f.Name()] {
			t.Errorf("%s: no recipe", f.Name())
		}
	}
}

func TestGenuineCredentialsDiffer(t *testing.T) {
	m := maker(t, 1)
	seen := map[string]bool{}
	for _, format := range Formats() {
		for n := range 50 {
			i, err := m.Item(Genuine, format, n)
			if err != nil {
				t.Fatal(err)
			}
			if seen[string(i.Payload)] {
				t.Fatalf("%s was there before", i.Name)
			}
			seen[string(i.Payload)] = true
		}
	}
}

func TestSeedDecidesEverything(t *testing.T) {
	mix, err := ParseMix(DefaultMix)
	if err != nil {
		t.Fatal(err)
	}
	make := func(seed uint64) *Corpus {
		c, err := maker(t, seed).Corpus(Selection{Mix: mix, Count: 100})
		if err != nil {
			t.Fatal(err)
		}
		return c
	}
	if !reflect.DeepEqual(make(1), make(1)) {
		t.Error("the same seed gave two corpora")
	}
	if a, b := make(1), make(2); bytes.Equal(a.Trust, b.Trust) || reflect.DeepEqual(a.Items, b.Items) {
		t.Error("two seeds gave the same corpus")
	}
	tail, err := maker(t, 1).Items(Selection{Mix: mix, First: 60, Count: 40})
	if err != nil || !reflect.DeepEqual(tail, make(1).Items[60:]) {
		t.Errorf("a selection from the middle differs: %v", err)
	}
}

// Lists and items of one seed fit together even when they were made on different days.
func TestListsOutliveTheDay(t *testing.T) {
	later, err := NewMaker(1, noon.AddDate(0, 2, 0))
	if err != nil {
		t.Fatal(err)
	}
	if m := maker(t, 1); !bytes.Equal(m.Trust(), later.Trust()) || !reflect.DeepEqual(m.Status(), later.Status()) {
		t.Error("the lists of one seed differ from day to day")
	}
}

func TestFolder(t *testing.T) {
	mix, err := ParseMix("genuine,broken=9,notice")
	if err != nil {
		t.Fatal(err)
	}
	c, err := maker(t, 1).Corpus(Selection{Mix: mix, Count: 200})
	if err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	if err := c.Write(dir); err != nil {
		t.Fatal(err)
	}
	back, err := Read(dir)
	if err != nil {
		t.Fatal(err)
	}
	for i := range c.Items {
		if a, b := c.Items[i], back.Items[i]; a.Name != b.Name || a.Format != b.Format || a.Expect != b.Expect || !bytes.Equal(a.Payload, b.Payload) {
			t.Errorf("wrote %+v, read %+v", a, b)
		}
	}
	if len(back.Items) != len(c.Items) || !bytes.Equal(back.Trust, c.Trust) || !reflect.DeepEqual(back.Status, c.Status) {
		t.Error("a corpus does not survive its folder")
	}
}

func TestReadRefuses(t *testing.T) {
	f := func(questions, answers, want string) {
		t.Helper()
		if _, err := readItems([]byte(questions), []byte(answers)); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s %s: %v, want %q", questions, answers, err, want)
		}
	}
	f(`{"id":"a","payload":"x"}`, `{"id":"a","reason":"fine"}`, "no known reason")
	f(`{"id":"a","payload":"x"}`, `{"id":"a"}`, "no known reason")
	f(`{"id":"a","payload":"x"}`, `{"id":"b","reason":"ok"}`, "a is asked and b expected")
	f(`{"id":"a","payload":"x"}`, ``, "item 1: EOF")
	f(``, `{"id":"a","reason":"ok"}`, "item 1: EOF")
	f(`{"id":"a","load":"x"}`, `{"id":"a","reason":"ok"}`, "unknown field")
	f(`{"id":"a"`, `{"id":"a","reason":"ok"}`, "item 1")
	if _, err := Read(t.TempDir()); !os.IsNotExist(err) {
		t.Errorf("an empty folder: %v", err)
	}
}

func BenchmarkItem(b *testing.B) {
	m := maker(b, 1)
	for _, format := range Formats() {
		b.Run(format, func(b *testing.B) {
			b.ReportAllocs()
			n := 0
			for b.Loop() {
				n++
				if _, err := m.Item(Genuine, format, n); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}

// Pictures taken for a reader differ from others in whom they were made for, and everything else is the same.
func TestFor(t *testing.T) {
	here := maker(t, 1)
	there := here.For("https://there.example")
	f := func(format string, same bool) {
		t.Helper()
		a, err1 := here.Item(Genuine, format, 3)
		b, err2 := there.Item(Genuine, format, 3)
		if err1 != nil || err2 != nil || bytes.Equal(a.Payload, b.Payload) != same || a.Expect != b.Expect {
			t.Errorf("%s: %v %v\n%s\n%s", format, err1, err2, a.Payload, b.Payload)
		}
	}
	f("sdjwt-kb", false)
	f("vr2", true)
	f("sdjwt", true)
}
