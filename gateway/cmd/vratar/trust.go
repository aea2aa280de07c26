package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"strings"
	"time"

	"vratar/gateway/refresh"
	"vratar/verifier/issuing"
	"vratar/verifier/jose"
	"vratar/verifier/trust"
)

func trustCommand() command {
	return command{
		name: "trust", args: "show FILE... | show --config FILE | make --issuer ID [--name NAME] KEYFILE...",
		summary: "look into trust material, or make a trust list",
		help: `
  vratar trust show FILE...            what is in it: issuers, keys, limits, and what was left out and why
  vratar trust show --config /etc/vratar/vratar.toml
                                       the same for the sources of a gateway: each is asked once; what is loaded,
                                       from where, how old, what would be refused and why
  vratar trust make --issuer ID KEY... print a trust list for one issuer with these keys

A KEY file is a JWK, private (only its public part is used) or public, or a PEM certificate or public key.
Lists of several issuers are made by joining the members of "issuers".

A signed list is proven when the files beside it hold the key that signed it.
show --json prints the same as one JSON object. Exit code of show: 0, or 2 when a source cannot be used.`,
		run: func(ctx context.Context, c *call) error {
			switch verb := c.verb(); verb {
			case "show":
				return trustShow(ctx, c)
			case "make":
				return trustMake(c)
			default:
				return c.unknownVerb(verb)
			}
		},
	}
}

func trustShow(ctx context.Context, c *call) error {
	lists := c.listFlags()
	files, err := c.parse(-1)
	if err != nil {
		return err
	}
	if len(files) == 0 && *lists.config == "" {
		return errors.New("want --config or at least one file")
	}
	settings, err := lists.settings(files, nil)
	if err != nil {
		return err
	}
	settings.Status = refresh.Lists{}
	unchecked := *lists.config == "" && len(files) == 1
	return lists.show(ctx, c, showOptions{kind: "trust", settings: settings, unchecked: unchecked})
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
