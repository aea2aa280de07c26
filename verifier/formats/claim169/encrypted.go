package claim169

import (
	"crypto/aes"
	"crypto/cipher"
	"errors"
	"fmt"

	"vratar/verifier"
	"vratar/verifier/cbor"
	"vratar/verifier/cose"
)

// tagEncrypt0 marks a COSE_Encrypt0 (RFC 9052 §2).
const tagEncrypt0 = 16

// Header labels and content algorithms (RFC 9052 §3.1, RFC 9053 §4.1).
const (
	labelAlgorithm = 1
	labelCritical  = 2
	labelIV        = 5

	a128GCM = 1
	a192GCM = 2
	a256GCM = 3

	ivSize = 12
)

var (
	errEncrypt0 = errors.New("claim169: not a COSE_Encrypt0")
	errLocked   = errors.New("claim169: encrypted, and no key opens it")
)

// sealed is an opened COSE_Encrypt0: an envelope whose content is still locked.
type sealed struct {
	keySize    int // in bytes
	protected  []byte
	iv         []byte
	ciphertext []byte
}

// decodeEncrypted unlocks message and opens what stands inside: a signed CWT or, from issuers that do not
// sign, bare claims.
func (f Format) decodeEncrypted(a *verifier.Arena, message cbor.Item) (*verifier.Credential, error) {
	e, err := parseEncrypt0(message.Untagged())
	if err != nil {
		return nil, err
	}
	plain := e.unlock(f.Keys)
	if plain == nil {
		return nil, verifier.Refuse(verifier.ReasonUnsupportedAlgorithm, errLocked)
	}
	inner, err := cbor.Parse(plain)
	switch {
	case err != nil:
		return nil, malformed(err)
	case inner.Kind() == cbor.Map:
		return decodeClaims(a, plain)
	case outerTag(inner) == cose.TagSign1:
		return decodeSigned(a, plain)
	}
	return nil, malformed(errUntagged)
}

// parseEncrypt0 takes the array of protected header, unprotected header and ciphertext apart (RFC 9052 §5.2).
func parseEncrypt0(message cbor.Item) (sealed, error) {
	if message.Kind() != cbor.Array || message.Len() != 3 {
		return sealed{}, malformed(errEncrypt0)
	}
	var e sealed
	var ok bool
	if e.protected, ok = message.At(0).Bytes(); !ok {
		return sealed{}, malformed(errEncrypt0)
	}
	if e.ciphertext, ok = message.At(2).Bytes(); !ok {
		return sealed{}, malformed(errEncrypt0)
	}
	header, err := cbor.Parse(e.protected)
	if err != nil {
		return sealed{}, malformed(err)
	}
	if header.Get(labelCritical).Kind() != cbor.Absent {
		return sealed{}, malformed(errEncrypt0)
	}
	switch alg, _ := header.Get(labelAlgorithm).Int(); alg {
	case a128GCM:
		e.keySize = 16
	case a192GCM:
		e.keySize = 24
	case a256GCM:
		e.keySize = 32
	default:
		return sealed{}, verifier.Refuse(verifier.ReasonUnsupportedAlgorithm, fmt.Errorf("%w: %d", errAlgorithm, alg))
	}
	iv := header.Get(labelIV)
	if iv.Kind() == cbor.Absent {
		iv = message.At(1).Get(labelIV)
	}
	if e.iv, ok = iv.Bytes(); !ok || len(e.iv) != ivSize {
		return sealed{}, malformed(errEncrypt0)
	}
	return e, nil
}

// unlock is the content under the first key that fits, nil when none does.
func (e *sealed) unlock(keys [][]byte) []byte {
	for _, key := range keys {
		if len(key) != e.keySize {
			continue
		}
		block, err := aes.NewCipher(key)
		if err != nil {
			continue
		}
		gcm, err := cipher.NewGCM(block)
		if err != nil {
			continue
		}
		if plain, err := gcm.Open([]byte{}, e.iv, e.ciphertext, appendEncStructure(nil, e.protected)); err == nil {
			return plain
		}
	}
	return nil
}

// appendEncStructure appends what is authenticated beside the content: the Enc_structure of RFC 9052 §5.3 with
// the context "Encrypt0" and no external data.
func appendEncStructure(dst, protected []byte) []byte {
	dst = cbor.AppendText(cbor.AppendArrayHead(dst, 3), "Encrypt0")
	return cbor.AppendBytes(cbor.AppendBytes(dst, protected), nil)
}
