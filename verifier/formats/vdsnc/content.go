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
	errIssuer = errors.New("vdsnc: schema: the issuer is not a code of one to three capitals")
	errID     = errors.New("vdsnc: schema: the certificate has no identifier of 1 to 12 characters")
	errHolder = errors.New("vdsnc: schema: the person has no name")
	errBirth  = errors.New("vdsnc: schema: dob is not a date")
)

// describe fills in what the signed data says, in its canonical form.
func describe(c *verifier.Credential, data []byte) error {
	o, err := jose.ParseObject(data)
	if err != nil {
		return malformed(err)
	}
	header, errHeader := o.Object("hdr")
	message, errMessage := o.Object("msg")
	if err := errors.Join(errHeader, errMessage); err != nil {
		return malformed(err)
	}
	if o.Get("msg") == nil || header == nil {
		return malformed(errParts)
	}
	if v, err := header.Uint("v"); err != nil || v != version {
		return verifier.Refuse(verifier.ReasonUnsupportedVersion, fmt.Errorf("%w: %s", errVersion, header.Get("v")))
	}
	kind, errKind := header.Text("t")
	issuer, errIs := header.Text("is")
	if err := errors.Join(errKind, errIs); err != nil {
		return malformed(err)
	}
	if kind == "" || issuer == "" {
		return malformed(errNoIssuer)
	}
	c.Type, c.Issuer, c.Claims = kind, issuer, o.Get("msg")
	c.SchemaFault = describeMessage(c, message)
	if strings.Trim(issuer, "ABCDEFGHIJKLMNOPQRSTUVWXYZ") != "" || len(issuer) > 3 {
		c.SchemaFault = errIssuer
	}
	return nil
}

// describeMessage reads the message of a seal of a known kind and says where it breaks the schema; of others
// nothing is known.
func describeMessage(c *verifier.Credential, message jose.Object) error {
	kind, known := documents[c.Type]
	if !known {
		return nil
	}
	c.Type = kind.document
	person, err := message.Object("pid")
	if err != nil {
		return err
	}
	id, errID1 := message.Text(kind.id)
	name, errName := person.Text("n")
	birth, errDOB := person.Text("dob")
	number, errNumber := person.Text(kind.number)
	c.Holder = verifier.Holder{Name: name, BirthDate: birth, DocumentNumber: number}
	if id != "" {
		c.ID = []byte(id)
	}
	switch err := errors.Join(errID1, errName, errDOB, errNumber); {
	case err != nil:
		return err
	case id == "" || len(id) > 12:
		return errID
	case name == "":
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
