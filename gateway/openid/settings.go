package openid

import (
	"crypto"
	"errors"
	"net"
	"net/url"
	"time"
)

// By what an account may be found beside its link to a subject.
const (
	ByINN   = "inn"
	BySNILS = "snils"
	ByPhone = "phone"
	ByEmail = "email"
)

// Settings are one provider as an operator describes it.
type Settings struct {
	ID     string
	Name   string // for the button
	Issuer string // exactly as the provider spells it; see CheckIssuer

	ClientID     string
	ClientSecret string        // empty: none
	ClientKey    crypto.Signer // signs assertions instead (RFC 7523): *rsa.PrivateKey, *ecdsa.PrivateKey on P-256, ed25519.PrivateKey; nil: none
	ClientKeyID  string        // under which the provider knows it; empty: not said

	Scopes []string // "openid" among them, but for ЕСИА
	Find   []string // of ByINN, BySNILS, ByPhone, ByEmail; empty: links alone

	INNClaim, SNILSClaim, TrustedClaim string // how the provider spells them

	Confirms bool // its word that it knows somebody in person confirms his account here

	ESIA *ESIA // nil: OpenID Connect
}

// ESIA is what ЕСИА has of its own.
type ESIA struct {
	AuthorizePath, TokenPath, PersonsPath, SignOutPath string // behind the issuer

	// SecretFields are what client_secret is a signature of, in this order, with nothing between: before the browser is
	// sent away, and with TokenSecretFields when the code is traded. See SecretFields.
	SecretFields, TokenSecretFields []string

	CertificateHash string // client_certificate_hash; empty: not sent
	Signer          Signer

	TokenKey      crypto.PublicKey // *rsa.PublicKey or *gost.PublicKey, under which access tokens are signed
	TokenIssuer   string           // iss of access tokens; empty: not asked for
	Organisations bool             // asks of which organisations somebody is the head
}

// SecretFields are all fields that client_secret can be a signature of; there is no code before it is traded.
func SecretFields() []string {
	return []string{"scope", "timestamp", "client_id", "state", "redirect_uri", "code"}
}

// CheckIssuer says what is wrong with an issuer: who sits on the wire must not be able to sign people in.
func CheckIssuer(issuer string) error {
	u, err := url.Parse(issuer)
	if err != nil || u.Host == "" || u.RawQuery != "" || u.Fragment != "" || u.User != nil {
		return errors.New("want an address such as https://login.example.kz")
	}
	if !safeAddress(u) {
		return errors.New("want https, or http on this machine")
	}
	return nil
}

func safeAddress(u *url.URL) bool {
	local := u.Hostname() == "localhost" || net.ParseIP(u.Hostname()).IsLoopback()
	return u.Host != "" && (u.Scheme == "https" || (u.Scheme == "http" && local))
}

// maxAhead is how far a provider's clock may be ahead of ours; maxAge, how old what it says at this moment may be.
const (
	maxAhead = 2 * time.Minute
	maxAge   = 10 * time.Minute
)
