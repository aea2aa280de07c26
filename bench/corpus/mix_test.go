package corpus

import (
	"math"
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
