package emchd

// Principals, representatives, and what describes them.

// role is СтУчНД, the part that somebody has in a notary's act.
var role = attribute{"СтУчНД", false, oneOf("101", "102", "299", "301", "303", "399")}

// principalOrganisation is РосОргДоверТип.
var principalOrganisation = &shape{
	attributes: []attribute{{"ЕИОУК", true, flag}, {"ЕИОФЛ", true, flag}, {"ЕИОИП", true, flag}},
	parts:      []part{{"СвРосОрг", 1, 1, organisation}, {"ЛицоБезДов", 1, unbounded, head}},
}

// head is ЛицоБезДовТип.
var head = &shape{
	attributes: []attribute{{"ПолнЮЛ", true, oneOrTwo}},
	parts: []part{
		{"СВЮЛ", 0, 1, &shape{parts: []part{{"СвЮЛЕИО", 1, 1, organisation}, {"СвФЛ", 1, unbounded, person}}}},
		{"СвФЛ", 0, 1, person},
		{"СвИП", 0, 1, soleTrader},
	},
}

// foreignPrincipal is ИнОргДоверТип.
var foreignPrincipal = &shape{parts: []part{{"СвИнОрг", 1, 1, foreignOrganisation}, {"СвРукОП", 1, unbounded, person}}}

// principalPerson is ФЛДоверТип.
var principalPerson = &shape{
	attributes: []attribute{
		role,
		{"ПрДеесп", false, flag},
		{"ПрНалРук", false, flag},
		{"ДокНедеесп", false, text(1, 255)},
		{"ИННФЛ", false, personNumber},
		{"СНИЛС", true, insuranceNumber},
	},
	parts: []part{{"СведФЛ", 1, 1, personalData}, {"СвЗакПредРук", 0, 1, head}},
}

// passingPerson is ФЛПерПолн.
var passingPerson = &shape{
	attributes: []attribute{
		role, {"ПрНалРук", false, flag}, {"ИННФЛ", true, personNumber}, {"СНИЛС", true, insuranceNumber},
	},
	parts: []part{{"СведРукоп", 0, 1, person}, {"СведФЛ", 1, 1, personalData}},
}

// representative is СвУпПредТип.
var representative = &shape{
	attributes: []attribute{kind1to5.named("ТипПред")},
	parts: []part{{"Пред", 1, 1, &shape{parts: []part{
		{"СведОрг", 0, 1, organisation},
		{"СведИП", 0, 1, soleTrader},
		{"СведФизЛ", 0, 1, person},
		{"СведФилиал", 0, 1, organisation},
		{"СведИО", 0, 1, foreignOrganisation},
	}}}},
}

// person is СвФЛТип.
var person = &shape{
	attributes: []attribute{
		role, {"ИННФЛ", false, personNumber}, {"СНИЛС", false, insuranceNumber}, {"Должность", false, text(1, 255)},
	},
	parts: []part{{"ДокПдтв", 0, 1, proofOfOffice}, {"СведФЛ", 1, 1, personalData}},
}

// soleTrader is СведИПТип.
var soleTrader = &shape{
	attributes: []attribute{
		role,
		{"НаимИП", false, text(1, 1000)},
		{"ОГРНИП", true, stateNumber(15)},
		{"ИННФЛ", true, personNumber},
		{"СНИЛС", true, insuranceNumber},
	},
	parts: []part{{"ДокПдтв", 0, 1, proofOfOffice}, {"СведФЛ", 1, 1, personalData}},
}

// organisation is СвОргТип.
var organisation = &shape{
	attributes: []attribute{
		role,
		{"НаимОрг", true, text(1, 1000)},
		{"ИННЮЛ", false, organisationNumber},
		{"КПП", true, taxOffice},
		{"ОГРН", false, stateNumber(13)},
		{"РегНомер", false, text(1, 80)},
		{"НаимУчрДок", false, text(1, 1000)},
		{"КонтактТлф", false, text(1, 50)},
		{"АдрЭлПочт", false, text(3, 129)},
	},
	parts: []part{{"ДокПдтв", 0, 1, proofOfOffice}, {"АдрРег", 0, 1, address}},
}

// foreignOrganisation is СвИнОргТип.
var foreignOrganisation = &shape{
	attributes: []attribute{
		role,
		{"НаимИО", true, text(1, 1000)},
		{"ИННЮЛ", false, organisationNumber},
		{"КПП", false, taxOffice},
		{"НЗА", false, length(11)},
		{"СтрРег", false, digits(3)},
		{"НаимРегОрг", false, text(1, 255)},
		{"РегНомер", false, text(1, 80)},
		{"КодНПРег", false, text(1, 80)},
		{"КонтактТлф", false, text(1, 50)},
		{"АдрЭлПочт", false, text(3, 129)},
		{"АдрСтрРег", false, text(1, 1000)},
	},
	parts: []part{{"АдрМНФакт", 0, 1, address}},
}

// personalData is СведФЛТип.
var personalData = &shape{
	attributes: []attribute{
		{"Пол", false, oneOrTwo},
		{"ПрГражд", false, oneOf("1", "2", "3")},
		{"НомЕРН", false, digits(12)},
		{"ДатаРожд", false, date},
		{"МестоРожд", false, text(1, 250)},
		{"Гражданство", false, digits(3)},
		{"КонтактТлф", false, text(1, 50)},
		{"АдрЭлПочт", false, text(3, 129)},
	},
	parts: []part{
		{"ФИО", 1, 1, fullName},
		{"АдрМЖ", 0, 1, address},
		{"УдЛичнФЛ", 0, 1, &shape{
			attributes: []attribute{
				{"КодВидДок", true, digits(2)},
				{"СерНомДок", true, text(1, 25)},
				{"ДатаДок", true, date},
				{"ВыдДок", false, text(1, 4000)},
				{"КодВыдДок", false, length(7)},
			},
			parts: []part{{"expDate", 0, 1, simple(date)}},
		}},
	},
}

// fullName is ФИОТип.
var fullName = &shape{attributes: []attribute{
	{"Фамилия", true, text(1, 200)}, {"Имя", true, text(1, 200)}, {"Отчество", false, text(1, 200)},
}}

// proofOfOffice is ДокПдтвТип.
var proofOfOffice = &shape{attributes: []attribute{
	{"НаимДокПдтв", false, text(1, 120)},
	{"ДатаВыд", false, date},
	{"КемВыд", false, text(1, 1000)},
	{"СвУдДок", false, text(1, 1000)},
}}

// address is АдрТип.
var address = &shape{
	attributes: []attribute{{"Регион", true, digits(2)}, {"ИдФИАС", false, guid}},
	choice:     true,
	parts:      []part{{"АдрРФ", 0, 1, simple(text(1, 1000))}, {"ФИАСАдрРФ", 0, 1, simple(text(1, 1000))}},
}
