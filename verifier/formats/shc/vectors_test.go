package shc_test

import (
	"encoding/json"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"vratar/verifier"
	"vratar/verifier/formats/shc"
	"vratar/verifier/issuing"
	"vratar/verifier/proof"
	"vratar/verifier/status"
	"vratar/verifier/trust"
	"vratar/verifier/vectors"
)

// lists is what one judgement believes.
type lists struct {
	trust  verifier.Trust
	status verifier.Status
}

func (l lists) Trust() verifier.Trust   { return l.trust }
func (l lists) Status() verifier.Status { return l.status }

func read(t testing.TB, name string) []byte {
	t.Helper()
	b, err := os.ReadFile(filepath.Join(vectors.Dir(t), "smart-health-cards", name))
	if err != nil {
		t.Fatal(err)
	}
	return b
}

func loadTrust(t testing.TB, text []byte) trust.Source {
	t.Helper()
	src, err := trust.Load("vector", text)
	if err != nil {
		t.Fatal(err)
	}
	return src
}

func loadStatus(t testing.TB, text []byte) status.Source {
	t.Helper()
	src, err := status.Load("vector", text)
	if err != nil {
		t.Fatal(err)
	}
	return src
}

func verify(l lists, payload string, at time.Time) verifier.Verdict {
	v := verifier.Verifier{Formats: []verifier.Format{shc.Format{}}, Lists: l, Checker: proof.Checker{}}
	return v.Verify(verifier.Scan{Payload: []byte(payload), At: at})
}

// vector is one entry of vectors.json; its payload is a text, or the texts of all parts.
type vector struct {
	ID      string          `json:"id"`
	Payload json.RawMessage `json:"payload"`
	Now     time.Time       `json:"now"`
	Note    string          `json:"note"`
	Expect  struct {
		Decodes        *bool    `json:"decodes"`
		SignatureValid *bool    `json:"signature_valid"`
		Expired        *bool    `json:"expired"`
		NotYetValid    *bool    `json:"not_yet_valid"`
		Accept         *bool    `json:"accept"`
		SchemaOK       *bool    `json:"vc_schema_ok"`
		Revoked        *bool    `json:"revoked_by_spec_crl"`
		Issuer         string   `json:"iss"`
		NotBefore      *float64 `json:"nbf"`
		RID            *string  `json:"rid"`
		Patient        *struct {
			BirthDate string `json:"birthDate"`
			Name      []struct {
				Family string   `json:"family"`
				Given  []string `json:"given"`
			} `json:"name"`
		} `json:"patient"`
	} `json:"expect"`
}

// text joins the parts of a card as a reader would hand them on.
func (v *vector) text(t testing.TB) string {
	t.Helper()
	var one string
	if json.Unmarshal(v.Payload, &one) == nil {
		return one
	}
	var parts []string
	if err := json.Unmarshal(v.Payload, &parts); err != nil {
		t.Fatalf("%s: %v", v.ID, err)
	}
	slices.Reverse(parts)
	return strings.Join(parts, "\n")
}

// Every official card through the whole pipeline, with the issuers and the revocation list of the folder.
func TestVectors(t *testing.T) {
	var all []vector
	vectors.Read(t, "smart-health-cards/vectors.json", &all)
	l := lists{
		trust.New(loadTrust(t, read(t, "trusted-issuers.json"))),
		status.New(loadStatus(t, read(t, "spec-crl.json"))),
	}
	for i := range all {
		checkVector(t, &all[i], l)
	}
	t.Logf("%d vectors", len(all))
}

func checkVector(t *testing.T, e *vector, l lists) {
	out := verify(l, e.text(t), e.Now)
	same := func(what string, got bool, want *bool) {
		t.Helper()
		if want != nil && got != *want {
			t.Errorf("%s: %s = %v, want %v (%s at %s: %v) %s", e.ID, what, got, *want, out.Reason, out.Stage, out.Cause, e.Note)
		}
	}
	pass := func(c verifier.Check) bool { return out.Checks[c].Result == verifier.Pass }
	same("accept", out.Outcome == verifier.Valid, e.Expect.Accept)
	same("decodes", pass(verifier.CheckDecode), e.Expect.Decodes)
	c := out.Credential
	if c == nil {
		return
	}
	same("signature", pass(verifier.CheckSignature), e.Expect.SignatureValid)
	same("expired", !c.ExpiresAt.IsZero() && e.Now.After(c.ExpiresAt), e.Expect.Expired)
	same("not yet valid", e.Now.Before(c.NotBefore), e.Expect.NotYetValid)
	if pass(verifier.CheckSignature) {
		same("schema", pass(verifier.CheckSchema), e.Expect.SchemaOK)
		same("revoked", out.Reason == verifier.ReasonRevoked, e.Expect.Revoked)
	}
	yes := true
	same("issuer", c.Issuer == e.Expect.Issuer, &yes)
	if n := e.Expect.NotBefore; n != nil {
		same("nbf", c.NotBefore.Sub(time.Unix(0, int64(*n*1e9))).Abs() < time.Millisecond, &yes)
	}
	if e.Expect.RID != nil {
		same("rid", c.RevocationID == *e.Expect.RID, &yes)
	}
	if p := e.Expect.Patient; p != nil {
		name := p.Name[0].Family + " " + strings.Join(p.Name[0].Given, " ")
		same("patient", c.Holder == verifier.Holder{Name: name, BirthDate: p.BirthDate}, &yes)
	}
}

// A key of another issuer is no key, however well it fits.
func TestKeysOfOthers(t *testing.T) {
	var all []vector
	vectors.Read(t, "smart-health-cards/vectors.json", &all)
	others := `{"https://other.example":` + string(read(t, "extra-keys.json")) + `}`
	l := lists{
		trust.New(loadTrust(t, read(t, "trusted-issuers.json")), loadTrust(t, []byte(others))),
		status.New(),
	}
	for i := range all {
		if all[i].ID != "smart-health-cards/jws-issuer-kid-mismatch" {
			continue
		}
		if out := verify(l, all[i].text(t), all[i].Now); out.Reason != verifier.ReasonKeyUnknown {
			t.Errorf("%s: %s", all[i].ID, out.Reason)
		}
	}
}

// A card without identifier is named by its content.
func TestHashFHIRVector(t *testing.T) {
	var all []struct {
		ID     string          `json:"id"`
		Bundle json.RawMessage `json:"fhir_bundle"`
		Expect struct {
			RID string `json:"rid"`
		} `json:"expect"`
	}
	vectors.Read(t, "smart-health-cards/crl-vectors.json", &all)
	for _, v := range all {
		if v.Bundle == nil {
			continue
		}
		claims := `{"iss":"https://x","nbf":1,"vc":{"credentialSubject":{"fhirVersion":"4.0.1","fhirBundle":` + string(v.Bundle) + `}}}`
		k, err := issuing.NewKey(verifier.ES256, rand.NewChaCha8([32]byte{}))
		if err != nil {
			t.Fatal(err)
		}
		jws, err := issuing.HealthCardJWS(k, []byte(claims))
		if err != nil {
			t.Fatal(err)
		}
		c, err := shc.Format{}.Decode([]byte(issuing.ArmourSHC(jws)))
		if err != nil || c.RevocationID != v.Expect.RID || c.RevocationMethod != "hash-fhir" {
			t.Errorf("%s: %v, %+v", v.ID, err, c)
		}
	}
}
