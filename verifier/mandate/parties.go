package mandate

import (
	"strings"

	"vratar/verifier/mandate/xmltree"
)

// partyKind says which element describes a party of a kind.
type partyKind struct {
	kind    PartyKind
	element string
	read    func(*xmltree.Node) Party
}

// The kinds by their number in the file, from 1.
var (
	principalKinds = []partyKind{
		{PartyOrganisation, "РосОргДовер", organisationParty},
		{PartyForeignOrganisation, "ИнОргДовер", foreignParty},
		{PartySoleTrader, "ИПДовер", traderParty},
		{PartyPerson, "ФЛДовер", personParty},
	}
	passingKinds = []partyKind{
		{PartyOrganisation, "РосОргПерПолн", organisationParty},
		{PartySoleTrader, "ИППерПолн", traderParty},
		{PartyPerson, "ФЛПерПолн", personParty},
		{PartyBranch, "ФилПерПолн", branchParty},
		{PartyForeignBranch, "ИнПерПолн", foreignParty},
	}
	representativeKinds = []partyKind{
		{PartyOrganisation, "СведОрг", bareOrganisation},
		{PartySoleTrader, "СведИП", traderParty},
		{PartyPerson, "СведФизЛ", personParty},
		{PartyBranch, "СведФилиал", bareOrganisation},
		{PartyForeignBranch, "СведИО", bareOrganisation},
	}
)

// add reads one party: n carries its kind, and n's only child the element that describes it.
func add(to *[]Party, n *xmltree.Node, attribute string, kinds []partyKind) error {
	holder := only(n)
	number := text(n, attribute)
	if len(holder.Children) != 1 || len(number) != 1 {
		return errKind
	}
	index := int(number[0] - '1')
	described := holder.Children[0]
	if index >= len(kinds) || kinds[index].element != described.Name.Local {
		return errKind
	}
	p := kinds[index].read(described)
	p.Kind = kinds[index].kind
	*to = append(*to, p)
	return nil
}

// organisationParty reads РосОргДовер: an organisation and who acts for it. In a reference to another mandate the same
// element holds the organisation alone.
func organisationParty(n *xmltree.Node) Party {
	about := child(n, "СвРосОрг")
	if about == nil {
		return bareOrganisation(n)
	}
	p := Party{Organisation: organisation(about)}
	for _, c := range n.Children {
		if c.Name.Local == "ЛицоБезДов" {
			p.Heads = append(p.Heads, heads(c)...)
		}
	}
	return p
}

// heads reads ЛицоБезДов: a person, a sole trader, or a managing company with those who act for it.
func heads(n *xmltree.Node) []Head {
	jointly := text(n, "ПолнЮЛ") == "2"
	var all []Head
	for _, c := range n.Children {
		switch c.Name.Local {
		case "СвФЛ":
			all = append(all, Head{Person: person(c), Jointly: jointly})
		case "СвИП":
			all = append(all, Head{Person: person(c), Jointly: jointly, Trader: true})
		case "СВЮЛ":
			company := organisation(child(c, "СвЮЛЕИО"))
			for _, of := range c.Children {
				if of.Name.Local == "СвФЛ" {
					all = append(all, Head{Person: person(of), Jointly: jointly, Company: company})
				}
			}
		}
	}
	return all
}

// foreignParty reads ИнОргДовер or ИнПерПолн, or in a reference the foreign organisation alone.
func foreignParty(n *xmltree.Node) Party {
	about := child(n, "СвИнОрг")
	if about == nil {
		return bareOrganisation(n)
	}
	p := Party{Organisation: organisation(about)}
	for _, c := range n.Children {
		if c.Name.Local == "СвРукОП" {
			p.Heads = append(p.Heads, Head{Person: person(c)})
		}
	}
	return p
}

// branchParty reads ФилПерПолн.
func branchParty(n *xmltree.Node) Party {
	return Party{
		Organisation: organisation(child(n, "СвФил")),
		Heads:        []Head{{Person: person(child(n, "СвРукФил"))}},
	}
}

func bareOrganisation(n *xmltree.Node) Party { return Party{Organisation: organisation(n)} }

func traderParty(n *xmltree.Node) Party {
	return Party{Person: person(n), TradeName: text(n, "НаимИП")}
}

// personParty reads a person. A parent or guardian (СвЗакПредРук) may sign for him.
func personParty(n *xmltree.Node) Party {
	p := Party{Person: person(n)}
	if guardian := child(n, "СвЗакПредРук"); guardian != nil {
		p.Heads = heads(guardian)
	}
	return p
}

func organisation(n *xmltree.Node) Organisation {
	name := text(n, "НаимОрг")
	if name == "" {
		name = text(n, "НаимИО")
	}
	return Organisation{Name: name, INN: text(n, "ИННЮЛ"), OGRN: text(n, "ОГРН"), KPP: text(n, "КПП")}
}

func person(n *xmltree.Node) Person {
	name := child(child(n, "СведФЛ"), "ФИО")
	return Person{
		Surname:    text(name, "Фамилия"),
		GivenName:  text(name, "Имя"),
		Patronymic: text(name, "Отчество"),
		INN:        text(n, "ИННФЛ"),
		SNILS:      strings.NewReplacer("-", "", " ", "").Replace(text(n, "СНИЛС")),
		OGRNIP:     text(n, "ОГРНИП"),
		Position:   text(n, "Должность"),
	}
}
