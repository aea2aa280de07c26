// Package status says which credentials were withdrawn: it reads status and revocation lists and keeps them
// as an immutable snapshot that answers for one credential.
//
// It fetches nothing, checks no signature and reads no clock. A token status list, and an authority's list of
// revoked certificates, is handed out with its proof and counts only after the caller names the trusted key that
// signed it; a list nobody proved speaks for nobody. How old a list may be is the pipeline's judgement, which gets the list's times with the
// answer. It may import package verifier and the wire parts.
package status

import (
	"bytes"
	"crypto/x509"
	"fmt"
	"time"

	"vratar/verifier"
	"vratar/verifier/cms"
	"vratar/verifier/jose"
)

// Kinds of lists that Load tells apart.
const (
	KindTokenList     = "token_status_list" // draft-ietf-oauth-status-list, as JWT or CWT
	KindDCCRevocation = "dcc_revocation"    // batches of the EU gateway
	KindHealthCards   = "shc_crl"           // of one key of a SMART Health Card issuer
	KindRevokedIDs    = "revoked_ids"       // a text file
	KindPretixSecrets = "pretix_secrets"    // revoked or blocked ticket secrets of a pretix event
	KindCRL           = "crl"               // certificates that an authority has revoked (X.509)
	KindDCCFilter     = "dcc_filter"        // Bloom filter of revoked EU certificates
)

// Source is what one file or download says. It is a value: methods that change it return a copy.
type Source struct {
	Name string // where it came from, for people
	Kind string
	URI  string // of a token status list: the URI its credentials refer to it by; of a CRL: its authority's name
	// FetchedAt is when the list was last known to be current; zero when that is not known, as for a file.
	// A token status list that states a time to live expires that long after it.
	FetchedAt time.Time
	// Statement is the signed statement behind a token status list, a CRL or a signed revocation batch, to be
	// proven like a credential; nil for lists that carry no signature and are the operator's own word.
	Statement *verifier.Credential

	signer  *verifier.Issuer // who signed the token status list; nil: nobody proved it
	tokens  tokenList
	form    verifier.StatusForm // of the token
	hashes  map[hashKey]struct{}
	covered map[string]time.Time // countries that the hashes are of, and when the last batch of each expires; zero: never
	cards   cardList
	ids     []string
	secrets secretList

	crl       crlList
	authority *x509.Certificate // that signed the CRL; nil: nobody proved it

	filter     filter
	filterSize int // hashes in it

	stored *stored // nil: the source holds its entries itself
}

// Load reads a list, told apart by its content.
func Load(name string, data []byte) (Source, error) {
	src, err := load(data)
	if err != nil {
		return Source{}, fmt.Errorf("status list %s: %w", name, err)
	}
	src.Name = name
	return src, nil
}

func load(data []byte) (Source, error) {
	text := bytes.TrimSpace(data)
	switch {
	case bytes.HasPrefix(text, []byte("eyJ")): // the start of every JWT: base64url of {"
		return loadJWT(text)
	case bytes.HasPrefix(text, []byte("{")):
		return loadObject(text)
	case bytes.HasPrefix(text, []byte("[")):
		return loadArray(text)
	case len(data) > 0 && isCBOR(data[0]):
		return loadCWT(data)
	case isPEM(text):
		return loadPEM(text)
	case cms.Is(data):
		return loadSignedBatches(data)
	case isDER(data):
		return loadCRL(data)
	case isFilter(data):
		return loadFilter(data)
	}
	return loadIDs(text)
}

// loadArray tells pages of a pretix list from batches of the EU.
func loadArray(text []byte) (Source, error) {
	items, err := jose.ParseArray(text)
	if err != nil {
		return Source{}, err
	}
	if isSecretPages(items) {
		return loadSecretPages(items)
	}
	return loadBatches(text)
}

// loadObject tells the revocation list of a health card issuer and a page of a pretix list from a batch of the
// EU.
func loadObject(text []byte) (Source, error) {
	o, err := jose.ParseObject(text)
	if err != nil {
		return Source{}, err
	}
	if o.Get("rids") != nil {
		return loadCardList(o)
	}
	if page := [][]byte{text}; isSecretPages(page) {
		return loadSecretPages(page)
	}
	return loadBatches(text)
}

// isCBOR recognises a COSE message: an array or a tag, neither of which starts a UTF-8 text.
func isCBOR(first byte) bool { return first>>5 == 4 || first>>5 == 6 }

// ProvenBy returns the source with key as the one that signed its Statement. Only then does a token status
// list answer, and only for credentials of the same issuer; a CRL only when the key is its authority's, and for
// the certificates that it issued.
func (s Source) ProvenBy(key *verifier.Key) Source {
	s.signer, s.authority = nil, nil
	if key != nil && s.maySpeakFor(key.Issuer) {
		s.signer = key.Issuer
		if s.crl.issuedBy(key) {
			s.authority = key.Certificate
		}
	}
	return s
}

// Counts reports whether New takes the source at its word: it carries no signature, or ProvenBy was told of a key
// that may sign it.
func (s Source) Counts() bool {
	if s.Kind == KindCRL {
		return s.authority != nil
	}
	return s.Statement == nil || s.signer != nil
}

// Len is the number of entries: of a token status list its size, else how many are revoked.
func (s Source) Len() int {
	if s.stored != nil {
		return s.stored.set.Load().Len()
	}
	switch s.Kind {
	case KindTokenList:
		return int(s.tokens.size())
	case KindDCCRevocation:
		return len(s.hashes)
	case KindHealthCards:
		return len(s.cards.ids)
	case KindPretixSecrets:
		return len(s.secrets.revoked) + len(s.secrets.blocked)
	case KindCRL:
		return len(s.crl.revoked)
	case KindDCCFilter:
		return s.filterSize
	}
	return len(s.ids)
}
