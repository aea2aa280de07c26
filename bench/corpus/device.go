package corpus

import (
	"fmt"
	"time"

	"vratar/verifier"
	"vratar/verifier/issuing"
)

// audience is whom the corpus's key binding JWTs are made for. A gateway that goes by another name learns
// nothing from them about the holder.
const audience = "https://gate.corpus.example"

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

func (d *device) show(at time.Time, nonce string) ([]byte, error) {
	b := issuing.Binding{Nonce: nonce, IssuedAt: at}
	if len(d.text) > 4 && d.text[:4] == "VR1:" {
		text, err := issuing.VR2(d.key, d.text, b)
		return []byte(text), err
	}
	b.Audience = audience
	text, err := issuing.Bind(d.key, d.text, b)
	return []byte(text), err
}

// Fresh reports whether the item is proven anew each time, so that Present is worth its signature.
func (i *Item) Fresh() bool { return i.device != nil }

// Present is what the holder shows at a moment, and what must be answered to it then. For most items that is
// always the same.
func (i *Item) Present(at time.Time) ([]byte, verifier.Reason, error) {
	if i.device == nil {
		return i.Payload, i.Expect, nil
	}
	payload, err := i.device.show(at, fmt.Sprintf("%s@%x", i.Name, at.UnixNano()))
	return payload, i.device.expect, err
}

// live is a credential of which a picture was taken on the day it was issued.
func (d *device) live(o order) (shown, error) {
	d.expect = expected[o.kind]
	payload, err := d.show(o.issued, fmt.Sprintf("%d", o.n))
	return shown{payload, d}, err
}
