package mandate

import (
	"time"

	"vratar/verifier"
	"vratar/verifier/pki"
)

// Prove asks whether a file is a mandate that its principal signed: the checks of format, signature, certificate and
// signer. It returns the mandate exactly when all four pass. The report never says more than that they did: then its
// outcome is indeterminate and its reason none, because whether it may be acted on is what Judge answers.
func Prove(f File, o Options) (*Proven, Report) {
	var r Report
	m, reason, wrong := parse(f.Data, f.Name)
	if m == nil {
		r.fail(CheckFormat, reason, wrong)
		return nil, r
	}
	r.pass(CheckFormat)
	if len(f.Signatures) == 0 {
		r.fail(CheckSignature, verifier.ReasonMandateSignatureInvalid, fault{CodeSignatureMissing, "there is no signature"})
		return nil, r
	}
	signers := make([]Signer, 0, len(f.Signatures))
	for _, signature := range f.Signatures {
		s := pki.Verify(f.Data, signature, pki.Options{Trust: o.Trust, At: o.At, ExistedAt: o.ExistedAt})
		if !r.signature(s, o.Policy) || !r.certificate(s, m, o) {
			return nil, r
		}
		signers = append(signers, signerOf(s))
	}
	r.pass(CheckSignature)
	r.pass(CheckCertificate)
	if !r.signer(m, signers, o.Policy) {
		return nil, r
	}
	if m.Powers.Machine && m.Powers.Text != "" {
		r.Warnings |= WarnTextBesideCodes
	}
	return newProven(m, signers, r), r
}

func signerOf(s *pki.Signed) Signer {
	return Signer{
		Identity:  s.Certificate.Identity,
		NotBefore: s.Certificate.X509.NotBefore,
		NotAfter:  s.Certificate.X509.NotAfter,
		SignedAt:  s.Time,
		Evidence:  s.Evidence,
		Claimed:   s.Claimed,
		Algorithm: s.Algorithm,
	}
}

// The sentences of what a signature can lack, by package pki's failures.
var (
	signatureFaults = map[pki.Failure]fault{
		pki.FailureMalformed:   {CodeSignatureMalformed, "the signature is no signed message in DER, base64 or PEM"},
		pki.FailureSigners:     {CodeSigners, "the signature has no signer, or more than one"},
		pki.FailureCertificate: {CodeSignerCertificate, "the signer's certificate is missing or unreadable"},
		pki.FailureAlgorithm:   {CodeAlgorithm, "the signature's algorithm is not allowed"},
		pki.FailureAttributes:  {CodeAttributes, "the signed attributes are incomplete or name another certificate"},
		pki.FailureContent:     {CodeContent, "the file is not the one that was signed"},
		pki.FailureSignature:   {CodeSignature, "the signature is not of the certificate's key"},
	}
	certificateFaults = map[pki.Failure]fault{
		pki.FailureTime:      {CodeSignedInFuture, "the moment of signing lies in the future"},
		pki.FailureUntrusted: {CodeUntrusted, "no chain of certificates leads to a configured root"},
		pki.FailureKeyUsage:  {CodeKeyUsage, "a certificate of the chain is not meant for this"},
		pki.FailureValidity:  {CodeCertificateNotValid, "a certificate was not valid at the moment of signing"},
		pki.FailureRevoked:   {CodeCertificateRevoked, "a certificate was revoked at the moment of signing"},
	}
)

// signature records what is wrong with one signature, chain and time apart.
func (r *Report) signature(s *pki.Signed, p Policy) bool {
	const reason = verifier.ReasonMandateSignatureInvalid
	if f, found := signatureFaults[s.Failure]; found {
		r.fail(CheckSignature, reason, f)
		return false
	}
	if s.Failure == pki.FailureUnchecked {
		r.unknown(CheckSignature, reason, fault{CodeSignature, "the signature was not checked"})
		return false
	}
	if s.Attached {
		if p.RefuseAttached {
			r.fail(CheckSignature, reason, fault{CodeAttachedRefused, "the signature brings the file along"})
			return false
		}
		r.Warnings |= WarnAttached
	}
	if s.UnsignedAttributes {
		if p.RequireSignedAttributes {
			r.fail(CheckSignature, reason, fault{CodeAttributesMissing, "the signature has no signed attributes"})
			return false
		}
		r.Warnings |= WarnNoSignedAttributes
	}
	return true
}

// certificate records what is wrong with the chain at the moment of signing, and whether that moment is known well
// enough.
func (r *Report) certificate(s *pki.Signed, m *Mandate, o Options) bool {
	const reason = verifier.ReasonMandateSignatureInvalid
	r.pass(CheckSignature)
	if s.Failure != pki.FailureNone {
		f, found := certificateFaults[s.Failure]
		if !found {
			f = fault{CodeUntrusted, "the certificate was refused"}
		}
		r.fail(CheckCertificate, reason, f)
		return false
	}
	if !s.Current && s.Evidence < pki.EvidenceKnown {
		r.fail(CheckCertificate, reason, fault{CodeNoTimeEvidence,
			"the certificate holds no longer, and nobody but the signer says that he signed while it did"})
		return false
	}
	if s.UnsignedAttributes && s.Evidence < pki.EvidenceKnown && !heldOn(m.Issued, s, o.At) {
		r.fail(CheckCertificate, reason, fault{CodeCertificateIssueDate,
			"the signature tells no time, and the certificate was not valid on the mandate's day of issue"})
		return false
	}
	if !s.Current {
		r.Warnings |= WarnCertificateEnded
	}
	if s.Authorities.State == pki.RevocationUnknown {
		r.Warnings |= WarnAuthorityRevocation
	}
	if s.Revocation.State != pki.RevocationGood {
		if !o.Policy.AcceptUnknownRevocationUnsafe && !vouched(s, o) {
			r.unknown(CheckCertificate, reason, fault{CodeRevocationUnknown,
				"no list of revoked certificates can tell about the signer's"})
			return false
		}
		r.Warnings |= WarnSignerRevocation
	}
	return true
}

// vouched reports whether the certificate has ended since the signature was known to somebody who could still ask for
// its revocation: lists need not name certificates that have ended (RFC 5280 §3.3), so none can tell today.
func vouched(s *pki.Signed, o Options) bool {
	end := s.Certificate.X509.NotAfter
	return !o.ExistedAt.IsZero() && !o.ExistedAt.After(end) && o.At.After(end)
}

// heldOn reports whether the signer's certificate was valid at some moment of the day. A day still to come is left to
// the check of dates.
func heldOn(d Date, s *pki.Signed, at time.Time) bool {
	if d > DateAt(at) {
		return true
	}
	c := s.Certificate.X509
	return !c.NotBefore.After(d.End()) && !c.NotAfter.Before(d.Start())
}
