// Package document opens the gateway's own credentials, VR1: the text VR1: + Base45 (RFC 9285) of a
// COSE_Sign1 (RFC 9052, tag 18), zlib-compressed where that is shorter, of a CWT (RFC 8392); and VR2, the same
// credential shown by the device that holds its key.
//
// Claims: 1 iss, 6 iat and 7 cti must be there; 4 exp, 5 nbf, 8 cnf (RFC 8747, the holder's key), 65535 status
// (Token Status List) and 169 identity claims may be; -70001 is the document {0: type, 1: number, 2: fields}, of
// which only the number and the fields may be missing. What the document map holds beyond that is refused: a
// limit that is not understood must not be overlooked.
//
// VR2: + Base45 of the CBOR array [credential, proof]. The credential is a byte string, the message of VR1,
// compressed or not. The proof is a COSE_Sign1 with tag 18 that the key in cnf, {1: COSE_Key}, made over
// {6: now, 7: nonce}; 3 aud may say for whom. It names no credential, so an issuer binds each to a key of its
// own. The device makes a new one every 15 s.
//
// Decoding is strict and bounded and judges nothing. The package may import package verifier and the wire
// parts.
package document

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

// Format is VR1 and VR2. The zero value is ready.
type Format struct{}

var _ verifier.ArenaFormat = Format{}

const (
	prefix          = "VR1:"
	prefixPresented = "VR2:" // as long as prefix
	// maxInflated bounds the decompressed message, in bytes. A QR code holds 2,900; what compresses further
	// than to a fifth is no document.
	maxInflated = 16 << 10
	// maxKept is how large a scratch buffer may be and still be kept for the next scan.
	maxKept = 4 << 10
	// tagged is the first byte of a message with tag 18, zlibbed that of a zlib stream. Neither can be the other.
	tagged  = 0xc0 | cose.TagSign1
	zlibbed = 0x78
)

var (
	errVersion   = errors.New("document: neither VR1 nor VR2")
	errMessage   = errors.New("document: neither a tagged COSE_Sign1 nor zlib")
	errConfirm   = errors.New("document: the holder's key is not in a map")
	errAlgorithm = errors.New("document: signature algorithm is not supported")
)

// Name is the format's public spelling.
func (Format) Name() string { return "document" }

// Sniff recognises VR1:, VR2: and the prefixes of versions to come.
func (Format) Sniff(payload []byte) bool {
	p := trim(payload)
	return len(p) >= len(prefix) && p[0] == 'V' && p[1] == 'R' && p[2] >= '0' && p[2] <= '9' && p[3] == ':'
}

// trim drops the line end that scanners add. Base45 text never ends in a blank: 36 is too large a value for
// the last character of a group.
func trim(payload []byte) []byte { return bytes.Trim(payload, " \t\r\n") }

// scratch holds the intermediate forms of one payload. Nothing of it survives Decode.
type scratch struct{ packed, plain []byte }

var scratches = sync.Pool{New: func() any { return new(scratch) }}

// Decode opens payload. Refusals are ReasonUnsupportedVersion, ReasonTooLarge, ReasonUnsupportedAlgorithm
// and ReasonMalformed.
func (f Format) Decode(payload []byte) (*verifier.Credential, error) {
	return f.DecodeIn(new(verifier.Arena), payload)
}

// DecodeIn is Decode with the credential and the holder's proof in a.
func (Format) DecodeIn(a *verifier.Arena, payload []byte) (*verifier.Credential, error) {
	text := trim(payload)
	presented := bytes.HasPrefix(text, []byte(prefixPresented))
	if !presented && !bytes.HasPrefix(text, []byte(prefix)) {
		return nil, verifier.Refuse(verifier.ReasonUnsupportedVersion, errVersion)
	}
	s := scratches.Get().(*scratch)
	defer func() {
		if cap(s.packed)+cap(s.plain) <= maxKept {
			scratches.Put(s)
		}
	}()
	var err error
	if s.packed, err = base45.AppendDecode(s.packed[:0], text[len(prefix):]); err != nil {
		return nil, malformed(err)
	}
	if presented {
		return s.decodePresented(a, s.packed)
	}
	message, err := s.unpack(s.packed)
	if err != nil {
		return nil, err
	}
	return decodeMessage(a, message)
}

func malformed(err error) error { return verifier.Refuse(verifier.ReasonMalformed, err) }

// unpack returns the message that message holds, in the scratch memory where it was compressed.
func (s *scratch) unpack(message []byte) (_ []byte, err error) {
	if len(message) > 0 && message[0] == zlibbed {
		s.plain, err = inflate.Zlib(s.plain[:0], message, maxInflated)
		if errors.Is(err, inflate.ErrTooLarge) {
			return nil, verifier.Refuse(verifier.ReasonTooLarge, err)
		}
		if err != nil {
			return nil, malformed(err)
		}
		message = s.plain
	}
	if len(message) == 0 || message[0] != tagged {
		return nil, malformed(errMessage)
	}
	return message, nil
}

func decodeMessage(a *verifier.Arena, message []byte) (*verifier.Credential, error) {
	c, _, err := decodeBound(a, message)
	return c, err
}

// decodeBound also returns the cnf claim, a view of message; absent where the credential is anybody's.
func decodeBound(a *verifier.Arena, message []byte) (_ *verifier.Credential, confirm cbor.Item, _ error) {
	s, err := cose.ParseSign1(message)
	if err != nil {
		return nil, confirm, malformed(err)
	}
	alg := verifier.AlgorithmByName(cose.AlgorithmName(s.Algorithm))
	if alg == verifier.AlgorithmNone || alg == verifier.RS256 {
		return nil, confirm, verifier.Refuse(verifier.ReasonUnsupportedAlgorithm, fmt.Errorf("%w: %d", errAlgorithm, s.Algorithm))
	}
	c := a.Begin(4 * len(message)) // the signed bytes, and the claims, which are longer as JSON
	claims, err := cose.ParseClaimsWith(s.Payload, a.Text)
	if err == nil && claims.Confirm.Kind() != cbor.Absent && claims.Confirm.Kind() != cbor.Map {
		err = errConfirm
	}
	if err != nil {
		return nil, confirm, malformed(err)
	}
	c.Format = Format{}.Name()
	c.Issuer, c.ID = claims.Issuer, a.Bytes(claims.ID)
	c.IssuedAt, c.NotBefore, c.ExpiresAt = claims.IssuedAt, claims.NotBefore, claims.ExpiresAt
	c.Bound = claims.Confirm.Kind() != cbor.Absent
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
	if claims.HasStatus {
		c.Status = a.Status(verifier.StatusRef{URI: claims.Status.URI, Index: claims.Status.Index})
	}
	if err := describe(a, c, claims.All); err != nil {
		return nil, confirm, malformed(err)
	}
	return c, claims.Confirm, nil
}
