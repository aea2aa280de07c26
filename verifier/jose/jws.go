package jose

import (
	"bytes"
	"encoding/base64"
	"errors"
	"fmt"
	"slices"
)

var (
	errParts       = errors.New("jose: a compact JWS has three parts")
	errObject      = errors.New("jose: JSON object expected")
	errCritical    = errors.New("jose: critical header that is not understood")
	errNoAlgorithm = errors.New("jose: no algorithm")
	errChain       = errors.New("jose: member \"x5c\" is not an array of base64")
)

// JWS is a signed text in compact form, taken apart (RFC 7515 §7.1). Nothing in it is proven yet.
type JWS struct {
	Algorithm string   // header alg; "none" passes here and must not verify
	KeyID     string   // header kid
	Type      string   // header typ
	Chain     [][]byte // header x5c as DER, leaf first; a hint
	Header    Object   // every header member
	Payload   []byte   // decoded, not decompressed
	Signed    []byte   // the exact bytes under the signature; aliases the text
	Signature []byte
}

// ParseCompact takes a compact JWS apart. A crit header is refused, because no extension is implemented that
// could be critical (RFC 7515 §4.1.11).
func ParseCompact(text []byte) (JWS, error) {
	var t Token
	if err := t.Parse(text); err != nil {
		return JWS{}, err
	}
	var errs [4]error
	j := JWS{Payload: t.Payload, Signed: t.Signed, Signature: t.Signature, Chain: t.Chain}
	j.Header, errs[0] = ParseObject(t.Header.Raw())
	j.Algorithm, errs[1] = j.Header.Text("alg")
	j.KeyID, errs[2] = j.Header.Text("kid")
	j.Type, errs[3] = j.Header.Text("typ")
	return j, errors.Join(errs[:]...)
}

// Token is a compact JWS, taken apart like a JWS, but in memory that Parse uses again. Nothing in it is proven yet.
type Token struct {
	Header    Value    // an object
	Algorithm Value    // header alg, a string that is not empty; "none" passes here and must not verify
	KeyID     Value    // header kid, a string or absent
	Type      Value    // header typ, a string or absent
	Chain     [][]byte // header x5c as DER, leaf first; a hint
	Payload   []byte   // decoded, not decompressed
	Signed    []byte   // the exact bytes under the signature; aliases the text
	Signature []byte
	room      []byte
	der       []byte // memory of Chain
}

// headerNames are the header members that are looked at, in the order of Token.readHeader.
var headerNames = []string{"alg", "kid", "typ", "crit", "x5c"}

// Parse is ParseCompact into t, whose parts are good until the next Parse.
func (t *Token) Parse(text []byte) error {
	first := bytes.IndexByte(text, '.')
	last := bytes.LastIndexByte(text, '.')
	if first < 0 || first == last || bytes.IndexByte(text[first+1:last], '.') >= 0 {
		return errParts
	}
	room := slices.Grow(t.room[:0], len(text)/4*3+3) // all three fit, so none is moved by the next
	*t = Token{room: room, der: t.der[:0], Chain: t.Chain[:0], Signed: text[:last]}
	head, err := AppendBase64URL(room, text[:first])
	if err != nil {
		return fmt.Errorf("header: %w", err)
	}
	if err := t.readHeader(head); err != nil {
		return fmt.Errorf("header: %w", err)
	}
	body, err := AppendBase64URL(head, text[first+1:last])
	if err != nil {
		return fmt.Errorf("payload: %w", err)
	}
	all, err := AppendBase64URL(body, text[last+1:])
	if err != nil {
		return fmt.Errorf("signature: %w", err)
	}
	t.Payload, t.Signature = body[len(head):len(body):len(body)], all[len(body):]
	return nil
}

func (t *Token) readHeader(text []byte) (err error) {
	if t.Header, err = Parse(text); err != nil {
		return err
	}
	if t.Header.Kind() != Map {
		return errObject
	}
	var found [5]Value
	t.Header.Collect(headerNames, found[:])
	t.Algorithm, t.KeyID, t.Type = found[0], found[1], found[2]
	switch {
	case found[3].Kind() != Absent:
		return errCritical
	case t.Algorithm.Kind() != Text || t.Algorithm.Is(""):
		return errNoAlgorithm
	case !t.KeyID.isTextOrAbsent() || !t.Type.isTextOrAbsent():
		return errText
	}
	t.Chain, t.der, err = certificates(found[4], t.Chain, t.der)
	return err
}

func (v Value) isTextOrAbsent() bool { return v.Kind() == Text || v.Kind() == Absent }

// certificates appends the x5c member to chain, with its bytes behind der: base64 with padding, not base64url (RFC 7515
// §4.1.6).
func certificates(x5c Value, chain [][]byte, der []byte) ([][]byte, []byte, error) {
	if x5c.Kind() == Absent {
		return chain, der, nil
	}
	if x5c.Kind() != Array {
		return chain, der, errChain
	}
	der = slices.Grow(der, len(x5c.raw)) // more than they can be, so none is moved by the next
	for w := x5c.Walk(); w.More(); {
		text := w.Next()
		if text.Kind() != Text {
			return chain, der, errChain
		}
		from := len(der)
		var err error
		if der, err = appendPadded(der, text.content()); err != nil {
			return chain, der, errChain
		}
		chain = append(chain, der[from:len(der):len(der)])
	}
	return chain, der, nil
}

// AppendSigningInput appends what a signature of a JWS with this header and payload covers (RFC 7515 §5.1).
func AppendSigningInput(dst, header, payload []byte) []byte {
	dst = base64.RawURLEncoding.AppendEncode(dst, header)
	dst = append(dst, '.')
	return base64.RawURLEncoding.AppendEncode(dst, payload)
}
