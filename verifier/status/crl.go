package status

import (
	"bytes"
	"crypto/x509"
	"encoding/asn1"
	"encoding/pem"
	"errors"
	"fmt"
	"slices"
	"time"

	"vratar/verifier"
	"vratar/verifier/cms"
)

// maxCRL bounds a list of revoked certificates in bytes: a quarter of a million of them.
const maxCRL = 8 << 20

const pemCRL = "X509 CRL"

var (
	errCRLSize       = errors.New("the list of revoked certificates is too large")
	errCRLBlock      = errors.New("one block X509 CRL is wanted, and nothing else")
	errCRLTrailing   = errors.New("bytes after the list of revoked certificates")
	errCRLNext       = errors.New("the list of revoked certificates does not say until when it holds (nextUpdate)")
	errCRLPart       = errors.New("the list of revoked certificates is an amendment, or speaks for other certificates than signers'")
	errCRLExtension  = errors.New("the list of revoked certificates has a critical extension that is not understood")
	errCRLAlgorithm  = errors.New("the signature algorithm of the list of revoked certificates is not supported")
	errCRLReason     = errors.New("the list of revoked certificates takes back a revocation, which only an amendment may")
	deltaCRL         = asn1.ObjectIdentifier{2, 5, 29, 27}
	distributedParts = asn1.ObjectIdentifier{2, 5, 29, 28}
)

// Reasons with a meaning of their own (RFC 5280 §5.3.1).
const (
	reasonHold   = 6
	reasonRemove = 8
)

// crlList is what an authority says of the certificates it has issued.
type crlList struct {
	authority []byte // its name, DER
	revoked   map[string]verifier.StatusState
}

// isDER recognises a SEQUENCE of more than 127 bytes, which no text starts with.
func isDER(data []byte) bool {
	return len(data) > 2 && data[0] == 0x30 && data[1] > 0x80 && data[1] <= 0x84
}

// isPEM recognises a PEM block.
func isPEM(text []byte) bool { return bytes.HasPrefix(text, []byte("-----BEGIN ")) }

// loadPEM reads one block X509 CRL.
func loadPEM(text []byte) (Source, error) {
	block, rest := pem.Decode(text)
	if block == nil || block.Type != pemCRL || len(bytes.TrimSpace(rest)) > 0 {
		return Source{}, errCRLBlock
	}
	return loadCRL(block.Bytes)
}

// loadCRL reads a list of revoked certificates (RFC 5280 §5). It is proven like a token status list: its statement
// names the authority by its subject, and counts when the certificate of that name has signed it.
//
// What is revoked stays refused whenever it signed: the moment of signing is the signer's own word, and proves
// nothing once its key is in doubt.
func loadCRL(der []byte) (Source, error) {
	if len(der) > maxCRL {
		return Source{}, errCRLSize
	}
	list, err := x509.ParseRevocationList(bytes.Clone(der)) // the statement keeps parts of it
	switch {
	case err != nil:
		return Source{}, err
	case len(list.Raw) != len(der):
		return Source{}, errCRLTrailing
	case list.NextUpdate.IsZero():
		return Source{}, errCRLNext
	}
	for _, e := range list.Extensions {
		if err := checkCRLExtension(e.Id, e.Critical, e.Value); err != nil {
			return Source{}, err
		}
	}
	proof, err := crlProof(list)
	if err != nil {
		return Source{}, err
	}
	l := crlList{authority: list.RawIssuer, revoked: make(map[string]verifier.StatusState, len(list.RevokedCertificateEntries))}
	for i := range list.RevokedCertificateEntries {
		if err := l.add(&list.RevokedCertificateEntries[i]); err != nil {
			return Source{}, fmt.Errorf("entry %d: %w", i, err)
		}
	}
	return Source{
		Kind: KindCRL, URI: list.Issuer.String(), crl: l,
		Statement: &verifier.Credential{
			Format: verifier.FormatStatusList, IssuedAt: list.ThisUpdate.UTC(), ExpiresAt: list.NextUpdate.UTC(), Proof: proof,
		},
	}, nil
}

// checkCRLExtension admits lists of all certificates, or of all that are no authorities'; parts by place of
// publication among them, since what is not on a list is not called good for that.
func checkCRLExtension(id asn1.ObjectIdentifier, critical bool, value []byte) error {
	switch {
	case id.Equal(deltaCRL):
		return errCRLPart
	case id.Equal(distributedParts):
		return checkDistribution(value)
	case critical:
		return errCRLExtension
	}
	return nil
}

// checkDistribution reads an IssuingDistributionPoint (RFC 5280 §5.2.5): of its members only distributionPoint [0]
// and onlyContainsUserCerts [1] leave the list one of document signers, for every reason and by their own issuer.
func checkDistribution(value []byte) error {
	var point asn1.RawValue
	if rest, err := asn1.Unmarshal(value, &point); err != nil || len(rest) > 0 || point.Tag != asn1.TagSequence {
		return errCRLPart
	}
	for rest := point.Bytes; len(rest) > 0; {
		var member asn1.RawValue
		var err error
		if rest, err = asn1.Unmarshal(rest, &member); err != nil || member.Class != asn1.ClassContextSpecific || member.Tag > 1 {
			return errCRLPart
		}
	}
	return nil
}

// add takes up one entry. A hold may be lifted again; every other reason is for good.
func (l *crlList) add(e *x509.RevocationListEntry) error {
	for _, x := range e.Extensions {
		if x.Critical {
			return errCRLExtension // another's certificates (RFC 5280 §5.3.3), or something unknown
		}
	}
	state := verifier.StatusRevoked
	switch e.ReasonCode {
	case reasonRemove:
		return errCRLReason
	case reasonHold:
		state = verifier.StatusSuspended
	}
	serial := string(e.SerialNumber.Bytes())
	if l.revoked[serial] != verifier.StatusRevoked {
		l.revoked[serial] = state
	}
	return nil
}

// crlProof is the authority's signature in the form in which all signatures are checked.
func crlProof(list *x509.RevocationList) (verifier.Proof, error) {
	p := verifier.Proof{KeyID: list.RawIssuer, Signed: list.RawTBSRevocationList, Signature: list.Signature}
	switch list.SignatureAlgorithm {
	case x509.SHA256WithRSA:
		p.Algorithm = verifier.RS256
	case x509.SHA256WithRSAPSS:
		p.Algorithm = verifier.PS256
	case x509.PureEd25519:
		p.Algorithm = verifier.EdDSA
	case x509.ECDSAWithSHA256:
		p.Algorithm = verifier.ES256
	case x509.ECDSAWithSHA384:
		p.Algorithm = verifier.ES384
	case x509.ECDSAWithSHA512:
		p.Algorithm = verifier.ES512
	default:
		return verifier.Proof{}, errCRLAlgorithm
	}
	switch p.Algorithm {
	case verifier.ES256, verifier.ES384, verifier.ES512:
		var err error
		if p.Signature, err = cms.RawSignature(p.Algorithm.String(), list.Signature); err != nil {
			return verifier.Proof{}, err
		}
	}
	return p, nil
}

// issuedBy reports whether key is the authority that the list names and may sign it (RFC 5280 §4.2.1.3).
func (l *crlList) issuedBy(key *verifier.Key) bool {
	c := key.Certificate
	return c != nil && c.IsCA && bytes.Equal(c.RawSubject, l.authority) &&
		(c.KeyUsage == 0 || c.KeyUsage&x509.KeyUsageCRLSign != 0)
}

// heldCRL is a list of revoked certificates in force.
type heldCRL struct {
	list      crlList
	authority *x509.Certificate // who signed it; nil: nobody proved it
	issued    time.Time
	known     time.Time // when it was issued or fetched, whichever is later
	expires   time.Time
}

func newHeldCRL(src Source) heldCRL {
	l := heldCRL{
		list: src.crl, authority: src.authority,
		issued: src.Statement.IssuedAt, known: src.Statement.IssuedAt, expires: src.Statement.ExpiresAt,
	}
	if src.FetchedAt.After(l.known) {
		l.known = src.FetchedAt
	}
	return l
}

// addCRL keeps the newest list of an authority first.
func (s *Snapshot) addCRL(src Source) {
	name := string(src.crl.authority)
	s.crls[name] = append(s.crls[name], newHeldCRL(src))
	slices.SortStableFunc(s.crls[name], func(a, b heldCRL) int { return b.issued.Compare(a.issued) })
}

// lookupSigner asks the list of the authority that issued the signer's certificate. Where it does not name the
// certificate it says nothing of the credential: the answer is StatusNotChecked, with the times of the list, so
// that one which is overdue leaves the credential unknown.
func (s *Snapshot) lookupSigner(k *verifier.Key) verifier.StatusAnswer {
	c := k.Certificate
	if c == nil || len(s.crls) == 0 {
		return verifier.StatusAnswer{}
	}
	var a verifier.StatusAnswer
	for _, l := range s.crls[string(c.RawIssuer)] {
		switch {
		case l.authority == nil:
			a = verifier.StatusAnswer{State: verifier.StatusUnknown, Detail: "the list of revoked certificates is signed by nobody who is trusted"}
		case len(c.AuthorityKeyId) > 0 && len(l.authority.SubjectKeyId) > 0 && !bytes.Equal(c.AuthorityKeyId, l.authority.SubjectKeyId):
			// of another authority with the same name
		default:
			return l.answer(c)
		}
	}
	return a
}

func (l *heldCRL) answer(c *x509.Certificate) verifier.StatusAnswer {
	a := verifier.StatusAnswer{ListTime: l.known, ListExpires: l.expires}
	switch l.list.revoked[string(c.SerialNumber.Bytes())] {
	case verifier.StatusRevoked:
		a.State, a.Detail = verifier.StatusRevoked, "the signer's certificate is revoked"
	case verifier.StatusSuspended:
		a.State, a.Detail = verifier.StatusSuspended, "the signer's certificate is on hold"
	}
	return a
}

// joinSigner is what is known of a credential when own is said of itself and signer of its signer's certificate:
// the worse of both, and no longer than the sooner of both holds.
func joinSigner(own, signer verifier.StatusAnswer) verifier.StatusAnswer {
	if severity(signer.State) > severity(own.State) {
		return signer
	}
	if severity(own.State) > 0 {
		return own
	}
	own.ListTime = sooner(own.ListTime, signer.ListTime)
	own.ListExpires = sooner(own.ListExpires, signer.ListExpires)
	return own
}

// severity orders what decides against a credential.
func severity(state verifier.StatusState) int {
	switch state {
	case verifier.StatusUnknown:
		return 1
	case verifier.StatusSuspended:
		return 2
	case verifier.StatusRevoked:
		return 3
	}
	return 0
}

// sooner treats zero as not stated.
func sooner(a, b time.Time) time.Time {
	if a.IsZero() || (!b.IsZero() && b.Before(a)) {
		return b
	}
	return a
}
