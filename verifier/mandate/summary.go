package mandate

import "time"

// Summary is what a screen or an API shows of a proven mandate. It holds names and numbers of people: it is for the
// checker himself and his organisation.
type Summary struct {
	Number          string          `json:"number"`
	InternalNumber  string          `json:"internal_number,omitempty"`
	Kind            string          `json:"kind"`
	IssuedOn        Date            `json:"issued_on"`
	ValidUntil      Date            `json:"valid_until"`
	EndsAt          time.Time       `json:"ends_at"` // the first moment at which it is over
	Irrevocable     bool            `json:"irrevocable"`
	PassOn          string          `json:"pass_on"`
	Principals      []PartySummary  `json:"principals"`          // of the original; of a sub-delegated one whose original is not known, those it claims
	PassedBy        []PartySummary  `json:"passed_by,omitempty"` // of a sub-delegated one: who passed it on
	Representatives []PartySummary  `json:"representatives"`
	Joint           bool            `json:"joint"`
	Powers          []Power         `json:"powers"`
	PowersText      string          `json:"powers_text,omitempty"`
	Chain           []LinkSummary   `json:"chain,omitempty"` // from the mandate right above to the original
	Signers         []SignerSummary `json:"signers"`
	Warnings        []string        `json:"warnings,omitempty"`
}

// PartySummary is a principal or representative.
type PartySummary struct {
	Kind     string `json:"kind"`
	Name     string `json:"name"`
	INN      string `json:"inn,omitempty"`
	OGRN     string `json:"ogrn,omitempty"` // or ОГРНИП
	SNILS    string `json:"snils,omitempty"`
	Position string `json:"position,omitempty"`
}

// LinkSummary is one mandate above a sub-delegated one.
type LinkSummary struct {
	Number     string         `json:"number"`
	Known      bool           `json:"known"` // false: we do not have it
	IssuedOn   Date           `json:"issued_on"`
	ValidUntil Date           `json:"valid_until"`
	PassedBy   []PartySummary `json:"passed_by,omitempty"`
	Registry   RegistryStatus `json:"registry"`
}

// SignerSummary is who signed, and with what.
type SignerSummary struct {
	Name               string    `json:"name"`
	Organisation       string    `json:"organisation,omitempty"`
	Title              string    `json:"title,omitempty"`
	CertificateBeginAt time.Time `json:"certificate_begins_at"`
	CertificateEndsAt  time.Time `json:"certificate_ends_at"`
	SignedAt           time.Time `json:"signed_at"`
	Evidence           string    `json:"evidence"`
	Algorithm          string    `json:"algorithm"`
}
