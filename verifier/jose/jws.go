package jose

import (
	"bytes"
	"encoding/base64"
	"errors"
	"fmt"
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
	first := bytes.IndexByte(text, '.')
	last := bytes.LastIndexByte(text, '.')
	if first < 0 || first == last || bytes.IndexByte(text[first+1:last], '.') >= 0 {
		return JWS{}, errors.New("jose: a compact JWS has three parts")
	}
	head, err := DecodeBase64URL(text[:first])
	if err != nil {
		return JWS{}, fmt.Errorf("header: %w", err)
	}
	j := JWS{Signed: text[:last]}
	if err := j.readHeader(head); err != nil {
		return JWS{}, fmt.Errorf("header: %w", err)
	}
	if j.Payload, err = DecodeBase64URL(text[first+1 : last]); err != nil {
		return JWS{}, fmt.Errorf("payload: %w", err)
	}
	if j.Signature, err = DecodeBase64URL(text[last+1:]); err != nil {
		return JWS{}, fmt.Errorf("signature: %w", err)
	}
	return j, nil
}

func (j *JWS) readHeader(text []byte) (err error) {
	if j.Header, err = ParseObject(text); err != nil {
		return err
	}
	if j.Header.Get("crit") != nil {
		return errors.New("jose: critical header that is not understood")
	}
	if j.Algorithm, err = j.Header.Text("alg"); err != nil {
		return err
	}
	if j.Algorithm == "" {
		return errors.New("jose: no algorithm")
	}
	if j.KeyID, err = j.Header.Text("kid"); err != nil {
		return err
	}
	if j.Type, err = j.Header.Text("typ"); err != nil {
		return err
	}
	j.Chain, err = certificates(j.Header)
	return err
}

// certificates is the x5c member: base64 with padding, not base64url (RFC 7515 §4.1.6).
func certificates(o Object) ([][]byte, error) {
	texts, err := o.Texts("x5c")
	if err != nil || texts == nil {
		return nil, err
	}
	chain := make([][]byte, len(texts))
	for i, text := range texts {
		if chain[i], err = decodeBase64(base64.StdEncoding, []byte(text)); err != nil {
			return nil, fmt.Errorf("member \"x5c\": entry %d is not base64", i)
		}
	}
	return chain, nil
}

// AppendSigningInput appends what a signature of a JWS with this header and payload covers (RFC 7515 §5.1).
func AppendSigningInput(dst, header, payload []byte) []byte {
	dst = base64.RawURLEncoding.AppendEncode(dst, header)
	dst = append(dst, '.')
	return base64.RawURLEncoding.AppendEncode(dst, payload)
}
