package corpus

import (
	"fmt"
	"slices"
	"strings"
	"sync"
	"time"

	"vratar/verifier"
	"vratar/verifier/issuing"
)

// Maker makes items one by one. It is immutable, and its lists cover every item it can make.
type Maker struct {
	seed    uint64
	at      time.Time
	recipes map[string]recipe
	trust   []byte
	status  []File
	reader  string        // whom pictures of key binding JWTs were made for
	bomb    func() []byte // the same zip bomb for all: compressing zeros takes its time
}

// NewMaker derives issuers and lists from seed. Genuine items are in force from two days before at for a
// year; at is cut to the day, so that a corpus made later on the same day is the same. Trust and status lists
// of one seed fit the items of any day.
func NewMaker(seed uint64, at time.Time) (*Maker, error) {
	m := &Maker{seed: seed, at: at.UTC().Truncate(24 * time.Hour), recipes: make(map[string]recipe), reader: somebody, bomb: sync.OnceValue(zipBomb)}
	var issuers []issuing.TrustedIssuer
	for _, known := range recipes() {
		r, err := known.build(newWorkshop(seed, known.name))
		if err != nil {
			return nil, fmt.Errorf("corpus: %s: %w", known.name, err)
		}
		r.name = known.name
		m.recipes[r.name] = r
		issuers = append(issuers, r.issuers...)
		m.status = append(m.status, r.lists...)
	}
	slices.SortFunc(m.status, func(a, b File) int { return strings.Compare(a.Name, b.Name) }) // as a folder lists them
	var err error
	m.trust, err = issuing.TrustList(issuers...)
	return m, err
}

// For is a maker of the same items whose pictures of key binding JWTs were taken at a reader that goes by this name:
// to that one they are stale, to others they were made for somebody else.
func (m *Maker) For(reader string) *Maker {
	other := *m
	other.reader = reader
	return &other
}

// Trust is the trust list of the seed.
func (m *Maker) Trust() []byte { return m.trust }

// Status lists the status and revocation lists of the seed.
func (m *Maker) Status() []File { return m.status }

// Can reports whether a credential of that recipe can be of that kind: a format without expiry is never
// Expired.
func (m *Maker) Can(kind Kind, format string) bool {
	return kind == Broken || kind == Notice || slices.Contains(m.recipes[format].kinds, kind)
}

// Item makes item number n of a kind. Format is one of Formats and matters only to kinds that are signed.
// Different numbers give different credentials, but for revoked ones of formats that are revoked by a list of
// ids, which repeat every 500.
func (m *Maker) Item(kind Kind, format string, n int) (Item, error) {
	switch {
	case kind == Broken:
		return m.broken(n)
	case kind == Notice:
		return m.notice(n), nil
	}
	return m.signed(kind, format, n)
}

func (m *Maker) signed(kind Kind, format string, n int) (Item, error) {
	r, known := m.recipes[format]
	switch {
	case !known:
		return Item{}, fmt.Errorf("corpus: no format %q", format)
	case !slices.Contains(r.kinds, kind):
		return Item{}, fmt.Errorf("corpus: %s cannot be %s", format, kind)
	}
	issued, expires := m.validity(kind)
	made, err := r.make(order{kind, n, issued, expires, m.reader, m.random(kind, n)})
	if err != nil {
		return Item{}, fmt.Errorf("corpus: %s %s: %w", kind, format, err)
	}
	i := Item{
		Name: fmt.Sprintf("%s/%s/%d", kind, format, n), Format: r.format, Payload: made.payload, Expect: expected[kind],
		device: made.device,
	}
	if kind == Genuine {
		i.AtGate = made.atGate
		if i.device != nil {
			i.Expect = verifier.ReasonHolderProofStale // of the picture
		}
	}
	return i, nil
}

// validity is the period of a credential: running, or over since yesterday.
func (m *Maker) validity(kind Kind) (issued, expires time.Time) {
	if kind == Expired {
		return m.at.AddDate(-1, 0, 0), m.at.AddDate(0, 0, -1)
	}
	return m.at.AddDate(0, 0, -2), m.at.AddDate(1, 0, 0)
}

var expected = [numKinds]verifier.Reason{
	Genuine: verifier.ReasonOK, Expired: verifier.ReasonExpired, Revoked: verifier.ReasonRevoked,
	Forged: verifier.ReasonSignatureInvalid, UnknownIssuer: verifier.ReasonIssuerUnknown,
}
