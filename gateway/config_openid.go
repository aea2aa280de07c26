package gateway

import (
	"bytes"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"os"
	"slices"
	"time"

	"vratar/gateway/openid"
)

// OpenID is a provider by which people sign in (OpenID Connect, or ЕСИА). It opens accounts that there are and makes none.
type OpenID struct {
	ID   string `toml:"id"`   // [a-z0-9_-], at most 64 characters; part of the address for back-channel logout
	Name string `toml:"name"` // on the button. Default: the id
	// Kind is "openid" (OpenID Connect with discovery) or "esia". Default "openid".
	Kind string `toml:"kind"`
	// Issuer is the provider as it spells itself, e.g. "https://login.example.kz/realms/staff"; for ЕСИА the address before
	// its paths, "https://esia.gosuslugi.ru". Links to accounts belong to it.
	Issuer   string `toml:"issuer"`
	ClientID string `toml:"client_id"`
	// ClientSecretFile holds the client's secret. ClientKeyFile holds a private key (PEM, PKCS #8: RSA, P-256 or Ed25519)
	// that signs assertions instead (private_key_jwt), ClientKeyID its name at the provider. Neither: a public client,
	// which PKCE alone protects. Not for ЕСИА.
	ClientSecretFile string `toml:"client_secret_file"`
	ClientKeyFile    string `toml:"client_key_file"`
	ClientKeyID      string `toml:"client_key_id"`
	// Scopes are what is asked for. Default: "openid" and what Find needs. Ask for no more: it is shown to people.
	Scopes []string `toml:"scopes"`
	// Find is by what an account is found that is not linked to the person yet: "inn", "snils", "phone", "email". It must
	// be the only one that has the value; phone and e-mail count only verified, and what ЕСИА knows of people only when it
	// has confirmed them. Default: none, so that accounts have to be linked, by their owner or an administrator.
	// Whoever the provider lets choose such a value can choose an account: name only what it has checked.
	Find         []string `toml:"find"`
	INNClaim     string   `toml:"inn_claim"`     // the provider's name of the claim. Default "inn"
	SNILSClaim   string   `toml:"snils_claim"`   // Default "snils"
	TrustedClaim string   `toml:"trusted_claim"` // true: the provider knows the person. Default "trusted"
	// Confirms takes the provider's word that it knows the person: such a sign-in confirms the account. Default false.
	Confirms bool `toml:"confirms"`

	ESIA ESIA `toml:"esia"` // for kind "esia" alone
}

// ESIA is what ЕСИА has of its own. The defaults are those of its second version of authorization.
type ESIA struct {
	AuthorizePath string `toml:"authorize_path"` // Default "/aas/oauth2/v2/ac"
	TokenPath     string `toml:"token_path"`     // Default "/aas/oauth2/v3/te"
	PersonsPath   string `toml:"persons_path"`   // Default "/rs/prns"
	SignOutPath   string `toml:"sign_out_path"`  // Default "": no sign-out there; ЕСИА has "/idp/ext/Logout"
	// SecretFields are what client_secret is a signature of, in this order: "scope", "timestamp", "client_id", "state",
	// "redirect_uri". Default: the first four. TokenSecretFields, of which "code" may be one, are those of the second
	// request. Default: SecretFields.
	SecretFields      []string `toml:"secret_fields"`
	TokenSecretFields []string `toml:"token_secret_fields"`
	CertificateHash   string   `toml:"certificate_hash"` // client_certificate_hash, hexadecimal, as ЕСИА's own tool prints it
	// KeyFile and CertificateFile sign (PEM, PKCS #8: GOST R 34.10-2012, RSA or P-256). SignCommand does instead: program and
	// arguments, data on its standard input, signed message (PKCS #7, detached) on its standard output.
	KeyFile         string   `toml:"key_file"`
	CertificateFile string   `toml:"certificate_file"`
	SignCommand     []string `toml:"sign_command"`
	SignTimeout     Duration `toml:"sign_timeout"` // Default 10 s
	// TokenKeyFile is the certificate or public key under which ЕСИА signs access tokens (GOST R 34.10-2012 or RSA).
	TokenKeyFile string `toml:"token_key_file"`
	TokenIssuer  string `toml:"token_issuer"` // their iss, e.g. "http://esia.gosuslugi.ru/". Default "": not asked for
	// Organisations asks at each sign-in of which organisations somebody is the head. Default false.
	Organisations bool `toml:"organisations"`
}

const (
	kindOpenID = "openid"
	kindESIA   = "esia"
)

// completeOpenID fills what follows from other members.
func (c *Config) completeOpenID(folder string) {
	c.Access.OpenID = slices.Clone(c.Access.OpenID)
	for i := range c.Access.OpenID {
		o := &c.Access.OpenID[i]
		orElse(&o.Name, o.ID)
		orElse(&o.Kind, kindOpenID)
		orElse(&o.INNClaim, "inn")
		orElse(&o.SNILSClaim, "snils")
		orElse(&o.TrustedClaim, "trusted")
		if len(o.Scopes) == 0 {
			o.Scopes = o.usualScopes()
		}
		for _, p := range []*string{&o.ClientSecretFile, &o.ClientKeyFile, &o.ESIA.KeyFile, &o.ESIA.CertificateFile, &o.ESIA.TokenKeyFile} {
			*p = within(folder, *p)
		}
		if o.Kind == kindESIA {
			o.ESIA.complete()
		}
	}
}

func (o *OpenID) usualScopes() []string {
	scopes := []string{"openid"}
	for _, by := range o.Find {
		if o.Kind == kindESIA || by == openid.ByEmail || by == openid.ByPhone {
			scopes = append(scopes, by)
		}
	}
	if o.ESIA.Organisations {
		scopes = append(scopes, "usr_org")
	}
	return scopes
}

func (e *ESIA) complete() {
	orElse(&e.AuthorizePath, "/aas/oauth2/v2/ac")
	orElse(&e.TokenPath, "/aas/oauth2/v3/te")
	orElse(&e.PersonsPath, "/rs/prns")
	if len(e.SecretFields) == 0 {
		e.SecretFields = []string{"scope", "timestamp", "client_id", "state"}
	}
	if len(e.TokenSecretFields) == 0 {
		e.TokenSecretFields = e.SecretFields
	}
	if e.SignTimeout.Duration == 0 {
		e.SignTimeout = seconds(10)
	}
}

// checkOpenID adds every fault of the providers.
func (c *Config) checkOpenID(f *faults) {
	all := newIDs(f, "access.openid")
	issuers := map[string]string{}
	for i := range c.Access.OpenID {
		o := &c.Access.OpenID[i]
		key := all.add(o.ID)
		if first := issuers[o.Issuer]; first != "" && o.Issuer != "" {
			f.add(key+".issuer", "is that of %q too", first)
		}
		issuers[o.Issuer] = o.ID
		o.check(f, key)
	}
}

func (o *OpenID) check(f *faults, key string) {
	f.oneOf(key+".kind", o.Kind, kindOpenID, kindESIA)
	if err := openid.CheckIssuer(o.Issuer); err != nil {
		f.add(key+".issuer", "%v", err)
	}
	if o.ClientID == "" {
		f.add(key+".client_id", "required")
	}
	if o.ClientSecretFile != "" && o.ClientKeyFile != "" {
		f.add(key+".client_key_file", "contradicts client_secret_file")
	}
	for i, by := range o.Find {
		at := fmt.Sprintf("%s.find[%d]", key, i)
		if o.Kind == kindESIA {
			f.oneOf(at, by, openid.ByINN, openid.BySNILS)
		} else {
			f.oneOf(at, by, openid.ByINN, openid.BySNILS, openid.ByPhone, openid.ByEmail)
		}
	}
	if !slices.Contains(o.Scopes, "openid") {
		f.add(key+".scopes", "want \"openid\" among them")
	}
	if o.Kind == kindESIA {
		o.ESIA.check(f, key+".esia")
		if o.ClientSecretFile != "" || o.ClientKeyFile != "" {
			f.add(key+".client_secret_file", "not for kind \"esia\", which signs each request")
		}
	} else if o.ESIA.named() {
		f.add(key+".esia", "wants kind = \"esia\"")
	}
}

// named reports whether anything that only ЕСИА needs is set.
func (e *ESIA) named() bool {
	return e.KeyFile != "" || e.CertificateFile != "" || len(e.SignCommand) > 0 || e.TokenKeyFile != "" || e.Organisations
}

func (e *ESIA) check(f *faults, key string) {
	for name, path := range map[string]string{
		"authorize_path": e.AuthorizePath, "token_path": e.TokenPath, "persons_path": e.PersonsPath, "sign_out_path": e.SignOutPath,
	} {
		if path != "" && path[0] != '/' {
			f.add(key+"."+name, "want a path that begins with /")
		}
	}
	e.checkFields(f, key)
	switch byKey := e.KeyFile != "" && e.CertificateFile != ""; {
	case len(e.SignCommand) > 0 && (e.KeyFile != "" || e.CertificateFile != ""):
		f.add(key+".sign_command", "contradicts key_file and certificate_file")
	case len(e.SignCommand) == 0 && !byKey:
		f.add(key+".key_file", "key_file and certificate_file are required, or sign_command")
	}
	f.between(key+".sign_timeout", e.SignTimeout, 100*time.Millisecond, time.Minute)
	if e.TokenKeyFile == "" {
		f.add(key+".token_key_file", "required: else anybody could say who signs in")
	}
	if _, err := hex.DecodeString(e.CertificateHash); err != nil {
		f.add(key+".certificate_hash", "want hexadecimal digits")
	}
}

func (e *ESIA) checkFields(f *faults, key string) {
	known := openid.SecretFields()
	for i, name := range e.SecretFields {
		f.oneOf(fmt.Sprintf("%s.secret_fields[%d]", key, i), name, known[:len(known)-1]...)
	}
	for i, name := range e.TokenSecretFields {
		f.oneOf(fmt.Sprintf("%s.token_secret_fields[%d]", key, i), name, known...)
	}
}

// settings reads what a provider's files hold. Errors name the setting.
func (o *OpenID) settings(key string) (openid.Settings, error) {
	s := openid.Settings{
		ID: o.ID, Name: o.Name, Issuer: o.Issuer, ClientID: o.ClientID, ClientKeyID: o.ClientKeyID, Scopes: o.Scopes, Find: o.Find,
		INNClaim: o.INNClaim, SNILSClaim: o.SNILSClaim, TrustedClaim: o.TrustedClaim, Confirms: o.Confirms,
	}
	if o.ClientSecretFile != "" {
		text, err := readSecret(o.ClientSecretFile)
		if err != nil {
			return s, fmt.Errorf("%s.client_secret_file: %w", key, err)
		}
		if s.ClientSecret = string(bytes.TrimSpace(text)); s.ClientSecret == "" {
			return s, fmt.Errorf("%s.client_secret_file: it is empty", key)
		}
	}
	if o.ClientKeyFile != "" {
		text, err := readSecret(o.ClientKeyFile)
		if err == nil {
			s.ClientKey, err = openid.ParseClientKey(text)
		}
		if err != nil {
			return s, fmt.Errorf("%s.client_key_file: %w", key, err)
		}
	}
	if o.Kind != kindESIA {
		return s, nil
	}
	esia, err := o.ESIA.settings(key + ".esia")
	s.ESIA = esia
	return s, err
}

func (e *ESIA) settings(key string) (*openid.ESIA, error) {
	s := &openid.ESIA{
		AuthorizePath: e.AuthorizePath, TokenPath: e.TokenPath, PersonsPath: e.PersonsPath, SignOutPath: e.SignOutPath,
		SecretFields: e.SecretFields, TokenSecretFields: e.TokenSecretFields, CertificateHash: e.CertificateHash,
		TokenIssuer: e.TokenIssuer, Organisations: e.Organisations,
	}
	text, err := readSecret(e.TokenKeyFile)
	if err == nil {
		s.TokenKey, err = openid.ParseTokenKey(text)
	}
	if err != nil {
		return nil, fmt.Errorf("%s.token_key_file: %w", key, err)
	}
	if len(e.SignCommand) > 0 {
		s.Signer = openid.Command{Args: e.SignCommand, Timeout: e.SignTimeout.Duration}
		return s, nil
	}
	private, err := readSecret(e.KeyFile)
	if err != nil {
		return nil, fmt.Errorf("%s.key_file: %w", key, err)
	}
	certificate, err := readSecret(e.CertificateFile)
	if err == nil {
		s.Signer, err = openid.NewKeySigner(private, certificate)
	}
	if err != nil {
		return nil, fmt.Errorf("%s.key_file or certificate_file: %w", key, err)
	}
	return s, nil
}

// readSecret reads a short file.
func readSecret(path string) ([]byte, error) {
	const limit = 64 << 10
	file, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	defer file.Close()
	text, err := io.ReadAll(io.LimitReader(file, limit+1))
	if err == nil && len(text) > limit {
		err = errors.New("it is too large")
	}
	return text, err
}

// openParties knows the providers of the configuration.
func (g *Gateway) openParties() error {
	var all []openid.Settings
	for i := range g.cfg.Access.OpenID {
		s, err := g.cfg.Access.OpenID[i].settings(fmt.Sprintf("access.openid[%d]", i))
		if err != nil {
			return err
		}
		all = append(all, s)
	}
	g.parties, g.partyCookie = openid.New(all), cookieName(partyCookie, g.secureOnly)
	g.openIDCount = g.newOpenIDMetrics(g.registry)
	return nil
}
