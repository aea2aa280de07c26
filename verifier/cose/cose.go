// Package cose opens and builds COSE_Sign1 messages (RFC 9052 §4.2) and the CWT claims in them (RFC 8392).
//
// It takes signed messages apart and rebuilds the bytes under the signature; it checks no signature, picks
// no key and judges no date. It may import the standard library and package cbor.
package cose

import (
	"errors"
	"fmt"

	"vratar/verifier/cbor"
)

// Algorithm identifiers (RFC 9053 §2, RFC 8812 §2).
const (
	ES256 = -7
	EdDSA = -8
	ES384 = -35
	ES512 = -36
	PS256 = -37
	RS256 = -257
)

// AlgorithmName is the JOSE name of a COSE algorithm identifier, empty for one that is not supported.
func AlgorithmName(id int64) string {
	switch id {
	case ES256:
		return "ES256"
	case EdDSA:
		return "EdDSA"
	case ES384:
		return "ES384"
	case ES512:
		return "ES512"
	case PS256:
		return "PS256"
	case RS256:
		return "RS256"
	}
	return ""
}

// CBOR tags around a message.
const (
	TagSign1 = 18 // RFC 9052 §2
	TagCWT   = 61 // RFC 8392 §6
)

// Header labels (RFC 9052 §3.1, RFC 9360 §2, RFC 9596 §2).
const (
	labelAlgorithm = 1
	labelCritical  = 2
	labelKeyID     = 4
	labelType      = 16
	labelChain     = 33
)

// Sign1 is an opened COSE_Sign1. Its slices are views of the parsed input.
type Sign1 struct {
	// Algorithm is label 1 of the protected header, 0 when it is not there or is a text, which names none
	// that is supported.
	Algorithm int64
	// UnprotectedAlgorithm is label 1 of the unprotected header, 0 when it is not there. RFC 9052 §3.1 wants
	// the algorithm protected; only a format whose specification says otherwise may look here.
	UnprotectedAlgorithm int64
	// KeyID is label 4, from the protected header if it is there, else from the unprotected one. It is only
	// a hint which key to try, so its place does not matter (RFC 9052 §3.1).
	KeyID []byte
	// Type is label 16 of the protected header as text, empty when it is not there.
	Type string
	// Chain is label 33, DER certificates leaf first, from either header. It is never trusted by itself.
	Chain [][]byte

	Protected []byte // content of the protected byte string exactly as received
	Payload   []byte
	Signature []byte // any length; what fits the algorithm is decided where it is checked

	CWT bool // tag 61 stood outside
}

var (
	errNotSign1   = errors.New("cose: not an array of four")
	errTag        = errors.New("cose: neither COSE_Sign1 nor CWT tag")
	errCritical   = errors.New("cose: critical header is not understood")
	errNoPayload  = errors.New("cose: payload is not in the message")
	errPayload    = errors.New("cose: payload is in the message and elsewhere")
	errBadHeader  = errors.New("cose: header is not a map")
	errBadField   = errors.New("cose: header value of a wrong type")
	errBadPayload = errors.New("cose: claims are not a map")
)

// ParseSign1 opens b, which must be exactly one COSE_Sign1: untagged, tagged 18, or tagged 18 inside 61.
// The payload must be attached. Errors say what is wrong and, where CBOR is at fault, at which offset.
func ParseSign1(b []byte) (Sign1, error) { return parseSign1(b, false, nil) }

// ParseSign1In is ParseSign1 with the list of certificates in room, as far as it has room for them.
func ParseSign1In(b []byte, room [][]byte) (Sign1, error) { return parseSign1(b, false, room) }

// ParseDetached opens b like ParseSign1, but the payload must be elsewhere: null stands in its place
// (RFC 9052 §4.1).
func ParseDetached(b []byte) (Sign1, error) { return parseSign1(b, true, nil) }

func parseSign1(b []byte, detached bool, room [][]byte) (Sign1, error) {
	message, err := cbor.Parse(b)
	if err != nil {
		return Sign1{}, err
	}
	s := Sign1{Chain: room[:0]}
	if n, content, ok := message.Tag(); ok && n == TagCWT {
		s.CWT, message = true, content
	}
	if n, content, ok := message.Tag(); ok {
		if n != TagSign1 {
			return Sign1{}, errTag
		}
		message = content
	}
	if message.Kind() != cbor.Array {
		return Sign1{}, errNotSign1
	}
	parts := message.Walk()
	protected, unprotected, payload, signature := parts.Next(), parts.Next(), parts.Next(), parts.Next()
	if signature.Kind() == cbor.Absent || parts.More() {
		return Sign1{}, errNotSign1
	}
	var ok [3]bool
	s.Protected, ok[0] = protected.Bytes()
	s.Payload, ok[1] = payload.Bytes()
	s.Signature, ok[2] = signature.Bytes()
	absent := payload.Kind() == cbor.Null
	ok[1] = ok[1] || absent
	switch {
	case absent && !detached:
		return Sign1{}, errNoPayload
	case !absent && detached:
		return Sign1{}, errPayload
	case ok != [3]bool{true, true, true}:
		return Sign1{}, errNotSign1
	}
	if err := s.readHeaders(unprotected); err != nil {
		return Sign1{}, err
	}
	return s, nil
}

func (s *Sign1) readHeaders(unprotected cbor.Item) error {
	var protected cbor.Item // stays absent for the empty string that stands for an empty map
	if len(s.Protected) > 0 {
		var err error
		if protected, err = cbor.Parse(s.Protected); err != nil {
			return fmt.Errorf("cose: protected header: %w", err)
		}
	}
	if unprotected.Kind() != cbor.Map || (protected.Kind() != cbor.Map && protected.Kind() != cbor.Absent) {
		return errBadHeader
	}
	p, u := pick(protected), pick(unprotected)
	if p.critical.Kind() != cbor.Absent {
		return errCritical // RFC 9052 §3.1: what is not understood must not be processed
	}
	return errors.Join(
		integer(&s.Algorithm, p.algorithm),
		integer(&s.UnprotectedAlgorithm, u.algorithm),
		s.readKeyID(p.keyID, u.keyID),
		s.readType(p.kind),
		s.readChain(p.chain, u.chain),
	)
}

// parameters are those of a header that are understood.
type parameters struct{ algorithm, critical, keyID, kind, chain cbor.Item }

func pick(header cbor.Item) (p parameters) {
	for rest := header.Walk(); rest.More(); {
		key, value := rest.Next(), rest.Next()
		label, _ := key.Int()
		switch label {
		case labelAlgorithm:
			p.algorithm = value
		case labelCritical:
			p.critical = value
		case labelKeyID:
			p.keyID = value
		case labelType:
			p.kind = value
		case labelChain:
			p.chain = value
		}
	}
	return p
}

// integer sets *v to a header value that is an integer. An algorithm may be a text too; none of those is
// supported, so it counts as absent.
func integer(v *int64, i cbor.Item) error {
	var ok bool
	if *v, ok = i.Int(); !ok && i.Kind() != cbor.Absent && i.Kind() != cbor.Text {
		return errBadField
	}
	return nil
}

// readKeyID takes the key identifier as bytes; the text some issuers write counts as its UTF-8 bytes.
func (s *Sign1) readKeyID(protected, unprotected cbor.Item) error {
	kid := protected
	if kid.Kind() == cbor.Absent {
		kid = unprotected
	}
	if kid.Kind() == cbor.Absent || kid.Kind() == cbor.Undefined {
		return nil // a wide-spread mdoc library writes undefined for a key without name
	}
	var ok bool
	if s.KeyID, ok = kid.Bytes(); ok {
		return nil
	}
	if s.KeyID, ok = kid.TextBytes(); ok {
		return nil
	}
	return errBadField
}

// readType accepts a text or an unsigned content-format number (RFC 9596 §2), of which only the text is kept.
func (s *Sign1) readType(i cbor.Item) error {
	if s.Type, _ = i.Text(); s.Type != "" || i.Kind() == cbor.Absent {
		return nil
	}
	if _, ok := i.Uint(); !ok {
		return errBadField
	}
	return nil
}

func (s *Sign1) readChain(protected, unprotected cbor.Item) error {
	chain := protected
	if chain.Kind() == cbor.Absent {
		chain = unprotected
	}
	if der, ok := chain.Bytes(); ok { // RFC 9360 §2: a single certificate stands alone
		s.Chain = append(s.Chain, der)
		return nil
	}
	for e := range chain.Elements() {
		der, ok := e.Bytes()
		if !ok {
			return errBadField
		}
		s.Chain = append(s.Chain, der)
	}
	if chain.Kind() != cbor.Absent && len(s.Chain) == 0 {
		return errBadField
	}
	if len(s.Chain) == 0 {
		s.Chain = nil
	}
	return nil
}

// AppendSigStructure appends the bytes under the signature: the Sig_structure of RFC 9052 §4.4 with the
// context "Signature1" and no external data. protected and payload are taken as they are, never re-encoded.
func AppendSigStructure(dst, protected, payload []byte) []byte {
	dst = cbor.AppendArrayHead(dst, 4)
	dst = cbor.AppendText(dst, "Signature1")
	dst = cbor.AppendBytes(dst, protected)
	dst = cbor.AppendBytes(dst, nil)
	return cbor.AppendBytes(dst, payload)
}

// AppendSign1 appends a message tagged 18 from its parts. unprotected is an encoded map, nil for none.
func AppendSign1(dst []byte, s Sign1, unprotected []byte) []byte {
	if s.CWT {
		dst = cbor.AppendTag(dst, TagCWT)
	}
	dst = cbor.AppendTag(dst, TagSign1)
	dst = cbor.AppendArrayHead(dst, 4)
	dst = cbor.AppendBytes(dst, s.Protected)
	if unprotected == nil {
		dst = cbor.AppendMapHead(dst, 0)
	}
	dst = append(dst, unprotected...)
	dst = cbor.AppendBytes(dst, s.Payload)
	return cbor.AppendBytes(dst, s.Signature)
}

// AppendProtected appends the content of a protected header with the algorithm and, unless empty, the key
// identifier and the type.
func AppendProtected(dst []byte, s Sign1) []byte {
	n := 1
	if len(s.KeyID) > 0 {
		n++
	}
	if s.Type != "" {
		n++
	}
	dst = cbor.AppendMapHead(dst, n)
	dst = cbor.AppendInt(cbor.AppendInt(dst, labelAlgorithm), s.Algorithm)
	if len(s.KeyID) > 0 {
		dst = cbor.AppendBytes(cbor.AppendInt(dst, labelKeyID), s.KeyID)
	}
	if s.Type != "" {
		dst = cbor.AppendText(cbor.AppendInt(dst, labelType), s.Type)
	}
	return dst
}
