package conformance

import (
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"fmt"
	"math/rand/v2"
	"strconv"

	"vratar/verifier"
	"vratar/verifier/cbor"
	"vratar/verifier/cose"
	"vratar/verifier/issuing"
	"vratar/verifier/jose"
	"vratar/verifier/trust"
)

// press signs bare status lists, of which some vectors consist, so that they can be loaded like any other.
type press struct {
	key    *issuing.Key
	anchor *trust.Snapshot
}

func newPress() (*press, error) {
	k, err := issuing.NewKey(verifier.ES256, rand.NewChaCha8(sha256.Sum256([]byte("press"))))
	if err != nil {
		return nil, err
	}
	jwk, err := k.MarshalPublic()
	if err != nil {
		return nil, err
	}
	src, err := trust.Load("press", setOf(jwk))
	return &press{k, trust.New(src)}, err
}

const pressURI = "https://list.example"

// try loads the list in both its forms and holds every entry against the vector.
func (p *press) try(v *listVector) error {
	jwt, err := p.jwt(v)
	if err != nil {
		return err
	}
	cwt, err := p.cwt(v)
	if err != nil {
		return err
	}
	for form, token := range map[string][]byte{"JSON": jwt, "CBOR": cwt} {
		if err := p.compare(v, token); err != nil {
			return fmt.Errorf("as %s: %w", form, err)
		}
	}
	return nil
}

func (p *press) jwt(v *listVector) ([]byte, error) {
	header := fmt.Appendf(nil, `{"alg":"ES256","kid":%q,"typ":"statuslist+jwt"}`, p.key.ID)
	payload := fmt.Appendf(nil, `{"sub":%q,"iat":1,"status_list":{"bits":%d,"lst":%q}}`, pressURI, v.JSON.Bits, v.JSON.List)
	text := jose.AppendSigningInput(nil, header, payload)
	signature, err := p.key.Sign(text)
	return base64.RawURLEncoding.AppendEncode(append(text, '.'), signature), err
}

func (p *press) cwt(v *listVector) ([]byte, error) {
	list, err := hex.DecodeString(v.CBOR)
	if err != nil {
		return nil, err
	}
	claims := cbor.AppendText(cbor.AppendInt(cbor.AppendMapHead(nil, 3), cose.ClaimSubject), pressURI)
	claims = cbor.AppendInt(cbor.AppendInt(claims, cose.ClaimIssuedAt), 1)
	claims = append(cbor.AppendInt(claims, cose.ClaimStatusList), list...)
	return p.key.Sign1(issuing.Message{KeyID: []byte(p.key.ID), Type: "application/statuslist+cwt", Payload: claims})
}

// compare looks up all the entries that the vector states, and the first behind the end.
func (p *press) compare(v *listVector, token []byte) error {
	s, signer, err := proven(p.anchor, token)
	if err != nil {
		return err
	}
	c := verifier.Credential{Status: &verifier.StatusRef{URI: pressURI}}
	f := func(index uint64, want verifier.StatusState) error {
		c.Status.Index = index
		if got := s.Lookup(&c, signer); got.State != want {
			return fmt.Errorf("entry %d: %+v", index, got)
		}
		return nil
	}
	stated := map[uint64]byte{}
	for text, value := range v.Expect.Status {
		index, err := strconv.ParseUint(text, 10, 64)
		if err != nil {
			return err
		}
		stated[index] = value
		if err := f(index, stateOf(value)); err != nil {
			return err
		}
	}
	end := v.Expect.Size
	if v.Expect.OutOfRange != nil {
		end = *v.Expect.OutOfRange
	}
	if v.Expect.OthersZero != nil {
		for index := range end {
			if _, is := stated[index]; is {
				continue
			}
			if err := f(index, verifier.StatusValid); err != nil {
				return err
			}
		}
	}
	return f(end, verifier.StatusUnknown)
}
