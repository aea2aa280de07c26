// Package issuing makes what the rest of the verifier reads: credentials, status lists and trust lists. It
// is the mirror of the formats, for `vratar issue`, the demo, tests and load corpora.
//
// It holds private keys and signs; it decides nothing about who gets a credential. It reads no clock and
// takes randomness from its caller, so equal inputs give equal bytes, with one exception: RSA keys are drawn
// by the standard library, which does not let anybody choose. It may import package verifier and the wire
// parts.
package issuing

import (
	"bytes"
	"compress/zlib"
	"sync"

	"vratar/verifier/base45"
	"vratar/verifier/cose"
)

// Message is a COSE_Sign1 to be signed, with whatever payload.
type Message struct {
	KeyID   []byte // as it shall stand in the protected header; empty: none
	Type    string // header parameter typ (RFC 9596); empty: none
	Payload []byte
}

// Sign1 signs m and returns the message with tag 18.
func (k *Key) Sign1(m Message) ([]byte, error) {
	id, err := k.coseAlgorithm()
	if err != nil {
		return nil, err
	}
	s := cose.Sign1{Algorithm: id, KeyID: m.KeyID, Type: m.Type, Payload: m.Payload}
	s.Protected = cose.AppendProtected(nil, s)
	s.Signature, err = k.Sign(cose.AppendSigStructure(nil, s.Protected, s.Payload))
	if err != nil {
		return nil, err
	}
	return cose.AppendSign1(nil, s, nil), nil
}

// ArmourVR1 is the text of a VR1 code around a message: compressed where that is shorter.
func ArmourVR1(message []byte) string {
	if packed := deflate(message); len(packed) < len(message) {
		message = packed
	}
	return armour("VR1:", message)
}

// ArmourHCERT is the text of an EU certificate around a message, always compressed.
func ArmourHCERT(message []byte) string { return armour("HC1:", deflate(message)) }

func armour(prefix string, b []byte) string { return string(base45.Append([]byte(prefix), b)) }

// deflate compresses with zlib (RFC 1950).
func deflate(b []byte) []byte {
	var out bytes.Buffer
	w := compressors.Get().(*zlib.Writer)
	w.Reset(&out)
	w.Write(b) // a bytes.Buffer takes everything
	w.Close()
	compressors.Put(w)
	return out.Bytes()
}

// compressors are kept because each holds 800 KiB, many times what a credential takes.
var compressors = sync.Pool{New: func() any {
	w, _ := zlib.NewWriterLevel(nil, zlib.BestCompression) // fails for unknown levels only
	return w
}}
