package gateway

import (
	"fmt"
	"net/url"
	"slices"
	"strings"
	"time"

	"vratar/gateway/refresh"
	"vratar/verifier/proof"
)

// ListSource is one of trust.sources or status.sources: a source of which more must be known than its content
// says. Exactly one member names its kind; relative paths count from the configuration's folder.
type ListSource struct {
	// Kinds of [[trust.sources]].

	// DID is a did:web identifier. Its document's keys vouch for the DID as issuer; the document must be its own.
	DID string `toml:"did"`
	// JWKS is the https address of a key set. Its keys vouch for Issuer, which is required.
	JWKS string `toml:"jwks"`
	// SDJWT is an issuer of SD-JWT VCs by its https URL; its keys come out of its .well-known/jwt-vc-issuer.
	SDJWT string `toml:"sdjwt"`
	// Folder is a folder of X.509 certificates and public keys (.pem, .crt, .cer, .der), e.g. authorities for
	// mobile documents. Files that cannot be read are left out and named. Without Issuer its keys vouch for any.
	Folder string `toml:"folder"`

	// Kinds of both.

	// SHC is an issuer of SMART Health Cards by its https URL: for trust the keys that it publishes, for status
	// the revocation lists that these keys announce.
	SHC string `toml:"shc"`
	// Pretix is the API address of an event, https://HOST/api/v1/organizers/O/events/E/: for trust the keys of its
	// tickets, for status the tickets revoked and blocked. It needs TokenFile.
	Pretix string `toml:"pretix"`

	// Kinds of [[status.sources]].

	// TokenList is the https address of a token status list. Named here and not among urls it is known to speak
	// for those credentials alone that name it, so no others are held while it has never been loaded.
	TokenList string `toml:"token_list"`
	// DCC is the https address of an index of EU revocation batches; each batch is at ADDRESS/ID. What they revoke
	// lies in the database, with a filter in memory: a tenth of a gigabyte for 55 million hashes.
	DCC string `toml:"dcc"`
	// RevokedIDs is a text file of revoked ids, one a line, or its https address. Named here and not among files and
	// urls it may be of any length, MaxSize notwithstanding: the ids lie in the database, about 20 to 60 bytes each and
	// for a while twice as much, and 1.3 bytes each in memory. With Issuer it is asked about that issuer's credentials
	// alone.
	RevokedIDs string `toml:"revoked_ids"`

	// TokenFile holds the token for Pretix in one line: that of a device, or scheme and token ("Token abc"). It
	// is read at every look and never shown. Readable by the service alone.
	TokenFile string `toml:"token_file"`

	// What the keys of a trust source vouch for. Formats and Documents narrow what the source says; empty: all.
	Issuer       string   `toml:"issuer"`  // for JWKS, Folder and RevokedIDs: the issuer, as credentials name it
	Name         string   `toml:"name"`    // on screens. Default: what the source says
	Country      string   `toml:"country"` // two capital letters
	Formats      []string `toml:"formats"`
	Documents    []string `toml:"documents"`
	StatusMaxAge Duration `toml:"status_max_age"` // how old the issuer's status lists may be. Default: as they say
}

// sourceKind is a way to name a source.
type sourceKind struct {
	key           string
	trust, status bool
	value         *string
}

func (s *ListSource) kinds() []sourceKind {
	return []sourceKind{
		{"did", true, false, &s.DID}, {"jwks", true, false, &s.JWKS}, {"sdjwt", true, false, &s.SDJWT},
		{"folder", true, false, &s.Folder}, {"shc", true, true, &s.SHC}, {"pretix", true, true, &s.Pretix},
		{"token_list", false, true, &s.TokenList}, {"dcc", false, true, &s.DCC},
		{"revoked_ids", false, true, &s.RevokedIDs},
	}
}

// origin is the source as it is followed; a validated Config has exactly one kind.
func (s *ListSource) origin(forTrust bool) refresh.Origin {
	b := refresh.Binding{
		Issuer: s.Issuer, Name: s.Name, Country: s.Country, Formats: s.Formats, Documents: s.Documents,
		StatusMaxAge: s.StatusMaxAge.Duration,
	}
	switch {
	case s.DID != "":
		return refresh.DIDWeb{DID: s.DID, Binding: b}
	case s.JWKS != "":
		return refresh.KeySet{URL: s.JWKS, Binding: b}
	case s.SDJWT != "":
		return refresh.VCIssuer{Issuer: s.SDJWT, Binding: b}
	case s.Folder != "":
		return refresh.Folder{Path: s.Folder, Binding: b}
	case s.SHC != "" && forTrust:
		return refresh.HealthCardIssuer{Issuer: s.SHC, Binding: b}
	case s.SHC != "":
		return refresh.HealthCardLists{Issuer: s.SHC}
	case s.Pretix != "" && forTrust:
		return refresh.PretixEvent{URL: s.Pretix, TokenFile: s.TokenFile, Binding: b}
	case s.Pretix != "":
		return refresh.PretixSecrets{URL: s.Pretix, TokenFile: s.TokenFile}
	case s.TokenList != "":
		return refresh.TokenList{URL: s.TokenList}
	case s.RevokedIDs != "" && isAddress(s.RevokedIDs):
		return refresh.RevokedIDs{URL: s.RevokedIDs, Issuer: s.Issuer}
	case s.RevokedIDs != "":
		return refresh.RevokedIDs{File: s.RevokedIDs, Issuer: s.Issuer}
	}
	return refresh.RevocationBatches{URL: s.DCC}
}

// ListSettings is where the lists of a validated Config come from, for whoever follows them or tries them out.
func (c *Config) ListSettings() refresh.Config {
	lists := func(s *Sources, forTrust bool) refresh.Lists {
		l := refresh.Lists{
			Files: s.Files, URLs: s.URLs, Every: s.Refresh.Duration, Timeout: s.Timeout.Duration, MaxSize: int64(s.MaxSize),
		}
		for i := range s.Sources {
			l.Sources = append(l.Sources, s.Sources[i].origin(forTrust))
		}
		return l
	}
	return refresh.Config{Trust: lists(&c.Trust, true), Status: lists(&c.Status, false), Checker: proof.Checker{}}
}

// complete makes paths count from folder.
func (s *Sources) complete(folder string) {
	s.Files, s.Sources = slices.Clone(s.Files), slices.Clone(s.Sources)
	for i := range s.Files {
		s.Files[i] = within(folder, s.Files[i])
	}
	for i := range s.Sources {
		for _, path := range []*string{&s.Sources[i].Folder, &s.Sources[i].TokenFile} {
			*path = within(folder, *path)
		}
		if ids := &s.Sources[i].RevokedIDs; !isAddress(*ids) {
			*ids = within(folder, *ids)
		}
	}
}

// check looks at one source of section, "trust" or "status".
func (s *ListSource) check(f *faults, key, section string, plainHTTP bool) {
	var named, known []string
	for _, k := range s.kinds() {
		fits := (k.trust && section == "trust") || (k.status && section == "status")
		if fits {
			known = append(known, k.key)
		}
		switch {
		case *k.value == "":
		case !fits:
			f.add(key+"."+k.key, "does not belong into %s.sources", section)
			return
		default:
			named = append(named, k.key)
		}
	}
	if len(named) != 1 {
		f.add(key, "want exactly one of %s", strings.Join(known, ", "))
		return
	}
	s.checkPlace(f, key, plainHTTP)
	if section == "status" {
		s.checkUnbound(f, key)
	}
	s.checkParticulars(f, key, named[0])
}

// checkPlace looks at the address.
func (s *ListSource) checkPlace(f *faults, key string, plainHTTP bool) {
	for _, a := range []struct{ key, address string }{
		{"jwks", s.JWKS}, {"pretix", s.Pretix}, {"token_list", s.TokenList}, {"dcc", s.DCC},
	} {
		if a.address != "" {
			checkAddress(f, key+"."+a.key, a.address, plainHTTP)
		}
	}
	for _, issuer := range []struct{ key, url string }{{"shc", s.SHC}, {"sdjwt", s.SDJWT}} {
		if issuer.url != "" && !isIssuerURL(issuer.url, plainHTTP) {
			f.add(key+"."+issuer.key, "want the issuer's https URL, without query and without a slash at its end")
		}
	}
	if isAddress(s.RevokedIDs) {
		checkAddress(f, key+".revoked_ids", s.RevokedIDs, plainHTTP)
	}
	if s.DID != "" {
		if _, err := refresh.DIDWebAddress(s.DID); err != nil {
			f.add(key+".did", "%v", err)
		}
	}
	if s.Pretix != "" && (!strings.Contains(s.Pretix, "/events/") || !strings.HasSuffix(s.Pretix, "/")) {
		f.add(key+".pretix", "want the event in the API: https://HOST/api/v1/organizers/O/events/E/")
	}
	if s.DCC != "" && strings.HasSuffix(s.DCC, "/") {
		f.add(key+".dcc", "want no slash at the end")
	}
}

// checkParticulars looks at what stands beside the kind.
func (s *ListSource) checkParticulars(f *faults, key, kind string) {
	switch {
	case kind == "jwks" && s.Issuer == "":
		f.add(key+".issuer", "required beside jwks: for whom its keys vouch; a key set without issuer belongs into trust.urls")
	case kind != "jwks" && kind != "folder" && kind != "revoked_ids" && s.Issuer != "":
		f.add(key+".issuer", "contradicts %s, which says itself who the issuer is", kind)
	}
	switch {
	case kind == "pretix" && s.TokenFile == "":
		f.add(key+".token_file", "required beside pretix")
	case kind != "pretix" && s.TokenFile != "":
		f.add(key+".token_file", "is for pretix only")
	}
	if c := s.Country; c != "" && (len(c) != 2 || strings.ToUpper(c) != c) {
		f.add(key+".country", "want two capital letters, not %q", c)
	}
	if s.StatusMaxAge.Duration < 0 {
		f.add(key+".status_max_age", "want a positive duration")
	}
	if slices.Contains(s.Formats, "") || slices.Contains(s.Documents, "") {
		f.add(key, "formats and documents hold no empty names")
	}
}

// checkUnbound keeps settings of trust out of a status source, where they would do nothing.
func (s *ListSource) checkUnbound(f *faults, key string) {
	for _, m := range []struct {
		key string
		set bool
	}{
		{"issuer", s.Issuer != "" && s.RevokedIDs == ""}, {"name", s.Name != ""}, {"country", s.Country != ""}, {"formats", len(s.Formats) > 0},
		{"documents", len(s.Documents) > 0}, {"status_max_age", s.StatusMaxAge.Duration != 0},
	} {
		if m.set {
			f.add(key+"."+m.key, "is for trust.sources only")
		}
	}
}

// isAddress tells an address from a path.
func isAddress(place string) bool { return strings.Contains(place, "://") }

// checkAddress wants https: whoever sits on the way could otherwise change the list.
func checkAddress(f *faults, key, address string, plainHTTP bool) {
	u, err := url.Parse(address)
	switch {
	case err != nil || !isWeb(u):
		f.add(key, "want an https address")
	case u.Scheme == "http" && !isLocal(u.Hostname()) && !plainHTTP:
		f.add(key, "http lets anybody on the way change the list; use https")
	}
}

func isIssuerURL(issuer string, plainHTTP bool) bool {
	u, err := url.Parse(issuer)
	return err == nil && isWeb(u) && u.RawQuery == "" && u.Fragment == "" && !strings.HasSuffix(issuer, "/") &&
		(u.Scheme == "https" || isLocal(u.Hostname()) || plainHTTP)
}

func (s *Sources) check(f *faults, key string) {
	for i, name := range s.Files {
		if name == "" {
			f.add(fmt.Sprintf("%s.files[%d]", key, i), "empty")
		}
	}
	for i, address := range s.URLs {
		checkAddress(f, fmt.Sprintf("%s.urls[%d]", key, i), address, s.PlainHTTPUnsafe)
	}
	for i := range s.Sources {
		s.Sources[i].check(f, fmt.Sprintf("%s.sources[%d]", key, i), key, s.PlainHTTPUnsafe)
	}
	f.between(key+".refresh", s.Refresh, time.Second, 7*24*time.Hour)
	f.between(key+".timeout", s.Timeout, 100*time.Millisecond, time.Hour)
	f.atLeast(key+".max_size", int64(s.MaxSize), 1<<10)
}
