package status

import (
	"errors"
	"fmt"
	"strconv"
	"strings"
	"time"

	"vratar/verifier"
	"vratar/verifier/jose"
)

// maxRevocationID is the longest identifier on the list of a health card issuer, in characters
// (SMART Health Cards framework, "Revocation").
const maxRevocationID = 24

// cardList is the revocation list that a SMART Health Card issuer keeps for one of its keys.
type cardList struct {
	keyID   string
	method  string // how the identifiers came about: rid, or hash-fhir for cards that have none of their own
	version uint64
	fetched time.Time // zero: not known
	ids     map[string]time.Time
}

// loadCardList reads {kid, method, ctr, rids}. A list with one fault is refused as a whole: to leave out an
// entry would be to bring a card back to life.
func loadCardList(o jose.Object) (Source, error) {
	var l cardList
	var errs [4]error
	l.keyID, errs[0] = o.Text("kid")
	l.method, errs[1] = o.Text("method")
	l.version, errs[2] = o.Uint("ctr")
	ids, err := o.Texts("rids")
	errs[3] = err
	switch err := errors.Join(errs[:]...); {
	case err != nil:
		return Source{}, err
	case l.keyID == "":
		return Source{}, errors.New("the revocation list names no key (kid)")
	case l.method != "rid" && l.method != "hash-fhir":
		return Source{}, fmt.Errorf("revocation method %q is not supported", l.method)
	case l.version == 0:
		return Source{}, errors.New("the revocation list has no version (ctr)")
	}
	l.ids = make(map[string]time.Time, len(ids))
	for i, entry := range ids {
		if err := l.add(entry); err != nil {
			return Source{}, fmt.Errorf("rids[%d]: %w", i, err)
		}
	}
	return Source{Kind: KindHealthCards, cards: l}, nil
}

// add reads ID, or ID.SECONDS: then only cards issued before that moment are revoked.
func (l *cardList) add(entry string) error {
	id, seconds, timed := strings.Cut(entry, ".")
	if id == "" || len(id) > maxRevocationID || strings.ContainsFunc(id, notBase64URL) {
		return fmt.Errorf("%q is not 1 to %d characters of base64url", id, maxRevocationID)
	}
	if _, known := l.ids[id]; known {
		return fmt.Errorf("%q is there twice", id)
	}
	var before time.Time
	if timed {
		n, err := strconv.ParseUint(seconds, 10, 40)
		if err != nil {
			return fmt.Errorf("%q is not a number of seconds", seconds)
		}
		before = time.Unix(int64(n), 0)
	}
	l.ids[id] = before
	return nil
}

// notBase64URL tells what is outside the alphabet; the identifiers need not be base64url of anything.
func notBase64URL(r rune) bool {
	return r != '-' && r != '_' && (r < '0' || r > '9') && (r < 'A' || r > 'Z') && (r < 'a' || r > 'z')
}

// holds reports whether the list revokes a card of that name, issued at that moment.
func (l *cardList) holds(id string, issued time.Time) bool {
	before, listed := l.ids[id]
	return listed && (before.IsZero() || issued.Before(before))
}

// lookupCard asks the list of the key that signed a health card. The key identifier is under the signature
// and is the key's thumbprint, so it names the list.
//
// A list of another version than the published key names revokes what it holds, but its silence proves
// nothing. A list that is not held leaves the card unknown where the operator asked for fresh status of that
// issuer; otherwise the verdict says that revocation is not established.
func (s *Snapshot) lookupCard(c *verifier.Credential, k *verifier.Key) verifier.StatusAnswer {
	l := s.cards[string(c.Proof.KeyID)]
	switch {
	case l == nil:
		a := verifier.StatusAnswer{State: verifier.StatusNotChecked, Detail: "the issuer's revocation list is not held"}
		if k.CRLVersion > 0 && k.Issuer.StatusMaxAge > 0 {
			a.State = verifier.StatusUnknown
		}
		return a
	case l.method != c.RevocationMethod:
		return verifier.StatusAnswer{State: verifier.StatusNotChecked, Detail: "the issuer's revocation list is of another method"}
	case l.holds(c.RevocationID, c.IssuedAt):
		return verifier.StatusAnswer{State: verifier.StatusRevoked, ListTime: l.fetched}
	case k.CRLVersion > 0 && k.CRLVersion != l.version:
		return verifier.StatusAnswer{State: verifier.StatusUnknown, Detail: "the revocation list has another version than the issuer's key names"}
	}
	return verifier.StatusAnswer{State: verifier.StatusValid, ListTime: l.fetched}
}
