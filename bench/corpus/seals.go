package corpus

import (
	"fmt"

	"vratar/verifier"
	"vratar/verifier/issuing"
)

// seals are ICAO VDS of residence permits. A seal has neither an end nor a number by which it could be revoked.
func seals(w workshop) (recipe, error) {
	keys, err := w.pair(verifier.ES256)
	if err != nil {
		return recipe{}, err
	}
	const reference = "C0DE"
	keys.honest.ID = country + "CP" + reference
	return recipe{
		format: "vds", kinds: []Kind{Genuine, Forged, UnknownIssuer}, issuers: trusted(country+"CP", "vds", keys.honest),
		make: func(o order) (shown, error) {
			number, err := issuing.AppendC40(nil, fmt.Sprintf("P%08d", o.n))
			if err != nil {
				return shown{}, err
			}
			zone, err := issuing.AppendC40(nil, fmt.Sprintf("AR%s%s<<%s", "UTO", "ANTARCTIC", "EXPLORER"))
			if err != nil {
				return shown{}, err
			}
			seal, err := issuing.VDS(keys.by(o.kind), issuing.Seal{
				Country: "UTO", Signer: whose(o.kind, country, strangeLand) + "CP", Reference: reference,
				IssuedOn: o.issued, SignedOn: o.issued, Feature: 0xfb, Kind: 6,
				Messages: []issuing.SealMessage{{Tag: 2, Value: zone}, {Tag: 3, Value: number}},
			})
			return shown{payload: seal}, err
		},
	}, nil
}

// sealsNC are ICAO VDS-NC about a vaccination. They have no end; a list of revoked ids is the operator's.
func sealsNC(w workshop) (recipe, error) {
	keys, err := w.pair(verifier.ES256)
	if err == nil {
		keys, err = keys.certified()
	}
	const issuer, stranger = "ATA", "BVT"
	revoked := func(i int) string { return fmt.Sprintf("REVOKED%05d", i) }
	return recipe{
		format: "vdsnc", kinds: []Kind{Genuine, Revoked, Forged, UnknownIssuer},
		issuers: trusted(issuer, "vdsnc", keys.honest), lists: idList("vdsnc", revoked),
		make: func(o order) (shown, error) {
			id := fmt.Sprintf("U%011d", o.n)
			if o.kind == Revoked {
				id = revoked(o.n % revokedIDs)
			}
			return text(issuing.VDSNC(keys.by(o.kind), issuing.SealNC{
				Type: "icao.vacc", Issuer: whose(o.kind, issuer, stranger), Message: map[string]any{
					"uvci": id, "pid": map[string]any{"n": o.surname() + " " + o.forename(), "dob": o.birthDate(), "i": fmt.Sprintf("P%08d", o.n)},
					"ve": []any{map[string]any{"des": "XM68M6", "nam": "Corpus vaccine", "dis": "RA01.0"}},
				},
			}))
		},
	}, err
}
