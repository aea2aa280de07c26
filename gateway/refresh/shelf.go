package refresh

import (
	"slices"
	"time"

	"vratar/cache/revocation"
	"vratar/verifier/status"
)

// shelf puts batches into the list on disk, many in one step.
type shelf struct {
	list    *revocation.List // nil: they stay as they are
	waiting []revocation.Part
	names   int
}

// shelfful is how many names go to disk in one step.
const shelfful = 20_000

// partsAtOnce is how many batches, of a thousand names as a rule, leave the disk in one step, which holds their names in
// memory: a country's may all end on the same day.
const partsAtOnce = shelfful / 1000

// put takes up a batch that came as JSON. It returns what is to be remembered of it; what it revokes counts after
// flush at the latest.
func (s *shelf) put(id string, b batch) (batch, error) {
	if s.list == nil || b.JSON == nil {
		return b, nil
	}
	src, err := status.Load(id, b.JSON)
	if err != nil {
		return b, err
	}
	part := revocation.Part{Name: id, Keys: src.HashKeys()}
	s.waiting = append(s.waiting, part)
	s.names += len(part.Keys)
	b.JSON, b.Stored = nil, true
	for country := range src.Covered() {
		b.Country = country
	}
	if s.names < shelfful {
		return b, nil
	}
	return b, s.flush()
}

func (s *shelf) flush() error {
	if len(s.waiting) == 0 {
		return nil
	}
	err := s.list.Apply(revocation.Change{Add: s.waiting})
	s.waiting, s.names = nil, 0
	return err
}

// held is the batch of that name as it was kept. One that should be on disk and is not must be fetched again.
func (b RevocationBatches) held(have map[string]batch, id string) (batch, bool, error) {
	x, ok := have[id]
	if !x.Stored {
		return x, ok, nil
	}
	if b.list == nil {
		return batch{}, false, nil
	}
	ok, err := b.list.HasPart(id)
	return x, ok, err
}

// settle drops from the list on disk what is not among next any more. What is withdrawn counts as soon as it is
// known, what is forgiven only at the end, when all that is new has come; parts go as well that a look which failed
// half way has left.
func (b RevocationBatches) settle(next map[string]batch) error {
	if b.list == nil {
		return nil
	}
	into := shelf{list: b.list}
	for id, x := range next {
		kept, err := into.put(id, x) // of an earlier version, which kept them all as they came
		if err != nil {
			return err
		}
		next[id] = kept
	}
	if err := into.flush(); err != nil {
		return err
	}
	parts, err := b.list.Parts()
	if err != nil {
		return err
	}
	var gone []string
	for _, id := range parts {
		if !next[id].Stored {
			gone = append(gone, id)
		}
	}
	for some := range slices.Chunk(gone, partsAtOnce) {
		if err := b.list.Apply(revocation.Change{Remove: some}); err != nil {
			return err
		}
	}
	return nil
}

// fromDisk is the list on disk as a source; false when none of the batches is there.
func (b RevocationBatches) fromDisk(kept map[string]batch) (status.Source, bool, error) {
	covered := make(map[string]time.Time)
	for _, x := range kept {
		if x.Stored {
			status.Cover(covered, x.Country, x.Expires)
		}
	}
	if len(covered) == 0 {
		return status.Source{}, false, nil
	}
	if b.list == nil {
		return status.Source{}, false, errNotStored
	}
	if _, loaded := b.list.Loaded(); !loaded {
		return status.Source{}, false, errNotStored
	}
	return status.StoredBatches(b.list.Live(), covered), true, nil
}
