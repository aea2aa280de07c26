// Package passkeytest is an authenticator in software: it answers the dialogues of Web Authentication as a browser
// with a passkey would, so that tests can register and sign in. It keeps one passkey, trusts whoever asks, and is of
// no use outside tests.
package passkeytest

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"encoding/binary"
	"encoding/json"
	"slices"

	"github.com/fxamacker/cbor/v2"
)

// The flags of authenticator data (Web Authentication §6.1).
const (
	UserPresent  = 1 << 0
	UserVerified = 1 << 2
	attested     = 1 << 6
)

// Authenticator holds one passkey. Its members are what a test bends.
type Authenticator struct {
	Origin string // of the page it believes to be on
	RP     string // relying party it answers for; empty: the one that asks
	Flags  byte   // what it says about its user
	Count  uint32 // signature counter, raised before each answer
	ID     []byte // of the credential
	Handle []byte // of the account, learned when it registers

	key *ecdsa.PrivateKey
}

// New makes an authenticator of a user who is present and proved who he is.
func New(origin string) (*Authenticator, error) {
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		return nil, err
	}
	id := make([]byte, 16)
	_, _ = rand.Read(id) // never fails
	return &Authenticator{Origin: origin, Flags: UserPresent | UserVerified, ID: id, key: key}, nil
}

// Clone is a copy with the same key, as from a stolen backup.
func (a *Authenticator) Clone() *Authenticator {
	c := *a
	return &c
}

type options struct {
	PublicKey struct {
		Challenge string `json:"challenge"`
		RPID      string `json:"rpId"`
		RP        struct {
			ID string `json:"id"`
		} `json:"rp"`
		User struct {
			ID string `json:"id"`
		} `json:"user"`
	} `json:"publicKey"`
}

// Create answers navigator.credentials.create with the JSON of a new credential.
func (a *Authenticator) Create(text []byte) ([]byte, error) {
	var o options
	if err := json.Unmarshal(text, &o); err != nil {
		return nil, err
	}
	var err error
	if a.Handle, err = base64.RawURLEncoding.DecodeString(o.PublicKey.User.ID); err != nil {
		return nil, err
	}
	public, err := a.key.PublicKey.Bytes() // 4, x, y
	if err != nil {
		return nil, err
	}
	// COSE_Key of EC2, ES256, P-256 (RFC 9053 §7.1.1).
	key, err := cbor.Marshal(map[int]any{1: 2, 3: -7, -1: 1, -2: public[1:33], -3: public[33:]})
	if err != nil {
		return nil, err
	}
	data := a.data(o.PublicKey.RP.ID, attested)
	data = append(data, make([]byte, 16)...) // AAGUID
	data = binary.BigEndian.AppendUint16(data, uint16(len(a.ID)))
	data = slices.Concat(data, a.ID, key)
	attestation, err := cbor.Marshal(map[string]any{"fmt": "none", "attStmt": map[string]any{}, "authData": data})
	if err != nil {
		return nil, err
	}
	return a.credential(map[string]any{
		"clientDataJSON": encode(a.client("webauthn.create", o.PublicKey.Challenge)), "attestationObject": encode(attestation),
	})
}

// Get answers navigator.credentials.get with the JSON of an assertion.
func (a *Authenticator) Get(text []byte) ([]byte, error) {
	var o options
	if err := json.Unmarshal(text, &o); err != nil {
		return nil, err
	}
	client := a.client("webauthn.get", o.PublicKey.Challenge)
	data := a.data(o.PublicKey.RPID, 0)
	hash := sha256.Sum256(client)
	signed := sha256.Sum256(append(slices.Clone(data), hash[:]...))
	signature, err := ecdsa.SignASN1(rand.Reader, a.key, signed[:])
	if err != nil {
		return nil, err
	}
	return a.credential(map[string]any{
		"clientDataJSON": encode(client), "authenticatorData": encode(data), "signature": encode(signature), "userHandle": encode(a.Handle),
	})
}

func (a *Authenticator) data(rp string, flags byte) []byte {
	if a.RP != "" {
		rp = a.RP
	}
	a.Count++
	hash := sha256.Sum256([]byte(rp))
	return binary.BigEndian.AppendUint32(append(hash[:], a.Flags|flags), a.Count)
}

func (a *Authenticator) client(kind, challenge string) []byte {
	text, _ := json.Marshal(map[string]any{"type": kind, "challenge": challenge, "origin": a.Origin, "crossOrigin": false})
	return text // of strings and a bool, which have a JSON form
}

func (a *Authenticator) credential(response map[string]any) ([]byte, error) {
	return json.Marshal(map[string]any{
		"id": encode(a.ID), "rawId": encode(a.ID), "type": "public-key", "response": response,
		"clientExtensionResults": map[string]any{},
	})
}

func encode(b []byte) string { return base64.RawURLEncoding.EncodeToString(b) }
