package notice

import (
	"bytes"
	"net/url"
	"strings"
)

// gtinInPath stands before the item's number in a GS1 Digital Link.
const gtinInPath = "/01/"

// isGoodsLink recognises a link of whatever host with application identifier 01 and a GTIN behind it in its path
// (GS1 Digital Link URI Syntax §4). A number without a right check digit is any other link's.
func isGoodsLink(text []byte) bool {
	if !isLink(text) {
		return false
	}
	if end := bytes.IndexAny(text, "?#"); end >= 0 {
		text = text[:end]
	}
	_, rest, found := bytes.Cut(text, []byte(gtinInPath))
	n := 0
	for n < len(rest) && rest[n] >= '0' && rest[n] <= '9' {
		n++
	}
	return found && (n == len(rest) || rest[n] == '/') && gtinSize(n) && checkDigitOK(rest[:n])
}

// gtinSize tells the lengths that a GTIN may be written in. That of eight digits is left out: a date in a path looks
// like one.
func gtinSize(n int) bool { return n >= 12 && n <= 14 }

// readGoodsLink tells what a GS1 Digital Link says of an item. It opens nothing.
func readGoodsLink(text []byte, o *object) {
	o.text("standard", "gs1-digital-link")
	u, err := url.Parse(string(text))
	if err != nil || u.Host == "" {
		o.wrong("the link cannot be read")
		return
	}
	f := readDigitalLink(u, o)
	gtin := f.get("01")
	o.some("gtin", strings.Repeat("0", max(14-len(gtin), 0))+gtin)
	o.some("serial", f.get("21"))
	o.some("batch", f.get("10"))
	o.text("host", u.Host)
	o.text("url", string(text))
	if u.User != nil {
		o.wrong("the link hides its host behind a user name")
	}
	o.fields("fields", &f)
}

// readDigitalLink gathers the identifiers of path and query. In the query other names may stand as well.
func readDigitalLink(u *url.URL, o *object) (f fields) {
	_, rest, _ := strings.Cut(u.EscapedPath(), gtinInPath)
	parts := strings.Split("01/"+strings.TrimSuffix(rest, "/"), "/")
	for ; len(parts) >= 2; parts = parts[2:] {
		addIdentifier(&f, o, parts[0], parts[1])
	}
	if len(parts) > 0 {
		o.wrong("an identifier without value")
	}
	for pair := range strings.FieldsFuncSeq(u.RawQuery, func(r rune) bool { return r == '&' || r == ';' }) {
		if name, value, _ := strings.Cut(pair, "="); isDigits(name) && name != "" {
			addIdentifier(&f, o, name, value)
		}
	}
	return f
}

func addIdentifier(f *fields, o *object, id, value string) {
	text, err := url.PathUnescape(value)
	digits, length := applicationIdentifier(id)
	switch {
	case digits == 0 || digits != len(id) || !isDigits(id):
		o.wrong("an unknown application identifier")
	case err != nil || text == "" || (length > 0 && id != "01" && len(text) != length):
		o.wrong("a value of another length than its identifier has")
	case !f.add(id, text):
		o.wrong("an application identifier occurs twice, or there are too many")
	}
}
