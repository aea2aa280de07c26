package conformance

import (
	"bytes"
	"errors"
	"fmt"
	"os"
	"slices"
)

// Row is one line of the table: a suite, or a group of one.
type Row struct {
	Title                        string
	Run, Passed, Failed, Skipped int
}

// Sum adds up the groups of a suite.
func Sum(title string, groups []Result) Row {
	row := Row{Title: title}
	for _, g := range groups {
		row.Run += g.Run
		row.Passed += g.Passed
		row.Failed += g.Failed()
		row.Skipped += g.Skipped
	}
	return row
}

// Table writes rows as a Markdown table.
func Table(rows []Row) []byte {
	var b bytes.Buffer
	b.WriteString("| format | vectors | passed | failed | skipped |\n|---|---:|---:|---:|---:|\n")
	for _, r := range rows {
		fmt.Fprintf(&b, "| %s | %d | %d | %d | %d |\n", r.Title, r.Run, r.Passed, r.Failed, r.Skipped)
	}
	return b.Bytes()
}

const (
	startMark = "<!-- conformance: begin -->\n"
	endMark   = "<!-- conformance: end -->"
)

// WriteInto replaces the part of a file between the conformance marks by table.
func WriteInto(file string, table []byte) error {
	b, err := os.ReadFile(file)
	if err != nil {
		return err
	}
	head, rest, ok := bytes.Cut(b, []byte(startMark))
	_, tail, ok2 := bytes.Cut(rest, []byte(endMark))
	if !ok || !ok2 {
		return errors.New(file + ": the marks of the conformance table are missing")
	}
	return os.WriteFile(file, slices.Concat(head, []byte(startMark), table, []byte(endMark), tail), 0o644)
}
