package refresh

import (
	"testing"
	"time"

	"vratar/verifier"
	"vratar/verifier/issuing"
)

// A signed list of signers counts as long as the operator's own list names who signs it.
func TestSignedTrustListsFollowTheOperatorsKeys(t *testing.T) {
	publisher, signer := newIssuer(t), certified(t, "Ministry")
	now := time.Now().Truncate(time.Second)
	listOf := func(by *issuing.Key, at time.Time) []byte {
		return must[[]byte](t)(issuing.SignerListJWS(by, issuing.SignerList{
			IssuedAt: at, Signers: map[string][]*issuing.Key{"AT": {signer}},
		}, false))
	}
	operator := func(k *issuing.Key) []byte {
		return must[[]byte](t)(issuing.TrustList(issuing.TrustedIssuer{
			ID: "publisher", Formats: []string{verifier.FormatTrustList}, Keys: []*issuing.Key{k},
		}))
	}
	code := must[string](t)(issuing.HCERT(signer, issuing.HealthCertificate{
		Type: "vaccination", ID: "URN:UVCI:01:AT:1#2", Country: "AT", Surname: "Muster", Forename: "Anna", BirthDate: "1990-01-01",
		Date: now.Add(-time.Hour), IssuedAt: now.Add(-time.Minute), ExpiresAt: now.Add(time.Hour),
	}))
	own := newServer(t, operator(newIssuer(t)))
	signed := newServer(t, listOf(publisher, now))
	saved, closeStore := openStore(t, t.TempDir())
	defer closeStore()
	cfg := fromServers([]string{signed.URL, own.URL}, nil)
	cfg.Store = saved
	r := newRefresher(t, cfg)
	wantError(t, r, 0, "nobody who is trusted")
	look(t, r, 1)
	expect(t, r, code, verifier.ReasonIssuerUnknown)
	own.set(func() { own.etag, own.body = "", operator(publisher) })
	look(t, r, 1)
	expect(t, r, code, verifier.ReasonOK)
	if got := r.Sources()[0]; got.Error != "" || got.Entries != 1 || got.Trust.Signer() == nil {
		t.Errorf("source %+v", got)
	}

	f := func(body []byte, want string) {
		t.Helper()
		signed.set(func() { signed.etag, signed.body = "", body })
		wantError(t, r, 0, want)
		expect(t, r, code, verifier.ReasonOK)
	}
	f(listOf(publisher, now.Add(-time.Minute)), "published before")
	f(listOf(newIssuer(t), now.Add(time.Minute)), "nobody who is trusted")
	f(trustIn(t, newIssuer(t)), "carries no signature")
	f(listOf(publisher, now.Add(time.Minute)), "")

	r = newRefresher(t, cfg) // both out of the store
	expect(t, r, code, verifier.ReasonOK)
	own.set(func() { own.body = operator(newIssuer(t)) })
	look(t, r, 1)
	expect(t, r, code, verifier.ReasonIssuerUnknown)
}
