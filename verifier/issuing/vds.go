package issuing

import (
	"errors"
	"fmt"
	"strings"
	"time"

	"vratar/verifier"
)

// Seal is the content of an ICAO VDS of version 4.
type Seal struct {
	Country   string // one to three letters
	Signer    string // four characters: country of the signer and common name of its certificate
	Reference string // serial number of the certificate, in hexadecimal capitals
	IssuedOn  time.Time
	SignedOn  time.Time
	Feature   byte // feature definition reference
	Kind      byte // document type category
	Messages  []SealMessage
}

// SealMessage is one feature of the document.
type SealMessage struct {
	Tag   byte
	Value []byte // C40 where the definition asks for it
}

// VDS issues a seal and returns its bytes. The key must be for ES256, ES384 or ES512.
func VDS(k *Key, s Seal) ([]byte, error) {
	switch k.Algorithm {
	case verifier.ES256, verifier.ES384, verifier.ES512:
	default:
		return nil, fmt.Errorf("issuing: a seal is signed by ECDSA, not %s", k.Algorithm)
	}
	content, err := s.content()
	if err != nil {
		return nil, err
	}
	signature, err := k.Sign(content)
	if err != nil {
		return nil, err
	}
	return appendSealMessage(content, SealMessage{0xff, signature})
}

// content is the part under the signature.
func (s Seal) content() ([]byte, error) {
	if len(s.Country) < 1 || len(s.Country) > 3 || len(s.Signer) != 4 || s.Reference == "" || len(s.Reference) > 255 {
		return nil, errors.New("issuing: a seal has a country, a signer of four characters and a certificate reference")
	}
	layout := "%s%02X"
	if s.Signer == "DEZV" { // writes the length in decimal
		layout = "%s%02d"
	}
	b := []byte{0xdc, 3}
	var err error
	for _, text := range []string{fmt.Sprintf("%-3s", s.Country), fmt.Sprintf(layout, s.Signer, len(s.Reference)), s.Reference} {
		if b, err = AppendC40(b, text); err != nil {
			return nil, err
		}
	}
	for _, t := range []time.Time{s.IssuedOn, s.SignedOn} {
		n := int(t.Month())*1000000 + t.Day()*10000 + t.Year()
		b = append(b, byte(n>>16), byte(n>>8), byte(n))
	}
	b = append(b, s.Feature, s.Kind)
	for _, m := range s.Messages {
		if b, err = appendSealMessage(b, m); err != nil {
			return nil, err
		}
	}
	return b, nil
}

func appendSealMessage(dst []byte, m SealMessage) ([]byte, error) {
	switch n := len(m.Value); {
	case n < 0x80:
		dst = append(dst, m.Tag, byte(n))
	case n < 0x100:
		dst = append(dst, m.Tag, 0x81, byte(n))
	case n < 0x10000:
		dst = append(dst, m.Tag, 0x82, byte(n>>8), byte(n))
	default:
		return nil, errors.New("issuing: message of a seal is longer than 65,535 bytes")
	}
	return append(dst, m.Value...), nil
}

// AppendC40 appends text of digits, capitals, blanks and < (written as blank) in the C40 of seals
// (Doc 9303-13 §2.3.2).
func AppendC40(dst []byte, text string) ([]byte, error) {
	text = strings.ReplaceAll(text, "<", " ")
	values := make([]int, 0, len(text)+1)
	for _, c := range text {
		switch {
		case c == ' ':
			values = append(values, 3)
		case c >= '0' && c <= '9':
			values = append(values, int(c-'0')+4)
		case c >= 'A' && c <= 'Z':
			values = append(values, int(c-'A')+14)
		default:
			return nil, fmt.Errorf("issuing: %q has no place in C40", c)
		}
	}
	if len(values)%3 == 2 {
		values = append(values, 0)
	}
	for ; len(values) >= 3; values = values[3:] {
		n := values[0]*1600 + values[1]*40 + values[2] + 1
		dst = append(dst, byte(n>>8), byte(n))
	}
	if len(values) == 1 { // a character that stands alone
		dst = append(dst, 0xfe, text[len(text)-1]+1)
	}
	return dst, nil
}
