package corpus

import (
	"fmt"
	"math/rand/v2"

	"vratar/verifier"
	"vratar/verifier/issuing"
)

// Document is the recipe of our own credential, VR1.
const Document = "document"

var allKinds = []Kind{Genuine, Expired, Revoked, Forged, UnknownIssuer}

// ticket is the content of an order.
func (o order) ticket(status string) issuing.Document {
	id := make([]byte, 16)
	_, _ = o.Read(id)
	return issuing.Document{
		ID: id, Issuer: whose(o.kind, issuerID, strangerID), Type: "ticket", Number: fmt.Sprintf("T-%08d", o.n),
		Fields: map[string]any{"event": "Corpus cup", "sector": string(rune('A' + o.IntN(20))), "seat": o.IntN(400)},
		Name:   o.name(), IssuedAt: o.issued, ExpiresAt: o.expires, Status: o.status(status),
	}
}

func documents(w workshop) (recipe, error) {
	keys, err := w.pair(verifier.ES256)
	if err != nil {
		return recipe{}, err
	}
	lists, err := statusList(keys.honest, Document)
	return recipe{
		format: Document, kinds: allKinds, issuers: trusted(issuerID, Document, keys.honest), lists: lists,
		make: func(o order) (shown, error) { return text(issuing.VR1(keys.by(o.kind), o.ticket(Document))) },
	}, err
}

// presentedDocuments are VR1 credentials bound to a holder's key, shown as VR2.
func presentedDocuments(w workshop) (recipe, error) {
	keys, err := w.pair(verifier.ES256)
	if err != nil {
		return recipe{}, err
	}
	lists, err := statusList(keys.honest, "vr2")
	return recipe{
		format: Document, kinds: allKinds, issuers: trusted(issuerID, Document, keys.honest), lists: lists,
		make: func(o order) (shown, error) {
			d := o.ticket("vr2")
			phone, err := o.newDevice()
			if err != nil {
				return shown{}, err
			}
			d.Holder = phone.key.Public()
			if phone.text, err = issuing.VR1(keys.by(o.kind), d); err != nil {
				return shown{}, err
			}
			return phone.live(o)
		},
	}, err
}

// coldIssuers is how many issuers share the cold documents, so that none of their keys is ever hot.
const coldIssuers = 256

// coldDocuments are of many issuers, each with one key.
func coldDocuments(w workshop) (recipe, error) {
	r := recipe{format: Document, kinds: []Kind{Genuine, Expired}}
	keys := make([]*issuing.Key, coldIssuers)
	ids := make([]string, coldIssuers)
	for i := range keys {
		var err error
		if keys[i], err = issuing.NewKey(verifier.ES256, w.random); err != nil {
			return r, err
		}
		ids[i] = fmt.Sprintf("https://issuer-%03d.corpus.example", i)
		r.issuers = append(r.issuers, trusted(ids[i], Document, keys[i])...)
	}
	r.make = func(o order) (shown, error) {
		d, i := o.ticket(""), rand.New(rand.NewPCG(w.seed, uint64(o.n))).IntN(coldIssuers)
		d.Issuer, d.Status = ids[i], nil
		return text(issuing.VR1(keys[i], d))
	}
	return r, nil
}
