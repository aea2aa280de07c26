package corpus

import (
	"encoding/binary"
	"encoding/hex"

	"vratar/verifier"
	"vratar/verifier/issuing"
)

// passes are New Zealand passes. Their format has no revocation; a list of revoked ids is the operator's.
func passes(w workshop) (recipe, error) {
	keys, err := w.pair(verifier.ES256)
	const issuer, stranger = "did:web:issuer.corpus.example", "did:web:stranger.corpus.example"
	revoked := func(i int) (id [16]byte) {
		copy(id[:], "revoked ")
		binary.BigEndian.PutUint64(id[8:], uint64(i))
		return id
	}
	return recipe{
		format: "nzcp", kinds: allKinds, issuers: trusted(issuer, "nzcp", keys.honest),
		lists: idList("nzcp", func(i int) string {
			id := revoked(i)
			return hex.EncodeToString(id[:])
		}),
		make: func(o order) (shown, error) {
			p := issuing.Pass{
				Issuer: whose(o.kind, issuer, stranger), Given: o.forename(), Family: o.surname(), BirthDate: o.birthDate(),
				NotBefore: o.issued, ExpiresAt: o.expires,
			}
			_, _ = o.Read(p.ID[:])
			if o.kind == Revoked {
				p.ID = revoked(o.n % revokedIDs)
			}
			return text(issuing.NZCP(keys.by(o.kind), p))
		},
	}, err
}
