// Package hcert opens EU Digital COVID Certificates and what else travels in the same envelope: the
// Electronic Health Certificate of the eHealth Network (Technical Specifications for EU DCC, volumes 1 and 3;
// HCERT specification 1.0.5; content by the DCC schema 1.3.0).
//
// The text is HC1: + Base45 of zlib of COSE_Sign1 of a CWT. Decoding is strict and bounded and judges
// nothing: whether the content obeys the schema is reported beside it, dates and signatures are the
// pipeline's business. It may import package verifier and the wire parts.
package hcert

import (
	"bytes"
	"crypto/sha256"
	"errors"
	"fmt"
	"sync"

	"vratar/verifier"
	"vratar/verifier/base45"
	"vratar/verifier/cbor"
	"vratar/verifier/cose"
	"vratar/verifier/inflate"
)

// Format is the EU certificate format. The zero value is ready.
type Format struct{}

var _ verifier.ArenaFormat = Format{}

const (
	prefix = "HC1:"
	// maxInflated bounds the decompressed message, in bytes. The longest official certificate has 870; one
	// that fills every member of the schema stays below 4,000.
	maxInflated = 8 << 10
)

// Where the certificate stands in the CWT (HCERT §3.3.5).
const (
	claimHCERT   = -260
	hcertVersion = 1 // eu_dgc_v1
)

var (
	errVersion   = errors.New("hcert: another version than HC1")
	errAlgorithm = errors.New("hcert: neither ES256 nor PS256")
	errContent   = errors.New("hcert: no certificate in the claims")
)

// Name is the format's public spelling.
func (Format) Name() string { return "hcert" }

// Sniff recognises HC1: and the prefixes of versions to come.
func (Format) Sniff(payload []byte) bool {
	p := trim(payload)
	return len(p) >= len(prefix) && p[0] == 'H' && p[1] == 'C' && p[3] == ':' &&
		(p[2] >= '0' && p[2] <= '9' || p[2] >= 'A' && p[2] <= 'Z')
}

// trim drops the line end that scanners add. Base45 text never ends in a blank: 36 is too large a value for
// the last character of a group.
func trim(payload []byte) []byte { return bytes.Trim(payload, " \t\r\n") }

// scratch holds the intermediate forms of one payload, bounded by the longest payload and by maxInflated.
// Nothing of it survives Decode.
type scratch struct{ packed, plain []byte }

var scratches = sync.Pool{New: func() any { return new(scratch) }}

// Decode opens payload. Refusals are ReasonUnsupportedVersion, ReasonTooLarge, ReasonUnsupportedAlgorithm
// and ReasonMalformed.
func (f Format) Decode(payload []byte) (*verifier.Credential, error) {
	return f.DecodeIn(new(verifier.Arena), payload)
}

// DecodeIn is Decode with the credential in a.
func (Format) DecodeIn(a *verifier.Arena, payload []byte) (*verifier.Credential, error) {
	text, ok := bytes.CutPrefix(trim(payload), []byte(prefix))
	if !ok {
		return nil, verifier.Refuse(verifier.ReasonUnsupportedVersion, errVersion)
	}
	s := scratches.Get().(*scratch)
	defer scratches.Put(s)
	var err error
	if s.packed, err = base45.AppendDecode(s.packed[:0], text); err != nil {
		return nil, malformed(err)
	}
	if s.plain, err = inflate.Zlib(s.plain[:0], s.packed, maxInflated); err != nil {
		if errors.Is(err, inflate.ErrTooLarge) {
			return nil, verifier.Refuse(verifier.ReasonTooLarge, err)
		}
		return nil, malformed(err)
	}
	return decodeMessage(a, s.plain)
}

func malformed(err error) error { return verifier.Refuse(verifier.ReasonMalformed, err) }

// decodeMessage opens the COSE message. Issuers wrote it untagged, tagged 18, and tagged 18 inside 61; all
// three are accepted.
func decodeMessage(a *verifier.Arena, message []byte) (*verifier.Credential, error) {
	s, err := cose.ParseSign1(message)
	if err != nil {
		return nil, malformed(err)
	}
	alg, err := algorithm(&s)
	if err != nil {
		return nil, err
	}
	c := a.Begin(4 * len(message)) // the signed bytes, and the claims, which are longer as JSON
	claims, err := cose.ParseClaimsWith(s.Payload, a.Text)
	if err != nil {
		return nil, malformed(err)
	}
	content := claims.All.Get(claimHCERT).Get(hcertVersion)
	if content.Kind() != cbor.Map {
		return nil, malformed(errContent)
	}
	c.Format = Format{}.Name()
	c.Issuer, c.Country = claims.Issuer, claims.Issuer
	c.IssuedAt, c.NotBefore, c.ExpiresAt = claims.IssuedAt, claims.NotBefore, claims.ExpiresAt
	c.Proof = verifier.Proof{
		Algorithm: alg,
		KeyID:     a.Bytes(s.KeyID),
		Signed:    a.Keep(cose.AppendSigStructure(a.Tail(len(s.Payload)+len(s.Protected)+32), s.Protected, s.Payload)),
		Signature: a.Bytes(s.Signature),
	}
	c.Claims = a.Keep(content.AppendJSON(a.Tail(2 * len(content.Raw()))))
	members := open(content)
	c.SchemaFault = checkSchema(&members, claims.IssuedAt)
	describe(a, c, &members)
	return c, nil
}

// algorithm is the one the protected header names. HCERT §3.3.1 puts it there; an official vector has it
// unprotected only, which is harmless because the key alone decides which algorithms may be used with it.
func algorithm(s *cose.Sign1) (verifier.Algorithm, error) {
	id := s.Algorithm
	if id == 0 {
		id = s.UnprotectedAlgorithm
	}
	switch alg := verifier.AlgorithmByName(cose.AlgorithmName(id)); alg {
	case verifier.ES256, verifier.PS256:
		return alg, nil
	}
	return verifier.AlgorithmNone, verifier.Refuse(verifier.ReasonUnsupportedAlgorithm, fmt.Errorf("%w: %d", errAlgorithm, id))
}

// revocationHashes are the names under which a revocation list may know the certificate (eHN revocation
// annex): the signature, of which ECDSA gives only r; each UVCI; issuing country + UVCI. Each is the first 16
// bytes of a SHA-256.
func revocationHashes(a *verifier.Arena, c *verifier.Credential, ids [][]byte) [][]byte {
	r := c.Proof.Signature
	if c.Proof.Algorithm == verifier.ES256 {
		r = r[:len(r)/2]
	}
	hashes := append(a.List(1+2*len(ids)), shortHash(a, r))
	for _, id := range ids {
		hashes = append(hashes, shortHash(a, id))
	}
	var room [128]byte
	for _, id := range ids {
		hashes = append(hashes, shortHash(a, append(append(room[:0], c.Country...), id...)))
	}
	return hashes
}

func shortHash(a *verifier.Arena, b []byte) []byte {
	h := sha256.Sum256(b)
	return a.Bytes(h[:16])
}
