// Package notice recognises codes that are no credentials: payments (ST0001x of GOST R 56042-2014, СБП links,
// EMVCo merchant codes), goods marking (GS1 element strings, as in the DataMatrix of Честный ЗНАК, and GS1 Digital
// Links), Wi-Fi access, contacts, sign-in links and other links. People hold them before the camera by mistake, and "this is a payment code" helps
// them more than "not recognised".
//
// Nothing in them is signed in a way that can be checked here, so nothing in them is vouched for. A code
// that breaks its own standard is still a notice of its kind, with a member "fault" that says how. Secrets
// (Wi-Fi passwords, sign-in codes) are left out of what is told. It may import package verifier, the wire
// parts and the character sets of golang.org/x/text.
package notice

import (
	"bytes"
	"errors"

	"vratar/verifier"
)

// Format recognises notices. It comes last in the sniffing order. The zero value is ready.
type Format struct{}

var _ verifier.Format = Format{}

// Document types of notices.
const (
	TypePayment = "payment"
	TypeGoods   = "goods"
	TypeWiFi    = "wifi"
	TypeContact = "contact"
	TypeSignIn  = "sign_in"
	TypeLink    = "link"
)

// kinds are tried in order; read is only called on what sniff recognised, and tells what it found. kind is the
// first claim of every notice, finer than the document type, so that a screen can say what to do with the code.
var kinds = []struct {
	document, kind string
	sniff          func(text []byte) bool
	read           func(text []byte, o *object)
}{
	{TypePayment, "payment_order", isGOST, readGOST},
	{TypePayment, "payment_link", isSBP, readSBP},
	{TypePayment, "payment_merchant", isEMV, readEMV},
	{TypeGoods, "goods_marking", isGoods, readGoods},
	{TypeWiFi, "wifi", hasPrefix("WIFI:"), readWiFi},
	{TypeContact, "contact", hasPrefix("MECARD:"), readMeCard},
	{TypeContact, "contact", hasPrefix("BEGIN:VCARD"), readVCard},
	{TypeSignIn, "sign_in", isSignIn, readSignIn},
	{TypeGoods, "goods_link", isGoodsLink, readGoodsLink},
	{TypeLink, "link", isLink, readLink},
}

// Name is the format's public spelling.
func (Format) Name() string { return "notice" }

// Sniff recognises a notice by its first characters.
func (Format) Sniff(payload []byte) bool {
	text := trim(payload)
	for _, k := range kinds {
		if k.sniff(text) {
			return true
		}
	}
	return false
}

// Decode tells what kind of notice payload is and what it says.
func (Format) Decode(payload []byte) (*verifier.Credential, error) {
	text := trim(payload)
	for _, k := range kinds {
		if k.sniff(text) {
			var o object
			o.text("kind", k.kind)
			k.read(text, &o)
			return &verifier.Credential{
				Format: Format{}.Name(), Kind: verifier.KindNotice, Type: k.document, Claims: o.close(),
			}, nil
		}
	}
	return nil, verifier.Refuse(verifier.ReasonNotRecognised, errors.New("notice: of no known kind"))
}

// trim drops the line end that scanners add. A group separator in front is FNC1 and stays.
func trim(payload []byte) []byte { return bytes.Trim(payload, " \t\r\n") }

// hasPrefix recognises a scheme in whatever case, as readers and generators disagree about it.
func hasPrefix(prefix string) func([]byte) bool {
	return func(text []byte) bool { return cutPrefix(&text, prefix) }
}

// cutPrefix drops an ASCII prefix in whatever case.
func cutPrefix(text *[]byte, prefix string) bool {
	if len(*text) < len(prefix) || !bytes.EqualFold((*text)[:len(prefix)], []byte(prefix)) {
		return false
	}
	*text = (*text)[len(prefix):]
	return true
}

// isDigits reports whether s is made of ASCII digits only.
func isDigits[T string | []byte](s T) bool {
	for i := range len(s) {
		if s[i] < '0' || s[i] > '9' {
			return false
		}
	}
	return true
}
