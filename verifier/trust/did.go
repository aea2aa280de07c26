package trust

import (
	"errors"
	"fmt"
	"strings"

	"vratar/verifier"
	"vratar/verifier/jose"
)

// loadDID reads a DID document (W3C DID Core 1.0 §5): the keys that the DID's owner lists for assertions
// vouch for that DID as issuer, and for nobody else. Keys that are only there for other purposes stay out.
func loadDID(o jose.Object) (Source, error) {
	id, err := o.Text("id")
	if err != nil {
		return Source{}, err
	}
	if !strings.HasPrefix(id, "did:") {
		return Source{}, fmt.Errorf("id %q is not a DID", id)
	}
	d := didDocument{id: id, methods: make(map[string][]byte)}
	items, err := o.Array("verificationMethod")
	if err != nil {
		return Source{}, err
	}
	for _, item := range items {
		d.publish(item)
	}
	if items, err = o.Array("assertionMethod"); err != nil {
		return Source{}, err
	}
	for i, item := range items {
		d.assert(i, item)
	}
	src := Source{Kind: KindDID, Refused: d.refused}
	if len(d.keys) > 0 {
		src.Entries = []Entry{{Issuer: verifier.Issuer{ID: id}, Keys: d.keys}}
	}
	return src, nil
}

type didDocument struct {
	id      string
	methods map[string][]byte // by absolute id
	keys    []Key
	refused []Refusal
}

// publish notes a method for those who refer to it. What nobody refers to needs no reading.
func (d *didDocument) publish(item []byte) {
	o, err := jose.ParseObject(item)
	if err != nil {
		return
	}
	if name, err := o.Text("id"); err == nil {
		d.methods[d.absolute(name)] = item
	}
}

// absolute resolves a reference that is a fragment alone against the document (DID Core §3.2.2).
func (d *didDocument) absolute(name string) string {
	if strings.HasPrefix(name, "#") {
		return d.id + name
	}
	return name
}

// assert takes up a method for assertions, embedded or named.
func (d *didDocument) assert(index int, item []byte) {
	where := fmt.Sprintf("assertionMethod %d", index)
	if name, err := jose.ParseText(item); err == nil {
		where, item = name, d.methods[d.absolute(name)]
		if item == nil {
			d.refused = append(d.refused, Refusal{where, errors.New("no such verification method")})
			return
		}
	}
	k, err := d.readMethod(item)
	if err != nil {
		d.refused = append(d.refused, Refusal{where, err})
		return
	}
	d.keys = append(d.keys, k)
}

// readMethod reads a method that holds its key as a JWK. Its id, not the kid inside, is the key's name.
func (d *didDocument) readMethod(item []byte) (Key, error) {
	o, err := jose.ParseObject(item)
	if err != nil {
		return Key{}, err
	}
	name, errName := o.Text("id")
	kind, errKind := o.Text("type")
	if err := errors.Join(errName, errKind); err != nil {
		return Key{}, err
	}
	if kind != "JsonWebKey2020" && kind != "JsonWebKey" {
		return Key{}, fmt.Errorf("a method of type %q is not supported", kind)
	}
	name = d.absolute(name)
	if !strings.HasPrefix(name, d.id+"#") {
		return Key{}, fmt.Errorf("the method %q is not of this DID", name)
	}
	if o.Get("publicKeyJwk") == nil {
		return Key{}, errors.New("publicKeyJwk is missing")
	}
	jwk, err := jose.ParseJWK(o.Get("publicKeyJwk"))
	if err != nil {
		return Key{}, err
	}
	k, err := fromJWK(jwk)
	k.ID = name
	return k, err
}
