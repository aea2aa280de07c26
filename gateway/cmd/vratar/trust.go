package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"strings"
	"time"

	"vratar/verifier/issuing"
	"vratar/verifier/jose"
	"vratar/verifier/trust"
)

func trustCommand() command {
	return command{
		name: "trust", args: "show FILE... | make --issuer ID [--name NAME] KEYFILE...",
		summary: "look into trust material, or make a trust list",
		help: `
  vratar trust show FILE...            what is in it: issuers, keys, limits, and what was left out and why
  vratar trust make --issuer ID KEY... print a trust list for one issuer with these keys

A KEY file is a JWK, private (only its public part is used) or public, or a PEM certificate or public key.
Lists of several issuers are made by joining the members of "issuers".

Exit code of show: 0, or 2 when a file cannot be used.`,
		run: func(_ context.Context, c *call) error {
			switch verb := c.verb(); verb {
			case "show":
				return trustShow(c)
			case "make":
				return trustMake(c)
			default:
				return c.unknownVerb(verb)
			}
		},
	}
}

func trustShow(c *call) error {
	files, err := c.parse(-1)
	if err != nil {
		return err
	}
	if len(files) == 0 {
		return errors.New("want at least one file")
	}
	var faults []error
	for _, file := range files {
		data, err := os.ReadFile(file)
		var src trust.Source
		if err == nil {
			src, err = trust.Load(file, data)
		}
		if err != nil {
			faults = append(faults, err)
			continue
		}
		printTrust(c, src)
	}
	return errors.Join(faults...)
}

func printTrust(c *call, src trust.Source) {
	fmt.Fprintf(c.out, "%s: %s\n", src.Name, src.Kind)
	if src.Wildcard {
		fmt.Fprintln(c.out, "  NOTE: issuer * vouches for any issuer: for trials and closed systems only")
	}
	for _, e := range src.Entries {
		fmt.Fprintf(c.out, "  issuer %s %q %s%s%s%s\n", e.Issuer.ID, e.Issuer.Name, e.Issuer.Country,
			limits(" formats", e.Formats), limits(" documents", e.Documents), period(e.NotBefore, e.NotAfter))
		for _, k := range e.Keys {
			fmt.Fprintf(c.out, "    key %s\n", describeKey(k))
		}
	}
	for _, r := range src.Refused {
		fmt.Fprintf(c.out, "  left out: %v\n", r)
	}
}

func limits(what string, names []string) string {
	if len(names) == 0 {
		return ""
	}
	return what + " " + strings.Join(names, ",")
}

func period(from, until time.Time) string {
	var s string
	if !from.IsZero() {
		s += " from " + from.UTC().Format(time.RFC3339)
	}
	if !until.IsZero() {
		s += " until " + until.UTC().Format(time.RFC3339)
	}
	return s
}

func describeKey(k trust.Key) string {
	id := k.ID
	if id == "" {
		id = "without id"
	}
	s := fmt.Sprintf("%s %T", id, k.Public)
	if thumbprint, err := jose.Thumbprint(k.Public); err == nil {
		s = id + " thumbprint " + thumbprint
	}
	if cert := k.Certificate; cert != nil {
		s += fmt.Sprintf(" certificate %q", cert.Subject) + period(cert.NotBefore, cert.NotAfter)
	}
	return s
}

// listedIssuer is an issuer of a trust list (design 4.4) as it is written.
type listedIssuer struct {
	ID           string            `json:"id"`
	Name         string            `json:"name,omitempty"`
	Country      string            `json:"country,omitempty"`
	Formats      []string          `json:"formats,omitempty"`
	Documents    []string          `json:"documents,omitempty"`
	StatusMaxAge string            `json:"status_max_age,omitempty"`
	Keys         []json.RawMessage `json:"keys"`
}

func trustMake(c *call) error {
	var issuer listedIssuer
	c.StringVar(&issuer.ID, "issuer", "", "issuer `ID`, as its credentials name it")
	c.StringVar(&issuer.Name, "name", "", "`NAME` for screens")
	c.StringVar(&issuer.Country, "country", "", "`COUNTRY`, two letters")
	c.StringVar(&issuer.StatusMaxAge, "status-max-age", "", "how old its status lists may be, e.g. 15m")
	formats := c.list("format", "`FORMAT` its keys may sign; may be repeated; none: all")
	documents := c.list("document", "document `TYPE` its keys may sign; may be repeated; none: all")
	out := c.String("out", "-", "`FILE` to write, - for standard output")
	files, err := c.parse(-1)
	if err != nil {
		return err
	}
	if issuer.ID == "" || len(files) == 0 {
		return errors.New("want --issuer and at least one key file")
	}
	issuer.Formats, issuer.Documents = *formats, *documents
	for _, file := range files {
		key, err := publicPart(file)
		if err != nil {
			return fmt.Errorf("%s: %w", file, err)
		}
		issuer.Keys = append(issuer.Keys, key)
	}
	text, err := json.MarshalIndent(map[string]any{"issuers": []listedIssuer{issuer}}, "", "  ")
	if err != nil {
		return err
	}
	if _, err := trust.Load("the new list", text); err != nil {
		return err
	}
	return c.write(*out, append(text, '\n'))
}

// publicPart is a key file as an entry of a trust list.
func publicPart(file string) (json.RawMessage, error) {
	text, err := os.ReadFile(file)
	if err != nil {
		return nil, err
	}
	if key, err := issuing.ParseKey(text); err == nil {
		return key.MarshalPublic()
	}
	if key, err := jose.ParseJWK(text); err == nil {
		return jose.MarshalJWK(key)
	}
	src, err := trust.Load(file, text)
	if err != nil || src.Kind != trust.KindPEM {
		return nil, errors.Join(errors.New("neither a JWK nor PEM"), err)
	}
	return json.Marshal(map[string]string{"pem": string(text)})
}
