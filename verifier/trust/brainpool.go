package trust

import (
	"bytes"
	"crypto"
	"crypto/x509"
	"encoding/asn1"
	"errors"
	"fmt"

	"vratar/verifier/brainpool"
	"vratar/verifier/jose"
)

var errOddCertificate = errors.New("the certificate's key cannot be told from its other parts")

// parseBrainpool reads a certificate whose key is on a brainpool curve; of others it says
// brainpool.ErrNotBrainpool. The standard library refuses curves that it does not know. So the key is read
// apart, and the library reads the certificate with the key's algorithm renamed to one that does not exist:
// then it leaves the key alone and is as strict as ever with everything else.
func parseBrainpool(der []byte) (*x509.Certificate, error) {
	var outer outerCertificate
	if rest, err := asn1.Unmarshal(der, &outer); err != nil || len(rest) > 0 {
		return nil, brainpool.ErrNotBrainpool
	}
	info := outer.Signed.Key.FullBytes
	public, err := brainpool.ParsePublicKey(info)
	switch {
	case errors.Is(err, brainpool.ErrNotBrainpool):
		return nil, err
	case err != nil:
		return nil, fmt.Errorf("the certificate's key: %w", err)
	case bytes.Count(der, info) != 1:
		return nil, errOddCertificate
	}
	c, err := x509.ParseCertificate(bytes.Replace(der, info, renamed(info), 1))
	if err != nil {
		return nil, err
	}
	if c.PublicKey != nil || c.PublicKeyAlgorithm != x509.UnknownPublicKeyAlgorithm {
		return nil, errOddCertificate
	}
	// Identity and signature are those of the certificate as it was received.
	c.Raw, c.RawTBSCertificate = bytes.Clone(der), bytes.Clone(outer.Signed.Raw)
	c.RawSubjectPublicKeyInfo = bytes.Clone(info)
	c.PublicKey, c.PublicKeyAlgorithm = public, x509.ECDSA
	return c, nil
}

// renamed is info with id-ecPublicKey, 1.2.840.10045.2.1, made 1.2.840.10045.2.127, which nobody assigned.
func renamed(info []byte) []byte {
	own := []byte{0x06, 0x07, 0x2a, 0x86, 0x48, 0xce, 0x3d, 0x02, 0x01}
	other := bytes.Clone(own)
	other[len(other)-1] = 127
	return bytes.Replace(info, own, other, 1)
}

// parsePublicKey reads a bare SubjectPublicKeyInfo.
func parsePublicKey(der []byte) (crypto.PublicKey, error) {
	public, err := brainpool.ParsePublicKey(der)
	if errors.Is(err, brainpool.ErrNotBrainpool) {
		return x509.ParsePKIXPublicKey(der)
	}
	if err != nil {
		return nil, err
	}
	return public, nil
}

// acceptable reports why a key is of no use here.
func acceptable(public crypto.PublicKey) error {
	if _, ok := public.(*brainpool.PublicKey); ok {
		return nil // was checked when it was read
	}
	return jose.Acceptable(public)
}

// sealSigner is how seals after ICAO Doc 9303-13 name the certificate of their signer: country and common name,
// two letters each, and the serial number in hexadecimal. Empty for certificates of other kinds.
func sealSigner(c *x509.Certificate) string {
	if len(c.Subject.Country) != 1 || !isCountry(c.Subject.Country[0]) || len(c.Subject.CommonName) != 2 || c.SerialNumber.Sign() <= 0 {
		return ""
	}
	return fmt.Sprintf("%s%s%X", c.Subject.Country[0], c.Subject.CommonName, c.SerialNumber)
}
