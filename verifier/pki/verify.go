package pki

import (
	"bytes"
	"errors"
	"time"

	"vratar/verifier/cms"
)

// MaxSkew is how far the signer's clock may be ahead of Options.At.
const MaxSkew = 5 * time.Minute

var (
	errSigners     = errors.New("pki: not exactly one signer")
	errNoSigner    = errors.New("pki: the signer's certificate is not there")
	errAlgorithm   = errors.New("pki: the signature algorithm is not allowed, or does not fit the key")
	errContent     = errors.New("pki: the content is not the one that was signed")
	errContentType = errors.New("pki: the signed content is of another type")
	errSignature   = errors.New("pki: the signature is not the signer's")
	errStray       = errors.New("pki: a certificate came along that nobody issued")
	errFuture      = errors.New("pki: signed in the future")
	errRevoked     = errors.New("pki: a certificate of the chain was revoked")
)

// Verify judges a signature over content: a detached message, or one that holds the very same content. signature is
// DER, or base64 or PEM of it, with or without a byte order mark. Exactly one signer is demanded: a file with more
// has FailureSigners, because which of them would have to be the principal is not for the file to say.
//
// The answer is never nil. The order of checks is that of the failures. The chain is looked at even if the signature
// is bad, so that both can be told.
func Verify(content, signature []byte, o Options) *Signed {
	s := &Signed{Failure: FailureNone}
	m := message{trust: &o.Trust, kind: oidData}
	failure, err := m.open(signature)
	if failure == FailureNone {
		s.Certificate, s.Attached = m.certificate, m.data.Attached
		s.UnsignedAttributes = m.signer.SignedAttributes == nil
		if failure, err = m.prove(content); failure == FailureNone {
			s.Proven = true
		}
		s.Algorithm, s.Claimed = m.algorithm, m.claimed
	}
	s.fail(failure, err)
	if s.Certificate != nil {
		s.setTime(&m, &o)
		s.judge(&m, &o)
	}
	return s
}

// fail keeps the first failure.
func (s *Signed) fail(f Failure, cause error) {
	if s.Failure == FailureNone && f != FailureNone {
		s.Failure, s.Cause = f, cause
	}
}

// setTime chooses the moment at which chain and revocation are judged: the strongest there is evidence for.
func (s *Signed) setTime(m *message, o *Options) {
	s.Time = o.At
	if !s.Claimed.IsZero() {
		s.Time, s.Evidence = s.Claimed, EvidenceClaimed
		if s.Claimed.After(o.At.Add(MaxSkew)) {
			s.fail(FailureTime, errFuture)
		}
	}
	if !o.ExistedAt.IsZero() && !o.ExistedAt.After(o.At) {
		s.Time, s.Evidence = o.ExistedAt, EvidenceKnown
	}
	if !s.Proven {
		return
	}
	at, err := m.timestamp(o)
	if err != nil {
		s.TimestampCause = err
	} else if !at.IsZero() {
		s.Time, s.Evidence = at, EvidenceTimestamp
	}
}

// judge looks at chain and revocation at the moment of signing, and now.
func (s *Signed) judge(m *message, o *Options) {
	chains, checks := o.Trust.chains(m.certificate, m.along)
	chain, failure, err := judge(chains, forFiles, s.Time)
	if failure == FailureNone && !o.Trust.vouches(m.along, m.certificate, checks) {
		failure, err = FailureUntrusted, errStray
	}
	s.fail(failure, err)
	if failure != FailureNone {
		return
	}
	s.Chain, s.Trusted = chain, true
	s.Revocation, s.Authorities = o.Trust.revocations(chain, s.Time, o.At)
	if s.Revocation.State == RevocationRevoked || s.Authorities.State == RevocationRevoked {
		s.fail(FailureRevoked, errRevoked)
	}
	if now, f, _ := judge(chains, forFiles, o.At); f == FailureNone {
		leaf, authorities := o.Trust.revocations(now, o.At, o.At)
		s.Current = leaf.State != RevocationRevoked && authorities.State != RevocationRevoked
	}
}

// revocations are what the lists say of the first certificate of a chain, and the worst of what they say of its
// authorities, the root apart. Where there are no authorities they are good.
func (t *Trust) revocations(chain []*Certificate, at, now time.Time) (leaf, authorities Revocation) {
	if len(chain) == 1 {
		return Revocation{State: RevocationGood}, Revocation{State: RevocationGood} // a root itself: trusted as configured
	}
	leaf = t.revocation(chain[0], chain[1], at, now)
	authorities.State = RevocationGood
	for i, c := range chain[1 : len(chain)-1] {
		r := t.revocation(c, chain[i+2], at, now)
		if r.State == RevocationRevoked {
			return leaf, r
		}
		if r.State == RevocationUnknown {
			authorities = r
		}
	}
	return leaf, authorities
}

// message is a signed message while it is judged.
type message struct {
	trust *Trust
	kind  asn1OID // of the content

	data        *cms.SignedData
	signer      *cms.SignerInfo
	along       []*Certificate // that came along
	certificate *Certificate   // the signer's
	algorithm   Algorithm
	claimed     time.Time
}

// open takes a message apart and finds its signer.
func (m *message) open(signature []byte) (Failure, error) {
	der, err := cms.Decode(signature, MaxSignature)
	if err != nil {
		return FailureMalformed, err
	}
	if m.data, err = cms.Open(der); err != nil {
		return FailureMalformed, err
	}
	if len(m.data.Signers) != 1 {
		return FailureSigners, errSigners
	}
	m.signer = &m.data.Signers[0]
	for _, raw := range m.data.Certificates {
		c, err := parseCertificate(raw)
		if err != nil {
			return FailureMalformed, err
		}
		m.along = append(m.along, c)
	}
	for _, list := range [][]*Certificate{m.along, m.trust.Intermediates} {
		for _, c := range list {
			if m.certificate == nil && names(m.signer, c) {
				m.certificate = c
			}
		}
	}
	if m.certificate == nil {
		return FailureCertificate, errNoSigner
	}
	if m.certificate.Public == nil {
		return FailureCertificate, errKey
	}
	return FailureNone, nil
}

// names reports whether the signer names c.
func names(s *cms.SignerInfo, c *Certificate) bool {
	if s.KeyID != nil {
		return len(c.X509.SubjectKeyId) > 0 && bytes.Equal(s.KeyID, c.X509.SubjectKeyId)
	}
	return s.Serial.Cmp(c.X509.SerialNumber) == 0 && bytes.Equal(s.Issuer, c.X509.RawIssuer)
}

// prove checks algorithm, attributes, content and signature (RFC 5652 §5.4, 5.6).
func (m *message) prove(content []byte) (Failure, error) {
	m.algorithm = algorithmOfSigner(m.signer.Digest, m.signer.Algorithm)
	if p := m.signer.Parameters; p != nil && !bytes.Equal(p, keyParameters(m.certificate.X509.RawSubjectPublicKeyInfo)) {
		return FailureAlgorithm, errAlgorithm // some signers repeat those of their key
	}
	if !m.trust.allows(m.algorithm) || !m.algorithm.fits(m.certificate.Public) {
		return FailureAlgorithm, errAlgorithm
	}
	if !m.data.ContentType.Equal(m.kind) {
		return FailureContent, errContentType
	}
	signed := content
	var digest []byte
	if m.signer.SignedAttributes != nil {
		a, err := m.readAttributes()
		if err != nil {
			return FailureAttributes, err
		}
		m.claimed, digest, signed = a.signingTime, a.messageDigest, m.signer.SignedAttributes
	}
	if m.data.Attached && !bytes.Equal(content, m.data.Content) {
		return FailureContent, errContent
	}
	if digest != nil {
		h := m.algorithm.hash()
		h.Write(content)
		if !bytes.Equal(h.Sum(nil), digest) {
			return FailureContent, errContent
		}
	}
	if !m.algorithm.proves(m.certificate.Public, signed, m.signer.Signature) {
		return FailureSignature, errSignature
	}
	return FailureNone, nil
}
