package refresh

import (
	"vratar/cache/revocation"
	"vratar/verifier/status/revoked"
)

// storing is an Origin whose names go into a list of their own, on disk with filters in memory, when there is a
// place for it. What is kept as its content then tells only which state of the list was loaded.
type storing interface {
	Origin
	// in is the same origin with its list.
	in(*revocation.List) Origin
	// stored is its list; nil when its names are held in memory.
	stored() *revocation.List
}

// Stored is how a list stands whose names lie on disk.
type Stored struct {
	Entries int    `json:"entries"` // names, of all that the list was told, whether the source is in force or not
	Late    int    `json:"late"`    // names beside the filters, until these are made anew
	Filters int    `json:"filters"` // shards that have a filter
	Shards  int    `json:"shards"`  // while there are fewer filters than shards, questions go to the disk: right, but slower
	Memory  int    `json:"memory_bytes"`
	Perhaps uint64 `json:"perhaps"` // questions that the filters did not answer, since the start
	Wrong   uint64 `json:"wrong"`   // of these, names that are not on the list
	Failed  uint64 `json:"failed"`  // of these, ones that the disk did not answer: the codes were status_unknown
}

func describeStored(l *revocation.List) *Stored {
	if l == nil {
		return nil
	}
	s := l.Stats()
	return &Stored{
		Entries: s.Entries, Late: s.Late, Filters: s.Filters, Shards: revoked.Shards, Memory: s.Bytes,
		Perhaps: s.Perhaps, Wrong: s.Wrong, Failed: s.Failed,
	}
}

// forgetLists drops the stored lists of sources that are not configured any more.
func (r *Refresher) forgetLists() error {
	if r.cfg.Revocations == nil {
		return nil
	}
	var names []string
	for _, s := range r.sources {
		if _, ok := s.Origin.(storing); ok {
			names = append(names, s.key())
		}
	}
	return r.cfg.Revocations.Keep(names)
}
