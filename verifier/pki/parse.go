package pki

import (
	"bytes"
	"crypto/x509"
	"encoding/asn1"
	"encoding/pem"
	"errors"
	"fmt"
)

var (
	errSize     = errors.New("pki: too large")
	errKey      = errors.New("pki: the certificate's key is of a kind or size that is not supported")
	errPEM      = errors.New("pki: a PEM block that is unreadable, or of another type")
	errEmpty    = errors.New("pki: nothing there")
	errShape    = errors.New("pki: not a signed structure")
	errCRLScope = errors.New("pki: the list is an amendment, speaks for some certificates only, or has a critical extension that is not understood")
)

// ParseCertificate reads one certificate in DER, and nothing behind it.
func ParseCertificate(der []byte) (*Certificate, error) {
	c, err := parseCertificate(der)
	if err == nil && c.Public == nil {
		return nil, errKey
	}
	return c, err
}

// parseCertificate leaves the key nil that is of no kind or size to be believed.
func parseCertificate(der []byte) (*Certificate, error) {
	if len(der) > MaxCertificate {
		return nil, errSize
	}
	c, err := x509.ParseCertificate(bytes.Clone(der))
	if err != nil {
		return nil, err
	}
	public, err := publicKey(c)
	if err != nil || !acceptable(public) {
		public = nil
	}
	algorithm, err := signatureAlgorithm(c.Raw)
	if err != nil {
		return nil, err
	}
	return &Certificate{X509: c, Public: public, Algorithm: algorithm, Identity: identityOf(c.Subject.Names)}, nil
}

// signatureAlgorithm is that of a certificate or list (RFC 5280 §4.1.1.2, 5.1.1.2). GOST has no parameters but NULL.
func signatureAlgorithm(der []byte) (Algorithm, error) {
	var signed struct {
		Content   asn1.RawValue
		Algorithm struct {
			ID         asn1.ObjectIdentifier
			Parameters asn1.RawValue `asn1:"optional"`
		}
		Signature asn1.BitString
	}
	if rest, err := asn1.Unmarshal(der, &signed); err != nil || len(rest) > 0 || signed.Signature.BitLength%8 != 0 {
		return "", errShape
	}
	p := signed.Algorithm.Parameters.FullBytes
	if len(p) > 0 && !bytes.Equal(p, asn1.NullBytes) {
		return "", nil
	}
	return algorithmOfSignature(signed.Algorithm.ID), nil
}

// ParseCertificates reads certificates as an operator has them: PEM blocks, or one in DER. Every block must be
// readable.
func ParseCertificates(data []byte) ([]*Certificate, error) {
	blocks, err := blocksOf(data, "CERTIFICATE")
	if err != nil {
		return nil, err
	}
	all := make([]*Certificate, 0, len(blocks))
	for i, der := range blocks {
		c, err := ParseCertificate(der)
		if err != nil {
			return nil, fmt.Errorf("certificate %d: %w", i+1, err)
		}
		all = append(all, c)
	}
	return all, nil
}

// blocksOf are the PEM blocks of that type, or the bytes themselves when they are no text.
func blocksOf(data []byte, kind string) ([][]byte, error) {
	begin := []byte("-----BEGIN ")
	announced := bytes.Count(data, begin)
	if announced == 0 || len(data) > 0 && data[0] == 0x30 {
		if len(data) == 0 {
			return nil, errEmpty
		}
		return [][]byte{data}, nil
	}
	var blocks [][]byte
	for block, rest := pem.Decode(data); block != nil; block, rest = pem.Decode(rest) {
		if block.Type != kind {
			return nil, errPEM
		}
		blocks = append(blocks, block.Bytes)
	}
	if len(blocks) != announced { // the decoder passes over a damaged block as if it were a remark
		return nil, errPEM
	}
	return blocks, nil
}

// ParseCRL reads one list, DER or PEM. It must speak for all certificates of its issuer: amendments and parts are
// refused.
func ParseCRL(data []byte) (*CRL, error) {
	if len(data) > 2*MaxCRL {
		return nil, errSize
	}
	blocks, err := blocksOf(data, "X509 CRL")
	if err != nil {
		return nil, err
	}
	if len(blocks) != 1 {
		return nil, errPEM
	}
	if len(blocks[0]) > MaxCRL {
		return nil, errSize
	}
	list, err := x509.ParseRevocationList(bytes.Clone(blocks[0]))
	if err != nil {
		return nil, err
	}
	algorithm, err := signatureAlgorithm(blocks[0]) // refuses bytes behind the list, too
	if err != nil {
		return nil, err
	}
	return newCRL(list, algorithm)
}
