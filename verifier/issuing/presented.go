package issuing

import (
	"crypto/rand"
	"errors"
	"strings"

	"vratar/verifier/base45"
	"vratar/verifier/cbor"
	"vratar/verifier/cose"
)

// VR2 presents the credential in the text of a VR1 code: what the device that holds its key shows, and makes anew
// every 15 s. The audience is left out of a code for whoever reads it; an empty nonce becomes 16 bytes of the
// system's randomness, because it must be another one each time. Anybody may call it with any key; only the one
// that the credential names convinces.
func VR2(holder *Key, vr1 string, b Binding) (string, error) {
	text, ok := strings.CutPrefix(vr1, "VR1:")
	if !ok {
		return "", errors.New("issuing: only VR1 codes can be presented as VR2")
	}
	credential, err := base45.AppendDecode(nil, []byte(text))
	if err != nil {
		return "", err
	}
	proof, err := holder.Sign1(Message{Payload: b.Claims()})
	if err != nil {
		return "", err
	}
	return ArmourVR2(credential, proof), nil
}

// Claims is the payload under the holder's signature in VR2.
func (b Binding) Claims() []byte {
	nonce := []byte(b.Nonce)
	if len(nonce) == 0 {
		nonce = make([]byte, 16)
		rand.Read(nonce) // never fails (crypto/rand)
	}
	var m mapBuilder
	m.text(cose.ClaimAudience, b.Audience)
	m.time(cose.ClaimIssuedAt, b.IssuedAt)
	m.label(cose.ClaimID)
	m.body = cbor.AppendBytes(m.body, nonce)
	return m.bytes()
}

// ArmourVR2 is the text of a VR2 code around a credential, compressed or not, and an encoded proof.
func ArmourVR2(credential, proof []byte) string {
	pair := cbor.AppendBytes(cbor.AppendArrayHead(nil, 2), credential)
	return armour("VR2:", append(pair, proof...))
}
