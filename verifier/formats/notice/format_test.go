package notice

import (
	"encoding/json"
	"strings"
	"testing"
)

// holdKind holds what is told of a payload.
func holdKind(t *testing.T) func(payload, document, claims string) {
	return func(payload, document, claims string) {
		t.Helper()
		if !(Format{}).Sniff([]byte(payload)) {
			t.Fatalf("%q: not recognised", payload)
		}
		c, err := Format{}.Decode([]byte(payload))
		if err != nil {
			t.Fatal(err)
		}
		if c.Type != document || string(c.Claims) != claims {
			t.Fatalf("%q:\n got %s %s\nwant %s %s", payload, c.Type, c.Claims, document, claims)
		}
	}
}

func TestKinds(t *testing.T) {
	f := holdKind(t)
	f("https://example.org/a?b=c\r\n", TypeLink, `{"kind":"link","host":"example.org","url":"https://example.org/a?b=c"}`)
	f("HTTP://EXAMPLE.ORG", TypeLink, `{"kind":"link","host":"EXAMPLE.ORG","url":"HTTP://EXAMPLE.ORG"}`)
	f("https://bank.example@evil.example/", TypeLink,
		`{"kind":"link","host":"evil.example","url":"https://bank.example@evil.example/","fault":"the link hides its host behind a user name"}`)
	f("https://%zz", TypeLink, `{"kind":"link","fault":"the link cannot be read"}`)
	f("http://localhost:8080/#/signin/SECRET", TypeSignIn, `{"kind":"sign_in","host":"localhost:8080"}`)
	f(`WIFI:T:WPA;S:Two \; words;P:hush;;`, TypeWiFi, `{"kind":"wifi","ssid":"Two ; words","security":"WPA"}`)
	f("wifi:P:hush;;", TypeWiFi, `{"kind":"wifi","fault":"the network has no name"}`)
	f("MECARD:N:Doe,Jane;TEL:+100;EMAIL:j@example.org;;", TypeContact,
		`{"kind":"contact","name":"Doe,Jane","phone":"+100","email":"j@example.org"}`)
	f("BEGIN:VCARD\r\nVERSION:3.0\r\nFN:Jane\r\n  Doe\r\nTEL;TYPE=cell:+100\r\nORG:Us\\, Inc\r\nEND:VCARD\r\n", TypeContact,
		`{"kind":"contact","name":"Jane Doe","phone":"+100","organisation":"Us, Inc"}`)
	f("BEGIN:VCARD\nFN:Jane", TypeContact, `{"kind":"contact","name":"Jane","fault":"the card is cut off"}`)
	f("ST00012|", TypePayment, `{"kind":"payment_order","standard":"gost-r-56042-2014","charset":"utf-8","fault":"Name is missing"}`)
	f("ST00012|\xff", TypePayment,
		`{"kind":"payment_order","standard":"gost-r-56042-2014","charset":"utf-8","fault":"text is not in the stated character set"}`)
	f("https://qr.nspk.ru/", TypePayment, `{"kind":"payment_link","standard":"sbp","id":"","fault":"the id is not of capitals and digits"}`)
	f("0002015", TypePayment, `{"kind":"payment_merchant","standard":"emvco-mpm","crc_valid":false,"fields":{"00":"01"},"fault":"an object without id and length"}`)
	f("]d20104600439931257", TypeGoods,
		`{"kind":"goods_marking","standard":"gs1","gtin":"04600439931257","fields":{"01":"04600439931257"},"fault":"the check digit of the item number is wrong"}`)
}

func TestGoods(t *testing.T) {
	f := holdKind(t)
	f("(01)04600439931256(21)a(b)c(93)xyz1", TypeGoods,
		`{"kind":"goods_marking","standard":"gs1","gtin":"04600439931256","serial":"a(b)c","cis":"010460043993125621a(b)c","fields":{"01":"04600439931256","21":"a(b)c","93":"xyz1"}}`)
	f("]C10104600439931256310300012515260101", TypeGoods,
		`{"kind":"goods_marking","standard":"gs1","gtin":"04600439931256","fields":{"01":"04600439931256","3103":"000125","15":"260101"}}`)
	f("https://id.gs1.org/01/09506000134352/10/A%2F1/21/12345?17=261231&linkType=all", TypeGoods,
		`{"kind":"goods_link","standard":"gs1-digital-link","gtin":"09506000134352","serial":"12345","batch":"A/1","host":"id.gs1.org",`+
			`"url":"https://id.gs1.org/01/09506000134352/10/A%2F1/21/12345?17=261231&linkType=all","fields":{"01":"09506000134352","10":"A/1","21":"12345","17":"261231"}}`)
	f("https://shop.example/wine/01/9506000134352", TypeGoods,
		`{"kind":"goods_link","standard":"gs1-digital-link","gtin":"09506000134352","host":"shop.example","url":"https://shop.example/wine/01/9506000134352","fields":{"01":"9506000134352"}}`)
	f("https://id.gs1.org/01/09506000134352?17=26", TypeGoods,
		`{"kind":"goods_link","standard":"gs1-digital-link","gtin":"09506000134352","host":"id.gs1.org","url":"https://id.gs1.org/01/09506000134352?17=26","fields":{"01":"09506000134352"},"fault":"a value of another length than its identifier has"}`)
	f("https://shop.example/01/09506000134353", TypeLink, `{"kind":"link","host":"shop.example","url":"https://shop.example/01/09506000134353"}`)
	f("https://news.example/01/20261122", TypeLink, `{"kind":"link","host":"news.example","url":"https://news.example/01/20261122"}`)
	f("https://news.example/?next=/01/09506000134352", TypeLink, `{"kind":"link","host":"news.example","url":"https://news.example/?next=/01/09506000134352"}`)
	f("\x1d77", TypeGoods, `{"kind":"goods_marking","standard":"gs1","fault":"an unknown application identifier"}`)
}

func TestNotANotice(t *testing.T) {
	f := func(payload string) {
		t.Helper()
		if (Format{}).Sniff([]byte(payload)) {
			t.Fatalf("%q is taken for a notice", payload)
		}
		if c, err := (Format{}).Decode([]byte(payload)); c != nil || err == nil {
			t.Fatalf("Decode(%q) = %v, %v", payload, c, err)
		}
	}
	f("")
	f("HC1:6BF")
	f("VR1:6BF")
	f("ST00014|Name=a")
	f("ST0001")
	f("000201")
	f("010460043993125721")
	f("ftp://example.org")
	f("shc:/5676")
	f("\x1d\x81\xa3binary")
	f("\x1d01\xff0460043993125721")
	f("\x1dHC1:6BF")
	f(strings.Repeat("7", 2000))
}

// Whatever the payload, a notice is one JSON object without repeated members.
func FuzzDecode(f *testing.F) {
	for _, s := range []string{
		"ST00012|Name=a|Sum=100|", "ST00011#Name=\xce", "https://qr.nspk.ru/AS1?sum=1&crc=0000",
		"00020101021229300012D156000000000510A93FO3230Q6304A13A", "010464009192045821,RH>nog\x1d8005120000\x1d93hH2L",
		"WIFI:S:a;T:WPA;;", "MECARD:N:a;;", "BEGIN:VCARD\nFN:a\nEND:VCARD", "https://a/#/signin/x", "]d201", "(01)04600439931256(21)a", "https://a/01/09506000134352/21/x?17=261231",
	} {
		f.Add([]byte(s))
	}
	f.Fuzz(func(t *testing.T, p []byte) {
		c, err := Format{}.Decode(p)
		if (c == nil) == (err == nil) || (c != nil) != (Format{}).Sniff(p) {
			t.Fatalf("Decode = %v, %v: want exactly one, as Sniff said", c, err)
		}
		if c == nil {
			return
		}
		var m map[string]any
		if err := json.Unmarshal(c.Claims, &m); err != nil {
			t.Fatalf("claims %s: %v", c.Claims, err)
		}
		if len(p) < 1<<10 && len(c.Claims) > 64<<10 {
			t.Fatalf("%d bytes became %d", len(p), len(c.Claims))
		}
	})
}
