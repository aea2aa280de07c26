package mdoc_test

import (
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"encoding/pem"
	"os"
	"path/filepath"
	"reflect"
	"testing"
	"time"

	"vratar/verifier"
	"vratar/verifier/cbor"
	"vratar/verifier/formats/mdoc"
	"vratar/verifier/policy"
	"vratar/verifier/proof"
	"vratar/verifier/status"
	"vratar/verifier/trust"
	"vratar/verifier/vectors"
)

// lists trusts what one source says.
type lists struct {
	trust  *trust.Snapshot
	status *status.Snapshot
}

func (l lists) Trust() verifier.Trust   { return l.trust }
func (l lists) Status() verifier.Status { return l.status }

// house is a verifier that trusts one file.
func house(t testing.TB, material []byte) verifier.Verifier {
	t.Helper()
	src, err := trust.Load("test", material)
	if err != nil {
		t.Fatal(err)
	}
	return verifier.Verifier{
		Formats: []verifier.Format{mdoc.Format{}}, Lists: lists{trust.New(src), status.New()}, Checker: proof.Checker{},
	}
}

type entry struct {
	vectors.Entry[expect]
	Transcript []byte `json:"session_transcript_b64"`
}

type expect struct {
	SignatureValid   bool           `json:"signature_valid"`
	Expired          bool           `json:"expired"`
	NotYetValid      bool           `json:"not_yet_valid"`
	Accept           *bool          `json:"accept"`
	AcceptIssuerPart *bool          `json:"accept_issuer_part"`
	DeviceAuth       string         `json:"device_auth"`
	DeviceAuthValid  *bool          `json:"device_auth_valid"`
	Claims           map[string]any `json:"claims"`
}

// Every vector twice: as a code without session, which proves the issuer's part, and in its session.
func TestVectors(t *testing.T) {
	var all []entry
	vectors.Read(t, "iso-mdoc/vectors.json", &all)
	for i := range all {
		checkIssuerPart(t, &all[i])
		checkSession(t, &all[i])
	}
	t.Logf("%d vectors", len(all))
}

func material(t testing.TB, k *vectors.Key) []byte {
	t.Helper()
	if k.Type == "x509" {
		return pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: k.DER})
	}
	return []byte(`{"keys":[` + string(k.JWK) + `]}`)
}

func checkIssuerPart(t *testing.T, e *entry) {
	t.Helper()
	v := house(t, material(t, e.Key))
	payload := e.Bytes(t)
	out := v.Verify(verifier.Scan{Payload: payload, At: e.Now})
	same := func(what string, got, want bool) {
		t.Helper()
		if got != want {
			t.Errorf("%s: %s = %v, want %v (%s: %v)", e.ID, what, got, want, out.Reason, out.Cause)
		}
	}
	pass := func(c verifier.Check) bool { return out.Checks[c].Result == verifier.Pass }
	same("decode", pass(verifier.CheckDecode), true)
	same("schema", pass(verifier.CheckSchema), true)
	same("signature", pass(verifier.CheckSignature), e.Expect.SignatureValid)
	same("in time", pass(verifier.CheckTime), !e.Expect.Expired && !e.Expect.NotYetValid)
	want := e.Expect.AcceptIssuerPart
	if want == nil {
		want = e.Expect.Accept
	}
	if invalid := e.Expect.DeviceAuthValid; invalid == nil || *invalid { // else only a session could tell
		same("accept", out.Outcome == verifier.Valid, *want)
	}
	if out.Credential == nil {
		return
	}
	var claims map[string]any
	err := json.Unmarshal(out.Credential.Claims, &claims)
	same("claims", err == nil && (e.Expect.Claims == nil || reflect.DeepEqual(claims, e.Expect.Claims)), true)
	same("unbound", out.NotEstablished&verifier.HolderBinding != 0 || out.Key == nil, true)
	text := []byte(base64.RawURLEncoding.EncodeToString(payload))
	if len(text) <= verifier.MaxPayload {
		again := v.Verify(verifier.Scan{Payload: text, At: e.Now})
		same("as text", again.Outcome == out.Outcome && again.Reason == out.Reason, true)
	}
}

// checkSession asks for the device's signature; a deviceMac takes the reader's secret, which no scan carries.
func checkSession(t *testing.T, e *entry) {
	t.Helper()
	if len(e.Transcript) == 0 || e.Expect.DeviceAuth != "deviceSignature" || e.Expect.DeviceAuthValid == nil {
		return
	}
	item, err := cbor.Parse(e.Transcript)
	if err != nil {
		t.Fatal(err)
	}
	transcript := e.Transcript
	if _, inner, ok := item.Tag(); ok {
		transcript, _ = inner.Bytes()
	}
	v := house(t, material(t, e.Key))
	out := v.Verify(verifier.Scan{
		Payload: e.Bytes(t), At: e.Now, Holder: verifier.HolderDemand{Required: true, Transcript: transcript},
	})
	if got := out.Outcome == verifier.Valid; got != *e.Expect.Accept {
		t.Errorf("%s: accept %v, want %v (%v, %+v)", e.ID, got, *e.Expect.Accept, out.Reason, out.Checks[verifier.CheckHolder])
	}
	if got := out.Checks[verifier.CheckHolder].Result == verifier.Pass; out.Key != nil && got != *e.Expect.DeviceAuthValid {
		t.Errorf("%s: device %v, want %v (%+v)", e.ID, got, *e.Expect.DeviceAuthValid, out.Checks[verifier.CheckHolder])
	}
}

// The EU's age attestation, trusting its root: answers to one request.
func TestAgeVectors(t *testing.T) {
	var set struct {
		IACA       string `json:"iaca_pem"`
		DS         string `json:"ds_pem"`
		Transcript string `json:"session_transcript_hex"`
		Vectors    []struct {
			Name     string `json:"name"`
			Response string `json:"device_response_b64url"`
		} `json:"vectors"`
	}
	vectors.Read(t, "mdoc/av_oid4vp1.json", &set)
	transcript, err := hex.DecodeString(set.Transcript)
	if err != nil {
		t.Fatal(err)
	}
	at := time.Date(2026, 12, 1, 0, 0, 0, 0, time.UTC)
	want := map[string]verifier.Reason{
		"ok": verifier.ReasonOK, "minor": verifier.ReasonAgeBelow, "expired": verifier.ReasonExpired,
		"device_signature_flipped":    verifier.ReasonHolderProofInvalid,
		"value_flipped_true_to_false": verifier.ReasonSignatureInvalid,
	}
	for _, anchor := range []string{set.IACA, set.DS} {
		v := house(t, []byte(anchor))
		for _, e := range set.Vectors {
			out := v.Verify(verifier.Scan{
				Payload: []byte(e.Response), At: at, Policy: policy.Rules{Documents: []string{"age"}, MinAge: 18},
				Holder: verifier.HolderDemand{Required: true, Transcript: transcript},
			})
			if reason, known := want[e.Name]; !known || out.Reason != reason {
				t.Errorf("%s: %v (%v), want %v", e.Name, out.Reason, out.Cause, reason)
			}
		}
	}
	v := house(t, []byte(set.IACA))
	out := v.Verify(verifier.Scan{
		Payload: []byte(set.Vectors[0].Response), At: at, Holder: verifier.HolderDemand{Required: true, Transcript: []byte{0x80}},
	})
	if out.Reason != verifier.ReasonHolderProofInvalid {
		t.Errorf("in another session: %v", out.Reason)
	}
}

// The answer that the EU's verifier prints went through a decoder: the members of its one item stand in another
// order than those that were signed. What counts is the bytes received, so nothing signs them.
func TestPrintedResponse(t *testing.T) {
	text, err := os.ReadFile(filepath.Join(vectors.Dir(t), "mdoc", "eudi_pid_age_over_18_2024.b64url"))
	if err != nil {
		t.Fatal(err)
	}
	c, err := mdoc.Format{}.Decode(text)
	if err != nil {
		t.Fatal(err)
	}
	if c.Type != "identity" || string(c.Claims) != `{"eu.europa.ec.eudi.pid.1":{"age_over_18":true}}` || len(c.Proof.Signature) != 0 ||
		c.NotBefore.Format(time.DateOnly) != "2024-10-11" || c.ExpiresAt.Format(time.DateOnly) != "2024-11-10" || c.HolderProof == nil {
		t.Errorf("%s of %s, signature of %d bytes", c.Claims, c.Type, len(c.Proof.Signature))
	}
}
