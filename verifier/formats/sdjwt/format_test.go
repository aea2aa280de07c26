package sdjwt

import (
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"time"

	"vratar/verifier"
	"vratar/verifier/issuing"
	"vratar/verifier/jose"
	"vratar/verifier/proof"
)

var issued = time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)

func newKey(t testing.TB, alg verifier.Algorithm, seed byte) *issuing.Key {
	t.Helper()
	k, err := issuing.NewKey(alg, rand.NewChaCha8([32]byte{seed}))
	if err != nil {
		t.Fatal(err)
	}
	return k
}

func issuer(t testing.TB) *issuing.Key { return newKey(t, verifier.ES256, 1) }
func bearer(t testing.TB) *issuing.Key { return newKey(t, verifier.EdDSA, 2) }

func identity(t testing.TB) issuing.Selective {
	return issuing.Selective{
		Issuer: "https://id.example", Type: "urn:eudi:pid:kz:1", ID: "id-7",
		IssuedAt: issued, NotBefore: issued.Add(time.Hour), ExpiresAt: issued.AddDate(1, 0, 0),
		Status: &verifier.StatusRef{URI: "https://id.example/1", Index: 42}, Holder: bearer(t), Decoys: 2,
		Claims: map[string]any{
			"issuing_country": "KZ",
			"family_name":     issuing.Hidden{Value: "Ержанқызы"},
			"given_name":      issuing.Hidden{Value: "Айгерім"},
			"birthdate":       issuing.Hidden{Value: "2004-02-29"},
			"nationalities":   []any{issuing.Hidden{Value: "KZ"}, "DE", issuing.Hidden{Value: map[string]any{"x": issuing.Hidden{Value: 1}}}},
			"address":         issuing.Hidden{Value: map[string]any{"locality": issuing.Hidden{Value: "Алматы"}, "country": "KZ"}},
		},
	}
}

func mustIssue(t testing.TB) issuing.Issued {
	t.Helper()
	i, err := issuing.SDJWT(issuer(t), identity(t), rand.NewChaCha8([32]byte{3}))
	if err != nil {
		t.Fatal(err)
	}
	return i
}

// showing is the disclosures of the named members and, for "[]", of array elements.
func showing(t testing.TB, i issuing.Issued, names ...string) []string {
	t.Helper()
	var shown []string
	for _, text := range i.Disclosures {
		raw, err := jose.DecodeBase64URL(text)
		if err != nil {
			t.Fatal(err)
		}
		d, err := parseDisclosure(raw)
		if err != nil {
			t.Fatal(err)
		}
		name := string(d.name)
		if !d.named {
			name = "[]"
		}
		if slices.Contains(names, name) {
			shown = append(shown, text)
		}
	}
	return shown
}

func bound(t testing.TB, presentation string) string {
	t.Helper()
	text, err := issuing.Bind(bearer(t), presentation, issuing.Binding{Audience: "north", Nonce: "7", IssuedAt: issued})
	if err != nil {
		t.Fatal(err)
	}
	return text
}

func TestDecode(t *testing.T) {
	i := mustIssue(t)
	payload := bound(t, i.Present(i.Disclosures...))
	c, err := Format{}.Decode([]byte(payload + "\r\n"))
	if err != nil {
		t.Fatal(err)
	}
	if c.Format != "sdjwt" || c.Kind != verifier.KindCredential || c.Type != "identity" || c.Issuer != "https://id.example" ||
		c.Country != "KZ" || string(c.ID) != "id-7" || c.SchemaFault != nil ||
		c.Holder != (verifier.Holder{Name: "Ержанқызы Айгерім", BirthDate: "2004-02-29"}) {
		t.Errorf("credential = %+v", c)
	}
	if !c.IssuedAt.Equal(issued) || !c.NotBefore.Equal(issued.Add(time.Hour)) || !c.ExpiresAt.Equal(issued.AddDate(1, 0, 0)) {
		t.Errorf("times %v %v %v", c.IssuedAt, c.NotBefore, c.ExpiresAt)
	}
	if c.Status == nil || *c.Status != (verifier.StatusRef{URI: "https://id.example/1", Index: 42, Form: verifier.JWTForm}) {
		t.Errorf("status %v", c.Status)
	}
	if !(proof.Checker{}).Check(&verifier.Key{Public: issuer(t).Public()}, &c.Proof) || string(c.Proof.KeyID) != issuer(t).ID {
		t.Errorf("proof %+v", c.Proof)
	}
	p := c.HolderProof
	if p == nil || p.Fault != nil || p.Audience != "north" || p.Nonce != "7" || !p.IssuedAt.Equal(issued) ||
		!(proof.Checker{}).Check(&verifier.Key{Public: p.Key}, &p.Proof) {
		t.Errorf("holder's proof %+v", p)
	}
}

func TestClaims(t *testing.T) {
	i := mustIssue(t)
	f := func(want string, names ...string) {
		t.Helper()
		c, err := Format{}.Decode([]byte(i.Present(showing(t, i, names...)...)))
		if err != nil {
			t.Fatal(err)
		}
		if c.HolderProof != nil {
			t.Error("a holder's proof without key binding")
		}
		o, err := jose.ParseObject(c.Claims)
		if err != nil {
			t.Fatal(err)
		}
		got := map[string]json.RawMessage{}
		for _, m := range o.Without("iss", "iat", "nbf", "exp", "jti", "vct", "status", "cnf", "issuing_country") {
			got[m.Name] = m.Value
		}
		if text, err := json.Marshal(got); err != nil || string(text) != want {
			t.Errorf("%q: %s, %v, want %s", names, text, err, want)
		}
	}
	f(`{"nationalities":["DE"]}`)
	f(`{"given_name":"Айгерім","nationalities":["DE"]}`, "given_name")
	f(`{"address":{"country":"KZ"},"nationalities":["DE"]}`, "address")
	f(`{"address":{"country":"KZ","locality":"Алматы"},"nationalities":["DE"]}`, "address", "locality")
	f(`{"nationalities":["KZ","DE",{}]}`, "[]")
	f(`{"nationalities":["KZ","DE",{"x":1}]}`, "[]", "x")
}

func reasonOf(err error) verifier.Reason {
	var r *verifier.Refusal
	if errors.As(err, &r) {
		return r.Reason
	}
	return verifier.ReasonNone
}

func refused(t *testing.T, payload string, reason verifier.Reason, cause string) {
	t.Helper()
	c, err := Format{}.Decode([]byte(payload))
	if c != nil || reasonOf(err) != reason || !strings.Contains(err.Error(), cause) {
		t.Fatalf("Decode(%.60s) opened it: %v, %v, want %v with %q", payload, c != nil, err, reason, cause)
	}
}

func b64(s string) string { return base64.RawURLEncoding.EncodeToString([]byte(s)) }

// token is a JWT whose signature nobody will check.
func token(header, payload string) string { return b64(header) + "." + b64(payload) + "." + b64("s") }

const header = `{"alg":"ES256","typ":"example+sd-jwt"}`

func TestRefusedTexts(t *testing.T) {
	i := mustIssue(t)
	f := func(payload, cause string) {
		t.Helper()
		refused(t, payload, verifier.ReasonMalformed, cause)
	}
	f(i.JWT, "not an issuer's JWT")
	f("~", "three parts")
	f(i.JWT+"~~", "value expected") // an empty disclosure
	f(i.JWT+"~x~", "base64url")
	f(i.Present(showing(t, i, "locality")...), "matches no digest") // what it stands in is kept back
	f(i.Present(b64(`["salt","name","value"]`)), "matches no digest")
	f(i.Present()+"x.y", "three parts")
	f(i.Present()+token(`{"alg":"ES256","typ":"kb+jwt"}`, `[]`), "object")
	f(token(`{"alg":"ES256","typ":"JWT"}`, `{}`)+"~", "another type")
	f(token(`{"alg":"ES256","typ":"statuslist+jwt"}`, `{"_sd_alg":"sha-256"}`)+"~", "another type")
	f(token(`{"alg":"ES256","typ":"kb+jwt"}`, `{"_sd_alg":"sha-256"}`)+"~", "another type")
	f(token(`{"alg":"ES256"}`, `{"sub":"x"}`)+"~", "another type") // any token of the same key
	f(token(header, `[]`)+"~", "object")
	f(token(header, `{"exp":"tomorrow"}`)+"~", "exp")
	f(token(header, `{"nbf":true}`)+"~", "nbf")
	f(token(header, `{"iss":7}`)+"~", "iss")
	f(token(header, `{"vct":7}`)+"~", "vct")
	f(token(header, `{"status":7}`)+"~", "status")
	f(token(header, `{"status":{"status_list":{"uri":"x"}}}`)+"~", "idx")
	f(token(header, `{"status":{"status_list":{"idx":-1,"uri":"x"}}}`)+"~", "idx")
	f(token(header, `{"_sd_alg":7}`)+"~", "_sd_alg")
	f(token(`{"alg":"ES256","typ":"sd-jwt","crit":["x"]}`, `{}`)+"~", "critical")
	refused(t, token(header, `{"_sd_alg":"md5"}`)+"~", verifier.ReasonUnsupportedAlgorithm, "md5")
	refused(t, token(`{"alg":"none","typ":"sd-jwt"}`, `{}`)+"~", verifier.ReasonUnsupportedAlgorithm, "none")
	refused(t, token(`{"alg":"HS256","typ":"sd-jwt"}`, `{}`)+"~", verifier.ReasonUnsupportedAlgorithm, "HS256")
}

// Disclosures that RFC 9901 §7.1 tells to refuse, made as no issuer would.
func TestRefusedDisclosures(t *testing.T) {
	sha256 := func(text []byte) string { return string(sha256Hash.appendText(nil, text)) }
	digest := func(disclosure string) string { return `"` + sha256([]byte(b64(disclosure))) + `"` }
	f := func(payload, cause string, disclosures ...string) {
		t.Helper()
		text := token(header, payload)
		for _, d := range disclosures {
			text += "~" + b64(d)
		}
		if cause == "" {
			if _, err := (Format{}).Decode([]byte(text + "~")); err != nil {
				t.Fatalf("%s: %v", payload, err)
			}
			return
		}
		refused(t, text+"~", verifier.ReasonMalformed, cause)
	}
	member, element := `["s","n",1]`, `["s",1]`
	f(`{"_sd":[`+digest(member)+`]}`, "", member)
	f(`{"a":[{"...":`+digest(element)+`}]}`, "", element)
	f(`{"_sd":[`+digest(element)+`]}`, "does not fit", element)
	f(`{"a":[{"...":`+digest(member)+`}]}`, "does not fit", member)
	f(`{"_sd":[`+digest(member)+`],"n":2}`, "there already", member)
	f(`{"_sd":[`+digest(member)+`,`+digest(`["t","n",2]`)+`]}`, "there already", member, `["t","n",2]`)
	f(`{"_sd":[`+digest(member)+`,`+digest(member)+`]}`, "digest is there twice", member)
	f(`{"_sd":["x"],"a":{"_sd":["x"]}}`, "digest is there twice")
	f(`{"_sd":["x"],"a":[{"...":"x"}]}`, "digest is there twice")
	for _, d := range []string{`["s","_sd",1]`, `["s","...",1]`} {
		f(`{"_sd":[`+digest(d)+`]}`, "reserved", d)
	}
	for _, d := range []string{`["s"]`, `["s","n",1,2]`, `[7,"n",1]`, `["s",7,1]`} {
		f(`{"_sd":[`+digest(d)+`]}`, "neither", d)
	}
	f(`{"_sd":[`+digest(`{}`)+`]}`, "array", `{}`)
	f(`{"_sd":7}`, "_sd")
	f(`{"_sd":[7]}`, "_sd")
	f(`{"...":"x"}`, "placeholder")
	f(`{"a":[{"...":"x","b":1}]}`, "placeholder")
	f(`{"a":[{"...":7}]}`, "...")
	f(`{"a":{"...":"x"}}`, "placeholder")

	deep, disclosures := digest(member), []string{member}
	for range jose.MaxDepth {
		d := `["s","n",{"_sd":[` + deep + `]}]`
		deep, disclosures = digest(d), append(disclosures, d)
	}
	f(`{"_sd":[`+deep+`]}`, "too deep", disclosures...)
}

func TestSchemaFaults(t *testing.T) {
	sha256 := func(text []byte) string { return string(sha256Hash.appendText(nil, text)) }
	f := func(head, payload, cause string, disclosures ...string) {
		t.Helper()
		text := token(head, payload)
		for _, d := range disclosures {
			text += "~" + b64(d)
		}
		c, err := Format{}.Decode([]byte(text + "~"))
		if err != nil {
			t.Fatalf("%s: %v", payload, err)
		}
		if (cause == "") != (c.SchemaFault == nil) || (cause != "" && !strings.Contains(c.SchemaFault.Error(), cause)) {
			t.Errorf("%s: %v, want %q", payload, c.SchemaFault, cause)
		}
	}
	vc, application := `{"alg":"ES256","typ":"dc+sd-jwt"}`, `{"alg":"ES256","typ":"application/vc+sd-jwt"}`
	f(header, `{}`, "")
	f(vc, `{"vct":"x"}`, "")
	f(vc, `{}`, "vct")
	f(application, `{}`, "vct")
	f(header, `{"aud":"x"}`, "aud")
	for _, name := range []string{"exp", "nbf", "cnf", "vct", "status", "iss"} {
		d := `["s","` + name + `",1]`
		f(vc, `{"vct2":"x","_sd":["`+sha256([]byte(b64(d)))+`"]}`, "decides about validity", d)
	}
	d := `["s","n",1]`
	f(header, `{"_sd":["`+sha256([]byte(b64(d)))+`"]}`, "given twice", d, d)
}

// A status of another kind must not pass for no status.
func TestStatusOfAnotherKind(t *testing.T) {
	c, err := Format{}.Decode([]byte(token(header, `{"status":{"revocation_service":"x"}}`) + "~"))
	if err != nil || c.Status == nil || c.Status.URI != "" {
		t.Fatalf("%+v, %v", c, err)
	}
}

func TestDigestAlgorithms(t *testing.T) {
	for _, name := range []string{"sha-256", "sha-384", "sha-512"} {
		h, err := hashByName(jose.Checked([]byte(`"` + name + `"`)))
		if err != nil {
			t.Fatal(err)
		}
		d := b64(`["s","n","` + name + `"]`)
		c, err := Format{}.Decode([]byte(token(header, `{"_sd":["`+string(h.appendText(nil, []byte(d)))+`"],"_sd_alg":"`+name+`"}`) + "~" + d + "~"))
		if err != nil || string(c.Claims) != `{"n":"`+name+`"}` {
			t.Errorf("%s: %v, %+v", name, err, c)
		}
	}
}

func TestDocumentAndHolder(t *testing.T) {
	f := func(payload, kind, country string, h verifier.Holder) {
		t.Helper()
		c, err := Format{}.Decode([]byte(token(header, payload) + "~"))
		if err != nil {
			t.Fatal(err)
		}
		if c.Type != kind || c.Holder != h || c.Country != country {
			t.Errorf("%s: %q of %+v in %q", payload, c.Type, c.Holder, c.Country)
		}
	}
	f(`{}`, "attestation", "", verifier.Holder{})
	f(`{"vct":"urn:eudi:pid:1","issuing_country":"DE"}`, "identity", "DE", verifier.Holder{})
	f(`{"vct":"https://x/ticket","issuing_country":"Germany"}`, "https://x/ticket", "", verifier.Holder{})
	f(`{"name":"N. N.","birth_date":"2000","document_number":"7"}`, "attestation", "", verifier.Holder{Name: "N. N.", BirthDate: "2000", DocumentNumber: "7"})
	f(`{"given_name":"A","name":"N. N.","birthdate":7}`, "attestation", "", verifier.Holder{Name: "A"})
}

// A thousand disclosures that nothing refers to are refused unread, a hundred that the payload names are opened.
func TestManyDisclosures(t *testing.T) {
	var stray, text strings.Builder
	var digests []string
	for i := range 1000 {
		d := b64(fmt.Sprintf(`["s","n%d",1]`, i))
		stray.WriteString("~" + d)
		if i < 100 {
			text.WriteString("~" + d)
			digests = append(digests, `"`+string(sha256Hash.appendText(nil, []byte(d)))+`"`)
		}
	}
	refused(t, token(header, `{}`)+stray.String()+"~", verifier.ReasonMalformed, "matches no digest")
	c, err := Format{}.Decode([]byte(token(header, `{"_sd":[`+strings.Join(digests, ",")+`]}`) + text.String() + "~"))
	if err != nil || strings.Count(string(c.Claims), ":1") != 100 {
		t.Fatalf("%v, %v", c, err)
	}
}
