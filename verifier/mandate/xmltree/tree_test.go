package xmltree

import (
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"strings"
	"testing"
)

func TestParse(t *testing.T) {
	f := func(document, want string) {
		t.Helper()
		n, err := Parse([]byte(document))
		if err != nil {
			t.Errorf("%.60q: %v", document, err)
		} else if got := shown(n); got != want {
			t.Errorf("%.60q\n got %s\nwant %s", document, got, want)
		}
	}
	f(`<a/>`, `{}a()""`)
	f("\ufeff<?xml version='1.0' encoding=\"utf-8\" standalone='yes' ?>\n<a></a >\n", `{}a()""`)
	f(`<Тест Имя="&lt;&#x41;&#66;&quot;" б='"'/>`, `{}Тест({}Имя="<AB\"" {}б="\"")""`)
	f(`<a xmlns="u:1"><b/><p:c xmlns:p="u:2" p:d="1" d="2"/></a>`, `{u:1}a()""[{u:1}b()"" {u:2}c({u:2}d="1" {}d="2")""]`)
	f(`<a xmlns="u:1"><b xmlns=""/></a>`, `{u:1}a()""[{}b()""]`)
	f("<a x='1\n2\t3&#10;4'>1\r\n2\r3</a>", `{}a({}x="1 2 3\n4")"1\n2\n3"`)
	f(`<!-- x --><?style y?><a>ST<!-- - -->ORE<?z?>-<![CDATA[<1>&amp;]]></a><!----><?q ?>`, `{}a()"STORE-<1>&amp;"`)
	f(`<a xml:lang="ru"/>`, `{}a({http://www.w3.org/XML/1998/namespace}lang="ru")""`)
}

func TestFaults(t *testing.T) {
	f := func(document string, want error) {
		t.Helper()
		n, err := Parse([]byte(document))
		if err == nil || n != nil {
			t.Errorf("%.80q was read", document)
		} else if want != nil && !errors.Is(err, want) {
			t.Errorf("%.80q: %v, want %v", document, err, want)
		}
	}
	for _, document := range []string{
		``, ` `, `x`, `<`, `<a`, `<a>`, `<a/`, `<a></b>`, `<a></ab>`, `<ab></a>`, `<a/><b/>`, `<a/>x`, `x<a/>`, `<a>]]></a>`,
		`<a x="1" x="2"/>`, `<a x="1"y="2"/>`, `<a x=1/>`, `<a x/>`, `<a x="<"/>`, `<a x="1/>`, `<1a/>`, `<a:/>`, `<:a/>`, `<a:b:c/>`,
		`<p:a/>`, `<a p:b="1"/>`, `<a xmlns:p="u" xmlns:q="u" p:b="1" q:b="2"/>`, `<a xmlns="u" xmlns="u"/>`,
		`<a xmlns:p="u" xmlns:p="v"/>`, `<a xmlns:p=""/>`, `<a xmlns:xmlns="u"/>`, `<a xmlns:xml="u"/>`,
		`<a xmlns="http://www.w3.org/2000/xmlns/"/>`, `<a xmlns:p="http://www.w3.org/XML/1998/namespace"/>`,
		`<a>&b;</a>`, `<a>&#0;</a>`, `<a>&#xD800;</a>`, `<a>&#;</a>`, `<a>&#x;</a>`, `<a>&#+1;</a>`, `<a>&lt</a>`, `<a>&</a>`,
		`<a>&#99999999999999999999;</a>`, `<a x="&nbsp;"/>`, `<a><!-- -- --></a>`, `<a><!-- </a>`, `<a><![CDATA[</a>`, `<a><?xml?></a>`,
		`<a><?XML x?></a>`, `<a><?p:q?></a>`, `<a><??></a>`, `<a><?x`, ` <?xml version="1.0"?><a/>`, `<?xml?><a/>`, `<?xml version="1.1"?><a/>`,
		`<?xml encoding="UTF-8"?><a/>`, `<?xml version="1.0" standalone="maybe"?><a/>`, `<?xml version="1.0" x="y"?><a/>`, `<?xml version="1.0"`,
		`<?xml version=1.0?><a/>`, "<a>\x00</a>", "<a>\ufffe</a>", "<a>\x0b</a>", `<a>&#8;</a>`, `<a b c="1"/>`, `<a =""/>`, `< a/>`,
	} {
		f(document, nil)
	}
	f("<a>\xc3</a>", ErrEncoding)
	f(`<?xml version="1.0" encoding="windows-1251"?><a/>`, ErrEncoding)
	f("\xff\xfe<\x00a\x00/\x00>\x00", ErrEncoding)
	f(`<!DOCTYPE a><a/>`, ErrDoctype)
	f(`<?xml version="1.0"?> <!-- --> <!DOCTYPE a [<!ENTITY b "c">]><a>&b;</a>`, ErrDoctype)
}

// Bombs end at a bound, whatever they are made of.
func TestBounds(t *testing.T) {
	f := func(what, document string) {
		t.Helper()
		if _, err := Parse([]byte(document)); !errors.Is(err, ErrTooLarge) {
			t.Errorf("%s: %v", what, err)
		}
	}
	f("size", "<a>"+strings.Repeat(" ", MaxSize)+"</a>")
	f("depth", strings.Repeat("<a>", MaxDepth+1)+strings.Repeat("</a>", MaxDepth+1))
	f("elements", "<a>"+strings.Repeat("<b/>", MaxElements)+"</a>")
	f("attributes", "<a"+numbered(` b%d=""`, MaxAttributes+1)+"/>")
	f("namespaces", "<a"+numbered(` xmlns:b%d="u"`, MaxNamespaces)+"/>")
	if _, err := Parse([]byte("<" + strings.Repeat("a", MaxName+1) + "/>")); err == nil {
		t.Error("a name beyond the bound was read")
	}
	if _, err := Parse([]byte(strings.Repeat("<a>", MaxDepth) + strings.Repeat("</a>", MaxDepth))); err != nil {
		t.Error(err)
	}
}

func numbered(pattern string, n int) string {
	var b strings.Builder
	for i := range n {
		fmt.Fprintf(&b, pattern, i)
	}
	return b.String()
}

// shown is a node in one line.
func shown(n *Node) string {
	attrs := make([]string, len(n.Attrs))
	for i, a := range n.Attrs {
		attrs[i] = fmt.Sprintf("{%s}%s=%q", a.Name.Space, a.Name.Local, a.Value)
	}
	s := fmt.Sprintf("{%s}%s(%s)%q", n.Name.Space, n.Name.Local, strings.Join(attrs, " "), n.Text)
	if len(n.Children) == 0 {
		return s
	}
	children := make([]string, len(n.Children))
	for i, c := range n.Children {
		children[i] = shown(c)
	}
	return s + "[" + strings.Join(children, " ") + "]"
}

// written is the node as a document of its own.
func written(b *strings.Builder, n *Node) {
	b.WriteString("<e:" + n.Name.Local + ` xmlns:e="`)
	escape(b, n.Name.Space)
	b.WriteString(`"`)
	for i, a := range n.Attrs {
		if a.Name.Space == xmlSpace {
			b.WriteString(" xml:")
		} else if a.Name.Space != "" {
			fmt.Fprintf(b, ` xmlns:p%d="`, i)
			escape(b, a.Name.Space)
			fmt.Fprintf(b, `" p%d:`, i)
		} else {
			b.WriteString(" ")
		}
		b.WriteString(a.Name.Local + `="`)
		escape(b, a.Value)
		b.WriteString(`"`)
	}
	b.WriteString(">")
	escape(b, n.Text)
	for _, c := range n.Children {
		written(b, c)
	}
	b.WriteString("</e:" + n.Name.Local + ">")
}

func escape(b *strings.Builder, s string) {
	if err := xml.EscapeText(b, []byte(s)); err != nil {
		panic(err)
	}
}

// Law: what is read can be written and means the same when read again; and the standard library's reader, which is
// more lenient, reads it too.
func FuzzParse(f *testing.F) {
	for _, s := range []string{
		`<a/>`, `<?xml version="1.0" encoding="UTF-8"?><a xmlns="u" b="&lt;&#10;">x<!-- y --><![CDATA[z]]><p:c xmlns:p="v" p:d=""/></a>`,
		`<!DOCTYPE a [<!ENTITY b "cc">]><a>&b;</a>`, strings.Repeat("<a>", 40), `<a xml:space="preserve"> </a>`, "\ufeff<a>\r</a>",
	} {
		f.Add([]byte(s))
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		n, err := Parse(data)
		if (n == nil) == (err == nil) {
			t.Fatalf("Parse = %v, %v: want exactly one", n, err)
		}
		if err != nil {
			return
		}
		for d := xml.NewDecoder(strings.NewReader(string(data))); ; {
			_, err := d.Token()
			if errors.Is(err, io.EOF) {
				break
			}
			if err != nil && strings.Contains(err.Error(), "invalid XML name") {
				return // its names are those of XML's fourth edition, which the fifth made wider
			}
			if err != nil {
				t.Fatalf("read what the standard library refuses: %v", err)
			}
		}
		if n.Name.Space == "" || anyWithout(n) {
			return // no prefix can be written for no namespace
		}
		var b strings.Builder
		written(&b, n)
		again, err := Parse([]byte(b.String()))
		if errors.Is(err, ErrTooLarge) {
			return // escapes are longer than what they stand for
		}
		if err != nil {
			t.Fatalf("%v in %q", err, b.String())
		}
		if shown(again) != shown(n) {
			t.Fatalf("got %s\nwant %s", shown(again), shown(n))
		}
	})
}

func anyWithout(n *Node) bool {
	if n.Name.Space == "" {
		return true
	}
	for _, c := range n.Children {
		if anyWithout(c) {
			return true
		}
	}
	return false
}
