package trust

import (
	"errors"
	"fmt"
	"strings"
	"time"

	"vratar/verifier"
	"vratar/verifier/jose"
)

// loadList reads our own trust list. It is written by hand and decides who gets in, so a word that is not
// understood is a fault, and all faults are told at once.
func loadList(o jose.Object) (Source, error) {
	var faults faultList
	faults.unknown("", o, "issuers")
	items, err := o.Array("issuers")
	faults.add("", err)
	src := Source{Kind: KindTrustList}
	for i, item := range items {
		src.Entries = append(src.Entries, readIssuer(i, item, &faults))
	}
	if err := faults.err(); err != nil {
		return Source{}, err
	}
	return src, nil
}

// faultList gathers everything that is wrong with a list.
type faultList struct{ faults []error }

func (f *faultList) add(where string, err error) {
	if err == nil {
		return
	}
	if where != "" {
		err = fmt.Errorf("%s: %w", where, err)
	}
	f.faults = append(f.faults, err)
}

func (f *faultList) unknown(where string, o jose.Object, known ...string) {
	for _, m := range o.Without(known...) {
		f.add(where, fmt.Errorf("unknown member %q", m.Name))
	}
}

func (f *faultList) err() error { return errors.Join(f.faults...) }

func readIssuer(index int, text []byte, faults *faultList) Entry {
	where := fmt.Sprintf("issuers[%d]", index)
	o, err := jose.ParseObject(text)
	if err != nil {
		faults.add(where, err)
		return Entry{}
	}
	id, err := o.Text("id")
	faults.add(where, err)
	if id == "" {
		faults.add(where, errors.New("id is required"))
	} else {
		where = fmt.Sprintf("%s (%s)", where, id)
	}
	faults.unknown(where, o, "id", "name", "country", "formats", "documents", "not_before", "not_after", "keys", "status_max_age")

	e := Entry{Issuer: verifier.Issuer{ID: id}}
	e.Issuer.Name, err = o.Text("name")
	faults.add(where, err)
	e.Issuer.Country, err = o.Text("country")
	faults.add(where, err)
	if c := e.Issuer.Country; c != "" && !isCountry(c) {
		faults.add(where, fmt.Errorf("country %q is not an ISO 3166-1 alpha-2 code", c))
	}
	e.Issuer.StatusMaxAge, err = readDuration(o, "status_max_age")
	faults.add(where, err)
	e.Formats, err = readNames(o, "formats")
	faults.add(where, err)
	e.Documents, err = readNames(o, "documents")
	faults.add(where, err)
	e.NotBefore, err = readTime(o, "not_before")
	faults.add(where, err)
	e.NotAfter, err = readTime(o, "not_after")
	faults.add(where, err)
	if !e.NotAfter.IsZero() && e.NotAfter.Before(e.NotBefore) {
		faults.add(where, errors.New("not_after lies before not_before"))
	}
	e.Keys = readKeys(where, o, faults)
	return e
}

func readKeys(where string, o jose.Object, faults *faultList) []Key {
	items, err := o.Array("keys")
	faults.add(where, err)
	if err == nil && len(items) == 0 {
		faults.add(where, errors.New("keys are required"))
	}
	keys := make([]Key, 0, len(items))
	for i, item := range items {
		k, err := readKey(item)
		faults.add(fmt.Sprintf("%s keys[%d]", where, i), err)
		keys = append(keys, k)
	}
	return keys
}

// keyMembers are the names of RFC 7517 and 7518 for public keys, and pem.
var keyMembers = []string{
	"kty", "kid", "alg", "use", "key_ops", "crv", "x", "y", "n", "e", "x5c", "x5u", "x5t", "x5t#S256", "pem", "crlVersion",
}

// readKey reads a JWK, a certificate alone (x5c without kty) or a PEM block; the last two may have a kid.
func readKey(text []byte) (Key, error) {
	o, err := jose.ParseObject(text)
	if err != nil {
		return Key{}, err
	}
	var faults faultList
	faults.unknown("", o, keyMembers...)
	if err := faults.err(); err != nil {
		return Key{}, err
	}
	if o.Get("kty") != nil {
		k, err := jose.ParseJWK(text)
		if err != nil {
			return Key{}, err
		}
		return fromJWK(k)
	}
	var k Key
	switch {
	case o.Get("pem") != nil && o.Get("x5c") != nil:
		return Key{}, errors.New("pem and x5c exclude each other")
	case o.Get("pem") != nil:
		k, err = readPEMKey(o)
	case o.Get("x5c") != nil:
		k, err = readChainKey(o)
	default:
		err = errors.New("a key is a JWK (kty), a certificate (x5c) or pem")
	}
	if err != nil {
		return Key{}, err
	}
	k.ID, err = o.Text("kid")
	return k, err
}

func readPEMKey(o jose.Object) (Key, error) {
	text, err := o.Text("pem")
	if err != nil {
		return Key{}, err
	}
	keys, err := parsePEM([]byte(text))
	if err != nil {
		return Key{}, err
	}
	if len(keys) != 1 {
		return Key{}, fmt.Errorf("pem holds %d keys, want one", len(keys))
	}
	return keys[0], nil
}

func readChainKey(o jose.Object) (Key, error) {
	chain, err := o.Texts("x5c")
	if err != nil {
		return Key{}, err
	}
	if len(chain) == 0 {
		return Key{}, errors.New("x5c is empty")
	}
	return fromCertificateText(chain[0])
}

func readDuration(o jose.Object, name string) (time.Duration, error) {
	text, err := o.Text(name)
	if err != nil || text == "" {
		return 0, err
	}
	d, err := time.ParseDuration(text)
	if err != nil || d <= 0 {
		return 0, fmt.Errorf("%s %q is not a duration such as 15m", name, text)
	}
	return d, nil
}

func readTime(o jose.Object, name string) (time.Time, error) {
	text, err := o.Text(name)
	if err != nil || text == "" {
		return time.Time{}, err
	}
	t, err := time.Parse(time.RFC3339, text)
	if err != nil {
		return time.Time{}, fmt.Errorf("%s %q is not an RFC 3339 time", name, text)
	}
	return t, nil
}

// readNames reads a list of names in which "*" stands for all, which is what an empty result means.
func readNames(o jose.Object, name string) ([]string, error) {
	names, err := o.Texts(name)
	if err != nil {
		return nil, err
	}
	for _, n := range names {
		if n == "*" {
			return nil, nil
		}
		if strings.TrimSpace(n) != n || n == "" {
			return nil, fmt.Errorf("%s: %q is not a name", name, n)
		}
	}
	return names, nil
}
