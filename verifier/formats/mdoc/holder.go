package mdoc

import (
	"bytes"
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
func readDeviceSignature(signed cbor.Item, m *securityObject) (*verifier.HolderProof, error) {
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
		return &verifier.HolderProof{Unseen: "the device's proof is a MAC, which only the reader of its session can check"}, nil
	}
	s, err := cose.ParseDetached(signature.Raw())
	if err != nil {
		return nil, err
	}
	p := &verifier.HolderProof{Proof: verifier.Proof{
		Algorithm: verifier.AlgorithmByName(cose.AlgorithmName(s.Algorithm)),
		Signature: bytes.Clone(s.Signature),
	}}
	if p.Proof.Algorithm == verifier.AlgorithmNone {
		p.Fault = errDeviceKey
	}
	p.Key, _ = cose.ParseKey(m.deviceKey) // without one that is supported the proof fails where it is judged
	a := authentication{docType: string(m.docType), protected: bytes.Clone(s.Protected), spaces: bytes.Clone(spaces.Raw())}
	p.Session = a.signed
	return p, nil
}

// authentication is what a device signs beside the session.
type authentication struct {
	docType   string
	protected []byte
	spaces    []byte // DeviceNameSpacesBytes as received
}

// signed builds the bytes under the device's signature: the DeviceAuthenticationBytes (§9.1.3.4) as detached
// payload. transcript is an encoded SessionTranscript.
func (a authentication) signed(transcript []byte) []byte {
	inner := cbor.AppendText(cbor.AppendArrayHead(nil, 4), "DeviceAuthentication")
	inner = append(inner, transcript...)
	inner = append(cbor.AppendText(inner, a.docType), a.spaces...)
	payload := cbor.AppendBytes(cbor.AppendTag(nil, tagEncoded), inner)
	return cose.AppendSigStructure(nil, a.protected, payload)
}
