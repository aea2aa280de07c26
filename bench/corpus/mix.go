package corpus

import (
	"fmt"
	"slices"
	"strings"
)

// Kind is what is right or wrong with an item.
type Kind uint8

const (
	Genuine Kind = iota
	Expired
	Revoked
	Forged        // signed by somebody else's key under the genuine issuer's name
	UnknownIssuer // properly signed, by nobody the trust list knows
	Broken        // not decodable, in many ways
	Notice        // a code that is no credential: payment, link
	numKinds
)

var kindNames = [numKinds]string{"genuine", "expired", "revoked", "forged", "unknown", "broken", "notice"}

// String is the kind's name in a mix and in item names.
func (k Kind) String() string { return kindNames[k%numKinds] }

// Share is how many of an item's kind there are in relation to the others.
type Share struct {
	Kind   Kind
	Weight int
}

// Mix is a composition of kinds.
type Mix []Share

// DefaultMix is a busy entrance: most people are in order, and every way of not being so occurs.
const DefaultMix = "genuine=88,expired=2,revoked=2,forged=2,unknown=2,broken=2,notice=2"

// ParseMix reads a mix such as "genuine=90,expired=10". A kind alone has weight 1.
func ParseMix(s string) (Mix, error) {
	var m Mix
	for part := range strings.SplitSeq(s, ",") {
		name, weight, err := parseShare(part)
		if err != nil {
			return nil, fmt.Errorf("mix: %w", err)
		}
		kind := slices.Index(kindNames[:], name)
		if kind < 0 {
			return nil, fmt.Errorf("mix: %q is none of %s", name, strings.Join(kindNames[:], ", "))
		}
		m = append(m, Share{Kind(kind), weight})
	}
	if m.total() == 0 {
		return nil, fmt.Errorf("mix %q: nothing in it", s)
	}
	return m, nil
}

func (m Mix) total() (n int) {
	for _, s := range m {
		n += s.Weight
	}
	return n
}

// pick maps a random number to a kind by weight.
func (m Mix) pick(random uint64) Kind {
	at := int(random % uint64(m.total()))
	for _, s := range m {
		if at -= s.Weight; at < 0 {
			return s.Kind
		}
	}
	return Genuine // not reached: the weights add up to total
}
