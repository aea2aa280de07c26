package notice

import (
	"strconv"

	"vratar/verifier/jsontext"
)

// object writes one JSON object. Its member names must be unique: those that come from a payload go through
// fields.
type object struct {
	b     []byte
	fault string // the first thing that is wrong with the code
}

func (o *object) name(name string) {
	if len(o.b) == 0 {
		o.b = append(o.b, '{')
	} else {
		o.b = append(o.b, ',')
	}
	o.b = append(jsontext.AppendString(o.b, name), ':')
}

func (o *object) text(name, value string) {
	o.name(name)
	o.b = jsontext.AppendString(o.b, value)
}

// some writes a text unless it is empty.
func (o *object) some(name, value string) {
	if value != "" {
		o.text(name, value)
	}
}

func (o *object) flag(name string, value bool) {
	o.name(name)
	o.b = strconv.AppendBool(o.b, value)
}

// number writes a whole number given as decimal text, or a fault if it is none.
func (o *object) number(name, value string) {
	if value == "" {
		return
	}
	n, err := strconv.ParseUint(value, 10, 63)
	if err != nil {
		o.wrong(name + " is not a whole number")
		return
	}
	o.name(name)
	o.b = strconv.AppendUint(o.b, n, 10)
}

// wrong records a fault; only the first is told.
func (o *object) wrong(fault string) {
	if o.fault == "" {
		o.fault = fault
	}
}

// fields writes a nested object.
func (o *object) fields(name string, f *fields) {
	if len(f.names) == 0 {
		return
	}
	o.name(name)
	var inner object
	for i, n := range f.names {
		inner.text(n, f.values[i])
	}
	o.b = append(o.b, inner.close()...)
}

func (o *object) close() []byte {
	if o.fault != "" {
		o.text("fault", o.fault)
	}
	if len(o.b) == 0 {
		o.b = append(o.b, '{')
	}
	return append(o.b, '}')
}

// maxFields bounds how many fields of one code are read; no standard here has more.
const maxFields = 100

// fields are name and value pairs in the order of the code.
type fields struct{ names, values []string }

// add reports whether the field was taken: of a repeated one the first value stays.
func (f *fields) add(name, value string) bool {
	if f.has(name) || len(f.names) == maxFields {
		return false
	}
	f.names, f.values = append(f.names, name), append(f.values, value)
	return true
}

func (f *fields) has(name string) bool {
	for _, n := range f.names {
		if n == name {
			return true
		}
	}
	return false
}

// get is a field's value, empty when there is none.
func (f *fields) get(name string) string {
	for i, n := range f.names {
		if n == name {
			return f.values[i]
		}
	}
	return ""
}
