package trust

import (
	"crypto/sha256"
	"encoding/base64"
	"encoding/binary"
	"slices"
	"strconv"
	"strings"
	"time"

	"vratar/verifier"
	"vratar/verifier/jose"
)

// maxNameless bounds how many keys are tried for a credential that names none. Each costs a signature check,
// so without a bound a stranger's code could ask for hundreds.
const maxNameless = 32

// Snapshot is an immutable set of trusted keys. It may be used from any number of goroutines. What it remembers of the
// certificates it is asked about changes no answer.
type Snapshot struct {
	issuers []*verifier.Issuer
	anchors []*anchor
	epoch   uint64

	named       map[string]*ring     // keys by the issuer they vouch for
	everyone    *ring                // the same keys together, for credentials that name no issuer
	wildcard    *ring                // keys that vouch for any issuer
	byKeyID     map[string][]*anchor // keys of entries with ByKeyID, by their identifiers
	openFormats map[string]bool      // formats of those entries
	byPublic    map[string][]*anchor // by RFC 7638 thumbprint
	authorities map[string][]*anchor // certificates that may issue others, by their DER subject
	leaves      *leaves              // certificates that came with codes and were found good
}

var _ verifier.Trust = (*Snapshot)(nil)

// anchor is a trusted key with its limits.
type anchor struct {
	key       verifier.Key
	algorithm verifier.Algorithm
	formats   []string
	documents []string
	ids       []string // every spelling of its identifier that a credential may use; none: it has no identifier
	certifies bool     // it signs no documents itself
}

// ring is the keys that are tried together.
type ring struct {
	all     []*anchor
	unnamed []*anchor            // those without identifier, which no kid can exclude
	byID    map[string][]*anchor // the others
}

func newRing() *ring { return &ring{byID: make(map[string][]*anchor)} }

func (r *ring) add(a *anchor) {
	r.all = append(r.all, a)
	if len(a.ids) == 0 {
		r.unnamed = append(r.unnamed, a)
	}
	for _, id := range a.ids {
		r.byID[id] = append(r.byID[id], a)
	}
}

// Empty trusts nobody.
func Empty() *Snapshot { return New() }

// New joins the sources that count. A key that several of them hold in the same way counts once.
func New(sources ...Source) *Snapshot {
	s := &Snapshot{
		named: make(map[string]*ring), everyone: newRing(), wildcard: newRing(),
		byKeyID: make(map[string][]*anchor), openFormats: make(map[string]bool),
		byPublic: make(map[string][]*anchor), authorities: make(map[string][]*anchor),
		leaves: newLeaves(leafSets),
	}
	var digests [][sha256.Size]byte
	seen := make(map[[sha256.Size]byte]bool)
	for _, src := range sources {
		if !src.Counts() {
			continue
		}
		for i := range src.Entries {
			e := &src.Entries[i]
			issuer := e.Issuer
			s.issuers = append(s.issuers, &issuer)
			for _, k := range e.Keys {
				a := newAnchor(&issuer, e, k)
				if src.Statement != nil {
					a.key.ListedUntil = src.Statement.ExpiresAt
				}
				d := a.digest(e.ByKeyID)
				if !seen[d] {
					seen[d] = true
					digests = append(digests, d)
					s.add(a, e.ByKeyID)
				}
			}
		}
	}
	s.epoch = epochOf(digests)
	return s
}

func (s *Snapshot) add(a *anchor, byKeyID bool) {
	s.anchors = append(s.anchors, a)
	if public, err := jose.Thumbprint(a.key.Public); err == nil {
		s.byPublic[public] = append(s.byPublic[public], a)
	}
	if c := a.key.Certificate; c != nil && c.IsCA {
		s.authorities[string(c.RawSubject)] = append(s.authorities[string(c.RawSubject)], a)
	}
	id := a.key.Issuer.ID
	if id == AnyIssuer {
		s.wildcard.add(a)
		return
	}
	if s.named[id] == nil {
		s.named[id] = newRing()
	}
	s.named[id].add(a)
	s.everyone.add(a)
	if byKeyID {
		for _, kid := range a.ids {
			s.byKeyID[kid] = append(s.byKeyID[kid], a)
		}
		for _, f := range a.formats {
			s.openFormats[f] = true
		}
	}
}

func newAnchor(issuer *verifier.Issuer, e *Entry, k Key) *anchor {
	a := &anchor{
		key: verifier.Key{
			Issuer: issuer, ID: k.ID, Public: k.Public, Certificate: k.Certificate,
			NotBefore: e.NotBefore, NotAfter: e.NotAfter, AllowedFrom: e.NotBefore, AllowedUntil: e.NotAfter,
			CRLVersion: k.CRLVersion, Preparation: k.Preparation,
		},
		algorithm: k.Algorithm, formats: e.Formats, documents: e.Documents, ids: spellings(k.ID), certifies: e.OnlyCertifies,
	}
	if c := k.Certificate; c != nil {
		a.key.CertificateID, a.key.ExtKeyUsage = certificateID(c), extKeyUsage(c)
		a.key.NotBefore = later(e.NotBefore, c.NotBefore)
		a.key.NotAfter = earlier(e.NotAfter, c.NotAfter)
		if id := string(a.key.CertificateID); !slices.Contains(a.ids, id) {
			a.ids = append(a.ids, id)
		}
		if id := sealSigner(c); id != "" && !slices.Contains(a.ids, id) {
			a.ids = append(a.ids, id)
		}
		if c.IsCA { // so its list of revoked certificates names it
			a.ids = append(a.ids, string(c.RawSubject))
		}
		if k.ID == "" {
			a.key.ID = base64.StdEncoding.EncodeToString(certificateID(c))
		}
	}
	if a.key.ID == "" {
		a.key.ID, _ = jose.Thumbprint(k.Public) // for display only; what has no thumbprint stays nameless
	}
	return a
}

// spellings are the byte strings under which a credential may name a key: the identifier's UTF-8 text, and
// what it decodes to as base64 or base64url, since COSE carries bytes where JSON has to carry text. A DID URL
// is named by its fragment as well, which is all that NZ COVID Passes carry beside their issuer.
func spellings(id string) []string {
	if id == "" {
		return nil
	}
	ids := []string{id}
	if _, fragment, ok := strings.Cut(id, "#"); ok && fragment != "" && strings.HasPrefix(id, "did:") {
		ids = append(ids, fragment)
	}
	bare := strings.TrimRight(id, "=")
	for _, enc := range []*base64.Encoding{base64.RawStdEncoding, base64.RawURLEncoding} {
		raw, err := enc.DecodeString(bare)
		if err == nil && len(raw) > 0 && !slices.Contains(ids, string(raw)) {
			ids = append(ids, string(raw))
		}
	}
	return ids
}

func later(a, b time.Time) time.Time {
	if a.After(b) {
		return a
	}
	return b
}

// earlier treats zero as unbounded.
func earlier(a, b time.Time) time.Time {
	if a.IsZero() || b.Before(a) {
		return b
	}
	return a
}

// digest covers everything that a verdict could show or depend on.
func (a *anchor) digest(byKeyID bool) [sha256.Size]byte {
	k := &a.key
	h := sha256.New()
	write := func(texts ...string) {
		h.Write(binary.AppendUvarint(nil, uint64(len(texts))))
		for _, t := range texts {
			h.Write(binary.AppendUvarint(nil, uint64(len(t))))
			h.Write([]byte(t))
		}
	}
	public, _ := jose.Thumbprint(k.Public)
	write(k.Issuer.ID, k.Issuer.Name, k.Issuer.Country, k.Issuer.StatusMaxAge.String(), k.ID, public,
		a.algorithm.String(), k.NotBefore.UTC().String(), k.NotAfter.UTC().String(),
		k.AllowedFrom.UTC().String(), k.AllowedUntil.UTC().String())
	write(a.formats...)
	write(a.documents...)
	write(a.ids...)
	if byKeyID {
		write("by key id")
	}
	if !k.ListedUntil.IsZero() {
		write("listed until", k.ListedUntil.UTC().String())
	}
	if a.certifies {
		write("only certifies")
	}
	if k.CRLVersion > 0 {
		write("revocation list", strconv.FormatUint(k.CRLVersion, 10))
	}
	if k.Certificate != nil {
		write(string(k.Certificate.Raw))
	}
	return [sha256.Size]byte(h.Sum(nil))
}

// epochOf does not depend on the order of the keys.
func epochOf(digests [][sha256.Size]byte) uint64 {
	slices.SortFunc(digests, func(a, b [sha256.Size]byte) int { return slices.Compare(a[:], b[:]) })
	h := sha256.New()
	for _, d := range digests {
		h.Write(d[:])
	}
	return binary.BigEndian.Uint64(h.Sum(nil))
}

// Epoch is the first eight bytes of a SHA-256 over the content: equal lists have equal epochs, also after a
// restart.
func (s *Snapshot) Epoch() uint64 { return s.epoch }

// Issuers lists the entries in the order of their sources; an issuer may have several.
func (s *Snapshot) Issuers() []*verifier.Issuer { return slices.Clone(s.issuers) }

// Keys lists the keys in the order of their sources.
func (s *Snapshot) Keys() []*verifier.Key {
	keys := make([]*verifier.Key, len(s.anchors))
	for i, a := range s.anchors {
		keys[i] = &a.key
	}
	return keys
}
