package gateway

import (
	"fmt"
	"net/url"
	"slices"
	"strings"
	"time"

	"vratar/gateway/ingest"
	"vratar/verifier/mandate"
	"vratar/verifier/pki"
)

// Mandates says whose powers of attorney (МЧД) count. Without Roots nobody is asked in which capacity he scans;
// with them, a person scans for an organisation only under its mandate, and is told and recorded apart from others.
// Devices act for the organisation that they are configured for.
type Mandates struct {
	// Roots are files of the certificates where chains of signatures end, PEM or DER.
	Roots []string `toml:"roots"`
	// Intermediates are files of authorities that signatures leave out. They count only under a root.
	Intermediates []string `toml:"intermediates"`
	// CRLs are files of lists of revoked certificates, PEM or DER, of every authority that certifies signers. They
	// are read again when they change: who keeps them fresh writes the files.
	CRLs []string `toml:"crls"`
	// Algorithms that signatures may use. Default: GOST R 34.10-2012 with 256 and 512 bits.
	Algorithms []string `toml:"algorithms"`
	// Powers is what every checkpoint requires that names none itself; see CheckpointAuthority.
	Powers []string `toml:"powers"`
	// Revoked is a file of the numbers of revoked mandates, one a line, # begins a comment. It counts beside the
	// registry, and is the registry where none is configured. Default "": nothing on it.
	Revoked string `toml:"revoked"`
	// Refresh is the time between two looks at these files. Default 30 s.
	Refresh Duration `toml:"refresh"`
	// AcceptUnknownRevocationUnsafe takes mandates of whose signer's certificate no list tells whether it was revoked.
	// Default false. Told in the start-up log and in the metrics.
	AcceptUnknownRevocationUnsafe bool `toml:"accept_unknown_revocation_unsafe"`
	// AcceptClaimedHeadsUnsafe takes mandates that a managing company, a managing sole trader or a guardian signed with a
	// certificate of their own: that they act for the principal is then the mandate's own word. Sensible only with a
	// registry that takes in no mandate without looking at that. Default false. Told as the one before.
	AcceptClaimedHeadsUnsafe bool `toml:"accept_claimed_heads_unsafe"`

	Registry MandateRegistry `toml:"registry"`
}

// MandateRegistry is asked in the background whether each mandate that is kept is registered and not revoked.
type MandateRegistry struct {
	// URL with {guid} where the number of the mandate belongs. Default "": there is no registry but Mandates.Revoked.
	URL string `toml:"url"`
	// TokenFile holds the token for "Authorization: Bearer" in one line. Readable by the service alone.
	TokenFile string `toml:"token_file"`
	// Member is the member of the JSON answer that tells the status. Default "status". Good and Revoked are its
	// words; every other answer tells nothing, but 404, which is that there is no such mandate.
	Member  string   `toml:"member"`
	Good    []string `toml:"good"`    // default: active, created, registered, valid
	Revoked []string `toml:"revoked"` // default: revoked, withdrawn, cancelled
	// Refresh is the time between two questions about the same mandate. Default 5 min.
	Refresh Duration `toml:"refresh"`
	// MaxAge is how old a good answer may be at a scan. Default 15 min. Older ones are as none.
	MaxAge Duration `toml:"max_age"`
	// Timeout bounds one question. Default 10 s.
	Timeout Duration `toml:"timeout"`
	// PlainHTTPUnsafe lets URL begin with http:// although whoever sits on the wire could answer. Default false.
	PlainHTTPUnsafe bool `toml:"plain_http_unsafe"`
}

// CheckpointAuthority says who may ask at a checkpoint. It counts where mandates are configured.
type CheckpointAuthority struct {
	// Capacity is "organisation": under a mandate only; "self": as private persons only; "any". Default "any".
	Capacity string `toml:"capacity"`
	// Powers are the codes that a mandate must grant, all of them; "A|B" is either. Default: mandates.powers.
	Powers []string `toml:"powers"`
	// Limits say what this checkpoint is, for powers that are restricted, as "CODE=VALUE".
	Limits []string `toml:"limits"`
	// Registry is what happens when the registry does not tell: "hold" leaves it to the person at the gate, "deny"
	// refuses, "accept_unsafe" goes on without it. Default "hold".
	Registry string `toml:"registry"`
}

// Profile is what is shown of a document, for a purpose: nothing else leaves the gateway. Where profiles are
// configured, private persons and /v1/verify see the status only. A checkpoint names its profile; without one an
// organisation sees everything.
type Profile struct {
	ID string `toml:"id"`
	// Purpose and LegalBasis are shown to checkers, so that they can say why they ask. Required.
	Purpose    string `toml:"purpose"`
	LegalBasis string `toml:"legal_basis"`
	// Attributes are "holder.name", "holder.birth_date", "holder.document_number", "issued_at", "expires_at" and names
	// of claims, inner ones joined by "/", e.g. "age_over_18". Default: none, which shows the status only.
	Attributes []string `toml:"attributes"`
	// Retention is how long whoever is shown them may keep them; it is shown with the profile. The gateway itself keeps
	// none of them. Default 0: not at all.
	Retention Duration `toml:"retention"`
}

// on reports whether people are asked in which capacity they scan.
func (m *Mandates) on() bool { return len(m.Roots) > 0 }

func defaultMandates() Mandates {
	m := Mandates{Refresh: seconds(30), Registry: MandateRegistry{
		Member: "status", Refresh: minutes(5), MaxAge: Duration{mandate.DefaultRegistryMaxAge}, Timeout: seconds(10),
	}}
	for _, a := range pki.GOST() {
		m.Algorithms = append(m.Algorithms, string(a))
	}
	return m
}

// completeMandates fills what follows from other members.
func (c *Config) completeMandates(folder string) {
	m := &c.Mandates
	for _, list := range []*[]string{&m.Roots, &m.Intermediates, &m.CRLs} {
		*list = slices.Clone(*list)
		for i := range *list {
			(*list)[i] = within(folder, (*list)[i])
		}
	}
	m.Revoked, m.Registry.TokenFile = within(folder, m.Revoked), within(folder, m.Registry.TokenFile)
	for i := range c.Checkpoints {
		a := &c.Checkpoints[i].Authority
		orElse(&a.Capacity, "any")
		orElse(&a.Registry, "hold")
		if len(a.Powers) == 0 {
			a.Powers = slices.Clone(m.Powers)
		}
	}
}

// unsafeAuthority names the settings in force that weaken what a mandate promises.
func (c *Config) unsafeAuthority() []string {
	var names []string
	if c.Mandates.AcceptUnknownRevocationUnsafe {
		names = append(names, "mandates.accept_unknown_revocation_unsafe")
	}
	if c.Mandates.AcceptClaimedHeadsUnsafe {
		names = append(names, "mandates.accept_claimed_heads_unsafe")
	}
	if c.Mandates.Registry.PlainHTTPUnsafe {
		names = append(names, "mandates.registry.plain_http_unsafe")
	}
	for _, p := range c.Checkpoints {
		if p.Authority.Registry == "accept_unsafe" {
			names = append(names, "checkpoints."+p.ID+".authority.registry")
		}
	}
	return names
}

func (c *Config) checkMandates(f *faults) {
	m := &c.Mandates
	if !m.on() && (len(m.Intermediates) > 0 || len(m.CRLs) > 0 || m.Registry.URL != "" || m.Revoked != "" || len(m.Powers) > 0) {
		f.add("mandates.roots", "required; without roots no mandate counts")
	}
	var known []string
	for _, a := range pki.All() {
		known = append(known, string(a))
	}
	for i, a := range m.Algorithms {
		f.oneOf(fmt.Sprintf("mandates.algorithms[%d]", i), a, known...)
	}
	if m.on() && len(m.Algorithms) == 0 {
		f.add("mandates.algorithms", "required; without one no signature counts")
	}
	checkPowers(f, "mandates.powers", m.Powers)
	if m.on() {
		f.between("mandates.refresh", m.Refresh, time.Second, 24*time.Hour)
	}
	m.Registry.check(f, "mandates.registry")
	for i, o := range c.Organisations {
		checkDigits(f, fmt.Sprintf("organisations[%d].inn", i), o.INN, 10, 12)
		checkDigits(f, fmt.Sprintf("organisations[%d].ogrn", i), o.OGRN, 13, 15)
	}
	c.checkProfiles(f)
	for i := range c.Checkpoints {
		c.Checkpoints[i].Authority.check(f, fmt.Sprintf("checkpoints[%d].authority", i), m.on())
	}
}

func (r *MandateRegistry) check(f *faults, key string) {
	if r.URL == "" {
		return
	}
	checkAddress(f, key+".url", strings.ReplaceAll(r.URL, "{guid}", "x"), r.PlainHTTPUnsafe)
	if u, err := url.Parse(r.URL); err == nil && !strings.Contains(r.URL, "{guid}") && u.Host != "" {
		f.add(key+".url", "want {guid} where the number of the mandate belongs")
	}
	if r.Member == "" {
		f.add(key+".member", "required")
	}
	f.between(key+".refresh", r.Refresh, time.Second, 24*time.Hour)
	f.between(key+".timeout", r.Timeout, 100*time.Millisecond, time.Minute)
	f.between(key+".max_age", r.MaxAge, time.Second, 31*24*time.Hour)
	if r.MaxAge.Duration < r.Refresh.Duration {
		f.add(key+".max_age", "shorter than refresh, so good answers would be too old before they are asked for again")
	}
}

func (a *CheckpointAuthority) check(f *faults, key string, on bool) {
	f.oneOf(key+".capacity", a.Capacity, "", "any", "organisation", "self")
	f.oneOf(key+".registry", a.Registry, "", "hold", "deny", "accept_unsafe")
	checkPowers(f, key+".powers", a.Powers)
	for i, limit := range a.Limits {
		if code, value, ok := strings.Cut(limit, "="); !ok || code == "" || value == "" {
			f.add(fmt.Sprintf("%s.limits[%d]", key, i), "want \"CODE=VALUE\", not %q", limit)
		}
	}
	switch {
	case a.Capacity == "organisation" && !on:
		f.add(key+".capacity", "organisation needs mandates.roots; without mandates nobody would pass")
	case a.Capacity == "organisation" && len(a.Powers) == 0:
		f.add(key+".powers", "required; a mandate that need not grant anything cannot be judged")
	}
}

func checkPowers(f *faults, key string, powers []string) {
	for i, power := range powers {
		if slices.Contains(strings.Split(power, "|"), "") {
			f.add(fmt.Sprintf("%s[%d]", key, i), "want a code, or codes with | between them, not %q", power)
		}
	}
}

func checkDigits(f *faults, key, text string, lengths ...int) {
	if text != "" && (!slices.Contains(lengths, len(text)) || strings.Trim(text, "0123456789") != "") {
		f.add(key, "want %d or %d digits, not %q", lengths[0], lengths[1], text)
	}
}

func (c *Config) checkProfiles(f *faults) {
	profiles := newIDs(f, "profiles")
	for _, p := range c.Profiles {
		key := profiles.add(p.ID)
		if p.Purpose == "" {
			f.add(key+".purpose", "required")
		}
		if p.LegalBasis == "" {
			f.add(key+".legal_basis", "required")
		}
		if slices.Contains(p.Attributes, "") {
			f.add(key+".attributes", "holds an empty name")
		}
		f.between(key+".retention", p.Retention, 0, 10*366*24*time.Hour)
	}
	for i, p := range c.Checkpoints {
		if p.Profile != "" {
			profiles.refer(fmt.Sprintf("checkpoints[%d].profile", i), p.Profile)
		}
	}
}

// profile finds a checkpoint's profile; nil when it has none.
func (c *Config) profile(id string) *Profile {
	if i := slices.IndexFunc(c.Profiles, func(p Profile) bool { return p.ID == id }); i >= 0 {
		return &c.Profiles[i]
	}
	return nil
}

// publicProfile is a profile as checkers see it.
type publicProfile struct {
	ID         string   `json:"id"`
	Purpose    string   `json:"purpose"`
	LegalBasis string   `json:"legal_basis"`
	Attributes []string `json:"attributes"`
	Retention  int64    `json:"retention_s"`
}

func (p *Profile) publish() *publicProfile {
	if p == nil {
		return nil
	}
	return &publicProfile{p.ID, p.Purpose, p.LegalBasis, append([]string{}, p.Attributes...), int64(p.Retention.Seconds())}
}

// shown is what the profile lets through; nil for none: everything.
func (p *Profile) shown() *ingest.Profile {
	if p == nil {
		return nil
	}
	return ingest.NewProfile(p.Attributes)
}
