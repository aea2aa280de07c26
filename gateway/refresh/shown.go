package refresh

import (
	"time"

	"vratar/verifier/status"
	"vratar/verifier/trust"
)

// Source is what an operator sees of one source.
type Source struct {
	Kind      string    `json:"kind"`                // "trust" or "status"
	From      string    `json:"from"`                // kind of source: file, address, did, jwks, …
	Name      string    `json:"name"`                // path, address or DID, without credentials and query
	Format    string    `json:"format,omitempty"`    // how its content was told apart; empty: nothing loaded
	Entries   int       `json:"entries"`             // keys, or entries of a status list
	Refused   []string  `json:"refused,omitempty"`   // what was left out of it, and why
	Wildcard  bool      `json:"wildcard,omitempty"`  // its keys vouch for any issuer
	Awaited   bool      `json:"awaited,omitempty"`   // not loaded yet, or not whole: what it may speak for is held as status_unknown
	FetchedAt time.Time `json:"fetched_at,omitzero"` // when the content in force was fetched or last confirmed
	CheckedAt time.Time `json:"checked_at,omitzero"` // last look at which the source sent a list or stood by its last one
	Error     string    `json:"error,omitempty"`     // of the last look
	Stored    *Stored   `json:"stored,omitempty"`    // how a list stands whose names are too many for memory

	// What is in force, for tools that show more of it; where nothing is, what waits for a trusted key to sign it.
	// Not to be modified.
	Trust  trust.Source    `json:"-"`
	Status []status.Source `json:"-"`
}

// Sources tells how every source stands, in the order of the configuration.
func (r *Refresher) Sources() []Source {
	r.mu.Lock()
	defer r.mu.Unlock()
	all := make([]Source, 0, len(r.sources))
	for _, s := range r.sources {
		o := Source{Kind: s.purpose, From: s.kind(), Name: s.shown(), CheckedAt: s.checkedAt}
		_, o.Awaited = s.awaited()
		if s.err != nil {
			o.Error = s.err.Error()
		}
		if large, ok := s.Origin.(storing); ok {
			o.Stored = describeStored(large.stored())
		}
		if s.good != nil {
			s.good.describe(&o)
		} else if s.fresh != nil {
			o.Trust, o.Status = s.fresh.trust, s.fresh.status
		}
		all = append(all, o)
	}
	return all
}

func (l *list) describe(o *Source) {
	o.FetchedAt, o.Format, o.Entries = l.at, l.kind(), l.entries()
	o.Trust, o.Status, o.Wildcard = l.trust, l.status, l.trust.Wildcard
	for _, e := range l.trust.Entries {
		o.Entries += len(e.Keys)
	}
	for _, refused := range l.trust.Refused {
		o.Refused = append(o.Refused, refused.Error())
	}
	o.Refused = append(o.Refused, l.missing...)
}
