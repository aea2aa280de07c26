package corpus

import (
	"crypto/sha256"
	"encoding/json"

	"vratar/verifier/issuing"
)

func (m *Maker) trustList() ([]byte, error) {
	return issuing.TrustList(
		issuing.TrustedIssuer{ID: issuerID, Name: "Vratar corpus", Country: country, Keys: []*issuing.Key{m.honest.document}},
		issuing.TrustedIssuer{ID: country, Name: "Vratar corpus health", Country: country, Formats: []string{HCERT}, Keys: []*issuing.Key{m.honest.hcert}},
	)
}

func (m *Maker) statusLists() ([]File, error) {
	odd := make(map[uint64]byte, statusEntries/2)
	for i := uint64(1); i < statusEntries; i += 2 {
		odd[i] = 1
	}
	tokens, err := issuing.StatusListJWT(m.honest.document, issuing.StatusList{
		URI: statusURI, Issuer: issuerID, Bits: 1, Size: statusEntries, Values: odd, IssuedAt: beginning,
	})
	if err != nil {
		return nil, err
	}
	batch, err := m.revocationBatch()
	return []File{{"documents.jwt", tokens}, {"hcert.json", batch}}, err
}

// revocationBatch names the revoked EU certificates as the EU gateway does: by the first 16 bytes of a hash
// of their identifier.
func (m *Maker) revocationBatch() ([]byte, error) {
	type entry struct {
		Hash []byte `json:"hash"`
	}
	entries := make([]entry, revokedUVCIs)
	for i := range entries {
		sum := sha256.Sum256([]byte(m.revokedUVCI(i)))
		entries[i].Hash = sum[:16]
	}
	return json.Marshal(map[string]any{
		"country": country, "expires": beginning.AddDate(100, 0, 0), "kid": "UNKNOWN_KID", "hashType": "UCI", "entries": entries,
	})
}
