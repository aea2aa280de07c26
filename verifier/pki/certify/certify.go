// Package certify makes certificates, revocation lists, timestamps and signatures under files, as package pki reads
// them: for the demo and for tests. Its keys come from its caller; it keeps none and draws none.
//
// It writes whatever it is asked for, sense or nonsense, because tests want both, and panics where that cannot be
// written at all, which is its caller's mistake. It decides nothing about who gets a certificate.
package certify

import (
	"crypto"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/rsa"
	"crypto/sha256"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/asn1"
	"errors"
	"math/big"
	"time"

	"vratar/verifier/pki"
	"vratar/verifier/proof/gost"
)

type oid = asn1.ObjectIdentifier

// Key signs, and knows how certificates and messages name what it does.
type Key struct {
	Info      []byte                // SubjectPublicKeyInfo, DER
	Digest    asn1.ObjectIdentifier // how messages name Digested
	Signature asn1.ObjectIdentifier // how messages and certificates name Sign
	Digested  func(message []byte) []byte
	Sign      func(message []byte) []byte
}

// ECDSA is a P-256 key that signs with SHA-256.
func ECDSA(k *ecdsa.PrivateKey) *Key {
	if k.Curve != elliptic.P256() {
		panic(errors.New("certify: want a key on P-256"))
	}
	return ofLibrary(k, oid{1, 2, 840, 10045, 4, 3, 2})
}

// RSA is a key that signs with SHA-256 (RFC 8017 §8.2).
func RSA(k *rsa.PrivateKey) *Key { return ofLibrary(k, oid{1, 2, 840, 113549, 1, 1, 11}) }

// GOST is a key of GOST R 34.10-2012 by its public half; sign signs a digest with the other (RFC 9215 §2).
func GOST(public *gost.PublicKey, sign func(digest []byte) []byte) *Key {
	info, err := gost.MarshalPublicKey(public)
	check(err)
	last := 2
	if public.Curve.Size == gost.Size512 {
		last = 3
	}
	return &Key{
		Info: info, Digest: oid{1, 2, 643, 7, 1, 1, 2, last}, Signature: oid{1, 2, 643, 7, 1, 1, 3, last}, Digested: public.Curve.Digest,
		Sign: func(message []byte) []byte { return sign(public.Curve.Digest(message)) },
	}
}

// ofLibrary is a key of the standard library that signs with SHA-256.
func ofLibrary(k crypto.Signer, signature oid) *Key {
	info, err := x509.MarshalPKIXPublicKey(k.Public())
	check(err)
	digested := func(message []byte) []byte { d := sha256.Sum256(message); return d[:] }
	return &Key{
		Info: info, Digest: oid{2, 16, 840, 1, 101, 3, 4, 2, 1}, Signature: signature, Digested: digested,
		Sign: func(message []byte) []byte {
			s, err := k.Sign(rand.Reader, digested(message), crypto.SHA256)
			check(err)
			return s
		},
	}
}

// Template is what a certificate is to say.
type Template struct {
	Identity  pki.Identity
	From, To  time.Time
	Serial    int64
	Authority bool
	PathLimit int           // of an authority; -1: none
	KeyUsage  x509.KeyUsage // 0: not said
	Uses      []oid         // extended key usage, critical; nil: not said
	Extra     []pkix.Extension
}

// Holder is a key with its certificate: an authority, a signer, or both.
type Holder struct {
	Key         *Key
	Certificate *pki.Certificate
}

// Root makes an authority that certifies itself, for ten years from a time.
func Root(k *Key, name string, from time.Time) *Holder {
	return (*Holder)(nil).Issue(k, Template{
		Identity: pki.Identity{CommonName: name}, From: from, To: from.AddDate(10, 0, 0), Serial: 1, Authority: true, PathLimit: -1,
		KeyUsage: x509.KeyUsageCertSign | x509.KeyUsageCRLSign,
	})
}

// Issue certifies a key. A nil issuer certifies it with the key itself.
func (h *Holder) Issue(k *Key, t Template) *Holder {
	subject := name(t.Identity)
	issuer, signer := subject, k
	if h != nil {
		issuer, signer = h.Certificate.X509.RawSubject, h.Key
	}
	tbs := sequence(
		explicit(0, marshal(2)), marshal(t.Serial), signer.algorithm(), issuer,
		sequence(timeOf(t.From), timeOf(t.To)), subject, k.Info, explicit(3, sequence(t.extensions(k, signer)...)),
	)
	c, err := pki.ParseCertificate(signer.signed(tbs))
	check(err)
	return &Holder{k, c}
}

// Revoked is an entry of a list.
type Revoked struct {
	Serial int64
	At     time.Time
}

// List makes a list of revoked certificates.
func (h *Holder) List(from, next time.Time, revoked ...Revoked) *pki.CRL {
	var entries []byte
	for _, r := range revoked {
		entries = append(entries, sequence(marshal(r.Serial), timeOf(r.At))...)
	}
	parts := [][]byte{marshal(1), h.Key.algorithm(), h.Certificate.X509.RawSubject, timeOf(from), timeOf(next)}
	if len(revoked) > 0 {
		parts = append(parts, sequence(entries))
	}
	number := sequence(marshal(oid{2, 5, 29, 20}), marshal(marshal(7)))
	parts = append(parts, explicit(0, sequence(number)))
	l, err := pki.ParseCRL(h.Key.signed(sequence(parts...)))
	check(err)
	return l
}

func (t *Template) extensions(k, issuer *Key) [][]byte {
	id := sha256.Sum256(k.Info)
	authority := sha256.Sum256(issuer.Info)
	all := []pkix.Extension{
		{Id: oid{2, 5, 29, 14}, Value: marshal(id[:20])},
		{Id: oid{2, 5, 29, 35}, Value: sequence(tagged(0x80, authority[:20]))},
	}
	if t.Authority {
		says := marshal(true)
		if t.PathLimit >= 0 {
			says = append(says, marshal(t.PathLimit)...)
		}
		all = append(all, pkix.Extension{Id: oid{2, 5, 29, 19}, Critical: true, Value: sequence(says)})
	}
	if t.KeyUsage != 0 {
		all = append(all, pkix.Extension{Id: oid{2, 5, 29, 15}, Critical: true, Value: usage(t.KeyUsage)})
	}
	if t.Uses != nil {
		all = append(all, pkix.Extension{Id: oid{2, 5, 29, 37}, Critical: true, Value: marshal(t.Uses)})
	}
	var out [][]byte
	for _, e := range append(all, t.Extra...) {
		out = append(out, marshal(e))
	}
	return out
}

// usage writes the bits of a key usage, the first being the highest of the first byte.
func usage(u x509.KeyUsage) []byte {
	var bits [2]byte
	length := 0
	for i := range 9 {
		if u>>i&1 == 1 {
			bits[i/8] |= 0x80 >> (i % 8)
			length = i + 1
		}
	}
	return marshal(asn1.BitString{Bytes: bits[:(length+7)/8], BitLength: length})
}

// name writes an identity as a subject.
func name(id pki.Identity) []byte {
	var rdn pkix.RDNSequence
	add := func(value string, arcs ...int) {
		if value != "" {
			rdn = append(rdn, pkix.RelativeDistinguishedNameSET{{Type: arcs, Value: value}})
		}
	}
	add(id.Country, 2, 5, 4, 6)
	add(id.Organization, 2, 5, 4, 10)
	add(id.Title, 2, 5, 4, 12)
	add(id.OrgINN, 1, 2, 643, 100, 4)
	add(id.OGRN, 1, 2, 643, 100, 1)
	add(id.OGRNIP, 1, 2, 643, 100, 5)
	add(id.INN, 1, 2, 643, 3, 131, 1, 1)
	add(id.SNILS, 1, 2, 643, 100, 3)
	add(id.Surname, 2, 5, 4, 4)
	add(id.GivenName, 2, 5, 4, 42)
	add(id.CommonName, 2, 5, 4, 3)
	return marshal(rdn)
}

func (k *Key) algorithm() []byte { return sequence(marshal(k.Signature)) }

// signed wraps a structure with the signature over it.
func (k *Key) signed(tbs []byte) []byte {
	s := k.Sign(tbs)
	return sequence(tbs, k.algorithm(), marshal(asn1.BitString{Bytes: s, BitLength: 8 * len(s)}))
}

func check(err error) {
	if err != nil {
		panic(err)
	}
}

func marshal(v any) []byte {
	b, err := asn1.Marshal(v)
	check(err)
	return b
}

func tagged(id byte, parts ...[]byte) []byte {
	var content []byte
	for _, p := range parts {
		content = append(content, p...)
	}
	return marshal(asn1.RawValue{Class: int(id >> 6), Tag: int(id & 0x1f), IsCompound: id&0x20 != 0, Bytes: content})
}

func sequence(parts ...[]byte) []byte { return tagged(0x30, parts...) }

func set(parts ...[]byte) []byte { return tagged(0x31, parts...) }

func explicit(tag byte, parts ...[]byte) []byte { return tagged(0xa0|tag, parts...) }

func timeOf(t time.Time) []byte { return marshal(t.UTC().Truncate(time.Second)) }

func serialOf(c *pki.Certificate) []byte { return marshal(new(big.Int).Set(c.X509.SerialNumber)) }
