package demo

import (
	"bytes"
	"crypto/rand"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"time"

	"vratar/verifier"
	"vratar/verifier/issuing"
)

// Sample is a code to try the gateway with.
type Sample struct {
	Name      string `json:"name"`
	Format    string `json:"format"`
	Symbology string `json:"symbology"` // qr, aztec or datamatrix
	Title     Text   `json:"title"`
	Expect    string `json:"expect"`         // reason that /v1/verify gives; "ok" for a valid one
	Gate      string `json:"gate,omitempty"` // reason that a gate gives where it is another
	Note      Text   `json:"note"`

	Payload string `json:"payload"`               // the code's text; of several parts together; empty beside Binary
	Binary  []byte `json:"payload_b64,omitempty"` // where the code holds bytes and no text
	// Parts are the texts of several codes that are one credential together; nil: it is one code.
	Parts []string `json:"parts,omitempty"`
	// FreshFor is how many seconds the payload counts from when it was asked for; 0: it does not go stale.
	FreshFor int     `json:"fresh_s,omitempty"`
	Holder   *Holder `json:"holder,omitempty"`

	// present makes the payload of a moment; nil: it stays as it is.
	present func(now time.Time) (string, error)
}

// Holder is what a page needs to show a live code like its holder's phone.
type Holder struct {
	Credential string          `json:"credential"` // text of the VR1 code
	Key        json.RawMessage `json:"jwk"`        // private key that the credential is bound to
}

// Text is something for people, in the languages of the page.
type Text struct {
	RU string `json:"ru"`
	KK string `json:"kk"`
	EN string `json:"en"`
}

// refresh presents a sample that goes stale.
func (s *Sample) refresh(now time.Time) (err error) {
	if s.present != nil {
		s.Payload, err = s.present(now)
	}
	return err
}

// goesStale makes the sample one that is presented anew each time.
func (s *Sample) goesStale(present func(time.Time) (string, error)) {
	s.present, s.FreshFor = present, int(verifier.DefaultProofAge/time.Second)
}

// maker fills in a sample's payload.
type maker func(s *Sample) error

// text makes a sample that is one text and lasts.
func text(make func() (string, error)) maker {
	return func(s *Sample) (err error) {
		s.Payload, err = make()
		return err
	}
}

// fixed is a text that nobody issued.
func fixed(payload string) maker {
	return text(func() (string, error) { return payload, nil })
}

// issue makes the documents of this start.
func (w *World) issue(o Options) error {
	makers := w.documents(o.Now)
	for _, more := range []map[string]maker{w.foreign(o.Now), notices()} {
		maps.Copy(makers, more)
	}
	if err := w.addPhone(makers, o.Now); err != nil {
		return err
	}
	w.samples = catalogue()
	for i := range w.samples {
		s := &w.samples[i]
		if s.Symbology == "" {
			s.Symbology = "qr"
		}
		err := makers[s.Name](s)
		if err == nil {
			err = s.refresh(o.Now)
		}
		if err != nil {
			return fmt.Errorf("sample %s: %w", s.Name, err)
		}
	}
	return nil
}

// documents are the samples in our own format.
func (w *World) documents(now time.Time) map[string]maker {
	issue := func(d issuing.Document) maker {
		return text(func() (string, error) { return issuing.VR1(w.keys[issuerKey], d) })
	}
	expired, revoked, unknown := student(now.AddDate(-1, 0, -1)), student(now), student(now)
	expired.Status = nil
	revoked.Status.Index = statusRevoked
	unknown.Status.URI = absentStatusURI
	return map[string]maker{
		"student": issue(student(now)), "ticket": issue(ticket(now)), "age": issue(age(now)),
		"expired": issue(expired), "revoked": issue(revoked), "status_unknown": issue(unknown),
		"forged":         text(func() (string, error) { return w.forge(student(now)) }),
		"unknown_issuer": text(func() (string, error) { return selfMade(student(now)) }),
	}
}

// addPhone adds what a phone shows: a ticket with a live code, and a picture of it an hour later. The phone's key is
// a new one for each ticket, since a proof names none.
func (w *World) addPhone(makers map[string]maker, now time.Time) error {
	phone, err := issuing.NewKey(verifier.ES256, rand.Reader)
	if err != nil {
		return err
	}
	private, err := phone.MarshalPrivate()
	if err != nil {
		return err
	}
	d := ticket(now)
	d.Number, d.Holder = "T-000777", phone.Public()
	credential, err := issuing.VR1(w.keys[issuerKey], d)
	if err != nil {
		return err
	}
	show := func(now time.Time) (string, error) {
		return issuing.VR2(phone, credential, issuing.Binding{IssuedAt: now})
	}
	makers["live"] = func(s *Sample) error {
		s.Holder = &Holder{credential, private}
		s.goesStale(show)
		return nil
	}
	makers["screenshot"] = text(func() (string, error) { return show(now.Add(-time.Hour)) })
	return nil
}

const holder = "Aigerim Omarova"

// absentStatusURI names a list that the demo does not hold, as when an issuer's list could not be fetched.
const absentStatusURI = statusURI + "/absent"

func student(issued time.Time) issuing.Document {
	return issuing.Document{
		Issuer: issuerID, Type: "student", Number: "S-2026-0417", Name: holder, BirthDate: "2006-05-14",
		Fields:   map[string]any{"faculty": "Mathematics", "course": 3},
		IssuedAt: issued, ExpiresAt: issued.AddDate(1, 0, 0),
		Status: &verifier.StatusRef{URI: statusURI, Index: statusStudent},
	}
}

func ticket(issued time.Time) issuing.Document {
	return issuing.Document{
		Issuer: issuerID, Type: "ticket", Number: "T-000128",
		Fields:   map[string]any{"event": "Vratar demo", "sector": "A", "row": 7, "seat": 21},
		IssuedAt: issued, ExpiresAt: issued.AddDate(1, 0, 0),
		Status: &verifier.StatusRef{URI: statusURI, Index: statusTicket},
	}
}

// age says one thing about its holder.
func age(issued time.Time) issuing.Document {
	return issuing.Document{
		Issuer: issuerID, Type: "age", Fields: map[string]any{"age_over_18": true},
		IssuedAt: issued, ExpiresAt: issued.AddDate(1, 0, 0),
		Status: &verifier.StatusRef{URI: statusURI, Index: statusAge},
	}
}

// forge changes one letter of the holder's name after signing.
func (w *World) forge(d issuing.Document) (string, error) {
	claims, err := d.Claims()
	if err != nil {
		return "", err
	}
	k := w.keys[issuerKey]
	message, err := k.Sign1(issuing.Message{KeyID: []byte(k.ID), Payload: claims})
	if err != nil {
		return "", err
	}
	at := bytes.Index(message, []byte(holder))
	if at < 0 {
		return "", errors.New("the name is not in the document")
	}
	message[at+1] = 'y' // Aygerim
	return issuing.ArmourVR1(message), nil
}

// selfMade is signed with a key that is on no list.
func selfMade(d issuing.Document) (string, error) {
	key, err := issuing.NewKey(verifier.ES256, rand.Reader)
	if err != nil {
		return "", err
	}
	d.Issuer, d.Status = "self-made", nil
	return issuing.VR1(key, d)
}
