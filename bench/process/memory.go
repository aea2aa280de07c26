package process

import (
	"bufio"
	"errors"
	"fmt"
	"os"
	"strconv"
	"strings"
)

// Memory is what a process holds in RAM, in bytes.
type Memory struct {
	Resident int64 // now
	Peak     int64 // the most so far, or since ResetPeak
}

// Memory reads the process's memory from /proc; it works on Linux only.
func (c *Child) Memory() (Memory, error) {
	f, err := os.Open(fmt.Sprintf("/proc/%d/status", c.PID()))
	if err != nil {
		return Memory{}, err
	}
	defer f.Close()
	var m Memory
	lines := bufio.NewScanner(f)
	for lines.Scan() {
		name, value, _ := strings.Cut(lines.Text(), ":")
		switch name {
		case "VmRSS":
			m.Resident, err = kilobytes(value)
		case "VmHWM":
			m.Peak, err = kilobytes(value)
		}
		if err != nil {
			return Memory{}, err
		}
	}
	if m.Resident == 0 {
		return Memory{}, errors.Join(lines.Err(), errors.New("the process is gone"))
	}
	return m, lines.Err()
}

func kilobytes(s string) (int64, error) {
	n, err := strconv.ParseInt(strings.TrimSuffix(strings.TrimSpace(s), " kB"), 10, 64)
	return n << 10, err
}

// ResetPeak makes Peak start again from what is resident now (proc(5), clear_refs).
func (c *Child) ResetPeak() error {
	return os.WriteFile(fmt.Sprintf("/proc/%d/clear_refs", c.PID()), []byte("5"), 0o200)
}
