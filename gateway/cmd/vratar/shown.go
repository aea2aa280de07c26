package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"vratar/gateway"
	"vratar/gateway/refresh"
	"vratar/verifier/jose"
	"vratar/verifier/proof"
	"vratar/verifier/status"
	"vratar/verifier/trust"
)

// shownSource is all that is to be told of one source.
type shownSource struct {
	refresh.Source
	Age     string        `json:"age,omitempty"`
	Issuers []shownIssuer `json:"issuers,omitempty"`
	Lists   []shownList   `json:"lists,omitempty"`
	Effects []string      `json:"effects,omitempty"` // what is refused or held because of it, with the reason
}

type shownIssuer struct {
	ID           string     `json:"id"`
	Name         string     `json:"name,omitempty"`
	Country      string     `json:"country,omitempty"`
	Formats      []string   `json:"formats,omitempty"`
	Documents    []string   `json:"documents,omitempty"`
	NotBefore    time.Time  `json:"not_before,omitzero"`
	NotAfter     time.Time  `json:"not_after,omitzero"`
	StatusMaxAge string     `json:"status_max_age,omitempty"`
	Certifies    bool       `json:"only_certifies,omitempty"`
	Keys         []shownKey `json:"keys"`
}

type shownKey struct {
	ID          string    `json:"id,omitempty"`
	Thumbprint  string    `json:"thumbprint,omitempty"`
	Certificate string    `json:"certificate,omitempty"` // its subject
	NotBefore   time.Time `json:"not_before,omitzero"`
	NotAfter    time.Time `json:"not_after,omitzero"`
}

type shownList struct {
	Kind      string            `json:"kind"`
	Entries   int               `json:"entries"`
	URI       string            `json:"uri,omitempty"`
	Issuer    string            `json:"issuer,omitempty"`
	IssuedAt  time.Time         `json:"issued_at,omitzero"`
	ExpiresAt time.Time         `json:"expires_at,omitzero"`
	Bits      int               `json:"bits,omitempty"`
	Counts    map[string]uint64 `json:"counts,omitempty"`
}

// listFlags are the flags of the commands that look into lists.
type listFlags struct {
	config *string
	json   *bool
}

func (c *call) listFlags() listFlags {
	return listFlags{
		config: c.String("config", "", "try the sources of a configuration `FILE` of vratar serve: each address is asked once"),
		json:   c.Bool("json", false, "print one JSON object"),
	}
}

// settings is where the lists come from: the configuration, or the files of the command line.
func (f listFlags) settings(trusted, withdrawn []string) (refresh.Config, error) {
	if *f.config == "" {
		const maxSize = 256 << 20
		return refresh.Config{
			Trust:   refresh.Lists{Files: trusted, MaxSize: maxSize},
			Status:  refresh.Lists{Files: withdrawn, MaxSize: maxSize},
			Checker: proof.Checker{},
		}, nil
	}
	if len(trusted)+len(withdrawn) > 0 {
		return refresh.Config{}, errors.New("either --config or files")
	}
	cfg, err := gateway.LoadConfig(*f.config)
	return cfg.ListSettings(), err
}

// show asks every source once and prints those of a kind. The error names the sources that cannot be used;
// unchecked tells that nobody was named who could have signed anything.
func (f listFlags) show(ctx context.Context, c *call, o showOptions) error {
	r, err := refresh.New(o.settings)
	if err != nil {
		return err
	}
	r.LookOnce(ctx)
	now := time.Now()
	all := []shownSource{}
	var faults []error
	for _, s := range r.Sources() {
		if s.Kind != o.kind {
			if s.Error != "" { // it decides about signatures
				faults = append(faults, fmt.Errorf("%s %s: %s", s.Kind, s.Name, s.Error))
			}
			continue
		}
		if o.unchecked && isPending(s) {
			s.Error = ""
		}
		if s.Error != "" {
			faults = append(faults, fmt.Errorf("%s: %s", s.Name, s.Error))
		}
		all = append(all, describeSource(s, now))
	}
	if *f.json {
		text, err := json.MarshalIndent(map[string]any{"sources": all}, "", "  ")
		if err != nil {
			return err
		}
		fmt.Fprintf(c.out, "%s\n", text)
		return errors.Join(faults...)
	}
	for _, s := range all {
		s.print(c)
	}
	return errors.Join(faults...)
}

type showOptions struct {
	kind      string // "trust" or "status"
	settings  refresh.Config
	unchecked bool // no key was named that could have signed a list: signatures are not held against it
}

// isPending reports whether the content of a source is known and waits for a trusted key to sign it.
func isPending(s refresh.Source) bool {
	return s.Format == "" && (s.Trust.Kind != "" || len(s.Status) > 0)
}

func describeSource(s refresh.Source, now time.Time) shownSource {
	out := shownSource{Source: s}
	if !s.FetchedAt.IsZero() {
		out.Age = now.Sub(s.FetchedAt).Round(time.Second).String()
	}
	for _, e := range s.Trust.Entries {
		out.Issuers = append(out.Issuers, describeIssuer(e))
		out.Effects = append(out.Effects, effectsOfKeys(e, now)...)
	}
	for _, l := range s.Status {
		out.Lists = append(out.Lists, describeList(l))
		if end := listEnd(l, s.FetchedAt); !end.IsZero() && now.After(end) {
			out.Effects = append(out.Effects, "expired "+moment(end)+": codes that it speaks for are held (status_unknown)")
		}
	}
	switch {
	case isPending(s):
		out.Effects = append(out.Effects, "its signature is not proven: it does not count")
	case s.Kind == "trust" && s.Format == "":
		out.Effects = append(out.Effects, "nothing is loaded: its issuers' codes are refused (issuer_unknown, key_unknown)")
	case s.Kind == "trust" && !s.Trust.NextUpdate.IsZero() && now.After(s.Trust.NextUpdate):
		out.Effects = append(out.Effects, "a newer list was due "+moment(s.Trust.NextUpdate))
	}
	if s.Awaited {
		out.Effects = append(out.Effects, "not loaded, or not whole: "+awaitedCodes(s)+" are held (status_unknown)")
	}
	return out
}

// awaitedCodes names the codes that a source may speak for which has not been loaded.
func awaitedCodes(s refresh.Source) string {
	switch s.From {
	case "pretix":
		return "pretix tickets"
	case "shc":
		return "health cards of this issuer without a list of their key"
	case "dcc":
		return "EU certificates"
	}
	return "all codes that do not name a list which is held"
}

// listEnd is when a list stops to say anything; zero: never.
func listEnd(l status.Source, fetched time.Time) time.Time {
	if l.Statement == nil {
		return time.Time{}
	}
	end := l.Statement.ExpiresAt
	if ttl := l.TTL(); ttl > 0 && !fetched.IsZero() && (end.IsZero() || fetched.Add(ttl).Before(end)) {
		end = fetched.Add(ttl)
	}
	return end
}

func describeIssuer(e trust.Entry) shownIssuer {
	i := shownIssuer{
		ID: e.Issuer.ID, Name: e.Issuer.Name, Country: e.Issuer.Country, Formats: e.Formats, Documents: e.Documents,
		NotBefore: e.NotBefore, NotAfter: e.NotAfter, Certifies: e.OnlyCertifies, Keys: []shownKey{},
	}
	if e.Issuer.StatusMaxAge > 0 {
		i.StatusMaxAge = e.Issuer.StatusMaxAge.String()
	}
	for _, k := range e.Keys {
		shown := shownKey{ID: k.ID}
		shown.Thumbprint, _ = jose.Thumbprint(k.Public) // keys without a JWK form have none
		if k.Certificate != nil {
			shown.Certificate = k.Certificate.Subject.String()
			shown.NotBefore, shown.NotAfter = k.Certificate.NotBefore, k.Certificate.NotAfter
		}
		i.Keys = append(i.Keys, shown)
	}
	return i
}

// effectsOfKeys tells which keys are out of their period, and what that means.
func effectsOfKeys(e trust.Entry, now time.Time) (effects []string) {
	period := func(what string, from, until time.Time) {
		switch {
		case !until.IsZero() && now.After(until):
			effects = append(effects, what+" ended "+moment(until)+": what it signed later is refused (key_expired), where the format asks for that")
		case now.Before(from):
			effects = append(effects, what+" begins "+moment(from)+": what it signs before is refused (key_expired), where the format asks for that")
		}
	}
	period("issuer "+e.Issuer.ID, e.NotBefore, e.NotAfter)
	for _, k := range e.Keys {
		if k.Certificate != nil {
			period("certificate "+k.Certificate.Subject.String(), k.Certificate.NotBefore, k.Certificate.NotAfter)
		}
	}
	return effects
}

func describeList(l status.Source) shownList {
	out := shownList{Kind: l.Kind, Entries: l.Len(), URI: l.URI}
	if l.Statement != nil {
		out.Issuer, out.IssuedAt, out.ExpiresAt = l.Statement.Issuer, l.Statement.IssuedAt, l.Statement.ExpiresAt
	}
	bits, counts, ok := l.Tally()
	if !ok {
		return out
	}
	out.Bits, out.Counts = bits, make(map[string]uint64)
	for v, n := range counts {
		out.Counts[statusWord(v)] = n
	}
	return out
}

// print tells the same to people.
func (s *shownSource) print(c *call) {
	fmt.Fprintf(c.out, "%s: %s%s\n", s.Name, s.content(), fromWord(s.From))
	line := func(format string, args ...any) { fmt.Fprintf(c.out, "  "+format+"\n", args...) }
	if s.Age != "" {
		line("of %s, %s ago", moment(s.FetchedAt), s.Age)
	}
	if s.Error != "" {
		line("ERROR: %s", strings.ReplaceAll(s.Error, "\n", "\n    "))
	}
	for _, e := range s.Effects {
		line("REFUSED OR HELD: %s", e)
	}
	if s.Wildcard {
		line("NOTE: issuer * vouches for any issuer: for trials and closed systems only")
	}
	s.printSigner(line)
	for _, i := range s.Issuers {
		i.print(line)
	}
	for _, l := range s.Lists {
		l.print(line)
	}
	for _, r := range s.Refused {
		line("left out: %s", r)
	}
}

// content says what is in force.
func (s *shownSource) content() string {
	kind, n := s.Format, s.Entries
	switch {
	case isPending(s.Source) && len(s.Status) > 0:
		kind, n = s.Status[0].Kind, s.Status[0].Len()
	case isPending(s.Source):
		return s.Trust.Kind + ", signed"
	case kind == "":
		return "nothing loaded"
	case s.Kind == "trust":
		return fmt.Sprintf("%s, %d keys", kind, n)
	}
	return fmt.Sprintf("%s, %d entries", kind, n)
}

func (s *shownSource) printSigner(line func(string, ...any)) {
	signer := s.Source.Trust.Signer()
	switch {
	case signer != nil:
		line("signed by %s of %s", signer.ID, signer.Issuer.ID)
	case len(s.Status) == 1 && s.Status[0].Statement != nil && s.Format != "":
		line("signed by a trusted key")
	case isPending(s.Source):
		line("signed; proven only with the signer's key")
	}
	if s.Source.Trust.Provider != "" {
		line("provider %s", s.Source.Trust.Provider)
	}
}

func (i *shownIssuer) print(line func(string, ...any)) {
	certifies := ""
	if i.Certifies {
		certifies = " certifies signers only"
	}
	age := ""
	if i.StatusMaxAge != "" {
		age = " status at most " + i.StatusMaxAge + " old"
	}
	line("issuer %s %q %s%s%s%s%s%s", i.ID, i.Name, i.Country,
		limits(" formats", i.Formats), limits(" documents", i.Documents), period(i.NotBefore, i.NotAfter), age, certifies)
	for _, k := range i.Keys {
		line("  key %s", k.text())
	}
}

func (k *shownKey) text() string {
	text := k.ID
	if text == "" {
		text = "without id"
	}
	if k.Thumbprint != "" {
		text += " thumbprint " + k.Thumbprint
	}
	if k.Certificate != "" {
		text += fmt.Sprintf(" certificate %q", k.Certificate) + period(k.NotBefore, k.NotAfter)
	}
	return text
}

func (l *shownList) print(line func(string, ...any)) {
	if l.URI == "" {
		return // all there is to say is said of the source
	}
	line("uri %s", l.URI)
	line("issuer %s", l.Issuer)
	line("issued %s%s", moment(l.IssuedAt), period(time.Time{}, l.ExpiresAt))
	if l.Bits == 0 {
		return
	}
	line("bits %d", l.Bits)
	for _, word := range slices.Sorted(maps.Keys(l.Counts)) {
		line("%s %d", word, l.Counts[word])
	}
}

// fromWord tells what kind of source it is where its name does not.
func fromWord(from string) string {
	if from == "file" || from == "address" {
		return ""
	}
	return " (" + from + ")"
}

func moment(t time.Time) string { return t.UTC().Format(time.RFC3339) }
