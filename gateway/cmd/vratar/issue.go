package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"strconv"
	"strings"
	"time"

	"vratar/verifier"
	"vratar/verifier/issuing"
)

func issueCommand() command {
	return command{
		name: "issue", args: "--key FILE --type TYPE [--format FORMAT] [--issuer ID] [--field NAME=VALUE]... [--qr png|svg|terminal]",
		summary: "sign a document and print its code",
		help: `
Issues a document in the VR1 format, or another with --format, and prints the text of its code, or draws it.

  vratar issue --key issuer.jwk --issuer my-university --type student --number S-17 \
      --name 'Aigerim Omarova' --field course=3 --valid 4380h --qr png --out card.png
  vratar issue --key issuer.jwk --issuer shop-age --type age --field age_over_18=true --qr terminal

Put in only what the reader must know: an age document says age_over_18 and neither name nor birth date.
A VALUE is true, false, a whole number or a text; a text that looks like one of those goes in double quotes.

With --holder the document is bound to the key of a holder, whose phone then shows it with a fresh proof (vratar
present); a copy without proof opens no gate. Each document needs a holder's key of its own:

  vratar keygen --out holder.jwk
  vratar issue --key issuer.jwk --issuer arena --type ticket --holder holder.jwk

Formats, with what they want beside --key and --issuer:
` + formatHelp(),
		run: runIssue,
	}
}

// statement is what a credential shall say, in whatever format.
type statement struct {
	issuer, document   string
	number             string
	name, birth        string
	fields             map[string]any
	issued             time.Time
	notBefore, expires time.Time
	status             *verifier.StatusRef
	holder             *issuing.Key // of which only the public half is used; nil: none
}

func runIssue(_ context.Context, c *call) error {
	keyFile := c.String("key", "", "private key `FILE` that vratar keygen made")
	format := c.String("format", "document", "`FORMAT` of the credential")
	var s statement
	c.textFlags(&s)
	fields := c.list("field", "`NAME=VALUE` that the document says; may be repeated")
	valid := c.Duration("valid", 365*24*time.Hour, "how long it is valid")
	expires := c.time("expires", "last moment of validity, instead of --valid")
	notBefore := c.time("not-before", "first moment of validity")
	status := c.String("status", "", "`URI#INDEX` of its entry in a status list")
	holder := c.String("holder", "", "JWK `FILE` with the key of the holder's device, public or private")
	draw := c.String("qr", "", "draw it: `png`, svg or terminal, instead of printing the text")
	out := c.String("out", "-", "`FILE` to write, - for standard output")
	if _, err := c.parse(0); err != nil {
		return err
	}
	made, err := formatNamed(*format)
	if err != nil {
		return err
	}
	s.issued, s.notBefore, s.expires = time.Now(), *notBefore, *expires
	if s.expires.IsZero() {
		s.expires = s.issued.Add(*valid)
	}
	if err := s.read(*fields, *status, *holder); err != nil {
		return err
	}
	if s.document == "" && made.typed {
		return errors.New("--type is required")
	}
	key, err := loadKey(*keyFile)
	if err != nil {
		return err
	}
	if s.issuer == "" {
		s.issuer = key.ID
	}
	text, err := made.issue(key, s)
	if err != nil {
		return err
	}
	return c.draw(text, *draw, *out)
}

// textFlags are those that go into the statement as they are.
func (c *call) textFlags(s *statement) {
	c.StringVar(&s.issuer, "issuer", "", "issuer `ID`, as in the trust list; the default is the key's id")
	c.StringVar(&s.document, "type", "", "document `TYPE`: student, age, ticket, …")
	c.StringVar(&s.number, "number", "", "document `NUMBER`")
	c.StringVar(&s.name, "name", "", "holder's `NAME`, the family name last")
	c.StringVar(&s.birth, "birth-date", "", "holder's birth `DATE`, YYYY-MM-DD")
}

// read takes up what flags say in texts of their own.
func (s *statement) read(fields []string, status, holder string) (err error) {
	if s.fields, err = parseFields(fields); err != nil {
		return err
	}
	if s.status, err = parseStatusRef(status); err != nil || holder == "" {
		return err
	}
	s.holder, err = loadHolder(holder)
	return err
}

// draw writes a code to a file as a picture of that kind; "" is the bare text.
func (c *call) draw(text, kind, file string) error {
	drawing, err := drawCode(text, kind)
	if err != nil {
		return err
	}
	return c.write(file, drawing)
}

func drawCode(text, kind string) ([]byte, error) {
	if kind == "" {
		return []byte(text + "\n"), nil
	}
	s, err := encodeQR(text)
	if err != nil {
		return nil, err
	}
	switch kind {
	case "png":
		return s.png()
	case "svg":
		return s.svg(), nil
	case "terminal":
		return s.terminal(), nil
	}
	return nil, fmt.Errorf("--qr %q: want png, svg or terminal", kind)
}

// write writes to a file, or to standard output for "-".
func (c *call) write(path string, data []byte) error {
	if path == "-" {
		_, err := c.out.Write(data)
		return err
	}
	return os.WriteFile(path, data, 0o644)
}

func parseFields(pairs []string) (map[string]any, error) {
	fields := make(map[string]any)
	for _, pair := range pairs {
		name, text, found := strings.Cut(pair, "=")
		if !found || name == "" {
			return nil, fmt.Errorf("--field %q: want NAME=VALUE", pair)
		}
		if _, twice := fields[name]; twice {
			return nil, fmt.Errorf("--field %s is given twice", name)
		}
		fields[name] = parseValue(text)
	}
	return fields, nil
}

func parseValue(text string) any {
	switch text {
	case "true":
		return true
	case "false":
		return false
	}
	if n, err := strconv.ParseInt(text, 10, 64); err == nil {
		return n
	}
	var quoted string
	if strings.HasPrefix(text, `"`) && json.Unmarshal([]byte(text), &quoted) == nil {
		return quoted
	}
	return text
}

func parseStatusRef(text string) (*verifier.StatusRef, error) {
	if text == "" {
		return nil, nil
	}
	at := strings.LastIndexByte(text, '#')
	if at <= 0 {
		return nil, fmt.Errorf("--status %q: want URI#INDEX", text)
	}
	index, err := strconv.ParseUint(text[at+1:], 10, 63)
	if err != nil {
		return nil, fmt.Errorf("--status %q: the index is no number", text)
	}
	return &verifier.StatusRef{URI: text[:at], Index: index}, nil
}
