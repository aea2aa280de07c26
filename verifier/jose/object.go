package jose

import (
	"bytes"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"time"
)

// Object is one JSON object. Names are compared exactly, letter case included. Values alias the text it was
// parsed from.
type Object []Member

// Member is one name of an Object with the JSON text of its value.
type Member struct {
	Name  string
	Value []byte
}

// ParseObject checks text as CheckJSON does and takes its outermost object apart.
func ParseObject(text []byte) (Object, error) {
	s, err := newScanner(text)
	if err != nil {
		return nil, err
	}
	defer s.release()
	if s.peek() != '{' {
		return nil, errObject
	}
	var o Object
	err = s.object(func(name, value []byte) { o = append(o, Member{string(name), value}) })
	if err != nil {
		return nil, err
	}
	return o, s.end()
}

var errArray = errors.New("jose: JSON array expected")

// ParseArray checks text as CheckJSON does and takes its outermost array apart. The elements alias text.
func ParseArray(text []byte) ([][]byte, error) {
	s, err := newScanner(text)
	if err != nil {
		return nil, err
	}
	defer s.release()
	if s.peek() != '[' {
		return nil, errArray
	}
	var items [][]byte
	if err := s.array(func(value []byte) { items = append(items, value) }); err != nil {
		return nil, err
	}
	return items, s.end()
}

// ParseText is the content of one JSON string.
func ParseText(text []byte) (string, error) {
	s, err := newScanner(text)
	if err != nil {
		return "", err
	}
	defer s.release()
	if s.peek() != '"' {
		return "", errText
	}
	n, err := s.name()
	if err != nil {
		return "", err
	}
	return string(s.content(n)), s.end()
}

// ParseTime reads a NumericDate (RFC 7519 §2): seconds since 1970, fractions allowed, within the years 1 to
// 9999.
func ParseTime(text []byte) (time.Time, error) {
	if CheckJSON(text) != nil {
		return time.Time{}, errTime
	}
	return parseTime(text)
}

// Get is the JSON text of a member's value, nil when there is no such member.
func (o Object) Get(name string) []byte {
	for i := range o {
		if o[i].Name == name {
			return o[i].Value
		}
	}
	return nil
}

// Without is a copy of o that lacks the named members.
func (o Object) Without(names ...string) Object {
	return slices.DeleteFunc(slices.Clone(o), func(m Member) bool { return slices.Contains(names, m.Name) })
}

// Object is a member that is an object itself; nil when it is absent.
func (o Object) Object(name string) (Object, error) { return optional(o, name, ParseObject) }

// Array is the elements of a member that is an array; nil when it is absent.
func (o Object) Array(name string) ([][]byte, error) { return optional(o, name, ParseArray) }

// Text is a member that is a string; empty when it is absent.
func (o Object) Text(name string) (string, error) { return optional(o, name, ParseText) }

// Time is a member that is a NumericDate; zero when it is absent.
func (o Object) Time(name string) (time.Time, error) { return optional(o, name, ParseTime) }

// Bytes is a member that is a string of base64url without padding; nil when it is absent.
func (o Object) Bytes(name string) ([]byte, error) {
	return optional(o, name, func(v []byte) ([]byte, error) {
		text, err := ParseText(v)
		if err != nil {
			return nil, err
		}
		return DecodeBase64URL(text)
	})
}

// Uint is a member that is a whole number without sign; zero when it is absent.
func (o Object) Uint(name string) (uint64, error) {
	return optional(o, name, func(v []byte) (uint64, error) {
		n, err := strconv.ParseUint(string(v), 10, 64)
		if err != nil {
			return 0, errUint
		}
		return n, nil
	})
}

// Texts is a member that is an array of strings; nil when it is absent.
func (o Object) Texts(name string) ([]string, error) {
	return optional(o, name, func(v []byte) ([]string, error) {
		items, err := ParseArray(v)
		if err != nil {
			return nil, err
		}
		texts := make([]string, len(items))
		for i, item := range items {
			if texts[i], err = ParseText(item); err != nil {
				return nil, err
			}
		}
		return texts, nil
	})
}

// optional reads a member with parse and names it in the error.
func optional[T any](o Object, name string, parse func([]byte) (T, error)) (T, error) {
	var zero T
	v := o.Get(name)
	if v == nil {
		return zero, nil
	}
	out, err := parse(v)
	if err != nil {
		return zero, fmt.Errorf("member %q: %w", name, err)
	}
	return out, nil
}

// IsTrue reports whether a member's value is the literal true.
func (o Object) IsTrue(name string) bool { return bytes.Equal(o.Get(name), []byte("true")) }
