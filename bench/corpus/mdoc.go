package corpus

import (
	"time"

	"vratar/verifier"
	"vratar/verifier/issuing"
)

// documentSigner is the key usage of who signs mdocs (ISO/IEC 18013-5 table B.3).
const documentSigner = "1.0.18013.5.1.2"

// mobileDocuments are the issuer's part of driving licences, as bytes.
func mobileDocuments(w workshop) (recipe, error) {
	keys, err := w.pair(verifier.ES256)
	if err == nil {
		keys, err = keys.certified(documentSigner)
	}
	if err != nil {
		return recipe{}, err
	}
	lists, err := statusList(keys.honest, "mdoc")
	const licence = "org.iso.18013.5.1"
	return recipe{
		format: "mdoc", kinds: allKinds, issuers: trusted(issuerID, "mdoc", keys.honest), lists: lists,
		make: func(o order) (shown, error) {
			phone, err := o.newDevice()
			if err != nil {
				return shown{}, err
			}
			born, err := time.Parse(time.DateOnly, o.birthDate())
			if err != nil {
				return shown{}, err
			}
			part, err := issuing.IssuerSigned(keys.by(o.kind), issuing.MobileDocument{
				Type: licence + ".mDL", Device: phone.key, SignedAt: o.issued, ValidFrom: o.issued, ValidUntil: o.expires,
				Status: o.status("mdoc"), Random: o, Elements: map[string]map[string]any{licence: {
					"family_name": o.surname(), "given_name": o.forename(), "birth_date": born, "age_over_18": true,
				}},
			})
			// Its holder proves it in a session only, which a code on paper has none of.
			return shown{payload: part, atGate: verifier.ReasonHolderProofMissing}, err
		},
	}, err
}
