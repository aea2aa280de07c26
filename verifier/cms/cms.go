// Package cms opens signed messages of the Cryptographic Message Syntax (RFC 5652): the form in which the states
// of the EU exchange revocation batches and lists of document signers.
//
// It takes a message apart and rebuilds the bytes under its signature; it checks no signature, picks no key and
// believes no certificate that came along. Parse reads messages with one signer and the content inside, in DER or in
// BER with open lengths, as bytes or as base64. Open reads any signed message, the content beside it as well, in DER
// only. It may import the standard library.
package cms

import (
	"bytes"
	"crypto"
	_ "crypto/sha256" // digests of contents
	_ "crypto/sha512"
	"crypto/x509/pkix"
	"encoding/asn1"
	"encoding/base64"
	"errors"
	"math/big"
)

// MaxSize bounds a message in bytes, decoded from base64.
const MaxSize = 4 << 20

var (
	errSize      = errors.New("cms: too large")
	errDepth     = errors.New("cms: nested too deep")
	errTruncated = errors.New("cms: ends inside an element")
	errTag       = errors.New("cms: a tag that no message has")
	errLength    = errors.New("cms: a length that no message has")
	errString    = errors.New("cms: a string in parts that are none")
	errTrailing  = errors.New("cms: bytes after the message")
	errShape     = errors.New("cms: not a signed message")
	errContent   = errors.New("cms: the content is not in the message, or is no plain data")
	errSigners   = errors.New("cms: not exactly one signer")
	errAttribute = errors.New("cms: a signed attribute is missing or there twice")
	errDigest    = errors.New("cms: the content is not the one that was signed")
	errAlgorithm = errors.New("cms: the algorithm is not supported")
	errSignature = errors.New("cms: the signature is not a pair of numbers that fit the algorithm")
)

// Object identifiers (RFC 5652 §4, 5.1, 11; RFC 5754; RFC 8017).
var (
	oidData          = asn1.ObjectIdentifier{1, 2, 840, 113549, 1, 7, 1}
	oidSignedData    = asn1.ObjectIdentifier{1, 2, 840, 113549, 1, 7, 2}
	oidContentType   = asn1.ObjectIdentifier{1, 2, 840, 113549, 1, 9, 3}
	oidMessageDigest = asn1.ObjectIdentifier{1, 2, 840, 113549, 1, 9, 4}
	oidRSA           = asn1.ObjectIdentifier{1, 2, 840, 113549, 1, 1, 1}
	oidRSAPSS        = asn1.ObjectIdentifier{1, 2, 840, 113549, 1, 1, 10}
	oidRSASHA256     = asn1.ObjectIdentifier{1, 2, 840, 113549, 1, 1, 11}
	oidSHA256        = asn1.ObjectIdentifier{2, 16, 840, 1, 101, 3, 4, 2, 1}
	oidSHA384        = asn1.ObjectIdentifier{2, 16, 840, 1, 101, 3, 4, 2, 2}
	oidSHA512        = asn1.ObjectIdentifier{2, 16, 840, 1, 101, 3, 4, 2, 3}
	oidECDSA         = asn1.ObjectIdentifier{1, 2, 840, 10045, 4, 3} // and one number for the hash
)

// Message is an opened message. Its signature is not checked.
type Message struct {
	Content   []byte
	Algorithm string   // JOSE name; the signature is in the form that JOSE has for it
	Signed    []byte   // the exact bytes under the signature
	Signature []byte   // r‖s for ECDSA
	Chain     [][]byte // DER certificates that came along, the signer's first; empty when that is not among them
}

// head of a signed message behind its outermost identifier and length.
var signedHead = []byte{0x06, 0x09, 0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x07, 0x02}

// Is recognises a signed message by its head, as bytes or as base64.
func Is(data []byte) bool {
	if isMessage(data) {
		return true
	}
	text := bytes.TrimSpace(data)
	if len(text) < 24 || text[0] != 'M' {
		return false
	}
	var room [18]byte
	n, err := base64.StdEncoding.Decode(room[:], text[:24])
	return err == nil && isMessage(room[:n])
}

func isMessage(b []byte) bool {
	return len(b) > 6 && b[0] == 0x30 && b[1] >= 0x80 && b[1] <= 0x84 && bytes.HasPrefix(b[2+b[1]-0x80:], signedHead)
}

// Parse opens a message, which may be base64.
func Parse(data []byte) (Message, error) {
	if !isMessage(data) {
		text := bytes.Join(bytes.Fields(data), nil)
		decoded, err := base64.StdEncoding.Strict().AppendDecode(nil, text)
		if err != nil || !isMessage(decoded) {
			return Message{}, errShape
		}
		data = decoded
	}
	if len(data) > MaxSize {
		return Message{}, errSize
	}
	der, rest, err := toDER(nil, data, 0)
	if err != nil {
		return Message{}, err
	}
	if len(rest) > 0 {
		return Message{}, errTrailing
	}
	return parseDER(der)
}

func parseDER(der []byte) (Message, error) {
	outer, err := members(der, asn1.TagSequence)
	if err != nil || len(outer) != 2 || !isOID(outer[0], oidSignedData) {
		return Message{}, errShape
	}
	inner, err := members(outer[1].Bytes, asn1.TagSequence) // [0] EXPLICIT
	if err != nil || len(inner) < 4 || !isContext(outer[1], 0) {
		return Message{}, errShape
	}
	var m Message
	if m.Content, err = contentOf(inner[2]); err != nil {
		return Message{}, err
	}
	last := len(inner) - 1
	signers, err := elements(inner[last].Bytes)
	if err != nil || inner[last].Tag != asn1.TagSet || len(signers) != 1 {
		return Message{}, errSigners
	}
	s, err := readSigner(signers[0])
	if err != nil {
		return Message{}, err
	}
	if err := m.signedBy(s); err != nil {
		return Message{}, err
	}
	for _, part := range inner[3:last] {
		if isContext(part, 0) {
			certificates, err := elements(part.Bytes)
			if err != nil {
				return Message{}, err
			}
			m.Chain = s.first(certificates)
		}
	}
	return m, nil
}

// contentOf is the content of an EncapsulatedContentInfo (§5.2) of plain data.
func contentOf(info asn1.RawValue) ([]byte, error) {
	parts, err := elements(info.Bytes)
	if err != nil || len(parts) != 2 || !isOID(parts[0], oidData) || !isContext(parts[1], 0) {
		return nil, errContent
	}
	inner, err := elements(parts[1].Bytes)
	if err != nil || len(inner) != 1 || inner[0].Class != asn1.ClassUniversal || inner[0].Tag != asn1.TagOctetString {
		return nil, errContent
	}
	return inner[0].Bytes, nil
}

// signer is a SignerInfo (§5.3).
type signer struct {
	id         asn1.RawValue
	digest     asn1.ObjectIdentifier
	attributes asn1.RawValue // signed ones; empty: none
	algorithm  asn1.ObjectIdentifier
	signature  []byte
}

func readSigner(info asn1.RawValue) (signer, error) {
	parts, err := elements(info.Bytes)
	if err != nil || len(parts) < 5 {
		return signer{}, errShape
	}
	s := signer{id: parts[1]}
	rest := parts[3:]
	if isContext(rest[0], 0) {
		s.attributes, rest = rest[0], rest[1:]
	}
	if len(rest) < 2 || rest[1].Class != asn1.ClassUniversal || rest[1].Tag != asn1.TagOctetString {
		return signer{}, errShape
	}
	var digest, algorithm pkix.AlgorithmIdentifier
	if unmarshal(parts[2].FullBytes, &digest) != nil || unmarshal(rest[0].FullBytes, &algorithm) != nil {
		return signer{}, errShape
	}
	s.digest, s.algorithm, s.signature = digest.Algorithm, algorithm.Algorithm, rest[1].Bytes
	return s, nil
}

// signedBy fills in what s has signed: the content, or attributes that hold its digest (§5.4).
func (m *Message) signedBy(s signer) error {
	name, hash := algorithmOf(s.algorithm, s.digest)
	if name == "" {
		return errAlgorithm
	}
	m.Algorithm, m.Signature, m.Signed = name, s.signature, m.Content
	if s.attributes.FullBytes != nil {
		if err := checkAttributes(s.attributes, hash, m.Content); err != nil {
			return err
		}
		m.Signed = bytes.Clone(s.attributes.FullBytes)
		m.Signed[0] = 0x31 // signed as the SET that it is, not under the tag it travels with
	}
	if name[0] != 'E' {
		return nil
	}
	var err error
	m.Signature, err = RawSignature(name, s.signature)
	return err
}

// checkAttributes holds the attributes that must be signed against the content (§11.1, 11.2).
func checkAttributes(set asn1.RawValue, hash crypto.Hash, content []byte) error {
	attributes, err := elements(set.Bytes)
	if err != nil {
		return err
	}
	types, digests := 0, 0
	for _, a := range attributes {
		var attribute struct {
			Type   asn1.ObjectIdentifier
			Values []asn1.RawValue `asn1:"set"`
		}
		if err := unmarshal(a.FullBytes, &attribute); err != nil || len(attribute.Values) == 0 {
			return errAttribute
		}
		value := attribute.Values[0]
		switch {
		case attribute.Type.Equal(oidContentType):
			types++
			if len(attribute.Values) != 1 || !isOID(value, oidData) {
				return errContent
			}
		case attribute.Type.Equal(oidMessageDigest):
			digests++
			h := hash.New()
			h.Write(content)
			if len(attribute.Values) != 1 || value.Tag != asn1.TagOctetString || !bytes.Equal(value.Bytes, h.Sum(nil)) {
				return errDigest
			}
		}
	}
	if types != 1 || digests != 1 {
		return errAttribute
	}
	return nil
}

// algorithmOf is the JOSE name of a signature algorithm and its hash; empty for one that is not supported.
func algorithmOf(algorithm, digest asn1.ObjectIdentifier) (string, crypto.Hash) {
	sha256 := digest.Equal(oidSHA256)
	switch {
	case sha256 && (algorithm.Equal(oidRSA) || algorithm.Equal(oidRSASHA256)):
		return "RS256", crypto.SHA256
	case sha256 && algorithm.Equal(oidRSAPSS):
		return "PS256", crypto.SHA256
	case sha256 && algorithm.Equal(append(oidECDSA[:6:6], 2)):
		return "ES256", crypto.SHA256
	case digest.Equal(oidSHA384) && algorithm.Equal(append(oidECDSA[:6:6], 3)):
		return "ES384", crypto.SHA384
	case digest.Equal(oidSHA512) && algorithm.Equal(append(oidECDSA[:6:6], 4)):
		return "ES512", crypto.SHA512
	}
	return "", 0
}

// RawSignature turns an ECDSA signature from DER into r‖s, as long as the curve that goes with the algorithm has
// it. ES256 is used with P-384 as well, and ES512 with brainpoolP512r1: the longer of two tells itself, but for one
// in 260,000 of P-521.
func RawSignature(algorithm string, der []byte) ([]byte, error) {
	sizes := map[string][2]int{"ES256": {32, 48}, "ES384": {48, 48}, "ES512": {64, 66}}[algorithm]
	var pair struct{ R, S *big.Int }
	if err := unmarshal(der, &pair); err != nil || pair.R.Sign() <= 0 || pair.S.Sign() <= 0 {
		return nil, errSignature
	}
	longest := (max(pair.R.BitLen(), pair.S.BitLen()) + 7) / 8
	size := sizes[0]
	if longest > size {
		size = sizes[1]
	}
	if longest > size {
		return nil, errSignature
	}
	raw := make([]byte, 2*size)
	pair.R.FillBytes(raw[:size])
	pair.S.FillBytes(raw[size:])
	return raw, nil
}
