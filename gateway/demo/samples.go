package demo

import (
	"bytes"
	"crypto/rand"
	"errors"
	"time"

	"vratar/verifier"
	"vratar/verifier/issuing"
)

// Sample is a code to try the gateway with.
type Sample struct {
	Name    string `json:"name"`
	Title   Text   `json:"title"`
	Payload string `json:"payload"`
	Expect  string `json:"expect"` // reason that /v1/verify gives; "ok" for a valid one
	Note    Text   `json:"note"`
}

// Text is something for people, in the languages of the page.
type Text struct {
	RU string `json:"ru"`
	KK string `json:"kk"`
	EN string `json:"en"`
}

// issue makes the documents of this start.
func (w *World) issue(o Options) error {
	now := o.Now
	recipes := map[string]func() (string, error){
		"student": func() (string, error) { return issuing.VR1(w.issuer, student(now)) },
		"ticket":  func() (string, error) { return issuing.VR1(w.issuer, ticket(now)) },
		"age":     func() (string, error) { return issuing.VR1(w.issuer, age(now)) },
		"eu":      func() (string, error) { return issuing.HCERT(w.euSigner, vaccination(now)) },
		"expired": func() (string, error) {
			d := student(now.AddDate(-1, 0, -1))
			d.Status = nil
			return issuing.VR1(w.issuer, d)
		},
		"revoked": func() (string, error) {
			d := student(now)
			d.Status.Index = statusRevoked
			return issuing.VR1(w.issuer, d)
		},
		"status_unknown": func() (string, error) {
			d := student(now)
			d.Status.URI = absentStatusURI
			return issuing.VR1(w.issuer, d)
		},
		"forged":         func() (string, error) { return w.forge(student(now)) },
		"unknown_issuer": func() (string, error) { return selfMade(student(now)) },
		"payment":        func() (string, error) { return paymentSlip, nil },
		"sbp":            func() (string, error) { return sbpLink, nil },
	}
	w.samples = catalogue()
	for i := range w.samples {
		s := &w.samples[i]
		var err error
		if s.Payload, err = recipes[s.Name](); err != nil {
			return err
		}
	}
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

func vaccination(issued time.Time) issuing.HealthCertificate {
	return issuing.HealthCertificate{
		Type: "vaccination", ID: "URN:UVCI:01:AT:DEMO" + rand.Text() + "#1", Country: euCountry,
		Surname: "Mustermann", Forename: "Gabriele", BirthDate: "1998-02-26",
		Date: issued.AddDate(0, -1, 0), IssuedAt: issued, ExpiresAt: issued.AddDate(1, 0, 0),
	}
}

// forge changes one letter of the holder's name after signing.
func (w *World) forge(d issuing.Document) (string, error) {
	claims, err := d.Claims()
	if err != nil {
		return "", err
	}
	message, err := w.issuer.Sign1(issuing.Message{KeyID: []byte(w.issuer.ID), Payload: claims})
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

// Codes that a camera at a gate meets and that are not credentials: a payment order (GOST R 56042-2014) and a
// link of the Faster Payments System.
const (
	paymentSlip = "ST00012|Name=Demo Arena LLP|PersonalAcc=40702810138250123017|BankName=Demo Bank|BIC=044525225|" +
		"CorrespAcc=30101810400000000225|Sum=150000|Purpose=Ticket T-000128"
	sbpLink = "https://qr.nspk.ru/AS10003P3RH0LJ2A9ROO038L6NT5RU1M?type=01&bank=000000000001&sum=10000&cur=RUB&crc=F3D0"
)
