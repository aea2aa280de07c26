package status

import (
	"crypto/sha256"
	"encoding/base64"
	"maps"
	"slices"
	"time"

	"vratar/verifier"
	"vratar/verifier/status/revoked"
)

// anyIssuer is the issuer id of keys that vouch for whatever issuer a credential names.
const anyIssuer = "*"

// Snapshot is an immutable set of lists. It may be used from any number of goroutines.
type Snapshot struct {
	tokens  map[string][]token                                // by URI, the newest first
	hashes  map[[1 + kidSize]byte]map[[hashSize]byte]struct{} // by scope, of which most have none
	covered map[string]time.Time                              // countries that the hashes are of, and when the last batch of each expires; zero: never
	ofKeys  bool                                              // whether some of the hashes may be of a key, not a country
	fetched time.Time                                         // when the oldest of the hashes was fetched; zero: not known
	filters []filter
	// Lists too large for maps. Their sets change under the snapshot, one name at a time or a list at once.
	hashSets []*revoked.Live
	idSets   []stored
	crls     map[string][]heldCRL // by the name of their authority, the newest first
	cards    map[string]*cardList // by the identifier of the key they are for
	ids      map[string]struct{}
	blocked  map[string]struct{} // ids that are out of force for the time being
	awaited  []Awaited
}

var _ verifier.Status = (*Snapshot)(nil)

// token is a token status list in force.
type token struct {
	list    tokenList
	form    verifier.StatusForm
	signer  *verifier.Issuer // nil: nobody proved it
	issued  time.Time
	known   time.Time // when it was issued or fetched, whichever is later
	expires time.Time // zero: never
}

// New joins sources.
func New(sources ...Source) *Snapshot {
	s := &Snapshot{
		tokens: make(map[string][]token), hashes: make(map[[1 + kidSize]byte]map[[hashSize]byte]struct{}), ids: make(map[string]struct{}),
		cards: make(map[string]*cardList), blocked: make(map[string]struct{}),
		covered: make(map[string]time.Time), crls: make(map[string][]heldCRL),
	}
	for _, src := range sources {
		s.add(src)
	}
	for _, lists := range s.tokens {
		slices.SortStableFunc(lists, func(a, b token) int { return b.issued.Compare(a.issued) })
	}
	return s
}

// add takes up what one source says.
func (s *Snapshot) add(src Source) {
	switch src.Kind {
	case KindTokenList:
		s.tokens[src.URI] = append(s.tokens[src.URI], newToken(src))
	case KindDCCRevocation:
		if !src.Counts() {
			s.awaited = append(s.awaited, Awaited{Issuers: slices.Collect(maps.Keys(src.covered))})
			return
		}
		for h := range src.hashes {
			s.ofKeys = s.ofKeys || h.scope[0] == 'k'
			if s.hashes[h.scope] == nil {
				s.hashes[h.scope] = make(map[[hashSize]byte]struct{})
			}
			s.hashes[h.scope][h.hash] = struct{}{}
		}
		if src.stored != nil {
			s.hashSets = append(s.hashSets, src.stored.set)
			s.ofKeys = true // as far as is known
		}
		for country, until := range src.covered {
			Cover(s.covered, country, until)
		}
		if t := src.FetchedAt; s.fetched.IsZero() || (!t.IsZero() && t.Before(s.fetched)) {
			s.fetched = t
		}
	case KindDCCFilter:
		s.filters = append(s.filters, src.filter)
	case KindCRL:
		s.addCRL(src)
	case KindHealthCards:
		l := src.cards
		l.fetched = src.FetchedAt
		if have := s.cards[l.keyID]; have == nil || have.version < l.version {
			s.cards[l.keyID] = &l
		}
	case KindRevokedIDs:
		if src.stored != nil {
			s.idSets = append(s.idSets, *src.stored)
		}
		for _, line := range src.ids {
			for _, id := range idSpellings(line) {
				s.ids[id] = struct{}{}
			}
		}
	case KindPretixSecrets:
		for _, secret := range src.secrets.revoked {
			s.ids[secret] = struct{}{}
		}
		for _, secret := range src.secrets.blocked {
			s.blocked[secret] = struct{}{}
		}
	}
}

func newToken(src Source) token {
	t := token{
		list: src.tokens, form: src.form, signer: src.signer,
		issued: src.Statement.IssuedAt, known: src.Statement.IssuedAt, expires: src.Statement.ExpiresAt,
	}
	if src.FetchedAt.After(t.known) {
		t.known = src.FetchedAt
	}
	// §13.7: a copy is good for the time to live after it was fetched, and never beyond the token's expiry.
	if src.tokens.ttl > 0 && !src.FetchedAt.IsZero() {
		if stale := src.FetchedAt.Add(src.tokens.ttl); t.expires.IsZero() || stale.Before(t.expires) {
			t.expires = stale
		}
	}
	return t
}

// Lookup implements verifier.Status. Any list that revokes c, or the certificate of k, decides. Else the token status
// list that c names answers; else, for an EU certificate, the batches of its country, and for a health card the list
// of the key that signed it. A file of revoked ids says nothing by its silence, because it belongs to no issuer. What
// Awaiting names makes the rest unknown.
func (s *Snapshot) Lookup(c *verifier.Credential, k *verifier.Key) verifier.StatusAnswer {
	a := joinSigner(s.lookup(c, k), s.lookupSigner(k))
	if (a.State == verifier.StatusNotChecked || (a.State == verifier.StatusValid && !namesList(c))) && s.awaits(c) {
		return verifier.StatusAnswer{State: verifier.StatusUnknown, Detail: "a status list that is configured is not loaded"}
	}
	return a
}

// lookup answers from the lists that are held.
func (s *Snapshot) lookup(c *verifier.Credential, k *verifier.Key) verifier.StatusAnswer {
	onStored := s.holdsStoredID(c, k)
	_, listed := s.ids[string(c.ID)] // here and not in holdsID, which would be handed a copy
	if listed && len(c.ID) > 0 || s.holdsID(c.RevocationID) || onStored == present {
		return verifier.StatusAnswer{State: verifier.StatusRevoked, Detail: "on the list of revoked ids"}
	}
	if _, blocked := s.blocked[string(c.ID)]; blocked {
		return verifier.StatusAnswer{State: verifier.StatusSuspended, Detail: "on the list of blocked ids"}
	}
	a := s.lookupNamed(c, k)
	if onStored == unsure && severity(a.State) < severity(verifier.StatusUnknown) {
		return unreadable()
	}
	return a
}

// lookupNamed answers from the lists that are not of ids.
func (s *Snapshot) lookupNamed(c *verifier.Credential, k *verifier.Key) verifier.StatusAnswer {
	if c.RevocationMethod != "" {
		return s.lookupCard(c, k)
	}
	hashes := s.lookupHashes(c, k)
	if hashes.State == verifier.StatusRevoked {
		return hashes
	}
	if filtered := s.lookupFilters(c); filtered.State != verifier.StatusNotChecked {
		return filtered
	}
	if c.Status == nil {
		return hashes
	}
	listed := s.lookupToken(c.Status, k)
	if hashes.State == verifier.StatusUnknown && severity(listed.State) < severity(verifier.StatusUnknown) {
		return hashes
	}
	return listed
}

func (s *Snapshot) holdsID(id string) bool {
	_, listed := s.ids[id]
	return listed && id != ""
}

func (s *Snapshot) lookupToken(ref *verifier.StatusRef, k *verifier.Key) verifier.StatusAnswer {
	lists := s.tokens[ref.URI]
	detail := "the status list is not held"
	for i := range lists {
		t := &lists[i]
		switch {
		case ref.Form != verifier.AnyForm && ref.Form != t.form:
			detail = "the status list is not written in the form that the credential's format asks for"
		case t.signer == nil:
			detail = "the status list is signed by nobody who is trusted"
		case t.signer.ID != k.Issuer.ID && t.signer.ID != anyIssuer && k.Issuer.ID != anyIssuer:
			detail = "the status list is another issuer's"
		default:
			return t.answer(ref.Index)
		}
	}
	return verifier.StatusAnswer{State: verifier.StatusUnknown, Detail: detail}
}

func (t *token) answer(index uint64) verifier.StatusAnswer {
	a := verifier.StatusAnswer{State: verifier.StatusUnknown, ListTime: t.known, ListExpires: t.expires}
	if index >= t.list.size() {
		a.Detail = "the status list has no such entry"
		return a
	}
	switch t.list.at(index) {
	case valueValid:
		a.State = verifier.StatusValid
	case valueInvalid:
		a.State = verifier.StatusRevoked
	case valueSuspended:
		a.State = verifier.StatusSuspended
	default:
		a.Detail = "the status list gives a state of the issuer's own"
	}
	return a
}

// lookupHashes asks the EU revocation batches. One holds for the key it names, or for the whole country. The
// key is taken from the trust list as well as from the payload: the payload may keep its key identifier
// outside what is signed, and dropping it must not undo a revocation.
func (s *Snapshot) lookupHashes(c *verifier.Credential, k *verifier.Key) verifier.StatusAnswer {
	none := verifier.StatusAnswer{State: verifier.StatusNotChecked, Detail: "no list for this issuer"}
	if len(s.covered) == 0 || len(c.RevocationHashes) == 0 {
		return none
	}
	listed, until := false, time.Time{}
	found := absent
	asked := ""
	for _, country := range [...]string{c.Issuer, c.Country, k.Issuer.Country} {
		if len(country) != 2 || country == asked { // the three are the same as a rule
			continue
		}
		asked = country
		found = max(found, s.holds(countryScope(country), c.RevocationHashes))
		if expires, has := s.covered[country]; has {
			listed, until = true, sooner(until, expires)
		}
	}
	if s.ofKeys {
		found = max(found, s.holdsForKey(c, k))
	}
	switch {
	case found == present:
		return verifier.StatusAnswer{State: verifier.StatusRevoked, ListTime: s.fetched}
	case found == unsure:
		return unreadable()
	case !listed:
		return none
	}
	return verifier.StatusAnswer{State: verifier.StatusValid, ListTime: s.fetched, ListExpires: until}
}

// holdsForKey asks the batches that are of one key, under each name that the key has: as a rule they are all the same.
func (s *Snapshot) holdsForKey(c *verifier.Credential, k *verifier.Key) membership {
	found := absent
	var asked [1 + kidSize]byte
	for _, scope := range [...][1 + kidSize]byte{kidScope(c.Proof.KeyID), certificateScope(k), nameScope(k)} {
		if found < present && scope[0] != 0 && scope != asked {
			asked = scope
			found = max(found, s.holds(scope, c.RevocationHashes))
		}
	}
	return found
}

// certificateScope names a key by its certificate (EU DCC specification A.1).
func certificateScope(k *verifier.Key) [1 + kidSize]byte {
	switch {
	case k.CertificateID != nil:
		return kidScope(k.CertificateID)
	case k.Certificate == nil:
		return [1 + kidSize]byte{}
	}
	sum := sha256.Sum256(k.Certificate.Raw)
	return kidScope(sum[:kidSize])
}

// nameScope names a key by what the trust list calls it.
func nameScope(k *verifier.Key) [1 + kidSize]byte {
	var raw [2 * kidSize]byte
	if len(k.ID) != base64.StdEncoding.EncodedLen(kidSize) {
		return [1 + kidSize]byte{}
	}
	n, err := base64.StdEncoding.Decode(raw[:], []byte(k.ID))
	if err != nil || n != kidSize {
		return [1 + kidSize]byte{}
	}
	return kidScope(raw[:kidSize])
}
