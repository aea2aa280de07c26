package certify

import (
	"bytes"
	"slices"
	"time"

	"vratar/verifier/pki"
)

// Signature says how to sign a file. The zero value makes a detached signature with the attributes that have to be
// there and the signer's certificate, and nothing else.
type Signature struct {
	At            time.Time // claimed; zero: not said
	Attached      bool
	NoAttributes  bool
	NoName        bool             // without signing-certificate-v2
	Names         *pki.Certificate // that signing-certificate-v2 names; nil: the signer's
	NoCertificate bool
	Along         []*pki.Certificate
	Stamped       *Holder // who makes a timestamp; nil: nobody
	StampedAt     time.Time
	StampOf       []byte   // what the timestamp is of; nil: the signature
	Extra         [][]byte // further signed attributes, as DER
	CoSigners     []*Holder
}

var (
	idData       = oid{1, 2, 840, 113549, 1, 7, 1}
	idSignedData = oid{1, 2, 840, 113549, 1, 7, 2}
	idTSTInfo    = oid{1, 2, 840, 113549, 1, 9, 16, 1, 4}
	idType       = oid{1, 2, 840, 113549, 1, 9, 3}
	idDigest     = oid{1, 2, 840, 113549, 1, 9, 4}
	idTime       = oid{1, 2, 840, 113549, 1, 9, 5}
	idSignerV2   = oid{1, 2, 840, 113549, 1, 9, 16, 2, 47}
	idStamp      = oid{1, 2, 840, 113549, 1, 9, 16, 2, 14}
)

// Sign makes a signature over content in DER.
func (h *Holder) Sign(content []byte, s Signature) []byte {
	return h.message(content, idData, s)
}

func (h *Holder) message(content []byte, kind oid, s Signature) []byte {
	info := marshal(kind)
	if s.Attached {
		info = append(info, explicit(0, marshal(content))...)
	}
	var certificates, signers [][]byte
	if !s.NoCertificate {
		certificates = append(certificates, h.Certificate.X509.Raw)
	}
	for _, c := range s.Along {
		certificates = append(certificates, c.X509.Raw)
	}
	for _, signer := range append([]*Holder{h}, s.CoSigners...) {
		signers = append(signers, signer.signerInfo(content, kind, &s))
	}
	body := [][]byte{marshal(1), set(sequence(marshal(h.Key.Digest))), sequence(info)}
	if len(certificates) > 0 {
		body = append(body, explicit(0, certificates...))
	}
	body = append(body, set(signers...))
	return sequence(marshal(idSignedData), explicit(0, sequence(body...)))
}

func (h *Holder) signerInfo(content []byte, kind oid, s *Signature) []byte {
	parts := [][]byte{
		marshal(1), sequence(h.Certificate.X509.RawIssuer, serialOf(h.Certificate)), sequence(marshal(h.Key.Digest)),
	}
	signed := content
	if !s.NoAttributes {
		attributes := h.attributes(content, kind, s)
		signed = set(attributes...)
		parts = append(parts, explicit(0, attributes...))
	}
	signature := h.Key.Sign(signed)
	parts = append(parts, h.Key.algorithm(), marshal(signature))
	if s.Stamped != nil {
		of := s.StampOf
		if of == nil {
			of = signature
		}
		parts = append(parts, explicit(1, attribute(idStamp, s.Stamped.Timestamp(of, s.StampedAt))))
	}
	return sequence(parts...)
}

// attributes are sorted, as DER wants its sets.
func (h *Holder) attributes(content []byte, kind oid, s *Signature) [][]byte {
	all := [][]byte{attribute(idType, marshal(kind)), attribute(idDigest, marshal(h.Key.Digested(content)))}
	if !s.At.IsZero() {
		all = append(all, attribute(idTime, timeOf(s.At)))
	}
	if !s.NoName {
		named := h.Certificate
		if s.Names != nil {
			named = s.Names
		}
		id := sequence(sequence(marshal(h.Key.Digest)), marshal(h.Key.Digested(named.X509.Raw)))
		all = append(all, attribute(idSignerV2, sequence(sequence(id))))
	}
	all = append(all, s.Extra...)
	slices.SortFunc(all, bytes.Compare)
	return all
}

func attribute(id oid, value []byte) []byte { return sequence(marshal(id), set(value)) }

// Timestamp makes a timestamp token (RFC 3161) of a signature.
func (h *Holder) Timestamp(of []byte, at time.Time) []byte {
	imprint := sequence(sequence(marshal(h.Key.Digest)), marshal(h.Key.Digested(of)))
	info := sequence(marshal(1), marshal(oid{1, 2, 3}), imprint, marshal(99), tagged(0x18, []byte(at.UTC().Format("20060102150405Z"))))
	return h.message(info, idTSTInfo, Signature{Attached: true, At: at})
}
