package issuing

import (
	"crypto/rand"
	"crypto/sha256"
	"errors"
	"fmt"
	"io"
	"maps"
	"slices"
	"time"

	"vratar/verifier"
	"vratar/verifier/cbor"
	"vratar/verifier/cose"
)

const (
	tagEncoded  = 24   // encoded CBOR in a byte string
	tagFullDate = 1004 // RFC 8943
	labelChain  = 33
	randomSize  = 32 // bytes that hide an element behind its digest
)

// MobileDocument is the content of an mdoc (ISO/IEC 18013-5).
type MobileDocument struct {
	Type string // e.g. org.iso.18013.5.1.mDL
	// Elements are data elements by name space; values are string, bool, int, []byte or time.Time, which
	// becomes a full-date.
	Elements   map[string]map[string]any
	Device     *Key // whose public half is the holder's
	SignedAt   time.Time
	ValidFrom  time.Time
	ValidUntil time.Time
	Status     *verifier.StatusRef
	Random     io.Reader // of the elements' random bytes; nil: the system's
}

// IssuerSigned issues a document and returns its IssuerSigned part with all elements. The key must have a
// certificate, which travels along.
func IssuerSigned(k *Key, d MobileDocument) ([]byte, error) {
	if k.Certificate == nil || d.Device == nil || d.Type == "" {
		return nil, errors.New("issuing: an mdoc has a type, a signer with certificate and a device")
	}
	if d.Random == nil {
		d.Random = rand.Reader
	}
	spaces, digests, err := d.spaces()
	if err != nil {
		return nil, err
	}
	object, err := d.securityObject(digests)
	if err != nil {
		return nil, err
	}
	id, err := k.coseAlgorithm()
	if err != nil {
		return nil, err
	}
	s := cose.Sign1{Algorithm: id, Payload: appendEncoded(nil, object)}
	s.Protected = cose.AppendProtected(nil, s)
	if s.Signature, err = k.Sign(cose.AppendSigStructure(nil, s.Protected, s.Payload)); err != nil {
		return nil, err
	}
	chain := cbor.AppendBytes(cbor.AppendInt(cbor.AppendMapHead(nil, 1), labelChain), k.Certificate)
	dst := append(cbor.AppendText(cbor.AppendMapHead(nil, 2), "nameSpaces"), spaces...)
	return appendUntagged(cbor.AppendText(dst, "issuerAuth"), cose.AppendSign1(nil, s, chain))
}

// appendUntagged appends a COSE_Sign1 without its tag, as ISO/IEC 18013-5 §9.1.2.4 wants it.
func appendUntagged(dst, message []byte) ([]byte, error) {
	item, err := cbor.Parse(message)
	if err != nil {
		return nil, err
	}
	return append(dst, item.Untagged().Raw()...), nil
}

func appendEncoded(dst, content []byte) []byte {
	return cbor.AppendBytes(cbor.AppendTag(dst, tagEncoded), content)
}

// spaces are the elements as encoded items, and their digests, each as a map by name space.
func (d MobileDocument) spaces() (items, digests []byte, err error) {
	items = cbor.AppendMapHead(nil, len(d.Elements))
	digests = cbor.AppendMapHead(nil, len(d.Elements))
	for _, space := range slices.Sorted(maps.Keys(d.Elements)) {
		elements := d.Elements[space]
		items = cbor.AppendArrayHead(cbor.AppendText(items, space), len(elements))
		digests = cbor.AppendMapHead(cbor.AppendText(digests, space), len(elements))
		for id, name := range slices.Sorted(maps.Keys(elements)) {
			item, err := d.item(id, name, elements[name])
			if err != nil {
				return nil, nil, fmt.Errorf("issuing: element %s: %w", name, err)
			}
			digest := sha256.Sum256(item)
			items = append(items, item...)
			digests = cbor.AppendBytes(cbor.AppendInt(digests, int64(id)), digest[:])
		}
	}
	return items, digests, nil
}

// item is one IssuerSignedItemBytes.
func (d MobileDocument) item(id int, name string, value any) ([]byte, error) {
	random := make([]byte, randomSize)
	if _, err := io.ReadFull(d.Random, random); err != nil {
		return nil, err
	}
	dst := cbor.AppendText(cbor.AppendMapHead(nil, 4), "digestID")
	dst = cbor.AppendText(cbor.AppendInt(dst, int64(id)), "random")
	dst = cbor.AppendText(cbor.AppendBytes(dst, random), "elementIdentifier")
	dst = cbor.AppendText(cbor.AppendText(dst, name), "elementValue")
	if day, ok := value.(time.Time); ok {
		dst = cbor.AppendText(cbor.AppendTag(dst, tagFullDate), day.Format(time.DateOnly))
		return appendEncoded(nil, dst), nil
	}
	dst, err := appendEntry(dst, value)
	return appendEncoded(nil, dst), err
}

func (d MobileDocument) securityObject(digests []byte) ([]byte, error) {
	n := 6
	if d.Status != nil {
		n++
	}
	dst := cbor.AppendText(cbor.AppendText(cbor.AppendMapHead(nil, n), "version"), "1.0")
	dst = cbor.AppendText(cbor.AppendText(dst, "digestAlgorithm"), "SHA-256")
	dst = append(cbor.AppendText(dst, "valueDigests"), digests...)
	dst = cbor.AppendText(cbor.AppendMapHead(cbor.AppendText(dst, "deviceKeyInfo"), 1), "deviceKey")
	dst, err := cose.AppendKey(dst, d.Device.Public())
	if err != nil {
		return nil, err
	}
	dst = cbor.AppendText(cbor.AppendText(dst, "docType"), d.Type)
	dst = cbor.AppendMapHead(cbor.AppendText(dst, "validityInfo"), 3)
	dst = appendMoment(cbor.AppendText(dst, "signed"), d.SignedAt)
	dst = appendMoment(cbor.AppendText(dst, "validFrom"), d.ValidFrom)
	dst = appendMoment(cbor.AppendText(dst, "validUntil"), d.ValidUntil)
	if d.Status != nil {
		dst = appendStatus(cbor.AppendText(dst, "status"), d.Status)
	}
	return dst, nil
}

// appendMoment is a tdate: RFC 3339 in UTC without fractions (ISO/IEC 18013-5 §7.2.1).
func appendMoment(dst []byte, t time.Time) []byte {
	return cbor.AppendText(cbor.AppendTag(dst, 0), t.UTC().Truncate(time.Second).Format(time.RFC3339))
}

// Presentation is an mdoc that its device shows in a session.
type Presentation struct {
	Type         string
	IssuerSigned []byte
	Device       *Key
	Transcript   []byte // encoded SessionTranscript
}

// DeviceResponse is the answer of a device with one document and the device's signature over the session.
func DeviceResponse(p Presentation) ([]byte, error) {
	id, err := p.Device.coseAlgorithm()
	if err != nil {
		return nil, err
	}
	spaces := appendEncoded(nil, cbor.AppendMapHead(nil, 0))
	over := append(cbor.AppendText(cbor.AppendArrayHead(nil, 4), "DeviceAuthentication"), p.Transcript...)
	over = append(cbor.AppendText(over, p.Type), spaces...)
	protected := cose.AppendProtected(nil, cose.Sign1{Algorithm: id})
	signature, err := p.Device.Sign(cose.AppendSigStructure(nil, protected, appendEncoded(nil, over)))
	if err != nil {
		return nil, err
	}
	dst := cbor.AppendText(cbor.AppendText(cbor.AppendMapHead(nil, 3), "version"), "1.0")
	dst = cbor.AppendArrayHead(cbor.AppendText(dst, "documents"), 1)
	dst = cbor.AppendText(cbor.AppendText(cbor.AppendMapHead(dst, 3), "docType"), p.Type)
	dst = append(cbor.AppendText(dst, "issuerSigned"), p.IssuerSigned...)
	dst = cbor.AppendMapHead(cbor.AppendText(dst, "deviceSigned"), 2)
	dst = append(cbor.AppendText(dst, "nameSpaces"), spaces...)
	dst = cbor.AppendMapHead(cbor.AppendText(dst, "deviceAuth"), 1)
	dst = cbor.AppendArrayHead(cbor.AppendText(dst, "deviceSignature"), 4)
	dst = cbor.AppendMapHead(cbor.AppendBytes(dst, protected), 0)
	dst = cbor.AppendBytes(cbor.AppendNull(dst), signature)
	return cbor.AppendUint(cbor.AppendText(dst, "status"), 0), nil
}
