package ledger

import (
	"crypto/sha256"
	"errors"
	"fmt"
	"maps"
	"slices"

	"github.com/cockroachdb/pebble/v2"

	"vratar/cache/store"
)

// Verify walks the whole ledger as it is at this moment, while work goes on. See Check.
func (l *Ledger) Verify() (Report, error) {
	if err := l.enter(); err != nil {
		return Report{}, err
	}
	defer l.leave()
	return Check(l.store)
}

// Check walks the ledger in s from the first passage and reports everything that does not follow: changed,
// missing or additional passages, a cut-off end, a subject that was admitted while inside, standings and
// counts that the passages do not bear out. A fault is an answer; an error means that the database could not
// be read. It works on a database that Open refuses. Memory: about 60 bytes for each admitted subject.
func Check(s *store.Store) (Report, error) {
	snapshot := s.DB().NewSnapshot()
	c := checker{
		db:       snapshot,
		groups:   map[string]*GroupReport{},
		counters: map[counterKey]*Counter{},
		subjects: map[subjectID]uint64{}, overrides: map[uint64]uint64{}, notes: map[uint64]string{},
	}
	err := errors.Join(c.passages(), c.head(), c.standings(), c.counts(), c.overridden(), c.written(), snapshot.Close())
	for _, name := range slices.Sorted(maps.Keys(c.groups)) {
		c.report.Groups = append(c.report.Groups, *c.groups[name])
	}
	c.report.Subjects = len(c.subjects)
	return c.report, err
}

// subjectID stands for a group and a subject in the checker's memory.
type subjectID [16]byte

func identify(key []byte) subjectID {
	sum := sha256.Sum256(key)
	return subjectID(sum[:16])
}

// checker recomputes what the ledger should hold.
type checker struct {
	db       *pebble.Snapshot
	report   Report
	groups   map[string]*GroupReport
	counters map[counterKey]*Counter
	subjects map[subjectID]uint64 // latest admission: sequence number × 2, plus 1 when inside
	// By sequence number: of what was set aside, the override; of an override, the commitment to its note.
	overrides map[uint64]uint64
	notes     map[uint64]string
	last      uint64
	hash      Hash
}

func (c *checker) scan(p store.Prefix, f func(key, value []byte) error) error {
	low, high := p.Bounds()
	it, err := c.db.NewIter(&pebble.IterOptions{LowerBound: low, UpperBound: high})
	if err != nil {
		return fmt.Errorf("ledger: reading the database: %w", err)
	}
	for it.First(); it.Valid(); it.Next() {
		value, err := it.ValueAndErr()
		if err == nil {
			err = f(it.Key(), value)
		}
		if err != nil {
			return errors.Join(err, it.Close())
		}
	}
	return errors.Join(it.Error(), it.Close())
}

func (c *checker) passages() error {
	return c.scan(store.PrefixPassage, func(key, value []byte) error {
		seq, ok := seqOfKey(key)
		if !ok {
			c.report.fault(c.last, "a key that is not a sequence number follows")
			return nil
		}
		if seq != c.last+1 {
			c.report.fault(c.last+1, "missing: the next passage is "+fmt.Sprint(seq))
		}
		c.last = seq
		c.report.Passages++
		h, record, err := splitValue(value)
		if err != nil {
			c.report.fault(seq, "the record is truncated")
			return nil
		}
		// From here on the stored link counts, so that one change is one fault.
		if link(c.hash, seq, record) != h {
			c.report.fault(seq, "the record was changed, or does not follow the one before it")
		}
		c.hash = h
		p, err := decodeRecord(record)
		switch {
		case err != nil:
			c.report.fault(seq, "the record is unreadable")
		case p.Seq != seq:
			c.report.fault(seq, fmt.Sprintf("the record says it is passage %d", p.Seq))
		default:
			c.follow(&p)
		}
		return nil
	})
}

// follow repeats what the ledger did with p.
func (c *checker) follow(p *Passage) {
	g := c.groups[p.Group]
	if g == nil {
		g = &GroupReport{Group: p.Group}
		c.groups[p.Group] = g
	}
	k := counterKey{p.Checkpoint, p.Group}
	if c.counters[k] == nil {
		c.counters[k] = &Counter{Checkpoint: p.Checkpoint, Group: p.Group}
	}
	c.counters[k].count(p.Decision)
	g.count(p.Decision)
	if p.Overrides != nil {
		g.Overridden++
		c.override(p, g)
	}
	if p.Decision != Admit {
		return
	}
	id := identify(subjectKey(p.Group, p.Subject))
	was, known := c.subjects[id]
	inside := known && was&1 == 1
	if p.Direction == Entry && known {
		g.Readmitted++
		if inside && !p.Overrides.readmits() {
			c.report.fault(p.Seq, fmt.Sprintf("the subject was admitted in passage %d and had not left", was>>1))
		}
	}
	if p.Subject == "" {
		c.report.fault(p.Seq, "nobody in particular was admitted")
	}
	g.Inside += one(p.Inside) - one(inside)
	c.subjects[id] = p.Seq<<1 | uint64(one(p.Inside))
}

func (c *checker) head() error {
	value, closer, err := c.db.Get(headKey())
	if errors.Is(err, pebble.ErrNotFound) {
		if c.last > 0 {
			c.report.fault(c.last, "there is no head record")
		}
		return nil
	}
	if err != nil {
		return fmt.Errorf("ledger: reading the head record: %w", err)
	}
	seq, hash, err := decodeHead(value)
	c.report.Head, c.report.HeadHash = seq, hash
	switch {
	case err != nil:
		c.report.fault(c.last, "the head record is unreadable")
	case seq > c.last:
		c.report.fault(c.last+1, fmt.Sprintf("missing: the end was cut off, the head record names passage %d", seq))
	case seq < c.last:
		c.report.fault(seq+1, "the passage is beyond the head record")
	case hash != c.hash:
		c.report.fault(seq, "the head record has another hash")
	}
	return closer.Close()
}

// standings holds every stored standing against the walk, and their number against the subjects it met.
func (c *checker) standings() error {
	var stored int
	err := c.scan(store.PrefixSubject, func(key, value []byte) error {
		stored++
		s, err := decodeStanding(value)
		want, ok := c.subjects[identify(key)]
		switch {
		case err != nil:
			c.report.fault(0, "the standing of a subject is unreadable")
		case !ok:
			c.report.fault(s.Last.Seq, "a subject has a standing without having been admitted")
		case s.Last.Seq<<1|uint64(one(s.Inside)) != want:
			c.report.fault(want>>1, "the subject's standing does not follow from its latest admission")
		}
		return nil
	})
	if missing := len(c.subjects) - stored; missing > 0 {
		c.report.fault(0, fmt.Sprintf("%d admitted subjects have no standing", missing))
	}
	return err
}

// counts holds the stored counters and groups against the walk.
func (c *checker) counts() error {
	err := c.scan(store.PrefixCounter, func(key, value []byte) error {
		got, err := decodeCounter(key, value)
		k := counterKey{got.Checkpoint, got.Group}
		if want := c.counters[k]; err != nil || want == nil || *want != got {
			c.report.fault(0, fmt.Sprintf("the counters of checkpoint %q do not match its passages", got.Checkpoint))
		}
		delete(c.counters, k)
		return nil
	})
	for k := range c.counters {
		c.report.fault(0, fmt.Sprintf("the counters of checkpoint %q are missing", k.checkpoint))
	}
	return errors.Join(err, c.insides())
}

// insides holds how many are stored to be inside the groups against the walk.
func (c *checker) insides() error {
	stored := make(map[string]bool)
	err := c.scan(store.PrefixGroup, func(key, value []byte) error {
		group, n, err := decodeGroup(key, value)
		if g := c.groups[group]; err != nil || g == nil || g.Inside != n {
			c.report.fault(0, fmt.Sprintf("the count of group %q does not match its passages", group))
		}
		stored[group] = true
		return nil
	})
	for _, name := range slices.Sorted(maps.Keys(c.groups)) {
		if c.groups[name].Inside != 0 && !stored[name] {
			c.report.fault(0, fmt.Sprintf("the count of group %q is missing", name))
		}
	}
	return err
}
