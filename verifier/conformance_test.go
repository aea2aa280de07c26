package verifier_test

import (
	"encoding/base64"
	"encoding/hex"
	"encoding/pem"
	"slices"
	"testing"

	"vratar/verifier"
	"vratar/verifier/formats/hcert"
	"vratar/verifier/proof"
	"vratar/verifier/trust"
	"vratar/verifier/vectors"
)

// lists hands out one trust snapshot and no status lists.
type lists struct{ trust verifier.Trust }

func (l lists) Trust() verifier.Trust   { return l.trust }
func (l lists) Status() verifier.Status { return noStatus{} }

type noStatus struct{}

func (noStatus) Lookup(*verifier.Credential, *verifier.Key) verifier.StatusAnswer {
	return verifier.StatusAnswer{}
}

// trusting trusts exactly one certificate.
func trusting(t testing.TB, der []byte) verifier.Trust {
	t.Helper()
	src, err := trust.Load("vector", pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: der}))
	if err != nil {
		t.Fatal(err)
	}
	return trust.New(src)
}

// dccExpect is what the curator of eu-dcc claims; null claims nothing.
type dccExpect struct {
	Decodes        *bool  `json:"decodes"`
	FailStage      string `json:"fail_stage"`
	SignatureValid *bool  `json:"signature_valid"`
	MathValid      *bool  `json:"signature_math_valid"`
	KeyUsageOK     *bool  `json:"key_usage_ok"`
	SchemaValid    *bool  `json:"schema_valid"`
	Expired        *bool  `json:"expired"`
	NotYetValid    *bool  `json:"not_yet_valid"`
	Accept         *bool  `json:"accept"`
	CertTypes      []string
	Hashes         struct {
		UCI       []string `json:"UCI"`
		Country   []string `json:"COUNTRYCODEUCI"`
		Signature string   `json:"SIGNATURE"`
	} `json:"revocation_hashes"`
	UVCI  []string `json:"uvci"`
	KeyID string   `json:"kid_b64"`
}

// Every official EU certificate through the whole pipeline, each trusting exactly its own key.
func TestEUDCCVectors(t *testing.T) {
	var all []vectors.Entry[dccExpect]
	vectors.Read(t, "eu-dcc/vectors.json", &all)
	var groups []string
	pass, fail := map[string]int{}, map[string]int{}
	for i := range all {
		e := &all[i]
		if !slices.Contains(groups, e.Group) {
			groups = append(groups, e.Group)
		}
		if checkDCC(t, e) {
			pass[e.Group]++
		} else {
			fail[e.Group]++
		}
	}
	for _, g := range groups {
		t.Logf("%-8s pass %3d  fail %3d", g, pass[g], fail[g])
	}
	t.Logf("%d vectors", len(all))
}

func checkDCC(t *testing.T, e *vectors.Entry[dccExpect]) bool {
	v := verifier.Verifier{
		Formats: []verifier.Format{hcert.Format{}},
		Lists:   lists{trusting(t, e.Key.DER)},
		Checker: proof.Checker{},
	}
	out := v.Verify(verifier.Scan{Payload: e.Bytes(t), At: e.Now})
	ok := true
	same := func(what string, got bool, want *bool) {
		t.Helper()
		if want != nil && got != *want {
			ok = false
			t.Errorf("%s: %s = %v, want %v (%s at %s: %v) %s", e.ID, what, got, *want, out.Reason, out.Stage, out.Cause, e.Note)
		}
	}
	check := func(c verifier.Check) bool { return out.Checks[c].Result == verifier.Pass }
	same("accept", out.Outcome == verifier.Valid, e.Expect.Accept)
	same("decodes", check(verifier.CheckDecode), e.Expect.Decodes)
	if out.Credential == nil {
		return ok
	}
	same("signature_valid", check(verifier.CheckSignature), e.Expect.SignatureValid)
	same("schema_valid", check(verifier.CheckSchema), e.Expect.SchemaValid)
	if out.Checks[verifier.CheckKeyUsage].Result != verifier.NotChecked {
		same("key_usage_ok", check(verifier.CheckKeyUsage), e.Expect.KeyUsageOK)
	}
	if yes := true; e.Expect.Expired != nil && !*e.Expect.Expired && e.Expect.NotYetValid != nil && !*e.Expect.NotYetValid {
		same("in force", check(verifier.CheckTime), &yes)
	}
	c := out.Credential
	same("expired", !c.ExpiresAt.IsZero() && e.Now.After(c.ExpiresAt), e.Expect.Expired)
	same("not_yet_valid", e.Now.Before(c.IssuedAt), e.Expect.NotYetValid)
	yes := true
	same("kid", base64.StdEncoding.EncodeToString(c.Proof.KeyID) == e.Expect.KeyID, &yes)
	if len(e.Expect.UVCI) == 1 {
		same("uvci", string(c.ID) == e.Expect.UVCI[0], &yes)
	}
	wantHashes := slices.Concat([]string{e.Expect.Hashes.Signature}, e.Expect.Hashes.UCI, e.Expect.Hashes.Country)
	same("revocation hashes", slices.Equal(hexes(c.RevocationHashes), wantHashes), &yes)
	return ok
}

func hexes(hashes [][]byte) []string {
	out := make([]string, len(hashes))
	for i, h := range hashes {
		out[i] = hex.EncodeToString(h)
	}
	return out
}
