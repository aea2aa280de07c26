package issuing_test

import (
	"testing"

	"vratar/verifier"
	"vratar/verifier/formats/sdjwt"
	"vratar/verifier/formats/shc"
	"vratar/verifier/issuing"
	"vratar/verifier/proof"
	"vratar/verifier/status"
	"vratar/verifier/trust"
)

// lists is what one judgement believes.
type lists struct {
	trust  *trust.Snapshot
	status *status.Snapshot
}

func (l lists) Trust() verifier.Trust   { return l.trust }
func (l lists) Status() verifier.Status { return l.status }

func judge(l lists, scan verifier.Scan) verifier.Verdict {
	v := verifier.Verifier{
		Formats: []verifier.Format{shc.Format{}, sdjwt.Format{}}, Lists: l, Checker: proof.Checker{},
	}
	return v.Verify(scan)
}

func TestHealthCardIsProvenAndRevoked(t *testing.T) {
	k, err := newKey(t, verifier.ES256).Thumbprinted()
	if err != nil {
		t.Fatal(err)
	}
	text, err := issuing.SHC(k, issuing.HealthCard{
		Issuer: "https://clinic.example", RevocationID: "r7", Family: "F", Given: []string{"G"}, BirthDate: "2000-01-01",
		Vaccine: "207", Date: "2026-01-01", IssuedAt: issued,
	})
	if err != nil {
		t.Fatal(err)
	}
	f := func(want verifier.Reason, ids ...string) {
		t.Helper()
		list, err := issuing.HealthCardCRL(issuing.RevocationList{KeyID: k.ID, Version: 1, IDs: ids})
		if err != nil {
			t.Fatal(err)
		}
		src, err := status.Load("crl.json", list)
		if err != nil {
			t.Fatal(err)
		}
		l := lists{trusting(t, issuing.TrustedIssuer{ID: "https://clinic.example", Keys: []*issuing.Key{k}}), status.New(src)}
		out := judge(l, verifier.Scan{Payload: []byte(text), At: issued})
		if out.Reason != want || out.NotEstablished != verifier.HolderBinding {
			t.Errorf("%q: %s, %v, want %s", ids, out.Reason, out.NotEstablished.Names(), want)
		}
	}
	f(verifier.ReasonOK, "other")
	f(verifier.ReasonRevoked, "other", "r7")
}

func TestSelectiveCredentialIsProvenAndBound(t *testing.T) {
	for _, alg := range algorithms {
		k, holder := newKey(t, alg), newKey(t, verifier.ES256)
		made, err := issuing.SDJWT(k, issuing.Selective{
			Issuer: "https://id.example", Type: "urn:eudi:pid:kz:1", IssuedAt: issued, Holder: holder,
			Claims: map[string]any{"given_name": issuing.Hidden{Value: "A"}, "age_equal_or_over": map[string]any{"18": issuing.Hidden{Value: true}}},
		}, seeded(9))
		if err != nil {
			t.Fatal(err)
		}
		text, err := issuing.Bind(holder, made.Present(made.Disclosures...), issuing.Binding{Audience: "north", Nonce: "7", IssuedAt: issued})
		if err != nil {
			t.Fatal(err)
		}
		l := lists{trusting(t, issuing.TrustedIssuer{ID: "https://id.example", Formats: []string{"sdjwt"}, Keys: []*issuing.Key{k}}), status.New()}
		demand := verifier.HolderDemand{Required: true, Audience: "north", Nonce: "7"}
		out := judge(l, verifier.Scan{Payload: []byte(text), At: issued, Holder: demand})
		if out.Reason != verifier.ReasonOK || out.NotEstablished != verifier.Revocation || out.Credential.Holder.Name != "A" {
			t.Errorf("%s: %s (%+v), %v", alg, out.Reason, out.Checks[verifier.CheckHolder], out.NotEstablished.Names())
		}
		out = judge(l, verifier.Scan{Payload: []byte(made.Present()), At: issued, Holder: demand})
		if out.Reason != verifier.ReasonHolderProofMissing {
			t.Errorf("%s without proof: %s", alg, out.Reason)
		}
	}
}

// Equal input gives equal bytes.
func TestSelectiveIsDeterministic(t *testing.T) {
	issue := func() string {
		made, err := issuing.SDJWT(newKey(t, verifier.ES256), issuing.Selective{
			Issuer: "x", IssuedAt: issued, Decoys: 3, Claims: map[string]any{"a": issuing.Hidden{Value: 1}, "b": issuing.Hidden{Value: 2}},
		}, seeded(1))
		if err != nil {
			t.Fatal(err)
		}
		return made.Present(made.Disclosures...)
	}
	if a, b := issue(), issue(); a != b {
		t.Errorf("%s\n%s", a, b)
	}
}
