package corpus

import (
	"fmt"

	"vratar/verifier"
	"vratar/verifier/issuing"
)

// selective is the content of an order, with claims that its holder may keep back.
func (o order) selective(status string) issuing.Selective {
	return issuing.Selective{
		Issuer: whose(o.kind, issuerID, strangerID), Type: "urn:corpus:identity", ID: fmt.Sprintf("urn:corpus:%s:%d", o.kind, o.n),
		IssuedAt: o.issued, ExpiresAt: o.expires, Status: o.status(status), Decoys: 2,
		Claims: map[string]any{
			"given_name": issuing.Hidden{Value: o.forename()}, "family_name": issuing.Hidden{Value: o.surname()},
			"birthdate": issuing.Hidden{Value: o.birthDate()}, "nationalities": []any{issuing.Hidden{Value: country}, issuing.Hidden{Value: strangeLand}},
		},
	}
}

// selectives are SD-JWT credentials that are anybody's who shows them.
func selectives(w workshop) (recipe, error) {
	keys, err := w.pair(verifier.ES256)
	if err != nil {
		return recipe{}, err
	}
	lists, err := statusList(keys.honest, "sdjwt")
	return recipe{
		format: "sdjwt", kinds: allKinds, issuers: trusted(issuerID, "sdjwt", keys.honest), lists: lists,
		make: func(o order) (shown, error) {
			issued, err := issuing.SDJWT(keys.by(o.kind), o.selective("sdjwt"), o)
			return shown{payload: []byte(issued.Present(issued.Disclosures...))}, err
		},
	}, err
}

// boundSelectives are shown with a key binding JWT.
func boundSelectives(w workshop) (recipe, error) {
	keys, err := w.pair(verifier.ES256)
	if err != nil {
		return recipe{}, err
	}
	lists, err := statusList(keys.honest, "sdjwt-kb")
	return recipe{
		format: "sdjwt", kinds: allKinds, issuers: trusted(issuerID, "sdjwt", keys.honest), lists: lists,
		make: func(o order) (shown, error) {
			phone, err := o.newDevice()
			if err != nil {
				return shown{}, err
			}
			c := o.selective("sdjwt-kb")
			c.Holder = phone.key
			issued, err := issuing.SDJWT(keys.by(o.kind), c, o)
			if err != nil {
				return shown{}, err
			}
			phone.text = issued.Present(issued.Disclosures...)
			return phone.live(o)
		},
	}, err
}
