package mandates

import (
	"context"
	"testing"
	"time"

	"vratar/verifier"
	"vratar/verifier/mandate"
	"vratar/verifier/mandate/draft"
	"vratar/verifier/mandate/mandatetest"
	"vratar/verifier/pki"
	"vratar/verifier/pki/certify"
)

// A file that is brought in again with another signature is known since then, not since the first one: a certificate
// that was revoked between the two has signed too late.
func TestAnotherSignatureIsNotOlderThanItIs(t *testing.T) {
	founded := time.Date(2025, 6, 1, 0, 0, 0, 0, time.UTC)
	office, company, head, checker := mandatetest.NewOffice(founded), draft.Company(1), draft.Person(11), draft.Person(21)
	first, second := office.Signer(company, head), office.Signer(company, head)
	d := &desk{t: t, dir: t.TempDir(), now: noon}
	revoked := func(list ...certify.Revoked) {
		d.write("crl", office.Root.List(founded, founded.AddDate(10, 0, 0), list...).List.Raw)
	}
	since := func(h *certify.Holder, at time.Time) certify.Revoked {
		return certify.Revoked{Serial: h.Certificate.X509.SerialNumber.Int64(), At: at}
	}
	d.write("root", office.Root.Certificate.X509.Raw)
	revoked()
	d.sources = Sources{Roots: []string{d.path("root")}, CRLs: []string{d.path("crl")}, Algorithms: pki.All()}
	d.start()
	asks := func(want verifier.Reason) {
		t.Helper()
		d.Look(context.Background())
		r := d.Judge(draft.Number(1), mandate.Question{
			At: d.now, Principal: mandate.Number{INN: company.INN}, Checker: checker, Powers: []mandate.AnyOf{{"TEST_SCAN"}},
		})
		if r.Reason != want {
			t.Errorf("%s", r.AppendJSON(nil))
		}
	}
	m := draft.Mandate{
		Number: 1, Principal: []string{draft.Organisation(company, draft.Head(head))}, Representatives: []mandate.Person{checker},
		Powers: []mandate.Power{{Code: "TEST_SCAN"}},
	}
	signed := founded.AddDate(1, 0, 0)
	d.bring(draft.Signed(m, signed, first))
	asks(verifier.ReasonOK)
	revoked(since(first, founded.AddDate(0, 1, 0)))
	asks(verifier.ReasonMandateSignatureInvalid)
	d.now = noon.Add(2 * time.Hour)
	d.bring(draft.Signed(m, signed, second))
	asks(verifier.ReasonOK)
	revoked(since(first, founded.AddDate(0, 1, 0)), since(second, noon.Add(time.Hour)))
	asks(verifier.ReasonMandateSignatureInvalid)
}
