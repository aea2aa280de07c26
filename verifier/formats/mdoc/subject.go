package mdoc

import "bytes"

// Tags of DER (X.690 §8) that names are made of.
const (
	derSequence  = 0x30
	derSet       = 0x31
	derOID       = 0x06
	derUTF8      = 0x0c
	derPrintable = 0x13
	derVersion   = 0xa0 // [0], explicit
)

// subjectPlace is how many elements of a certificate come before its subject: serial number, algorithm, issuer and
// validity.
const subjectPlace = 4

// agrees reports whether the subject of a certificate, written as nearly all are, names no other country and no other
// jurisdiction than stated; empty: not stated. It allocates nothing. What it does not understand does not agree: then
// subjectOf decides.
func agrees(certificate, country, jurisdiction []byte) bool {
	outer, _, ok := derNext(certificate, derSequence)
	rest, _, ok2 := derNext(outer, derSequence)
	if !ok || !ok2 {
		return false
	}
	if len(rest) > 0 && rest[0] == derVersion {
		_, rest, _ = derNext(rest, derVersion)
	}
	for range subjectPlace {
		if len(rest) == 0 {
			return false
		}
		if _, rest, ok = derNext(rest, rest[0]); !ok {
			return false
		}
	}
	subject, _, ok := derNext(rest, derSequence)
	for ok && len(subject) > 0 {
		var set []byte
		if set, subject, ok = derNext(subject, derSet); ok {
			ok = setAgrees(set, country, jurisdiction)
		}
	}
	return ok
}

// setAgrees is agrees for one relative distinguished name.
func setAgrees(set, country, jurisdiction []byte) bool {
	for len(set) > 0 {
		attribute, rest, ok := derNext(set, derSequence)
		id, value, ok2 := derNext(attribute, derOID)
		if !ok || !ok2 {
			return false
		}
		set = rest
		var stated []byte
		switch string(id) {
		case "\x55\x04\x06": // countryName
			stated = country
		case "\x55\x04\x08": // stateOrProvinceName
			stated = jurisdiction
		}
		if len(stated) == 0 {
			continue
		}
		name, _, ok := derNext(value, derPrintable)
		if !ok {
			name, _, ok = derNext(value, derUTF8)
		}
		if !ok || !bytes.EqualFold(name, stated) {
			return false
		}
	}
	return true
}

// derNext takes the value with that tag off the front of b.
func derNext(b []byte, tag byte) (content, rest []byte, ok bool) {
	if len(b) < 2 || b[0] != tag {
		return nil, nil, false
	}
	size, head := int(b[1]), 2
	switch {
	case size == 0x81 && len(b) > 2:
		size, head = int(b[2]), 3
	case size == 0x82 && len(b) > 3:
		size, head = int(b[2])<<8|int(b[3]), 4
	case size >= 0x80:
		return nil, nil, false
	}
	if size > len(b)-head {
		return nil, nil, false
	}
	return b[head : head+size], b[head+size:], true
}
