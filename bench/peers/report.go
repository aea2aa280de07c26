package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"os"
	"runtime/debug"
	"time"

	"vratar/bench/machine"
)

// result is one run, as it is kept.
type result struct {
	At      time.Time         `json:"at"`
	Commit  string            `json:"commit"`
	Machine machine.Machine   `json:"machine"`
	Rounds  int               `json:"rounds"`
	Peers   map[string]string `json:"peers"` // module to version
	Rows    []row             `json:"rows"`
	OpenSSL []string          `json:"openssl,omitempty"` // its own report
}

// peers is the versions of the libraries that were compared with.
func peers() map[string]string {
	versions := make(map[string]string)
	info, ok := debug.ReadBuildInfo()
	if !ok {
		return versions
	}
	for _, m := range info.Deps {
		for _, name := range compared {
			if m.Path == name {
				versions[name] = m.Version
			}
		}
	}
	return versions
}

// table writes the rows as Markdown.
func (r *result) table() []byte {
	var b bytes.Buffer
	fmt.Fprintf(&b, "%s, %s, %d interleaved rounds on one core, medians of CPU time:\n\n", r.Machine.CPU, r.Machine.Go, r.Rounds)
	b.WriteString("| what | how | µs | times as fast | allocations |\n|---|---|---:|---:|---:|\n")
	last := ""
	for _, row := range r.Rows {
		title := row.Contest
		if title == last {
			title = ""
		}
		last = row.Contest
		fmt.Fprintf(&b, "| %s | %s | %s | %.1f | %.0f |\n", title, row.Work, micros(row.Nanos), row.Ratio, row.Allocs)
	}
	return b.Bytes()
}

// micros gives three digits.
func micros(ns float64) string {
	us := ns / 1000
	switch {
	case us >= 100:
		return fmt.Sprintf("%.0f", us)
	case us >= 10:
		return fmt.Sprintf("%.1f", us)
	case us >= 1:
		return fmt.Sprintf("%.2f", us)
	}
	return fmt.Sprintf("%.3f", us)
}

func (r *result) save(file string) error {
	text, err := json.MarshalIndent(r, "", "  ")
	if err != nil {
		return err
	}
	return os.WriteFile(file, append(text, '\n'), 0o644)
}
