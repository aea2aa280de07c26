package ledger

import (
	"encoding/binary"
	"errors"
	"fmt"
	"time"

	"github.com/cockroachdb/pebble/v2"

	"vratar/cache/store"
	"vratar/verifier"
)

// Counter tells how a checkpoint has decided since its first passage.
type Counter struct {
	Checkpoint string
	Group      string
	Admitted   uint64
	Denied     uint64
	Held       uint64
}

func (c *Counter) count(d Decision) {
	switch d {
	case Admit:
		c.Admitted++
	case Hold:
		c.Held++
	default:
		c.Denied++
	}
}

type counterKey struct{ checkpoint, group string }

func (k counterKey) bytes() []byte {
	return store.AppendPart(store.AppendPart(store.PrefixCounter.Key(), k.checkpoint), k.group)
}

func appendCounter(dst []byte, c *Counter) []byte {
	dst = binary.BigEndian.AppendUint64(dst, c.Admitted)
	dst = binary.BigEndian.AppendUint64(dst, c.Denied)
	return binary.BigEndian.AppendUint64(dst, c.Held)
}

func decodeCounter(key, value []byte) (Counter, error) {
	var c Counter
	var ok1, ok2 bool
	rest := key[1:]
	c.Checkpoint, rest, ok1 = store.CutPart(rest)
	c.Group, rest, ok2 = store.CutPart(rest)
	if !ok1 || !ok2 || len(rest) != 0 || len(value) != 24 {
		return c, errors.New("ledger: unreadable counter")
	}
	c.Admitted = binary.BigEndian.Uint64(value)
	c.Denied = binary.BigEndian.Uint64(value[8:])
	c.Held = binary.BigEndian.Uint64(value[16:])
	return c, nil
}

func groupKey(group string) []byte { return store.PrefixGroup.Name(group) }

func decodeGroup(key, value []byte) (group string, inside int64, err error) {
	if len(value) != 8 {
		return "", 0, errors.New("ledger: unreadable count of a group")
	}
	return string(key[1:]), int64(binary.BigEndian.Uint64(value)), nil
}

func subjectKey(group, subject string) []byte {
	return store.AppendPart(store.AppendPart(store.PrefixSubject.Key(), group), subject)
}

const standingVersion = 1

// appendStanding writes a subject's standing: version, inside, sequence number, time, checkpoint.
func appendStanding(dst []byte, p *Passage) []byte {
	dst = append(dst, standingVersion, 0)
	if p.Inside {
		dst[len(dst)-1] = 1
	}
	dst = binary.BigEndian.AppendUint64(dst, p.Seq)
	dst = binary.BigEndian.AppendUint64(dst, uint64(p.At.UnixNano()))
	return append(dst, p.Checkpoint...)
}

func decodeStanding(b []byte) (Standing, error) {
	if len(b) < 18 || b[0] != standingVersion || b[1] > 1 {
		return Standing{}, errors.New("ledger: unreadable standing of a subject")
	}
	return Standing{
		Known:  true,
		Inside: b[1] == 1,
		Last: Ref{
			Seq:        binary.BigEndian.Uint64(b[2:]),
			At:         time.Unix(0, int64(binary.BigEndian.Uint64(b[10:]))).UTC(),
			Checkpoint: string(b[18:]),
		},
	}, nil
}

// standing looks p's subject up. The caller holds mu.
func (l *Ledger) standing(p *Passage) (Standing, error) {
	var s Standing
	value, closer, err := l.db.Get(subjectKey(p.Group, p.Subject))
	switch {
	case errors.Is(err, pebble.ErrNotFound):
	case err != nil:
		return s, fmt.Errorf("ledger: reading a standing: %w", err)
	default:
		s, err = decodeStanding(value)
		if err := errors.Join(err, closer.Close()); err != nil {
			return s, err
		}
	}
	s.GroupInside = l.inside[p.Group]
	return s, nil
}

// decide fills in what the move says of p, and returns what follows from it. The caller holds mu.
func (l *Ledger) decide(p *Passage, move Move) (effect, error) {
	p.Inside, p.Previous = false, nil
	if move == nil {
		return effect{}, nil
	}
	was, err := l.standing(p)
	if err != nil {
		return effect{}, err
	}
	verdict := p.Reason
	var inside bool
	p.Decision, p.Reason, inside = move(was)
	if p.Decision != Admit {
		if p.Reason != verdict { // else the move follows the verdict, which names its own stage
			p.Stage = verifier.StageAdmission.String()
		}
		if was.Known && (p.Reason == verifier.ReasonAlreadyAdmitted || p.Reason == verifier.ReasonAlreadyInside) {
			p.Previous = &was.Last
		}
		return effect{}, nil
	}
	p.Inside = inside
	return effect{one(inside) - one(was.Inside), p}, nil
}

func one(b bool) int64 {
	if b {
		return 1
	}
	return 0
}
