package gateway

import "time"

// Overrides says how supervisors set the gateway's decisions aside. Each is a passage of its own, with who, when and
// why.
type Overrides struct {
	// Within is how old a passage may be. Default 15 min; 0: nobody sets anything aside. A longer one lets people
	// decide about somebody who is no longer in front of them.
	Within Duration `toml:"within"`
	// KeepNotes is how long what they wrote is kept, which may speak of somebody. The reason's code stays. Default
	// 720h, 30 days; 0: notes are refused.
	KeepNotes Duration `toml:"keep_notes"`
}

func (o *Overrides) check(f *faults) {
	f.between("overrides.within", o.Within, 0, 24*time.Hour)
	f.between("overrides.keep_notes", o.KeepNotes, 0, 5*366*24*time.Hour)
}
