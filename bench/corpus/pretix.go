package corpus

import (
	"encoding/json"
	"fmt"

	"vratar/verifier"
	"vratar/verifier/issuing"
)

// tickets are signed tickets of pretix. They name no issuer, so a stranger's ticket is a forged one.
func tickets(w workshop) (recipe, error) {
	keys, err := w.pair(verifier.EdDSA)
	if err != nil {
		return recipe{}, err
	}
	type secret struct {
		Secret string `json:"secret"`
	}
	revoked := make([]secret, revokedIDs)
	for i := range revoked {
		revoked[i].Secret, err = issuing.Pretix(keys.honest, issuing.PretixTicket{Seed: fmt.Sprintf("revoked%d", i), Item: 42})
		if err != nil {
			return recipe{}, err
		}
	}
	list, err := json.Marshal(map[string]any{"count": revokedIDs, "results": revoked})
	return recipe{
		format: "pretix", kinds: []Kind{Genuine, Expired, Revoked, Forged},
		issuers: trusted("corpus-event", "pretix", keys.honest), lists: []File{{"pretix.json", list}},
		make: func(o order) (shown, error) {
			if o.kind == Revoked {
				return shown{payload: []byte(revoked[o.n%revokedIDs].Secret)}, nil
			}
			return text(issuing.Pretix(keys.by(o.kind), issuing.PretixTicket{
				Seed: fmt.Sprintf("%x%08d", o.Uint64(), o.n), Item: 42, ValidFrom: o.issued, ValidUntil: o.expires,
			}))
		},
	}, err
}
