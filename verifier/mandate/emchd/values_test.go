package emchd

import (
	"errors"
	"strings"
	"testing"

	"vratar/verifier/mandate/xmltree"
)

func TestValues(t *testing.T) {
	f := func(name string, v value, right, wrong []string) {
		t.Helper()
		for _, s := range right {
			if what := v(s); what != "" {
				t.Errorf("%s: %q: %s", name, s, what)
			}
		}
		for _, s := range wrong {
			if v(s) == "" {
				t.Errorf("%s: %q was accepted", name, s)
			}
		}
	}
	f("organisation", organisationNumber, []string{"9900000017", "9900000024", "7707083893"},
		[]string{"", "9900000018", "0000000000", "990000001", "99000000171", "990000001٧", "99000000a7"})
	f("person", personNumber, []string{"990000000299", "990000000115"},
		[]string{"990000000298", "990000000289", "000000000000", "9900000002999", "99000000029"})
	f("ogrn", stateNumber(13), []string{"1199900000013", "1027700132195"}, []string{"1199900000014", "119990000001", "11999000000133"})
	f("ogrnip", stateNumber(15), []string{"319990000000018"}, []string{"319990000000019", "31999000000001", ""})
	f("snils", insuranceNumber, []string{"990-000-002 54", "990-000-002-54", "001-001-998 00", "000-000-001 77"},
		[]string{"990-000-002 55", "99000000254", "990-000-002/54", "990 000 002 54", "001-001-999 00", ""})
	f("kpp", taxOffice, []string{"990001001", "9900AZ001", "100001001", "010001001"}, []string{"000001001", "9900az001", "99000100", "A90001001"})
	f("guid", guid, []string{"00000000-0000-4000-8000-00000000000a", "ABCDEFab-0000-4000-8000-000000000001"},
		[]string{"00000000-0000-4000-8000-00000000000g", "000000000000-4000-8000-000000000001", "{0000000-0000-4000-8000-00000000000}"})
	f("date", date, []string{"2026-01-15", "2024-02-29", " 2026-01-15\n", "2026-01-15Z", "2026-01-15+03:00", "2026-01-15-14:00", "1899-12-31"},
		[]string{"", "2026-02-29", "2026-1-15", "26-01-15", "0000-01-01", "-2026-01-15", "12026-01-15", "2026-01-15T00:00:00",
			"2026-01-15+3:00", "2026-01-15+03:60", "2026-01-15+14:01", "2026-01-15z", "15.01.2026"})
	f("century", dateOfCentury, []string{"1900-01-01", "2100-12-31"}, []string{"1899-12-31", "2101-01-01", "x"})
	f("restriction", integer(1, 3), []string{"1", "001", "999", "+7", " 12 ", "0001"}, []string{"0", "1000", "-1", "", "1.0", "+"})
	f("seconds", integer(0, 10), []string{"0", "1793318400", "-1"}, []string{"", "-", "+-1", "12345678901"})
	f("money", money, []string{"0", "100", "100.50", "-1", "+1.5", ".5", "5.", "00012345678.90", "1.500"},
		[]string{"", ".", "1,5", "1.234", "12345678901", "--1", "1e3"})
	f("flags", flags, []string{"01010101"}, []string{"0101010", "01010102", "010101010"})
}

func TestDay(t *testing.T) {
	f := func(s string, want int32) {
		t.Helper()
		if got, ok := Day(s); !ok || got != want {
			t.Errorf("%q: %d, %v", s, got, ok)
		}
	}
	f("1970-01-01", 0)
	f("1969-12-31", -1)
	f("2026-12-01Z", 20788)
}

// An element that has neither text nor children is empty indeed.
func TestEmptyContent(t *testing.T) {
	f := func(inside string, want bool) {
		t.Helper()
		n, err := xmltree.Parse([]byte(`<ФИО xmlns="urn://x-artefacts/EMCHD_1" Фамилия="Т" Имя="П">` + inside + `</ФИО>`))
		if err != nil {
			t.Fatal(err)
		}
		if got := fullName.check(n) == nil; got != want {
			t.Errorf("%q: %v", inside, got)
		}
	}
	f("", true)
	f("<!-- x -->", true)
	f(" ", false)
	f("x", false)
}

const namespaced = `<Доверенность xmlns="urn://x-artefacts/EMCHD_1" ВерсФорм="EMCHD_1" ПрЭлФорм="00000000" ИдФайл="x"`

// Faults name their place, and nothing of what stands there.
func TestFaultPath(t *testing.T) {
	f := func(document, path string) {
		t.Helper()
		root, err := xmltree.Parse([]byte(document))
		if err != nil {
			t.Fatal(err)
		}
		var fault *Fault
		if err := Check(root); !errors.As(err, &fault) || fault.Path != path {
			t.Errorf("%v, want one at %s", err, path)
		} else if strings.Contains(fault.Error(), "secret") {
			t.Errorf("%v quotes the document", err)
		}
	}
	f(`<Доверенность/>`, "/")
	f(`<a xmlns="urn://x-artefacts/EMCHD_1"/>`, "/")
	f(`<Доверенность xmlns="urn://x-artefacts/EMCHD_1"/>`, "Доверенность@ВерсФорм")
	f(namespaced+`/>`, "Доверенность/Документ")
	f(namespaced+` secret="1"/>`, "Доверенность")
	f(namespaced+`>secret<Документ/></Доверенность>`, "Доверенность")
	f(namespaced+`><Документ/></Доверенность>`, "Доверенность/Документ")
	f(namespaced+`><Документ><secret/></Документ></Доверенность>`, "Доверенность/Документ")
	f(namespaced+`><Документ><Довер/><Довер/></Документ></Доверенность>`, "Доверенность/Документ")
	f(namespaced+`><Документ><Довер/></Документ></Доверенность>`, "Доверенность/Документ/Довер/СвДов")
	f(namespaced+` xmlns:x="http://www.w3.org/2001/XMLSchema-instance" x:schemaLocation="secret"><ИнСвед/></Доверенность>`, "Доверенность/ИнСвед")
	f(namespaced+` xmlns:x="http://www.w3.org/2001/XMLSchema-instance" x:type="secret"/>`, "Доверенность")
	f(namespaced+` xml:lang="ru"/>`, "Доверенность")
	f(namespaced+`><Документ><Довер><СвДов ВидДовер="1"/></Довер></Документ></Доверенность>`, "Доверенность/Документ/Довер/СвДов@ПрПередов")
	f(namespaced+`><ИнСвед><b>1</b>2</ИнСвед></Доверенность>`, "Доверенность/ИнСвед")
}
