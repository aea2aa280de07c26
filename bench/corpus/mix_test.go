package corpus

import (
	"maps"
	"math"
	"slices"
	"strings"
	"testing"
)

func TestParseMix(t *testing.T) {
	f := func(s, fault string) {
		t.Helper()
		_, err := ParseMix(s)
		if (err == nil) != (fault == "") || (err != nil && !strings.Contains(err.Error(), fault)) {
			t.Errorf("%q: %v, want %q", s, err, fault)
		}
	}
	f(DefaultMix, "")
	f("genuine", "")
	f(" genuine=1, broken=3", "")
	f("", "none of genuine")
	f("genuin=1", "none of genuine")
	f("genuine=x", "not a number")
	f("genuine=-1", "not a number")
	f("genuine=0", "nothing in it")
}

func TestMixKeepsItsProportions(t *testing.T) {
	m, err := ParseMix("genuine=3,revoked=0,expired=1")
	if err != nil {
		t.Fatal(err)
	}
	const n = 10000
	counts := map[Kind]float64{}
	for i := range n {
		counts[m.pick(mixed(7, uint64(i)))]++
	}
	if math.Abs(counts[Genuine]/n-0.75) > 0.02 || counts[Revoked] != 0 || counts[Genuine]+counts[Expired] != n {
		t.Errorf("counts: %v", counts)
	}
}

func TestParseFormats(t *testing.T) {
	f := func(s, fault string, want int) {
		t.Helper()
		got, err := ParseFormats(s)
		if (err == nil) != (fault == "") || (err != nil && !strings.Contains(err.Error(), fault)) || len(got) != want {
			t.Errorf("%q: %v, %v, want %q", s, got, err, fault)
		}
	}
	f(DefaultFormats, "", 2)
	f("all", "", len(Formats()))
	f("document=8, cold=2", "", 2)
	f("passport", "no format", 0)
	f("", "no format", 0)
	f("hcert=x", "not a number", 0)
	f("hcert=0", "nothing in it", 0)
}

// A kind that no chosen format can be is left out, and formats that cannot be of a kind are not asked for it.
func TestMenu(t *testing.T) {
	m := maker(t, 1)
	f := func(mix, formats, want string) {
		t.Helper()
		kinds, err := ParseMix(mix)
		if err != nil {
			t.Fatal(err)
		}
		shares, err := ParseFormats(formats)
		if err != nil {
			t.Fatal(err)
		}
		items, err := m.Items(Selection{Mix: kinds, Formats: shares, Count: 40})
		if err != nil {
			if want != "" {
				t.Errorf("%s of %s: %v", mix, formats, err)
			}
			return
		}
		got := map[string]bool{}
		for _, i := range items {
			got[i.Name[:strings.LastIndex(i.Name, "/")]] = true
		}
		if text := strings.Join(slices.Sorted(maps.Keys(got)), " "); text != want {
			t.Errorf("%s of %s: %s, want %s", mix, formats, text, want)
		}
	}
	f("genuine,expired", "vds", "genuine/vds")
	f("genuine,expired", "vds,document", "expired/document genuine/document genuine/vds")
	f("expired", "vds", "")
	f("genuine", "vds=0,document=1", "genuine/document")
}
