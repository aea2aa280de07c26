package trust

import (
	"bytes"
	"encoding/asn1"
	"fmt"
	"sync"
	"testing"

	"vratar/verifier"
	"vratar/verifier/issuing"
)

// keyOf is the one key of c.
func keyOf(t testing.TB, s *Snapshot, c *verifier.Credential) *verifier.Key {
	t.Helper()
	keys, reason := s.Find(nil, c)
	if reason != verifier.ReasonOK || len(keys) != 1 {
		t.Fatalf("Find = %v, %v", keys, reason)
	}
	return keys[0]
}

var forDocuments = issuing.CertificateOptions{Country: "UT", Organisation: "Signer", Uses: []string{signerUse}}

// A certificate that an authority on the list has signed, or that is on the list, is read once.
func TestVouchedLeafIsRemembered(t *testing.T) {
	iaca := root(t, 1)
	f := func(s *Snapshot, der []byte) *verifier.Key {
		t.Helper()
		first := keyOf(t, s, shown(der))
		if first != keyOf(t, s, shown(bytes.Clone(der))) || first.Fleeting || first.Preparation == nil {
			t.Fatalf("not remembered: %+v", first)
		}
		return first
	}
	signer := certify(t, newKey(t, 2), iaca, forDocuments)
	f(snapshotOf(t, pemOf(iaca.Certificate)), signer.Certificate)
	other := certify(t, newKey(t, 3), iaca, forDocuments)
	if s := snapshotOf(t, pemOf(iaca.Certificate)); f(s, signer.Certificate).Preparation == f(s, other.Certificate).Preparation {
		t.Fatal("two keys share what is prepared")
	}
	// Its memory is its own.
	der := bytes.Clone(signer.Certificate)
	s := snapshotOf(t, pemOf(iaca.Certificate))
	key := keyOf(t, s, shown(der))
	clear(der)
	if !bytes.Equal(key.Certificate.Raw, signer.Certificate) || keyOf(t, s, shown(signer.Certificate)) != key {
		t.Fatal("it changed with the code")
	}

	listed := snapshotOf(t, pemOf(signer.Certificate))
	if k := f(listed, signer.Certificate); k.Preparation != listed.Keys()[0].Preparation {
		t.Fatal("a listed key is prepared twice")
	}
}

// Lists that were read again and are the same go on with what is remembered; any change forgets it.
func TestOnlyTheSameTrustRemembers(t *testing.T) {
	iaca := root(t, 1)
	signer := certify(t, newKey(t, 2), iaca, forDocuments)
	first := snapshotOf(t, pemOf(iaca.Certificate))
	key := keyOf(t, first, shown(signer.Certificate))
	again := snapshotOf(t, pemOf(iaca.Certificate)).After(first)
	if keyOf(t, again, shown(signer.Certificate)) != key {
		t.Fatal("forgotten although nothing changed")
	}
	if keyOf(t, snapshotOf(t, pemOf(iaca.Certificate)).After(nil), shown(signer.Certificate)) == key {
		t.Fatal("remembered by nobody")
	}
	more := snapshotOf(t, append(pemOf(iaca.Certificate), pemOf(root(t, 9).Certificate)...)).After(again)
	if keyOf(t, more, shown(signer.Certificate)) == key {
		t.Fatal("remembered although the list changed")
	}
	for _, s := range []*Snapshot{Empty().After(more), snapshotOf(t, pemOf(root(t, 9).Certificate)).After(again)} {
		if keys, reason := s.Find(nil, shown(signer.Certificate)); reason == verifier.ReasonOK {
			t.Fatalf("trusted although its authority is not: %v", keys)
		}
	}
}

// What nobody vouches for byte by byte takes no memory: there is no end of such certificates.
func TestOtherLeavesAreForgotten(t *testing.T) {
	f := func(s *Snapshot, der []byte, want verifier.Reason) {
		t.Helper()
		keys, reason := s.Find(nil, shown(der))
		again, _ := s.Find(nil, shown(der))
		if reason != want || s.leaves.get(der) != nil {
			t.Fatalf("%v, want %v; remembered: %v", reason, want, s.leaves.get(der) != nil)
		}
		if want == verifier.ReasonOK && (!keys[0].Fleeting || keys[0] == again[0]) {
			t.Fatalf("%+v outlives its credential", keys[0])
		}
	}
	// Anybody can write such a certificate for a key on the list.
	jwk, err := newKey(t, 2).MarshalPublic()
	if err != nil {
		t.Fatal(err)
	}
	bare := snapshotOf(t, []byte(`{"keys":[`+string(jwk)+`]}`))
	alone := certify(t, newKey(t, 2), nil, forDocuments)
	f(bare, alone.Certificate, verifier.ReasonOK)
	otherwise := forDocuments
	otherwise.Organisation = "Another"
	f(snapshotOf(t, pemOf(alone.Certificate)), certify(t, newKey(t, 2), nil, otherwise).Certificate, verifier.ReasonOK)

	iaca := root(t, 1)
	trusting := snapshotOf(t, pemOf(iaca.Certificate))
	forged := certify(t, newKey(t, 2), iaca, forDocuments).Certificate
	forged[len(forged)-1] ^= 1
	f(trusting, forged, verifier.ReasonKeyUnknown)
	f(trusting, alone.Certificate, verifier.ReasonKeyUnknown)
	f(trusting, certify(t, newKey(t, 2), root(t, 9), forDocuments).Certificate, verifier.ReasonKeyUnknown)
	f(trusting, []byte("no certificate"), verifier.ReasonKeyUnknown)
	large := forDocuments
	for n := range 100 {
		large.Addresses = append(large.Addresses, fmt.Sprintf("https://a-long-name-%d.of.an.issuer.example/with/a/path", n))
	}
	f(trusting, certify(t, newKey(t, 2), iaca, large).Certificate, verifier.ReasonOK)
}

// A certificate has no room for what nobody signed: each such text would be remembered, and its key prepared, anew.
func TestNothingBehindTheSignature(t *testing.T) {
	iaca := root(t, 1)
	trusting := snapshotOf(t, pemOf(iaca.Certificate))
	genuine := certify(t, newKey(t, 2), iaca, forDocuments).Certificate
	var parts []asn1.RawValue
	if _, err := asn1.Unmarshal(genuine, &parts); err != nil {
		t.Fatal(err)
	}
	for n := range 3 {
		parts = append(parts, asn1.RawValue{Tag: asn1.TagOctetString, Bytes: []byte{byte(n)}})
		der, err := asn1.Marshal(parts)
		if err != nil {
			t.Fatal(err)
		}
		if _, reason := trusting.Find(nil, shown(der)); reason != verifier.ReasonKeyUnknown || trusting.leaves.get(der) != nil {
			t.Errorf("%v; remembered: %v", reason, trusting.leaves.get(der) != nil)
		}
	}
	keyOf(t, trusting, shown(genuine))
}

// Remembered or not, the answer to every credential is the same, whatever was asked before.
func TestRememberedLeafChangesNoAnswer(t *testing.T) {
	iaca := root(t, 1)
	lists := [][]byte{
		pemOf(iaca.Certificate),
		[]byte(`{"issuers":[{"id":"utopia","formats":["mdoc","sdjwt"],"documents":["age"],"keys":[{"pem":` + quoted(pemOf(iaca.Certificate)) + `}]}]}`),
		[]byte(`{"issuers":[{"id":"*","formats":["sdjwt"],"keys":[{"pem":` + quoted(pemOf(iaca.Certificate)) + `}]},
			{"id":"utopia","formats":["mdoc"],"keys":[{"pem":` + quoted(pemOf(iaca.Certificate)) + `}]}]}`),
	}
	web := issuing.CertificateOptions{Country: "UT", Addresses: []string{"https://issuer.example/path"}}
	leaves := []*issuing.Key{certify(t, newKey(t, 2), iaca, forDocuments), certify(t, newKey(t, 3), iaca, web)}
	for _, list := range lists {
		used := snapshotOf(t, list)
		for range 2 {
			for _, c := range asked(leaves) {
				got, reason := used.Find(nil, c)
				want, wantReason := snapshotOf(t, list).Find(nil, c)
				if reason != wantReason || len(got) != len(want) {
					t.Fatalf("%s %q %q: %v, afresh %v", c.Format, c.Issuer, c.Type, reason, wantReason)
				}
				for i := range got {
					if got[i].ID != want[i].ID || got[i].Issuer.ID != want[i].Issuer.ID || !got[i].NotAfter.Equal(want[i].NotAfter) {
						t.Fatalf("%+v, afresh %+v", got[i], want[i])
					}
				}
			}
		}
	}
}

// asked are credentials that differ in all that Find looks at.
func asked(leaves []*issuing.Key) (all []*verifier.Credential) {
	for _, l := range leaves {
		for _, issuer := range []string{"", "utopia", "https://issuer.example/path", "https://issuer.example", "elsewhere"} {
			for _, format := range []string{"mdoc", "sdjwt", verifier.FormatStatusList} {
				for _, kind := range []string{"age", "identity"} {
					for _, kid := range []string{"", "k"} {
						c := shown(l.Certificate)
						c.Issuer, c.Format, c.Type, c.Proof.KeyID = issuer, format, kind, []byte(kid)
						if format != "mdoc" {
							c.KeyUse = verifier.KeyUse{}
						}
						all = append(all, c)
					}
				}
			}
		}
	}
	return all
}

// When a set is full, what was asked for of late stays.
func TestLeavesAreBounded(t *testing.T) {
	m := newLeaves(1)
	of := func(n int) *leaf { return &leaf{der: []byte{byte(n)}} }
	for n := range leafWays {
		m.put(of(n))
	}
	m.get([]byte{0})
	m.get([]byte{2})
	m.put(of(10))
	m.put(of(11))
	for n, want := range map[int]bool{0: true, 1: false, 2: true, 3: false, 10: true, 11: true} {
		if (m.get([]byte{byte(n)}) != nil) != want {
			t.Errorf("%d: want %t", n, want)
		}
	}
	// All of them were just asked for, and still one gives way.
	if l := of(12); m.put(l) != l || m.get([]byte{12}) != l || m.put(of(12)) != l {
		t.Fatal("the newcomer is not there, or twice")
	}
}

func TestLeavesFromManyGates(t *testing.T) {
	iaca := root(t, 1)
	s := snapshotOf(t, pemOf(iaca.Certificate))
	s.leaves = newLeaves(1)
	var signers []*issuing.Key
	for n := range 2 * leafWays {
		signers = append(signers, certify(t, newKey(t, byte(2+n)), iaca, forDocuments))
	}
	var wg sync.WaitGroup
	for gate := range 4 {
		wg.Go(func() {
			for i := range 200 {
				k := signers[(i+gate)%len(signers)]
				keys, reason := s.Find(nil, shown(k.Certificate))
				if reason != verifier.ReasonOK || !bytes.Equal(keys[0].Certificate.Raw, k.Certificate) {
					t.Errorf("%v, %v", keys, reason)
				}
			}
		})
	}
	wg.Wait()
}
