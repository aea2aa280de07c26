package verifier

import (
	"encoding/base64"
	"strconv"
	"time"

	"vratar/verifier/jsontext"
)

// AppendJSON appends the verdict's public form, one JSON object, to dst. elapsed is how long the judgement
// took by the caller's clock.
//
// What the document says and who holds it appear only when a trusted key vouches for it (or when the code is
// a notice, which claims nothing about anybody); an issuer's name only ever comes from the trust list.
func (v *Verdict) AppendJSON(dst []byte, elapsed time.Duration) []byte {
	dst = append(dst, '{')
	dst = v.AppendMembers(dst, elapsed)
	return append(dst, '}')
}

// AppendMembers appends the members of the verdict's JSON object without its braces, so that a scan's
// answer can add its own.
func (v *Verdict) AppendMembers(dst []byte, elapsed time.Duration) []byte {
	dst = appendWord(dst, `"outcome":"`, v.Outcome.String())
	dst = appendWord(dst, `,"reason":"`, v.Reason.String())
	dst = appendWord(dst, `,"stage":"`, v.Stage.String())
	if c := v.Credential; c != nil {
		dst = appendMember(dst, `,"format":`, c.Format)
		dst = appendWord(dst, `,"kind":"`, c.Kind.String())
		if v.Proven() || c.Kind == KindNotice {
			dst = appendDocument(dst, c)
			dst = appendHolder(dst, &c.Holder)
		}
		dst = v.appendIssuer(dst)
		dst = appendTime(dst, `,"issued_at":"`, c.IssuedAt)
		dst = appendTime(dst, `,"expires_at":"`, c.ExpiresAt)
	}
	dst = v.appendChecks(dst)
	dst = append(dst, `,"not_established":[`...)
	var room [2]string
	for i, name := range v.NotEstablished.appendNames(room[:0]) {
		if i > 0 {
			dst = append(dst, ',')
		}
		dst = appendWord(dst, `"`, name)
	}
	dst = append(dst, `],"elapsed_ns":`...)
	return strconv.AppendInt(dst, elapsed.Nanoseconds(), 10)
}

// appendWord is appendMember for a word of ours, which holds nothing that JSON escapes. head ends with the quote.
func appendWord(dst []byte, head, word string) []byte {
	return append(append(append(dst, head...), word...), '"')
}

func appendMember(dst []byte, head, value string) []byte {
	return jsontext.AppendString(append(dst, head...), value)
}

func appendDocument(dst []byte, c *Credential) []byte {
	dst = appendMember(dst, `,"document":{"type":`, c.Type)
	dst = append(dst, `,"claims":`...)
	if len(c.Claims) == 0 {
		dst = append(dst, `{}`...)
	}
	dst = append(dst, c.Claims...)
	return append(dst, '}')
}

func appendHolder(dst []byte, h *Holder) []byte {
	if *h == (Holder{}) {
		return dst
	}
	dst = append(dst, `,"holder":{`...)
	start := len(dst)
	for _, m := range [...]struct{ head, value string }{
		{`"name":`, h.Name}, {`"birth_date":`, h.BirthDate}, {`"document_number":`, h.DocumentNumber},
	} {
		if m.value == "" {
			continue
		}
		if len(dst) > start {
			dst = append(dst, ',')
		}
		dst = appendMember(dst, m.head, m.value)
	}
	return append(dst, '}')
}

func (v *Verdict) appendIssuer(dst []byte) []byte {
	id, country, name, kid := v.Credential.Issuer, v.Credential.Country, "", ""
	if v.Key == nil {
		kid = displayKeyID(v.Credential.Proof.KeyID)
	} else {
		name, kid = v.Key.Issuer.Name, v.Key.ID
		if v.Key.Issuer.ID != AnyIssuer {
			id = v.Key.Issuer.ID
		}
		if v.Key.Issuer.Country != "" {
			country = v.Key.Issuer.Country
		}
	}
	if id == "" && kid == "" {
		return dst
	}
	dst = appendMember(dst, `,"issuer":{"id":`, id)
	for _, m := range [...]struct{ head, value string }{
		{`,"name":`, name}, {`,"country":`, country}, {`,"kid":`, kid},
	} {
		if m.value != "" {
			dst = appendMember(dst, m.head, m.value)
		}
	}
	return append(dst, '}')
}

// displayKeyID shows a key identifier as text where it is printable, else as base64 (the usual notation for
// the 8 bytes of an EU certificate's).
func displayKeyID(kid []byte) string {
	for _, b := range kid {
		if b < ' ' || b > '~' {
			return base64.StdEncoding.EncodeToString(kid)
		}
	}
	return string(kid)
}

// checkTexts is the beginning of every check with every result: half of what a usual answer consists of, in one piece
// each.
var checkTexts = func() (texts [NumChecks][4]string) {
	for c := range texts {
		for r := range texts[c] {
			texts[c][r] = `{"check":"` + Check(c).String() + `","result":"` + Result(r).String() + `"`
		}
	}
	return texts
}()

func (v *Verdict) appendChecks(dst []byte) []byte {
	dst = append(dst, `,"checks":[`...)
	for i := range v.Checks {
		if i > 0 {
			dst = append(dst, ',')
		}
		dst = append(dst, checkTexts[i][v.Checks[i].Result%4]...)
		if v.Checks[i].Detail != "" {
			dst = appendMember(dst, `,"detail":`, v.Checks[i].Detail)
		}
		dst = append(dst, '}')
	}
	return append(dst, ']')
}

// appendTime writes t in UTC; a year RFC 3339 cannot hold is left out rather than written wrongly.
func appendTime(dst []byte, head string, t time.Time) []byte {
	t = t.UTC()
	if t.IsZero() || t.Year() < 0 || t.Year() > 9999 {
		return dst
	}
	return append(t.AppendFormat(append(dst, head...), time.RFC3339), '"')
}
