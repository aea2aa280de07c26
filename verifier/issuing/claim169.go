package issuing

import (
	"crypto/aes"
	"crypto/cipher"
	"errors"
	"fmt"
	"maps"
	"slices"
	"time"

	"vratar/verifier"
	"vratar/verifier/cbor"
	"vratar/verifier/cose"
)

// Identity is the content of an identity QR code (MOSIP 169 QR Code Specification 1.2.0).
type Identity struct {
	Issuer  string
	Subject string
	// Entries are the rows of the specification's table by their labels; values are string, int, bool, []byte,
	// []int (fingers) or []Biometric.
	Entries   map[int64]any
	IssuedAt  time.Time
	NotBefore time.Time // zero: not stated
	ExpiresAt time.Time // zero: not stated
	Status    *verifier.StatusRef
}

// Biometric is one sample of a finger, iris, face, palm or voice.
type Biometric struct {
	Data      []byte
	Format    int    // 0 image, 1 template, 2 sound, 3 hash
	SubFormat int    // by format
	Issuer    string // empty: not stated
}

// Identity169 issues an identity and returns the text of its code.
func Identity169(k *Key, i Identity) (string, error) {
	message, err := i.sign(k)
	if err != nil {
		return "", err
	}
	return ArmourIdentity169(message), nil
}

// SealedIdentity169 issues an identity, encrypts it with AES-GCM under secret (16, 24 or 32 bytes) and iv (12
// bytes, never used twice with one secret), and returns the text of its code.
func SealedIdentity169(k *Key, i Identity, secret, iv []byte) (string, error) {
	message, err := i.sign(k)
	if err != nil {
		return "", err
	}
	if message, err = encrypt0(message, secret, iv); err != nil {
		return "", err
	}
	return ArmourIdentity169(message), nil
}

// ArmourIdentity169 is the text of an identity code around a message.
func ArmourIdentity169(message []byte) string { return armour("", deflate(message)) }

func (i Identity) sign(k *Key) ([]byte, error) {
	claims, err := i.Claims()
	if err != nil {
		return nil, err
	}
	return k.Sign1(Message{KeyID: k.keyID(), Payload: claims})
}

// Claims is the CWT claims set of an identity code, the payload under its signature.
func (i Identity) Claims() ([]byte, error) {
	var m, identity mapBuilder
	m.text(cose.ClaimIssuer, i.Issuer)
	m.text(cose.ClaimSubject, i.Subject)
	m.time(cose.ClaimExpires, i.ExpiresAt)
	m.time(cose.ClaimNotBefore, i.NotBefore)
	m.time(cose.ClaimIssuedAt, i.IssuedAt)
	for _, label := range slices.Sorted(maps.Keys(i.Entries)) {
		identity.label(label)
		var err error
		if identity.body, err = appendEntry(identity.body, i.Entries[label]); err != nil {
			return nil, fmt.Errorf("issuing: entry %d: %w", label, err)
		}
	}
	m.label(claimIdentity)
	m.body = append(m.body, identity.bytes()...)
	if i.Status != nil {
		m.label(cose.ClaimStatus)
		m.body = appendStatus(m.body, i.Status)
	}
	return m.bytes(), nil
}

func appendEntry(dst []byte, value any) ([]byte, error) {
	switch v := value.(type) {
	case string:
		return cbor.AppendText(dst, v), nil
	case int:
		return cbor.AppendInt(dst, int64(v)), nil
	case bool:
		return cbor.AppendBool(dst, v), nil
	case []byte:
		return cbor.AppendBytes(dst, v), nil
	case []int:
		dst = cbor.AppendArrayHead(dst, len(v))
		for _, n := range v {
			dst = cbor.AppendInt(dst, int64(n))
		}
		return dst, nil
	case []Biometric:
		dst = cbor.AppendArrayHead(dst, len(v))
		for _, sample := range v {
			dst = sample.append(dst)
		}
		return dst, nil
	}
	return nil, fmt.Errorf("type %T cannot be written", value)
}

func (b Biometric) append(dst []byte) []byte {
	var m mapBuilder
	m.label(0)
	m.body = cbor.AppendBytes(m.body, b.Data)
	m.label(1)
	m.body = cbor.AppendInt(m.body, int64(b.Format))
	m.label(2)
	m.body = cbor.AppendInt(m.body, int64(b.SubFormat))
	m.text(3, b.Issuer)
	return append(dst, m.bytes()...)
}

// encrypt0 wraps content in a COSE_Encrypt0 (RFC 9052 §5.2).
func encrypt0(content, secret, iv []byte) ([]byte, error) {
	const tag, labelAlgorithm, labelIV = 16, 1, 5
	algorithms := map[int]int64{16: 1, 24: 2, 32: 3} // A128GCM, A192GCM, A256GCM by the size of the key
	block, err := aes.NewCipher(secret)
	if err != nil {
		return nil, err
	}
	gcm, err := cipher.NewGCM(block)
	if err != nil {
		return nil, err
	}
	if len(iv) != gcm.NonceSize() {
		return nil, errors.New("issuing: the initialisation vector has 12 bytes")
	}
	protected := cbor.AppendInt(cbor.AppendInt(cbor.AppendMapHead(nil, 1), labelAlgorithm), algorithms[len(secret)])
	aad := cbor.AppendText(cbor.AppendArrayHead(nil, 3), "Encrypt0")
	aad = cbor.AppendBytes(cbor.AppendBytes(aad, protected), nil)
	dst := cbor.AppendArrayHead(cbor.AppendTag(nil, tag), 3)
	dst = cbor.AppendBytes(dst, protected)
	dst = cbor.AppendBytes(cbor.AppendInt(cbor.AppendMapHead(dst, 1), labelIV), iv)
	return cbor.AppendBytes(dst, gcm.Seal(nil, iv, content, aad)), nil
}
