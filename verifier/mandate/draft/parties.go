package draft

import (
	"fmt"
	"strings"

	"vratar/verifier/mandate"
)

// Person is the n-th invented person, with right check digits.
func Person(n int) mandate.Person {
	return mandate.Person{
		Surname: "Тестов", GivenName: "Пример", Patronymic: fmt.Sprintf("Номерович %d", n),
		INN:   personNumber(fmt.Sprintf("9900%06d", n)),
		SNILS: insuranceNumber(fmt.Sprintf("990%06d", n)),
	}
}

// Company is the n-th invented organisation.
func Company(n int) mandate.Organisation {
	return mandate.Organisation{
		Name: fmt.Sprintf(`ООО "ПРИМЕР %d"`, n),
		INN:  weighted(fmt.Sprintf("9900%05d", n), 2, 4, 10, 3, 5, 9, 4, 6, 8),
		OGRN: stateNumber(fmt.Sprintf("11999%07d", n), 11),
		KPP:  "990001001",
	}
}

// Trader is the n-th person as a sole trader.
func Trader(n int) mandate.Person {
	p := Person(n)
	p.OGRNIP = stateNumber(fmt.Sprintf("31999%09d", n), 13)
	return p
}

// Organisation is a principal: a company and who acts for it. Elements of ЛицоБезДов come from Head and the like.
func Organisation(o mandate.Organisation, heads ...string) string {
	return `<СвДоверит ТипДоверит="1"><Доверит><РосОргДовер ЕИОУК="0" ЕИОФЛ="1" ЕИОИП="0"><СвРосОрг` + described(o) + `/>` +
		strings.Join(heads, "") + `</РосОргДовер></Доверит></СвДоверит>`
}

// Head acts alone for an organisation; JointHead only with the others; Managing for the company that manages it;
// ManagingTrader as a sole trader.
func Head(p mandate.Person) string { return head(1, "СвФЛ", p) }

// JointHead is one of several who act together.
func JointHead(p mandate.Person) string { return head(2, "СвФЛ", p) }

// ManagingTrader manages as a sole trader.
func ManagingTrader(p mandate.Person) string { return head(1, "СвИП", p) }

// Managing heads the company that manages.
func Managing(o mandate.Organisation, p mandate.Person) string {
	return `<ЛицоБезДов ПолнЮЛ="1"><СВЮЛ><СвЮЛЕИО` + described(o) + `/><СвФЛ` + numbers(p) + `>` + fullName(p) +
		`</СвФЛ></СВЮЛ></ЛицоБезДов>`
}

func head(way int, element string, p mandate.Person) string {
	return fmt.Sprintf(`<ЛицоБезДов ПолнЮЛ="%d"><%s%s>%s</%s></ЛицоБезДов>`, way, element, numbers(p), fullName(p), element)
}

// SoleTrader is a principal.
func SoleTrader(p mandate.Person) string {
	return `<СвДоверит ТипДоверит="3"><Доверит><ИПДовер` + numbers(p) + `>` + fullName(p) + `</ИПДовер></Доверит></СвДоверит>`
}

// Individual is a principal, with an element of who signs for him (from Head, renamed), or nothing.
func Individual(p mandate.Person, guardian string) string {
	guardian = strings.ReplaceAll(guardian, "ЛицоБезДов", "СвЗакПредРук")
	return `<СвДоверит ТипДоверит="4"><Доверит><ФЛДовер` + numbers(p) + `>` + fullName(p) + guardian + `</ФЛДовер></Доверит></СвДоверит>`
}

// Foreign is a principal from abroad with a Russian tax number.
func Foreign(o mandate.Organisation, p mandate.Person) string {
	return fmt.Sprintf(`<СвДоверит ТипДоверит="2"><Доверит><ИнОргДовер><СвИнОрг НаимИО="%s" ИННЮЛ="%s"/><СвРукОП%s>%s</СвРукОП></ИнОргДовер>`+
		`</Доверит></СвДоверит>`, Escape(o.Name), o.INN, numbers(p), fullName(p))
}

// Passing is a person who passes powers on.
func Passing(p mandate.Person) string {
	return `<СвПередПолн ТипПерПолн="3"><ПередПолн><ФЛПерПолн` + numbers(p) + `>` + fullName(p) + `</ФЛПерПолн></ПередПолн></СвПередПолн>`
}

// PassingTrader is a sole trader who does.
func PassingTrader(p mandate.Person) string {
	return `<СвПередПолн ТипПерПолн="2"><ПередПолн><ИППерПолн` + numbers(p) + `>` + fullName(p) + `</ИППерПолн></ПередПолн></СвПередПолн>`
}

// PassingOrganisation is a company that does.
func PassingOrganisation(o mandate.Organisation, heads ...string) string {
	return `<СвПередПолн ТипПерПолн="1"><ПередПолн><РосОргПерПолн ЕИОУК="0" ЕИОФЛ="1" ЕИОИП="0"><СвРосОрг` + described(o) + `/>` +
		strings.Join(heads, "") + `</РосОргПерПолн></ПередПолн></СвПередПолн>`
}

// PassingBranch is a branch that does.
func PassingBranch(o mandate.Organisation, p mandate.Person) string {
	return `<СвПередПолн ТипПерПолн="4"><ПередПолн><ФилПерПолн><СвФил` + described(o) + `/><СвРукФил` + numbers(p) + `>` + fullName(p) +
		`</СвРукФил></ФилПерПолн></ПередПолн></СвПередПолн>`
}

// For Mandate.Representative: a company, a branch, a sole trader, a foreign organisation.

// AsOrganisation is a company that represents.
func AsOrganisation(o mandate.Organisation) string {
	return `"1"><Пред><СведОрг` + described(o) + `/>`
}

// AsTrader is a sole trader who represents.
func AsTrader(p mandate.Person) string {
	return `"2"><Пред><СведИП` + numbers(p) + `>` + fullName(p) + `</СведИП>`
}

// AsBranch is a branch that represents.
func AsBranch(o mandate.Organisation) string {
	return `"4"><Пред><СведФилиал` + described(o) + `/>`
}

// AsForeign is a foreign organisation that represents.
func AsForeign(o mandate.Organisation) string {
	return `"5"><Пред><СведИО НаимИО="` + Escape(o.Name) + `"/>`
}

// Claim is what a sub-delegated mandate says of the original's principal.
func Claim(o mandate.Organisation) string {
	return `<СвДоверПерв ТипДоверит="1"><ДоверитПерв><РосОргДовер` + described(o) + `/></ДоверитПерв></СвДоверПерв>`
}

func described(o mandate.Organisation) string {
	return attributes("НаимОрг", o.Name, "ИННЮЛ", o.INN, "КПП", o.KPP, "ОГРН", o.OGRN)
}

func numbers(p mandate.Person) string {
	s := p.SNILS
	if s != "" {
		s = s[:3] + "-" + s[3:6] + "-" + s[6:9] + " " + s[9:]
	}
	return attributes("ИННФЛ", p.INN, "СНИЛС", s, "ОГРНИП", p.OGRNIP, "Должность", p.Position)
}

// attributes writes pairs of name and value, leaving out empty ones.
func attributes(pairs ...string) string {
	var b strings.Builder
	for i := 0; i < len(pairs); i += 2 {
		if pairs[i+1] != "" {
			b.WriteString(" " + pairs[i] + `="` + Escape(pairs[i+1]) + `"`)
		}
	}
	return b.String()
}

func fullName(p mandate.Person) string {
	return `<СведФЛ><ФИО` + attributes("Фамилия", p.Surname, "Имя", p.GivenName, "Отчество", p.Patronymic) + `/></СведФЛ>`
}

// weighted appends a check digit: the weighted sum of the digits, modulo 11, to its last digit.
func weighted(digits string, weights ...int) string {
	sum := 0
	for i, w := range weights {
		sum += w * int(digits[i]-'0')
	}
	return fmt.Sprintf("%s%d", digits, sum%11%10)
}

func personNumber(digits string) string {
	return weighted(weighted(digits, 7, 2, 4, 10, 3, 5, 9, 4, 6, 8), 3, 7, 2, 4, 10, 3, 5, 9, 4, 6, 8)
}

func stateNumber(digits string, modulus int) string {
	rest := 0
	for _, d := range digits {
		rest = (rest*10 + int(d-'0')) % modulus
	}
	return fmt.Sprintf("%s%d", digits, rest%10)
}

func insuranceNumber(digits string) string {
	sum := 0
	for i, d := range digits {
		sum += (9 - i) * int(d-'0')
	}
	return fmt.Sprintf("%s%02d", digits, sum%101%100)
}
