package corpus

import (
	"crypto/sha256"
	"encoding/json"
	"fmt"

	"vratar/verifier"
	"vratar/verifier/issuing"
)

// HCERT is the recipe of EU certificates.
const HCERT = "hcert"

func healthCertificates(w workshop) (recipe, error) {
	keys, err := w.pair(verifier.ES256)
	if err == nil {
		keys, err = keys.certified()
	}
	if err != nil {
		return recipe{}, err
	}
	batch, err := w.revocationBatch()
	return recipe{
		format: HCERT, kinds: allKinds, issuers: trusted(country, HCERT, keys.honest), lists: []File{{"hcert.json", batch}},
		make: func(o order) (shown, error) {
			c := issuing.HealthCertificate{
				Type: "vaccination", ID: fmt.Sprintf("URN:UVCI:01:%s:%016X%08X", country, o.Uint64(), o.n),
				Country: whose(o.kind, country, strangeLand), Surname: o.surname(), Forename: o.forename(), BirthDate: o.birthDate(),
				Date: o.issued, IssuedAt: o.issued, ExpiresAt: o.expires,
			}
			if o.kind == Revoked {
				c.ID = w.revokedUVCI(o.n % revokedIDs)
			}
			return text(issuing.HCERT(keys.by(o.kind), c))
		},
	}, err
}

func (w workshop) revokedUVCI(i int) string {
	return fmt.Sprintf("URN:UVCI:01:%s:REVOKED%08X%04X", country, uint32(mixed(w.seed, uint64(i))), i)
}

// revocationBatch names the revoked certificates as the EU gateway does: by the first 16 bytes of a hash of
// their identifier.
func (w workshop) revocationBatch() ([]byte, error) {
	type entry struct {
		Hash []byte `json:"hash"`
	}
	entries := make([]entry, revokedIDs)
	for i := range entries {
		sum := sha256.Sum256([]byte(w.revokedUVCI(i)))
		entries[i].Hash = sum[:16]
	}
	return json.Marshal(map[string]any{
		"country": country, "expires": beginning.AddDate(100, 0, 0), "kid": "UNKNOWN_KID", "hashType": "UCI", "entries": entries,
	})
}
