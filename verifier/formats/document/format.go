// Package document opens the gateway's own credentials, VR1: the text VR1: + Base45 (RFC 9285) of a
// COSE_Sign1 (RFC 9052, tag 18), zlib-compressed where that is shorter, of a CWT (RFC 8392).
//
// Claims: 1 iss, 6 iat and 7 cti must be there; 4 exp, 5 nbf, 65535 status (Token Status List) and 169
// identity claims may be; -70001 is the document {0: type, 1: number, 2: fields}, of which only the number
// and the fields may be missing. What the document map holds beyond that is refused: a limit that is not
// understood must not be overlooked.
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
	"vratar/verifier/cose"
	"vratar/verifier/inflate"
)

// Format is the VR1 format. The zero value is ready.
type Format struct{}

var _ verifier.Format = Format{}

const (
	prefix = "VR1:"
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
	errVersion   = errors.New("document: another version than VR1")
	errMessage   = errors.New("document: neither a tagged COSE_Sign1 nor zlib")
	errAlgorithm = errors.New("document: signature algorithm is not supported")
)

// Name is the format's public spelling.
func (Format) Name() string { return "document" }

// Sniff recognises VR1: and the prefixes of versions to come.
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
func (Format) Decode(payload []byte) (*verifier.Credential, error) {
	text, ok := bytes.CutPrefix(trim(payload), []byte(prefix))
	if !ok {
		return nil, verifier.Refuse(verifier.ReasonUnsupportedVersion, errVersion)
	}
	s := scratches.Get().(*scratch)
	defer func() {
		if cap(s.packed)+cap(s.plain) <= maxKept {
			scratches.Put(s)
		}
	}()
	message, err := s.unpack(text)
	if err != nil {
		return nil, err
	}
	return decodeMessage(message)
}

func malformed(err error) error { return verifier.Refuse(verifier.ReasonMalformed, err) }

// unpack returns the message in the scratch memory.
func (s *scratch) unpack(text []byte) ([]byte, error) {
	var err error
	if s.packed, err = base45.AppendDecode(s.packed[:0], text); err != nil {
		return nil, malformed(err)
	}
	message := s.packed
	if len(message) > 0 && message[0] == zlibbed {
		s.plain, err = inflate.Zlib(s.plain[:0], s.packed, maxInflated)
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

func decodeMessage(message []byte) (*verifier.Credential, error) {
	s, err := cose.ParseSign1(message)
	if err != nil {
		return nil, malformed(err)
	}
	alg := verifier.AlgorithmByName(cose.AlgorithmName(s.Algorithm))
	if alg == verifier.AlgorithmNone || alg == verifier.RS256 {
		return nil, verifier.Refuse(verifier.ReasonUnsupportedAlgorithm, fmt.Errorf("%w: %d", errAlgorithm, s.Algorithm))
	}
	claims, err := cose.ParseClaims(s.Payload)
	if err != nil {
		return nil, malformed(err)
	}
	c := &verifier.Credential{
		Format:    Format{}.Name(),
		Issuer:    claims.Issuer,
		ID:        bytes.Clone(claims.ID),
		IssuedAt:  claims.IssuedAt,
		NotBefore: claims.NotBefore,
		ExpiresAt: claims.ExpiresAt,
		Proof: verifier.Proof{
			Algorithm: alg,
			KeyID:     bytes.Clone(s.KeyID),
			Signed:    cose.AppendSigStructure(make([]byte, 0, len(message)+32), s.Protected, s.Payload),
			Signature: bytes.Clone(s.Signature),
		},
	}
	for _, der := range s.Chain {
		c.Proof.Chain = append(c.Proof.Chain, bytes.Clone(der))
	}
	if claims.Status != nil {
		c.Status = &verifier.StatusRef{URI: claims.Status.URI, Index: claims.Status.Index}
	}
	if err := describe(c, claims.All); err != nil {
		return nil, malformed(err)
	}
	return c, nil
}
