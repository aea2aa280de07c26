// Package pkitest makes certificates, revocation lists, timestamps and signatures under files for tests, with GOST or
// ECDSA keys that anybody can guess. Nothing that runs in a gateway may import it.
//
// It writes whatever it is asked for, sense or nonsense, because tests want both, and panics where it cannot.
package pkitest

import (
	"crypto"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/sha256"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/asn1"
	"math/big"
	"time"

	"vratar/verifier/pki"
	"vratar/verifier/proof/gost"
	"vratar/verifier/proof/gost/gosttest"
)

type oid = asn1.ObjectIdentifier

// Key signs, and knows how certificates and messages name what it does.
type Key struct {
	info              []byte // SubjectPublicKeyInfo
	sign              func(message []byte) []byte
	digest, signature oid
	digested          func(message []byte) []byte
}

// GOSTKey is the key on that curve that belongs to a seed.
func GOSTKey(c *gost.Curve, seed string) *Key {
	k := gosttest.NewKey(c, seed)
	info, err := gost.MarshalPublicKey(k.Public)
	check(err)
	last := 2
	if c.Size == gost.Size512 {
		last = 3
	}
	return &Key{
		info: info, sign: k.Sign,
		digest: oid{1, 2, 643, 7, 1, 1, 2, last}, signature: oid{1, 2, 643, 7, 1, 1, 3, last},
		digested: func(message []byte) []byte {
			h := k.Hash()
			h.Write(message)
			return h.Sum(nil)
		},
	}
}

// ECDSAKey is the P-256 key that belongs to a seed.
func ECDSAKey(seed string) *Key {
	d := sha256.Sum256([]byte(seed))
	k, err := ecdsa.ParseRawPrivateKey(elliptic.P256(), d[:])
	check(err)
	info, err := x509.MarshalPKIXPublicKey(k.Public())
	check(err)
	return &Key{
		info: info, digest: oid{2, 16, 840, 1, 101, 3, 4, 2, 1}, signature: oid{1, 2, 840, 10045, 4, 3, 2},
		digested: func(message []byte) []byte { d := sha256.Sum256(message); return d[:] },
		sign: func(message []byte) []byte {
			d := sha256.Sum256(message)
			s, err := k.Sign(rand.Reader, d[:], crypto.SHA256)
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
		sequence(timeOf(t.From), timeOf(t.To)), subject, k.info, explicit(3, sequence(t.extensions(k, signer)...)),
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
	id := sha256.Sum256(k.info)
	authority := sha256.Sum256(issuer.info)
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

func (k *Key) algorithm() []byte { return sequence(marshal(k.signature)) }

// signed wraps a structure with the signature over it.
func (k *Key) signed(tbs []byte) []byte {
	s := k.sign(tbs)
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
