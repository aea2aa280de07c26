package claim169_test

import (
	"encoding/hex"
	"encoding/json"
	"reflect"
	"testing"

	"vratar/verifier"
	"vratar/verifier/formats/claim169"
	"vratar/verifier/proof"
	"vratar/verifier/status"
	"vratar/verifier/trust"
	"vratar/verifier/vectors"
)

// lists trusts what one source says and has no status lists.
type lists struct{ trust *trust.Snapshot }

func (l lists) Trust() verifier.Trust { return l.trust }
func (lists) Status() verifier.Status { return status.New() }

type entry struct {
	vectors.Entry[expect]
	DecryptKey *struct {
		Hex string `json:"hex"`
	} `json:"decrypt_key"`
}

type expect struct {
	Decodes        bool           `json:"decodes"`
	SignatureValid *bool          `json:"signature_valid"`
	Expired        *bool          `json:"expired"`
	NotYetValid    *bool          `json:"not_yet_valid"`
	Accept         bool           `json:"accept"`
	Length         *int           `json:"signature_len"`
	Raw            map[string]any `json:"claim169_raw"`
	Named          map[string]any `json:"claim169_named"`
	CWT            *struct {
		Issuer string `json:"iss"`
	} `json:"cwt"`
}

// Every vector, each trusting exactly its own key and opened with its own secret.
func TestVectors(t *testing.T) {
	var all []entry
	vectors.Read(t, "claim169/vectors.json", &all)
	for i := range all {
		checkVector(t, &all[i])
	}
	t.Logf("%d vectors", len(all))
}

func house(t testing.TB, e *entry) verifier.Verifier {
	t.Helper()
	var format claim169.Format
	if e.DecryptKey != nil {
		key, err := hex.DecodeString(e.DecryptKey.Hex)
		if err != nil {
			t.Fatal(err)
		}
		format.Keys = [][]byte{key}
	}
	snapshot := trust.Empty()
	if e.Key != nil {
		src, err := trust.Load("vector", []byte(`{"keys":[`+string(e.Key.JWK)+`]}`))
		if err != nil {
			t.Fatal(err)
		}
		snapshot = trust.New(src)
	}
	return verifier.Verifier{Formats: []verifier.Format{format}, Lists: lists{snapshot}, Checker: proof.Checker{}}
}

func checkVector(t *testing.T, e *entry) {
	t.Helper()
	v := house(t, e)
	out := v.Verify(verifier.Scan{Payload: e.Bytes(t), At: e.Now})
	same := func(what string, got, want bool) {
		t.Helper()
		if got != want {
			t.Errorf("%s: %s = %v, want %v (%s: %v)", e.ID, what, got, want, out.Reason, out.Cause)
		}
	}
	pass := func(c verifier.Check) bool { return out.Checks[c].Result == verifier.Pass }
	same("decodes", pass(verifier.CheckDecode), e.Expect.Decodes)
	same("accept", out.Outcome == verifier.Valid, e.Expect.Accept)
	c := out.Credential
	if c == nil {
		return
	}
	if e.Expect.SignatureValid != nil {
		same("signature", pass(verifier.CheckSignature), *e.Expect.SignatureValid)
	}
	if e.Expect.Expired != nil && e.Expect.NotYetValid != nil {
		same("in time", pass(verifier.CheckTime), !*e.Expect.Expired && !*e.Expect.NotYetValid)
	}
	if e.Expect.Length != nil {
		same("length", len(c.Proof.Signature) == *e.Expect.Length, true)
		same("unsigned", out.Reason == verifier.ReasonSignatureInvalid, *e.Expect.Length == 0)
	}
	same("issuer", e.Expect.CWT == nil || c.Issuer == e.Expect.CWT.Issuer, true)
	checkClaims(t, e, c)
}

// checkClaims compares the names that upstream gives too; its own naming leaves out most biometrics and what
// the table does not assign, so of those only the number is compared.
func checkClaims(t *testing.T, e *entry, c *verifier.Credential) {
	t.Helper()
	var got map[string]any
	if err := json.Unmarshal(c.Claims, &got); err != nil {
		t.Fatalf("%s: %v", e.ID, err)
	}
	for name, want := range e.Expect.Named {
		if _, biometric := want.([]any); biometric && name != "bestQualityFingers" {
			continue
		}
		if !reflect.DeepEqual(got[name], want) && name != "photo" {
			t.Errorf("%s: %s = %v, want %v", e.ID, name, got[name], want)
		}
	}
	if _, wrapped := e.Expect.Raw["$b64"]; !wrapped && len(e.Expect.Raw) > 0 && len(got) != len(e.Expect.Raw) {
		t.Errorf("%s: %d entries, want %d", e.ID, len(got), len(e.Expect.Raw))
	}
}

// Without its secret an encrypted code is recognised and refused for what it is.
func TestLockedVectors(t *testing.T) {
	var all []entry
	vectors.Read(t, "claim169/vectors.json", &all)
	for i := range all {
		e := &all[i]
		if e.DecryptKey == nil {
			continue
		}
		e.DecryptKey = nil
		v := house(t, e)
		if out := v.Verify(verifier.Scan{Payload: e.Bytes(t), At: e.Now}); out.Reason != verifier.ReasonUnsupportedAlgorithm {
			t.Errorf("%s: %v (%v)", e.ID, out.Reason, out.Cause)
		}
	}
}
