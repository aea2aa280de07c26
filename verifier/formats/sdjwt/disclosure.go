package sdjwt

import (
	"crypto/sha256"
	"crypto/sha512"
	"encoding/base64"
	"errors"
	"fmt"
	"slices"

	"vratar/verifier/jose"
	"vratar/verifier/jsontext"
)

// Names with a meaning of their own (RFC 9901 §4.1, 4.2.4).
const (
	memberDigests     = "_sd"
	memberAlgorithm   = "_sd_alg"
	memberPlaceholder = "..."
)

var (
	errDisclosure  = errors.New("sdjwt: a disclosure is neither [salt, name, value] nor [salt, value]")
	errPlace       = errors.New("sdjwt: a disclosure does not fit its place")
	errReserved    = errors.New("sdjwt: a disclosure has a reserved name")
	errNameTwice   = errors.New("sdjwt: a disclosed name is there already")
	errDigestTwice = errors.New("sdjwt: a digest is there twice")
	errUnused      = errors.New("sdjwt: a disclosure matches no digest")
	errPlaceholder = errors.New("sdjwt: a placeholder stands where none may")
	errDeep        = errors.New("sdjwt: disclosures nest too deep")
	errRepeated    = errors.New("sdjwt: a disclosure is given twice")
	errProtected   = errors.New("sdjwt: a claim that decides about validity is disclosed selectively")
)

// hash is the base64url text of a digest over text.
type hash func(text []byte) string

// hashByName knows the algorithms of the IANA registry that are strong and in the standard library; the empty
// name is SHA-256 (RFC 9901 §4.1.1).
func hashByName(name string) (hash, error) {
	encode := base64.RawURLEncoding.EncodeToString
	switch name {
	case "", "sha-256":
		return func(text []byte) string { d := sha256.Sum256(text); return encode(d[:]) }, nil
	case "sha-384":
		return func(text []byte) string { d := sha512.Sum384(text); return encode(d[:]) }, nil
	case "sha-512":
		return func(text []byte) string { d := sha512.Sum512(text); return encode(d[:]) }, nil
	}
	return nil, fmt.Errorf("%w: %q", errHash, name)
}

// disclosure is one value that the holder chose to show.
type disclosure struct {
	name  string // of an object's member
	named bool   // false: it is an element of an array
	value []byte // JSON
}

func parseDisclosure(text []byte) (disclosure, error) {
	raw, err := jose.DecodeBase64URL(text)
	if err != nil {
		return disclosure{}, err
	}
	items, err := jose.ParseArray(raw)
	if err != nil {
		return disclosure{}, err
	}
	if len(items) != 2 && len(items) != 3 {
		return disclosure{}, errDisclosure
	}
	if _, err := jose.ParseText(items[0]); err != nil {
		return disclosure{}, errDisclosure
	}
	d := disclosure{value: items[len(items)-1], named: len(items) == 3}
	if d.named {
		if d.name, err = jose.ParseText(items[1]); err != nil {
			return disclosure{}, errDisclosure
		}
	}
	return d, nil
}

// processor turns a payload and disclosures into the claims that were disclosed (RFC 9901 §7.1).
type processor struct {
	hash  hash
	given map[string]disclosure // by digest; one that found its place is taken out
	seen  map[string]bool       // every digest of the payload, disclosed or not
	out   []byte                // the claims so far, as JSON without blanks
	fault error
}

// take reads the disclosures. The digest is of the text as received; nothing is written anew.
func (p *processor) take(texts [][]byte) error {
	p.given = make(map[string]disclosure, len(texts))
	for _, text := range texts {
		d, err := parseDisclosure(text)
		if err != nil {
			return err
		}
		digest := p.hash(text)
		if _, known := p.given[digest]; known {
			p.fault = errRepeated
		}
		p.given[digest] = d
	}
	return nil
}

// process writes the claims and makes sure that every disclosure belongs to the payload.
func (p *processor) process(payload jose.Object) error {
	p.seen = make(map[string]bool)
	if err := p.object(payload, 1); err != nil {
		return err
	}
	if len(p.given) > 0 {
		return errUnused
	}
	return nil
}

// find is the disclosure behind a digest of the payload; none for a decoy or what the holder keeps back.
func (p *processor) find(digest string) (d disclosure, ok bool, err error) {
	if p.seen[digest] {
		return d, false, errDigestTwice
	}
	p.seen[digest] = true
	d, ok = p.given[digest]
	delete(p.given, digest)
	return d, ok, nil
}

func (p *processor) object(o jose.Object, depth int) error {
	if o.Get(memberPlaceholder) != nil {
		return errPlaceholder
	}
	members, err := p.disclose(o, depth)
	if err != nil {
		return err
	}
	p.out = append(p.out, '{')
	for i, m := range members {
		if i > 0 {
			p.out = append(p.out, ',')
		}
		p.out = append(jsontext.AppendString(p.out, m.Name), ':')
		if err := p.value(m.Value, depth+1); err != nil {
			return err
		}
	}
	p.out = append(p.out, '}')
	return nil
}

// disclose is the members of o with the disclosed ones added. Depth 1 is the payload itself.
func (p *processor) disclose(o jose.Object, depth int) (jose.Object, error) {
	digests, err := o.Texts(memberDigests)
	if err != nil {
		return nil, err
	}
	members := o.Without(memberDigests)
	if depth == 1 {
		members = members.Without(memberAlgorithm)
	}
	for _, digest := range digests {
		d, ok, err := p.find(digest)
		switch {
		case err != nil:
			return nil, err
		case !ok:
			continue
		case !d.named:
			return nil, errPlace
		case d.name == memberDigests || d.name == memberPlaceholder:
			return nil, errReserved
		case members.Get(d.name) != nil:
			return nil, errNameTwice
		case depth == 1 && slices.Contains(protected, d.name):
			p.fault = errProtected
		}
		members = append(members, jose.Member{Name: d.name, Value: d.value})
	}
	return members, nil
}

// protected are the claims that a holder must not be able to keep back (SD-JWT VC §2.2.2.2; RFC 9901 §9.7).
var protected = []string{"iss", "nbf", "exp", "aud", "cnf", "vct", "vct#integrity", "aka_vcts", "status", memberAlgorithm}

func (p *processor) array(items [][]byte, depth int) error {
	p.out = append(p.out, '[')
	start := len(p.out)
	for _, item := range items {
		if item[0] == '{' {
			var show bool
			var err error
			if item, show, err = p.element(item); err != nil {
				return err
			}
			if !show {
				continue
			}
		}
		if len(p.out) > start {
			p.out = append(p.out, ',')
		}
		if err := p.value(item, depth+1); err != nil {
			return err
		}
	}
	p.out = append(p.out, ']')
	return nil
}

// element is what an object in an array stands for: itself, or the disclosed value of a placeholder.
func (p *processor) element(item []byte) (value []byte, show bool, err error) {
	o, err := jose.ParseObject(item)
	if err != nil {
		return nil, false, err
	}
	if o.Get(memberPlaceholder) == nil {
		return item, true, nil
	}
	digest, err := o.Text(memberPlaceholder)
	if err != nil {
		return nil, false, err
	}
	if len(o) != 1 {
		return nil, false, errPlaceholder
	}
	d, ok, err := p.find(digest)
	if err == nil && ok && d.named {
		err = errPlace
	}
	return d.value, ok, err
}

func (p *processor) value(text []byte, depth int) error {
	if depth > jose.MaxDepth {
		return errDeep
	}
	switch text[0] {
	case '{':
		o, err := jose.ParseObject(text)
		if err != nil {
			return err
		}
		return p.object(o, depth)
	case '[':
		items, err := jose.ParseArray(text)
		if err != nil {
			return err
		}
		return p.array(items, depth)
	}
	p.out = append(p.out, text...)
	return nil
}
