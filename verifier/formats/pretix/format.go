// Package pretix opens signed tickets of the pretix ticketing system (scheme pretix_sig1).
//
// The text is base64 of version, lengths, content and an Ed25519 signature, written backwards, so that padding
// comes first. Decoding is strict and bounded and judges nothing. The text itself is the ticket's secret, by
// which pretix revokes and blocks; that is why only its one canonical spelling is accepted. It may import
// package verifier and the wire parts.
package pretix

import (
	"bytes"
	"crypto/ed25519"
	"encoding/base64"
	"encoding/binary"
	"errors"
	"fmt"
	"slices"
	"time"

	"vratar/verifier"
)

// Format is the signed pretix ticket. The zero value is ready.
type Format struct{}

var _ verifier.ArenaFormat = Format{}

const (
	version    = 1
	headerSize = 5 // version, two lengths of two bytes each
	// maxText bounds the text in characters. A ticket has a seed of a few characters and five numbers, which
	// is some 150.
	maxText = 1 << 10
)

var (
	errTooLong  = fmt.Errorf("pretix: text of more than %d characters", maxText)
	errBase64   = errors.New("pretix: not canonical base64 read backwards")
	errLengths  = errors.New("pretix: lengths do not add up")
	errNoTicket = errors.New("pretix: no seed or no item")
)

// Name is the format's public spelling.
func (Format) Name() string { return "pretix" }

// Sniff recognises the header, which stands at the end of the text: version 1 and a signature of 64 bytes. A
// text of the base64 alphabet that merely ends like this is one in 2²⁴.
func (Format) Sniff(payload []byte) bool {
	text := trim(payload)
	if len(text) < 12 {
		return false
	}
	var last [8]byte
	for i := range last {
		last[i] = text[len(text)-1-i]
	}
	var head [6]byte
	n, err := base64.StdEncoding.Decode(head[:], last[:])
	return err == nil && n == len(head) && head[0] == version &&
		binary.BigEndian.Uint16(head[3:]) == ed25519.SignatureSize && !bytes.ContainsFunc(text, notBase64)
}

func notBase64(r rune) bool {
	return (r < 'A' || r > 'Z') && (r < 'a' || r > 'z') && (r < '0' || r > '9') && r != '+' && r != '/' && r != '='
}

// trim drops the line end that scanners add.
func trim(payload []byte) []byte { return bytes.Trim(payload, " \t\r\n") }

// Decode opens payload. Refusals are ReasonTooLarge and ReasonMalformed.
func (f Format) Decode(payload []byte) (*verifier.Credential, error) {
	return f.DecodeIn(new(verifier.Arena), payload)
}

// DecodeIn is Decode with the credential in a.
func (Format) DecodeIn(a *verifier.Arena, payload []byte) (*verifier.Credential, error) {
	text := trim(payload)
	if len(text) > maxText {
		return nil, verifier.Refuse(verifier.ReasonTooLarge, errTooLong)
	}
	c := a.Begin(3 * len(text)) // the text, what it holds, and that in words
	content, signature, err := open(a, text)
	if err != nil {
		return nil, verifier.Refuse(verifier.ReasonMalformed, err)
	}
	t, err := parseTicket(content)
	if err != nil {
		return nil, verifier.Refuse(verifier.ReasonMalformed, err)
	}
	c.Format, c.Type = Format{}.Name(), "ticket"
	c.ID = a.Bytes(text)
	c.Claims = a.Keep(t.appendJSON(a.Tail(2 * len(text))))
	c.NotBefore, c.PlannedStart = moment(t.validFrom), true
	c.ExpiresAt = moment(t.validUntil)
	c.Proof = verifier.Proof{Algorithm: verifier.EdDSA, Signed: content, Signature: signature}
	return c, nil
}

var strict = base64.StdEncoding.Strict()

// open takes the envelope off. Nothing but the content is signed, so the envelope must leave no choice: a
// second spelling of a ticket would be a secret that no list has revoked.
func open(a *verifier.Arena, secret []byte) (content, signature []byte, err error) {
	var room [maxText]byte
	text := room[:copy(room[:], secret)]
	slices.Reverse(text)
	size := strict.DecodedLen(len(text))
	blob := a.Tail(size)[:size]
	// The library skips line ends inside the text even when strict.
	n, err := strict.Decode(blob, text)
	if err != nil || bytes.ContainsAny(text, "\r\n") {
		return nil, nil, errBase64
	}
	blob = a.Keep(blob[:n])
	if len(blob) < headerSize || blob[0] != version {
		return nil, nil, errLengths
	}
	size = int(binary.BigEndian.Uint16(blob[1:]))
	body := blob[headerSize:]
	if binary.BigEndian.Uint16(blob[3:]) != ed25519.SignatureSize || len(body) != size+ed25519.SignatureSize {
		return nil, nil, errLengths
	}
	return body[:size:size], body[size:], nil
}

// moment is a Unix time in which zero means that there is no limit.
func moment(seconds int64) time.Time {
	if seconds == 0 {
		return time.Time{}
	}
	return time.Unix(seconds, 0).UTC()
}
