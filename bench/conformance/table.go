package conformance

import (
	"bytes"
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

// WriteInto replaces the part of a file between the marks of that name by table.
func WriteInto(file, name string, table []byte) error {
	start, end := marks(name)
	b, err := os.ReadFile(file)
	if err != nil {
		return err
	}
	head, rest, ok := bytes.Cut(b, []byte(start))
	_, tail, ok2 := bytes.Cut(rest, []byte(end))
	if !ok || !ok2 {
		return fmt.Errorf("%s: the marks of the table %q are missing", file, name)
	}
	return os.WriteFile(file, slices.Concat(head, []byte(start), table, []byte(end), tail), 0o644)
}

func marks(name string) (start, end string) {
	return "<!-- " + name + ": begin -->\n", "<!-- " + name + ": end -->"
}
