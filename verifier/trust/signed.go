package trust

import (
	"bytes"
	"encoding/base64"
	"errors"
	"slices"

	"vratar/verifier"
	"vratar/verifier/cms"
	"vratar/verifier/jose"
)

// Prove returns the source as it counts with by, the operator's own keys, or the reason why it does not count.
// Material that carries no signature is the operator's own word and counts as it is.
//
// A signed list counts only when a key signed it that the operator named for that: one of an entry whose formats
// list verifier.FormatTrustList, or one that vouches for everything anyway, from a bare file of keys. Signed lists
// are no part of by, so a list never vouches for another list.
func (s Source) Prove(by *Snapshot, checker verifier.Checker) (Source, verifier.Reason) {
	if s.Statement == nil {
		return s, verifier.ReasonOK
	}
	s.signer = nil
	key, reason := verifier.Prove(by, checker, s.Statement)
	if key == nil {
		return s, reason
	}
	if at := s.Statement.IssuedAt; !key.NotAfter.IsZero() && at.After(key.NotAfter) || at.Before(key.NotBefore) && !at.IsZero() {
		return s, verifier.ReasonKeyExpired // a key that was retired names no more signers
	}
	s.signer = key
	return s, verifier.ReasonOK
}

// Signer is the key that Prove has found behind a signed list; nil when it has found none, and for material
// without signature.
func (s Source) Signer() *verifier.Key { return s.signer }

// Counts reports whether New takes the source in: it carries no signature, or Prove has found its signer.
func (s Source) Counts() bool { return s.Statement == nil || s.signer != nil }

// maySignLists reports whether the operator lets the key sign trust lists.
func (a *anchor) maySignLists() bool {
	unlimited := a.key.Issuer.ID == AnyIssuer && len(a.formats) == 0 && len(a.documents) == 0
	return unlimited || slices.Contains(a.formats, verifier.FormatTrustList)
}

// signedList joins what a list says with the statement that carries it.
func signedList(content Source, statement *verifier.Credential) (Source, error) {
	if statement.Proof.Algorithm == verifier.AlgorithmNone {
		return Source{}, errors.New("the signature algorithm is not supported")
	}
	statement.Format = verifier.FormatTrustList
	content.Statement = statement
	return content, nil
}

// isJWS recognises a compact JWS: the first letters are those of every base64url text of {" with or without blank.
func isJWS(text []byte) bool {
	return bytes.HasPrefix(text, []byte("ey")) && bytes.Count(text, []byte{'.'}) == 2
}

// loadJWS reads the document signers of the EU DCC as a JWS whose claims hold them under dsc_trust_list (DSC-TL
// 1.0 §2; signed by a certificate in x5c, or by a key named in kid).
func loadJWS(text []byte) (Source, error) {
	j, err := jose.ParseCompact(bytes.Clone(text)) // the proof keeps parts of it
	if err != nil {
		return Source{}, err
	}
	claims, err := jose.ParseObject(j.Payload)
	if err != nil {
		return Source{}, err
	}
	countries, err := claims.Object("dsc_trust_list")
	if err == nil && countries == nil {
		err = errors.New("a signed text that lists no document signers (dsc_trust_list)")
	}
	if err != nil {
		return Source{}, err
	}
	src, err := loadDSCCountries(countries)
	if err != nil {
		return Source{}, err
	}
	var errs [3]error
	c := new(verifier.Credential)
	c.IssuedAt, errs[0] = claims.Time("iat")
	c.ExpiresAt, errs[1] = claims.Time("exp")
	if c.IssuedAt.IsZero() {
		errs[2] = errors.New("no time of issue (iat)") // else an older list could take the place of a newer one
	}
	if err := errors.Join(errs[:]...); err != nil {
		return Source{}, err
	}
	c.Proof = verifier.Proof{
		Algorithm: verifier.AlgorithmByName(j.Algorithm), KeyID: []byte(j.KeyID),
		Signed: j.Signed, Signature: j.Signature, Chain: j.Chain,
	}
	return signedList(src, c)
}

// loadCMS reads document signers inside a signed message: any of the shapes in which they come unsigned. It states
// no time.
func loadCMS(data []byte) (Source, error) {
	m, err := cms.Parse(data)
	if err != nil {
		return Source{}, err
	}
	src, err := loadSigners(bytes.TrimSpace(m.Content))
	if err != nil {
		return Source{}, err
	}
	return signedList(src, &verifier.Credential{Proof: verifier.Proof{
		Algorithm: verifier.AlgorithmByName(m.Algorithm), Signed: m.Signed, Signature: m.Signature, Chain: m.Chain,
	}})
}

// loadSigners reads a list of document signers, and nothing else that load knows: whoever may sign the one may not
// bring in the other.
func loadSigners(text []byte) (Source, error) {
	src, err := loadText(text)
	if err == nil && src.Kind != KindEUDCC {
		err = errors.New("a signed message that lists no document signers")
	}
	return src, err
}

// isSignedText recognises base64 of an ES256 signature on a line of its own in front of a JSON object.
func isSignedText(data []byte) bool {
	line, rest, ok := bytes.Cut(data, []byte{'\n'})
	return ok && len(bytes.TrimSuffix(line, []byte{'\r'})) == signedTextHead && len(rest) > 0 && rest[0] == '{'
}

// signedTextHead is the length of base64 of an ES256 signature.
const signedTextHead = 88

// loadSignedText reads the list of document signers as the German service publishes it: base64 of an ES256
// signature (r‖s), a line feed, and the JSON {"certificates": […]} that is signed, to its last byte. It states no
// time, so an older one cannot be told from a newer one.
func loadSignedText(data []byte) (Source, error) {
	line, signed, _ := bytes.Cut(bytes.Clone(data), []byte{'\n'})
	signature, err := base64.StdEncoding.Strict().DecodeString(string(bytes.TrimSuffix(line, []byte{'\r'})))
	if err != nil {
		return Source{}, errors.New("the signature in front of the list is not base64")
	}
	o, err := jose.ParseObject(bytes.TrimSpace(signed))
	if err != nil {
		return Source{}, err
	}
	if o.Get("certificates") == nil {
		return Source{}, errors.New("a signed text that lists no document signers (certificates)")
	}
	src, err := loadDSCArray(o.Get("certificates"))
	if err != nil {
		return Source{}, err
	}
	return signedList(src, &verifier.Credential{Proof: verifier.Proof{
		Algorithm: verifier.ES256, Signed: signed, Signature: signature,
	}})
}
