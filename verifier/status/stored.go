package status

import (
	"bytes"
	"slices"
	"time"

	"vratar/verifier"
	"vratar/verifier/status/revoked"
)

// stored is a list whose names are too many for maps: they lie in a set of their own, which changes while the
// source stays the same.
type stored struct {
	set    *revoked.Live
	forms  *LiveForms // of ids
	issuer string     // of ids: for whose credentials alone they are; empty: for all
}

// StoredBatches is EU batches whose hashes, as HashKeys gives them, are in set. covered is the countries that they
// are of, and when the last batch of each expires; zero: never.
func StoredBatches(set *revoked.Live, covered map[string]time.Time) Source {
	return Source{Kind: KindDCCRevocation, covered: covered, stored: &stored{set: set}}
}

// StoredIDs is revoked ids whose keys, as forms gave them, are in set; whoever changes the set lets forms grow first.
// With an issuer they speak for its credentials alone.
func StoredIDs(set *revoked.Live, forms *LiveForms, issuer string) Source {
	return Source{Kind: KindRevokedIDs, stored: &stored{set: set, forms: forms, issuer: issuer}}
}

// Stored tells what the set of a source takes; ok is false for sources that hold their entries themselves.
func (s Source) Stored() (stats revoked.Stats, ok bool) {
	if s.stored == nil {
		return revoked.Stats{}, false
	}
	return s.stored.set.Load().Stats(), true
}

// HashKeys is the hashes of EU batches as a set holds them: what each is revoked for, which keeps countries and
// signers apart, and the hash.
func (s Source) HashKeys() [][]byte {
	keys := make([][]byte, 0, len(s.hashes))
	for h := range s.hashes {
		keys = append(keys, h.appendTo(make([]byte, 0, hashKeySize)))
	}
	slices.SortFunc(keys, bytes.Compare)
	return keys
}

// Covered is the countries that EU batches are of, and when the last batch of each expires; zero: never. Not to be
// modified.
func (s Source) Covered() map[string]time.Time { return s.covered }

const hashKeySize = 1 + kidSize + hashSize

func (h *hashKey) appendTo(dst []byte) []byte {
	return append(append(dst, h.scope[:]...), h.hash[:]...)
}

// membership is what lists know of a name, the worse the higher.
type membership uint8

const (
	absent membership = iota
	unsure            // a list could not be read
	present
)

func asMembership(has bool, err error) membership {
	switch {
	case err != nil:
		return unsure
	case has:
		return present
	}
	return absent
}

// holds asks the batches, those in maps and those in sets, for hashes that are revoked for scope.
func (s *Snapshot) holds(scope [1 + kidSize]byte, hashes [][]byte) membership {
	worst, listed := absent, s.hashes[scope]
	if listed == nil && len(s.hashSets) == 0 {
		return absent
	}
	for _, h := range hashes {
		if len(h) != hashSize {
			continue
		}
		key := hashKey{scope, [hashSize]byte(h)}
		if _, ok := listed[key.hash]; ok {
			return present
		}
		var room [hashKeySize]byte
		for _, set := range s.hashSets {
			worst = max(worst, asMembership(set.Load().Has(key.appendTo(room[:0]))))
		}
		if worst == present {
			return present
		}
	}
	return worst
}

// holdsStoredID asks the lists of ids that are in sets and may speak for c.
func (s *Snapshot) holdsStoredID(c *verifier.Credential, k *verifier.Key) membership {
	worst := absent
	for i := range s.idSets {
		l := &s.idSets[i]
		if l.issuer != "" && l.issuer != c.Issuer && l.issuer != k.Issuer.ID {
			continue
		}
		set := l.set.Load()
		worst = max(worst, l.forms.holds(set, c.ID))
		if c.RevocationID != "" && len(c.RevocationID) <= maxID {
			var room [maxID]byte
			worst = max(worst, l.forms.holds(set, append(room[:0], c.RevocationID...)))
		}
	}
	return worst
}

// unreadable is the answer when a set could not be asked.
func unreadable() verifier.StatusAnswer {
	return verifier.StatusAnswer{State: verifier.StatusUnknown, Detail: "a stored revocation list could not be read"}
}
