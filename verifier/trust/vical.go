package trust

import (
	"bytes"
	"crypto/x509"
	"errors"
	"fmt"
	"math/big"
	"time"

	"vratar/verifier"
	"vratar/verifier/cbor"
	"vratar/verifier/cose"
)

// maxListItems bounds a VICAL: certificates of 4,000 authorities with all their members.
const maxListItems = 128 << 10

// The extended key usage of who signs a VICAL (ISO/IEC 18013-5 §C.1.7.2), and its arc.
var listSigner = verifier.KeyUse{
	Group: []string{"1.0.18013.5.1.2", "1.0.18013.5.1.3", "1.0.18013.5.1.6", "1.0.18013.5.1.8"},
	Need:  []string{"1.0.18013.5.1.8"},
}

var (
	errListVersion = errors.New("a VICAL of another version than 1.0")
	errListHead    = errors.New("a VICAL has a provider, a date and a list of certificates")
	errListDate    = errors.New("nextUpdate is not a date")
	errAuthority   = errors.New("the certificate is not of an authority that may issue others")
	errOtherSerial = errors.New("serialNumber is not the certificate's")
	errOtherSKI    = errors.New("ski is not the certificate's")
	errDocTypes    = errors.New("docType is not a list of document types")
)

// isCBOR recognises a COSE message: an array or a tag, neither of which starts a text.
func isCBOR(data []byte) bool {
	return len(data) > 0 && (data[0]>>5 == 4 || data[0]>>5 == 6)
}

// loadVICAL reads a Verified Issuer Certificate Authority List (ISO/IEC 18013-5 Annex C.1.7): a COSE_Sign1 over
// the root certificates of authorities for mobile documents, each with the types of document it stands for. An
// authority vouches, through the signers it has certified, for those types alone, in the standard's own spelling.
//
// nextUpdate is when a newer list is expected, not when this one ends: a provider that is late closes no gate. It
// is handed on for people.
func loadVICAL(data []byte) (Source, error) {
	s, err := cose.ParseSign1(bytes.Clone(data)) // the proof keeps parts of it
	if err != nil {
		return Source{}, err
	}
	list, err := cbor.ParseUpTo(s.Payload, maxListItems)
	if err != nil {
		return Source{}, err
	}
	if version, ok := list.GetText("version").Text(); !ok || version != "1.0" {
		return Source{}, errListVersion
	}
	provider, ok1 := list.GetText("vicalProvider").Text()
	date, ok2 := moment(list.GetText("date"))
	infos := list.GetText("certificateInfos")
	if !ok1 || !ok2 || infos.Kind() != cbor.Array {
		return Source{}, errListHead
	}
	src := Source{Kind: KindVICAL, Provider: provider}
	if next := list.GetText("nextUpdate"); next.Kind() != cbor.Absent {
		if src.NextUpdate, ok1 = moment(next); !ok1 {
			return Source{}, errListDate
		}
	}
	n := 0
	for info := range infos.Elements() {
		e, err := readAuthority(info)
		if err != nil {
			// The list is another's: one authority's mistake must not take the others away.
			src.Refused = append(src.Refused, Refusal{fmt.Sprintf("certificate %d", n), err})
		} else {
			src.Entries = append(src.Entries, e)
		}
		n++
	}
	return signedList(src, &verifier.Credential{
		IssuedAt: date, KeyUse: listSigner,
		Proof: verifier.Proof{
			Algorithm: verifier.AlgorithmByName(cose.AlgorithmName(s.Algorithm)), KeyID: s.KeyID,
			Signed: cose.AppendSigStructure(nil, s.Protected, s.Payload), Signature: s.Signature, Chain: s.Chain,
		},
	})
}

// readAuthority reads a CertificateInfo (§C.1.7.1). What it repeats of the certificate must be the certificate's.
func readAuthority(info cbor.Item) (Entry, error) {
	der, ok := info.GetText("certificate").Bytes()
	if !ok {
		return Entry{}, errors.New("no certificate")
	}
	k, err := fromDER(bytes.Clone(der))
	if err != nil {
		return Entry{}, err
	}
	c := k.Certificate
	if !c.IsCA || (c.KeyUsage != 0 && c.KeyUsage&x509.KeyUsageCertSign == 0) {
		return Entry{}, errAuthority
	}
	if serial := bigNumber(info.GetText("serialNumber")); serial == nil || serial.Cmp(c.SerialNumber) != 0 {
		return Entry{}, errOtherSerial
	}
	if ski, ok := info.GetText("ski").Bytes(); !ok || (len(c.SubjectKeyId) > 0 && !bytes.Equal(ski, c.SubjectKeyId)) {
		return Entry{}, errOtherSKI
	}
	types, err := docTypes(info.GetText("docType"))
	if err != nil {
		return Entry{}, err
	}
	issuer := verifier.Issuer{ID: c.Subject.String()}
	issuer.Name, issuer.Country = describe(c)
	if name, ok := info.GetText("issuingAuthority").Text(); ok && name != "" {
		issuer.Name = name
	}
	return Entry{Issuer: issuer, Formats: []string{"mdoc"}, Documents: types, OnlyCertifies: true, Keys: []Key{k}}, nil
}

func docTypes(list cbor.Item) ([]string, error) {
	var types []string
	for e := range list.Elements() {
		name, ok := e.Text()
		if !ok || name == "" {
			return nil, errDocTypes
		}
		types = append(types, name)
	}
	if len(types) == 0 {
		return nil, errDocTypes // none at all would stand for every type
	}
	return types, nil
}

// bigNumber is an integer of any size that is not negative (RFC 8949 §3.4.3); nil when it is none.
func bigNumber(i cbor.Item) *big.Int {
	if n, ok := i.Uint(); ok {
		return new(big.Int).SetUint64(n)
	}
	const unsignedBignum = 2
	tag, content, _ := i.Tag()
	b, ok := content.Bytes()
	if tag != unsignedBignum || !ok {
		return nil
	}
	return new(big.Int).SetBytes(b)
}

// moment reads a tdate: RFC 3339 text of tag 0.
func moment(i cbor.Item) (time.Time, bool) {
	tag, content, ok := i.Tag()
	text, isText := content.Text()
	if !ok || tag != 0 || !isText {
		return time.Time{}, false
	}
	t, err := time.Parse(time.RFC3339, text)
	return t.UTC(), err == nil && !t.IsZero()
}
