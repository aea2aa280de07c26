package corpus

import (
	"fmt"

	"vratar/verifier"
	"vratar/verifier/issuing"
)

// identities are identity codes with IANA CWT claim 169. Rows of its table: 1 id, 4 name, 8 birth date, 9 gender,
// 16 photograph and 17 its format.
func identities(w workshop) (recipe, error) {
	keys, err := w.pair(verifier.EdDSA)
	if err != nil {
		return recipe{}, err
	}
	lists, err := statusList(keys.honest, "claim169")
	return recipe{
		format: "claim169", kinds: allKinds, issuers: trusted(issuerID, "claim169", keys.honest), lists: lists,
		make: func(o order) (shown, error) {
			photo := make([]byte, 300)
			_, _ = o.Read(photo)
			return text(issuing.Identity169(keys.by(o.kind), issuing.Identity{
				Issuer: whose(o.kind, issuerID, strangerID), Subject: fmt.Sprintf("urn:corpus:%d", o.n),
				Entries: map[int64]any{
					1: fmt.Sprintf("%010d", o.n), 4: o.name(), 8: o.birthDate(), 9: 1 + o.IntN(2), 16: photo, 17: 1,
				},
				IssuedAt: o.issued, ExpiresAt: o.expires, Status: o.status("claim169"),
			}))
		},
	}, err
}
