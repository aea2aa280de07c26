package conformance

import (
	"encoding/base64"
	"encoding/json"
	"encoding/pem"
	"errors"
	"os"
)

// key is what a vector trusts.
type key struct {
	Type string          `json:"type"`
	DER  string          `json:"der_b64"`
	JWK  json.RawMessage `json:"jwk"`
	JWKS json.RawMessage `json:"jwks"`
	KID  string          `json:"kid"` // of jwk, which has none inside
	Ref  string          `json:"ref"` // file of the folder that holds the jwks by issuer
}

// content is the key as a file of the kind its type says.
func (k *key) content() ([]byte, error) {
	switch k.Type {
	case "x509":
		der, err := base64.StdEncoding.DecodeString(k.DER)
		return pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: der}), err
	case "jwk":
		jwk, err := k.named()
		return setOf(jwk), err
	case "jwks":
		return k.JWKS, nil
	}
	return nil, errors.New("key of unknown type " + k.Type)
}

// write puts content into a file of its own and returns the file's name.
func write(content []byte) (string, error) {
	f, err := os.CreateTemp("", "vectors-*")
	if err != nil {
		return "", err
	}
	_, err = f.Write(content)
	return f.Name(), errors.Join(err, f.Close())
}

// secrets are the lists of withdrawn ticket secrets that some vectors bring along.
type secrets struct {
	Revoked []string `json:"revoked_secrets"`
	Blocked []string `json:"blocked_secrets"`
}

func (s *secrets) empty() bool { return s == nil || len(s.Revoked)+len(s.Blocked) == 0 }

// content is the lists as pages of the pretix API.
func (s *secrets) content() ([]byte, error) {
	type result struct {
		Secret  string `json:"secret"`
		Blocked bool   `json:"blocked,omitempty"`
	}
	var all []result
	for _, text := range s.Revoked {
		all = append(all, result{Secret: text})
	}
	for _, text := range s.Blocked {
		all = append(all, result{text, true})
	}
	return json.Marshal(map[string]any{"count": len(all), "results": all})
}

// named is the JWK with the entry's kid inside, where verifiers look for it.
func (k *key) named() ([]byte, error) {
	if k.KID == "" {
		return k.JWK, nil
	}
	var members map[string]json.RawMessage
	if err := json.Unmarshal(k.JWK, &members); err != nil {
		return nil, err
	}
	members["kid"], _ = json.Marshal(k.KID) // a string always can be written
	return json.Marshal(members)
}
