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

// Claims is an opened CWT claims set. Its slices and items are views of the parsed payload.
type Claims struct {
	Issuer    string
	Subject   string
	Audience  []string
	ExpiresAt time.Time  // zero: not stated
	NotBefore time.Time  // zero: not stated
	IssuedAt  time.Time  // zero: not stated
	ID        []byte     // cti
	Confirm   cbor.Item  // cnf, RFC 8747; absent when it is not there
	Status    *StatusRef // nil: not stated
	All       cbor.Item  // the whole map, for claims of the format's own
}

// StatusRef points at one entry of a token status list.
type StatusRef struct {
	URI   string
	Index uint64
}

// ParseClaims opens a CWT payload: exactly one map whose registered claims have their registered types. An
// error names the claim.
func ParseClaims(payload []byte) (Claims, error) {
	all, err := cbor.Parse(payload)
	if err != nil {
		return Claims{}, fmt.Errorf("cose: claims: %w", err)
	}
	if all.Kind() != cbor.Map {
		return Claims{}, errBadPayload
	}
	c := Claims{All: all, Confirm: all.Get(ClaimConfirm)}
	r := reader{all: all}
	r.text(&c.Issuer, ClaimIssuer)
	r.text(&c.Subject, ClaimSubject)
	c.Audience = r.audience()
	r.date(&c.ExpiresAt, ClaimExpires)
	r.date(&c.NotBefore, ClaimNotBefore)
	r.date(&c.IssuedAt, ClaimIssuedAt)
	r.bytes(&c.ID, ClaimID)
	c.Status = r.status()
	return c, r.err
}

// reader fetches claims of one map and keeps the first fault.
type reader struct {
	all cbor.Item
	err error
}

func (r *reader) fault(label int64, want string) {
	if r.err == nil {
		r.err = fmt.Errorf("cose: claim %d is not %s", label, want)
	}
}

func (r *reader) text(v *string, label int64) {
	i := r.all.Get(label)
	var ok bool
	if *v, ok = i.Text(); !ok && i.Kind() != cbor.Absent {
		r.fault(label, "a text")
	}
}

// audience is one text or an array of them (RFC 8392 §3.1.3).
func (r *reader) audience() []string {
	i := r.all.Get(ClaimAudience)
	if one, ok := i.Text(); ok {
		return []string{one}
	}
	var all []string
	for e := range i.Elements() {
		one, ok := e.Text()
		if !ok {
			r.fault(ClaimAudience, "texts")
		}
		all = append(all, one)
	}
	if i.Kind() != cbor.Absent && i.Kind() != cbor.Array {
		r.fault(ClaimAudience, "texts")
	}
	return all
}

func (r *reader) bytes(v *[]byte, label int64) {
	i := r.all.Get(label)
	var ok bool
	if *v, ok = i.Bytes(); !ok && i.Kind() != cbor.Absent {
		r.fault(label, "a byte string")
	}
}

func (r *reader) date(v *time.Time, label int64) {
	i := r.all.Get(label)
	if i.Kind() == cbor.Absent {
		return
	}
	var ok bool
	if *v, ok = i.NumericDate(); !ok {
		*v = time.Time{}
		r.fault(label, "a date")
	}
}

// status reads the status_list member of the status claim. Any other status mechanism is a fault: what names
// a status that we cannot ask for must not pass for a credential without one.
func (r *reader) status() *StatusRef {
	status := r.all.Get(ClaimStatus)
	if status.Kind() == cbor.Absent {
		return nil
	}
	list := status.GetText("status_list")
	uri, ok1 := list.GetText("uri").Text()
	index, ok2 := list.GetText("idx").Uint()
	if !ok1 || !ok2 {
		r.fault(ClaimStatus, "a status list reference")
		return nil
	}
	return &StatusRef{URI: uri, Index: index}
}
