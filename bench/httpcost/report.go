package httpcost

import (
	"bytes"
	"encoding/json"
	"fmt"
	"os"
	"strings"
	"time"
)

// Table writes the rows as Markdown.
func (r *Result) Table() []byte {
	var b bytes.Buffer
	fmt.Fprintf(&b, "%s, %s, %d interleaved rounds, %d keep-alive connections; medians, in processor time of the server's process. Codes of %d bytes; requests of %d, answers of %d with %d headers, the same for the constant.\n\n",
		r.Machine.CPU, r.Machine.Go, r.Rounds, r.Connections, r.Sizes.Payload, r.Sizes.Request, r.Sizes.Response, r.Sizes.Headers)
	b.WriteString("| request | what | µs | a CPU-second | ratio | goal |\n|---|---|---:|---:|---:|---:|\n")
	last := ""
	for _, row := range r.Rows {
		title, goal := row.Contest, ""
		if title == last {
			title = ""
		}
		last = row.Contest
		if row.Goal > 0 {
			goal = fmt.Sprint(row.Goal)
		}
		fmt.Fprintf(&b, "| %s | %s | %.1f | %.0f | %.2f | %s |\n", title, row.Work, row.CPUMicros, row.PerCPU, row.Ratio, goal)
	}
	for _, row := range r.Rows {
		if row.Goal == goalScan {
			fmt.Fprintf(&b, "\nThe ratio of scans is by the clock, since both wait for the disk: %.0f scans a second.\n", row.PerSecond)
		}
	}
	return b.Bytes()
}

// Cost is how long a core of the server is busy with one credential that it has not seen before: on its own (verify),
// in a batch, or in a scan that is recorded (scan, and websocket for want of its own figure).
func (r *Result) Cost(target string) (time.Duration, bool) {
	row, known := r.Row(map[string]string{"verify": Verifying, "batch": Batching, "scan": Scanning, "websocket": Scanning}[target], Distinct)
	return time.Duration(row.CPUMicros * float64(time.Microsecond)), known
}

// Row is the row of a contest's work, by how their names begin.
func (r *Result) Row(contest, work string) (Row, bool) {
	for _, row := range r.Rows {
		if contest != "" && strings.HasPrefix(row.Contest, contest) && strings.HasPrefix(row.Work, work) {
			return row, true
		}
	}
	return Row{}, false
}

// Save keeps the result in a file.
func (r *Result) Save(file string) error {
	text, err := json.MarshalIndent(r, "", "  ")
	if err != nil {
		return err
	}
	return os.WriteFile(file, append(text, '\n'), 0o644)
}

// Read reads what Save wrote.
func Read(file string) (Result, error) {
	var r Result
	text, err := os.ReadFile(file)
	if err == nil {
		err = json.Unmarshal(text, &r)
	}
	if err != nil {
		return r, fmt.Errorf("%s: %w", file, err)
	}
	return r, nil
}
