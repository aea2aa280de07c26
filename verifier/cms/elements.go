package cms

import (
	"bytes"
	"encoding/asn1"
	"math/big"
)

// unmarshal reads exactly one element.
func unmarshal(der []byte, v any) error {
	rest, err := asn1.Unmarshal(der, v)
	if err == nil && len(rest) > 0 {
		err = errTrailing
	}
	return err
}

// elements are those that follow one another in b.
func elements(b []byte) ([]asn1.RawValue, error) { return few(b, len(b)) }

// members are the elements of the one that b is, which must have that tag.
func members(b []byte, tag int) ([]asn1.RawValue, error) {
	var one asn1.RawValue
	if err := unmarshal(b, &one); err != nil {
		return nil, err
	}
	if one.Class != asn1.ClassUniversal || one.Tag != tag {
		return nil, errShape
	}
	return elements(one.Bytes)
}

func isOID(v asn1.RawValue, want asn1.ObjectIdentifier) bool {
	var id asn1.ObjectIdentifier
	return unmarshal(v.FullBytes, &id) == nil && id.Equal(want)
}

func isContext(v asn1.RawValue, tag int) bool {
	return v.Class == asn1.ClassContextSpecific && v.Tag == tag && v.IsCompound
}

// first are the certificates with the signer's own in front; none when it is not there.
func (s *signer) first(certificates []asn1.RawValue) [][]byte {
	own := -1
	for i, c := range certificates {
		if own < 0 && s.isOf(c) {
			own = i
		}
	}
	if own < 0 {
		return nil
	}
	chain := [][]byte{certificates[own].FullBytes}
	for i, c := range certificates {
		if i != own {
			chain = append(chain, c.FullBytes)
		}
	}
	return chain
}

// isOf reports whether c is the certificate that the signer names by issuer and serial number, or by its key
// identifier (§5.3).
func (s *signer) isOf(c asn1.RawValue) bool {
	var certificate struct {
		Signed struct {
			Version   int `asn1:"optional,explicit,default:0,tag:0"`
			Serial    *big.Int
			Algorithm asn1.RawValue
			Issuer    asn1.RawValue
			Rest      asn1.RawValue
		}
		Algorithm asn1.RawValue
		Signature asn1.RawValue
	}
	if unmarshal(c.FullBytes, &certificate) != nil {
		return false
	}
	if s.id.Class == asn1.ClassContextSpecific && s.id.Tag == 0 {
		keyID := append([]byte{0x06, 0x03, 0x55, 0x1d, 0x0e, 0x04, byte(len(s.id.Bytes) + 2), 0x04, byte(len(s.id.Bytes))}, s.id.Bytes...)
		return len(s.id.Bytes) < 0x70 && bytes.Contains(c.FullBytes, keyID) // a hint: the signature settles it
	}
	name, err := elements(s.id.Bytes)
	var serial *big.Int
	return err == nil && len(name) == 2 && unmarshal(name[1].FullBytes, &serial) == nil &&
		serial.Cmp(certificate.Signed.Serial) == 0 && bytes.Equal(name[0].FullBytes, certificate.Signed.Issuer.FullBytes)
}
