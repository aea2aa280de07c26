package status

import (
	"bytes"
	"encoding/base64"
	"encoding/hex"
	"errors"
	"fmt"
	"time"

	"vratar/verifier"
	"vratar/verifier/cms"
	"vratar/verifier/jose"
)

// Sizes of the EU revocation annex, in bytes.
const (
	kidSize  = 8
	hashSize = 16
)

// hashKey is one revoked hash with what it is revoked for: everything signed with one key, or by one country.
type hashKey struct {
	scope [1 + kidSize]byte
	hash  [hashSize]byte
}

func kidScope(kid []byte) (scope [1 + kidSize]byte) {
	scope[0] = 'k'
	copy(scope[1:], kid)
	return scope
}

func countryScope(country string) (scope [1 + kidSize]byte) {
	scope[0] = 'c'
	copy(scope[1:], country)
	return scope
}

// Cover notes that there are batches of a country, the last of which expires then; zero: never.
func Cover(covered map[string]time.Time, country string, until time.Time) {
	known, has := covered[country]
	switch {
	case !has, !known.IsZero() && (until.IsZero() || until.After(known)):
		covered[country] = until
	}
}

// unknownKID stands for a batch that holds for a whole country.
const unknownKID = "UNKNOWN_KID"

// loadBatches reads one batch of the EU revocation service or an array of them. A batch that is not
// understood refuses the whole list: to leave it out would be to bring documents back to life.
func loadBatches(text []byte) (Source, error) {
	items := [][]byte{text}
	if text[0] == '[' {
		var err error
		if items, err = jose.ParseArray(text); err != nil {
			return Source{}, err
		}
	}
	src := Source{Kind: KindDCCRevocation, hashes: make(map[hashKey]struct{}), covered: make(map[string]time.Time)}
	for i, item := range items {
		if err := src.addBatch(item); err != nil {
			return Source{}, fmt.Errorf("batch %d: %w", i, err)
		}
	}
	return src, nil
}

// loadSignedBatches reads batches inside a signed message, as the EU gateway hands them out. It states no time.
func loadSignedBatches(data []byte) (Source, error) {
	m, err := cms.Parse(data)
	if err != nil {
		return Source{}, err
	}
	text := bytes.TrimSpace(m.Content)
	if len(text) == 0 || (text[0] != '{' && text[0] != '[') {
		return Source{}, errors.New("a signed message that holds no revocation batch")
	}
	src, err := loadBatches(text)
	if err != nil {
		return Source{}, err
	}
	src.Statement = &verifier.Credential{Format: verifier.FormatStatusList, Proof: verifier.Proof{
		Algorithm: verifier.AlgorithmByName(m.Algorithm), Signed: m.Signed, Signature: m.Signature, Chain: m.Chain,
	}}
	return src, nil
}

// maySpeakFor reports whether a signer of lists is of the country that the batches are of: else any state on the
// list of signers could withdraw the documents of another. Other lists are held against their credentials.
func (s *Source) maySpeakFor(signer *verifier.Issuer) bool {
	for country := range s.covered {
		if signer.ID != anyIssuer && signer.ID != country && signer.Country != country {
			return false
		}
	}
	return true
}

func (s *Source) addBatch(text []byte) error {
	o, err := jose.ParseObject(text)
	if err != nil {
		return err
	}
	country, errCountry := o.Text("country")
	kid, errKID := o.Text("kid")
	kind, errKind := o.Text("hashType")
	expires, errExpires := o.Text("expires")
	entries, errEntries := o.Array("entries")
	if err := errors.Join(errCountry, errKID, errKind, errExpires, errEntries); err != nil {
		return err
	}
	scope, err := batchScope(country, kid)
	if err != nil {
		return err
	}
	switch kind {
	case "UCI", "COUNTRYCODEUCI", "SIGNATURE": // 128 bits of different inputs do not meet, so one set holds all
	default:
		return fmt.Errorf("hash type %q is unknown", kind)
	}
	// After this moment a batch may be dropped, because what it revokes has expired by itself. What it revokes stays
	// revoked; but that it does not name a certificate says nothing any more.
	var until time.Time
	if expires != "" {
		if until, err = time.Parse(time.RFC3339, expires); err != nil {
			return fmt.Errorf("expires %q is not an RFC 3339 time", expires)
		}
	}
	Cover(s.covered, country, until)
	for i, entry := range entries {
		if err := s.addHash(scope, entry); err != nil {
			return fmt.Errorf("entry %d: %w", i, err)
		}
	}
	return nil
}

func batchScope(country, kid string) (scope [1 + kidSize]byte, err error) {
	if len(country) != 2 {
		return scope, fmt.Errorf("country %q is not an ISO 3166-1 alpha-2 code", country)
	}
	if kid == unknownKID {
		return countryScope(country), nil
	}
	raw, err := base64.StdEncoding.DecodeString(kid)
	if err != nil || len(raw) != kidSize {
		return scope, fmt.Errorf("kid %q is not base64 of %d bytes", kid, kidSize)
	}
	return kidScope(raw), nil
}

func (s *Source) addHash(scope [1 + kidSize]byte, text []byte) error {
	o, err := jose.ParseObject(text)
	if err != nil {
		return err
	}
	hash, err := o.Text("hash")
	if err != nil {
		return err
	}
	raw, err := base64.StdEncoding.DecodeString(hash)
	if err != nil || len(raw) != hashSize {
		return fmt.Errorf("hash is not base64 of %d bytes", hashSize)
	}
	s.hashes[hashKey{scope, [hashSize]byte(raw)}] = struct{}{}
	return nil
}

// maxID is the longest line of a file of revoked ids, in bytes.
const maxID = 512

// loadIDs reads a text file with one revoked credential id a line; empty lines and those that start with #
// are remarks. An id is printable ASCII without blanks, which also keeps a web server's error page from
// passing for a list.
func loadIDs(text []byte) (Source, error) {
	src := Source{Kind: KindRevokedIDs}
	number := 0
	for line := range bytes.Lines(text) {
		number++
		line = bytes.TrimSpace(line)
		if len(line) == 0 || line[0] == '#' {
			continue
		}
		if len(line) > maxID || bytes.ContainsFunc(line, notInID) {
			return Source{}, fmt.Errorf("neither a token, JSON nor a list of ids: line %d", number)
		}
		src.ids = append(src.ids, string(line))
	}
	return src, nil
}

func notInID(r rune) bool { return r <= ' ' || r > '~' || r == '<' || r == '>' || r == '"' }

// idSpellings are the ids that a line may mean: its text, and what it is as hexadecimal or base64url.
func idSpellings(line string) []string {
	spellings := []string{line}
	if raw, err := hex.DecodeString(line); err == nil {
		spellings = append(spellings, string(raw))
	}
	if raw, err := jose.DecodeBase64URL(line); err == nil {
		spellings = append(spellings, string(raw))
	}
	return spellings
}
