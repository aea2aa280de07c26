package status

import (
	"bytes"
	"encoding/base64"
	"encoding/hex"
	"errors"
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"
	"time"

	"vratar/verifier"
	"vratar/verifier/status/revoked"
	"vratar/verifier/status/ribbon"
)

// disk is a set itself, which may fail.
type disk struct {
	keys map[string]bool
	err  error
}

func (d *disk) Has(key []byte) (bool, error) { return d.keys[string(key)] && d.err == nil, d.err }

// filtered is the keys as a set with filters, and where they lie.
func filtered(t testing.TB, keys ...[]byte) (*revoked.Live, *disk) {
	t.Helper()
	d := &disk{keys: make(map[string]bool)}
	var shards [revoked.Shards][]uint64
	for _, key := range keys {
		d.keys[string(key)] = true
		h := revoked.Hash(key)
		shards[revoked.ShardOf(h)] = append(shards[revoked.ShardOf(h)], h)
	}
	draft := revoked.New(d, 0).Draft()
	for i, hashes := range shards {
		draft.Cover(i, new(ribbon.Builder).Build(hashes), nil)
	}
	live := new(revoked.Live)
	live.Store(draft.Set(len(d.keys)))
	return live, d
}

// storedIDs is a text file of ids as a stored list.
func storedIDs(t testing.TB, text, issuer string) (Source, *disk) {
	t.Helper()
	var forms IDForms
	var keys [][]byte
	for line := range strings.Lines(text) {
		if err := forms.Take([]byte(line), func(key []byte) error { keys = append(keys, bytes.Clone(key)); return nil }); err != nil {
			t.Fatal(err)
		}
	}
	again, err := ParseIDForms(forms.Append(nil))
	if err != nil || again != forms {
		t.Fatalf("forms came back as %v, %v", again, err)
	}
	live, d := filtered(t, keys...)
	return StoredIDs(live, liveForms(again), issuer), d
}

func liveForms(f IDForms) *LiveForms {
	l := new(LiveForms)
	l.Grow(f)
	return l
}

func storedBatches(t testing.TB, text string) (Source, *disk) {
	t.Helper()
	src := mustLoad(t, []byte(text), nil)
	live, d := filtered(t, src.HashKeys()...)
	return StoredBatches(live, src.Covered()), d
}

// spelled is an id in a way in which a list may write it, or in which a credential may carry it.
func spelled(random *rand.Rand, id []byte) string {
	switch random.IntN(6) {
	case 0:
		return hex.EncodeToString(id)
	case 1:
		return strings.ToUpper(hex.EncodeToString(id))
	case 2:
		text := []byte(hex.EncodeToString(id))
		if at := random.IntN(len(text)); text[at] >= 'a' {
			text[at] -= 'a' - 'A'
		}
		return string(text)
	case 3:
		return base64.RawURLEncoding.EncodeToString(id)
	case 4:
		return fmt.Sprintf("urn:uvci:%x", id)
	}
	return fmt.Sprintf("%08d", random.IntN(50))
}

// A list in a set answers as the same list in maps, however its lines are written.
func TestStoredIDsAnswerLikeAFile(t *testing.T) {
	random := rand.New(rand.NewPCG(3, 4))
	ids := make([][]byte, 40)
	for i := range ids {
		ids[i] = make([]byte, 1+random.IntN(20))
		for j := range ids[i] {
			ids[i][j] = byte(random.Uint32())
		}
	}
	listed := 0
	for range 60 {
		text := "# remark\n\n"
		for range 10 {
			text += spelled(random, ids[random.IntN(len(ids))]) + "\r\n"
		}
		small := New(mustLoad(t, []byte(text), nil))
		src, _ := storedIDs(t, text, "")
		large := New(src)
		k := signerOf("a")
		for _, id := range ids {
			for _, c := range []*verifier.Credential{
				{ID: id}, {ID: []byte(spelled(random, id))}, {RevocationID: spelled(random, id)}, {RevocationID: string(id)},
			} {
				want, got := small.Lookup(c, k), large.Lookup(c, k)
				if got != want {
					t.Fatalf("list %q, id %q, revocation id %q: %+v, want %+v", text, c.ID, c.RevocationID, got, want)
				}
				if got.State == verifier.StatusRevoked {
					listed++
				}
			}
		}
	}
	if listed < 800 {
		t.Fatalf("only %d were listed", listed)
	}
}

func TestStoredIDsOfOneIssuer(t *testing.T) {
	ofA, _ := storedIDs(t, "n1", "a")
	ofB, _ := storedIDs(t, "n2", "b")
	s := New(ofA, ofB)
	f := func(id, issuer, signer string, want verifier.StatusState) {
		t.Helper()
		if got := s.Lookup(&verifier.Credential{ID: []byte(id), Issuer: issuer}, signerOf(signer)); got.State != want {
			t.Errorf("%s of %s signed by %s: %+v", id, issuer, signer, got)
		}
	}
	f("n1", "a", "a", verifier.StatusRevoked)
	f("n1", "", "a", verifier.StatusRevoked)  // the format names no issuer
	f("n1", "a", "*", verifier.StatusRevoked) // the key is anybody's
	f("n1", "b", "b", verifier.StatusNotChecked)
	f("n2", "b", "b", verifier.StatusRevoked)
	f("n2", "a", "a", verifier.StatusNotChecked)
	f("n2", "c", "*", verifier.StatusNotChecked)
}

func TestStoredBatchesAnswerLikeMaps(t *testing.T) {
	kid := base64.StdEncoding.EncodeToString([]byte("8 bytes!"))
	text := "[" + batch("AT", kid, "UCI", hashOf("one"), hashOf("two")) + "," + batch("DE", unknownKID, "SIGNATURE", hashOf("three")) + "]"
	small := New(mustLoad(t, []byte(text), nil))
	src, d := storedBatches(t, text)
	large := New(src)
	if src.Len() != 3 || src.Kind != KindDCCRevocation || len(d.keys) != 3 {
		t.Fatalf("%d entries, %s", src.Len(), src.Kind)
	}
	states := map[verifier.StatusState]int{}
	for _, country := range []string{"AT", "DE", "FR"} {
		for _, key := range []string{"8 bytes!", "8 other!", ""} {
			for _, name := range []string{"one", "two", "three", "four"} {
				c := &verifier.Credential{Issuer: country, RevocationHashes: [][]byte{hashOf("x"), hashOf(name)}}
				c.Proof.KeyID = []byte(key)
				k := signerOf(country)
				want, got := small.Lookup(c, k), large.Lookup(c, k)
				if got != want {
					t.Errorf("%s %q %s: %+v, want %+v", country, key, name, got, want)
				}
				states[got.State]++
			}
		}
	}
	if states[verifier.StatusRevoked] != 9 || states[verifier.StatusValid] == 0 || states[verifier.StatusNotChecked] == 0 {
		t.Errorf("%v", states)
	}
}

// What a set would say and cannot is unknown: never good, and nothing against the holder. What is known to be
// revoked stays so.
func TestStoredListThatCannotBeRead(t *testing.T) {
	batches, hashes := storedBatches(t, batch("AT", unknownKID, "UCI", hashOf("one")))
	ids, names := storedIDs(t, "n1", "")
	s := New(batches, ids, mustLoad(t, []byte("n2"), nil))
	hashes.err, names.err = errors.New("no medium"), errors.New("no medium")
	f := func(id, hash string, want verifier.StatusState) {
		t.Helper()
		c := &verifier.Credential{ID: []byte(id), Issuer: "AT", RevocationHashes: [][]byte{hashOf(hash)}}
		if got := s.Lookup(c, signerOf("AT")); got.State != want {
			t.Errorf("%s %s: %+v", id, hash, got)
		}
	}
	f("n1", "other", verifier.StatusUnknown)
	f("", "one", verifier.StatusUnknown)
	f("n2", "one", verifier.StatusRevoked)
	hashes.err = nil
	f("n1", "one", verifier.StatusRevoked)

	empty := New(StoredIDs(new(revoked.Live), liveForms(idForms(t, "n1")), ""), StoredBatches(new(revoked.Live), map[string]time.Time{"AT": {}}))
	c := &verifier.Credential{ID: []byte("n1"), Issuer: "AT", RevocationHashes: [][]byte{hashOf("one")}}
	if got := empty.Lookup(c, signerOf("AT")); got.State != verifier.StatusUnknown {
		t.Errorf("before anything was loaded: %+v", got)
	}
}

func idForms(t testing.TB, line string) (f IDForms) {
	t.Helper()
	if err := f.Take([]byte(line), func([]byte) error { return nil }); err != nil {
		t.Fatal(err)
	}
	return f
}

func TestStoredIDsRefuseWhatFilesRefuse(t *testing.T) {
	for _, line := range []string{"two words", "<html>", `"a"`, "ü", strings.Repeat("a", maxID+1)} {
		var f IDForms
		if err := f.Take([]byte(line), func([]byte) error { t.Error("taken: ", line); return nil }); err == nil {
			t.Errorf("no error for %q", line)
		}
	}
	full := errors.New("full")
	var f IDForms
	if err := f.Take([]byte("Ab"), func([]byte) error { return full }); !errors.Is(err, full) {
		t.Errorf("err = %v", err)
	}
}

// FuzzParseIDForms: what is understood is written the same way again.
func FuzzParseIDForms(f *testing.F) {
	var forms IDForms
	f.Add(forms.Append(nil))
	forms.lengths[1], forms.mixed = 5, true
	f.Add(forms.Append(nil))
	f.Fuzz(func(t *testing.T, b []byte) {
		forms, err := ParseIDForms(b)
		if err == nil && !bytes.Equal(forms.Append(nil), b) {
			t.Fatalf("%x became %x", b, forms.Append(nil))
		}
	})
}

// FuzzTake: a line that is taken is found by its text, and by what its spelling means.
func FuzzTake(f *testing.F) {
	f.Add([]byte("URN:UVCI:01:AT:1#8"))
	f.Add([]byte("00ffAb"))
	f.Add([]byte("AQID"))
	f.Fuzz(func(t *testing.T, line []byte) {
		var forms IDForms
		d := &disk{keys: make(map[string]bool)}
		if err := forms.Take(line, func(key []byte) error { d.keys[string(key)] = true; return nil }); err != nil || len(d.keys) == 0 {
			return
		}
		set := revoked.New(d, len(d.keys))
		for _, id := range idSpellings(string(bytes.TrimSpace(line))) {
			if id != "" && forms.holds(set, []byte(id)) != present {
				t.Fatalf("line %q does not hold %q", line, id)
			}
		}
	})
}
