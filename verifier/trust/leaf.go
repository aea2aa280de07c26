package trust

import (
	"bytes"
	"crypto/x509"
	"encoding/asn1"
	"net/url"
	"slices"
	"strings"
	"sync/atomic"

	"vratar/verifier"
	"vratar/verifier/jose"
)

// leaf is a certificate that a code brought along, with everybody on the list who may stand for it.
type leaf struct {
	der      []byte
	read     *x509.Certificate
	backings []backing
	vouched  bool                   // each byte of it: it is on the list itself, or an authority that is signed it
	used     atomic.Bool            // of late; kept by leaves
	named    atomic.Pointer[string] // the issuer that it was last found to be of
}

// backing is one reason to believe a certificate's key.
type backing struct {
	by     *anchor
	key    *verifier.Key
	issued bool // by is the authority that issued the certificate; else by is the certificate's own key
}

// leaf reads a certificate that a code brought along; nil when that fails, or its key is of no use. It is remembered when
// it is vouched for.
func (s *Snapshot) leaf(der []byte) *leaf {
	if l := s.leaves.get(der); l != nil {
		return l
	}
	l := s.readLeaf(bytes.Clone(der)) // what is read refers to it
	if l == nil || !l.vouched || len(der) > maxLeaf {
		return l
	}
	l.prepare()
	return s.leaves.put(l)
}

func (s *Snapshot) readLeaf(der []byte) *leaf {
	read, err := parseCertificate(der)
	if err != nil || !hasThreeParts(der) || jose.Acceptable(read.PublicKey) != nil {
		return nil
	}
	l := &leaf{der: der, read: read}
	public, _ := jose.Thumbprint(read.PublicKey)
	for _, a := range s.byPublic[public] {
		l.backings = append(l.backings, backing{by: a, key: a.narrowed(read)})
		// Anybody can write a certificate for a public key, so the key alone vouches for none.
		l.vouched = l.vouched || (a.key.Certificate != nil && bytes.Equal(a.key.Certificate.Raw, der))
	}
	for _, a := range s.authorities[string(read.RawIssuer)] {
		if issued(a.key.Certificate, read) {
			l.backings = append(l.backings, backing{by: a, key: a.certified(read), issued: true})
			l.vouched = true
		}
	}
	return l
}

// hasThreeParts reports whether nothing stands behind the parts of a certificate (RFC 5280 §4.1). The library passes over
// what does. Nobody has signed it, so there would be no end of texts that an authority seems to vouch for.
func hasThreeParts(der []byte) bool {
	var parts []asn1.RawValue
	rest, err := asn1.Unmarshal(der, &parts)
	return err == nil && len(rest) == 0 && len(parts) == 3
}

// prepare makes the keys part of the list: they last as long, and may be prepared like those that it names.
func (l *leaf) prepare() {
	place := new(verifier.Preparation)
	for _, b := range l.backings {
		b.key.Fleeting = false
		if b.issued {
			b.key.Preparation = place // the same key, whoever stands for it
		}
	}
}

// maySign reports whether the list lets who stands for l vouch for c.
func (b *backing) maySign(l *leaf, c *verifier.Credential) bool {
	if !b.issued {
		return b.by.mayHaveSigned(c)
	}
	return b.by.permits(c) && b.certifiedFor(l, c)
}

// certifiedFor reports whether the authority has certified l to sign c. It issues certificates for many
// purposes, so the certificate has to name one of the uses that the format needs. Where a format has no such use
// (SD-JWT does not), the operator must have said that the authority is for this format.
//
// Such an authority, where it vouches for any issuer, must have certified the issuer that c names by its address, as
// the names of web servers are certified: else each of those it has certified could pass for all the others.
func (b *backing) certifiedFor(l *leaf, c *verifier.Credential) bool {
	if len(c.KeyUse.Need) > 0 {
		return slices.ContainsFunc(b.key.ExtKeyUsage, func(use string) bool { return slices.Contains(c.KeyUse.Need, use) })
	}
	return slices.Contains(b.by.formats, c.Format) &&
		(c.Issuer == "" || b.by.key.Issuer.ID != AnyIssuer || l.isOf(c.Issuer)) // an authority of one issuer speaks for no other
}

// isOf is names, which takes the address apart, with the last one it was true of.
func (l *leaf) isOf(issuer string) bool {
	if last := l.named.Load(); last != nil && *last == issuer {
		return true
	}
	if !names(l.read, issuer) {
		return false
	}
	own := strings.Clone(issuer) // the credential's memory is used again
	l.named.Store(&own)
	return true
}

// names reports whether c is of the issuer with that address: it names the whole of it, or its host.
func names(c *x509.Certificate, issuer string) bool {
	for _, u := range c.URIs {
		if u.String() == issuer {
			return true
		}
	}
	u, err := url.Parse(issuer)
	return err == nil && slices.Contains(c.DNSNames, u.Hostname())
}
