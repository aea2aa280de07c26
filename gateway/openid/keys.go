package openid

import (
	"context"
	"crypto"
	"errors"
	"io"
	"net/http"
	"sync"
	"time"

	"github.com/coreos/go-oidc/v3/oidc"

	"vratar/verifier/jose"
)

// How often a provider's keys are asked for: a key that we do not know is looked for at once, but not because somebody
// shows us one forged token after another.
const (
	keysLife = time.Hour
	keysWait = 10 * time.Second
)

var (
	errKeys      = errors.New("the keys of the provider cannot be had")
	errToken     = errors.New("not a signed token")
	errSignature = errors.New("not signed by the provider")
)

// keySet is a provider's public keys (RFC 7517). It implements oidc.KeySet; the library's own asks the provider for
// every token with an unknown key, whoever shows it.
type keySet struct {
	address string
	client  *http.Client

	mu    sync.Mutex // held while the provider is asked: who comes meanwhile wants the same answer
	keys  []jose.JWK
	at    time.Time // of the keys
	tried time.Time
}

// VerifySignature implements oidc.KeySet. Which algorithms are allowed, the caller has checked.
func (k *keySet) VerifySignature(ctx context.Context, token string) ([]byte, error) {
	if len(token) > maxToken {
		return nil, errToken
	}
	t, err := jose.ParseCompact([]byte(token))
	if err != nil {
		return nil, errToken
	}
	for _, renew := range [...]bool{false, true} {
		keys, err := k.candidates(ctx, &t, renew)
		if err != nil {
			return nil, err
		}
		payload, err := (&oidc.StaticKeySet{PublicKeys: keys}).VerifySignature(ctx, token)
		if err == nil {
			return payload, nil
		}
		if t.KeyID != "" { // that key is not it, and no newer one will be
			break
		}
	}
	return nil, errSignature
}

// candidates are the keys that may have signed a token. With renew the known ones are not enough.
func (k *keySet) candidates(ctx context.Context, t *jose.JWS, renew bool) ([]crypto.PublicKey, error) {
	k.mu.Lock()
	defer k.mu.Unlock()
	now, found := time.Now(), k.matching(t)
	stale := renew || now.Sub(k.at) >= keysLife
	if (len(found) == 0 || stale) && now.Sub(k.tried) >= keysWait {
		k.tried = now
		if err := k.fetch(ctx, now); err != nil && len(found) == 0 {
			return nil, errKeys
		}
		found = k.matching(t)
	}
	if k.at.IsZero() {
		return nil, errKeys
	}
	return found, nil
}

func (k *keySet) matching(t *jose.JWS) []crypto.PublicKey {
	var found []crypto.PublicKey
	for _, one := range k.keys {
		if (t.KeyID == "" || one.KeyID == t.KeyID) && (one.Algorithm == "" || one.Algorithm == t.Algorithm) {
			found = append(found, one.Public)
		}
	}
	return found
}

func (k *keySet) fetch(ctx context.Context, now time.Time) error {
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, k.address, nil)
	if err != nil {
		return err
	}
	response, err := k.client.Do(request)
	if err != nil {
		return err
	}
	defer response.Body.Close()
	text, err := io.ReadAll(response.Body)
	if err != nil {
		return err
	}
	if response.StatusCode != http.StatusOK {
		return statusError(response.StatusCode)
	}
	set, err := jose.ParseJWKS(text)
	if err != nil {
		return err
	}
	k.keys, k.at = set.Keys, now
	return nil
}
