package issuing

import (
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"vratar/verifier"
	"vratar/verifier/jose"
)

// HealthCard is the content of a SMART Health Card about one vaccination, as far as tests and demonstrations
// need it.
type HealthCard struct {
	Issuer       string // https URL without trailing slash
	RevocationID string // at most 24 characters of base64url; empty: none
	Family       string
	Given        []string
	BirthDate    string // YYYY-MM-DD
	Vaccine      string // CVX code
	Date         string // of the vaccination, YYYY-MM-DD
	IssuedAt     time.Time
	ExpiresAt    time.Time // zero: not stated
}

// Thumbprinted is the key under the name that SMART Health Cards demand of it: its whole thumbprint (RFC 7638).
func (k *Key) Thumbprinted() (*Key, error) {
	name, err := jose.Thumbprint(k.Public())
	if err != nil {
		return nil, err
	}
	renamed := *k
	renamed.ID = name
	return &renamed, nil
}

// SHC issues a SMART Health Card and returns the text of its code. The key must be for ES256 and Thumbprinted.
func SHC(k *Key, c HealthCard) (string, error) {
	claims, err := c.Claims()
	if err != nil {
		return "", err
	}
	jws, err := HealthCardJWS(k, claims)
	if err != nil {
		return "", err
	}
	return ArmourSHC(jws), nil
}

// Claims is the JSON under the signature of a SMART Health Card, before it is compressed.
func (c HealthCard) Claims() ([]byte, error) {
	if c.Issuer == "" || c.IssuedAt.IsZero() {
		return nil, errors.New("issuing: a health card has an issuer and a time of issue")
	}
	type object = map[string]any
	vc := object{
		"type": []string{"https://smarthealth.cards#health-card", "https://smarthealth.cards#immunization"},
		"credentialSubject": object{"fhirVersion": "4.0.1", "fhirBundle": object{
			"resourceType": "Bundle", "type": "collection", "entry": []object{
				{"fullUrl": "resource:0", "resource": object{
					"resourceType": "Patient", "name": []object{{"family": c.Family, "given": c.Given}}, "birthDate": c.BirthDate,
				}},
				{"fullUrl": "resource:1", "resource": object{
					"resourceType": "Immunization", "status": "completed", "occurrenceDateTime": c.Date,
					"patient":     object{"reference": "resource:0"},
					"vaccineCode": object{"coding": []object{{"system": "http://hl7.org/fhir/sid/cvx", "code": c.Vaccine}}},
				}},
			},
		}},
	}
	if c.RevocationID != "" {
		vc["rid"] = c.RevocationID
	}
	claims := object{"iss": c.Issuer, "nbf": c.IssuedAt.Unix(), "vc": vc}
	if !c.ExpiresAt.IsZero() {
		claims["exp"] = c.ExpiresAt.Unix()
	}
	return json.Marshal(claims)
}

// HealthCardJWS compresses and signs claims.
func HealthCardJWS(k *Key, claims []byte) ([]byte, error) {
	if k.Algorithm != verifier.ES256 {
		return nil, fmt.Errorf("issuing: a health card is signed by ES256, not %s", k.Algorithm)
	}
	header, err := json.Marshal(struct {
		Zip       string `json:"zip"`
		Algorithm string `json:"alg"`
		KeyID     string `json:"kid"`
	}{"DEF", k.Algorithm.String(), k.ID})
	if err != nil {
		return nil, err
	}
	return k.signCompact(header, rawDeflate(claims))
}

// rawDeflate is a zlib stream without its header of two bytes and its checksum of four (RFC 1950 §2.2).
func rawDeflate(b []byte) []byte {
	packed := deflate(b)
	return packed[2 : len(packed)-4]
}

// ArmourSHC is the text of a code around a JWS.
func ArmourSHC(jws []byte) string { return string(appendDigits([]byte("shc:/"), jws)) }

// ArmourSHCParts is the texts of codes over which a JWS is split, of n characters at most each.
func ArmourSHCParts(jws []byte, n int) []string {
	total := (len(jws) + n - 1) / n
	texts := make([]string, total)
	for i := range texts {
		head := fmt.Appendf(nil, "shc:/%d/%d/", i+1, total)
		texts[i] = string(appendDigits(head, jws[i*n:min((i+1)*n, len(jws))]))
	}
	return texts
}

// appendDigits writes each character as two digits, its distance from '-'.
func appendDigits(dst, text []byte) []byte {
	for _, c := range text {
		dst = append(dst, (c-'-')/10+'0', (c-'-')%10+'0')
	}
	return dst
}

// RevocationList is the list that a publisher of health cards keeps for one key.
type RevocationList struct {
	KeyID   string
	Version uint64
	IDs     []string // rid, or rid.SECONDS for cards issued before that moment
}

// HealthCardCRL writes a list as JSON (specification, "Revocation").
func HealthCardCRL(l RevocationList) ([]byte, error) {
	return json.Marshal(struct {
		KeyID   string   `json:"kid"`
		Method  string   `json:"method"`
		Version uint64   `json:"ctr"`
		IDs     []string `json:"rids"`
	}{l.KeyID, "rid", l.Version, l.IDs})
}
