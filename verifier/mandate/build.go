package mandate

import (
	"errors"
	"strings"

	"vratar/verifier/mandate/emchd"
	"vratar/verifier/mandate/xmltree"
)

// Bounds of what a mandate may hold, so that a judgement at a scan stays cheap whatever was imported. They are far above
// what the registry's own forms let anybody fill in.
const (
	MaxParties      = 100  // principals, and representatives
	MaxPowers       = 1000 // entries of powers in codes
	MaxRestrictions = 100  // of one power
)

var errTooMany = errors.New("more parties, powers or restrictions than the bounds")

// errKind is what the schema leaves open: the kind of a party names the element that describes it.
var errKind = errors.New("the kind of a principal or representative does not fit the element that describes it")

// build reads a document that the schema has accepted.
func build(root *xmltree.Node) (*Mandate, error) {
	body := only(child(root, "Документ"))
	m := &Mandate{FileID: text(root, "ИдФайл"), Notarised: child(body, "СвНотУд") != nil}
	m.Powers = powers(child(body, "СвПолн"))
	build := m.buildOriginal
	if body.Name.Local == "Передов" {
		build = m.buildPassedOn
	}
	if err := build(body); err != nil {
		return nil, err
	}
	return m, m.bounded()
}

func (m *Mandate) bounded() error {
	few := len(m.Principals) <= MaxParties && len(m.Representatives) <= MaxParties && len(m.Powers.Codes) <= MaxPowers &&
		len(m.First.Principals) <= MaxParties && len(m.Parent.Principals) <= MaxParties
	for i := range m.Principals {
		few = few && len(m.Principals[i].Heads) <= MaxParties
	}
	for i := range m.Powers.Codes {
		few = few && len(m.Powers.Codes[i].Restrictions) <= MaxRestrictions
	}
	if !few {
		return errTooMany
	}
	return nil
}

func (m *Mandate) buildOriginal(body *xmltree.Node) error {
	m.Kind = Original
	m.terms(child(body, "СвДов"))
	for _, n := range body.Children {
		var err error
		switch n.Name.Local {
		case "СвДоверит":
			err = add(&m.Principals, n, "ТипДоверит", principalKinds)
		case "СвУпПред":
			err = add(&m.Representatives, n, "ТипПред", representativeKinds)
		}
		if err != nil {
			return err
		}
	}
	return nil
}

func (m *Mandate) buildPassedOn(body *xmltree.Node) error {
	m.Kind = SubDelegation
	m.terms(child(body, "СвПереДовер"))
	var err error
	if m.First, err = reference(child(body, "СвПервДовер"), "НомДоверПерв"); err != nil {
		return err
	}
	m.Parent = m.First
	if above := child(body, "СвПередов"); above != nil {
		if m.Parent, err = reference(above, "НомДоверN"); err != nil {
			return err
		}
	} else if text(body, "ПрНалПередов") == "1" {
		m.Parent = Reference{} // there is one, and the file does not say which
	}
	for _, n := range body.Children {
		switch n.Name.Local {
		case "СвПередПолн":
			err = add(&m.Principals, n, "ТипПерПолн", passingKinds)
		case "СвПолучПолн":
			err = add(&m.Representatives, n, "ТипПред", representativeKinds)
		}
		if err != nil {
			return err
		}
	}
	return nil
}

func (m *Mandate) terms(n *xmltree.Node) {
	m.Number = strings.ToLower(text(n, "НомДовер"))
	m.InternalNumber = text(n, "ВнНомДовер")
	m.Issued, m.Until = dateOf(n, "ДатаВыдДовер"), dateOf(n, "СрокДейст")
	m.Irrevocable = text(n, "ВидДовер") == "2"
	m.Permission = map[string]Permission{"2": PassOnOnce, "3": PassOnFurther}[text(n, "ПрПередов")]
	m.StatusAddress = child(n, "СведСист").Text
}

// reference reads another mandate's number, term and principals. Of the one right above, programs write its number as
// НомДоверN; where they do not, НомДоверПерв.
func reference(n *xmltree.Node, number string) (Reference, error) {
	r := Reference{Number: text(n, number), Issued: dateOf(n, "ДатаВыдДовер"), Until: dateOf(n, "СрокДейст")}
	if r.Number == "" {
		r.Number = text(n, "НомДоверПерв")
	}
	r.Number = strings.ToLower(r.Number)
	for _, c := range n.Children {
		if c.Name.Local != "СвДоверПерв" {
			continue
		}
		if err := add(&r.Principals, c, "ТипДоверит", principalKinds); err != nil {
			return r, err
		}
	}
	return r, nil
}

func powers(n *xmltree.Node) Powers {
	p := Powers{
		Machine: text(n, "ТипПолн") == "1",
		Joint:   text(n, "ПрСовмПолн") == "2",
		Kept:    text(n, "ПрУтрПолн") == "2",
	}
	for _, c := range n.Children {
		if c.Name.Local == "ТекстПолн" {
			p.Text = c.Text
			continue
		}
		power := Power{Code: text(c, "КодПолн"), Name: text(c, "НаимПолн"), Mnemonic: text(c, "МнПолн")}
		for _, r := range c.Children {
			power.Restrictions = append(power.Restrictions, restriction(r))
		}
		p.Codes = append(p.Codes, power)
	}
	return p
}

func restriction(n *xmltree.Node) Restriction {
	r := Restriction{Code: text(n, "КодОгр"), Name: text(n, "НаимОгр"), ValueName: text(n, "НаимЗначОгр")}
	if value := only(n); value.Name.Local == "КодЗначОгр" {
		r.Value = value.Text
	} else {
		r.Words = value.Text
	}
	return r
}

// child is the first child of that name; nil when there is none.
func child(n *xmltree.Node, name string) *xmltree.Node {
	for _, c := range n.Children {
		if c.Name.Local == name {
			return c
		}
	}
	return nil
}

// only is the one child of an element that the schema lets have just one.
func only(n *xmltree.Node) *xmltree.Node { return n.Children[0] }

// text is an attribute's value; empty when it is not there.
func text(n *xmltree.Node, attribute string) string {
	v, _ := n.Attr(attribute)
	return v
}

// dateOf is a date that the schema has accepted.
func dateOf(n *xmltree.Node, attribute string) Date {
	day, _ := emchd.Day(text(n, attribute))
	return Date(day)
}
