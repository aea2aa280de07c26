package gateway

import (
	"encoding/hex"
	"fmt"
	"net"
	"net/url"
	"slices"
	"strings"
	"time"
)

// check adds every fault of c to f. It looks at the values alone; whether files and addresses answer shows
// when the gateway starts.
func (c *Config) check(f *faults) {
	if _, _, err := net.SplitHostPort(c.Listen); err != nil {
		f.add("listen", "want host:port, e.g. \"localhost:8080\"")
	}
	if c.DataDir == "" {
		f.add("data_dir", "required")
	}
	if u, err := url.Parse(c.PublicURL); c.PublicURL != "" && (err != nil || !isWeb(u) || (u.Path != "" && u.Path != "/")) {
		f.add("public_url", "want https://host without a path")
	}
	if (c.TLS.Cert == "") != (c.TLS.Key == "") {
		f.add("tls", "cert and key belong together")
	}
	f.between("skew", c.Skew, 0, 10*time.Minute)
	f.atLeast("memo", int64(c.Memo), 0)
	c.Access.check(f, c.PublicURL)
	c.checkOpenID(f)
	c.Access.Codes.check(f)
	c.Limits.check(f)
	c.Holder.check(f)
	c.Trust.check(f, "trust")
	c.Status.check(f, "status")
	c.checkPlaces(f)
	c.checkMandates(f)
	c.Overrides.check(f)
}

// checkPlaces looks at organisations, groups, checkpoints and devices, and at how they mention each other.
func (c *Config) checkPlaces(f *faults) {
	organisations := newIDs(f, "organisations")
	for _, o := range c.Organisations {
		organisations.add(o.ID)
	}
	groups := newIDs(f, "groups")
	for i, g := range c.Groups {
		groups.add(g.ID)
		f.atLeast(fmt.Sprintf("groups[%d].capacity", i), int64(g.Capacity), 0)
	}
	checkpoints := newIDs(f, "checkpoints")
	for i, p := range c.Checkpoints {
		key := checkpoints.add(p.ID)
		groups.refer(key+".group", p.Group)
		if p.Organisation != "" {
			organisations.refer(key+".organisation", p.Organisation)
		}
		c.Checkpoints[i].check(f, key)
	}
	devices := newIDs(f, "devices")
	owner := make(map[string]string) // by token
	for _, d := range c.Devices {
		key := devices.add(d.ID)
		token := strings.ToLower(d.TokenSHA256)
		if owner[token] != "" {
			f.add(key+".token_sha256", "is the token of %q too", owner[token])
		}
		owner[token] = d.ID
		if d.Organisation != "" {
			organisations.refer(key+".organisation", d.Organisation)
		}
		d.check(f, key, checkpoints)
	}
}

func (a *Access) check(f *faults, publicURL string) {
	f.between("access.session", a.Session, time.Minute, 31*24*time.Hour)
	f.between("access.idle", a.Idle, time.Minute, 31*24*time.Hour)
	f.between("access.shift", a.Shift, time.Minute, 24*time.Hour)
	if a.RelyingParty == "" {
		return
	}
	u, err := url.Parse(publicURL)
	if err != nil || (u.Hostname() != a.RelyingParty && !strings.HasSuffix(u.Hostname(), "."+a.RelyingParty)) {
		f.add("access.relying_party", "want the host of public_url or a domain above it")
	}
}

func (l *Limits) check(f *faults) {
	f.atLeast("limits.body", int64(l.Body), 32<<10)
	f.atLeast("limits.batch", int64(l.Batch), 32<<10)
	f.atLeast("limits.header", int64(l.Header), 1<<10)
	f.atLeast("limits.connections", int64(l.Connections), 1)
	f.atLeast("limits.per_ip", int64(l.PerIP), 0)
	f.atLeast("limits.in_flight", int64(l.InFlight), 1)
	f.between("limits.read", l.Read, time.Millisecond, time.Hour)
	f.between("limits.write", l.Write, time.Millisecond, time.Hour)
	f.between("limits.idle", l.Idle, time.Millisecond, 24*time.Hour)
	f.between("limits.stop", l.Stop, 0, time.Hour)
}

func (p *Checkpoint) check(f *faults, key string) {
	f.oneOf(key+".direction", p.Direction, "", "entry", "exit")
	f.oneOf(key+".when_unknown", p.WhenUnknown, "hold", "deny")
	f.oneOf(key+".holder_proof", p.HolderProof, "bound", "required", "optional")
	p.checkFormats(f, key)
	f.atLeast(key+".min_age", int64(p.MinAge), 0)
	f.atLeast(key+".display_s", int64(p.DisplaySeconds), 1)
	if p.AdmitWhenStatusUnknownUnsafe && p.WhenUnknown == "deny" {
		f.add(key+".admit_when_status_unknown_unsafe", "contradicts when_unknown = \"deny\"")
	}
}

func (h *Holder) check(f *faults) {
	if len(h.Audience) > 256 || strings.TrimSpace(h.Audience) != h.Audience {
		f.add("holder.audience", "want at most 256 bytes without blanks around them")
	}
	f.between("holder.proof_age", h.ProofAge, time.Second, 10*time.Minute)
	f.atLeast("holder.proofs", int64(h.Proofs), 1)
}

// checkFormats keeps a checkpoint from being closed to all by a misspelt word, or by a proof that cannot be given.
func (p *Checkpoint) checkFormats(f *faults, key string) {
	names := []string{}
	for _, format := range Formats(nil) {
		names = append(names, format.Name())
	}
	provable := false
	for i, name := range p.Formats {
		f.oneOf(fmt.Sprintf("%s.formats[%d]", key, i), name, names...)
		provable = provable || slices.Contains([]string{"document", "sdjwt", "mdoc"}, name)
	}
	if p.HolderProof == "required" && len(p.Formats) > 0 && !provable {
		f.add(key+".holder_proof", "none of its formats carries a holder's proof, so nobody would pass")
	}
}

func (d *Device) check(f *faults, key string, checkpoints *ids) {
	f.oneOf(key+".role", d.Role, "device", "checker", "admin")
	if b, err := hex.DecodeString(d.TokenSHA256); err != nil || len(b) != 32 {
		f.add(key+".token_sha256", "want 64 hexadecimal digits")
	}
	if len(d.Checkpoints) == 0 {
		f.add(key+".checkpoints", "required; [\"*\"] is all of them")
	}
	for i, id := range d.Checkpoints {
		if id != "*" {
			checkpoints.refer(fmt.Sprintf("%s.checkpoints[%d]", key, i), id)
		}
	}
}

func isWeb(u *url.URL) bool {
	return (u.Scheme == "https" || u.Scheme == "http") && u.Host != ""
}

func isLocal(host string) bool {
	return host == "localhost" || net.ParseIP(host).IsLoopback()
}

func (f *faults) atLeast(key string, have, least int64) {
	if have < least {
		f.add(key, "want at least %d, not %d", least, have)
	}
}

func (f *faults) between(key string, have Duration, least, most time.Duration) {
	if have.Duration < least || have.Duration > most {
		f.add(key, "want %v to %v, not %v", least, most, have)
	}
}

func (f *faults) oneOf(key, have string, words ...string) {
	if !slices.Contains(words, have) {
		f.add(key, "want one of %q, not %q", words, have)
	}
}

// ids are the identifiers of one section: each valid, none twice.
type ids struct {
	f       *faults
	section string
	place   map[string]int
	next    int
}

func newIDs(f *faults, section string) *ids {
	return &ids{f: f, section: section, place: make(map[string]int)}
}

// add checks the identifier of the section's next entry and returns the entry's key.
func (s *ids) add(id string) (key string) {
	key = fmt.Sprintf("%s[%d]", s.section, s.next)
	if first, twice := s.place[id]; twice && id != "" {
		s.f.add(key+".id", "%q is %s[%d] already", id, s.section, first)
	} else if !isID(id) {
		s.f.add(key+".id", "want 1 to 64 of a-z, 0-9, - and _, not %q", id)
	}
	s.place[id] = s.next
	s.next++
	return key
}

// refer checks a mention of an identifier.
func (s *ids) refer(key, id string) {
	if _, ok := s.place[id]; !ok {
		s.f.add(key, "%q is not in %s", id, s.section)
	}
}

// isID keeps identifiers fit for addresses, metric labels and file names.
func isID(s string) bool {
	for _, c := range []byte(s) {
		if (c < 'a' || c > 'z') && (c < '0' || c > '9') && c != '-' && c != '_' {
			return false
		}
	}
	return len(s) >= 1 && len(s) <= 64
}
