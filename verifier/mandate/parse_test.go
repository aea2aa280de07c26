package mandate_test

import (
	"bytes"
	"errors"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"testing"

	"vratar/verifier"
	"vratar/verifier/mandate"
	"vratar/verifier/mandate/draft"
	"vratar/verifier/vectors"
)

func TestParse(t *testing.T) {
	m := usual(0xAB)
	m.PassOn, m.Joint, m.Words = 2, true, "И < ещё"
	m.Powers = []mandate.Power{{Code: "TEST_SCAN", Name: "Смотреть", Restrictions: []mandate.Restriction{
		{Code: "SHOP", Name: "Объект", Value: "1"}, {Code: "SHOP", Name: "Объект", Words: "по будням"}}}}
	got, err := mandate.Parse(m.XML(), m.FileName())
	if err != nil {
		t.Fatal(err)
	}
	want := &mandate.Mandate{
		Number: "00000000-0000-4000-8000-0000000000ab", InternalNumber: "Т-171",
		FileID: "ON_EMCHD_20260115_00000000-0000-4000-8000-0000000000ab",
		Issued: mandate.DateAt(signed), Until: got.Until, Permission: mandate.PassOnOnce,
		StatusAddress: "https://registry.invalid/",
		Principals: []mandate.Party{{Kind: mandate.PartyOrganisation, Organisation: flower,
			Heads: []mandate.Head{{Person: head}}}},
		Representatives: []mandate.Party{{Kind: mandate.PartyPerson, Person: checker}},
		Powers:          mandate.Powers{Machine: true, Joint: true, Text: "И < ещё", Codes: m.Powers},
	}
	if !reflect.DeepEqual(got, want) {
		t.Errorf("got %+v\nwant %+v", got, want)
	}
	if got.Issued.String() != "2026-01-15" || got.Until.String() != "2039-12-31" {
		t.Error(got.Issued, got.Until)
	}
}

func TestParseSubDelegation(t *testing.T) {
	parse := func(m draft.Mandate) *mandate.Mandate {
		t.Helper()
		got, err := mandate.Parse(m.XML(), "")
		if err != nil {
			t.Fatal(err)
		}
		return got
	}
	m := passedOn(3, 1, 2, friend, checker)
	m.Claimed = draft.Claim(flower)
	got := parse(m)
	if got.Kind != mandate.SubDelegation || got.First.Number != draft.Number(1) || got.Parent.Number != draft.Number(2) ||
		got.First.Principals[0].Organisation != flower || got.Principals[0].Person != friend {
		t.Errorf("%+v", got)
	}
	if got := parse(passedOn(2, 1, 0, friend, checker)); got.Parent.Number != draft.Number(1) {
		t.Errorf("%+v", got.Parent)
	}
}

// refuses asks Parse and Prove, and that neither quotes the file.
func refuses(t *testing.T, what string, file mandate.File, reason verifier.Reason, code mandate.Code) {
	t.Helper()
	m, err := mandate.Parse(file.Data, file.Name)
	var refused *verifier.Refusal
	if m != nil || !errors.As(err, &refused) || refused.Reason != reason {
		t.Errorf("%s: %v", what, err)
		return
	}
	_, r := mandate.Prove(file, mandate.Options{})
	if a := r.Checks[mandate.CheckFormat]; a.Code != code || a.Detail != refused.Cause.Error() || r.Reason != reason {
		t.Errorf("%s: %s", what, r.AppendJSON(nil))
	} else if strings.Contains(a.Detail, checker.INN) || strings.Contains(a.Detail, "Тестов") {
		t.Errorf("%s: %s quotes the file", what, a.Detail)
	}
}

func TestTooMany(t *testing.T) {
	for _, many := range []func(*draft.Mandate){
		func(m *draft.Mandate) { m.Powers = make([]mandate.Power, mandate.MaxPowers+1) },
		func(m *draft.Mandate) {
			m.Powers[0].Restrictions = make([]mandate.Restriction, mandate.MaxRestrictions+1)
		},
		func(m *draft.Mandate) { m.Representatives = slices.Repeat(m.Representatives, mandate.MaxParties+1) },
		func(m *draft.Mandate) { m.Principal = slices.Repeat(m.Principal, mandate.MaxParties+1) },
		func(m *draft.Mandate) {
			m.Principal = []string{draft.Organisation(flower, slices.Repeat([]string{draft.Head(head)}, mandate.MaxParties+1)...)}
		},
	} {
		m := usual(1)
		m.Powers = slices.Clone(m.Powers)
		many(&m)
		for i := range m.Powers {
			m.Powers[i].Code = "TEST_SCAN"
			for j := range m.Powers[i].Restrictions {
				m.Powers[i].Restrictions[j] = mandate.Restriction{Code: "SHOP", Value: "1"}
			}
		}
		refuses(t, "too many", mandate.File{Data: m.XML()}, verifier.ReasonTooLarge, mandate.CodeTooLarge)
	}
}

// Refusals have a code of their own, and quote nothing.
func TestRefusals(t *testing.T) {
	whole := string(usual(1).XML())
	f := func(what, data, name string, reason verifier.Reason, code mandate.Code) {
		t.Helper()
		refuses(t, what, mandate.File{Data: []byte(data), Name: name}, reason, code)
	}
	const bad, old = verifier.ReasonMalformed, verifier.ReasonUnsupportedVersion
	f("empty", "", "", bad, mandate.CodeXML)
	f("too large", whole+strings.Repeat(" ", mandate.MaxSize), "", verifier.ReasonTooLarge, mandate.CodeTooLarge)
	f("JSON", "{}", "", bad, mandate.CodeXML)
	f("HTML", "<html/>", "", bad, mandate.CodeNotMandate)
	f("tax", `<Файл ИдФайл="ON_DOVEL_7700_7700_1_20240101_1"/>`, "", old, mandate.CodeFormatTax)
	f("tax in windows-1251", "<?xml version=\"1.0\" encoding=\"windows-1251\"?><\xd4\xe0\xe9\xeb \xc8\xe4\xd4\xe0\xe9\xeb=\"ON_DOVEL_7700\"/>", "", old, mandate.CodeFormatTax)
	f("002 in UTF-8", `<Доверенность ВерсФорм="002"/>`, "", old, mandate.CodeFormat002)
	f("002 by name", `<Доверенность ИдФайл="ON_DOVBB_20240828_1"/>`, "", old, mandate.CodeFormat002)
	f("003 in windows-1251", "<?xml version=\"1.0\" encoding=\"windows-1251\"?><a xmlns=\"urn://x-artefacts/EMCHD_1\"/>", "", bad, mandate.CodeEncoding)
	f("UTF-16", "\xff\xfe<\x00a\x00/\x00>\x00", "", bad, mandate.CodeEncoding)
	f("another GUID in the file's name", whole, "ON_EMCHD_20260115_"+draft.Number(2)+".xml", bad, mandate.CodeFileName)
}

// A file with one thing changed is refused for it.
func TestChanged(t *testing.T) {
	whole := string(usual(1).XML())
	changed := func(what, from, to string, code mandate.Code) {
		t.Helper()
		if !strings.Contains(whole, from) {
			t.Errorf("%s: %q is not there", what, from)
		}
		data := strings.Replace(whole, from, to, 1)
		refuses(t, what, mandate.File{Data: []byte(data)}, verifier.ReasonMalformed, code)
	}
	changed("representative's number", checker.INN, checker.INN[:11]+string('0'+(checker.INN[11]-'0'+1)%10), mandate.CodeCheckDigit)
	changed("organisation's number", flower.OGRN, flower.OGRN[:12]+string('0'+(flower.OGRN[12]-'0'+1)%10), mandate.CodeCheckDigit)
	changed("two kinds at once", `</РосОргДовер>`, `</РосОргДовер><ФЛДовер СНИЛС="990-000-002 54"><СведФЛ><ФИО Фамилия="Т" Имя="П"/></СведФЛ></ФЛДовер>`, mandate.CodeSchema)
	changed("kind and element", `ТипПред="3"`, `ТипПред="1"`, mandate.CodeSchema)
	changed("kind beyond", `ТипДоверит="1"`, `ТипДоверит="5"`, mandate.CodeSchema)
	changed("no description", `<Пред>`, `<Пред/><Пред>`, mandate.CodeSchema)
	changed("ИдФайл of another form", `ИдФайл="ON_EMCHD_20260115_`, `ИдФайл="ON_EMCHD_2026_`, mandate.CodeFileName)
	changed("ИдФайл without a date", `ИдФайл="ON_EMCHD_20260115_`, `ИдФайл="ON_EMCHD_`, mandate.CodeFileName)
	changed("ИдФайл of another mandate", `ИдФайл="ON_EMCHD_20260115_0`, `ИдФайл="ON_EMCHD_20260115_1`, mandate.CodeFileName)
	changed("twice", `ПрПередов="1"`, `ПрПередов="1" ПрПередов="3"`, mandate.CodeXML)
	changed("billion laughs", "<Доверенность", `<!DOCTYPE a [<!ENTITY a "1"><!ENTITY b "&a;&a;">]><Доверенность`, mandate.CodeDoctype)
	changed("entity", "Пример", "&b;", mandate.CodeXML)
}

// What says the same is read as the same: byte order mark, prefixes, comments, case of the number, name of the file.
func TestSameMeaning(t *testing.T) {
	m := usual(0xAB)
	want, err := mandate.Parse(m.XML(), m.FileName())
	if err != nil {
		t.Fatal(err)
	}
	f := func(what, from, to, name string) {
		t.Helper()
		got, err := mandate.Parse([]byte(strings.ReplaceAll(string(m.XML()), from, to)), name)
		if err != nil {
			t.Errorf("%s: %v", what, err)
			return
		}
		got.FileID = want.FileID
		if !reflect.DeepEqual(got, want) {
			t.Errorf("%s: %+v", what, got)
		}
	}
	f("byte order mark", "<?xml", "\ufeff<?xml", "")
	f("line ends", "\n", "\r\n", "")
	f("comments", "<Пред>", "<!-- x --><Пред><?y z?>", "")
	f("quotes", `ПрПередов="1"`, `ПрПередов='1'`, "")
	f("upper case", "0000000000ab", "0000000000AB", "")
	f("dashes of СНИЛС", checker.SNILS[6:9]+" ", checker.SNILS[6:9]+"-", "")
	f("hint of a schema", " xmlns=", ` xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" xsi:schemaLocation="a b" xmlns=`, "")
	f("renamed", "", "", "мчд.xml")
	f("path", "", "", `C:\МЧД\`+strings.ToUpper(m.FileName()))
	f("downloaded twice", "", "", "ON_EMCHD_20260115_"+draft.Number(0xAB)+" (1).xml")
}

// Every kind of principal and representative is read, as the schema has them.
func TestEveryKind(t *testing.T) {
	f := func(m draft.Mandate, principal, representative mandate.PartyKind) {
		t.Helper()
		got, err := mandate.Parse(m.XML(), "")
		if err != nil {
			t.Errorf("%v, %v: %v", principal, representative, err)
			return
		}
		if got.Principals[0].Kind != principal || got.Representatives[0].Kind != representative {
			t.Errorf("%v, %v", got.Principals[0].Kind, got.Representatives[0].Kind)
		}
	}
	of := func(m draft.Mandate, principal, representative string) draft.Mandate {
		m.Principal, m.Representatives, m.Representative = []string{principal}, nil, representative
		return m
	}
	trader, org := draft.Trader(31), draft.Company(5)
	f(of(usual(1), draft.Organisation(flower, draft.Managing(org, head)), draft.AsOrganisation(org)), mandate.PartyOrganisation, mandate.PartyOrganisation)
	f(of(usual(1), draft.Foreign(org, head), draft.AsBranch(org)), mandate.PartyForeignOrganisation, mandate.PartyBranch)
	f(of(usual(1), draft.SoleTrader(trader), draft.AsTrader(trader)), mandate.PartySoleTrader, mandate.PartySoleTrader)
	f(of(usual(1), draft.Individual(head, draft.Head(third)), draft.AsForeign(org)), mandate.PartyPerson, mandate.PartyForeignBranch)
	below := passedOn(2, 1, 0, friend, checker)
	f(of(below, draft.PassingOrganisation(org, draft.ManagingTrader(trader)), draft.AsOrganisation(org)), mandate.PartyOrganisation, mandate.PartyOrganisation)
	f(of(below, draft.PassingBranch(org, head), draft.AsBranch(org)), mandate.PartyBranch, mandate.PartyBranch)
	f(of(below, draft.PassingTrader(trader), draft.AsTrader(trader)), mandate.PartySoleTrader, mandate.PartySoleTrader)
	f(below, mandate.PartyPerson, mandate.PartyPerson)
}

// The samples beside the schema are read, but for the old format.
func TestSamples(t *testing.T) {
	files, err := filepath.Glob(filepath.Join(vectors.Dir(t), "..", "reference", "mchd", "samples", "*.xml"))
	if err != nil || len(files) == 0 {
		t.Fatal("no samples", err)
	}
	for _, name := range files {
		data, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := mandate.Parse(data, ""); (err != nil) != strings.Contains(name, "002") {
			t.Errorf("%s: %v", filepath.Base(name), err)
		}
	}
}

// Law: what is read says so itself: its number is that of its ИдФайл, its term is two days, its kinds are known. Read
// once more with a byte order mark and a comment it is the same, and nothing is proven without trust.
func FuzzParse(f *testing.F) {
	for _, m := range []draft.Mandate{usual(1), passedOn(2, 1, 0, friend, checker), passedOn(3, 1, 2, friend, checker)} {
		f.Add(m.XML(), m.FileName())
	}
	f.Add([]byte(`<Доверенность ВерсФорм="002"/>`), "")
	f.Add([]byte(`<?xml version="1.0" encoding="windows-1251"?><Файл/>`), "x")
	f.Fuzz(func(t *testing.T, data []byte, name string) {
		m, err := mandate.Parse(data, name)
		if (m == nil) == (err == nil) {
			t.Fatalf("Parse = %v, %v: want exactly one", m, err)
		}
		p, r := mandate.Prove(mandate.File{Data: data, Name: name}, mandate.Options{At: noon})
		if p != nil || r.Reason == verifier.ReasonNone || r.OK() {
			t.Fatalf("nothing can be proven: %s", r.AppendJSON(nil))
		}
		if m == nil {
			return
		}
		if !strings.HasSuffix(strings.ToLower(m.FileID), m.Number) || len(m.Principals) == 0 || len(m.Representatives) == 0 {
			t.Fatalf("%+v", m)
		}
		again, err := mandate.Parse(append(bytes.Clone(data), "<!-- -->"...), name)
		if len(data)+8 <= mandate.MaxSize && (err != nil || !reflect.DeepEqual(again, m)) {
			t.Fatalf("%+v, %v", again, err)
		}
	})
}
