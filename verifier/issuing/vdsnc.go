package issuing

import (
	"encoding/base64"
	"encoding/json"
	"errors"

	"vratar/verifier/jose"
)

// SealNC is the content of an ICAO VDS-NC.
type SealNC struct {
	Type    string // icao.vacc or icao.test
	Issuer  string // three-letter code of Doc 9303-3 §5
	Message any    // written as JSON: pid, uvci and ve, or pid, utci, sp, dat and tr
}

// VDSNC issues a seal and returns the text of its code, in canonical form. The key must be for ES256, ES384 or
// ES512; its certificate, where it has one, is put in.
func VDSNC(k *Key, s SealNC) (string, error) {
	if s.Type == "" || s.Issuer == "" || s.Message == nil {
		return "", errors.New("issuing: a seal has a type, an issuer and a message")
	}
	type object = map[string]any
	text, err := json.Marshal(object{"hdr": object{"t": s.Type, "v": 1, "is": s.Issuer}, "msg": s.Message})
	if err != nil {
		return "", err
	}
	data, err := jose.AppendCanonical(nil, text)
	if err != nil {
		return "", err
	}
	signature, err := k.Sign(data)
	if err != nil {
		return "", err
	}
	sig := object{"alg": k.Algorithm.String(), "sigvl": base64.RawURLEncoding.EncodeToString(signature)}
	if k.Certificate != nil {
		sig["cer"] = base64.RawURLEncoding.EncodeToString(k.Certificate)
	}
	tail, err := json.Marshal(sig)
	if err != nil {
		return "", err
	}
	return `{"data":` + string(data) + `,"sig":` + string(tail) + `}`, nil
}
