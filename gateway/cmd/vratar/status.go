package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"strconv"
	"strings"
	"time"

	"vratar/verifier/issuing"
	"vratar/verifier/status"
)

func statusCommand() command {
	return command{
		name: "status", args: "show [--trust FILE]... FILE... | show --config FILE | make --key FILE --uri URI [--revoke N,N-N] [--from FILE]",
		summary: "look into status lists, or make one",
		help: `
  vratar status show FILE...   what is in it, and whether a trusted key signed it when --trust is given
  vratar status show --config /etc/vratar/vratar.toml   the same for the sources of a gateway: each is asked once;
                               what is loaded, from where, how old, which codes are held and why
  vratar status make ...       sign a token status list, new or as the next version of another one

  vratar status make --key issuer.jwk --uri https://issuer.kz/status/1 --size 100000 --out 1.jwt
  vratar status make --key issuer.jwk --from 1.jwt --revoke 17,200-210 --restore 3 --out 1.jwt

Publish the file at its URI. Credentials name it by URI#INDEX (vratar issue --status).
show --json prints the same as one JSON object. Exit code of show: 0, or 2 when a source cannot be used.`,
		run: func(ctx context.Context, c *call) error {
			switch verb := c.verb(); verb {
			case "show":
				return statusShow(ctx, c)
			case "make":
				return statusMake(c)
			default:
				return c.unknownVerb(verb)
			}
		},
	}
}

func statusShow(ctx context.Context, c *call) error {
	lists := c.listFlags()
	trusted := c.list("trust", "`FILE` with keys that are believed; may be repeated")
	files, err := c.parse(-1)
	if err != nil {
		return err
	}
	if len(files) == 0 && *lists.config == "" {
		return errors.New("want --config or at least one file")
	}
	settings, err := lists.settings(*trusted, files)
	if err != nil {
		return err
	}
	unchecked := *lists.config == "" && len(*trusted) == 0
	return lists.show(ctx, c, showOptions{kind: "status", settings: settings, unchecked: unchecked})
}

func statusWord(v byte) string {
	switch v {
	case statusValid:
		return "valid"
	case statusRevoked:
		return "revoked"
	case statusSuspended:
		return "suspended"
	}
	return "value " + strconv.Itoa(int(v))
}

// Values of an entry (draft-ietf-oauth-status-list §7.1).
const (
	statusValid     = 0
	statusRevoked   = 1
	statusSuspended = 2
)

func statusMake(c *call) error {
	keyFile := c.String("key", "", "private key `FILE` of the issuer")
	e := c.editionFlags()
	asCWT := c.Bool("cwt", false, "write the binary form (CWT) instead of the JWT")
	out := c.String("out", "-", "`FILE` to write, - for standard output")
	if _, err := c.parse(0); err != nil {
		return err
	}
	key, err := loadKey(*keyFile)
	if err != nil {
		return err
	}
	if err := e.complete(); err != nil {
		return err
	}
	sign := issuing.StatusListJWT
	if *asCWT {
		sign = issuing.StatusListCWT
	}
	token, err := sign(key, e.StatusList)
	if err != nil {
		return err
	}
	return c.write(*out, token)
}

// edition is a version of a status list in the making.
type edition struct {
	issuing.StatusList
	from                     string // file with the version before; "": none
	revoke, suspend, restore string // indexes
	valid                    time.Duration
}

func (c *call) editionFlags() *edition {
	e := &edition{StatusList: issuing.StatusList{Values: make(map[uint64]byte)}}
	c.StringVar(&e.URI, "uri", "", "where the list is published; with --from: as before")
	c.StringVar(&e.Issuer, "issuer", "", "issuer `ID`; with --from: as before")
	c.StringVar(&e.from, "from", "", "`FILE` with the list's last version")
	c.IntVar(&e.Bits, "bits", 1, "bits of an entry: 1 (revoked), 2, 4 or 8 (suspended too)")
	c.Uint64Var(&e.Size, "size", 100_000, "number of entries")
	c.StringVar(&e.revoke, "revoke", "", "`INDEXES` to revoke, e.g. 3,10-19")
	c.StringVar(&e.suspend, "suspend", "", "`INDEXES` to suspend")
	c.StringVar(&e.restore, "restore", "", "`INDEXES` to make valid again")
	c.DurationVar(&e.valid, "valid", 24*time.Hour, "how long this version may be used; 0 for ever")
	c.DurationVar(&e.TTL, "ttl", 0, "how long a copy may be kept before the next look")
	return e
}

func (e *edition) complete() error {
	if e.from != "" {
		if err := continueList(&e.StatusList, e.from); err != nil {
			return err
		}
	}
	if e.URI == "" {
		return errors.New("--uri is required")
	}
	for _, m := range []struct {
		indexes string
		value   byte
	}{{e.restore, statusValid}, {e.suspend, statusSuspended}, {e.revoke, statusRevoked}} { // the strictest has the last word
		if err := mark(&e.StatusList, m.indexes, m.value); err != nil {
			return err
		}
	}
	e.IssuedAt = time.Now()
	if e.valid > 0 {
		e.ExpiresAt = e.IssuedAt.Add(e.valid)
	}
	return nil
}

// continueList takes over what the last version says; its size and width stay, since credentials out there
// count on them.
func continueList(l *issuing.StatusList, file string) error {
	data, err := os.ReadFile(file)
	if err != nil {
		return err
	}
	src, err := status.Load(file, data)
	if err != nil {
		return err
	}
	m, ok := src.Marks()
	if !ok {
		return fmt.Errorf("%s is a list of another kind: %s", file, src.Kind)
	}
	l.Bits, l.Size, l.Values = m.Bits, m.Size, m.Values
	if l.URI == "" {
		l.URI = src.URI
	}
	if l.Issuer == "" {
		l.Issuer = src.Statement.Issuer
	}
	if l.TTL == 0 {
		l.TTL = m.TTL
	}
	return nil
}

// mark sets the entries that text names, as in "3,10-19".
func mark(l *issuing.StatusList, text string, value byte) error {
	if text == "" {
		return nil
	}
	for part := range strings.SplitSeq(text, ",") {
		first, last, isRange := strings.Cut(part, "-")
		if !isRange {
			last = first
		}
		from, err1 := strconv.ParseUint(first, 10, 63)
		to, err2 := strconv.ParseUint(last, 10, 63)
		switch {
		case err1 != nil || err2 != nil || from > to:
			return fmt.Errorf("%q: want indexes such as 3,10-19", part)
		case to >= l.Size:
			return fmt.Errorf("entry %d is beyond the list of %d", to, l.Size)
		}
		for i := from; i <= to; i++ {
			l.Values[i] = value
		}
	}
	return nil
}
