package trust

import (
	"bytes"
	"crypto/sha256"
	"crypto/x509"
	"encoding/asn1"
	"encoding/base64"
	"encoding/pem"
	"errors"
	"fmt"
	"strings"

	"vratar/verifier"
	"vratar/verifier/brainpool"
)

const pemBegin = "-----BEGIN "

// certificateIDSize is how many bytes of SHA-256 of its DER name a certificate (EU DCC specification A.1).
const certificateIDSize = 8

// certificateID is the key identifier of a certificate.
func certificateID(c *x509.Certificate) []byte {
	sum := sha256.Sum256(c.Raw)
	return sum[:certificateIDSize]
}

// fromCertificateText reads base64 of DER.
func fromCertificateText(text string) (Key, error) {
	der, err := base64.StdEncoding.DecodeString(text)
	if err != nil {
		return Key{}, errors.New("the certificate is not base64")
	}
	return fromDER(der)
}

func fromDER(der []byte) (Key, error) {
	c, err := parseBrainpool(der)
	if errors.Is(err, brainpool.ErrNotBrainpool) {
		c, err = parseCertificate(der)
	}
	if err != nil {
		return Key{}, err
	}
	return Key{Public: c.PublicKey, Certificate: c}, acceptable(c.PublicKey)
}

// loadPEM gives every certificate and public key of a PEM file to any issuer.
func loadPEM(text []byte) (Source, error) {
	keys, err := parsePEM(text)
	if err != nil {
		return Source{}, err
	}
	src := Source{Kind: KindPEM}
	for _, k := range keys {
		issuer := verifier.Issuer{ID: AnyIssuer}
		if k.Certificate != nil {
			issuer.Name, issuer.Country = describe(k.Certificate)
		}
		src.Entries = append(src.Entries, Entry{Issuer: issuer, Keys: []Key{k}})
	}
	return src, nil
}

// parsePEM reads certificates and public keys. Anything else is an error, above all a private key.
func parsePEM(text []byte) ([]Key, error) {
	announced := bytes.Count(text, []byte(pemBegin))
	var keys []Key
	var faults faultList
	for block, rest := pem.Decode(text); block != nil; block, rest = pem.Decode(rest) {
		k, err := fromBlock(block)
		faults.add(fmt.Sprintf("block %d", len(keys)+1), err)
		keys = append(keys, k)
	}
	// The decoder passes over a block that is cut off or damaged as if it were a remark.
	if len(keys) == 0 || len(keys) != announced {
		faults.add("", fmt.Errorf("%d of %d PEM blocks are readable", len(keys), announced))
	}
	if err := faults.err(); err != nil {
		return nil, err
	}
	return keys, nil
}

func fromBlock(b *pem.Block) (Key, error) {
	switch b.Type {
	case "CERTIFICATE":
		return fromDER(b.Bytes)
	case "PUBLIC KEY":
		pub, err := parsePublicKey(b.Bytes)
		if err != nil {
			return Key{}, err
		}
		return Key{Public: pub}, acceptable(pub)
	}
	if strings.HasSuffix(b.Type, "PRIVATE KEY") {
		return Key{}, errors.New("a private key has no place in trust material")
	}
	return Key{}, fmt.Errorf("%s is not supported", b.Type)
}

// describe names the subject of a certificate for people.
func describe(c *x509.Certificate) (name, country string) {
	name = c.Subject.CommonName
	if len(c.Subject.Organization) > 0 {
		name = c.Subject.Organization[0]
	}
	if len(c.Subject.Country) > 0 && isCountry(c.Subject.Country[0]) {
		country = c.Subject.Country[0]
	}
	return name, country
}

// extKeyUsage is the certificate's extended key usages as dotted object identifiers, those that the standard
// library knows by name included.
func extKeyUsage(c *x509.Certificate) []string {
	var dotted []string
	for _, e := range c.Extensions {
		if !e.Id.Equal(asn1.ObjectIdentifier{2, 5, 29, 37}) {
			continue
		}
		var oids []asn1.ObjectIdentifier
		if _, err := asn1.Unmarshal(e.Value, &oids); err != nil {
			continue // x509.ParseCertificate has refused it before
		}
		for _, oid := range oids {
			dotted = append(dotted, oid.String())
		}
	}
	return dotted
}
