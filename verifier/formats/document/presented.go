package document

import (
	"errors"

	"vratar/verifier"
	"vratar/verifier/cbor"
	"vratar/verifier/cose"
)

// confirmKey is the member of cnf that holds a key (RFC 8747 §3.2). Other members name keys that only the
// issuer could look up.
const confirmKey = 1

// maxNonce bounds the nonce of a proof, in bytes.
const maxNonce = 64

var (
	errPresented = errors.New("document: not an array of credential and proof")
	errProof     = errors.New("document: the holder's proof is not a tagged COSE_Sign1")
	errSaysLess  = errors.New("document: the holder's proof has no time or no nonce, or says what is not understood")
)

// decodePresented opens the array of VR2.
func (s *scratch) decodePresented(a *verifier.Arena, b []byte) (*verifier.Credential, error) {
	pair, err := cbor.Parse(b)
	if err != nil {
		return nil, malformed(err)
	}
	packed, ok := pair.At(0).Bytes()
	if !ok || pair.Kind() != cbor.Array || pair.Len() != 2 {
		return nil, malformed(errPresented)
	}
	message, err := s.unpack(packed)
	if err != nil {
		return nil, err
	}
	c, confirm, err := decodeBound(a, message)
	if err != nil {
		return nil, err
	}
	if c.HolderProof, err = decodeProof(a, pair.At(1).Raw()); err != nil {
		return nil, malformed(err)
	}
	// Without a key, or with one that is not supported, the proof convinces nobody.
	if curve, x, y, ok := cose.KeyParts(confirm.Get(confirmKey)); ok {
		c.HolderProof.Key = a.Key(curve, x, y)
	}
	return c, nil
}

// decodeProof reads the holder's message. What it says beyond time, nonce and audience is a fault: a limit that
// is not understood must not be overlooked.
func decodeProof(a *verifier.Arena, message []byte) (*verifier.HolderProof, error) {
	if len(message) == 0 || message[0] != tagged {
		return nil, errProof
	}
	s, err := cose.ParseSign1(message)
	if err != nil {
		return nil, err
	}
	claims, err := cose.ParseClaimsWith(s.Payload, a.Text)
	if err != nil {
		return nil, err
	}
	p := a.HolderProof()
	p.Proof = verifier.Proof{
		Algorithm: verifier.AlgorithmByName(cose.AlgorithmName(s.Algorithm)),
		Signed:    a.Keep(cose.AppendSigStructure(a.Tail(len(message)), s.Protected, s.Payload)),
		Signature: a.Bytes(s.Signature),
	}
	p.IssuedAt, p.Nonce = claims.IssuedAt, a.Text(claims.ID)
	known := 2
	if len(claims.Audience) == 1 {
		p.Audience, known = claims.Audience[0], 3
	}
	if claims.IssuedAt.IsZero() || len(claims.ID) == 0 || len(claims.ID) > maxNonce || claims.All.Len() != known {
		p.Fault = errSaysLess
	}
	return p, nil
}
