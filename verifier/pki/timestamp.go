package pki

import (
	"bytes"
	"crypto/x509/pkix"
	"encoding/asn1"
	"errors"
	"math/big"
	"time"
)

var errTimestamp = errors.New("pki: the timestamp is unreadable, or of another signature")

// timestampInfo is what a timestamp authority signs (RFC 3161 §2.4.2).
type timestampInfo struct {
	Version int
	Policy  asn1OID
	Imprint struct {
		Algorithm pkix.AlgorithmIdentifier
		Digest    []byte
	}
	Serial     *big.Int
	Time       time.Time     `asn1:"generalized"`
	Accuracy   asn1.RawValue `asn1:"optional"`
	Ordering   bool          `asn1:"optional"`
	Nonce      *big.Int      `asn1:"optional"`
	Authority  asn1.RawValue `asn1:"optional,tag:0"`
	Extensions asn1.RawValue `asn1:"optional,tag:1"`
}

// timestamp is when an authority under a configured root saw the signature (CAdES-T, RFC 5126 §6.1.1): zero without a
// timestamp. The timestamp is not signed by the signer, so that a bad one is as good as none, and an error.
func (m *message) timestamp(o *Options) (time.Time, error) {
	for _, a := range m.signer.Unsigned {
		if a.Type.Equal(oidTimestampToken) {
			return m.readTimestamp(a.Values[0].FullBytes, o)
		}
	}
	return time.Time{}, nil
}

func (m *message) readTimestamp(der []byte, o *Options) (time.Time, error) {
	token := message{trust: &o.Trust, kind: oidTimestampInfo}
	if _, err := token.open(der); err != nil {
		return time.Time{}, err
	}
	if !token.data.Attached || token.signer.SignedAttributes == nil {
		return time.Time{}, errTimestamp
	}
	if _, err := token.prove(token.data.Content); err != nil {
		return time.Time{}, err
	}
	var info timestampInfo
	if !read(token.data.Content, &info) {
		return time.Time{}, errTimestamp
	}
	h := digestByOID(info.Imprint.Algorithm.Algorithm)
	if h == nil {
		return time.Time{}, errTimestamp
	}
	h.Write(m.signer.Signature)
	if !bytes.Equal(h.Sum(nil), info.Imprint.Digest) {
		return time.Time{}, errTimestamp
	}
	if info.Time.After(o.At.Add(MaxSkew)) {
		return time.Time{}, errFuture
	}
	chains, _ := o.Trust.chains(token.certificate, append(token.along, m.along...))
	chain, failure, err := judge(chains, forTimestamps, info.Time)
	if failure != FailureNone {
		return time.Time{}, err
	}
	// The key of an authority that was revoked later may have made timestamps of the past.
	if leaf, authorities := o.Trust.revocations(chain, o.At, o.At); leaf.State == RevocationRevoked || authorities.State == RevocationRevoked {
		return time.Time{}, errRevoked
	}
	return info.Time, nil
}
