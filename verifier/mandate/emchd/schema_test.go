package emchd

import (
	"encoding/xml"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"vratar/verifier/vectors"
)

// xsd is any element of the schema's own file.
type xsd struct {
	XMLName  xml.Name
	Attrs    []xml.Attr `xml:",any,attr"`
	Children []xsd      `xml:",any"`
}

func (x *xsd) attr(name string) string {
	for _, a := range x.Attrs {
		if a.Name.Local == name {
			return a.Value
		}
	}
	return ""
}

func (x *xsd) child(name string) *xsd {
	for i := range x.Children {
		if x.Children[i].XMLName.Local == name {
			return &x.Children[i]
		}
	}
	return nil
}

// The tables say what the official schema says: same elements in the same order, as often, with the same attributes,
// lengths and words.
func TestTablesAreTheSchema(t *testing.T) {
	b, err := os.ReadFile(filepath.Join(vectors.Dir(t), "..", "reference", "mchd", "ON_EMCHD_1_928_00_01_01_01.xsd"))
	if err != nil {
		t.Fatal(err)
	}
	var schema xsd
	if err := xml.Unmarshal(b, &schema); err != nil {
		t.Fatal(err)
	}
	c := comparison{t: t, types: map[string]*xsd{}}
	for i := range schema.Children {
		if name := schema.Children[i].attr("name"); name != "Доверенность" {
			c.types[name] = &schema.Children[i]
		}
	}
	c.complex("Доверенность", c.typeOf(schema.child("element")), document)
	if c.elements < 400 {
		t.Errorf("compared only %d elements", c.elements)
	}
}

type comparison struct {
	t        *testing.T
	types    map[string]*xsd
	elements int
}

// typeOf is the type of an element or attribute, declared in it or by name; nil for a type of XML Schema itself.
func (c *comparison) typeOf(x *xsd) *xsd {
	for _, kind := range []string{"complexType", "simpleType"} {
		if inner := x.child(kind); inner != nil {
			return inner
		}
	}
	return c.types[x.attr("type")]
}

func (c *comparison) complex(path string, x *xsd, s *shape) {
	c.elements++
	c.attributes(path, x, s)
	group, choice := x.child("sequence"), false
	if group == nil {
		group, choice = x.child("choice"), true
	}
	if group == nil {
		group, choice = &xsd{}, false
	}
	if choice != s.choice || len(group.Children) != len(s.parts) {
		c.t.Errorf("%s: choice %v with %d parts, the schema %v with %d", path, s.choice, len(s.parts), choice, len(group.Children))
		return
	}
	for i := range group.Children {
		c.part(path, &group.Children[i], &s.parts[i])
	}
}

func (c *comparison) part(path string, x *xsd, p *part) {
	least, most := 1, 1
	if v := x.attr("minOccurs"); v != "" {
		least, _ = strconv.Atoi(v)
	}
	if v := x.attr("maxOccurs"); v == "unbounded" {
		most = unbounded
	}
	if x.attr("name") != p.name || least != p.min || most != p.max {
		c.t.Errorf("%s: %s %d..%d, the schema has %s %d..%d", path, p.name, p.min, p.max, x.attr("name"), least, most)
		return
	}
	inner := c.typeOf(x)
	if inner != nil && inner.XMLName.Local == "complexType" {
		c.complex(path+"/"+p.name, inner, p.shape)
		return
	}
	c.elements++
	if p.shape.text == nil {
		c.t.Errorf("%s/%s: no text", path, p.name)
		return
	}
	c.simple(path+"/"+p.name, inner, p.shape.text)
}

func (c *comparison) attributes(path string, x *xsd, s *shape) {
	n := 0
	for i := range x.Children {
		a := &x.Children[i]
		if a.XMLName.Local != "attribute" {
			continue
		}
		n++
		found := false
		for _, ours := range s.attributes {
			if ours.name == a.attr("name") {
				found = true
				if ours.required != (a.attr("use") == "required") {
					c.t.Errorf("%s@%s: required %v", path, ours.name, ours.required)
				}
				c.simple(path+"@"+ours.name, c.typeOf(a), ours.accept)
			}
		}
		if !found {
			c.t.Errorf("%s@%s is missing", path, a.attr("name"))
		}
	}
	if n != len(s.attributes) {
		c.t.Errorf("%s: %d attributes, the schema has %d", path, len(s.attributes), n)
	}
}

// simple tries lengths and words at the edges of what the schema lets pass. Patterns have tests of their own.
func (c *comparison) simple(path string, x *xsd, v value) {
	if x == nil {
		return
	}
	facets := map[string][]string{}
	for _, f := range x.child("restriction").Children {
		facets[f.XMLName.Local] = append(facets[f.XMLName.Local], f.attr("value"))
	}
	f := func(s string, want bool) {
		c.t.Helper()
		if got := v(s) == ""; got != want {
			c.t.Errorf("%s: %.20q (%d characters) %v, want %v", path, s, len([]rune(s)), got, want)
		}
	}
	for _, word := range facets["enumeration"] {
		f(word, true)
		f(word+"0", false)
		f("", false)
	}
	if len(facets["enumeration"]) > 0 {
		f("5", strings.Contains(strings.Join(facets["enumeration"], " "), "5"))
		return
	}
	if len(facets["pattern"]) > 0 {
		return
	}
	for _, exact := range facets["length"] {
		facets["minLength"], facets["maxLength"] = []string{exact}, []string{exact}
	}
	for _, least := range facets["minLength"] {
		n, _ := strconv.Atoi(least)
		f(strings.Repeat("ж", n), true)
		f(strings.Repeat("ж", n-1), false)
	}
	for _, most := range facets["maxLength"] {
		n, _ := strconv.Atoi(most)
		f(strings.Repeat("ж", n), true)
		f(strings.Repeat("ж", n+1), false)
	}
}
