package refresh

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/url"
	"strings"

	"vratar/verifier/jose"
	"vratar/verifier/trust"
)

// KeySet is a JWKS (RFC 7517) at an address, whose keys vouch for one issuer.
type KeySet struct {
	URL     string
	Binding Binding // Issuer is required
}

func (k KeySet) kind() string { return "jwks" }
func (k KeySet) name() string { return k.URL }

func (k KeySet) fetch(ctx context.Context, w web, last content) (content, error) {
	return w.get(ctx, question{address: k.URL, since: last.mark})
}

func (k KeySet) read(c content) (*list, error) { return readKeySet(displayName(k.URL), c, k.Binding) }

// readKeySet reads the JWKS in c for one issuer.
func readKeySet(name string, c content, b Binding) (*list, error) {
	src, err := trust.Load(name, c.data)
	if err != nil {
		return nil, err
	}
	if src.Kind != trust.KindJWKS {
		return nil, errors.New("no key set, but " + src.Kind)
	}
	src, err = b.apply(src)
	return &list{content: c, trust: src}, err
}

// HealthCardIssuer is what an issuer of SMART Health Cards publishes as its keys. They vouch for health cards of
// that issuer alone, and are held to the rules of the framework: P-256, named by their thumbprint, and where they
// come with certificates, these name the issuer.
type HealthCardIssuer struct {
	Issuer  string // https URL without a slash at its end
	Binding Binding
}

func (h HealthCardIssuer) kind() string { return "shc" }
func (h HealthCardIssuer) name() string { return h.Issuer }

const wellKnownKeys = "/.well-known/jwks.json"

func (h HealthCardIssuer) fetch(ctx context.Context, w web, last content) (content, error) {
	return w.get(ctx, question{address: h.Issuer + wellKnownKeys, since: last.mark})
}

func (h HealthCardIssuer) read(c content) (*list, error) {
	if !json.Valid(c.data) {
		return nil, errors.New("no key set: not JSON")
	}
	// The shape in which sets of several issuers are kept together: it says whose keys they are.
	byIssuer, err := json.Marshal(map[string]json.RawMessage{h.Issuer: c.data})
	if err != nil {
		return nil, err
	}
	src, err := trust.Load(h.Issuer, byIssuer)
	if err != nil {
		return nil, err
	}
	src, err = h.Binding.apply(src)
	return &list{content: c, trust: src}, err
}

// VCIssuer is an issuer of SD-JWT VCs that publishes its keys as issuer metadata (SD-JWT VC, "JWT VC Issuer
// Metadata"): in the metadata themselves or under an address of the same server that they name.
type VCIssuer struct {
	Issuer  string // https URL
	Binding Binding
}

func (v VCIssuer) kind() string { return "sdjwt" }
func (v VCIssuer) name() string { return v.Issuer }

// metadata is the document of a VCIssuer; kept with the keys in it, wherever they came from.
type metadata struct {
	Issuer string          `json:"issuer"`
	Keys   json.RawMessage `json:"jwks,omitempty"`
	KeysAt string          `json:"jwks_uri,omitempty"`
}

func (v VCIssuer) fetch(ctx context.Context, w web, last content) (content, error) {
	at, err := url.Parse(v.Issuer)
	if err != nil {
		return content{}, plainError(err)
	}
	// The well-known part stands between the host and the path of the issuer.
	at = &url.URL{Scheme: at.Scheme, Host: at.Host, Path: "/.well-known/jwt-vc-issuer" + strings.TrimSuffix(at.Path, "/")}
	w = w.pinned()
	// Asked without condition: it is small, and unchanged metadata say nothing of the keys they refer to.
	c, err := w.get(ctx, question{address: at.String()})
	if err != nil {
		return content{}, err
	}
	var m metadata
	if err := json.Unmarshal(c.data, &m); err != nil {
		return content{}, fmt.Errorf("no issuer metadata: %w", err)
	}
	if m.KeysAt != "" {
		if m.Keys, err = keysAt(ctx, w, at, m.KeysAt); err != nil {
			return content{}, err
		}
	}
	data, err := json.Marshal(metadata{Issuer: m.Issuer, Keys: m.Keys})
	if err != nil {
		return content{}, err
	}
	if bytes.Equal(data, last.data) {
		return content{}, errUnchanged
	}
	return content{data: data, at: c.at}, nil
}

func keysAt(ctx context.Context, w web, metadata *url.URL, address string) (json.RawMessage, error) {
	u, err := url.Parse(address)
	if err != nil || !sameOrigin(u, metadata) {
		return nil, errors.New("jwks_uri is of another server; if it is to be believed, configure it as jwks with the issuer")
	}
	c, err := w.get(ctx, question{address: address})
	if err != nil {
		return nil, fmt.Errorf("jwks_uri: %w", err)
	}
	if !json.Valid(c.data) {
		return nil, errors.New("jwks_uri: not JSON")
	}
	return c.data, nil
}

func (v VCIssuer) read(c content) (*list, error) {
	o, err := jose.ParseObject(c.data)
	if err != nil {
		return nil, err
	}
	issuer, err := o.Text("issuer")
	if err != nil || issuer != v.Issuer {
		return nil, fmt.Errorf("the metadata are of %q", issuer)
	}
	if o.Get("jwks") == nil {
		return nil, errors.New("the metadata hold no keys")
	}
	keys := c
	keys.data = o.Get("jwks")
	b := v.Binding
	b.Issuer = v.Issuer
	l, err := readKeySet(v.Issuer, keys, b)
	if err != nil {
		return nil, err
	}
	l.content = c
	return l, nil
}
