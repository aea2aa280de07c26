package main

import (
	"io"
	"os"
	"path/filepath"
	"testing"
	"time"
)

func TestClock(t *testing.T) {
	file := filepath.Join(t.TempDir(), "clock")
	if at := now(file); time.Since(at).Abs() > time.Hour {
		t.Errorf("without a file: %s", at)
	}
	want := time.Date(2031, 5, 6, 7, 8, 9, 0, time.UTC)
	if err := os.WriteFile(file, []byte(want.Format(time.RFC3339)+"\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	if at := now(file); !at.Equal(want) {
		t.Errorf("with a moment in it: %s", at)
	}
	if err := os.WriteFile(file, []byte("tomorrow"), 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := read(file); err == nil {
		t.Error("a text that is no moment is taken for one")
	}
}

func TestFlags(t *testing.T) {
	for _, args := range [][]string{nil, {"--config", "x"}, {"--clock", "x"}, {"--config", "absent.toml", "--clock", "x"}} {
		if run(t.Context(), args, io.Discard) == nil {
			t.Errorf("%q is taken", args)
		}
	}
}
