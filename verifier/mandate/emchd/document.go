package emchd

// The document from its root to the bodies. Tables are named for what they describe, and are never modified.

var (
	kind1to4 = attribute{"", true, oneOf("1", "2", "3", "4")}
	kind1to5 = attribute{"", true, oneOf("1", "2", "3", "4", "5")}
	oneOrTwo = oneOf("1", "2")
)

// named is the attribute under another name.
func (a attribute) named(name string) attribute {
	a.name = name
	return a
}

// simple is an element with text only.
func simple(v value) *shape { return &shape{text: v} }

var document = &shape{
	attributes: []attribute{
		{"ВерсФорм", true, oneOf("EMCHD_1")},
		{"ПрЭлФорм", true, flags},
		{"ИдФайл", true, text(1, 255)},
		{"ИдФайлНО", false, text(1, 255)},
		{"OID", false, text(1, 255)},
	},
	parts: []part{
		{"ИнСвед", 0, 1, simple(text(1, 5000))},
		{"Документ", 1, 1, &shape{
			attributes: []attribute{{"КНД", false, length(7)}},
			choice:     true,
			parts:      []part{{"Довер", 1, 1, original}, {"Передов", 1, 1, passedOn}},
		}},
	},
}

// flags are eight times 0 or 1.
func flags(s string) string {
	if len(s) != 8 {
		return wrongLength
	}
	for i := range len(s) {
		if s[i] != '0' && s[i] != '1' {
			return wrongForm
		}
	}
	return ""
}

var original = &shape{parts: []part{
	{"СвДов", 1, 1, terms},
	{"СвДоверит", 1, unbounded, &shape{
		attributes: []attribute{kind1to4.named("ТипДоверит")},
		parts: []part{{"Доверит", 1, 1, &shape{parts: []part{
			{"РосОргДовер", 0, 1, principalOrganisation},
			{"ИнОргДовер", 0, 1, foreignPrincipal},
			{"ИПДовер", 0, 1, soleTrader},
			{"ФЛДовер", 0, 1, principalPerson},
		}}}},
	}},
	{"СвУпПред", 1, unbounded, representative},
	{"СвПолн", 1, 1, powers},
	{"СвНотУд", 0, 1, notary},
}}

var passedOn = &shape{
	attributes: []attribute{{"ПрНалПередов", true, flag}},
	parts: []part{
		{"СвПервДовер", 1, 1, reference},
		{"СвПередов", 0, 1, reference},
		{"СвПереДовер", 1, 1, terms},
		{"СвПередПолн", 1, unbounded, &shape{
			attributes: []attribute{kind1to5.named("ТипПерПолн")},
			parts: []part{{"ПередПолн", 1, 1, &shape{parts: []part{
				{"РосОргПерПолн", 0, 1, principalOrganisation},
				{"ИППерПолн", 0, 1, soleTrader},
				{"ФЛПерПолн", 0, 1, passingPerson},
				{"ФилПерПолн", 0, 1, &shape{parts: []part{
					{"СвФил", 1, 1, organisation},
					{"СвРукФил", 1, 1, person},
				}}},
				{"ИнПерПолн", 0, 1, foreignPrincipal},
			}}}},
		}},
		{"СвПолучПолн", 1, unbounded, representative},
		{"СвПолн", 1, 1, powers},
		{"СвНотУд", 0, 1, notary},
	},
}

// terms is СвДовТип.
var terms = &shape{
	attributes: []attribute{
		{"ВидДовер", true, oneOrTwo},
		{"ПрПередов", true, oneOf("1", "2", "3")},
		{"ВнНомДовер", true, text(1, 50)},
		{"НомДовер", true, guid},
		{"НомРНДДовер", false, text(1, 28)},
		{"ДопИдДовер", false, text(1, 50)},
		{"ДатаВнРегДовер", false, date},
		{"ДатаВыдДовер", true, date},
		{"СрокДейст", true, date},
		{"КодНО", false, digits(4)},
	},
	parts: []part{
		{"КодНОДейст", 0, unbounded, simple(digits(4))},
		{"СведСист", 1, 1, simple(text(1, 1000))},
		{"Безотзыв", 0, 1, &shape{
			attributes: []attribute{{"ПрПерБезДов", true, oneOrTwo}, {"УслОтзыва", true, oneOrTwo}},
			parts:      []part{{"ОписУслОт", 0, 1, simple(text(1, 1000))}},
		}},
	},
}

// reference is СвПервДоверТип: another mandate.
var reference = &shape{
	attributes: []attribute{
		{"ПрДовер", true, oneOrTwo},
		{"ФормДовер", true, oneOrTwo},
		{"ДатаВыдДовер", true, dateOfCentury},
		{"СрокДейст", true, dateOfCentury},
		{"ВнНомДоверПерв", false, text(1, 50)},
		{"ВнНомДоверN", false, text(1, 50)},
		{"НомДоверПерв", false, guid},
		{"НомДоверN", false, guid},
		{"НомРНДПерв", false, text(1, 28)},
		{"НомРНДN", false, text(1, 28)},
	},
	parts: []part{
		{"СвДоверПерв", 0, unbounded, &shape{
			attributes: []attribute{kind1to4.named("ТипДоверит")},
			parts: []part{{"ДоверитПерв", 1, 1, &shape{parts: []part{
				{"РосОргДовер", 0, 1, organisation},
				{"ИнОргДовер", 0, 1, foreignOrganisation},
				{"ИПДовер", 0, 1, soleTrader},
				{"ФЛДовер", 0, 1, principalPerson},
			}}}},
		}},
		{"СвНотДейств", 0, 1, acting(5, 13, "ФИОНотДейств")},
		{"ВриоНот", 0, 1, acting(3, 8, "ФИОВриоНот")},
	},
}

// powers is СвПолнТип.
var powers = &shape{
	attributes: []attribute{{"ТипПолн", true, flag}, {"ПрСовмПолн", true, oneOrTwo}, {"ПрУтрПолн", false, oneOrTwo}},
	parts: []part{
		{"ТекстПолн", 0, 1, simple(text(1, 10_000))},
		{"МашПолн", 0, unbounded, &shape{
			attributes: []attribute{
				{"МнПолн", false, text(6, 255)},
				{"КодПолн", true, text(6, 255)},
				{"НаимПолн", true, text(1, 255)},
			},
			parts: []part{{"ОгрСвПолн", 0, unbounded, restriction}},
		}},
	},
}

var restriction = &shape{
	attributes: []attribute{
		{"ИдОгр", true, integer(1, 3)},
		{"КодОгр", true, text(1, 255)},
		{"НаимОгр", true, text(1, 255)},
		{"НаимЗначОгр", false, text(1, 255)},
	},
	choice: true,
	parts: []part{
		{"КодЗначОгр", 1, 1, simple(text(1, 255))},
		{"ТексЗначОгр", 1, 1, simple(text(1, 255))},
	},
}

// notary is СвНотУдТип.
var notary = &shape{
	attributes: []attribute{
		{"МестоДовер", true, text(1, 250)},
		{"НапрДокДовЕПГУ", false, flag},
		{"НапрДокПовЕПГУ", false, flag},
		{"НапрДокЗвлФНП", false, flag},
		{"НапрДокПовФНП", false, flag},
		{"УплНотДейст", true, money},
		{"ЛьготаСум", false, money},
		{"ДрИнфСист", false, text(1, 255)},
		{"ДрСпосВыд", false, text(1, 255)},
		{"ДопСвНотДовер", false, text(1, 2500)},
	},
	parts: []part{
		{"ИнСвУдНадпис", 0, 1, simple(text(1, 2500))},
		{"СвНотДейств", 1, 1, acting(5, 13, "ФИОНотДейств")},
		{"ПодпРукопис", 1, unbounded, &shape{parts: []part{
			{"ХешPDFДок", 1, 1, simple(text(1, 16_000))},
			{"ПодпИзобр", 1, 1, simple(text(1, 16_000))},
			{"ХешПодп", 1, 1, simple(text(1, 16_000))},
			{"ДатаВремПодп", 1, 1, simple(integer(0, 10))},
			{"ФИООтв", 1, 1, fullName},
		}}},
		{"ВриоНот", 0, 1, acting(3, 8, "ФИОВриоНот")},
	},
}

// acting is a notary (СвНотДействТип) or his deputy (ВриоНотТип), who differ in name and register number.
func acting(least, most int, name string) *shape {
	return &shape{
		attributes: []attribute{{"Должность", true, text(1, 255)}, {"РегНомНот", true, text(least, most)}},
		parts:      []part{{name, 1, 1, fullName}},
	}
}
