package issuing

import (
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"errors"
	"io"
	"maps"
	"slices"
	"strings"
	"time"

	"vratar/verifier"
)

// Hidden marks a value of a claim or an element of an array that the holder may show or keep back.
type Hidden struct{ Value any }

// Selective is the content of an SD-JWT verifiable credential. Claims may hold map[string]any and []any, and
// Hidden values on every level.
type Selective struct {
	Issuer    string
	Type      string // vct; empty: an SD-JWT that is no verifiable credential
	ID        string // jti; empty: none
	IssuedAt  time.Time
	NotBefore time.Time // zero: not stated
	ExpiresAt time.Time // zero: not stated
	Status    *verifier.StatusRef
	Holder    *Key // whose public part the credential is bound to; nil: to nobody
	Claims    map[string]any
	Decoys    int // digests of nothing in the outermost object
	// Certificate shows the issuer's key by its certificate (x5c) instead of naming it (kid). Then Issuer may be
	// empty: the issuer is whom the certificate names.
	Certificate bool
}

// Issued is an SD-JWT with everything that may be shown with it.
type Issued struct {
	JWT         string
	Disclosures []string
}

// Present is the text of a presentation that shows the given disclosures.
func (i Issued) Present(disclosures ...string) string {
	return strings.Join(append([]string{i.JWT}, disclosures...), "~") + "~"
}

// SDJWT issues a credential. Salts are read from random.
func SDJWT(k *Key, c Selective, random io.Reader) (Issued, error) {
	claims, err := c.plain()
	if err != nil {
		return Issued{}, err
	}
	h := hider{random: random}
	maps.Copy(claims, h.object(c.Claims, c.Decoys))
	claims["_sd_alg"] = "sha-256"
	if h.err != nil {
		return Issued{}, h.err
	}
	typ := "dc+sd-jwt"
	if c.Type == "" {
		typ = "example+sd-jwt"
	}
	payload, err := json.Marshal(claims)
	if err != nil {
		return Issued{}, err
	}
	head := jwtHead{KeyID: k.ID, Type: typ}
	if c.Certificate {
		head = jwtHead{Type: typ, Chain: [][]byte{k.Certificate}}
	}
	jwt, err := k.signWith(head, payload)
	return Issued{JWT: string(jwt), Disclosures: h.disclosures}, err
}

// plain is the claims that are never disclosed selectively.
func (c Selective) plain() (map[string]any, error) {
	if (c.Issuer == "" && !c.Certificate) || c.IssuedAt.IsZero() {
		return nil, errors.New("issuing: an SD-JWT has an issuer and a time of issue")
	}
	claims := map[string]any{"iat": c.IssuedAt.Unix()}
	for name, t := range map[string]time.Time{"nbf": c.NotBefore, "exp": c.ExpiresAt} {
		if !t.IsZero() {
			claims[name] = t.Unix()
		}
	}
	for name, text := range map[string]string{"iss": c.Issuer, "vct": c.Type, "jti": c.ID} {
		if text != "" {
			claims[name] = text
		}
	}
	if c.Status != nil {
		claims["status"] = map[string]any{"status_list": map[string]any{"idx": c.Status.Index, "uri": c.Status.URI}}
	}
	if c.Holder != nil {
		jwk, err := c.Holder.MarshalPublic()
		if err != nil {
			return nil, err
		}
		claims["cnf"] = map[string]any{"jwk": json.RawMessage(jwk)}
	}
	return claims, nil
}

// hider replaces hidden values by digests and gathers the disclosures, inner ones first.
type hider struct {
	random      io.Reader
	disclosures []string
	err         error
}

// object sorts by name, so that equal input gives equal output, and its digests, so that their order tells
// nothing about the names (RFC 9901 §4.2.4.1).
func (h *hider) object(o map[string]any, decoys int) map[string]any {
	out := make(map[string]any, len(o))
	var digests []string
	for _, name := range slices.Sorted(maps.Keys(o)) {
		if hidden, ok := o[name].(Hidden); ok {
			digests = append(digests, h.disclose(name, h.value(hidden.Value)))
			continue
		}
		out[name] = h.value(o[name])
	}
	for range decoys {
		digests = append(digests, digestText(h.salt()))
	}
	if len(digests) > 0 {
		slices.Sort(digests)
		out["_sd"] = digests
	}
	return out
}

func (h *hider) value(v any) any {
	switch v := v.(type) {
	case map[string]any:
		return h.object(v, 0)
	case []any:
		out := make([]any, len(v))
		for i, element := range v {
			if hidden, ok := element.(Hidden); ok {
				out[i] = map[string]any{"...": h.disclose(h.value(hidden.Value))}
				continue
			}
			out[i] = h.value(element)
		}
		return out
	}
	return v
}

// disclose makes the disclosure of a name and value, or of a value alone, and returns its digest.
func (h *hider) disclose(content ...any) string {
	raw, err := json.Marshal(append([]any{h.salt()}, content...))
	if err != nil {
		h.err = err
	}
	text := base64.RawURLEncoding.EncodeToString(raw)
	h.disclosures = append(h.disclosures, text)
	return digestText(text)
}

// salt has 128 bits (RFC 9901 §9.3).
func (h *hider) salt() string {
	var b [16]byte
	if _, err := io.ReadFull(h.random, b[:]); err != nil {
		h.err = err
	}
	return base64.RawURLEncoding.EncodeToString(b[:])
}

func digestText(text string) string {
	d := sha256.Sum256([]byte(text))
	return base64.RawURLEncoding.EncodeToString(d[:])
}

// Binding is what a holder says when presenting to somebody.
type Binding struct {
	Audience string
	Nonce    string
	IssuedAt time.Time
}

// Bind appends a key binding JWT (RFC 9901 §4.3) to a presentation.
func Bind(holder *Key, presentation string, b Binding) (string, error) {
	jwt, err := holder.signJWT("kb+jwt", map[string]any{
		"iat": b.IssuedAt.Unix(), "aud": b.Audience, "nonce": b.Nonce, "sd_hash": digestText(presentation),
	})
	return presentation + string(jwt), err
}
