package openid

import (
	"context"
	"errors"
	"strings"

	"vratar/verifier/jose"
)

// personOf takes from claims who they name. Nobody is looked for by a name, nor by an address that is not verified.
func (c *connect) personOf(claims jose.Object) (Person, error) {
	p := Person{}
	var err error
	if p.Subject, err = claims.Text("sub"); err != nil || p.Subject == "" || len(p.Subject) > 255 {
		return Person{}, errors.New("sub is missing or too long")
	}
	if p.Session, err = claims.Text("sid"); err != nil || len(p.Session) > 255 {
		return Person{}, errors.New("sid is not a text, or too long")
	}
	c.contacts(&p, claims)
	return p, nil
}

// contacts fills what is empty. An address and the word that it is verified count only when they stand together.
func (c *connect) contacts(p *Person, claims jose.Object) {
	text := func(name string) string {
		s, err := claims.Text(name)
		if err != nil || len(s) > 254 {
			return ""
		}
		return s
	}
	fill := func(at *string, value string) {
		if *at == "" {
			*at = value
		}
	}
	fill(&p.INN, numberOf(text(c.INNClaim), 12))
	fill(&p.SNILS, numberOf(text(c.SNILSClaim), 11))
	if claims.IsTrue("email_verified") {
		fill(&p.Email, text("email"))
	}
	if claims.IsTrue("phone_number_verified") {
		fill(&p.Phone, phoneOf(text("phone_number")))
	}
	p.Confirmed = p.Confirmed || claims.IsTrue(c.TrustedClaim)
}

// complete asks the provider's UserInfo for what the ID token did not say, where that matters.
func (c *connect) complete(ctx context.Context, m *metadata, token string, p Person) (Person, error) {
	if m.UserInfo == "" || c.enough(&p) {
		return p, nil
	}
	claims, err := getJSON(ctx, c.client, m.UserInfo, token)
	if err != nil {
		return Person{}, c.asked("UserInfo", err)
	}
	if sub, err := claims.Text("sub"); err != nil || sub != p.Subject { // OpenID Connect Core §5.3.2
		return Person{}, c.failed(BadAnswer, "UserInfo", errors.New("it is about somebody else"))
	}
	c.contacts(&p, claims)
	return p, nil
}

// enough reports whether everything that is looked for is known.
func (c *connect) enough(p *Person) bool {
	known := map[string]string{ByINN: p.INN, BySNILS: p.SNILS, ByPhone: p.Phone, ByEmail: p.Email}
	for _, by := range c.Find {
		if known[by] == "" {
			return false
		}
	}
	return p.Confirmed || !c.Confirms
}

// numberOf is a number without what people put between its digits, empty when it has another number of them.
func numberOf(s string, digits int) string {
	s = strings.NewReplacer("-", "", " ", "").Replace(s)
	if len(s) != digits || strings.Trim(s, "0123456789") != "" {
		return ""
	}
	return s
}

// phoneOf is an international number as + and digits, empty for anything else.
func phoneOf(s string) string {
	s = strings.NewReplacer("-", "", " ", "", "(", "", ")", "", ".", "").Replace(s)
	digits, plus := strings.CutPrefix(s, "+")
	if !plus || len(digits) < 8 || len(digits) > 15 || strings.Trim(digits, "0123456789") != "" {
		return ""
	}
	return s
}
