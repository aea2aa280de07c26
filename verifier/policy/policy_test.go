package policy

import (
	"testing"
	"time"

	"vratar/verifier"
)

var noon = time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)

func TestRules(t *testing.T) {
	c := &verifier.Credential{Format: "document", Type: "student", Issuer: "https://claimed"}
	k := &verifier.Key{Issuer: &verifier.Issuer{ID: "https://u"}}
	f := func(r Rules, want verifier.Reason) {
		t.Helper()
		if got := r.Judge(c, k, noon); got != want {
			t.Errorf("%+v: %s, want %s", r, got, want)
		}
	}
	f(Rules{}, verifier.ReasonOK)
	f(Rules{Formats: []string{"hcert", "document"}, Documents: []string{"student"}, Issuers: []string{"https://u"}}, verifier.ReasonOK)
	f(Rules{Formats: []string{"hcert"}}, verifier.ReasonDocumentNotAccepted)
	f(Rules{Documents: []string{"age", "Student"}}, verifier.ReasonDocumentNotAccepted)
	f(Rules{Issuers: []string{"https://claimed"}}, verifier.ReasonIssuerNotAccepted)
	f(Rules{Issuers: []string{"https://v"}, MinAge: 18}, verifier.ReasonIssuerNotAccepted)
	f(Rules{MinAge: 18}, verifier.ReasonAgeNotProvable)

	k.Issuer.ID = "*"
	f(Rules{Issuers: []string{"https://claimed"}}, verifier.ReasonOK)
	f(Rules{Issuers: []string{"*"}}, verifier.ReasonIssuerNotAccepted)
}

func TestAgeByBirthDate(t *testing.T) {
	f := func(birth string, at time.Time, want verifier.Reason) {
		t.Helper()
		c := &verifier.Credential{Holder: verifier.Holder{BirthDate: birth}}
		r := Rules{MinAge: 18}
		if got := r.Judge(c, &verifier.Key{Issuer: new(verifier.Issuer)}, at); got != want {
			t.Errorf("born %s, on %s: %s, want %s", birth, at, got, want)
		}
	}
	f("2008-03-01", noon, verifier.ReasonOK) // the birthday itself
	f("2008-03-02", noon, verifier.ReasonAgeBelow)
	f("1950-01-01", noon, verifier.ReasonOK)
	f("2008-02-29", noon, verifier.ReasonOK)
	f("2008-02-29", noon.AddDate(0, 0, -1), verifier.ReasonAgeBelow) // 28 February 2026
	f("2008-02", noon, verifier.ReasonOK)
	f("2008-03", noon, verifier.ReasonAgeNotProvable)
	f("2008-04", noon, verifier.ReasonAgeBelow)
	f("2007", noon, verifier.ReasonOK)
	f("2008", noon, verifier.ReasonAgeNotProvable)
	f("2009", noon, verifier.ReasonAgeBelow)
	f("", noon, verifier.ReasonAgeNotProvable)
	f("2008-00-00", noon, verifier.ReasonAgeNotProvable)
	f("01.03.2008", noon, verifier.ReasonAgeNotProvable)
	// The calendar is the one at the gate: in Almaty the birthday has begun.
	almaty := time.FixedZone("Asia/Almaty", 5*60*60)
	late := time.Date(2026, 2, 28, 20, 0, 0, 0, time.UTC)
	f("2008-03-01", late, verifier.ReasonAgeBelow)
	f("2008-03-01", late.In(almaty), verifier.ReasonOK)
}

func TestAgeByClaims(t *testing.T) {
	f := func(claims, birth string, want verifier.Reason) {
		t.Helper()
		c := &verifier.Credential{Claims: []byte(claims), Holder: verifier.Holder{BirthDate: birth}}
		r := Rules{MinAge: 18}
		if got := r.Judge(c, &verifier.Key{Issuer: new(verifier.Issuer)}, noon); got != want {
			t.Errorf("%s: %s, want %s", claims, got, want)
		}
	}
	f(`{"age_over_18":true}`, "", verifier.ReasonOK)
	f(`{"document":{"age_over_18":true}}`, "", verifier.ReasonOK)
	f(`{"age_equal_or_over":{"16":true,"18":true,"65":false}}`, "", verifier.ReasonOK)
	f(`{"age_equal_or_over":{"16":true,"18":false}}`, "", verifier.ReasonAgeBelow)
	f(`{"age_equal_or_over":{"16":true}}`, "", verifier.ReasonAgeNotProvable)
	f(`{"age_equal_or_over":true,"18":true}`, "", verifier.ReasonAgeNotProvable)
	f(`{"age_over_21":true}`, "", verifier.ReasonOK)
	f(`{"age_over_18":false}`, "", verifier.ReasonAgeBelow)
	f(`{"age_over_18":false,"age_over_21":true}`, "", verifier.ReasonAgeBelow)
	f(`{"age_over_18":true,"document":{"age_over_18":false}}`, "", verifier.ReasonAgeBelow)
	f(`{"age_over_16":false}`, "", verifier.ReasonAgeBelow)
	f(`{"age_over_16":true}`, "", verifier.ReasonAgeNotProvable)
	f(`{"age_over_21":false}`, "", verifier.ReasonAgeNotProvable)
	f(`{"age_over_16":true}`, "2000-01-01", verifier.ReasonOK)
	f(`{"age_over_18":false}`, "2000-01-01", verifier.ReasonAgeBelow)
	// Only the literal true counts, only in those places, and only under that name.
	f(`{"age_over_18":"true"}`, "", verifier.ReasonAgeNotProvable)
	f(`{"age_over_18":1}`, "", verifier.ReasonAgeNotProvable)
	f(`{"age_over_":true,"age_over_x":true,"age_over_-1":false,"AGE_OVER_18":true}`, "", verifier.ReasonAgeNotProvable)
	f(`{"a":{"b":{"age_over_18":true}}}`, "", verifier.ReasonAgeNotProvable)
	f(`{"note":"age_over_18"}`, "", verifier.ReasonAgeNotProvable)
	f(`{"age_over_18":true`, "", verifier.ReasonAgeNotProvable)
}
