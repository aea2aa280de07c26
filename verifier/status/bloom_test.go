package status

import (
	"encoding/base64"
	"encoding/hex"
	"math"
	"math/big"
	"testing"
	"time"

	"vratar/verifier"
	"vratar/verifier/issuing"
	"vratar/verifier/proof"
	"vratar/verifier/vectors"
)

func TestOfficialFilters(t *testing.T) {
	var all []struct {
		ID         string   `json:"id"`
		Elements   []string `json:"elements_utf8"`
		Serialised string   `json:"serialised_v1_hex_derived"`
		Expect     struct {
			Rounds int    `json:"k"`
			Bits   uint64 `json:"num_bits_m"`
			Exists []bool `json:"exists"`
		} `json:"expect"`
	}
	vectors.Read(t, "eu-dcc/bloom-filter-vectors.json", &all)
	for _, v := range all {
		data, err := hex.DecodeString(v.Serialised)
		if err != nil {
			t.Fatal(err)
		}
		src, err := Load(v.ID, data)
		if err != nil || src.Kind != KindDCCFilter {
			t.Fatalf("%s: %v %v", v.ID, src.Kind, err)
		}
		f := src.filter
		if f.rounds != v.Expect.Rounds || uint64(len(f.words))*8 != v.Expect.Bits {
			t.Errorf("%s: %d rounds, %d bits", v.ID, f.rounds, len(f.words)*8)
		}
		for i, e := range v.Elements {
			if f.holds([]byte(e)) != v.Expect.Exists[i] {
				t.Errorf("%s: %q: %v", v.ID, e, !v.Expect.Exists[i])
			}
		}
	}
	t.Logf("%d filters", len(all))
}

func hashes(n int) [][]byte {
	all := make([][]byte, n)
	for i := range all {
		all[i] = []byte{byte(i), byte(i >> 8), 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15}
	}
	return all
}

// A filter refuses what it names when it is sure, leaves it unknown when it is not, and says nothing of the rest.
func TestFilters(t *testing.T) {
	f := func(wrong float32, room int, want verifier.StatusState) {
		t.Helper()
		revoked := hashes(40)
		data, err := issuing.RevocationFilter(issuing.Filter{Wrong: wrong, Room: room}, revoked...)
		if err != nil {
			t.Fatal(err)
		}
		src := loaded(t, data)
		if src.Len() != len(revoked) {
			t.Errorf("%d hashes", src.Len())
		}
		s, key := New(src), &verifier.Key{Issuer: &verifier.Issuer{}}
		for _, h := range revoked {
			if a := s.Lookup(&verifier.Credential{RevocationHashes: [][]byte{{1}, h}}, key); a.State != want {
				t.Fatalf("named by a filter wrong %g of the time: %+v", wrong, a)
			}
		}
		other := &verifier.Credential{RevocationHashes: [][]byte{{9, 9, 9, 9, 9, 9, 9, 9, 9, 9, 9, 9, 9, 9, 9, 9}}}
		if a := s.Lookup(other, key); wrong < 1e-3 && a.State != verifier.StatusNotChecked {
			t.Errorf("not named: %+v", a)
		}
	}
	f(1e-9, 100, verifier.StatusRevoked)
	f(1e-6, 40, verifier.StatusRevoked)
	f(1e-9, 39, verifier.StatusUnknown) // fuller than it was made for
	f(1e-4, 100, verifier.StatusUnknown)
}

func TestFilterFaults(t *testing.T) {
	good, err := issuing.RevocationFilter(issuing.Filter{Wrong: 1e-9, Room: 8}, hashes(3)...)
	if err != nil {
		t.Fatal(err)
	}
	f := func(name string, change func(b []byte) []byte) {
		t.Helper()
		if src, err := Load("filter", change(append([]byte{}, good...))); err == nil {
			t.Errorf("%s: read as %s", name, src.Kind)
		}
	}
	set := func(at int, v byte) func([]byte) []byte {
		return func(b []byte) []byte { b[at] = v; return b }
	}
	f("cut off", func(b []byte) []byte { return b[:len(b)-1] })
	f("a byte more", func(b []byte) []byte { return append(b, 0) })
	f("head alone", func(b []byte) []byte { return b[:filterHead] })
	f("no rounds", set(2, 0))
	f("another hash", set(3, 1))
	f("wrong always", set(4, 0x7f))
	f("negative count", set(12, 0xff))
	f("another version", set(1, 2))
}

// Arithmetic is that of the signed number it says it is, and what was put in is found.
func FuzzFilter(f *testing.F) {
	f.Add([]byte("0123456789abcdef"), uint16(3), float32(1e-9))
	f.Add([]byte{}, uint16(1), float32(0.5))
	f.Fuzz(func(t *testing.T, element []byte, room uint16, wrong float32) {
		var n [32]byte
		copy(n[:], element)
		m := uint64(room) + 1
		want := new(big.Int).SetBytes(n[:])
		if n[0]&0x80 != 0 {
			want.Sub(want, new(big.Int).Lsh(big.NewInt(1), 256))
		}
		if want.Mod(want, new(big.Int).SetUint64(m)); want.Uint64() != floorMod(n, m) {
			t.Fatalf("%x mod %d = %d, want %d", n, m, floorMod(n, m), want)
		}
		if !(wrong > 1e-30 && wrong < 1) || math.IsNaN(float64(wrong)) || len(element) > 1<<10 {
			return
		}
		data, err := issuing.RevocationFilter(issuing.Filter{Wrong: wrong, Room: int(room) + 1}, element)
		if err != nil {
			t.Fatal(err)
		}
		src, err := loadFilter(data)
		if err != nil || !src.filter.holds(element) {
			t.Fatalf("what was put in is not found: %v", err)
		}
	})
}

// Batches say that a certificate is not revoked until the last of its country has expired.
func TestBatchesExpire(t *testing.T) {
	expiring := func(country, expires string) string {
		return `{"country":"` + country + `","kid":"UNKNOWN_KID","hashType":"UCI","expires":"` + expires + `","entries":[]}`
	}
	f := func(text string, want time.Time) {
		t.Helper()
		c := &verifier.Credential{Issuer: "AT", RevocationHashes: hashes(1)}
		a := New(loaded(t, []byte(text))).Lookup(c, &verifier.Key{Issuer: &verifier.Issuer{}})
		if a.State != verifier.StatusValid || !a.ListExpires.Equal(want) {
			t.Errorf("%s: %+v, want until %v", text, a, want)
		}
	}
	day := func(d int) time.Time { return time.Date(2030, 1, d, 0, 0, 0, 0, time.UTC) }
	const first, second = "2030-01-01T00:00:00Z", "2030-01-02T00:00:00Z"
	f(expiring("AT", first), day(1))
	f("["+expiring("AT", second)+","+expiring("AT", first)+"]", day(2))
	f("["+expiring("AT", first)+","+expiring("DE", second)+"]", day(1))
	f("["+expiring("AT", first)+","+expiring("AT", "")+"]", time.Time{})
	f("["+expiring("AT", "")+","+expiring("AT", first)+"]", time.Time{})
}

// A signed batch counts when its own country signed it; before that its certificates are unknown.
func TestSignedBatches(t *testing.T) {
	k := authority(t, verifier.ES256, 1)
	const text = `{"country":"AT","kid":"UNKNOWN_KID","hashType":"UCI","expires":"2030-01-01T00:00:00Z","entries":[{"hash":"AAECAwQFBgcICQoLDA0ODw=="}]}`
	message, err := issuing.SignedMessage(k, []byte(text))
	if err != nil {
		t.Fatal(err)
	}
	revoked := &verifier.Credential{Format: "hcert", Issuer: "AT", RevocationHashes: [][]byte{{0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15}}}
	good := &verifier.Credential{Format: "hcert", Issuer: "AT", RevocationHashes: hashes(1)}
	f := func(name string, src Source, want, other verifier.StatusState) {
		t.Helper()
		s := New(src)
		for c, state := range map[*verifier.Credential]verifier.StatusState{revoked: want, good: other} {
			if a := s.Lookup(c, &verifier.Key{Issuer: &verifier.Issuer{ID: "AT"}}); a.State != state {
				t.Errorf("%s: %+v, want %v", name, a, state)
			}
		}
	}
	signedBy := func(id, country string) *verifier.Key {
		return &verifier.Key{Issuer: &verifier.Issuer{ID: id, Country: country}}
	}
	for _, data := range [][]byte{message, []byte(base64.StdEncoding.EncodeToString(message))} {
		src := loaded(t, data)
		if src.Kind != KindDCCRevocation || src.Statement == nil || src.Len() != 1 {
			t.Fatalf("%+v", src)
		}
		if key, reason := verifier.Prove(trusting(t, k), proof.Checker{}, src.Statement); key == nil {
			t.Fatal(reason)
		}
		f("by nobody", src, verifier.StatusUnknown, verifier.StatusUnknown)
		f("by its country", src.ProvenBy(signedBy("health ministry", "AT")), verifier.StatusRevoked, verifier.StatusValid)
		f("by its country's name", src.ProvenBy(signedBy("AT", "")), verifier.StatusRevoked, verifier.StatusValid)
		f("by whom the operator trusts with all", src.ProvenBy(signedBy("*", "")), verifier.StatusRevoked, verifier.StatusValid)
		f("by another country", src.ProvenBy(signedBy("DE", "DE")), verifier.StatusUnknown, verifier.StatusUnknown)
	}
	for _, content := range []string{"", "ticket-1\n", `{"rids":[]}`} {
		other, err := issuing.SignedMessage(k, []byte(content))
		if err != nil {
			t.Fatal(err)
		}
		if src, err := Load("list", other); err == nil {
			t.Errorf("%q is read as %s", content, src.Kind)
		}
	}
}

// A status list counts in the form that the credential's format asks for.
func TestFormOfStatusLists(t *testing.T) {
	k := seeded(t, verifier.ES256, 1)
	l := issuing.StatusList{URI: "https://s.example/1", Bits: 1, Size: 8, IssuedAt: start}
	jwt, err1 := issuing.StatusListJWT(k, l)
	cwt, err2 := issuing.StatusListCWT(k, l)
	if err1 != nil || err2 != nil {
		t.Fatal(err1, err2)
	}
	signer := &verifier.Key{Issuer: &verifier.Issuer{ID: "x"}}
	asJWT, asCWT := loaded(t, jwt).ProvenBy(signer), loaded(t, cwt).ProvenBy(signer)
	f := func(form verifier.StatusForm, want verifier.StatusState, sources ...Source) {
		t.Helper()
		c := &verifier.Credential{Status: &verifier.StatusRef{URI: l.URI, Form: form}}
		if a := New(sources...).Lookup(c, signer); a.State != want {
			t.Errorf("form %d: %+v", form, a)
		}
	}
	for _, src := range []Source{asJWT, asCWT} {
		f(verifier.AnyForm, verifier.StatusValid, src)
	}
	f(verifier.JWTForm, verifier.StatusValid, asJWT)
	f(verifier.JWTForm, verifier.StatusUnknown, asCWT)
	f(verifier.CWTForm, verifier.StatusUnknown, asJWT)
	f(verifier.CWTForm, verifier.StatusValid, asJWT, asCWT)
	f(verifier.JWTForm, verifier.StatusValid, asCWT, asJWT)
}
