package trust

import (
	"bytes"
	"flag"
	"os"
	"path/filepath"
	"testing"
)

var update = flag.Bool("update", false, "write testdata anew")

// The lists of testdata are what issuing makes, byte by byte, and are read as they were meant. They are made anew with
// -update.
func TestListsOfTestdata(t *testing.T) {
	kinds := map[string]string{
		"vical": KindVICAL, "jws": KindEUDCC, "x5c": KindEUDCC, "text": KindEUDCC, "cms": KindEUDCC, "cms-text": KindEUDCC,
	}
	made := signedLists(t, newKey(t, 8))
	if len(made) != len(kinds) {
		t.Errorf("%d lists are made", len(made))
	}
	for name, data := range made {
		path := filepath.Join("testdata", "lists", name)
		if *update {
			if err := os.WriteFile(path, data, 0o644); err != nil {
				t.Fatal(err)
			}
		}
		kept, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		if !bytes.Equal(kept, data) {
			t.Errorf("%s: issuing makes another list", name)
		}
		if src := loaded(t, kept); src.Kind != kinds[name] || src.Statement == nil || len(src.Entries) != 1 {
			t.Errorf("%s: %+v", name, src)
		}
	}
}
