package mandate_test

import (
	"bytes"
	"testing"
	"time"

	"vratar/verifier"
	"vratar/verifier/mandate"
	"vratar/verifier/mandate/draft"
	"vratar/verifier/mandate/mandatetest"
	"vratar/verifier/pki"
	"vratar/verifier/pki/certify"
	"vratar/verifier/proof/gost"
)

var (
	second, stranger       = draft.Person(12), draft.Person(13)
	manager, rival, nobody = draft.Company(7), draft.Company(8), mandate.Organisation{}
)

// grants asks who may sign for a principal: the usual mandate with that one, and the code of the check of the signer,
// empty when it is to pass.
func (b *bench) grants(principal string, code mandate.Code, by ...*certify.Holder) mandate.Report {
	b.Helper()
	m := usual(1)
	m.Principal = []string{principal}
	return b.proves(m, code, by...)
}

// Who may sign for an organisation: the certificate's numbers against the file's, names never.
func TestSignerOfOrganisation(t *testing.T) {
	b := newBench(t)
	f, signs := b.grants, b.office.Signer
	own := draft.Organisation(flower, draft.Head(head))
	f(own, "", signs(flower, head))
	f(own, mandate.CodeSignerPerson, signs(flower, stranger))
	f(own, mandate.CodeSignerOrganisation, signs(rival, head))
	f(own, mandate.CodeSignerNoOrganisation, signs(nobody, head))
	f(own, mandate.CodeSignerPerson, signs(flower, mandate.Person{Surname: head.Surname, GivenName: head.GivenName, Patronymic: head.Patronymic}))
	f(own, mandate.CodeSignerPerson, signs(flower, mandate.Person{INN: head.INN, SNILS: stranger.SNILS}))
	f(own, "", signs(flower, mandate.Person{SNILS: head.SNILS}))
	f(own, "", signs(mandate.Organisation{OGRN: flower.OGRN}, head))
	f(own, mandate.CodeSignerOrganisation, signs(mandate.Organisation{INN: flower.INN, OGRN: rival.OGRN}, head))
	f(own, "", signs(rival, stranger), signs(flower, head)) // one more signature does no harm

	f(draft.Organisation(flower, draft.Head(mandate.Person{Surname: "Т", GivenName: "П"})), mandate.CodePrincipalUnnumbered, signs(flower, head))
	f(draft.Organisation(mandate.Organisation{Name: "Т", KPP: flower.KPP}, draft.Head(head)), mandate.CodePrincipalUnnumbered, signs(flower, head))
	f(draft.Organisation(flower, `<ЛицоБезДов ПолнЮЛ="1"/>`), mandate.CodePrincipalUnnumbered, signs(flower, head))

	either := draft.Organisation(flower, draft.Head(head), draft.Head(second))
	f(either, "", signs(flower, second))
	both := draft.Organisation(flower, draft.JointHead(head), draft.JointHead(second))
	f(both, mandate.CodeSignersIncomplete, signs(flower, second))
	f(both, mandate.CodeSignerPerson, signs(flower, stranger))
	f(both, "", signs(flower, second), signs(flower, head))
	f(draft.Organisation(flower, draft.JointHead(head), draft.JointHead(second), draft.Head(stranger)), "", signs(flower, stranger))
}

// Who may sign for one that is managed by others, or comes from abroad.
func TestSignerOfManaged(t *testing.T) {
	b := newBench(t)
	f, signs := b.grants, b.office.Signer
	managed := draft.Organisation(flower, draft.Managing(manager, head))
	f(managed, mandate.CodeSignerClaimed, signs(manager, head))
	f(managed, "", signs(flower, head))
	f(managed, mandate.CodeSignerOrganisation, signs(rival, head))
	f(managed, mandate.CodeSignerPerson, signs(manager, stranger))
	f(managed, mandate.CodeSignerNoOrganisation, signs(nobody, head))

	trader := draft.Trader(31)
	led := draft.Organisation(flower, draft.ManagingTrader(trader))
	f(led, mandate.CodeSignerClaimed, signs(nobody, trader))
	f(led, "", signs(flower, trader))
	f(led, mandate.CodeSignerOrganisation, signs(rival, trader))
	f(led, mandate.CodeSignerPerson, signs(nobody, draft.Trader(32)))

	abroad := draft.Foreign(rival, head)
	f(abroad, "", signs(rival, head))
	f(abroad, mandate.CodeSignerOrganisation, signs(flower, head))
}

// Who may sign for a sole trader or a person.
func TestSignerOfPerson(t *testing.T) {
	b := newBench(t)
	f, signs := b.grants, b.office.Signer
	trader := draft.Trader(31)
	alone := draft.SoleTrader(trader)
	f(alone, "", signs(nobody, trader))
	f(alone, mandate.CodeSignerPerson, signs(nobody, draft.Trader(32)))
	wrong := trader
	wrong.OGRNIP = draft.Trader(32).OGRNIP
	f(alone, mandate.CodeSignerPerson, signs(nobody, wrong))
	if r := f(alone, "", signs(flower, draft.Person(31))); r.Warnings&mandate.WarnOrganisationCertificate == 0 {
		t.Error("an organisation's certificate without a warning")
	}

	private := draft.Individual(head, "")
	f(private, "", signs(nobody, head))
	f(private, mandate.CodeSignerPerson, signs(nobody, stranger))
	child := draft.Individual(third, draft.Head(head))
	f(child, mandate.CodeSignerClaimed, signs(nobody, head))
	f(child, "", signs(nobody, third))
	f(child, mandate.CodeSignerPerson, signs(nobody, stranger))
}

// proves asks for the outcome of the check of the signer, empty when it is to pass.
func (b *bench) proves(m draft.Mandate, code mandate.Code, by ...*certify.Holder) mandate.Report {
	b.Helper()
	p, r := mandate.Prove(draft.Signed(m, signed, by...), mandate.Options{Trust: b.office.Trust(), At: noon})
	a := r.Checks[mandate.CheckSigner]
	if (p != nil) != (code == "") || a.Code != code || a.Result == verifier.NotChecked {
		b.Errorf("want %q; got %s", code, r.AppendJSON(nil))
	}
	if p == nil && r.Reason != verifier.ReasonMandateSignerMismatch {
		b.Errorf("reason %v", r.Reason)
	}
	return r
}

// Anybody could write that his company manages another: only the certificate, or the registry, can confirm it.
func TestClaimedHeads(t *testing.T) {
	b := newBench(t)
	trader := draft.Trader(31)
	f := func(principal string, by *certify.Holder) {
		t.Helper()
		m := usual(1)
		m.Principal = []string{principal}
		b.proves(m, mandate.CodeSignerClaimed, by)
		o := mandate.Options{Trust: b.office.Trust(), At: noon, Policy: mandate.Policy{AcceptClaimedHeadsUnsafe: true}}
		if p, r := mandate.Prove(draft.Signed(m, signed, by), o); p == nil || r.Warnings&mandate.WarnClaimedHead == 0 {
			t.Errorf("%s", r.AppendJSON(nil))
		}
		if p, r := mandate.Prove(draft.Signed(m, signed, b.office.Signer(flower, third)), o); p != nil {
			t.Errorf("somebody else: %s", r.AppendJSON(nil))
		}
	}
	f(draft.Organisation(flower, draft.Managing(manager, head)), b.office.Signer(manager, head))
	f(draft.Organisation(flower, draft.ManagingTrader(trader)), b.office.Signer(mandate.Organisation{}, trader))
	f(draft.Individual(friend, draft.Head(head)), b.office.Signer(mandate.Organisation{}, head))
}

// Several principals sign all of them.
func TestSeveralPrincipals(t *testing.T) {
	b := newBench(t)
	m := usual(1)
	m.Principal = append(m.Principal, draft.SoleTrader(draft.Trader(31)))
	first, second := b.office.Signer(flower, head), b.office.Signer(mandate.Organisation{}, draft.Trader(31))
	b.proves(m, mandate.CodeSignerPerson, first)
	b.proves(m, mandate.CodeSignerNoOrganisation, second)
	b.proves(m, "", second, first)
	q := b.question()
	q.Principal = mandate.Number{INN: draft.Trader(31).INN}
	b.answers(b.prove(m, first, second), q, verifier.ReasonOK, "")
}

// When the signature was made, who says so, and what the certificate was then.
func TestTimeOfSigning(t *testing.T) {
	b := newBench(t)
	ended := b.office.SignerUntil(flower, head, signed.AddDate(0, 3, 0))
	f := func(by *certify.Holder, s certify.Signature, o mandate.Options, code mandate.Code) {
		t.Helper()
		m := usual(1)
		file := mandate.File{Data: m.XML(), Signatures: [][]byte{by.Sign(m.XML(), s)}}
		if len(o.Trust.Roots) == 0 {
			o.Trust = b.office.Trust()
		}
		if o.At.IsZero() {
			o.At = noon
		}
		p, r := mandate.Prove(file, o)
		a := r.Checks[mandate.CheckCertificate]
		if (p != nil) != (code == "") || a.Code != code {
			t.Errorf("want %q; got %s", code, r.AppendJSON(nil))
		}
	}
	at := certify.Signature{At: signed}
	then := mandate.Options{At: signed.Add(time.Hour)}
	f(ended, at, then, "")
	f(ended, at, mandate.Options{}, mandate.CodeNoTimeEvidence)
	f(ended, at, mandate.Options{ExistedAt: signed.Add(time.Hour)}, "")
	f(ended, at, mandate.Options{ExistedAt: signed.AddDate(0, 4, 0)}, mandate.CodeCertificateNotValid)
	f(ended, certify.Signature{NoAttributes: true}, then, "")
	f(ended, certify.Signature{NoAttributes: true}, mandate.Options{}, mandate.CodeCertificateNotValid)

	f(ended, certify.Signature{At: signed, Stamped: b.office.Clock(), StampedAt: signed.Add(time.Minute)}, mandate.Options{}, "")
	f(ended, certify.Signature{At: signed, Stamped: b.office.Clock(), StampedAt: signed.AddDate(0, 4, 0)}, mandate.Options{},
		mandate.CodeCertificateNotValid)

	late := mandatetest.NewOffice(noon.AddDate(0, -1, 0)) // certifies only after the mandate's day of issue
	f(late.Signer(flower, head), certify.Signature{NoAttributes: true}, mandate.Options{Trust: late.Trust()}, mandate.CodeCertificateIssueDate)
	f(late.Signer(flower, head), certify.Signature{At: noon.AddDate(0, 0, -1)}, mandate.Options{Trust: late.Trust()}, "")

	holder := b.office.Signer(flower, head)
	f(holder, certify.Signature{At: noon.AddDate(0, 0, 1)}, mandate.Options{}, mandate.CodeSignedInFuture)
	f(holder, at, mandate.Options{Trust: b.office.Trust(holder)}, mandate.CodeCertificateRevoked)
	blind := b.office.Trust()
	blind.CRLs = nil
	f(holder, at, mandate.Options{Trust: blind}, mandate.CodeRevocationUnknown)
	f(holder, at, mandate.Options{Trust: blind, Policy: mandate.Policy{AcceptUnknownRevocationUnsafe: true}}, "")
	f(late.Signer(flower, head), at, mandate.Options{}, mandate.CodeUntrusted)
}

// A certificate that ends after we proved the mandate does not end the mandate.
func TestProvenOutlivesCertificate(t *testing.T) {
	b := newBench(t)
	short := b.office.SignerUntil(flower, head, noon.AddDate(0, 0, 1))
	p := b.prove(usual(1), short)
	q := b.question()
	q.At = noon.AddDate(1, 0, 0)
	q.Registry.At = q.At
	b.answers(p, q, verifier.ReasonOK, "")
	again, r := mandate.Prove(draft.Signed(usual(1), signed, short), mandate.Options{Trust: b.office.Trust(), At: q.At, ExistedAt: noon})
	if again == nil || r.Warnings&mandate.WarnCertificateEnded == 0 {
		t.Errorf("%s", r.AppendJSON(nil))
	}
}

// Whatever byte of a signed file is altered, it is no longer proven.
func TestEveryAlteredByte(t *testing.T) {
	b := newBench(t)
	file := draft.Signed(usual(1), signed, b.office.Signer(flower, head))
	o := mandate.Options{Trust: b.office.Trust(), At: noon}
	whole := file.Data
	for i := range whole {
		file.Data = bytes.Clone(whole)
		file.Data[i] ^= 1 << (i % 8)
		if p, r := mandate.Prove(file, o); p != nil || r.OK() {
			t.Errorf("proven with byte %d altered", i)
		}
	}
	for _, altered := range [][]byte{append(bytes.Clone(whole), '\n'), whole[:len(whole)-1], append([]byte("\ufeff"), whole...)} {
		file.Data = altered
		if p, r := mandate.Prove(file, o); p != nil || r.Checks[mandate.CheckSignature].Code != mandate.CodeContent {
			t.Errorf("%s", r.AppendJSON(nil))
		}
	}
}

// The signatures that mandates have in life, on a curve of either size.
func TestGOST(t *testing.T) {
	for _, c := range gost.Curves() {
		b := newBench(t)
		b.office = mandatetest.NewGOSTOffice(founded, c)
		p := b.original(1, nil)
		b.answers(p, b.question(), verifier.ReasonOK, "")
		if got := p.Signers()[0].Algorithm; (got == pki.GOST512) != (c.Size == gost.Size512) {
			t.Errorf("%s: %s", c.Name, got)
		}
	}
}

// A number of the principal that no certificate bears out is nobody's word: who writes another's beside his own grants
// nothing in the other's name, and passes nothing on.
func TestUnprovenNumbers(t *testing.T) {
	b := newBench(t)
	victim, signs := draft.Trader(31), b.office.Signer
	f := func(principal string, of mandate.Number, want verifier.Reason, by *certify.Holder) {
		t.Helper()
		m := usual(1)
		m.Principal = []string{principal}
		q := b.question()
		q.Principal = of
		b.answers(b.prove(m, by), q, want, mandate.CodeOtherOrganisation)
	}
	const refused = verifier.ReasonMandateMissing
	trader := stranger
	trader.OGRNIP = victim.OGRNIP
	f(draft.SoleTrader(trader), mandate.Number{OGRN: victim.OGRNIP}, refused, signs(nobody, stranger))
	f(draft.SoleTrader(trader), mandate.Number{INN: stranger.INN}, verifier.ReasonOK, signs(nobody, stranger))
	f(draft.SoleTrader(victim), mandate.Number{OGRN: victim.OGRNIP}, verifier.ReasonOK, signs(nobody, victim))

	mixed := rival
	mixed.INN = flower.INN
	f(draft.Organisation(mixed, draft.Head(stranger)), mandate.Number{INN: flower.INN}, refused,
		signs(mandate.Organisation{OGRN: rival.OGRN}, stranger))
	f(draft.Organisation(flower, draft.Head(head)), mandate.Number{INN: flower.INN, OGRN: flower.OGRN}, verifier.ReasonOK,
		signs(mandate.Organisation{OGRN: flower.OGRN}, head))

	known, thief := friend, friend
	known.SNILS, thief.SNILS = "", stranger.SNILS
	b.original(1, func(m *draft.Mandate) { m.PassOn, m.Representatives = 3, []mandate.Person{known} })
	p := b.prove(passedOn(2, 1, 0, thief, checker), signs(nobody, mandate.Person{SNILS: stranger.SNILS}))
	b.answers(p, b.question(), verifier.ReasonMandateChainInvalid, mandate.CodeNotRepresentative)
}
