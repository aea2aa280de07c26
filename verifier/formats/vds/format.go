// Package vds opens Visible Digital Seals for non-electronic documents (ICAO Doc 9303-13, 8th edition; versions 3
// and 4 of the seal): visas, residence permits, arrival attestations and what else is printed with one.
//
// A seal is binary: a header in C40 that names the signer's certificate, messages of tag, length and value, and
// an ECDSA signature. Decoding is strict and bounded and judges nothing. The seal states no expiry; its date of
// signature is held against the certificate's period by the pipeline. It may import package verifier and the
// wire parts.
package vds

import (
	"errors"
	"fmt"

	"vratar/verifier"
)

// Format is the VDS. The zero value is ready.
type Format struct{}

var _ verifier.ArenaFormat = Format{}

const (
	magic = 0xdc
	// maxSeal bounds the seal in bytes: more than any two-dimensional symbol carries.
	maxSeal = 4 << 10
	// tagSignature ends the messages.
	tagSignature = 0xff
)

var (
	errTooLong   = fmt.Errorf("vds: seal of more than %d bytes", maxSeal)
	errVersion   = errors.New("vds: neither version 3 nor 4")
	errLength    = errors.New("vds: length is not in its shortest form")
	errTwice     = errors.New("vds: a tag occurs twice")
	errTrailing  = errors.New("vds: bytes behind the signature")
	errAlgorithm = errors.New("vds: signature of a length that no algorithm has")
)

// Name is the format's public spelling.
func (Format) Name() string { return "vds" }

// Sniff recognises the two bytes that a seal begins with; they are not UTF-8, so no text does.
func (Format) Sniff(payload []byte) bool {
	return len(payload) > 2 && payload[0] == magic && payload[1] <= 0x0f
}

// Decode opens payload. Refusals are ReasonTooLarge, ReasonUnsupportedVersion, ReasonUnsupportedAlgorithm and
// ReasonMalformed. A seal without signature is decoded; nobody can prove it.
func (f Format) Decode(payload []byte) (*verifier.Credential, error) {
	return f.DecodeIn(new(verifier.Arena), payload)
}

// DecodeIn is Decode with the credential in a.
func (Format) DecodeIn(a *verifier.Arena, payload []byte) (*verifier.Credential, error) {
	switch {
	case len(payload) > maxSeal:
		return nil, verifier.Refuse(verifier.ReasonTooLarge, errTooLong)
	case len(payload) < 2 || payload[0] != magic:
		return nil, malformed(errShort)
	case payload[1] != version3 && payload[1] != version4:
		return nil, verifier.Refuse(verifier.ReasonUnsupportedVersion, errVersion)
	}
	credential := a.Begin(5 * len(payload)) // the seal, and its texts, which are half as long again, twice
	seal := a.Bytes(payload)
	c := cursor{rest: seal[2:], a: a}
	h, err := c.readHeader(seal[1])
	if err != nil {
		return nil, malformed(err)
	}
	var room [usualMessages]message
	messages, signature, err := c.readMessages(room[:0])
	if err != nil {
		return nil, malformed(err)
	}
	signed := seal
	if signature != nil {
		signed = seal[:len(seal)-len(signature)-headSize(len(signature))]
	}
	alg, err := algorithm(signature)
	if err != nil {
		return nil, err
	}
	describe(a, credential, &h, messages)
	credential.Proof = verifier.Proof{Algorithm: alg, KeyID: h.keyID(a), Signed: signed[:len(signed):len(signed)], Signature: signature}
	return credential, nil
}

func malformed(err error) error { return verifier.Refuse(verifier.ReasonMalformed, err) }

// message is one feature of the document.
type message struct {
	tag   byte
	value []byte
	feature
	text string // where the feature is one
	err  error  // why it could not be read as the feature demands
}

// usualMessages is how many messages a seal has room for in the ordinary way.
const usualMessages = 8

// readMessages appends what it reads to messages, up to and including the signature, which is nil where there is none.
func (c *cursor) readMessages(messages []message) (_ []message, signature []byte, err error) {
	var seen [256]bool
	for len(c.rest) > 0 {
		m, err := c.readMessage()
		if err != nil {
			return nil, nil, err
		}
		if m.tag == tagSignature {
			if len(c.rest) > 0 {
				return nil, nil, errTrailing
			}
			return messages, m.value, nil
		}
		if seen[m.tag] {
			return nil, nil, errTwice
		}
		seen[m.tag] = true
		messages = append(messages, m)
	}
	return messages, nil, nil
}

// readMessage reads tag, length (DER, definite) and value.
func (c *cursor) readMessage() (message, error) {
	head, err := c.take(2)
	if err != nil {
		return message{}, err
	}
	size := int(head[1])
	if size >= 0x80 {
		more, err := c.take(size - 0x80)
		if err != nil || len(more) > 2 {
			return message{}, errShort
		}
		size = 0
		for _, b := range more {
			size = size<<8 | int(b)
		}
		if len(more) == 0 || headSize(size) != 2+len(more) {
			return message{}, errLength
		}
	}
	value, err := c.take(size)
	return message{tag: head[0], value: value}, err
}

// headSize is how many bytes tag and length of a message take.
func headSize(size int) int {
	switch {
	case size < 0x80:
		return 2
	case size < 0x100:
		return 3
	}
	return 4
}

// algorithm follows from the length of r‖s: which curve it is on, the key says (Doc 9303-13 §2.4).
func algorithm(signature []byte) (verifier.Algorithm, error) {
	switch len(signature) {
	case 0:
		if signature == nil {
			return verifier.AlgorithmNone, nil
		}
	case 56:
		return verifier.ES224, nil
	case 64:
		return verifier.ES256, nil
	case 96:
		return verifier.ES384, nil
	case 128, 132:
		return verifier.ES512, nil
	}
	return verifier.AlgorithmNone, verifier.Refuse(verifier.ReasonUnsupportedAlgorithm, errAlgorithm)
}
