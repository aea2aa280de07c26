package status

import (
	"bytes"
	"errors"
	"fmt"
	"math"
	"math/bits"
	"strings"
	"time"

	"vratar/verifier"
	"vratar/verifier/cbor"
	"vratar/verifier/cose"
	"vratar/verifier/inflate"
	"vratar/verifier/jose"
)

// maxList bounds an inflated list in bytes: half a thousand million credentials of one bit.
const maxList = 64 << 20

// Values of an entry (draft-ietf-oauth-status-list §7.1). What is not listed has no meaning that is known here.
const (
	valueValid     = 0
	valueInvalid   = 1
	valueSuspended = 2
)

// tokenList is the array of one token status list.
type tokenList struct {
	bits    uint8 // 1, 2, 4 or 8 for each entry
	entries []byte
	ttl     time.Duration // zero: not stated
}

// size is the number of entries.
func (l *tokenList) size() uint64 {
	if l.bits == 0 {
		return 0
	}
	return uint64(len(l.entries)) * 8 >> bits.TrailingZeros8(l.bits)
}

// at is entry i, which must be below size. Entries are packed from the least significant bit (§4.1).
func (l *tokenList) at(i uint64) byte {
	from := i * uint64(l.bits) // no more than 8 times the bytes there are
	return l.entries[from/8] >> (from % 8) & (1<<l.bits - 1)
}

func newTokenList(bits uint64, packed []byte, ttl uint64) (tokenList, error) {
	switch bits {
	case 1, 2, 4, 8:
	default:
		return tokenList{}, fmt.Errorf("entries of %d bits", bits)
	}
	if ttl > uint64(math.MaxInt64/time.Second) {
		return tokenList{}, errors.New("time to live out of range")
	}
	entries, err := inflate.Zlib(nil, packed, maxList)
	if err != nil {
		return tokenList{}, err
	}
	return tokenList{bits: uint8(bits), entries: entries, ttl: time.Duration(ttl) * time.Second}, nil
}

// tokenSource joins a list with the statement that carries it. The URI is the token's subject, so a list can
// only ever answer for the address it was signed for (§5.1).
func tokenSource(uri string, l tokenList, c *verifier.Credential) (Source, error) {
	switch {
	case uri == "":
		return Source{}, errors.New("no subject (sub)")
	case c.IssuedAt.IsZero():
		return Source{}, errors.New("no time of issue (iat)")
	case c.Proof.Algorithm == verifier.AlgorithmNone:
		return Source{}, errors.New("the signature algorithm is not supported")
	}
	c.Format = verifier.FormatStatusList
	return Source{Kind: KindTokenList, URI: uri, Statement: c, tokens: l}, nil
}

// loadJWT reads a token of type statuslist+jwt (§5.1).
func loadJWT(text []byte) (Source, error) {
	j, err := jose.ParseCompact(bytes.Clone(text)) // the proof keeps parts of it
	if err != nil {
		return Source{}, err
	}
	if strings.TrimPrefix(j.Type, "application/") != "statuslist+jwt" {
		return Source{}, fmt.Errorf("a token of type %q is no status list", j.Type)
	}
	o, err := jose.ParseObject(j.Payload)
	if err != nil {
		return Source{}, err
	}
	c, uri, err := jwtStatement(o)
	if err != nil {
		return Source{}, err
	}
	c.Proof = verifier.Proof{
		Algorithm: verifier.AlgorithmByName(j.Algorithm), KeyID: []byte(j.KeyID),
		Signed: j.Signed, Signature: j.Signature, Chain: j.Chain,
	}
	l, err := jwtList(o)
	if err != nil {
		return Source{}, err
	}
	src, err := tokenSource(uri, l, c)
	src.form = verifier.JWTForm
	return src, err
}

func jwtStatement(o jose.Object) (*verifier.Credential, string, error) {
	c := new(verifier.Credential)
	var errs [5]error
	var uri string
	c.Issuer, errs[0] = o.Text("iss")
	uri, errs[1] = o.Text("sub")
	c.IssuedAt, errs[2] = o.Time("iat")
	c.ExpiresAt, errs[3] = o.Time("exp")
	c.NotBefore, errs[4] = o.Time("nbf")
	return c, uri, errors.Join(errs[:]...)
}

func jwtList(o jose.Object) (tokenList, error) {
	list, err := o.Object("status_list")
	if err != nil {
		return tokenList{}, err
	}
	bits, errBits := list.Uint("bits")
	packed, errList := list.Bytes("lst")
	ttl, errTTL := o.Uint("ttl")
	if err := errors.Join(errBits, errList, errTTL); err != nil {
		return tokenList{}, err
	}
	return newTokenList(bits, packed, ttl)
}

// loadCWT reads a token of type application/statuslist+cwt (§5.2).
func loadCWT(data []byte) (Source, error) {
	s, err := cose.ParseSign1(bytes.Clone(data)) // the proof keeps parts of it
	if err != nil {
		return Source{}, err
	}
	if strings.TrimPrefix(s.Type, "application/") != "statuslist+cwt" {
		return Source{}, fmt.Errorf("a token of type %q is no status list", s.Type)
	}
	claims, err := cose.ParseClaims(s.Payload)
	if err != nil {
		return Source{}, err
	}
	l, err := cwtList(claims.All)
	if err != nil {
		return Source{}, err
	}
	src, err := tokenSource(claims.Subject, l, &verifier.Credential{
		Issuer: claims.Issuer, IssuedAt: claims.IssuedAt, NotBefore: claims.NotBefore, ExpiresAt: claims.ExpiresAt,
		Proof: verifier.Proof{
			Algorithm: verifier.AlgorithmByName(cose.AlgorithmName(s.Algorithm)), KeyID: s.KeyID,
			Signed: cose.AppendSigStructure(nil, s.Protected, s.Payload), Signature: s.Signature, Chain: s.Chain,
		},
	})
	src.form = verifier.CWTForm
	return src, err
}

func cwtList(all cbor.Item) (tokenList, error) {
	list := all.Get(cose.ClaimStatusList)
	bits, ok1 := list.GetText("bits").Uint()
	packed, ok2 := list.GetText("lst").Bytes()
	if !ok1 || !ok2 {
		return tokenList{}, errors.New("no status list in the claims")
	}
	ttl := all.Get(cose.ClaimTTL)
	seconds, ok := ttl.Uint()
	if !ok && ttl.Kind() != cbor.Absent {
		return tokenList{}, errors.New("the time to live is not a number of seconds")
	}
	return newTokenList(bits, packed, seconds)
}
