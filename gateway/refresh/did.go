package refresh

import (
	"context"
	"errors"
	"fmt"
	"net"
	"regexp"
	"strings"

	"vratar/verifier/trust"
)

// DIDWeb is the document of a did:web identifier: the keys that it lists for assertions vouch for that DID.
type DIDWeb struct {
	DID     string
	Binding Binding // its Issuer is the DID and need not be given
}

func (d DIDWeb) kind() string { return "did" }
func (d DIDWeb) name() string { return d.DID }

func (d DIDWeb) fetch(ctx context.Context, w web, last content) (content, error) {
	address, err := DIDWebAddress(d.DID)
	if err != nil {
		return content{}, err
	}
	return w.get(ctx, question{address: address, since: last.mark})
}

func (d DIDWeb) read(c content) (*list, error) {
	src, err := trust.Load(d.DID, c.data)
	if err != nil {
		return nil, err
	}
	// Whoever answers at the address could publish the document of somebody else (did:web §2.5.2).
	if src.Kind != trust.KindDID || src.Entries[0].Issuer.ID != d.DID {
		return nil, errors.New("not the document of " + d.DID)
	}
	src, err = d.Binding.apply(src)
	return &list{content: c, trust: src}, err
}

var (
	domain  = regexp.MustCompile(`^([A-Za-z0-9]([A-Za-z0-9-]*[A-Za-z0-9])?\.)*[A-Za-z0-9]([A-Za-z0-9-]*[A-Za-z0-9])?$`)
	port    = regexp.MustCompile(`^[1-9][0-9]{0,4}$`)
	segment = regexp.MustCompile(`^([A-Za-z0-9._-]|%[0-9A-Fa-f]{2})+$`)

	encodedColon = regexp.MustCompile(`%3[Aa]`)
)

// DIDWebAddress is where the document of a did:web identifier is published (did:web method §2.5.2): the domain,
// with a port after an encoded colon, then the path, whose parts are separated by colons; without a path the
// document is well known. The address is always https.
func DIDWebAddress(did string) (string, error) {
	id, found := strings.CutPrefix(did, "did:web:")
	if !found {
		return "", fmt.Errorf("want did:web:DOMAIN, not %q", did)
	}
	parts := strings.Split(id, ":")
	host, number, hasPort := parts[0], "", false
	if at := encodedColon.FindStringIndex(host); at != nil {
		host, number, hasPort = host[:at[0]], host[at[1]:], true
	}
	switch {
	case !domain.MatchString(host) || len(host) > 253 || net.ParseIP(host) != nil: // §2.1: no IP address
		return "", fmt.Errorf("%q is no domain", host)
	case hasPort && !port.MatchString(number):
		return "", fmt.Errorf("%q is no port", number)
	case hasPort:
		host += ":" + number
	}
	if len(parts) == 1 {
		return "https://" + host + "/.well-known/did.json", nil
	}
	for _, s := range parts[1:] {
		if !segment.MatchString(s) || s == "." || s == ".." {
			return "", fmt.Errorf("%q is no part of a path", s)
		}
	}
	return "https://" + host + "/" + strings.Join(parts[1:], "/") + "/did.json", nil
}
