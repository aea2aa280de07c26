package ledger

import (
	"errors"
	"fmt"
	"slices"

	"vratar/cache/store"
	"vratar/verifier"
)

// readmits reports whether a person let somebody in although he knew that he counts as inside.
func (o *Override) readmits() bool {
	return o != nil && (o.sets(verifier.ReasonAlreadyInside) || o.sets(verifier.ReasonAlreadyAdmitted))
}

// override holds p against the passage that it sets aside.
func (c *checker) override(p *Passage, g *GroupReport) {
	o := p.Overrides
	was, ok := c.before(p.Seq, o.Seq)
	switch {
	case !ok:
		c.report.fault(p.Seq, fmt.Sprintf("it sets passage %d aside, which cannot be read", o.Seq))
		return
	case c.overrides[o.Seq] != 0:
		c.report.fault(p.Seq, fmt.Sprintf("passage %d was set aside before, in passage %d", o.Seq, c.overrides[o.Seq]))
		return
	case was.Overrides != nil || was.Decision == p.Decision || p.Decision == Hold || !slices.Contains(Classes(), o.Class):
		c.report.fault(p.Seq, fmt.Sprintf("passage %d cannot be set aside by it", o.Seq))
		return
	case was.ID != o.ID || was.Decision != o.Decision || was.Reason != o.Reason || was.Checkpoint != p.Checkpoint || was.Checker != o.Checker ||
		was.Group != p.Group || was.Direction != p.Direction || overriddenSubject(&was) != p.Subject:
		c.report.fault(p.Seq, fmt.Sprintf("it tells passage %d otherwise", o.Seq))
	}
	c.overrides[o.Seq] = p.Seq
	if o.Note != "" {
		c.notes[p.Seq] = o.Note
	}
	id := identify(subjectKey(p.Group, p.Subject))
	latest := c.subjects[id]
	switch {
	case latest>>1 > o.Seq:
		c.report.fault(p.Seq, fmt.Sprintf("it sets passage %d aside, and the subject had passed since in %d", o.Seq, latest>>1))
	case p.Decision == Deny && was.Decision == Admit: // back to where he was
		g.Inside += one(latest&1 == 0) - one(latest&1 == 1)
		c.subjects[id] = latest ^ 1
	}
}

// before reads a passage that must be older than seq.
func (c *checker) before(seq, of uint64) (p Passage, ok bool) {
	if of == 0 || of >= seq {
		return p, false
	}
	value, closer, err := c.db.Get(passageKey(of))
	if err != nil {
		return p, false
	}
	_, record, err := splitValue(value)
	if err == nil {
		p, err = decodeRecord(record)
	}
	return p, errors.Join(err, closer.Close()) == nil
}

// overridden holds the stored index of overrides against the walk.
func (c *checker) overridden() error {
	stored := 0
	err := c.scan(store.PrefixOverride, func(key, value []byte) error {
		of, ok1 := seqOfKey(key)
		by, ok2 := decodeSeq(value)
		if !ok1 || !ok2 || by == 0 || c.overrides[of] != by {
			c.report.fault(of, "the passage is marked as set aside, and no passage does that")
			return nil
		}
		stored++
		return nil
	})
	if missing := len(c.overrides) - stored; missing > 0 {
		c.report.fault(0, fmt.Sprintf("%d passages are not marked as set aside", missing))
	}
	return err
}

// written holds the notes that are still kept against what the records say of them. A forgotten one is no fault.
func (c *checker) written() error {
	return c.scan(store.PrefixNote, func(key, value []byte) error {
		seq, _ := seqOfKey(key)
		_, salt, note, err := decodeNote(value)
		if err != nil || c.notes[seq] == "" || commitment(salt, note) != c.notes[seq] {
			c.report.fault(seq, "the note is not the one that was written")
		}
		return nil
	})
}
