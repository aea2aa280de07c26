package corpus

import (
	"fmt"
	"time"

	"vratar/verifier"
	"vratar/verifier/issuing"
)

// somebody is whom pictures of key binding JWTs were made for, unless it is said.
const somebody = "https://somebody.corpus.example"

// device is the phone that holds a credential's key and proves it anew whenever it is shown.
type device struct {
	key    *issuing.Key
	text   string          // a VR1 code, or an SD-JWT with its disclosures
	expect verifier.Reason // of a presentation that is fresh
}

func (o order) newDevice() (*device, error) {
	k, err := issuing.NewKey(verifier.ES256, o)
	return &device{key: k}, err
}

// show leaves the audience out of a VR2 code, which is for whoever reads it.
func (d *device) show(b issuing.Binding) ([]byte, error) {
	if len(d.text) > 4 && d.text[:4] == "VR1:" {
		b.Audience = ""
		text, err := issuing.VR2(d.key, d.text, b)
		return []byte(text), err
	}
	text, err := issuing.Bind(d.key, d.text, b)
	return []byte(text), err
}

// Fresh reports whether the item is proven anew each time, so that Present is worth its signature.
func (i *Item) Fresh() bool { return i.device != nil }

// Present is what the holder shows at a moment to a gateway that goes by the name of audience, and what must be
// answered to it then. For most items that is always the same.
func (i *Item) Present(at time.Time, audience string) ([]byte, verifier.Reason, error) {
	if i.device == nil {
		return i.Payload, i.Expect, nil
	}
	payload, err := i.device.show(issuing.Binding{Nonce: fmt.Sprintf("%s@%x", i.Name, at.UnixNano()), Audience: audience, IssuedAt: at})
	return payload, i.device.expect, err
}

// live is a credential of which a picture was taken on the day it was issued.
func (d *device) live(o order) (shown, error) {
	d.expect = expected[o.kind]
	payload, err := d.show(issuing.Binding{Nonce: fmt.Sprintf("%d", o.n), Audience: o.reader, IssuedAt: o.issued})
	return shown{payload: payload, device: d}, err
}
