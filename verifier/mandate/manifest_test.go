package mandate

import (
	"os"
	"path/filepath"
	"testing"
	"time"

	"vratar/verifier"
	"vratar/verifier/pki"
	"vratar/verifier/vectors"
)

// manifest is gost/mchd/manifest.json of the official vectors.
type manifest struct {
	ReferenceTime time.Time `json:"reference_time"`
	PrincipalINN  string    `json:"principal_org_inn"`
	Cases         []struct {
		XML, Sig, Outcome, Why string
	} `json:"cases"`
}

// expectation is what we make of a case: who asks for whom at which checkpoint, and what the answer is.
type expectation struct {
	reason  verifier.Reason
	check   Check // the one that fails, when the reason is not ok
	code    Code
	warning Warnings // that must be there

	change func(*Question) // of the ordinary question
	prove  func(*Options)
	why    string
}

var (
	colleague = Person{INN: "990000000436", SNILS: "99000000456"}
	other     = Number{INN: "9900000024"}
)

// A case of the manifest, by the names of its files, may be asked in several ways; all outcomes of the manifest are
// here.
var manifestCases = map[string][]expectation{
	"01_ok.xml 01_ok.sig": {
		{reason: verifier.ReasonOK},
		{reason: verifier.ReasonMandateMissing, check: CheckRepresentative, code: CodeOtherOrganisation,
			change: func(q *Question) { q.Principal = other }},
		{reason: verifier.ReasonMandateRepresentativeMismatch, check: CheckRepresentative, code: CodeOtherPerson,
			change: func(q *Question) { q.Checker = colleague }},
	},
	"01_ok.xml 01_ok.gost512.sig": {{reason: verifier.ReasonOK}},
	"01_ok.xml 01_ok.nochain.sig": {{reason: verifier.ReasonOK}},
	"01_ok.xml 01_ok.noattr.sig": {
		{reason: verifier.ReasonOK, warning: WarnNoSignedAttributes},
		{reason: verifier.ReasonMandateSignatureInvalid, check: CheckSignature, code: CodeAttributesMissing,
			prove: func(o *Options) { o.Policy.RequireSignedAttributes = true }},
	},
	"01_ok.xml 01_ok.attached.sig": {
		{reason: verifier.ReasonOK, warning: WarnAttached},
		{reason: verifier.ReasonMandateSignatureInvalid, check: CheckSignature, code: CodeAttachedRefused,
			prove: func(o *Options) { o.Policy.RefuseAttached = true }},
	},
	"01_ok.xml 01_ok.BAD_wrong_org.sig": {{reason: verifier.ReasonMandateSignerMismatch, check: CheckSigner, code: CodeSignerOrganisation}},
	"01_ok.xml 01_ok.BAD_signed_by_representative.sig": {
		{reason: verifier.ReasonMandateSignerMismatch, check: CheckSigner, code: CodeSignerNoOrganisation}},
	"01_ok.xml 01_ok.BAD_cert_revoked.sig": {
		{reason: verifier.ReasonMandateSignatureInvalid, check: CheckCertificate, code: CodeCertificateRevoked},
		{reason: verifier.ReasonMandateSignatureInvalid, check: CheckCertificate, code: CodeRevocationUnknown,
			prove: func(o *Options) { o.Trust.CRLs = nil }, why: "no list: unknown is not good"},
	},
	"01_ok.xml 01_ok.BAD_cert_expired.sig": {
		{reason: verifier.ReasonMandateSignatureInvalid, check: CheckCertificate, code: CodeCertificateNotValid}},
	"01_ok.xml 01_ok.BAD_untrusted_ca.sig": {{reason: verifier.ReasonMandateSignatureInvalid, check: CheckCertificate, code: CodeUntrusted}},
	"01_ok.xml 01_ok.BAD_rsa.sig":          {{reason: verifier.ReasonMandateSignatureInvalid, check: CheckSignature, code: CodeAlgorithm}},
	"01_ok.xml 01_ok.BAD_sigvalue_flipped.sig": {
		{reason: verifier.ReasonMandateSignatureInvalid, check: CheckSignature, code: CodeSignature}},
	"02_expired.xml 02_expired.sig": {
		{reason: verifier.ReasonMandateExpired, check: CheckDates, code: CodeExpired},
		{reason: verifier.ReasonMandateNotYetValid, check: CheckDates, code: CodeNotYetValid,
			change: func(q *Question) { q.At = q.At.AddDate(-10, 0, 0) }},
	},
	"03_not_yet_valid.xml 03_not_yet_valid.sig": {{reason: verifier.ReasonMandateNotYetValid, check: CheckDates, code: CodeNotYetValid}},
	"04_other_org.xml 04_other_org.sig": {
		{reason: verifier.ReasonMandateMissing, check: CheckRepresentative, code: CodeOtherOrganisation},
		{reason: verifier.ReasonOK, change: func(q *Question) { q.Principal = other }},
	},
	"05_joint_two_reps.xml 05_joint_two_reps.sig": {
		{reason: verifier.ReasonMandateJoint, check: CheckPowers, code: CodeJoint},
		{reason: verifier.ReasonOK, change: func(q *Question) { q.Present = []Person{colleague} }, why: "both are there"},
		{reason: verifier.ReasonMandateJoint, check: CheckPowers, code: CodeJoint,
			change: func(q *Question) { q.Present = []Person{q.Checker} }, why: "the same one twice is one"},
	},
	"06_text_powers_only.xml 06_text_powers_only.sig": {
		{reason: verifier.ReasonMandateUnjudgeable, check: CheckPowers, code: CodeWords}},
	"07_power_with_limit.xml 07_power_with_limit.sig": {
		{reason: verifier.ReasonOK, change: func(q *Question) { q.Limits = []Limit{{"TEST_LIM_01", "STORE-0001"}} }},
		{reason: verifier.ReasonMandateRestricted, check: CheckPowers, code: CodeRestricted,
			change: func(q *Question) { q.Limits = []Limit{{"TEST_LIM_01", "STORE-0002"}} }},
		{reason: verifier.ReasonMandateRestricted, check: CheckPowers, code: CodeRestrictionUnknown},
	},
	"08_no_scan_power.xml 08_no_scan_power.sig":               {{reason: verifier.ReasonMandatePowerMissing, check: CheckPowers, code: CodeNoPower}},
	"09_right_to_subdelegate.xml 09_right_to_subdelegate.sig": {{reason: verifier.ReasonOK}},
	"10_two_individual_reps.xml 10_two_individual_reps.sig": {
		{reason: verifier.ReasonOK},
		{reason: verifier.ReasonOK, change: func(q *Question) { q.Checker = colleague }},
	},
	"11_irrevocable.xml 11_irrevocable.sig": {{reason: verifier.ReasonOK}},
	"12_ip_principal.xml 12_ip_principal.sig": {
		{reason: verifier.ReasonOK, warning: WarnOrganisationCertificate, change: func(q *Question) { q.Principal = Number{INN: "990000000362"} }},
		{reason: verifier.ReasonMandateSignerMismatch, check: CheckSigner, code: CodeSignerOrganisation,
			prove: func(o *Options) { o.Policy.RefuseOrganisationCertificate = true }},
	},
	"13_subdelegation_of_09.xml 13_subdelegation_of_09.sig": {
		{reason: verifier.ReasonOK, change: func(q *Question) { q.Checker = colleague }},
		{reason: verifier.ReasonMandateChainInvalid, check: CheckChain, code: CodeParentMissing,
			change: func(q *Question) { q.Checker, q.Chain = colleague, nil }},
		{reason: verifier.ReasonMandatePowerMissing, check: CheckPowers, code: CodeNoPower,
			change: func(q *Question) { q.Checker, q.Powers = colleague, []AnyOf{{"TEST_SCAN_IDENTITY_DOC"}} }},
		{reason: verifier.ReasonMandateRepresentativeMismatch, check: CheckRepresentative, code: CodeOtherPerson, why: "he who passed it on"},
	},
	"14_subdelegation_of_01_forbidden.xml 14_subdelegation_of_01_forbidden.sig": {
		{reason: verifier.ReasonMandateChainInvalid, check: CheckChain, code: CodeNotAllowed, change: func(q *Question) { q.Checker = colleague }}},
	"15_subdelegation_outlives_parent.xml 15_subdelegation_outlives_parent.sig": {
		{reason: verifier.ReasonMandateChainInvalid, check: CheckChain, code: CodeOutlivesParent, change: func(q *Question) { q.Checker = colleague }}},
	"16_issued_2020.xml 16_issued_2020.sig": {
		{reason: verifier.ReasonMandateSignatureInvalid, check: CheckCertificate, code: CodeNoTimeEvidence},
		{reason: verifier.ReasonOK, warning: WarnCertificateEnded,
			prove: func(o *Options) { o.ExistedAt = time.Date(2020, 6, 15, 12, 30, 0, 0, time.UTC) }, why: "the registry knew it then"},
		{reason: verifier.ReasonMandateSignatureInvalid, check: CheckCertificate, code: CodeCertificateNotValid,
			prove: func(o *Options) { o.ExistedAt = time.Date(2022, 6, 15, 12, 30, 0, 0, time.UTC) }, why: "known only after the end"},
	},
	"20_format002_cp1251.xml 20_format002_cp1251.sig": {{reason: verifier.ReasonUnsupportedVersion, check: CheckFormat, code: CodeFormat002}},
	"b10_tampered_expiry.xml b10_tampered_expiry.sig": {{reason: verifier.ReasonMandateSignatureInvalid, check: CheckSignature, code: CodeContent}},
	"b11_crlf_rewritten.xml b11_crlf_rewritten.sig":   {{reason: verifier.ReasonMandateSignatureInvalid, check: CheckSignature, code: CodeContent}},
	"b01_missing_root_version.xml ":                   {{reason: verifier.ReasonMalformed, code: CodeSchema}},
	"b02_snils_format.xml ":                           {{reason: verifier.ReasonMalformed, code: CodeSchema}},
	"b03_guid_format.xml ":                            {{reason: verifier.ReasonMalformed, code: CodeSchema}},
	"b04_unknown_element.xml ":                        {{reason: verifier.ReasonMalformed, code: CodeSchema}},
	"b05_two_bodies.xml ":                             {{reason: verifier.ReasonMalformed, code: CodeSchema}},
	"b06_wrong_namespace.xml ":                        {{reason: verifier.ReasonMalformed, code: CodeSchema}},
	"b07_doctype_entity.xml ":                         {{reason: verifier.ReasonMalformed, code: CodeDoctype}},
	"b08_filename_guid_mismatch.xml ":                 {{reason: verifier.ReasonMalformed, code: CodeFileName}},
	"b09_truncated.xml ":                              {{reason: verifier.ReasonMalformed, code: CodeXML}},
}

func TestManifest(t *testing.T) {
	var m manifest
	vectors.Read(t, "gost/mchd/manifest.json", &m)
	v := vectorFiles{t, filepath.Join(vectors.Dir(t), "gost")}
	options := Options{Trust: v.trust(), At: m.ReferenceTime}
	known := v.parents(options)
	if len(m.Cases) != len(manifestCases) || len(m.Cases) != 39 {
		t.Errorf("the manifest has %d cases, the table %d", len(m.Cases), len(manifestCases))
	}
	for _, c := range m.Cases {
		f := File{Data: v.read("mchd/" + c.XML), Name: c.XML}
		if c.Sig != "" {
			f.Signatures = [][]byte{v.read("mchd/" + c.Sig)}
		}
		for _, e := range manifestCases[c.XML+" "+c.Sig] {
			q := Question{
				At:        m.ReferenceTime,
				Principal: Number{INN: m.PrincipalINN},
				Checker:   Person{INN: "990000000299", SNILS: "99000000254"},
				Powers:    []AnyOf{{"TEST_SCAN_AGE"}},
				Registry:  RegistryStatus{State: RegistryGood, At: m.ReferenceTime},
				Chain:     known,
			}
			o := options
			if e.prove != nil {
				e.prove(&o)
			}
			if e.change != nil {
				e.change(&q)
			}
			e.hold(t, c.XML+" "+c.Sig, answer(f, o, &q))
		}
	}
}

// answer proves a file, and judges it if that succeeded.
func answer(f File, o Options, q *Question) Report {
	p, r := Prove(f, o)
	if p == nil {
		return r
	}
	return Judge(p, q)
}

func (e *expectation) hold(t *testing.T, name string, r Report) {
	t.Helper()
	failed, refused := r.Failed()
	if r.Reason != e.reason || r.OK() != (e.reason == verifier.ReasonOK) || r.Warnings&e.warning != e.warning {
		t.Errorf("%s (%s): got %s", name, e.why, r.AppendJSON(nil))
		return
	}
	if refused && (failed != e.check || r.Checks[failed].Code != e.code) {
		t.Errorf("%s (%s): failed %v with %s, want %v with %s", name, e.why, failed, r.Checks[failed].Code, e.check, e.code)
	}
}

// vectorFiles reads the official vectors of GOST.
type vectorFiles struct {
	t   testing.TB
	dir string
}

func (v vectorFiles) read(name string) []byte {
	v.t.Helper()
	b, err := os.ReadFile(filepath.Join(v.dir, filepath.FromSlash(name)))
	if err != nil {
		v.t.Fatal(err)
	}
	return b
}

func (v vectorFiles) certificates(name string) []*pki.Certificate {
	v.t.Helper()
	all, err := pki.ParseCertificates(v.read(name))
	if err != nil {
		v.t.Fatal(err)
	}
	return all
}

// trust is in the authorities of the vectors, as an operator would configure them.
func (v vectorFiles) trust() pki.Trust {
	v.t.Helper()
	crl, err := pki.ParseCRL(v.read("pki/ca.crl.pem"))
	if err != nil {
		v.t.Fatal(err)
	}
	return pki.Trust{
		Roots:         v.certificates("pki/root.crt.pem"),
		Intermediates: v.certificates("pki/ca.crt.pem"),
		CRLs:          []*pki.CRL{crl},
		Algorithms:    pki.GOST(),
	}
}

// parents are the mandates on which others of the vectors rest.
func (v vectorFiles) parents(o Options) shelf {
	s := shelf{}
	for _, name := range []string{"01_ok", "09_right_to_subdelegate"} {
		p, r := Prove(File{Data: v.read("mchd/" + name + ".xml"), Signatures: [][]byte{v.read("mchd/" + name + ".sig")}}, o)
		if p == nil {
			v.t.Errorf("%s: %s", name, r.AppendJSON(nil))
			continue
		}
		s[p.Mandate().Number] = link{p, RegistryStatus{State: RegistryGood, At: o.At}}
	}
	return s
}

// shelf keeps mandates with what the registry said of them.
type shelf map[string]link

func (s shelf) Parent(number string) (*Proven, RegistryStatus) {
	l := s[number]
	return l.proven, l.status
}
