package cose

import (
	"fmt"
	"time"

	"vratar/verifier/cbor"
)

// CWT claim keys (RFC 8392 §4, RFC 8747 §3, draft-ietf-oauth-status-list §6).
const (
	ClaimIssuer     = 1
	ClaimSubject    = 2
	ClaimAudience   = 3
	ClaimExpires    = 4
	ClaimNotBefore  = 5
	ClaimIssuedAt   = 6
	ClaimID         = 7
	ClaimConfirm    = 8
	ClaimTTL        = 65534
	ClaimStatus     = 65535
	ClaimStatusList = 65533
)

// Claims is an opened CWT claims set. Its slices and items are views of the parsed payload, its texts are copies.
type Claims struct {
	Issuer    string
	Subject   string
	Audience  []string
	ExpiresAt time.Time // zero: not stated
	NotBefore time.Time // zero: not stated
	IssuedAt  time.Time // zero: not stated
	ID        []byte    // cti
	Confirm   cbor.Item // cnf, RFC 8747; absent when it is not there
	Status    StatusRef // meaningful when HasStatus
	HasStatus bool      // the claim is there
	All       cbor.Item // the whole map, for claims of the format's own
}

// StatusRef points at one entry of a token status list.
type StatusRef struct {
	URI   string
	Index uint64
}

// ParseClaims opens a CWT payload: exactly one map whose registered claims have their registered types. An
// error names the claim.
func ParseClaims(payload []byte) (Claims, error) {
	return ParseClaimsWith(payload, func(b []byte) string { return string(b) })
}

// ParseClaimsWith is ParseClaims for callers who keep texts in memory of their own: each is what text makes of a
// view of it.
func ParseClaimsWith(payload []byte, text func([]byte) string) (Claims, error) {
	all, err := cbor.Parse(payload)
	if err != nil {
		return Claims{}, fmt.Errorf("cose: claims: %w", err)
	}
	if all.Kind() != cbor.Map {
		return Claims{}, errBadPayload
	}
	c := Claims{All: all}
	for rest := all.Walk(); rest.More(); {
		key, value := rest.Next(), rest.Next()
		label, ok := key.Int()
		if !ok {
			continue
		}
		if want := c.read(label, value, text); want != "" {
			return c, fmt.Errorf("cose: claim %d is not %s", label, want)
		}
	}
	return c, nil
}

// read takes one claim, and says what the claim should be if it is not.
func (c *Claims) read(label int64, value cbor.Item, text func([]byte) string) (want string) {
	ok := true
	switch label {
	case ClaimIssuer, ClaimSubject:
		var s []byte
		if s, ok = value.TextBytes(); !ok {
			return "a text"
		}
		if label == ClaimIssuer {
			c.Issuer = text(s)
		} else {
			c.Subject = text(s)
		}
	case ClaimAudience:
		if c.Audience, ok = audience(value, text); !ok {
			return "texts"
		}
	case ClaimExpires:
		c.ExpiresAt, ok = value.NumericDate()
	case ClaimNotBefore:
		c.NotBefore, ok = value.NumericDate()
	case ClaimIssuedAt:
		c.IssuedAt, ok = value.NumericDate()
	case ClaimID:
		if c.ID, ok = value.Bytes(); !ok {
			return "a byte string"
		}
	case ClaimConfirm:
		c.Confirm = value
	case ClaimStatus:
		if c.Status, c.HasStatus = status(value, text); !c.HasStatus {
			return "a status list reference"
		}
	}
	if !ok {
		return "a date"
	}
	return ""
}

// audience is one text or an array of them (RFC 8392 §3.1.3).
func audience(i cbor.Item, text func([]byte) string) ([]string, bool) {
	if one, ok := i.TextBytes(); ok {
		return []string{text(one)}, true
	}
	var all []string
	for e := i.Walk(); e.More(); {
		one, ok := e.Next().TextBytes()
		if !ok {
			return nil, false
		}
		all = append(all, text(one))
	}
	return all, i.Kind() == cbor.Array
}

// status reads the status_list member of the status claim. Any other status mechanism is a fault: what names
// a status that we cannot ask for must not pass for a credential without one.
func status(claim cbor.Item, text func([]byte) string) (ref StatusRef, ok bool) {
	list := claim.GetText("status_list")
	uri, ok1 := list.GetText("uri").TextBytes()
	index, ok2 := list.GetText("idx").Uint()
	if !ok1 || !ok2 {
		return StatusRef{}, false
	}
	return StatusRef{URI: text(uri), Index: index}, true
}
