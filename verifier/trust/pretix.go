package trust

import (
	"encoding/base64"
	"errors"
	"fmt"

	"vratar/verifier"
	"vratar/verifier/jose"
)

// loadPretixEvent reads the JSON of an event as the pretix API gives it: valid_keys.pretix_sig1 holds base64 of
// PEM, one for each key. The event has no name that its tickets repeat, so it is called by its public address,
// or by its slug; one that has neither vouches for any issuer.
func loadPretixEvent(o jose.Object) (Source, error) {
	keys, errKeys := o.Object("valid_keys")
	slug, errSlug := o.Text("slug")
	address, err := o.Text("public_url")
	if err := errors.Join(errKeys, errSlug, err); err != nil {
		return Source{}, err
	}
	texts, err := keys.Texts("pretix_sig1")
	if err != nil {
		return Source{}, err
	}
	e := Entry{Issuer: verifier.Issuer{ID: AnyIssuer, Name: eventName(o)}, Formats: []string{"pretix"}}
	if slug != "" {
		e.Issuer.ID = slug
	}
	if address != "" {
		e.Issuer.ID = address
	}
	src := Source{Kind: KindPretix}
	for i, text := range texts {
		k, err := readPretixKey(text)
		if err != nil {
			src.Refused = append(src.Refused, Refusal{fmt.Sprintf("pretix_sig1 key %d", i), err})
			continue
		}
		e.Keys = append(e.Keys, k)
	}
	if len(e.Keys) > 0 {
		src.Entries = []Entry{e}
	}
	return src, nil
}

func readPretixKey(text string) (Key, error) {
	block, err := base64.StdEncoding.DecodeString(text)
	if err != nil {
		return Key{}, errors.New("not base64")
	}
	keys, err := parsePEM(block)
	if err != nil {
		return Key{}, err
	}
	if len(keys) != 1 {
		return Key{}, fmt.Errorf("%d keys, want one", len(keys))
	}
	k := keys[0]
	k.Algorithm = verifier.EdDSA
	return k, nil
}

// eventName is the event's name in English, or in whatever language it has one.
func eventName(o jose.Object) string {
	names, err := o.Object("name")
	if err != nil || len(names) == 0 {
		return ""
	}
	if name, err := names.Text("en"); err == nil && name != "" {
		return name
	}
	name, _ := names.Text(names[0].Name)
	return name
}
