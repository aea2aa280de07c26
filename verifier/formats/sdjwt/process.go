package sdjwt

import (
	"bytes"
	"slices"

	"vratar/verifier/jose"
	"vratar/verifier/jsontext"
)

// processor turns a payload and disclosures into the claims that were disclosed (RFC 9901 §7.1).
type processor struct {
	hash  hash
	shown []disclosure // in the order of their digests
	left  int          // how many of them look for their place
	seen  [][]byte     // every digest of the payload, disclosed or not
	names [][]byte     // what was disclosed of the objects that are being written, innermost last
	out   []byte       // the claims so far, as JSON without blanks
	fault error        // what is wrong with the use of disclosures although they can be read
	texts []byte       // memory of the digests
	plain []byte       // memory of the disclosures, decoded
}

// begin forgets all but the memory. dst is what the claims are appended to.
func (p *processor) begin(h hash, dst []byte) {
	*p = processor{hash: h, out: dst, shown: p.shown[:0], seen: p.seen[:0], names: p.names[:0], texts: p.texts[:0], plain: p.plain[:0]}
}

// take reads the disclosures, each of them behind a tilde. The digest is of the text as received; nothing is written
// anew. Where more of them come than payload can have digests of, they are not looked at.
func (p *processor) take(texts, payload []byte) (err error) {
	// Each digest stands in the payload or in a disclosure.
	if n := bytes.Count(texts, []byte("~")); n > maxKept && n*digestSize > len(payload)+len(texts) {
		return errUnused
	}
	p.plain = slices.Grow(p.plain, len(texts)) // more than they can be
	for len(texts) > 0 {
		text := texts[1:]
		if end := bytes.IndexByte(text, '~'); end >= 0 {
			text = text[:end]
		}
		texts = texts[1+len(text):]
		from := len(p.plain)
		if p.plain, err = jose.AppendBase64URL(p.plain, text); err != nil {
			return err
		}
		d, err := parseDisclosure(p.plain[from:])
		if err != nil {
			return err
		}
		start := len(p.texts)
		p.texts = p.hash.appendText(p.texts, text)
		d.digest = p.texts[start:]
		p.shown = append(p.shown, d)
	}
	slices.SortFunc(p.shown, func(a, b disclosure) int { return bytes.Compare(a.digest, b.digest) })
	all := len(p.shown)
	p.shown = slices.CompactFunc(p.shown, func(a, b disclosure) bool { return bytes.Equal(a.digest, b.digest) })
	if p.left = len(p.shown); p.left < all {
		p.fault = errRepeated
	}
	return nil
}

// process writes the claims and makes sure that every disclosure belongs to the payload.
func (p *processor) process(payload jose.Value) error {
	if err := p.object(payload, 1); err != nil {
		return err
	}
	if p.left > 0 {
		return errUnused
	}
	if hasTwice(p.seen) {
		return errDigestTwice
	}
	return nil
}

// find is the disclosure behind a digest of the payload; none for a decoy or what the holder keeps back.
func (p *processor) find(digest jose.Value) (d disclosure, ok bool, err error) {
	text, ok := digest.TextBytes()
	if !ok {
		return d, false, errDigest
	}
	p.seen = append(p.seen, text)
	i, ok := slices.BinarySearchFunc(p.shown, text, func(d disclosure, text []byte) int { return bytes.Compare(d.digest, text) })
	if !ok {
		return d, false, nil
	}
	if d = p.shown[i]; d.value.Kind() == jose.Absent {
		return d, false, errDigestTwice
	}
	p.shown[i].value = jose.Value{}
	p.left--
	return d, true, nil
}

// object writes o with the disclosed members added. Depth 1 is the payload itself.
func (p *processor) object(o jose.Value, depth int) error {
	var digests jose.Value
	p.out = append(p.out, '{')
	for w := o.Walk(); w.More(); {
		name, value := w.Next(), w.Next()
		switch {
		case name.Is(memberDigests):
			digests = value
			continue
		case name.Is(memberPlaceholder):
			return errPlaceholder
		case depth == 1 && name.Is(memberAlgorithm):
			continue
		}
		content, _ := name.TextBytes()
		if err := p.member(content, value, depth); err != nil {
			return err
		}
	}
	if err := p.disclose(o, digests, depth); err != nil {
		return err
	}
	p.out = append(p.out, '}')
	return nil
}

func (p *processor) member(name []byte, value jose.Value, depth int) error {
	if p.out[len(p.out)-1] != '{' {
		p.out = append(p.out, ',')
	}
	p.out = append(jsontext.AppendString(p.out, name), ':')
	return p.value(value, depth+1)
}

// disclose writes the members of o that its digests stand for.
func (p *processor) disclose(o, digests jose.Value, depth int) error {
	switch digests.Kind() {
	case jose.Absent:
		return nil
	case jose.Array:
	default:
		return errDigest
	}
	outer := len(p.names)
	for w := digests.Walk(); w.More(); {
		d, ok, err := p.find(w.Next())
		switch {
		case err != nil:
			return err
		case !ok:
			continue
		case !d.named:
			return errPlace
		case string(d.name) == memberDigests || string(d.name) == memberPlaceholder:
			return errReserved
		case depth == 1 && slices.Contains(protected, string(d.name)):
			p.fault = errProtected
		}
		p.names = append(p.names, d.name)
		if err := p.member(d.name, d.value, depth); err != nil {
			return err
		}
	}
	if len(p.names) == outer {
		return nil
	}
	for w := o.Walk(); w.More(); w.Next() {
		if name := w.Next(); depth > 1 || !name.Is(memberAlgorithm) {
			content, _ := name.TextBytes()
			p.names = append(p.names, content)
		}
	}
	twice := hasTwice(p.names[outer:])
	p.names = p.names[:outer]
	if twice {
		return errNameTwice
	}
	return nil
}

// protected are the claims that a holder must not be able to keep back (SD-JWT VC §2.2.2.2; RFC 9901 §9.7).
var protected = []string{"iss", "nbf", "exp", "aud", "cnf", "vct", "vct#integrity", "aka_vcts", "status", memberAlgorithm}

func (p *processor) array(items jose.Value, depth int) error {
	p.out = append(p.out, '[')
	for w := items.Walk(); w.More(); {
		item, show, err := p.element(w.Next())
		if err != nil {
			return err
		}
		if !show {
			continue
		}
		if p.out[len(p.out)-1] != '[' {
			p.out = append(p.out, ',')
		}
		if err := p.value(item, depth+1); err != nil {
			return err
		}
	}
	p.out = append(p.out, ']')
	return nil
}

// element is what an item of an array stands for: itself, or the disclosed value of a placeholder.
func (p *processor) element(item jose.Value) (value jose.Value, show bool, err error) {
	digest := item.Get(memberPlaceholder)
	if digest.Kind() == jose.Absent {
		return item, true, nil
	}
	w := item.Walk()
	w.Next()
	w.Next()
	if w.More() {
		return item, false, errPlaceholder
	}
	d, ok, err := p.find(digest)
	if err == nil && ok && d.named {
		err = errPlace
	}
	return d.value, ok, err
}

func (p *processor) value(v jose.Value, depth int) error {
	if depth > jose.MaxDepth {
		return errDeep
	}
	switch v.Kind() {
	case jose.Map:
		return p.object(v, depth)
	case jose.Array:
		return p.array(v, depth)
	}
	p.out = append(p.out, v.Raw()...)
	return nil
}

// few is how many texts are compared each with each, because that costs less than sorting them.
const few = 8

// hasTwice sorts texts where they are many, so that even a hostile number of them costs little.
func hasTwice(texts [][]byte) bool {
	if len(texts) > few {
		slices.SortFunc(texts, bytes.Compare)
		for i := 1; i < len(texts); i++ {
			if bytes.Equal(texts[i-1], texts[i]) {
				return true
			}
		}
		return false
	}
	for i, a := range texts {
		for _, b := range texts[:i] {
			if bytes.Equal(a, b) {
				return true
			}
		}
	}
	return false
}
