package pki_test

import (
	"bytes"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/asn1"
	"encoding/base64"
	"encoding/pem"
	"testing"
	"time"

	. "vratar/verifier/pki"
	"vratar/verifier/pki/certify"
	"vratar/verifier/pki/pkitest"
	"vratar/verifier/proof/gost"
)

var (
	start   = time.Date(2024, 1, 1, 0, 0, 0, 0, time.UTC)
	now     = time.Date(2026, 6, 1, 0, 0, 0, 0, time.UTC)
	signed  = time.Date(2026, 5, 1, 10, 0, 0, 0, time.UTC)
	content = []byte("<Доверенность/>")
)

func curve(i int) *gost.Curve { return gost.Curves()[i] }

// world is a root, an authority under it, and a head of an organisation.
type world struct {
	root, authority, head *certify.Holder
	trust                 Trust
}

func head(o certify.Template) certify.Template {
	o.Identity = Identity{CommonName: "ООО «Ромашка»", OrgINN: "9900000017", OGRN: "1199900000013", INN: "990000000115", SNILS: "99000000153"}
	if o.From.IsZero() {
		o.From, o.To = start, start.AddDate(5, 0, 0)
	}
	if o.KeyUsage == 0 {
		o.KeyUsage = x509.KeyUsageDigitalSignature | x509.KeyUsageContentCommitment
	}
	if o.Serial == 0 {
		o.Serial = 1001
	}
	return o
}

func authority(o certify.Template) certify.Template {
	if o.Identity.CommonName == "" {
		o.Identity.CommonName = "Issuing authority"
	}
	if o.From.IsZero() {
		o.From, o.To = start, start.AddDate(9, 0, 0)
	}
	o.Serial, o.Authority = o.Serial+2, true
	if o.KeyUsage == 0 {
		o.KeyUsage = x509.KeyUsageCertSign | x509.KeyUsageCRLSign
	}
	return o
}

func newWorld() *world {
	w := &world{}
	w.root = certify.Root(pkitest.GOSTKey(curve(0), "root"), "Root", start)
	w.authority = w.root.Issue(pkitest.GOSTKey(curve(1), "authority"), authority(certify.Template{}))
	w.head = w.authority.Issue(pkitest.GOSTKey(curve(1), "head"), head(certify.Template{}))
	w.trust = Trust{
		Roots: []*Certificate{w.root.Certificate}, Intermediates: []*Certificate{w.authority.Certificate}, Algorithms: GOST(),
	}
	return w
}

func (w *world) options() Options { return Options{Trust: w.trust, At: now} }

// expect holds the answer about a signature against the failure that is due.
func expect(t *testing.T, name string, signature []byte, o Options, want Failure) *Signed {
	t.Helper()
	s := Verify(content, signature, o)
	if s.Failure != want || (s.Cause == nil) != (want == FailureNone) {
		t.Errorf("%s: %s (%v), want %s", name, s.Failure, s.Cause, want)
	}
	return s
}

func TestForms(t *testing.T) {
	w := newWorld()
	der := w.head.Sign(content, certify.Signature{At: signed})
	text := base64.StdEncoding.EncodeToString(der)
	block := string(pem.EncodeToMemory(&pem.Block{Type: "CMS", Bytes: der}))
	for name, form := range map[string]string{
		"DER": string(der), "base64": text, "lines": text[:60] + "\r\n" + text[60:] + "\n", "PEM": block,
		"mark and base64": "\ufeff" + text, "mark and PEM": "\ufeff" + block, "mark and DER": "\ufeff" + string(der),
	} {
		expect(t, name, []byte(form), w.options(), FailureNone)
	}
	for name, form := range map[string]string{
		"nothing": "", "DER and a byte": string(der) + "\x00", "cut": string(der[:len(der)-1]), "text": "signature",
		"PEM of another type":  string(pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: der})),
		"PEM and more":         block + "more",
		"base64 without ends":  text[:len(text)-1],
		"open length":          "\x30\x80" + string(der[4:]) + "\x00\x00",
		"too large":            string(der) + string(make([]byte, MaxSignature)),
		"too large as text":    string(bytes.Repeat([]byte("MIIB"), MaxSignature)),
		"certificate, no CMS":  string(w.head.Certificate.X509.Raw),
		"longer length octets": "\x30\x83\x00" + string(der[2:]),
	} {
		expect(t, name, []byte(form), w.options(), FailureMalformed)
	}
}

func TestSigners(t *testing.T) {
	w := newWorld()
	second := w.authority.Issue(pkitest.GOSTKey(curve(2), "second"), head(certify.Template{Serial: 1002}))
	both := w.head.Sign(content, certify.Signature{At: signed, CoSigners: []*certify.Holder{second}, Along: []*Certificate{second.Certificate}})
	expect(t, "two", both, w.options(), FailureSigners)
	expect(t, "no certificate", w.head.Sign(content, certify.Signature{NoCertificate: true}), w.options(), FailureCertificate)
	o := w.options()
	o.Trust.Intermediates = append(o.Trust.Intermediates, w.head.Certificate)
	expect(t, "certificate configured", w.head.Sign(content, certify.Signature{NoCertificate: true, At: signed}), o, FailureNone)
	stranger := w.head.Sign(content, certify.Signature{NoCertificate: true, Along: []*Certificate{second.Certificate}})
	expect(t, "only another's certificate", stranger, w.options(), FailureCertificate)
}

func TestAttributes(t *testing.T) {
	w := newWorld()
	second := w.authority.Issue(pkitest.GOSTKey(curve(1), "head"), head(certify.Template{Serial: 1002}))
	der := w.head.Sign(content, certify.Signature{At: signed})
	change := func(from, to string) []byte {
		t.Helper()
		out := bytes.Replace(der, []byte(from), []byte(to), 1)
		if bytes.Equal(out, der) {
			t.Fatalf("%q is not there", from)
		}
		return out
	}
	expect(t, "the same key, another certificate named", w.head.Sign(content, certify.Signature{Names: second.Certificate}), w.options(), FailureAttributes)
	expect(t, "nothing named", w.head.Sign(content, certify.Signature{NoName: true}), w.options(), FailureNone)
	expect(t, "no digest", change("\x01\x09\x04\x31", "\x01\x09\x44\x31"), w.options(), FailureAttributes)
	expect(t, "no type", change("\x01\x09\x03\x31", "\x01\x09\x43\x31"), w.options(), FailureAttributes)
	expect(t, "type twice", change("\x01\x09\x05\x31", "\x01\x09\x03\x31"), w.options(), FailureAttributes)
	s := expect(t, "none", w.head.Sign(content, certify.Signature{NoAttributes: true}), w.options(), FailureNone)
	if !s.UnsignedAttributes || s.Evidence != EvidenceNone || !s.Time.Equal(now) {
		t.Errorf("%+v", s)
	}
	expect(t, "other content", w.head.Sign([]byte("other"), certify.Signature{}), w.options(), FailureContent)
	expect(t, "other content, no attributes", w.head.Sign([]byte("other"), certify.Signature{NoAttributes: true}), w.options(), FailureSignature)
	expect(t, "other content inside", w.head.Sign([]byte("other"), certify.Signature{Attached: true}), w.options(), FailureContent)
	if s := expect(t, "inside", w.head.Sign(content, certify.Signature{Attached: true}), w.options(), FailureNone); !s.Attached {
		t.Error("not attached")
	}
	// What makes a signature over attributes pass for one over content is the tag alone; without it the bytes differ.
	attributes := bytes.Index(der, []byte("\x06\x09\x2a\x86\x48\x86\xf7\x0d\x01\x09\x03")) - 4
	if attributes < 0 {
		t.Fatal("no attributes")
	}
}

func TestTimes(t *testing.T) {
	w := newWorld()
	short := w.authority.Issue(pkitest.GOSTKey(curve(1), "short"), head(certify.Template{From: signed.AddDate(0, -1, 0), To: signed.AddDate(0, 0, 7)}))
	s := expect(t, "ended since", short.Sign(content, certify.Signature{At: signed}), w.options(), FailureNone)
	if s.Current || s.Evidence != EvidenceClaimed || !s.Time.Equal(signed) {
		t.Errorf("%+v", s)
	}
	s = expect(t, "ended, no time told", short.Sign(content, certify.Signature{}), w.options(), FailureValidity)
	if !s.Proven || s.Trusted {
		t.Errorf("%+v", s)
	}
	expect(t, "before its start", short.Sign(content, certify.Signature{At: signed.AddDate(0, -2, 0)}), w.options(), FailureValidity)
	expect(t, "tomorrow", w.head.Sign(content, certify.Signature{At: now.AddDate(0, 0, 1)}), w.options(), FailureTime)
	expect(t, "a fast clock", w.head.Sign(content, certify.Signature{At: now.Add(MaxSkew)}), w.options(), FailureNone)
	o := w.options()
	o.ExistedAt = now.AddDate(0, 0, 1)
	if s := expect(t, "known in the future", w.head.Sign(content, certify.Signature{}), o, FailureNone); s.Evidence != EvidenceNone {
		t.Errorf("%+v", s)
	}
	dead := w.root.Issue(pkitest.GOSTKey(curve(2), "dead"), authority(certify.Template{From: start, To: start.AddDate(1, 0, 0), Identity: Identity{CommonName: "Dead"}}))
	orphan := dead.Issue(pkitest.GOSTKey(curve(1), "orphan"), head(certify.Template{}))
	expect(t, "its authority had ended", orphan.Sign(content, certify.Signature{At: signed, Along: []*Certificate{dead.Certificate}}), w.options(), FailureValidity)
}

func TestTimestamps(t *testing.T) {
	w := newWorld()
	uses := []asn1.ObjectIdentifier{{1, 3, 6, 1, 5, 5, 7, 3, 8}}
	stamper := w.root.Issue(pkitest.GOSTKey(curve(3), "stamper"), certify.Template{
		Identity: Identity{CommonName: "Stamps"}, From: start, To: start.AddDate(9, 0, 0), Serial: 77, KeyUsage: x509.KeyUsageDigitalSignature, Uses: uses,
	})
	rogueRoot := certify.Root(pkitest.GOSTKey(curve(0), "rogue"), "Root", start)
	rogue := rogueRoot.Issue(pkitest.GOSTKey(curve(3), "rogue stamper"), certify.Template{
		Identity: Identity{CommonName: "Stamps"}, From: start, To: start.AddDate(9, 0, 0), Serial: 77, KeyUsage: x509.KeyUsageDigitalSignature, Uses: uses,
	})
	short := w.authority.Issue(pkitest.GOSTKey(curve(1), "short"), head(certify.Template{From: signed.AddDate(0, -1, 0), To: signed.AddDate(0, 0, 7)}))
	f := func(name string, o certify.Signature, want Failure, evidence Evidence) {
		t.Helper()
		s := expect(t, name, short.Sign(content, o), w.options(), want)
		stamped := evidence == EvidenceTimestamp
		if s.Evidence != evidence || (s.TimestampCause == nil) != stamped || stamped && !s.Time.Equal(o.StampedAt) {
			t.Errorf("%s: %s at %s (%v)", name, s.Evidence, s.Time, s.TimestampCause)
		}
	}
	f("stamped in time", certify.Signature{Stamped: stamper, StampedAt: signed.Add(time.Minute)}, FailureNone, EvidenceTimestamp)
	f("claimed in time, stamped after the end", certify.Signature{At: signed, Stamped: stamper, StampedAt: now}, FailureValidity, EvidenceTimestamp)
	f("stamped in the future", certify.Signature{Stamped: stamper, StampedAt: now.AddDate(0, 0, 1)}, FailureValidity, EvidenceNone)
	f("stamp of another signature", certify.Signature{Stamped: stamper, StampedAt: signed, StampOf: []byte("other")}, FailureValidity, EvidenceNone)
	f("stamped by a stranger", certify.Signature{At: signed, Stamped: rogue, StampedAt: signed}, FailureNone, EvidenceClaimed)
	f("stamped by one who is no timestamp authority", certify.Signature{Stamped: w.head, StampedAt: signed}, FailureValidity, EvidenceNone)
}

func TestRevocation(t *testing.T) {
	w := newWorld()
	month := func(n int) time.Time { return signed.AddDate(0, n, 0) }
	f := func(name string, state RevocationState, want Failure, current bool, lists ...*CRL) {
		t.Helper()
		o := w.options()
		o.Trust.CRLs = lists
		s := expect(t, name, w.head.Sign(content, certify.Signature{At: signed}), o, want)
		if s.Revocation.State != state || s.Current != current || !s.Trusted {
			t.Errorf("%s: %+v, current %v, trusted %v", name, s.Revocation, s.Current, s.Trusted)
		}
	}
	one := func(at time.Time) certify.Revoked { return certify.Revoked{Serial: 1001, At: at} }
	f("no list", RevocationUnknown, FailureNone, true)
	f("in force", RevocationGood, FailureNone, true, w.authority.List(month(-1), month(3)))
	f("made since", RevocationGood, FailureNone, true, w.authority.List(signed.Add(time.Hour), signed.Add(2*time.Hour)))
	f("stale", RevocationUnknown, FailureNone, true, w.authority.List(month(-2), month(-1)))
	f("of the future", RevocationUnknown, FailureNone, true, w.authority.List(month(2), month(3)))
	f("another's", RevocationUnknown, FailureNone, true, w.root.List(month(-1), month(3)))
	f("another on it", RevocationGood, FailureNone, true, w.authority.List(month(-1), month(3), certify.Revoked{Serial: 5, At: month(-1)}))
	f("revoked before", RevocationRevoked, FailureRevoked, false, w.authority.List(month(-1), month(3), one(signed.Add(-time.Second))))
	f("revoked then", RevocationRevoked, FailureRevoked, false, w.authority.List(month(-1), month(3), one(signed)))
	f("revoked since", RevocationGood, FailureNone, false, w.authority.List(month(-1), month(3), one(signed.Add(time.Second))))
	f("revoked on a stale one", RevocationRevoked, FailureRevoked, false, w.authority.List(month(-2), month(-1), one(month(-2))))
	f("one list says so", RevocationRevoked, FailureRevoked, false, w.authority.List(month(-1), month(3)), w.authority.List(month(-1), month(3), one(month(-1))))
	o := w.options()
	o.Trust.CRLs = []*CRL{w.root.List(month(-1), month(3), certify.Revoked{Serial: 2, At: month(-1)})}
	s := expect(t, "the authority", w.head.Sign(content, certify.Signature{At: signed}), o, FailureRevoked)
	if s.Authorities.State != RevocationRevoked {
		t.Errorf("%+v", s)
	}
	imposter := certify.Root(pkitest.GOSTKey(curve(1), "imposter"), "Issuing authority", start)
	imposed := imposter.List(month(-1), month(3), one(month(-1)))
	imposed.List.RawIssuer = w.authority.Certificate.X509.RawSubject
	f("signed by an imposter", RevocationUnknown, FailureNone, true, imposed)
}

// chained is a test of what a holder signs, with certificates of others along.
func (w *world) chained(t *testing.T) func(name string, h *certify.Holder, want Failure, along ...*certify.Holder) {
	return func(name string, h *certify.Holder, want Failure, along ...*certify.Holder) {
		t.Helper()
		var certificates []*Certificate
		for _, a := range along {
			certificates = append(certificates, a.Certificate)
		}
		s := expect(t, name, h.Sign(content, certify.Signature{At: signed, Along: certificates}), w.options(), want)
		if !s.Proven || s.Trusted != (want == FailureNone) || (s.Chain == nil) != (want != FailureNone) {
			t.Errorf("%s: %+v", name, s)
		}
	}
}

func key(seed string) *certify.Key { return pkitest.GOSTKey(curve(1), seed) }

// named is an authority with any number of others below it.
func named(name string) certify.Template {
	return authority(certify.Template{Identity: Identity{CommonName: name}, PathLimit: -1})
}

func leaf(issuer *certify.Holder) *certify.Holder {
	return issuer.Issue(key("leaf"), head(certify.Template{}))
}

func TestChains(t *testing.T) {
	w := newWorld()
	f := w.chained(t)
	rogue := certify.Root(key("rogue"), "Root", start)
	rogueAuthority := rogue.Issue(key("rogue authority"), authority(certify.Template{}))
	f("another root of the same name", leaf(rogueAuthority), FailureUntrusted, rogueAuthority, rogue)
	f("self-made", certify.Root(key("self"), "Self", start), FailureUntrusted)
	f("issued by one that is no authority", leaf(w.head), FailureKeyUsage, w.head)
	f("an authority below one that allows none", leaf(w.authority.Issue(key("sub"), authority(certify.Template{Identity: Identity{CommonName: "Sub"}}))),
		FailureKeyUsage, w.authority.Issue(key("sub"), authority(certify.Template{Identity: Identity{CommonName: "Sub"}})))
	open := w.root.Issue(key("open"), named("Open"))
	below := open.Issue(key("below"), authority(certify.Template{Identity: Identity{CommonName: "Below"}}))
	f("two authorities", leaf(below), FailureNone, below, open)
	f("one of two is missing", leaf(below), FailureUntrusted, below)
	listsOnly := w.root.Issue(key("lists"), authority(certify.Template{Identity: Identity{CommonName: "Lists"}, KeyUsage: x509.KeyUsageCRLSign}))
	f("an authority for lists only", leaf(listsOnly), FailureKeyUsage, listsOnly)
	f("a key for encryption", w.authority.Issue(key("leaf"), head(certify.Template{KeyUsage: x509.KeyUsageKeyEncipherment})), FailureKeyUsage)
	strange := pkix.Extension{Id: asn1.ObjectIdentifier{1, 2, 3, 4}, Critical: true, Value: []byte{5, 0}}
	f("a strange critical extension", w.authority.Issue(key("leaf"), head(certify.Template{Extra: []pkix.Extension{strange}})), FailureKeyUsage)
	way := w.root.Issue(pkitest.ECDSAKey("way"), authority(certify.Template{Identity: Identity{CommonName: "Way"}}))
	f("ECDSA on the way", leaf(way), FailureUntrusted, way)
}

// A path goes in circles nowhere, and long ones end.
func TestLongChains(t *testing.T) {
	w := newWorld()
	f := w.chained(t)
	open := w.root.Issue(key("open"), named("Open"))
	a := w.root.Issue(key("a"), named("A"))
	b := a.Issue(key("b"), named("B"))
	back := b.Issue(key("a"), named("A"))
	f("a circle", leaf(back), FailureUntrusted, back, b)
	f("a circle with a way out", leaf(back), FailureNone, back, b, a)
	long := []*certify.Holder{open}
	for i := range MaxChain {
		long = append(long, long[i].Issue(key(string(rune('a'+i))), named(string(rune('a'+i)))))
	}
	f("too long", leaf(long[MaxChain]), FailureUntrusted, long...)
	f("long", leaf(long[MaxChain-4]), FailureNone, long...)
}

func TestAlgorithms(t *testing.T) {
	w := newWorld()
	all := w.options()
	all.Trust.Algorithms = All()
	none := w.options()
	none.Trust.Algorithms = nil
	for i := range gost.Curves() {
		h := w.authority.Issue(pkitest.GOSTKey(curve(i), "head"), head(certify.Template{}))
		expect(t, curve(i).Name, h.Sign(content, certify.Signature{At: signed}), w.options(), FailureNone)
		expect(t, curve(i).Name, h.Sign(content, certify.Signature{At: signed}), none, FailureAlgorithm)
	}
	ec := w.authority.Issue(pkitest.ECDSAKey("head"), head(certify.Template{}))
	der := ec.Sign(content, certify.Signature{At: signed})
	expect(t, "ECDSA", der, all, FailureNone)
	expect(t, "ECDSA where only GOST is allowed", der, w.options(), FailureAlgorithm)
	// Digest and signature that do not go together, and a key that fits neither.
	good := w.head.Sign(content, certify.Signature{At: signed})
	swapped := w.head.Sign(content, certify.Signature{NoAttributes: true})
	streebog := []byte("\x2a\x85\x03\x07\x01\x01\x02\x02")
	swapped[bytes.Index(swapped, streebog)+7] = 3 // announced
	swapped[bytes.LastIndex(swapped, streebog)+7] = 3
	expect(t, "digest of another size", swapped, all, FailureAlgorithm)
	end := len(good) - 64 - 2 - 10
	mixed := bytes.Clone(good)
	copy(mixed[end:], bytes.ReplaceAll(good[end:], []byte("\x01\x03\x02"), []byte("\x01\x03\x03")))
	expect(t, "signature of another size", mixed, all, FailureAlgorithm)
	bare := bytes.Clone(good)
	copy(bare[end:], bytes.ReplaceAll(good[end:], []byte("\x01\x03\x02"), []byte("\x01\x01\x01")))
	expect(t, "named by its key", bare, all, FailureNone)
}
