package trust

import (
	"fmt"

	"vratar/verifier"
	"vratar/verifier/jose"
)

// dscList gathers the document signers of the EU DCC: one entry for each country and organisation.
type dscList struct {
	src     Source
	entries map[verifier.Issuer]int // index in src.Entries
}

func newDSCList() *dscList {
	return &dscList{src: Source{Kind: KindEUDCC}, entries: make(map[verifier.Issuer]int)}
}

// loadDSCArray reads the shape the EU gateway hands out: an array of {kid, country, certificateType,
// rawData}, rawData being base64 of the certificate.
func loadDSCArray(text []byte) (Source, error) {
	items, err := jose.ParseArray(text)
	if err != nil {
		return Source{}, err
	}
	l := newDSCList()
	for i, item := range items {
		l.add(fmt.Sprintf("certificate %d", i), "", item)
	}
	return l.src, nil
}

// loadDSCCountries reads a map from country to either such an array or a key set {"keys": […]} with x5c, the
// shape of the Swedish list (DSC-TL 1.0 §2.2).
func loadDSCCountries(countries jose.Object) (Source, error) {
	l := newDSCList()
	for _, m := range countries {
		if !isCountry(m.Name) {
			return Source{}, fmt.Errorf("%q is not a country code", m.Name)
		}
		items, err := jose.ParseArray(m.Value)
		if err != nil {
			set, errSet := jose.ParseObject(m.Value)
			if errSet != nil {
				return Source{}, fmt.Errorf("%s: neither an array nor a key set", m.Name)
			}
			if items, err = set.Array("keys"); err != nil {
				return Source{}, fmt.Errorf("%s: %w", m.Name, err)
			}
		}
		for i, item := range items {
			l.add(fmt.Sprintf("%s certificate %d", m.Name, i), m.Name, item)
		}
	}
	return l.src, nil
}

// add reads one certificate. A fault leaves out that one only: the list is another's, and one country's
// mistake must not close the gate to all.
func (l *dscList) add(where, country string, text []byte) {
	k, country, err := readDSC(country, text)
	if err != nil {
		l.src.Refused = append(l.src.Refused, Refusal{where, err})
		return
	}
	issuer := verifier.Issuer{ID: country, Country: country, Name: country}
	if k.Certificate != nil {
		if name, _ := describe(k.Certificate); name != "" {
			issuer.Name = name
		}
	}
	i, known := l.entries[issuer]
	if !known {
		i = len(l.src.Entries)
		l.entries[issuer] = i
		l.src.Entries = append(l.src.Entries, Entry{Issuer: issuer, Formats: []string{"hcert"}, ByKeyID: true})
	}
	l.src.Entries[i].Keys = append(l.src.Entries[i].Keys, k)
}

func readDSC(country string, text []byte) (Key, string, error) {
	o, err := jose.ParseObject(text)
	if err != nil {
		return Key{}, "", err
	}
	if country == "" {
		if country, err = o.Text("country"); err != nil {
			return Key{}, "", err
		}
	}
	// The gateway hands out CSCA, UPLOAD and AUTHENTICATION certificates in the same shape; only document
	// signers may sign certificates of people.
	purpose, err := o.Text("certificateType")
	if err != nil {
		return Key{}, "", err
	}
	if purpose != "" && purpose != "DSC" {
		return Key{}, "", fmt.Errorf("a certificate of type %s signs no documents", purpose)
	}
	k, err := readDSCKey(o, text)
	if err != nil {
		return Key{}, "", err
	}
	if country == "" && k.Certificate != nil {
		_, country = describe(k.Certificate)
	}
	if !isCountry(country) {
		return Key{}, "", fmt.Errorf("country %q is not an ISO 3166-1 alpha-2 code", country)
	}
	return k, country, nil
}

// readDSCKey keeps the kid of the list beside the one computed from the certificate: some countries chose
// their own.
func readDSCKey(o jose.Object, text []byte) (Key, error) {
	if o.Get("kty") != nil {
		k, err := jose.ParseJWK(text)
		if err != nil {
			return Key{}, err
		}
		return fromJWK(k)
	}
	der, err := o.Text("rawData")
	if err != nil {
		return Key{}, err
	}
	k, err := fromCertificateText(der)
	if err != nil {
		return Key{}, err
	}
	k.ID, err = o.Text("kid")
	return k, err
}
