package pki

// Identity is who a certificate says its holder is. Numbers are digits only and never checked for their check digits;
// what is not in the certificate, or has another number of digits, is empty.
type Identity struct {
	CommonName   string
	Organization string // its name
	Surname      string
	GivenName    string // first name and patronymic
	Title        string // position
	Country      string

	INN    string // of the person, 12 digits
	OrgINN string // of the organisation, 10 digits, also where the certificate writes it as 12 with two leading zeros
	OGRN   string // of the organisation, 13 digits
	OGRNIP string // of the sole trader, 15 digits
	SNILS  string // of the person, 11 digits
}
