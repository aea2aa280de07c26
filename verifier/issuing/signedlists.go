package issuing

import (
	"crypto/x509"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"vratar/verifier/cbor"
	"vratar/verifier/cose"
)

// ListedAuthority is one root of a VICAL.
type ListedAuthority struct {
	Certificate []byte   // DER, of an authority
	Types       []string // document types it stands for, e.g. org.iso.18013.5.1.mDL
	Name        string   // of the authority; empty: not stated
}

// AuthorityList is the content of a VICAL (ISO/IEC 18013-5 Annex C).
type AuthorityList struct {
	Provider    string
	Number      uint64 // grows with every list; 0: not stated
	IssuedAt    time.Time
	NextUpdate  time.Time // zero: not stated
	Authorities []ListedAuthority
}

// VICAL signs a list of authorities for mobile documents. The key's certificate travels along when it has one.
func VICAL(k *Key, l AuthorityList) ([]byte, error) {
	payload, err := l.encode()
	if err != nil {
		return nil, err
	}
	id, err := k.coseAlgorithm()
	if err != nil {
		return nil, err
	}
	s := cose.Sign1{Algorithm: id, Payload: payload}
	s.Protected = cose.AppendProtected(nil, s)
	if s.Signature, err = k.Sign(cose.AppendSigStructure(nil, s.Protected, s.Payload)); err != nil {
		return nil, err
	}
	var chain []byte
	if k.Certificate != nil {
		chain = cbor.AppendBytes(cbor.AppendInt(cbor.AppendMapHead(nil, 1), labelChain), k.Certificate)
	}
	return appendUntagged(nil, cose.AppendSign1(nil, s, chain))
}

func (l AuthorityList) encode() ([]byte, error) {
	if l.Provider == "" || l.IssuedAt.IsZero() {
		return nil, errors.New("issuing: a VICAL has a provider and a date")
	}
	n := 4
	for _, stated := range []bool{l.Number > 0, !l.NextUpdate.IsZero()} {
		if stated {
			n++
		}
	}
	dst := cbor.AppendText(cbor.AppendText(cbor.AppendMapHead(nil, n), "version"), "1.0")
	dst = cbor.AppendText(cbor.AppendText(dst, "vicalProvider"), l.Provider)
	dst = appendMoment(cbor.AppendText(dst, "date"), l.IssuedAt)
	if l.Number > 0 {
		dst = cbor.AppendUint(cbor.AppendText(dst, "vicalIssueID"), l.Number)
	}
	if !l.NextUpdate.IsZero() {
		dst = appendMoment(cbor.AppendText(dst, "nextUpdate"), l.NextUpdate)
	}
	dst = cbor.AppendArrayHead(cbor.AppendText(dst, "certificateInfos"), len(l.Authorities))
	for i, a := range l.Authorities {
		var err error
		if dst, err = a.append(dst); err != nil {
			return nil, fmt.Errorf("issuing: authority %d: %w", i, err)
		}
	}
	return dst, nil
}

// append appends a CertificateInfo (§C.1.7.1).
func (a ListedAuthority) append(dst []byte) ([]byte, error) {
	c, err := x509.ParseCertificate(a.Certificate)
	if err != nil {
		return nil, err
	}
	n := 4
	if a.Name != "" {
		n++
	}
	const unsignedBignum = 2
	dst = cbor.AppendBytes(cbor.AppendText(cbor.AppendMapHead(dst, n), "certificate"), a.Certificate)
	dst = cbor.AppendBytes(cbor.AppendTag(cbor.AppendText(dst, "serialNumber"), unsignedBignum), c.SerialNumber.Bytes())
	dst = cbor.AppendBytes(cbor.AppendText(dst, "ski"), c.SubjectKeyId)
	dst = cbor.AppendArrayHead(cbor.AppendText(dst, "docType"), len(a.Types))
	for _, t := range a.Types {
		dst = cbor.AppendText(dst, t)
	}
	if a.Name != "" {
		dst = cbor.AppendText(cbor.AppendText(dst, "issuingAuthority"), a.Name)
	}
	return dst, nil
}

// SignerList is the document signers of EU certificates.
type SignerList struct {
	IssuedAt  time.Time
	ExpiresAt time.Time         // zero: not stated
	Signers   map[string][]*Key // by country, ISO 3166-1 alpha-2; each with its certificate
}

// SignerListJWS signs a list of document signers as a JWS (DSC-TL 1.0). With certificate the key is shown by its
// certificate (x5c), else it is named by its ID (kid).
func SignerListJWS(k *Key, l SignerList, certificate bool) ([]byte, error) {
	type keys struct {
		Keys []json.RawMessage `json:"keys"`
	}
	countries := make(map[string]keys, len(l.Signers))
	for country, signers := range l.Signers {
		var set keys
		for _, signer := range signers {
			jwk, err := signer.MarshalPublic()
			if err != nil {
				return nil, err
			}
			set.Keys = append(set.Keys, jwk)
		}
		countries[country] = set
	}
	claims := map[string]any{"iat": l.IssuedAt.Unix(), "dsc_trust_list": countries}
	if !l.ExpiresAt.IsZero() {
		claims["exp"] = l.ExpiresAt.Unix()
	}
	payload, err := json.Marshal(claims)
	if err != nil {
		return nil, err
	}
	head := jwtHead{Type: "JWT"}
	if certificate {
		head.Chain = [][]byte{k.Certificate}
	} else {
		head.KeyID = k.ID
	}
	return k.signWith(head, payload)
}

// SignerListText signs a list of document signers in the form of the German service: the signature, base64, on a
// line of its own, and the list as JSON.
func SignerListText(k *Key, l SignerList) ([]byte, error) {
	type certificate struct {
		Country string `json:"country"`
		Type    string `json:"certificateType"`
		Raw     []byte `json:"rawData"`
	}
	var all []certificate
	for country, signers := range l.Signers {
		for _, signer := range signers {
			all = append(all, certificate{country, "DSC", signer.Certificate})
		}
	}
	text, err := json.Marshal(map[string]any{"certificates": all})
	if err != nil {
		return nil, err
	}
	signature, err := k.Sign(text)
	if err != nil {
		return nil, err
	}
	return append(append(base64.StdEncoding.AppendEncode(nil, signature), '\n'), text...), nil
}
