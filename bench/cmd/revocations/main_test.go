package main

import (
	"encoding/json"
	"os"
	"path/filepath"
	"testing"
)

func TestFiguresOfOtherSizesAreKept(t *testing.T) {
	file := filepath.Join(t.TempDir(), "figures.json")
	f := func(want string, rows ...row) {
		t.Helper()
		r := result{Rows: rows}
		if err := r.keep(file); err != nil {
			t.Fatal(err)
		}
		text, err := json.Marshal(r)
		if err != nil || os.WriteFile(file, text, 0o600) != nil {
			t.Fatal(err)
		}
		got := ""
		for _, one := range r.Rows {
			got += one.Commit
		}
		if got != want {
			t.Errorf("rows %s, want %s", got, want)
		}
	}
	f("b", row{Names: 2, Commit: "b"})
	f("abc", row{Names: 3, Commit: "c"}, row{Names: 1, Commit: "a"})
	f("aBc", row{Names: 2, Commit: "B"})
}

func TestNamesAreDifferent(t *testing.T) {
	seen := make(map[string]bool)
	for _, n := range append(names(1000, 0, 1), names(1000, 1<<40, 3)...) {
		if len(n) != nameSize || seen[string(n)] {
			t.Fatalf("%x again", n)
		}
		seen[string(n)] = true
	}
}

func TestSizesThatAreNone(t *testing.T) {
	for _, sizes := range []string{"", "x", "10"} {
		if err := run(sizes, "", stand{}); err == nil {
			t.Errorf("no error for %q", sizes)
		}
	}
}
