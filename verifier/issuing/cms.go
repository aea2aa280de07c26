package issuing

import (
	"crypto"
	"crypto/x509"
	"encoding/asn1"
	"errors"
	"fmt"
	"math/big"

	"vratar/verifier"
)

// Object identifiers of signed messages (RFC 5652, RFC 5754).
var (
	oidData          = asn1.ObjectIdentifier{1, 2, 840, 113549, 1, 7, 1}
	oidSignedData    = asn1.ObjectIdentifier{1, 2, 840, 113549, 1, 7, 2}
	oidContentType   = asn1.ObjectIdentifier{1, 2, 840, 113549, 1, 9, 3}
	oidMessageDigest = asn1.ObjectIdentifier{1, 2, 840, 113549, 1, 9, 4}
	oidSHA256        = asn1.ObjectIdentifier{2, 16, 840, 1, 101, 3, 4, 2, 1}
	oidECDSASHA256   = asn1.ObjectIdentifier{1, 2, 840, 10045, 4, 3, 2}
	oidRSASHA256     = asn1.ObjectIdentifier{1, 2, 840, 113549, 1, 1, 11}
)

type (
	algorithmID struct{ ID asn1.ObjectIdentifier }
	attribute   struct {
		Type   asn1.ObjectIdentifier
		Values []any `asn1:"set"`
	}
	explicitly struct {
		Type    asn1.ObjectIdentifier
		Content any `asn1:"explicit,tag:0"`
	}
	signerName struct {
		Issuer asn1.RawValue
		Serial *big.Int
	}
	signerInfo struct {
		Version    int
		Name       signerName
		Digest     algorithmID
		Attributes asn1.RawValue
		Algorithm  algorithmID
		Signature  []byte
	}
	signedData struct {
		Version      int
		Digests      []algorithmID `asn1:"set"`
		Content      explicitly
		Certificates asn1.RawValue
		Signers      []signerInfo `asn1:"set"`
	}
)

// SignedMessage wraps content into a signed message (CMS SignedData, DER) with the key's certificate. The key is
// for ES256 or RS256.
func SignedMessage(k *Key, content []byte) ([]byte, error) {
	algorithm := oidECDSASHA256
	if k.Algorithm == verifier.RS256 {
		algorithm = oidRSASHA256
	} else if k.Algorithm != verifier.ES256 {
		return nil, fmt.Errorf("issuing: no signed messages with %s", k.Algorithm)
	}
	if k.Certificate == nil {
		return nil, errors.New("issuing: a signed message needs a key with certificate")
	}
	c, err := x509.ParseCertificate(k.Certificate)
	if err != nil {
		return nil, err
	}
	attributes, err := asn1.MarshalWithParams([]attribute{
		{oidContentType, []any{oidData}}, {oidMessageDigest, []any{digest(crypto.SHA256, content)}},
	}, "set")
	if err != nil {
		return nil, err
	}
	signature, err := k.Signer.Sign(nil, digest(crypto.SHA256, attributes), crypto.SHA256)
	if err != nil {
		return nil, err
	}
	attributes[0] = 0xa0 // travels under a tag of its own
	return asn1.Marshal(explicitly{oidSignedData, signedData{
		Version: 1, Digests: []algorithmID{{oidSHA256}}, Content: explicitly{oidData, content},
		Certificates: asn1.RawValue{Class: asn1.ClassContextSpecific, Tag: 0, IsCompound: true, Bytes: k.Certificate},
		Signers: []signerInfo{{
			Version: 1, Name: signerName{asn1.RawValue{FullBytes: c.RawIssuer}, c.SerialNumber}, Digest: algorithmID{oidSHA256},
			Attributes: asn1.RawValue{FullBytes: attributes}, Algorithm: algorithmID{algorithm}, Signature: signature,
		}},
	}})
}
