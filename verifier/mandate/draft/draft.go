// Package draft writes powers of attorney in format 003 and signs them: the mirror of package mandate, for the demo and
// for tests. Its people and organisations are invented, with right check digits in ranges of numbers that are not
// assigned. It decides nothing, reads no clock, and its keys come from its caller.
package draft

import (
	"bytes"
	"encoding/xml"
	"fmt"
	"strings"

	"vratar/verifier/mandate"
)

// Number is the n-th mandate's number.
func Number(n int) string { return fmt.Sprintf("00000000-0000-4000-8000-%012x", n) }

// Mandate is what to write. The zero value of a field is the usual: a revocable mandate from 15 January 2026 to the end of
// 2039 that must not be passed on, with powers in codes, each representative alone.
type Mandate struct {
	Number int
	Issued string // 2026-01-15
	Until  string
	PassOn int // ПрПередов 1 to 3

	Principal       []string // elements: Organisation, Trader, Individual …; of a sub-delegated one Passing…
	Representatives []mandate.Person
	Representative  string // element of a representative of another kind

	Powers []mandate.Power
	Words  string // ТекстПолн
	InText bool   // ТипПолн 0
	Joint  bool

	First, Parent int       // of a sub-delegated one: the original, and the one right above if that is another
	Above         [2]string // days from which and until which those hold; 2026-01-15, 2039-12-31
	Claimed       string    // СвДоверПерв of the original
	Extra         string    // attributes of the root element
}

// FileName is how such a file is called.
func (m Mandate) FileName() string { return m.id() + ".xml" }

func (m Mandate) id() string {
	return "ON_EMCHD_" + strings.ReplaceAll(or(m.Issued, "2026-01-15"), "-", "") + "_" + Number(m.Number)
}

// XML is the file.
func (m Mandate) XML() []byte {
	var b bytes.Buffer
	fmt.Fprintf(&b, `<?xml version="1.0" encoding="UTF-8"?>`+"\n"+
		`<Доверенность xmlns="urn://x-artefacts/EMCHD_1" ВерсФорм="EMCHD_1" ПрЭлФорм="00000000" ИдФайл="%s"%s><Документ>`, m.id(), m.Extra)
	if m.First == 0 {
		b.WriteString("<Довер>" + m.terms("СвДов"))
	} else {
		fmt.Fprintf(&b, `<Передов ПрНалПередов="%d">`, min(m.Parent, 1))
		b.WriteString(m.above("СвПервДовер", "НомДоверПерв", m.First))
		if m.Parent != 0 {
			b.WriteString(m.above("СвПередов", "НомДоверN", m.Parent))
		}
		b.WriteString(m.terms("СвПереДовер"))
	}
	b.WriteString(strings.Join(m.Principal, ""))
	b.WriteString(m.representatives())
	b.WriteString(m.powers())
	if m.First == 0 {
		b.WriteString("</Довер>")
	} else {
		b.WriteString("</Передов>")
	}
	b.WriteString("</Документ></Доверенность>\n")
	return b.Bytes()
}

func (m Mandate) terms(element string) string {
	return fmt.Sprintf(`<%s ВидДовер="1" ПрПередов="%d" ВнНомДовер="Т-%d" НомДовер="%s" ДатаВыдДовер="%s" СрокДейст="%s">`+
		`<СведСист>https://registry.invalid/</СведСист></%s>`,
		element, max(m.PassOn, 1), m.Number, Number(m.Number), or(m.Issued, "2026-01-15"), or(m.Until, "2039-12-31"), element)
}

func (m Mandate) above(element, attribute string, n int) string {
	return fmt.Sprintf(`<%s ПрДовер="1" ФормДовер="1" ДатаВыдДовер="%s" СрокДейст="%s" %s="%s">%s</%s>`,
		element, or(m.Above[0], "2026-01-15"), or(m.Above[1], "2039-12-31"), attribute, Number(n), m.Claimed, element)
}

func (m Mandate) representatives() string {
	outer := "СвУпПред"
	if m.First != 0 {
		outer = "СвПолучПолн"
	}
	var b strings.Builder
	for _, p := range m.Representatives {
		fmt.Fprintf(&b, `<%s ТипПред="3"><Пред><СведФизЛ%s>%s</СведФизЛ></Пред></%s>`, outer, numbers(p), fullName(p), outer)
	}
	if m.Representative != "" {
		fmt.Fprintf(&b, `<%s ТипПред=%s</Пред></%s>`, outer, m.Representative, outer)
	}
	return b.String()
}

func (m Mandate) powers() string {
	var b strings.Builder
	fmt.Fprintf(&b, `<СвПолн ТипПолн="%d" ПрСовмПолн="%d">`, 1-number(m.InText), 1+number(m.Joint))
	if m.Words != "" {
		b.WriteString("<ТекстПолн>" + Escape(m.Words) + "</ТекстПолн>")
	}
	for _, p := range m.Powers {
		fmt.Fprintf(&b, `<МашПолн КодПолн="%s" НаимПолн="%s">`, Escape(p.Code), Escape(or(p.Name, "Проверять (тест)")))
		for i, r := range p.Restrictions {
			fmt.Fprintf(&b, `<ОгрСвПолн ИдОгр="%d" КодОгр="%s" НаимОгр="Объект">`, i+1, Escape(r.Code))
			if r.Words != "" {
				b.WriteString("<ТексЗначОгр>" + Escape(r.Words) + "</ТексЗначОгр></ОгрСвПолн>")
			} else {
				b.WriteString("<КодЗначОгр>" + Escape(r.Value) + "</КодЗначОгр></ОгрСвПолн>")
			}
		}
		b.WriteString("</МашПолн>")
	}
	return b.String() + "</СвПолн>"
}

func or(s, usual string) string {
	if s == "" {
		return usual
	}
	return s
}

func number(b bool) int {
	if b {
		return 1
	}
	return 0
}

// Escape writes text for XML.
func Escape(s string) string {
	var b strings.Builder
	if err := xml.EscapeText(&b, []byte(s)); err != nil {
		panic(err)
	}
	return b.String()
}
