package vdsnc

import (
	"errors"
	"fmt"
	"strings"
	"time"

	"vratar/verifier"
	"vratar/verifier/jose"
)

// Extended key usages in ICAO's arc (Doc 9303-12 §4.1.1, VDS-NC §6.4): a certificate for master lists or
// deviation lists does not sign seals.
const (
	useSeals          = "2.23.136.1.1.14.2"
	useMasterLists    = "2.23.136.1.1.3"
	useDeviationLists = "2.23.136.1.1.8"
)

var keyUse = verifier.KeyUse{Group: []string{useSeals, useMasterLists, useDeviationLists}, Need: []string{useSeals}}

// documents are the kinds of seals with our word for them and the member that identifies one. Others are named
// as they name themselves.
var documents = map[string]struct{ document, id, number string }{
	"icao.vacc": {"vaccination", "uvci", "i"},
	"icao.test": {"test", "utci", "dn"},
}

var (
	errData   = errors.New("vdsnc: data, hdr or msg is not an object")
	errHeader = errors.New("vdsnc: t or is in the header is not a text")
	errIssuer = errors.New("vdsnc: schema: the issuer is not a code of one to three capitals")
	errPerson = errors.New("vdsnc: schema: pid is not an object")
	errID     = errors.New("vdsnc: schema: the certificate has no identifier of 1 to 12 characters")
	errHolder = errors.New("vdsnc: schema: the person has no name")
	errBirth  = errors.New("vdsnc: schema: dob is not a date")
)

// describe fills in what the signed data says, in its canonical form, which is in the arena.
func describe(a *verifier.Arena, c *verifier.Credential, data jose.Value) error {
	header, message := data.Get("hdr"), data.Get("msg")
	switch {
	case data.Kind() != jose.Map || !isObject(header) || !isObject(message):
		return malformed(errData)
	case message.Kind() == jose.Absent || header.Kind() == jose.Absent || header.IsEmpty():
		return malformed(errParts)
	}
	if v, err := header.Get("v").Uint(); err != nil || v != version {
		return verifier.Refuse(verifier.ReasonUnsupportedVersion, fmt.Errorf("%w: %s", errVersion, header.Get("v").Raw()))
	}
	var errKind, errIs error
	c.Type, errKind = header.Get("t").Text(a)
	c.Issuer, errIs = header.Get("is").Text(a)
	if errKind != nil || errIs != nil {
		return malformed(errHeader)
	}
	if c.Type == "" || c.Issuer == "" {
		return malformed(errNoIssuer)
	}
	c.Claims = message.Raw()
	c.SchemaFault = describeMessage(a, c, message)
	if strings.Trim(c.Issuer, "ABCDEFGHIJKLMNOPQRSTUVWXYZ") != "" || len(c.Issuer) > 3 {
		c.SchemaFault = errIssuer
	}
	return nil
}

// isObject is true of an absent member, too.
func isObject(v jose.Value) bool { return v.Kind() == jose.Map || v.Kind() == jose.Absent }

// describeMessage reads the message of a seal of a known kind and says where it breaks the schema; of others
// nothing is known.
func describeMessage(a *verifier.Arena, c *verifier.Credential, message jose.Value) error {
	kind, known := documents[c.Type]
	if !known {
		return nil
	}
	c.Type = kind.document
	person := message.Get("pid")
	if !isObject(person) {
		return errPerson
	}
	var errs [4]error
	var id []byte
	named := message.Get(kind.id)
	id, errs[0] = named.AppendText(a.Tail(len(named.Raw())))
	if c.ID = a.Keep(id); len(id) == 0 {
		c.ID = nil
	}
	c.Holder.Name, errs[1] = person.Get("n").Text(a)
	c.Holder.BirthDate, errs[2] = person.Get("dob").Text(a)
	c.Holder.DocumentNumber, errs[3] = person.Get(kind.number).Text(a)
	for i, err := range errs {
		if err != nil {
			return fmt.Errorf("vdsnc: schema: member %q: %w", [...]string{kind.id, "n", "dob", kind.number}[i], err)
		}
	}
	switch birth := c.Holder.BirthDate; {
	case len(id) == 0 || len(id) > 12:
		return errID
	case c.Holder.Name == "":
		return errHolder
	case birth != "" && !isDate(birth):
		return errBirth
	}
	return nil
}

// isDate accepts a whole date, or as much of it as is known.
func isDate(s string) bool {
	for _, layout := range []string{"2006-01-02", "2006-01", "2006"} {
		if _, err := time.Parse(layout, s); err == nil {
			return true
		}
	}
	return false
}
