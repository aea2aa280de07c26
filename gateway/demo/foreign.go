package demo

import (
	"crypto/rand"
	"encoding/base64"
	"strings"
	"time"

	"vratar/verifier/issuing"
)

// object is a JSON object that is written as it stands.
type object = map[string]any

// foreign are the samples in formats of others, in the order of the verifier's list.
func (w *World) foreign(now time.Time) map[string]maker {
	return map[string]maker{
		"eu":      text(func() (string, error) { return issuing.HCERT(w.keys[euKey], vaccination(now)) }),
		"nz_pass": text(func() (string, error) { return issuing.NZCP(w.keys[passKey], nzPass(now)) }),
		"health_card": text(func() (string, error) {
			return issuing.SHC(w.keys[healthKey], healthCard(now))
		}),
		"health_card_parts":  w.healthCardParts(now),
		"wallet":             w.wallet(now),
		"mobile_age":         text(func() (string, error) { return w.mobileAge(now) }),
		"identity":           text(func() (string, error) { return issuing.Identity169(w.keys[identityKey], identity(now)) }),
		"visa":               w.sealed(visa(now), visaZone),
		"residence":          w.sealed(residence(now), residenceZone),
		"travel_vaccination": text(func() (string, error) { return issuing.VDSNC(w.keys[travelKey], traveller()) }),
		"aadhaar":            text(func() (string, error) { return issuing.AadhaarQR(w.keys[cardKey], card(now)) }),
		"pretix": text(func() (string, error) {
			return issuing.Pretix(w.keys[ticketsKey], issuing.PretixTicket{Seed: rand.Text(), Item: 42, Variation: 7})
		}),
	}
}

func vaccination(issued time.Time) issuing.HealthCertificate {
	return issuing.HealthCertificate{
		Type: "vaccination", ID: "URN:UVCI:01:AT:DEMO" + rand.Text() + "#1", Country: euCountry,
		Surname: "Mustermann", Forename: "Gabriele", BirthDate: "1998-02-26",
		Date: issued.AddDate(0, -1, 0), IssuedAt: issued, ExpiresAt: issued.AddDate(1, 0, 0),
	}
}

func nzPass(issued time.Time) issuing.Pass {
	p := issuing.Pass{
		Issuer: passIssuer, Given: "Jack", Family: "Sparrow", BirthDate: "1960-04-16",
		NotBefore: issued, ExpiresAt: issued.AddDate(1, 0, 0),
	}
	rand.Read(p.ID[:]) // never fails (crypto/rand)
	return p
}

func healthCard(issued time.Time) issuing.HealthCard {
	return issuing.HealthCard{
		Issuer: healthIssuer, Family: "Anyperson", Given: []string{"John", "B."}, BirthDate: "1951-01-20", Vaccine: "207",
		Date: issued.AddDate(0, -1, 0).Format(time.DateOnly), IssuedAt: issued,
	}
}

// healthCardParts spreads a card over codes that are small enough to look at; real ones have up to 1,191 characters.
func (w *World) healthCardParts(now time.Time) maker {
	return func(s *Sample) error {
		c := healthCard(now)
		c.Given = []string{"Jane", "C."}
		claims, err := c.Claims()
		if err != nil {
			return err
		}
		jws, err := issuing.HealthCardJWS(w.keys[healthKey], claims)
		if err != nil {
			return err
		}
		s.Parts = issuing.ArmourSHCParts(jws, (len(jws)+2)/3)
		s.Payload = strings.Join(s.Parts, "\n")
		return nil
	}
}

// wallet is a credential that its holder presents to this gateway and nobody else. Of what the issuer has signed
// it shows the name and keeps the birth date back.
func (w *World) wallet(now time.Time) maker {
	return func(s *Sample) error {
		issued, err := issuing.SDJWT(w.keys[attributesKey], issuing.Selective{
			Issuer: walletIssuer, Type: "urn:demo:membership", ID: rand.Text(), IssuedAt: now, ExpiresAt: now.AddDate(1, 0, 0),
			Holder: w.keys[walletKey],
			Claims: object{
				"given_name": issuing.Hidden{Value: "Aigerim"}, "family_name": issuing.Hidden{Value: "Omarova"},
				"birthdate": issuing.Hidden{Value: "2006-05-14"}, "level": "gold",
			},
		}, rand.Reader)
		if err != nil {
			return err
		}
		shown := issued.Present(issued.Disclosures[1:]...) // sorted by name: all but the birth date
		s.goesStale(func(now time.Time) (string, error) {
			return issuing.Bind(w.keys[walletKey], shown, issuing.Binding{Audience: audience, Nonce: rand.Text(), IssuedAt: now})
		})
		return nil
	}
}

// mobileAge is an age attestation of the European Union's profile, as text. Without a session its device proves
// nothing.
func (w *World) mobileAge(now time.Time) (string, error) {
	const profile = "eu.europa.ec.av.1"
	part, err := issuing.IssuerSigned(w.keys[mobileKey], issuing.MobileDocument{
		Type: profile, Elements: map[string]map[string]any{profile: {"age_over_18": true}}, Device: w.keys[deviceKey],
		SignedAt: now, ValidFrom: now, ValidUntil: now.AddDate(0, 3, 0),
	})
	return base64.RawURLEncoding.EncodeToString(part), err
}

// identity is what a national identity system says of a person (labels of the Claim 169 table).
func identity(issued time.Time) issuing.Identity {
	const (
		id, language, fullName, birthDate, gender, nationality = 1, 3, 4, 8, 9, 13
		female                                                 = 2
	)
	return issuing.Identity{
		Issuer: identityIssuer, IssuedAt: issued, NotBefore: issued, ExpiresAt: issued.AddDate(1, 0, 0),
		Entries: map[int64]any{
			id: "6041 7253 81", language: "eng", fullName: holder, birthDate: "20060514", gender: female, nationality: "KZ",
		},
	}
}

// Machine-readable zones, with their check digits (Doc 9303-6, 9303-7).
const (
	visaZone = "VCUTOOMAROVA<<AIGERIM<<<<<<<<<<<<<<<<<<<<<<<" +
		"N123456785KAZ0605140F3012316<<<<<<<<<<<<<<<<"
	residenceZone = "ARUTOOMAROVA<<AIGERIM<<<<<<<<<<<<<<<" +
		"RP00417268KAZ0605140F3012316<<<<<<<2"
)

func visa(issued time.Time) issuing.Seal {
	s := seal(issued, 0x5d, 0x01)
	s.Messages = []issuing.SealMessage{{Tag: 1}, {Tag: 3, Value: []byte{1}}}
	return s
}

func residence(issued time.Time) issuing.Seal {
	s := seal(issued, 0xfb, 0x06)
	s.Messages = []issuing.SealMessage{{Tag: 2}}
	return s
}

func seal(issued time.Time, feature, kind byte) issuing.Seal {
	return issuing.Seal{
		Country: travelState, Signer: sealSigner, Reference: sealReference, IssuedOn: issued, SignedOn: issued,
		Feature: feature, Kind: kind,
	}
}

// sealed issues a seal whose first message is a machine-readable zone. A seal is bytes, not text.
func (w *World) sealed(s issuing.Seal, zone string) maker {
	return func(to *Sample) (err error) {
		if s.Messages[0].Value, err = issuing.AppendC40(nil, zone); err != nil {
			return err
		}
		to.Binary, err = issuing.VDS(w.keys[sealKey], s)
		return err
	}
}

// traveller is a proof of vaccination for border control.
func traveller() issuing.SealNC {
	return issuing.SealNC{Type: "icao.vacc", Issuer: travelState, Message: object{
		"uvci": rand.Text()[:12], "pid": object{"n": "OMAROVA AIGERIM", "dob": "2006-05-14", "i": "N12345678", "sex": "F"},
		"ve": []object{{"des": "XM68M6", "dis": "RA01.0", "nam": "Comirnaty", "vd": []object{
			{"dvc": "2025-09-03", "seq": 1, "ctr": travelState, "adm": "Demo clinic", "lot": "BC12"},
		}}},
	}}
}

// card has the least that the format allows for a photo: the mark where one begins.
func card(issued time.Time) issuing.Aadhaar {
	return issuing.Aadhaar{
		Version: "V2", Last4: "2697", MadeAt: issued, Name: "Asha Sharma", BirthDate: "14-05-1984", Gender: "F",
		Address: [11]string{2: "Near Park", 3: "12", 1: "Pune", 5: "411001", 7: "Maharashtra", 10: "Pune"}, Mobile4: "4321",
		Photo: []byte{0xff, 0x4f, 0xff, 0x51},
	}
}
