package gateway

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"log/slog"
	"net"
	"net/url"
	"slices"

	"vratar/cache/ledger"
	"vratar/gateway/access"
	"vratar/gateway/admission"
	"vratar/gateway/feed"
	"vratar/gateway/ingest"
	"vratar/verifier/policy"
	"vratar/verifier/proof"
)

// group finds a checkpoint's group. A validated Config has it.
func (c *Config) group(id string) *Group {
	return &c.Groups[slices.IndexFunc(c.Groups, func(g Group) bool { return g.ID == id })]
}

// doorCheckpoints is what the doors need to know of the checkpoints.
func (g *Gateway) doorCheckpoints() map[string]*ingest.Checkpoint {
	all := make(map[string]*ingest.Checkpoint, len(g.cfg.Checkpoints))
	for i := range g.cfg.Checkpoints {
		c := &g.cfg.Checkpoints[i]
		public, err := json.Marshal(g.cfg.publish(c))
		if err != nil {
			panic("gateway: BUG: a checkpoint without JSON form: " + err.Error())
		}
		door := &ingest.Checkpoint{
			ID: c.ID, Public: public, Pinned: c.Direction != "",
			Policy: policy.Rules{Documents: c.Documents, Issuers: c.Issuers, Formats: c.Formats, MinAge: c.MinAge},
			Demand: demandOf(c),
		}
		if c.Direction == ledger.Exit.String() {
			door.Direction = ledger.Exit
		}
		all[c.ID] = door
	}
	return all
}

// admissionCheckpoints is what admission needs to know of them.
func (g *Gateway) admissionCheckpoints() map[string]admission.Checkpoint {
	all := make(map[string]admission.Checkpoint, len(g.cfg.Checkpoints))
	for i := range g.cfg.Checkpoints {
		c := &g.cfg.Checkpoints[i]
		group := g.cfg.group(c.Group)
		place := admission.Checkpoint{
			ID: c.ID, Group: c.Group, Rule: admission.Rule{Reentry: group.Reentry, Capacity: group.Capacity},
			OnUnknown: ledger.Hold,
		}
		switch {
		case c.AdmitWhenStatusUnknownUnsafe:
			place.OnUnknown = ledger.Admit
		case c.WhenUnknown == "deny":
			place.OnUnknown = ledger.Deny
		}
		all[c.ID] = place
	}
	return all
}

// feedCheckpoints is what dashboards show of them.
func (g *Gateway) feedCheckpoints() []feed.Checkpoint {
	all := make([]feed.Checkpoint, len(g.cfg.Checkpoints))
	for i, c := range g.cfg.Checkpoints {
		all[i] = feed.Checkpoint{ID: c.ID, Group: c.Group, Capacity: g.cfg.group(c.Group).Capacity}
	}
	return all
}

// openDesk knows the devices of the configuration, and whom the store remembers.
func (g *Gateway) openDesk() (err error) {
	devices := make(map[[sha256.Size]byte]*access.Identity, len(g.cfg.Devices))
	for _, d := range g.cfg.Devices {
		hash, err := hex.DecodeString(d.TokenSHA256)
		if err != nil {
			continue // a validated Config has none
		}
		devices[[sha256.Size]byte(hash)] = &access.Identity{
			ID: d.ID, Name: d.ID, Role: access.ParseRole(d.Role), Organisation: d.Organisation, Checkpoints: d.Checkpoints,
			Confirmed: true, // the operator put it there
		}
	}
	g.sessionCookie, g.ticketCookie = cookieName(sessionCookie, g.secureOnly), cookieName(ticketCookie, g.secureOnly)
	codes, err := g.openCodes()
	if err != nil {
		return err
	}
	g.desk, err = access.Open(access.Options{
		Store: g.store, Devices: devices, Codes: codes,
		Sessions: access.SessionOptions{Absolute: g.cfg.Access.Session.Duration, Idle: g.cfg.Access.Idle.Duration},
	})
	return err
}

// greeting is the ages of the lists as JSON.
func (g *Gateway) greeting() []byte {
	text, err := json.Marshal(g.ages())
	if err != nil {
		panic("gateway: BUG: numbers without JSON form: " + err.Error())
	}
	return text
}

// URL is how browsers reach the gateway, without a slash at its end.
func (g *Gateway) URL() string { return g.cfg.url(g.listeners[0].Addr().String()) }

// url is how browsers reach a gateway of this configuration that listens on an address.
func (c *Config) url(listening string) string {
	if u, err := url.Parse(c.PublicURL); err == nil && u.Host != "" {
		return u.Scheme + "://" + u.Host
	}
	host, _, err := net.SplitHostPort(c.Listen)
	if ip := net.ParseIP(host); err != nil || host == "" || (ip != nil && ip.IsUnspecified()) {
		host = "localhost" // every address includes this one
	}
	scheme := "http"
	if c.TLS.Cert != "" {
		scheme = "https"
	}
	_, port, err := net.SplitHostPort(listening)
	if err != nil {
		return scheme + "://" + c.Listen
	}
	return scheme + "://" + net.JoinHostPort(host, port)
}

func isTLS(publicURL string) bool {
	u, err := url.Parse(publicURL)
	return err == nil && u.Scheme == "https"
}

// unsafe names the settings in force that weaken what the gateway promises.
func (g *Gateway) unsafe() []string {
	var names []string
	for _, c := range g.cfg.Checkpoints {
		if c.AdmitWhenStatusUnknownUnsafe {
			names = append(names, "checkpoints."+c.ID+".admit_when_status_unknown_unsafe")
		}
		if demandOf(&c) == ingest.Optional {
			names = append(names, "checkpoints."+c.ID+".holder_proof")
		}
	}
	names = append(names, g.cfg.unsafeAuthority()...)
	if g.cfg.Trust.PlainHTTPUnsafe {
		names = append(names, "trust.plain_http_unsafe")
	}
	if g.cfg.Status.PlainHTTPUnsafe {
		names = append(names, "status.plain_http_unsafe")
	}
	return names
}

// announce tells the log what an operator should know at the start.
func (g *Gateway) announce() {
	g.log.Info("serving", slog.String("url", g.URL()), slog.Uint64("last", g.ledger.Last()))
	for _, name := range g.unsafe() {
		g.log.Warn("an unsafe setting is in force", slog.String("setting", name))
	}
	g.announcePaths()
	for _, s := range g.lists.Sources() {
		if s.Wildcard {
			g.log.Warn("keys of this list vouch for any issuer", slog.String("list", s.Name))
		}
	}
}

// announcePaths tells which arithmetic verifies the signatures of prepared keys, and why.
func (g *Gateway) announcePaths() {
	if g.preparer == nil {
		return
	}
	for _, p := range proof.Paths() {
		level := slog.LevelInfo
		if p.Alarms > 0 {
			level = slog.LevelError
		}
		g.log.Log(context.Background(), level, "signatures of prepared keys",
			slog.String("keys", p.Keys), slog.String("path", p.Path), slog.String("reason", p.Reason))
	}
}
