package status

import (
	"bytes"
	"compress/zlib"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"errors"
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"
	"time"

	"vratar/verifier"
	"vratar/verifier/inflate"
	"vratar/verifier/issuing"
	"vratar/verifier/proof"
	"vratar/verifier/trust"
)

var issued = time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)

const uri = "https://x.example/status/1"

func newKey(t testing.TB) *issuing.Key {
	t.Helper()
	k, err := issuing.NewKey(verifier.ES256, rand.NewChaCha8([32]byte{1}))
	if err != nil {
		t.Fatal(err)
	}
	return k
}

func list(bits int, values map[uint64]byte) issuing.StatusList {
	return issuing.StatusList{URI: uri, Bits: bits, Size: 100, Values: values, IssuedAt: issued}
}

func mustLoad(t testing.TB, data []byte, err error) Source {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
	src, err := Load("test", data)
	if err != nil {
		t.Fatal(err)
	}
	return src
}

func signerOf(issuer string) *verifier.Key {
	return &verifier.Key{Issuer: &verifier.Issuer{ID: issuer}}
}

func referring(index uint64) *verifier.Credential {
	return &verifier.Credential{Status: &verifier.StatusRef{URI: uri, Index: index}}
}

func TestTokenListInBothEncodings(t *testing.T) {
	k := newKey(t)
	l := list(2, map[uint64]byte{1: 1, 2: 2, 3: 3})
	l.ExpiresAt = issued.AddDate(0, 0, 7)
	l.Issuer, l.TTL = "https://x.example", time.Hour
	jwt, errJ := issuing.StatusListJWT(k, l)
	cwt, errC := issuing.StatusListCWT(k, l)
	for _, src := range []Source{mustLoad(t, jwt, errJ), mustLoad(t, append(jwt, '\n'), errJ), mustLoad(t, cwt, errC)} {
		c := src.Statement
		if src.Kind != KindTokenList || src.URI != uri || src.Len() != 100 || c.Format != verifier.FormatStatusList {
			t.Errorf("source = %+v", src)
		}
		if c.Issuer != "https://x.example" || !c.IssuedAt.Equal(issued) || !c.ExpiresAt.Equal(l.ExpiresAt) {
			t.Errorf("statement = %+v", c)
		}
		trusted, err := issuing.TrustList(issuing.TrustedIssuer{ID: "https://x.example", Formats: []string{"document"}, Keys: []*issuing.Key{k}})
		if err != nil {
			t.Fatal(err)
		}
		material, err := trust.Load("trust.json", trusted)
		if err != nil {
			t.Fatal(err)
		}
		key, reason := verifier.Prove(trust.New(material), proof.Checker{}, c)
		if key == nil {
			t.Fatalf("not proven: %s", reason)
		}
		s := New(src.ProvenBy(key))
		f := func(index uint64, want verifier.StatusState) {
			t.Helper()
			if got := s.Lookup(referring(index), key); got.State != want {
				t.Errorf("entry %d: %+v, want %v", index, got, want)
			}
		}
		f(0, verifier.StatusValid)
		f(1, verifier.StatusRevoked)
		f(2, verifier.StatusSuspended)
		f(3, verifier.StatusUnknown)
		f(99, verifier.StatusValid)
		f(100, verifier.StatusUnknown)
		f(1<<63, verifier.StatusUnknown)
	}
}

func TestListSpeaksForItsIssuerOnly(t *testing.T) {
	data, err := issuing.StatusListCWT(newKey(t), list(1, nil))
	src := mustLoad(t, data, err)
	f := func(src Source, c *verifier.Credential, holder string, want verifier.StatusState) {
		t.Helper()
		if got := New(src).Lookup(c, signerOf(holder)); got.State != want || (want == verifier.StatusUnknown && got.Detail == "") {
			t.Errorf("%+v, want %v", got, want)
		}
	}
	f(src, referring(0), "a", verifier.StatusUnknown) // nobody proved it
	f(src.ProvenBy(signerOf("a")), referring(0), "a", verifier.StatusValid)
	f(src.ProvenBy(signerOf("b")), referring(0), "a", verifier.StatusUnknown)
	f(src.ProvenBy(signerOf("*")), referring(0), "a", verifier.StatusValid)
	f(src.ProvenBy(signerOf("a")), referring(0), "*", verifier.StatusValid)
	f(src.ProvenBy(signerOf("a")).ProvenBy(nil), referring(0), "a", verifier.StatusUnknown)
	elsewhere := referring(0)
	elsewhere.Status.URI += "0"
	f(src.ProvenBy(signerOf("a")), elsewhere, "a", verifier.StatusUnknown)
	f(src.ProvenBy(signerOf("a")), &verifier.Credential{}, "a", verifier.StatusNotChecked)
	if got := New().Lookup(referring(0), signerOf("a")); got.State != verifier.StatusUnknown {
		t.Errorf("without lists: %+v", got)
	}
}

func TestNewestListOfTheIssuerAnswers(t *testing.T) {
	source := func(day int, value byte, by string) Source {
		l := list(1, map[uint64]byte{0: value})
		l.IssuedAt = issued.AddDate(0, 0, day)
		data, err := issuing.StatusListCWT(newKey(t), l)
		return mustLoad(t, data, err).ProvenBy(signerOf(by))
	}
	f := func(want verifier.StatusState, sources ...Source) {
		t.Helper()
		if got := New(sources...).Lookup(referring(0), signerOf("a")); got.State != want {
			t.Errorf("%+v, want %v", got, want)
		}
	}
	f(verifier.StatusRevoked, source(1, 0, "a"), source(2, 1, "a"))
	f(verifier.StatusRevoked, source(2, 1, "a"), source(1, 0, "a"))
	f(verifier.StatusValid, source(2, 0, "a"), source(1, 1, "a"))
	f(verifier.StatusRevoked, source(1, 1, "a"), source(2, 0, "b")) // another's newer list changes nothing
}

func TestTimesOfAList(t *testing.T) {
	f := func(exp time.Time, ttl time.Duration, fetched, wantTime, wantExpires time.Time) {
		t.Helper()
		l := list(1, nil)
		l.ExpiresAt, l.TTL = exp, ttl
		data, err := issuing.StatusListJWT(newKey(t), l)
		src := mustLoad(t, data, err).ProvenBy(signerOf("a"))
		src.FetchedAt = fetched
		got := New(src).Lookup(referring(0), signerOf("a"))
		if !got.ListTime.Equal(wantTime) || !got.ListExpires.Equal(wantExpires) {
			t.Errorf("times %v and %v, want %v and %v", got.ListTime, got.ListExpires, wantTime, wantExpires)
		}
	}
	var none time.Time
	later := issued.Add(time.Hour)
	week := issued.AddDate(0, 0, 7)
	f(none, 0, none, issued, none)
	f(week, 0, none, issued, week)
	f(week, time.Minute, none, issued, week) // a file: nobody knows when it was fetched
	f(week, time.Minute, later, later, later.Add(time.Minute))
	f(none, time.Minute, later, later, later.Add(time.Minute))
	f(later, 3*time.Hour, later, later, later) // never beyond the expiry
	f(week, 0, issued.Add(-time.Hour), issued, week)
}

func TestBrokenTokens(t *testing.T) {
	k := newKey(t)
	f := func(typ, payload, want string) {
		t.Helper()
		header := fmt.Sprintf(`{"alg":"ES256","typ":%q}`, typ)
		text := base64.RawURLEncoding.EncodeToString([]byte(header)) + "." + base64.RawURLEncoding.EncodeToString([]byte(payload)) + ".AAAA"
		if _, err := Load("x", []byte(text)); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: error %v lacks %q", payload, err, want)
		}
	}
	const typ = "statuslist+jwt"
	const good = `{"sub":"u","iat":1,"status_list":{"bits":1,"lst":"eNrbuRgAAhcBXQ"}}`
	if _, err := Load("x", []byte("eyJhbGciOiJFUzI1NiIsInR5cCI6InN0YXR1c2xpc3Qrand0In0."+base64.RawURLEncoding.EncodeToString([]byte(good))+".AAAA")); err != nil {
		t.Fatal(err)
	}
	f("JWT", good, "no status list")
	f("", good, "no status list")
	f(typ, strings.Replace(good, `"sub":"u",`, "", 1), "sub")
	f(typ, strings.Replace(good, `"iat":1,`, "", 1), "iat")
	f(typ, strings.Replace(good, `"iat":1`, `"iat":"1"`, 1), "iat")
	f(typ, strings.Replace(good, `"iat"`, `"exp":null,"iat"`, 1), "exp")
	f(typ, strings.Replace(good, `"iat"`, `"ttl":-1,"iat"`, 1), "ttl")
	f(typ, strings.Replace(good, `"iat"`, `"ttl":18446744073709551615,"iat"`, 1), "time to live")
	f(typ, strings.Replace(good, `"bits":1`, `"bits":3`, 1), "3 bits")
	f(typ, strings.Replace(good, `"bits":1,`, "", 1), "0 bits")
	f(typ, strings.Replace(good, `"lst":"eN`, `"lst":"eM`, 1), "inflate")
	f(typ, strings.Replace(good, `BXQ`, `BX`, 1), "")
	f(typ, good+good, "JSON")
	f(typ, `{"sub":"u","sub":"u"}`, "twice")

	cwt, err := issuing.StatusListCWT(k, list(1, nil))
	if err != nil {
		t.Fatal(err)
	}
	for name, broken := range map[string][]byte{
		"cut":       cwt[:len(cwt)-1],
		"longer":    append(append([]byte(nil), cwt...), 0),
		"as MAC":    append([]byte{0xd1}, cwt[1:]...),
		"other typ": []byte(strings.Replace(string(cwt), "statuslist", "statuslost", 1)),
	} {
		if _, err := Load("x", broken); err == nil {
			t.Errorf("%s is accepted", name)
		}
	}
}

func batch(country, kid, kind string, hashes ...[]byte) string {
	var entries []string
	for _, h := range hashes {
		entries = append(entries, `{"hash":"`+base64.StdEncoding.EncodeToString(h)+`"}`)
	}
	return fmt.Sprintf(`{"country":%q,"expires":"2027-01-01T00:00:00Z","kid":%q,"hashType":%q,"entries":[%s]}`,
		country, kid, kind, strings.Join(entries, ","))
}

func hashOf(s string) []byte { h := sha256.Sum256([]byte(s)); return h[:hashSize] }

func TestRevokedHashes(t *testing.T) {
	kid := []byte("8 bytes!")
	kidText := base64.StdEncoding.EncodeToString(kid)
	data := "[" + batch("AT", kidText, "UCI", hashOf("one"), hashOf("two")) + "," + batch("DE", unknownKID, "SIGNATURE", hashOf("three")) + "]"
	src := mustLoad(t, []byte(data), nil)
	src.FetchedAt = issued
	if src.Kind != KindDCCRevocation || src.Statement != nil {
		t.Errorf("source = %+v", src)
	}
	s := New(src)
	f := func(country string, kid []byte, hash string, want verifier.StatusState) {
		t.Helper()
		c := &verifier.Credential{Issuer: country, Country: country, RevocationHashes: [][]byte{hashOf("other"), hashOf(hash)}}
		c.Proof.KeyID = kid
		got := s.Lookup(c, signerOf(country))
		if got.State != want {
			t.Errorf("%s %q %s: %+v, want %v", country, kid, hash, got, want)
		}
		if want != verifier.StatusNotChecked && !got.ListTime.Equal(issued) {
			t.Errorf("time of the list: %v", got.ListTime)
		}
	}
	f("AT", kid, "two", verifier.StatusRevoked)
	f("AT", kid, "unlisted", verifier.StatusValid)
	f("AT", []byte("8 others"), "two", verifier.StatusValid) // another key's certificate of that id
	f("DE", []byte("8 others"), "three", verifier.StatusRevoked)
	f("AT", []byte("8 others"), "three", verifier.StatusValid) // another country's
	f("FR", kid, "one", verifier.StatusRevoked)                // the key decides, not what the certificate says of its country
	f("FR", []byte("8 others"), "three", verifier.StatusNotChecked)
}

// A key identifier that stands outside the signature can be dropped by anybody. The trusted key's own name counts.
func TestRevokedHashesByTrustedKey(t *testing.T) {
	k, err := newKey(t).Certified(issuing.CertificateOptions{Country: "AT", NotBefore: issued, NotAfter: issued.AddDate(1, 0, 0)})
	if err != nil {
		t.Fatal(err)
	}
	list, err := issuing.TrustList(issuing.TrustedIssuer{ID: "AT", Country: "AT", Keys: []*issuing.Key{k}})
	if err != nil {
		t.Fatal(err)
	}
	material, err := trust.Load("trust.json", list)
	if err != nil {
		t.Fatal(err)
	}
	certified := trust.New(material).Keys()[0]
	sum := sha256.Sum256(k.Certificate)
	name := base64.StdEncoding.EncodeToString(sum[:kidSize])
	bare := &verifier.Key{ID: name, Issuer: certified.Issuer}
	s := New(mustLoad(t, []byte(batch("AT", name, "UCI", hashOf("x"))), nil))
	c := &verifier.Credential{Country: "AT", RevocationHashes: [][]byte{hashOf("x")}}
	for _, key := range []*verifier.Key{certified, bare} {
		if got := s.Lookup(c, key); got.State != verifier.StatusRevoked {
			t.Errorf("key %q: %+v", key.ID, got)
		}
	}
	if got := s.Lookup(c, signerOf("AT")); got.State == verifier.StatusRevoked {
		t.Errorf("a key without name: %+v", got)
	}
}

func TestBrokenBatches(t *testing.T) {
	good := batch("AT", "AAAAAAAAAAA=", "UCI", hashOf("x"))
	mustLoad(t, []byte(good), nil)
	f := func(old, new, want string) {
		t.Helper()
		text := strings.Replace(good, old, new, 1)
		if _, err := Load("x", []byte("["+good+","+text+"]")); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: error %v lacks %q", text, err, want)
		}
	}
	f(`"AT"`, `"Austria"`, "batch 1")
	f(`"AAAAAAAAAAA="`, `"AAAA"`, "kid")
	f(`"UCI"`, `"MD5"`, "MD5")
	f(`2027-01-01T00:00:00Z`, `soon`, "soon")
	f(`"hash":"`, `"hash":"AAAA`, "entry 0")
	f(`"entries":[`, `"entries":[7,`, "entry 0")
	f(`"country":"AT"`, `"country":"AT","country":"DE"`, "twice")
	f(`{"country"`, `{"x":1}{"country"`, "")
}

func TestRevokedIDs(t *testing.T) {
	id := []byte("0123456789abcde\xff")
	text := "# revoked by hand\n\n" + hex.EncodeToString(id[:8]) + "\r\n  " + base64.RawURLEncoding.EncodeToString(id) + "\nURN:UVCI:01:AT:X#1\n"
	src := mustLoad(t, []byte(text), nil)
	if src.Kind != KindRevokedIDs || src.Len() != 3 {
		t.Errorf("%s with %d ids", src.Kind, src.Len())
	}
	s := New(src)
	f := func(id []byte, want verifier.StatusState) {
		t.Helper()
		if got := s.Lookup(&verifier.Credential{ID: id}, signerOf("a")); got.State != want {
			t.Errorf("%q: %+v, want %v", id, got, want)
		}
	}
	f(id, verifier.StatusRevoked)
	f(id[:8], verifier.StatusRevoked)
	f([]byte("URN:UVCI:01:AT:X#1"), verifier.StatusRevoked)
	f(id[:7], verifier.StatusNotChecked)
	f([]byte("# revoked by hand"), verifier.StatusNotChecked)
	f(nil, verifier.StatusNotChecked)
	f([]byte{}, verifier.StatusNotChecked)

	if got := mustLoad(t, nil, nil); got.Kind != KindRevokedIDs || got.Len() != 0 {
		t.Errorf("an empty file: %+v", got)
	}
	for _, bad := range []string{"<html>", "two words", "caf\xc3\xa9", "\x00", strings.Repeat("x", maxID+1)} {
		if _, err := Load("x", []byte("good\n"+bad)); err == nil || !strings.Contains(err.Error(), "line 2") {
			t.Errorf("%.20q: %v", bad, err)
		}
	}
}

// The worst that any list says counts.
func TestListsTogether(t *testing.T) {
	data, err := issuing.StatusListCWT(newKey(t), list(2, map[uint64]byte{1: 2}))
	tokens := mustLoad(t, data, err).ProvenBy(signerOf("a"))
	ids := mustLoad(t, []byte("bad"), nil)
	hashes := mustLoad(t, []byte(batch("AT", unknownKID, "UCI", hashOf("bad"))), nil)
	s := New(tokens, ids, hashes)
	f := func(id, hash string, index uint64, want verifier.StatusState) {
		t.Helper()
		c := referring(index)
		c.ID, c.Country, c.RevocationHashes = []byte(id), "AT", [][]byte{hashOf(hash)}
		if got := s.Lookup(c, signerOf("a")); got.State != want {
			t.Errorf("%s %s %d: %+v, want %v", id, hash, index, got, want)
		}
	}
	f("good", "good", 0, verifier.StatusValid)
	f("good", "good", 1, verifier.StatusSuspended)
	f("bad", "good", 0, verifier.StatusRevoked)
	f("good", "bad", 1, verifier.StatusRevoked)
	f("good", "good", 1000, verifier.StatusUnknown)
}

func TestTooLargeList(t *testing.T) {
	var bomb bytes.Buffer
	w, err := zlib.NewWriterLevel(&bomb, zlib.BestSpeed)
	if err != nil {
		t.Fatal(err)
	}
	for range maxList>>20 + 1 {
		w.Write(make([]byte, 1<<20)) // a bytes.Buffer takes everything
	}
	w.Close()
	if _, err := newTokenList(8, bomb.Bytes(), 0); !errors.Is(err, inflate.ErrTooLarge) {
		t.Errorf("a bomb of %d bytes: %v", bomb.Len(), err)
	}
}

// Whatever is loaded, a list that nobody proved revokes nobody and clears nobody, and look-ups do not fail.
func FuzzLoad(f *testing.F) {
	k := newKey(f)
	jwt, _ := issuing.StatusListJWT(k, list(4, map[uint64]byte{0: 1, 99: 15}))
	cwt, _ := issuing.StatusListCWT(k, list(1, map[uint64]byte{0: 1}))
	f.Add(jwt)
	f.Add(cwt)
	f.Add([]byte(batch("AT", "AAAAAAAAAAA=", "UCI", hashOf("x"))))
	f.Add([]byte("[" + batch("AT", unknownKID, "SIGNATURE") + "]"))
	f.Add([]byte("# ids\nabc\n"))
	f.Fuzz(func(t *testing.T, data []byte) {
		src, err := Load("fuzz", data)
		if err != nil {
			return
		}
		if (src.Statement != nil) != (src.Kind == KindTokenList) {
			t.Fatalf("%s with statement %v", src.Kind, src.Statement)
		}
		c := referring(0)
		c.Status.URI = src.URI
		if got := New(src).Lookup(c, signerOf("a")); got.State != verifier.StatusUnknown {
			t.Fatalf("an unproven list answers %v", got.State)
		}
		proven := New(src.ProvenBy(signerOf("a")))
		for _, index := range []uint64{0, uint64(src.Len()) - 1, uint64(src.Len()), 1 << 63} {
			c.Status.Index = index
			got := proven.Lookup(c, signerOf("a"))
			if src.Kind == KindTokenList && index >= uint64(src.Len()) && got.State != verifier.StatusUnknown {
				t.Fatalf("entry %d of %d: %v", index, src.Len(), got.State)
			}
		}
	})
}
