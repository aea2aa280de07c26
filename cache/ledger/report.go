package ledger

import (
	"encoding/binary"
	"encoding/hex"
	"fmt"
	"strings"
)

// maxFaults is how many faults a report spells out; the rest is counted.
const maxFaults = 100

// Report is what Verify found.
type Report struct {
	Passages uint64 // present
	Head     uint64 // newest passage by the head record
	HeadHash Hash
	Subjects int // admitted so far, in all groups
	Groups   []GroupReport
	Faults   []Fault // in the order they were found; the chain's own come first
	More     int     // faults beyond those spelt out
}

// GroupReport sums one group up.
type GroupReport struct {
	Group    string
	Admitted uint64
	Denied   uint64
	Held     uint64
	Inside   int64
	// Readmitted counts entries of subjects that had been admitted before. In a group that admits once it
	// must be 0 but for those that a person let in again; where re-entry after leaving is allowed, it may be more.
	Readmitted uint64
	// Overridden counts the decisions that a person set aside. His own are among those admitted and denied.
	Overridden uint64
}

// Fault is one thing that does not follow. Seq is the passage it shows at, 0 when it is none in particular.
type Fault struct {
	Seq  uint64
	What string
}

// OK reports whether everything follows.
func (r *Report) OK() bool { return len(r.Faults) == 0 }

func (r *Report) fault(seq uint64, what string) {
	if len(r.Faults) == maxFaults {
		r.More++
		return
	}
	r.Faults = append(r.Faults, Fault{Seq: seq, What: what})
}

func (g *GroupReport) count(d Decision) {
	c := Counter{Admitted: g.Admitted, Denied: g.Denied, Held: g.Held}
	c.count(d)
	g.Admitted, g.Denied, g.Held = c.Admitted, c.Denied, c.Held
}

// String is the report for people, several lines.
func (r Report) String() string {
	var b strings.Builder
	if r.OK() {
		b.WriteString("The ledger is whole.\n")
	} else {
		fmt.Fprintf(&b, "THE LEDGER IS NOT WHOLE: %d faults.\n", len(r.Faults)+r.More)
	}
	fmt.Fprintf(&b, "  passages  %d\n  subjects  %d\n  head      %d %s\n",
		r.Passages, r.Subjects, r.Head, hex.EncodeToString(r.HeadHash[:]))
	for _, g := range r.Groups {
		fmt.Fprintf(&b, "  group %q: admitted %d (again %d), denied %d, held %d, inside %d",
			g.Group, g.Admitted, g.Readmitted, g.Denied, g.Held, g.Inside)
		if g.Overridden > 0 {
			fmt.Fprintf(&b, ", set aside by people %d", g.Overridden)
		}
		b.WriteByte('\n')
	}
	for _, f := range r.Faults {
		if f.Seq == 0 {
			fmt.Fprintf(&b, "  fault: %s\n", f.What)
		} else {
			fmt.Fprintf(&b, "  fault at passage %d: %s\n", f.Seq, f.What)
		}
	}
	if r.More > 0 {
		fmt.Fprintf(&b, "  and %d more\n", r.More)
	}
	return b.String()
}

func seqOfKey(key []byte) (uint64, bool) {
	if len(key) != 9 {
		return 0, false
	}
	return binary.BigEndian.Uint64(key[1:]), true
}
