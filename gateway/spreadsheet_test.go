package gateway

import (
	"slices"
	"testing"
)

// What a spreadsheet would take for a formula is told as text, also in the wide letters that it takes for the narrow ones.
func TestNoCellIsAFormula(t *testing.T) {
	for _, text := range []string{"=1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1", "\n=1", "＝1", "＋1", "－1", "＠SUM(A1)"} {
		if got := plain(text); got[0] != "'"+text {
			t.Errorf("%q stays %q", text, got[0])
		}
	}
	usual := []string{"", "Ромашка", "\xff", "1-2", "a=b"}
	if got := plain(slices.Clone(usual)...); !slices.Equal(got, usual) {
		t.Errorf("%q became %q", usual, got)
	}
}
