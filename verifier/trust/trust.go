// Package trust says whose signatures are believed: it reads trust material and keeps it as an immutable
// snapshot that finds the keys for a credential.
//
// Membership of the material is the whole of trust: a key is on the list, or its certificate was issued by an
// authority that is. Nothing is fetched and no clock is read: who put a key on the list has vouched for it, and
// the periods on the list are handed on for the pipeline to judge.
//
// Lists of others come signed: a VICAL, a list of document signers as JWS, CMS or with its signature in front. Load
// opens them and proves nothing; New leaves them out until Source.Prove has found a key that the operator named
// for it. Whoever loads lists does it in this order:
//
//	own := trust.New(sources...)                     // signed lists are not in it
//	proven, reason := signed.Prove(own, checker)     // for each; reason tells why one does not count
//	all := trust.New(append(unsigned, proven...)...)
//
// It may import package verifier and the wire parts.
package trust

import (
	"bytes"
	"crypto"
	"crypto/x509"
	"errors"
	"fmt"
	"strings"
	"time"

	"vratar/verifier"
	"vratar/verifier/cms"
	"vratar/verifier/jose"
)

// AnyIssuer is the issuer id whose keys vouch for whatever issuer a credential names. Bare key files get it:
// good for trials and closed systems, and to be pointed out wherever the list is shown.
const AnyIssuer = "*"

// Kinds of material that Load tells apart.
const (
	KindTrustList = "trust_list" // our own
	KindJWKS      = "jwks"       // RFC 7517
	KindPEM       = "pem"        // certificates and public keys
	KindEUDCC     = "eu_dcc"     // document signers of the EU Digital COVID Certificate
	KindDID       = "did"        // DID document, as did:web publishes it
	KindSHC       = "shc"        // key sets of SMART Health Card issuers
	KindPretix    = "pretix"     // keys of a pretix event
	KindVICAL     = "vical"      // authorities for mobile documents, ISO/IEC 18013-5 Annex C
)

// Source is what one file or download says.
type Source struct {
	Name     string // where it came from, for people
	Kind     string
	Entries  []Entry
	Refused  []Refusal // what was left out of foreign material and why; our own list is all or nothing
	Wildcard bool      // it holds keys that vouch for any issuer
	// Statement is the signed statement behind a list that carries a signature, to be proven with Prove; nil for
	// material that carries none and is the operator's own word. Its IssuedAt is zero where the list states no
	// time, its ExpiresAt where it does not end.
	Statement  *verifier.Credential
	Provider   string    // who publishes a signed list, as it says itself; for people
	NextUpdate time.Time // when a newer list is expected; zero: not stated

	signer *verifier.Key // of the Statement; nil: nobody proved it
}

// Entry is one issuer with its keys and their common limits.
type Entry struct {
	Issuer    verifier.Issuer
	Formats   []string  // formats its keys may sign; empty: all
	Documents []string  // document types its keys may sign; empty: all
	NotBefore time.Time // zero: unbounded
	NotAfter  time.Time // zero: unbounded
	// ByKeyID lets a key identifier alone select a key, whatever issuer the credential names or omits, in
	// the Formats that are listed. So the EU DCC has it: trust is membership of the one list of document
	// signers, and the issuer in the certificate is optional (specification A.1).
	ByKeyID bool
	// OnlyCertifies tells that the keys are of authorities, which vouch through the signers they have certified
	// and sign no documents themselves.
	OnlyCertifies bool
	Keys          []Key
}

// Key is one public key of an Entry.
type Key struct {
	ID          string             // its name in the material; empty when it has none
	Algorithm   verifier.Algorithm // the only one it may be used with; AlgorithmNone: any that fits
	Public      crypto.PublicKey
	Certificate *x509.Certificate // nil for a bare key
	CRLVersion  uint64            // version of the revocation list its publisher keeps for it; 0: not stated
	// Preparation is handed on to every snapshot that holds the key, so that it is prepared once for as long as its
	// list stays the same.
	Preparation *verifier.Preparation
}

// Refusal is a piece of foreign material that was left out.
type Refusal struct {
	Entry string // which one
	Cause error
}

func (r Refusal) Error() string { return r.Entry + ": " + r.Cause.Error() }

// Load reads trust material, told apart by its content. The error says everything that is wrong with it,
// not just the first thing. Foreign material in which not one key is of use is an error as well, so that a
// broken download cannot silently replace a good list.
func Load(name string, data []byte) (Source, error) {
	src, err := load(data)
	if err != nil {
		return Source{}, fmt.Errorf("trust material %s: %w", name, err)
	}
	src.Name = name
	for _, e := range src.Entries {
		src.Wildcard = src.Wildcard || e.Issuer.ID == AnyIssuer
		for i := range e.Keys {
			e.Keys[i].Preparation = new(verifier.Preparation)
		}
	}
	if len(src.Entries) == 0 && src.Kind != KindTrustList {
		faults := []error{errors.New("not one key is of use")}
		for _, r := range src.Refused {
			faults = append(faults, r)
		}
		return Source{}, fmt.Errorf("trust material %s: %w", name, errors.Join(faults...))
	}
	return src, nil
}

func load(data []byte) (Source, error) {
	text := bytes.TrimSpace(data)
	switch {
	case isCBOR(data):
		return loadVICAL(data)
	case isJWS(text):
		return loadJWS(text)
	case isSignedText(data):
		return loadSignedText(data)
	case cms.Is(data):
		return loadCMS(data)
	}
	return loadText(text)
}

// loadText reads material without signature.
func loadText(text []byte) (Source, error) {
	switch {
	case bytes.HasPrefix(text, []byte("[")):
		return loadDSCArray(text)
	case bytes.HasPrefix(text, []byte("{")):
		return loadObject(text)
	case bytes.Contains(text, []byte(pemBegin)):
		return loadPEM(text)
	}
	return Source{}, errors.New("neither JSON nor PEM nor a signed list")
}

func loadObject(text []byte) (Source, error) {
	o, err := jose.ParseObject(text)
	if err != nil {
		return Source{}, err
	}
	switch {
	case o.Get("issuers") != nil:
		return loadList(o)
	case o.Get("keys") != nil:
		return loadJWKS(text)
	case o.Get("valid_keys") != nil:
		return loadPretixEvent(o)
	case o.Get("verificationMethod") != nil || o.Get("assertionMethod") != nil:
		return loadDID(o)
	case o.Get("certificates") != nil:
		return loadDSCArray(o.Get("certificates"))
	case o.Get("dsc_trust_list") != nil:
		countries, err := o.Object("dsc_trust_list")
		if err != nil {
			return Source{}, err
		}
		return loadDSCCountries(countries)
	case len(o) > 0 && strings.HasPrefix(o[0].Name, "https://"):
		return loadHealthCardIssuers(o)
	case len(o) > 0 && isCountry(o[0].Name):
		return loadDSCCountries(o)
	}
	return Source{}, errors.New("neither a trust list (issuers), a key set (keys), key sets by issuer, a pretix event (valid_keys), a DID document nor a list of document signers")
}

// loadJWKS gives the keys of a bare key set to any issuer.
func loadJWKS(text []byte) (Source, error) {
	set, err := jose.ParseJWKS(text)
	if err != nil {
		return Source{}, err
	}
	src := Source{Kind: KindJWKS}
	for _, fault := range set.Refused {
		src.Refused = append(src.Refused, Refusal{"key set", fault})
	}
	e := Entry{Issuer: verifier.Issuer{ID: AnyIssuer}}
	for _, k := range set.Keys {
		key, err := fromJWK(k)
		if err != nil {
			src.Refused = append(src.Refused, Refusal{fmt.Sprintf("key %q", k.KeyID), err})
			continue
		}
		e.Keys = append(e.Keys, key)
	}
	if len(e.Keys) > 0 {
		src.Entries = []Entry{e}
	}
	return src, nil
}

func fromJWK(k jose.JWK) (Key, error) {
	key := Key{ID: k.KeyID, Public: k.Public, Certificate: k.Certificate, CRLVersion: k.CRLVersion}
	if k.Algorithm != "" {
		key.Algorithm = verifier.AlgorithmByName(k.Algorithm)
		if key.Algorithm == verifier.AlgorithmNone {
			return Key{}, fmt.Errorf("algorithm %q is not supported", k.Algorithm)
		}
	}
	return key, nil
}

// isCountry reports whether s has the form of an ISO 3166-1 alpha-2 code.
func isCountry(s string) bool {
	return len(s) == 2 && s[0] >= 'A' && s[0] <= 'Z' && s[1] >= 'A' && s[1] <= 'Z'
}
