package mdoc

import (
	"errors"

	"vratar/verifier"
	"vratar/verifier/cbor"
	"vratar/verifier/cose"
)

var (
	errDeviceSigned = errors.New("mdoc: the part signed by the device lacks what is mandatory")
	errDeviceKey    = errors.New("mdoc: the device's algorithm is not supported")
)

// readDeviceSignature opens what the device signed (§9.1.3). There is no proof in an IssuerSigned alone. A deviceMac
// is a proof for the reader of its session alone, which no gateway behind a code can be.
func readDeviceSignature(a *verifier.Arena, signed cbor.Item, m *securityObject) (*verifier.HolderProof, error) {
	if signed.Kind() == cbor.Absent {
		return nil, nil
	}
	auth, spaces := signed.GetText("deviceAuth"), signed.GetText("nameSpaces")
	if n, _, _ := spaces.Tag(); n != tagEncoded || auth.Kind() != cbor.Map {
		return nil, errDeviceSigned
	}
	signature := auth.GetText("deviceSignature")
	if signature.Kind() == cbor.Absent {
		if auth.GetText("deviceMac").Kind() != cbor.Array {
			return nil, errDeviceSigned
		}
		p := a.HolderProof()
		p.Unseen = "the device's proof is a MAC, which only the reader of its session can check"
		return p, nil
	}
	s, err := cose.ParseDetached(signature.Raw())
	if err != nil {
		return nil, err
	}
	p := a.HolderProof()
	p.Proof.Algorithm = verifier.AlgorithmByName(cose.AlgorithmName(s.Algorithm))
	p.Proof.Signature = a.Bytes(s.Signature)
	if p.Proof.Algorithm == verifier.AlgorithmNone {
		p.Fault = errDeviceKey
	}
	if curve, x, y, ok := cose.KeyParts(m.deviceKey); ok { // without one that is supported the proof fails where it is judged
		p.Key = a.Key(curve, x, y)
	}
	p.Session = authentication
	docType := a.Text(m.docType)
	beside := cbor.AppendText(a.Tail(len(docType)+len(spaces.Raw())+16), docType)
	p.Parts[1] = a.Keep(append(beside, spaces.Raw()...))
	p.Parts[0] = a.Bytes(s.Protected)
	return p, nil
}

// authentication builds the bytes under the device's signature: the DeviceAuthenticationBytes (§9.1.3.4) as detached
// payload. transcript is an encoded SessionTranscript. The parts are the protected header, and what follows the
// transcript: the type of the document and the DeviceNameSpacesBytes as received.
func authentication(room []byte, p *verifier.HolderProof, transcript []byte) []byte {
	b := cbor.AppendText(cbor.AppendArrayHead(room, 4), "DeviceAuthentication")
	b = append(append(b, transcript...), p.Parts[1]...)
	inner := b[len(room):]
	b = cbor.AppendBytes(cbor.AppendTag(b, tagEncoded), inner)
	payload := b[len(room)+len(inner):]
	return cose.AppendSigStructure(b, p.Parts[0], payload)[len(room)+len(inner)+len(payload):]
}
