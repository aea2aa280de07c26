package corpus

import (
	"fmt"

	"vratar/verifier"
	"vratar/verifier/issuing"
)

// healthCards are SMART Health Cards about one vaccination.
func healthCards(w workshop) (recipe, error) {
	keys, err := w.pair(verifier.ES256)
	if err != nil {
		return recipe{}, err
	}
	for _, k := range []**issuing.Key{&keys.honest, &keys.rogue} {
		if *k, err = (*k).Thumbprinted(); err != nil {
			return recipe{}, err
		}
	}
	list := issuing.RevocationList{KeyID: keys.honest.ID, Version: 1}
	for i := range revokedIDs {
		list.IDs = append(list.IDs, fmt.Sprintf("revoked-%d", i))
	}
	crl, err := issuing.HealthCardCRL(list)
	const issuer, stranger = issuerID + "/cards", strangerID + "/cards"
	return recipe{
		format: "shc", kinds: allKinds, issuers: trusted(issuer, "shc", keys.honest), lists: []File{{"shc.json", crl}},
		make: func(o order) (shown, error) {
			c := issuing.HealthCard{
				Issuer: whose(o.kind, issuer, stranger), RevocationID: fmt.Sprintf("in-force-%d", o.n),
				Family: o.surname(), Given: []string{o.forename()}, BirthDate: o.birthDate(), Vaccine: "207",
				Date: o.issued.Format("2006-01-02"), IssuedAt: o.issued, ExpiresAt: o.expires,
			}
			if o.kind == Revoked {
				c.RevocationID = list.IDs[o.n%revokedIDs]
			}
			return text(issuing.SHC(keys.by(o.kind), c))
		},
	}, err
}
