// Package claim169 opens identity QR codes with IANA CWT claim 169 (MOSIP 169 QR Code Specification 1.2.0), as
// MOSIP and national identity systems issue them.
//
// The text is Base45 without any prefix, of zlib, of a CWT in COSE_Sign1, which may itself stand in a
// COSE_Encrypt0. Decoding is strict and bounded and judges nothing: codes without a signature are opened too,
// and no key will ever prove them. It may import package verifier and the wire parts.
package claim169

import (
	"bytes"
	"errors"
	"fmt"
	"sync"

	"vratar/verifier"
	"vratar/verifier/base45"
	"vratar/verifier/cbor"
	"vratar/verifier/cose"
	"vratar/verifier/inflate"
)

// Format is the identity QR format. The zero value is ready and refuses encrypted codes.
type Format struct {
	// Keys are AES keys of 16, 24 or 32 bytes that open encrypted codes. They only unlock: what stands inside
	// must still be signed by somebody who is trusted.
	Keys [][]byte
}

var _ verifier.ArenaFormat = Format{}

const (
	// maxInflated bounds the decompressed message, in bytes: ten times what the largest symbol carries.
	maxInflated = 32 << 10
	// claimIdentity is where the identity stands in the CWT.
	claimIdentity = 169
	// claimDocument is private to our own documents, which carry claim 169 too. Such a code must be judged as what
	// it was issued as: a document bound to its holder's key would else pass as an identity that is anybody's,
	// once its prefix is cut off.
	claimDocument = -70001
)

var (
	errAlgorithm = errors.New("claim169: the algorithm is not supported")
	errIdentity  = errors.New("claim169: no identity in the claims")
	errDocument  = errors.New("claim169: a document of another format whose prefix is missing")
	errUntagged  = errors.New("claim169: neither COSE_Sign1 nor COSE_Encrypt0 by its tags")
)

// Name is the format's public spelling.
func (Format) Name() string { return "claim169" }

// headers are the four zlib headers with a full window (RFC 1950 §2.2), 78 01, 78 5E, 78 9C and 78 DA, as the
// first group of Base45.
var headers = [...]string{"V7F", "Y9F", "6BF", "NCF"}

// Sniff recognises text that is of the Base45 alphabet from end to end and begins with a zlib header. There
// is no other mark, so nothing less is claimed.
func (Format) Sniff(payload []byte) bool {
	p := trim(payload)
	if len(p) < 6 || len(p)%3 == 1 {
		return false
	}
	for _, h := range headers {
		if string(p[:3]) == h {
			return inAlphabet(p)
		}
	}
	return false
}

func inAlphabet(p []byte) bool {
	for _, c := range p {
		switch {
		case c >= '0' && c <= ':', c >= 'A' && c <= 'Z':
		case c == ' ', c == '$', c == '%', c >= '*' && c <= '/' && c != ',':
		default:
			return false
		}
	}
	return true
}

// trim drops the line end that scanners add. Base45 text never ends in a blank: 36 is too large a value for
// the last character of a group.
func trim(payload []byte) []byte { return bytes.Trim(payload, " \t\r\n") }

// scratch holds the intermediate forms of one payload, bounded by the longest payload and by maxInflated.
// Nothing of it survives Decode.
type scratch struct{ packed, plain []byte }

var scratches = sync.Pool{New: func() any { return new(scratch) }}

// Decode opens payload. Refusals are ReasonTooLarge, ReasonUnsupportedAlgorithm (also for an encrypted code
// that no key opens) and ReasonMalformed.
func (f Format) Decode(payload []byte) (*verifier.Credential, error) {
	return f.DecodeIn(new(verifier.Arena), payload)
}

// DecodeIn is Decode with the credential in a.
func (f Format) DecodeIn(a *verifier.Arena, payload []byte) (*verifier.Credential, error) {
	s := scratches.Get().(*scratch)
	defer scratches.Put(s)
	var err error
	if s.packed, err = base45.AppendDecode(s.packed[:0], trim(payload)); err != nil {
		return nil, malformed(err)
	}
	if s.plain, err = inflate.Zlib(s.plain[:0], s.packed, maxInflated); err != nil {
		if errors.Is(err, inflate.ErrTooLarge) {
			return nil, verifier.Refuse(verifier.ReasonTooLarge, err)
		}
		return nil, malformed(err)
	}
	return f.decodeMessage(a, s.plain)
}

func malformed(err error) error { return verifier.Refuse(verifier.ReasonMalformed, err) }

func (f Format) decodeMessage(a *verifier.Arena, message []byte) (*verifier.Credential, error) {
	item, err := cbor.Parse(message)
	if err != nil {
		return nil, malformed(err)
	}
	switch outerTag(item) {
	case cose.TagSign1:
		return decodeSigned(a, message)
	case tagEncrypt0:
		return f.decodeEncrypted(a, item)
	}
	return nil, malformed(errUntagged)
}

// outerTag is the tag of a message, with or without the tag of a CWT around it; 0 without.
func outerTag(message cbor.Item) uint64 {
	n, content, _ := message.Tag()
	if n == cose.TagCWT {
		n, _, _ = content.Tag()
	}
	return n
}

func decodeSigned(a *verifier.Arena, message []byte) (*verifier.Credential, error) {
	s, err := cose.ParseSign1(message)
	if err != nil {
		return nil, malformed(err)
	}
	alg := verifier.AlgorithmByName(cose.AlgorithmName(s.Algorithm))
	if alg == verifier.AlgorithmNone {
		return nil, verifier.Refuse(verifier.ReasonUnsupportedAlgorithm, fmt.Errorf("%w: %d", errAlgorithm, s.Algorithm))
	}
	c, err := decodeClaims(a, s.Payload)
	if err != nil {
		return nil, err
	}
	c.Proof = verifier.Proof{
		Algorithm: alg,
		KeyID:     a.Bytes(s.KeyID),
		Signed:    a.Keep(cose.AppendSigStructure(a.Tail(len(s.Payload)+len(s.Protected)+32), s.Protected, s.Payload)),
		Signature: a.Bytes(s.Signature),
	}
	if len(s.Chain) > 0 {
		c.Proof.Chain = a.List(len(s.Chain))
	}
	for _, der := range s.Chain {
		c.Proof.Chain = append(c.Proof.Chain, a.Bytes(der))
	}
	return c, nil
}

// decodeClaims opens the CWT claims set. Its credential has no proof yet.
func decodeClaims(a *verifier.Arena, payload []byte) (*verifier.Credential, error) {
	c := a.Begin(4 * len(payload)) // the signed bytes, and the claims, which are longer as JSON
	claims, err := cose.ParseClaimsWith(payload, a.Text)
	if err != nil {
		return nil, malformed(err)
	}
	if claims.All.Get(claimDocument).Kind() != cbor.Absent {
		return nil, malformed(errDocument)
	}
	identity, err := identityOf(claims.All)
	if err != nil {
		return nil, malformed(err)
	}
	c.Format, c.Type = Format{}.Name(), "identity"
	c.Issuer, c.ID = claims.Issuer, a.Bytes(claims.ID)
	c.IssuedAt, c.NotBefore, c.ExpiresAt = claims.IssuedAt, claims.NotBefore, claims.ExpiresAt
	c.Claims = a.Keep(appendIdentity(a.Tail(2*len(identity.Raw())), identity))
	c.SchemaFault = checkIdentity(identity)
	c.Bound = claims.Confirm.Kind() != cbor.Absent // RFC 8747; no presentation of this format proves it
	if claims.HasStatus {
		c.Status = a.Status(verifier.StatusRef{URI: claims.Status.URI, Index: claims.Status.Index})
	}
	describe(a, c, identity)
	return c, nil
}

// identityOf is the map under claim 169. The specification's own worked example (§3.2.1) wraps it in a byte
// string.
func identityOf(all cbor.Item) (cbor.Item, error) {
	identity := all.Get(claimIdentity)
	if inner, ok := identity.Bytes(); ok {
		var err error
		if identity, err = cbor.Parse(inner); err != nil {
			return cbor.Item{}, err
		}
	}
	if identity.Kind() != cbor.Map {
		return cbor.Item{}, errIdentity
	}
	return identity, nil
}
