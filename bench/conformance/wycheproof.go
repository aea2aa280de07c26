package conformance

import (
	"bytes"
	"crypto"
	"crypto/x509"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"

	"vratar/verifier"
	"vratar/verifier/brainpool"
	"vratar/verifier/jose"
	"vratar/verifier/proof"
	"vratar/verifier/trust"
)

// wycheproof is the part of C2SP/wycheproof's schema that signature files share.
type wycheproof struct {
	Groups []struct {
		PublicKeyDER string           `json:"publicKeyDer"`
		Comment      string           `json:"comment"`
		Public       json.RawMessage  `json:"public"`
		Private      json.RawMessage  `json:"private"`
		Tests        []wycheproofTest `json:"tests"`
	} `json:"testGroups"`
}

type wycheproofTest struct {
	ID      int    `json:"tcId"`
	Comment string `json:"comment"`
	Message string `json:"msg"`
	Sig     string `json:"sig"`
	JWS     string `json:"jws"`
	Result  string `json:"result"`
}

func (t *wycheproofTest) name(file string) string {
	return fmt.Sprintf("%s %d (%s)", file, t.ID, t.Comment)
}

func wycheproofTrials() []Trial {
	one := func(title, file string, check func(file string) func(Folder) (Result, error)) Trial {
		return Trial{"Wycheproof: " + title, check(file)}
	}
	return []Trial{
		one("ES256", "ecdsa_secp256r1_sha256_p1363_test.json", raw(verifier.ES256)),
		one("ES384", "ecdsa_secp384r1_sha384_p1363_test.json", raw(verifier.ES384)),
		one("ES256 in DER, for certificates", "ecdsa_secp256r1_sha256_test.json", der(verifier.ES256, x509.ECDSAWithSHA256)),
		one("ES384 in DER, for certificates", "ecdsa_secp384r1_sha384_test.json", der(verifier.ES384, x509.ECDSAWithSHA384)),
		one("brainpoolP256r1, SHA-256", "ecdsa_brainpoolP256r1_sha256_p1363_test.json", raw(verifier.ES256)),
		one("brainpoolP224r1, SHA-224", "ecdsa_brainpoolP224r1_sha224_p1363_test.json", raw(verifier.ES224)),
		one("EdDSA", "ed25519_test.json", raw(verifier.EdDSA)),
		one("PS256", "rsa_pss_2048_sha256_mgf1_32_test.json", raw(verifier.PS256)),
		one("RS256", "rsa_signature_2048_sha256_test.json", raw(verifier.RS256)),
		one("JSON Web Signature", "json_web_signature_test.json", tokens),
		one("JSON Web Key", "json_web_key_test.json", tokens),
	}
}

// raw puts signatures to the gateway's checker. One that is "acceptable" may be taken or refused: it breaks the
// letter of its standard and proves the key's owner all the same.
func raw(alg verifier.Algorithm) func(file string) func(Folder) (Result, error) {
	return func(file string) func(Folder) (Result, error) {
		return signatures(file, func(key crypto.PublicKey, message, sig []byte) bool {
			return proof.Checker{}.Check(&verifier.Key{Public: key}, &verifier.Proof{Algorithm: alg, Signed: message, Signature: sig})
		})
	}
}

// der puts signatures to the check that certificates undergo. In a credential none of them is a signature: there
// it is r‖s, so that each has one form only.
func der(alg verifier.Algorithm, in x509.SignatureAlgorithm) func(file string) func(Folder) (Result, error) {
	return func(file string) func(Folder) (Result, error) {
		return signatures(file, func(key crypto.PublicKey, message, sig []byte) bool {
			p := verifier.Proof{Algorithm: alg, Signed: message, Signature: sig}
			c := x509.Certificate{PublicKey: key}
			inCertificate := c.CheckSignature(in, message, sig) == nil
			if (proof.Checker{}).Check(&verifier.Key{Public: key}, &p) {
				return !inCertificate // wrong either way
			}
			return inCertificate
		})
	}
}

func signatures(file string, check func(key crypto.PublicKey, message, sig []byte) bool) func(Folder) (Result, error) {
	return func(d Folder) (Result, error) {
		var w wycheproof
		if err := d.read("wycheproof/"+file, &w); err != nil {
			return Result{}, err
		}
		var r Result
		for _, g := range w.Groups {
			der, err := hex.DecodeString(g.PublicKeyDER)
			if err != nil {
				return r, err
			}
			key, err := publicKey(der)
			if err != nil {
				return r, fmt.Errorf("%s: %w", file, err)
			}
			for _, t := range g.Tests {
				message, errMessage := hex.DecodeString(t.Message)
				sig, errSig := hex.DecodeString(t.Sig)
				if err := errors.Join(errMessage, errSig); err != nil {
					return r, err
				}
				got := check(key, message, sig)
				r.holdSame(t.name(file), got, t.Result == "valid" || (t.Result == "acceptable" && got))
			}
		}
		return r, nil
	}
}

func publicKey(der []byte) (crypto.PublicKey, error) {
	key, err := brainpool.ParsePublicKey(der)
	if errors.Is(err, brainpool.ErrNotBrainpool) {
		return x509.ParsePKIXPublicKey(der)
	}
	return key, err
}

// tokens puts compact JWS to the look-up of keys and the check that credentials undergo. Tokens that are valid by
// an algorithm that is not supported are skipped: they are refused here, and rightly.
func tokens(file string) func(Folder) (Result, error) {
	return func(d Folder) (Result, error) {
		var w wycheproof
		if err := d.read("wycheproof/"+file, &w); err != nil {
			return Result{}, err
		}
		var r Result
		for _, g := range w.Groups {
			keys := g.Public
			if keys == nil {
				keys = g.Private
			}
			for _, t := range g.Tests {
				if why := unsupported(keys, t.JWS); t.Result == "valid" && why != "" {
					r.skip(t.name(file), why)
					continue
				}
				r.holdSame(t.name(file), tokenProven(keys, t.JWS), t.Result == "valid")
			}
		}
		return r, nil
	}
}

// unsupported says why a valid token is refused here all the same; empty when it must not be.
func unsupported(key json.RawMessage, text string) string {
	var jwk struct {
		Algorithm string `json:"alg"`
	}
	_ = json.Unmarshal(key, &jwk) // a set names no algorithm of its own
	if jwk.Algorithm != "" && verifier.AlgorithmByName(jwk.Algorithm) == verifier.AlgorithmNone {
		return "its key is for " + jwk.Algorithm + ", which is not supported"
	}
	j, err := jose.ParseCompact([]byte(text))
	if err == nil && verifier.AlgorithmByName(j.Algorithm) == verifier.AlgorithmNone {
		return j.Algorithm + " is not supported"
	}
	return ""
}

// tokenProven reports whether text is proven by a key set, or a single key, that is trusted.
func tokenProven(keys json.RawMessage, text string) bool {
	set, err := publicOnly(keys)
	if err != nil {
		return false
	}
	src, err := trust.Load("wycheproof", set)
	if err != nil {
		return false
	}
	j, err := jose.ParseCompact([]byte(text))
	if err != nil {
		return false
	}
	key, _ := verifier.Prove(trust.New(src), proof.Checker{}, &verifier.Credential{Format: "sdjwt", Proof: verifier.Proof{
		Algorithm: verifier.AlgorithmByName(j.Algorithm), KeyID: []byte(j.KeyID), Signed: j.Signed, Signature: j.Signature,
	}})
	return key != nil
}

// publicOnly makes a key set without the private members that some of the vectors carry and no issuer publishes.
func publicOnly(keys json.RawMessage) ([]byte, error) {
	var set struct {
		Keys []map[string]json.RawMessage `json:"keys"`
	}
	err := json.Unmarshal(keys, &set)
	if err == nil && set.Keys == nil {
		err = json.Unmarshal(setOf(keys), &set)
	}
	for _, k := range set.Keys {
		for _, private := range []string{"d", "p", "q", "dp", "dq", "qi"} {
			delete(k, private)
		}
	}
	if err != nil {
		return nil, err
	}
	return json.Marshal(set)
}

// setOf is a set of one key.
func setOf(key []byte) []byte {
	return bytes.Join([][]byte{[]byte(`{"keys":[`), key, []byte(`]}`)}, nil)
}
