package gateway

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"vratar/cache/ledger"
	"vratar/gateway/access"
	"vratar/gateway/feed"
	"vratar/gateway/ingest"
	"vratar/gateway/mandates"
	"vratar/verifier/mandate"
	"vratar/verifier/pki"
)

// moment is when a scan takes place for mandates.
func (g *Gateway) moment(at time.Time) time.Time {
	if g.now != nil {
		return g.now()
	}
	return at
}

// openMandates reads the mandates that are kept and who may sign them; nothing when none are configured.
func (g *Gateway) openMandates() error {
	g.places = g.authorityPlaces()
	g.uploads = make(chan struct{}, uploadsAtOnce)
	m := &g.cfg.Mandates
	if !m.on() {
		return nil
	}
	registry, err := g.mandateRegistry()
	if err != nil {
		return fmt.Errorf("mandates.revoked: %w", err)
	}
	o := mandates.Options{
		Store: g.store, Registry: registry, Log: g.log, Now: g.now,
		Policy: mandate.Policy{
			AcceptUnknownRevocationUnsafe: m.AcceptUnknownRevocationUnsafe, AcceptClaimedHeadsUnsafe: m.AcceptClaimedHeadsUnsafe,
		},
		Sources: mandates.Sources{Roots: m.Roots, Intermediates: m.Intermediates, CRLs: m.CRLs},
		Refresh: m.Refresh.Duration, Ask: m.Registry.Refresh.Duration,
	}
	for _, a := range m.Algorithms {
		o.Sources.Algorithms = append(o.Sources.Algorithms, pki.Algorithm(a))
	}
	if g.mandates, err = mandates.Open(o); err != nil {
		return fmt.Errorf("mandates: %w", err)
	}
	return g.keepSamples()
}

// mandateRegistry is the file of revoked numbers, beside a service where one is configured.
func (g *Gateway) mandateRegistry() (mandates.Registry, error) {
	list, err := mandates.NewRevokedList(g.cfg.Mandates.Revoked)
	r := &g.cfg.Mandates.Registry
	if err != nil || r.URL == "" {
		return list, err
	}
	return mandates.Either{List: list, State: mandates.NewService(mandates.ServiceOptions{
		URL: r.URL, TokenFile: r.TokenFile, Member: r.Member, Good: r.Good, Revoked: r.Revoked, Timeout: r.Timeout.Duration,
		Now: g.now,
	})}, nil
}

// authorityPlace is what is asked of whoever scans at a checkpoint.
type authorityPlace struct {
	id       string
	capacity string // any, organisation, self
	owner    mandate.Number
	ownerID  string
	powers   []mandate.AnyOf
	limits   []mandate.Limit
	policy   mandate.RegistryPolicy
	hold     bool            // when the registry does not tell
	sees     *ingest.Profile // an organisation
	alone    *ingest.Profile // a private person
}

func (g *Gateway) authorityPlaces() map[string]*authorityPlace {
	all := make(map[string]*authorityPlace, len(g.cfg.Checkpoints))
	for i := range g.cfg.Checkpoints {
		c := &g.cfg.Checkpoints[i]
		p := &authorityPlace{
			id: c.ID, capacity: c.Authority.Capacity, ownerID: c.Organisation, hold: c.Authority.Registry == "hold",
			sees: g.cfg.profile(c.Profile).shown(), alone: g.bareProfile(),
			policy: mandate.RegistryPolicy{
				MaxAge:                  g.cfg.Mandates.Registry.MaxAge.Duration,
				AcceptUnavailableUnsafe: c.Authority.Registry == "accept_unsafe",
			},
		}
		if o := g.organisation(c.Organisation); o != nil {
			p.owner = o.number()
		}
		for _, power := range c.Authority.Powers {
			p.powers = append(p.powers, strings.Split(power, "|"))
		}
		for _, limit := range c.Authority.Limits {
			code, value, _ := strings.Cut(limit, "=")
			p.limits = append(p.limits, mandate.Limit{Code: code, Value: value})
		}
		all[c.ID] = p
	}
	return all
}

// bareProfile is what is shown where there is no purpose: the status, as soon as purposes are registered at all.
func (g *Gateway) bareProfile() *ingest.Profile {
	if len(g.cfg.Profiles) == 0 {
		return nil
	}
	return ingest.NewProfile(nil)
}

// organisation finds one of the configuration, nil for an unknown id.
func (g *Gateway) organisation(id string) *Organisation {
	i := slices.IndexFunc(g.cfg.Organisations, func(o Organisation) bool { return o.ID == id })
	if i < 0 {
		return nil
	}
	return &g.cfg.Organisations[i]
}

func (o *Organisation) number() mandate.Number { return mandate.Number{INN: o.INN, OGRN: o.OGRN} }

// is reports whether a principal's number is this organisation's.
func (o *Organisation) is(n mandate.Number) bool {
	return (o.INN != "" && o.INN == n.INN) || (o.OGRN != "" && o.OGRN == n.OGRN)
}

// organisationID is under which id the passages of a principal are kept: that of the configuration, or his number,
// whose colon no id of the configuration has.
func (g *Gateway) organisationID(n mandate.Number) string {
	for i := range g.cfg.Organisations {
		if g.cfg.Organisations[i].is(n) {
			return g.cfg.Organisations[i].ID
		}
	}
	switch {
	case n.INN != "":
		return "inn:" + n.INN
	case n.OGRN != "":
		return "ogrn:" + n.OGRN
	}
	return ""
}

// numberOf is what a principal is known by.
func numberOf(p *mandate.Party) mandate.Number {
	if p.Kind == mandate.PartySoleTrader || p.Kind == mandate.PartyPerson {
		return mandate.Number{INN: p.Person.INN, OGRN: p.Person.OGRNIP}
	}
	return mandate.Number{INN: p.Organisation.INN, OGRN: p.Organisation.OGRN}
}

// personOf is a visitor as mandates know him.
func personOf(who *access.Identity) mandate.Person {
	return mandate.Person{INN: who.INN, SNILS: who.SNILS}
}

// viewOf is what of the record somebody may see.
func (g *Gateway) viewOf(who *access.Identity) feed.View {
	visible := g.visibleTo(who)
	if visible == nil && who.Role == access.RoleSupervisor {
		return feed.View{
			Passage:    func(p *ledger.Passage) bool { return g.answersFor(who, p) },
			Checkpoint: func(id string) bool { return g.answersFor(who, &ledger.Passage{Checkpoint: id}) },
		}
	}
	if visible == nil {
		return feed.View{}
	}
	return feed.View{Passage: visible, Checkpoint: func(id string) bool {
		place := g.places[id]
		return place != nil && place.ownerID == who.Organisation && who.MayScanAt(id)
	}}
}

// visibleTo tells which passages somebody may see; nil: all, as where nobody is asked in which capacity he scans.
//
// One's own are always visible. A private person's are nobody else's. What was done for an organisation is seen by the
// accounts of that organisation, at checkpoints that are open to them; what nobody was asked about, as a turnstile's,
// is the organisation's whose checkpoint it was.
func (g *Gateway) visibleTo(who *access.Identity) func(*ledger.Passage) bool {
	if !g.cfg.Mandates.on() {
		return nil
	}
	return func(p *ledger.Passage) bool {
		if p.Checker == who.ID || (p.Overrides != nil && p.Overrides.Checker == who.ID) {
			return true
		}
		of := p.Organisation
		if of == "" {
			place := g.places[p.Checkpoint]
			if place == nil {
				return false
			}
			of = place.ownerID
		}
		return p.Capacity != ledger.AsSelf && of == who.Organisation && who.MayScanAt(p.Checkpoint)
	}
}
