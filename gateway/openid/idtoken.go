package openid

import (
	"context"
	"errors"
	"time"

	"github.com/coreos/go-oidc/v3/oidc"

	"vratar/verifier/jose"
)

// algorithms are those by which a provider may sign. A shared secret is none of them: who verifies with it can sign.
var algorithms = []string{
	oidc.RS256, oidc.RS384, oidc.RS512, oidc.PS256, oidc.PS384, oidc.PS512, oidc.ES256, oidc.ES384, oidc.ES512, oidc.EdDSA,
}

func (c *connect) verifier(m *metadata) *oidc.IDTokenVerifier {
	return oidc.NewVerifier(c.Issuer, m.keys, &oidc.Config{ClientID: c.ClientID, SupportedSigningAlgs: algorithms})
}

// expected is what an ID token must fit beside its own claims.
type expected struct{ nonce, accessToken string }

// readIDToken verifies an ID token (OpenID Connect Core §3.1.3.7) and takes from it who it names. Errors quote claims of
// the token that are about no person.
func (c *connect) readIDToken(ctx context.Context, m *metadata, raw string, e expected) (Person, error) {
	if len(raw) > maxToken {
		return Person{}, errToken
	}
	token, err := c.verifier(m).Verify(ctx, raw)
	switch {
	case errors.Is(err, errKeys):
		return Person{}, errKeys
	case err != nil:
		return Person{}, verifyError(err)
	case token.Nonce != e.nonce:
		return Person{}, errors.New("nonce of another sign-in")
	case token.AccessTokenHash != "" && token.VerifyAccessToken(e.accessToken) != nil:
		return Person{}, errors.New("at_hash of another access token")
	}
	claims, err := payloadOf(raw)
	if err != nil {
		return Person{}, err
	}
	if err := checkToken(claims, c.ClientID, time.Now()); err != nil {
		return Person{}, err
	}
	return c.personOf(claims)
}

// verifyError keeps what the library says apart: its words may quote a whole token.
func verifyError(err error) error {
	var expired *oidc.TokenExpiredError
	switch {
	case errors.As(err, &expired):
		return errors.New("expired")
	case errors.Is(err, errSignature), errors.Is(err, errToken):
		return errSignature
	}
	return errors.New("algorithm, issuer or audience is not as expected")
}

// payloadOf reads the claims of a token that was verified. A member that occurs twice is refused: the library would take
// the last one, and somebody else the first.
func payloadOf(raw string) (jose.Object, error) {
	t, err := jose.ParseCompact([]byte(raw))
	if err != nil {
		return nil, errToken
	}
	claims, err := jose.ParseObject(t.Payload)
	if err != nil {
		return nil, errors.New("claims are not one JSON object")
	}
	return claims, nil
}

// checkToken checks what the library leaves to us: for whom a token was made (azp) and when.
func checkToken(claims jose.Object, client string, now time.Time) error {
	issued, err := claims.Time("iat")
	if err != nil || issued.IsZero() || issued.After(now.Add(maxAhead)) || issued.Before(now.Add(-maxAge)) {
		return errors.New("iat is missing, too old or ahead")
	}
	party, err := claims.Text("azp")
	if err != nil || (party != "" && party != client) {
		return errors.New("azp is somebody else")
	}
	if audience, err := claims.Array("aud"); err == nil && len(audience) > 1 && party != client {
		return errors.New("several audiences without azp")
	}
	return nil
}
