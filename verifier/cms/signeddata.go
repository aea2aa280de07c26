package cms

import (
	"bytes"
	"encoding/asn1"
	"encoding/base64"
	"encoding/pem"
	"errors"
	"math/big"
)

// Bounds of a message that Open takes apart, so that its memory is bounded by what it is given.
const (
	maxCertificates = 32
	maxSigners      = 16
	maxAttributes   = 64
	maxValues       = 8
)

var errArmour = errors.New("cms: neither DER, base64 nor PEM")

// SignedData is a message taken apart by Open: everything as it was written, nothing checked.
type SignedData struct {
	ContentType  asn1.ObjectIdentifier
	Content      []byte // inside the message; nil when it is elsewhere
	Attached     bool   // Content is inside, even if empty
	Certificates [][]byte
	Signers      []SignerInfo
}

// SignerInfo is one signer of a message (RFC 5652 §5.3), named by issuer and serial number or by key identifier.
type SignerInfo struct {
	Issuer []byte // DER of the name
	Serial *big.Int
	KeyID  []byte // nil when named by issuer and serial number

	Digest, Algorithm asn1.ObjectIdentifier
	Parameters        []byte      // of Algorithm, as DER; nil: none, or NULL
	Attributes        []Attribute // signed ones
	SignedAttributes  []byte      // their bytes under the signature; nil: the content itself is signed
	Unsigned          []Attribute
	Signature         []byte
}

// Attribute is an attribute with its values.
type Attribute struct {
	Type   asn1.ObjectIdentifier
	Values []asn1.RawValue
}

// Decode is the bytes of a message that may be base64 or PEM, with or without a byte order mark. Longer ones than
// limit are refused.
func Decode(data []byte, limit int) ([]byte, error) {
	data = bytes.TrimPrefix(data, []byte("\ufeff"))
	if isMessage(data) {
		if len(data) > limit {
			return nil, errSize
		}
		return data, nil
	}
	if len(data) > 2*limit {
		return nil, errSize
	}
	text := bytes.TrimSpace(data)
	if bytes.HasPrefix(text, []byte("-----BEGIN ")) {
		block, rest := pem.Decode(text)
		if block == nil || len(bytes.TrimSpace(rest)) > 0 || len(block.Headers) > 0 {
			return nil, errArmour
		}
		switch block.Type {
		case "CMS", "PKCS7", "SIGNED MESSAGE", "SIGNATURE":
		default:
			return nil, errArmour
		}
		return bounded(block.Bytes, limit)
	}
	der, err := base64.StdEncoding.Strict().AppendDecode(nil, bytes.Join(bytes.Fields(text), nil))
	if err != nil {
		return nil, errArmour
	}
	return bounded(der, limit)
}

func bounded(der []byte, limit int) ([]byte, error) {
	if len(der) > limit {
		return nil, errSize
	}
	if !isMessage(der) {
		return nil, errArmour
	}
	return der, nil
}

// Open takes a message apart. It must be DER: open lengths are refused. Parts of der are kept.
func Open(der []byte) (*SignedData, error) {
	inner, err := signedParts(der)
	if err != nil {
		return nil, err
	}
	d := &SignedData{}
	if err := d.readContent(inner[2]); err != nil {
		return nil, err
	}
	digests, err := few(inner[1].Bytes, maxSigners)
	if err != nil || !isUniversal(inner[1], asn1.TagSet) {
		return nil, errShape
	}
	last := len(inner) - 1
	for i, part := range inner[3:last] {
		switch {
		case isContext(part, 0) && i == 0:
			if err := d.readCertificates(part); err != nil {
				return nil, err
			}
		case isContext(part, 1): // lists of revoked certificates that came along
		default:
			return nil, errShape
		}
	}
	signers, err := few(inner[last].Bytes, maxSigners)
	if err != nil || !isUniversal(inner[last], asn1.TagSet) {
		return nil, errSigners
	}
	for _, info := range signers {
		s, err := openSigner(info)
		if err != nil {
			return nil, err
		}
		d.Signers = append(d.Signers, s)
	}
	if err := d.agrees(inner[0], digests); err != nil {
		return nil, err
	}
	return d, nil
}

// signedParts are those of a SignedData (§5.1): version, digests, content, perhaps certificates and lists, signers.
func signedParts(der []byte) ([]asn1.RawValue, error) {
	message, err := only(der)
	if err != nil || !isUniversal(message, asn1.TagSequence) {
		return nil, errShape
	}
	outer, err := few(message.Bytes, 2)
	if err != nil || len(outer) != 2 || !isOID(outer[0], oidSignedData) || !isContext(outer[1], 0) {
		return nil, errShape
	}
	body, err := only(outer[1].Bytes)
	if err != nil || !isUniversal(body, asn1.TagSequence) {
		return nil, errShape
	}
	inner, err := few(body.Bytes, 6)
	if err != nil || len(inner) < 4 {
		return nil, errShape
	}
	return inner, nil
}

// agrees holds the parts that no signature covers against the others: the version has to be 1, or 3 where something in
// the message asks for that (§5.1), and the digests of the signers have to be announced.
func (d *SignedData) agrees(version asn1.RawValue, digests []asn1.RawValue) error {
	newer := !d.ContentType.Equal(oidData)
	announced := map[string]bool{}
	for _, digest := range digests {
		id, parameters, err := algorithm(digest)
		if err != nil || parameters != nil {
			return errShape
		}
		announced[id.String()] = true
	}
	for _, s := range d.Signers {
		newer = newer || s.KeyID != nil
		if !announced[s.Digest.String()] {
			return errAlgorithm
		}
	}
	if !isNumber(version, 1) && (!newer || !isNumber(version, 3)) {
		return errShape
	}
	return nil
}

// algorithm reads an AlgorithmIdentifier; parameters of NULL are none.
func algorithm(v asn1.RawValue) (id asn1.ObjectIdentifier, parameters []byte, err error) {
	parts, err := few(v.Bytes, 2)
	if err != nil || len(parts) == 0 || !isUniversal(v, asn1.TagSequence) || unmarshal(parts[0].FullBytes, &id) != nil {
		return nil, nil, errShape
	}
	if len(parts) == 2 && !bytes.Equal(parts[1].FullBytes, asn1.NullBytes) {
		parameters = parts[1].FullBytes
	}
	return id, parameters, nil
}

func isNumber(v asn1.RawValue, want int) bool {
	var n int
	return unmarshal(v.FullBytes, &n) == nil && n == want
}

func (d *SignedData) readContent(info asn1.RawValue) error {
	parts, err := few(info.Bytes, 2)
	if err != nil || len(parts) == 0 || !isUniversal(info, asn1.TagSequence) || unmarshal(parts[0].FullBytes, &d.ContentType) != nil {
		return errShape
	}
	if len(parts) == 1 {
		return nil
	}
	inside, err := only(parts[1].Bytes)
	if err != nil || !isContext(parts[1], 0) || !isUniversal(inside, asn1.TagOctetString) || inside.IsCompound {
		return errShape
	}
	d.Attached, d.Content = true, inside.Bytes
	return nil
}

func (d *SignedData) readCertificates(part asn1.RawValue) error {
	certificates, err := few(part.Bytes, maxCertificates)
	if err != nil {
		return err
	}
	for _, c := range certificates {
		if isUniversal(c, asn1.TagSequence) { // others are attribute certificates
			d.Certificates = append(d.Certificates, c.FullBytes)
		}
	}
	return nil
}

func openSigner(info asn1.RawValue) (s SignerInfo, err error) {
	parts, err := few(info.Bytes, 7)
	if err != nil || len(parts) < 5 || !isUniversal(info, asn1.TagSequence) {
		return s, errShape
	}
	if err := s.readID(parts[1]); err != nil {
		return s, err
	}
	if named := s.KeyID == nil; named && !isNumber(parts[0], 1) || !named && !isNumber(parts[0], 3) {
		return s, errShape
	}
	rest := parts[3:]
	if isContext(rest[0], 0) {
		if s.Attributes, err = readAttributes(rest[0]); err != nil {
			return s, err
		}
		s.SignedAttributes = bytes.Clone(rest[0].FullBytes)
		s.SignedAttributes[0] = 0x31 // signed as the SET that it is, not under the tag it travels with
		rest = rest[1:]
	}
	if len(rest) < 2 || !isUniversal(rest[1], asn1.TagOctetString) || rest[1].IsCompound {
		return s, errShape
	}
	var digestParameters []byte
	if s.Digest, digestParameters, err = algorithm(parts[2]); err != nil || digestParameters != nil {
		return s, errShape
	}
	if s.Algorithm, s.Parameters, err = algorithm(rest[0]); err != nil {
		return s, err
	}
	s.Signature = rest[1].Bytes
	switch rest = rest[2:]; {
	case len(rest) == 1 && isContext(rest[0], 1):
		s.Unsigned, err = readAttributes(rest[0])
	case len(rest) > 0:
		err = errShape
	}
	return s, err
}

func (s *SignerInfo) readID(id asn1.RawValue) error {
	if id.Class == asn1.ClassContextSpecific && id.Tag == 0 && !id.IsCompound {
		s.KeyID = id.Bytes
		return nil
	}
	name, err := few(id.Bytes, 2)
	if err != nil || len(name) != 2 || !isUniversal(id, asn1.TagSequence) || unmarshal(name[1].FullBytes, &s.Serial) != nil {
		return errShape
	}
	s.Issuer = name[0].FullBytes
	return nil
}

func readAttributes(set asn1.RawValue) ([]Attribute, error) {
	parts, err := few(set.Bytes, maxAttributes)
	if err != nil {
		return nil, err
	}
	all := make([]Attribute, 0, len(parts))
	for _, part := range parts {
		var a Attribute
		pair, err := few(part.Bytes, 2)
		if err != nil || len(pair) != 2 || !isUniversal(part, asn1.TagSequence) || !isUniversal(pair[1], asn1.TagSet) ||
			unmarshal(pair[0].FullBytes, &a.Type) != nil {
			return nil, errAttribute
		}
		if a.Values, err = few(pair[1].Bytes, maxValues); err != nil || len(a.Values) == 0 {
			return nil, errAttribute
		}
		all = append(all, a)
	}
	return all, nil
}

// few are the elements of b, of which there may be no more than limit.
func few(b []byte, limit int) ([]asn1.RawValue, error) {
	var all []asn1.RawValue
	for len(b) > 0 {
		if len(all) == limit {
			return nil, errShape
		}
		var one asn1.RawValue
		var err error
		if b, err = asn1.Unmarshal(b, &one); err != nil {
			return nil, err
		}
		all = append(all, one)
	}
	return all, nil
}

// only is the one element that b is.
func only(b []byte) (v asn1.RawValue, err error) {
	err = unmarshal(b, &v)
	return v, err
}

func isUniversal(v asn1.RawValue, tag int) bool {
	return v.Class == asn1.ClassUniversal && v.Tag == tag
}
