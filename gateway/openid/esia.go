package openid

import (
	"context"
	"crypto/rand"
	"encoding/base64"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"time"

	"vratar/verifier/jose"
)

// esia speaks to ЕСИА: OAuth 2.0 with a client_secret that is a signature made for each request, and an access token
// that names the person. It has no discovery and sends no iss.
type esia struct{ *provider }

// timestampLayout is yyyy.MM.dd HH:mm:ss Z.
const timestampLayout = "2006.01.02 15:04:05 -0700"

// signed adds timestamp and client_secret, and what else every request has, to the form of one.
func (e *esia) signed(ctx context.Context, form url.Values, fields []string) error {
	form.Set("client_id", e.ClientID)
	form.Set("scope", strings.Join(e.Scopes, " "))
	form.Set("timestamp", time.Now().Format(timestampLayout))
	if e.ESIA.CertificateHash != "" {
		form.Set("client_certificate_hash", e.ESIA.CertificateHash)
	}
	var data strings.Builder
	for _, name := range fields {
		data.WriteString(form.Get(name))
	}
	signature, err := e.ESIA.Signer.Sign(ctx, []byte(data.String()))
	if err != nil {
		return e.failed(Unreachable, "client_secret", err)
	}
	form.Set("client_secret", base64.RawURLEncoding.EncodeToString(signature))
	return nil
}

func (e *esia) authorize(ctx context.Context, d *dialogue) (string, error) {
	form := url.Values{
		"response_type": {"code"}, "access_type": {"online"}, "redirect_uri": {d.redirect}, "state": {d.state},
		// Whoever knows nothing of PKCE passes over it (RFC 6749 §3.1).
		"code_challenge": {challenge(d.verifier)}, "code_challenge_method": {"S256"},
	}
	if err := e.signed(ctx, form, e.ESIA.SecretFields); err != nil {
		return "", err
	}
	address, err := withQuery(e.at(e.ESIA.AuthorizePath), form)
	if err != nil {
		return "", e.failed(BadAnswer, "authorize_path", err)
	}
	return address, nil
}

// at is an address of the provider.
func (e *esia) at(path string) string { return strings.TrimSuffix(e.Issuer, "/") + path }

func (e *esia) finish(ctx context.Context, d *dialogue, a Answer) (Person, error) {
	switch {
	case a.Issuer != "" && a.Issuer != e.Issuer:
		return Person{}, e.failed(BadAnswer, "iss of the answer", nil)
	case a.Error != "" || a.Code == "":
		return Person{}, e.failed(Cancelled, "authorization", nil)
	}
	token, err := e.trade(ctx, d, a.Code)
	if err != nil {
		return Person{}, err
	}
	person, err := e.readAccessToken(token, time.Now())
	if err != nil {
		return Person{}, e.failed(BadAnswer, "access token", err)
	}
	if err := e.askPerson(ctx, token, &person); err != nil {
		return Person{}, err
	}
	if e.ESIA.Organisations {
		err = e.askRoles(ctx, token, &person)
	}
	return person, err
}

// trade trades the code for an access token.
func (e *esia) trade(ctx context.Context, d *dialogue, code string) (string, error) {
	state := newUUID() // each request has one of its own
	form := url.Values{
		"grant_type": {"authorization_code"}, "token_type": {"Bearer"}, "code": {code}, "redirect_uri": {d.redirect},
		"state": {state}, "code_verifier": {d.verifier},
	}
	if err := e.signed(ctx, form, e.ESIA.TokenSecretFields); err != nil {
		return "", err
	}
	request, err := http.NewRequestWithContext(ctx, http.MethodPost, e.at(e.ESIA.TokenPath), strings.NewReader(form.Encode()))
	if err != nil {
		return "", e.failed(BadAnswer, "token_path", nil)
	}
	request.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	request.Header.Set("Accept", "application/json")
	answer, err := readJSON(e.client.Do(request))
	if err != nil {
		return "", e.asked("token", err)
	}
	if said, err := answer.Text("state"); err != nil || (said != "" && said != state) {
		return "", e.failed(BadAnswer, "token", errors.New("an answer to another request"))
	}
	token, err := answer.Text("access_token")
	if err != nil || token == "" || len(token) > maxToken {
		return "", e.failed(BadAnswer, "token", errors.New("no access token"))
	}
	return token, nil
}

// askPerson asks what ЕСИА knows of the person. Numbers that he only claims himself find nobody.
func (e *esia) askPerson(ctx context.Context, token string, p *Person) error {
	o, err := getJSON(ctx, e.client, e.at(e.ESIA.PersonsPath)+"/"+p.Subject, token)
	if err != nil {
		return e.asked("person", err)
	}
	if p.Confirmed = o.IsTrue("trusted"); !p.Confirmed {
		return nil
	}
	p.INN, p.SNILS = textNumber(o, "inn", 12), textNumber(o, "snils", 11)
	return nil
}

// maxRoles is how many organisations of one person are looked at.
const maxRoles = 200

// askRoles asks of which organisations the person is the head. What else he is there says nothing: for that a mandate
// is needed.
func (e *esia) askRoles(ctx context.Context, token string, p *Person) error {
	if !p.Confirmed {
		return nil
	}
	o, err := getJSON(ctx, e.client, e.at(e.ESIA.PersonsPath)+"/"+p.Subject+"/roles", token)
	if err != nil {
		return e.asked("roles", err)
	}
	elements, err := o.Array("elements")
	if err != nil {
		return e.failed(BadAnswer, "roles", errors.New("elements is not a list"))
	}
	for _, text := range elements[:min(len(elements), maxRoles)] {
		role, err := jose.ParseObject(text)
		if err != nil {
			return e.failed(BadAnswer, "roles", errors.New("an element is not an object"))
		}
		if number := textNumber(role, "ogrn", 13); number != "" && role.IsTrue("chief") {
			p.Heads = append(p.Heads, number)
		}
	}
	return nil
}

func textNumber(o jose.Object, name string, digits int) string {
	s, err := o.Text(name)
	if err != nil {
		return ""
	}
	return numberOf(s, digits)
}

func (e *esia) signOut(_ context.Context, back string) string {
	if e.ESIA.SignOutPath == "" {
		return ""
	}
	address, err := withQuery(e.at(e.ESIA.SignOutPath), url.Values{"client_id": {e.ClientID}, "redirect_url": {back}})
	if err != nil {
		return ""
	}
	return address
}

func (e *esia) logout(context.Context, string) (loggedOut, error) {
	return loggedOut{}, e.failed(BadAnswer, "logout token", errors.New("ЕСИА sends none"))
}

// newUUID is a random UUID (RFC 9562 §5.4).
func newUUID() string {
	var b [16]byte
	_, _ = rand.Read(b[:]) // never fails: the program is stopped instead (crypto/rand)
	b[6], b[8] = b[6]&0x0f|0x40, b[8]&0x3f|0x80
	return fmt.Sprintf("%x-%x-%x-%x-%x", b[:4], b[4:6], b[6:8], b[8:10], b[10:])
}
