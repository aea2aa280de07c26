package status

import (
	"encoding/hex"
	"encoding/json"
	"maps"
	"strconv"
	"testing"

	"vratar/verifier"
	"vratar/verifier/cbor"
	"vratar/verifier/cose"
	"vratar/verifier/jose"
	"vratar/verifier/proof"
	"vratar/verifier/trust"
	"vratar/verifier/vectors"
)

// vector is one entry of the official token status list vectors.
type vector struct {
	vectors.Entry[struct {
		Status     map[string]byte `json:"status"`
		Size       uint64          `json:"size_entries"`
		OutOfRange *uint64         `json:"out_of_range_index"`
		First      *byte           `json:"status_0"`
		Index      *uint64         `json:"status_idx"`
		URI        string          `json:"status_uri"`
		OthersZero *int            `json:"all_other_indices"`
	}]
	Kind string          `json:"kind"`
	JSON json.RawMessage `json:"json"`
	CBOR string          `json:"cbor_hex"`
}

func TestOfficialVectors(t *testing.T) {
	var all []vector
	vectors.Read(t, "token-status-list/vectors.json", &all)
	run := make(map[string]int)
	for _, v := range all {
		switch v.Kind {
		case "status_list":
			testArray(t, v)
		case "status_list_token_jwt", "status_list_token_cwt":
			testToken(t, v)
		case "referenced_token_cwt":
			testReference(t, v)
		case "referenced_token_sd_jwt": // opened by its own format
		default:
			t.Errorf("%s: unknown kind %s", v.ID, v.Kind)
		}
		run[v.Kind]++
	}
	if len(all) != 10 || run["status_list"] != 6 {
		t.Errorf("vectors run: %v", run)
	}
}

// testArray holds every entry of both encodings against the vector.
func testArray(t *testing.T, v vector) {
	t.Helper()
	o, err := jose.ParseObject(v.JSON)
	if err != nil {
		t.Fatal(err)
	}
	bits, _ := o.Uint("bits")
	packed, _ := o.Bytes("lst")
	fromJSON, err := newTokenList(bits, packed, 0)
	if err != nil {
		t.Fatalf("%s: %v", v.ID, err)
	}
	raw, err := hex.DecodeString(v.CBOR)
	if err != nil {
		t.Fatal(err)
	}
	claims := append(cbor.AppendInt(cbor.AppendMapHead(nil, 1), cose.ClaimStatusList), raw...)
	all, err := cbor.Parse(claims)
	if err != nil {
		t.Fatal(err)
	}
	fromCBOR, err := cwtList(all)
	if err != nil {
		t.Fatalf("%s: %v", v.ID, err)
	}
	for _, l := range []tokenList{fromJSON, fromCBOR} {
		if v.Expect.Size != 0 && l.size() != v.Expect.Size {
			t.Errorf("%s: %d entries, want %d", v.ID, l.size(), v.Expect.Size)
		}
		if v.Expect.OutOfRange != nil && *v.Expect.OutOfRange < l.size() {
			t.Errorf("%s: %d entries", v.ID, l.size())
		}
		for i := range min(l.size(), 16) { // of the short lists only these are stated
			if want, stated := v.Expect.Status[strconv.FormatUint(i, 10)]; stated && l.at(i) != want {
				t.Errorf("%s: entry %d = %d, want %d", v.ID, i, l.at(i), want)
			}
		}
		if v.Expect.OthersZero == nil {
			continue
		}
		set := make(map[string]byte)
		for i := range l.size() {
			if value := l.at(i); value != 0 {
				set[strconv.FormatUint(i, 10)] = value
			}
		}
		maps.DeleteFunc(v.Expect.Status, func(_ string, value byte) bool { return value == 0 })
		if !maps.Equal(set, v.Expect.Status) {
			t.Errorf("%s: %d entries are set, want %d", v.ID, len(set), len(v.Expect.Status))
		}
	}
}

func trustOf(t *testing.T, v vector) *trust.Snapshot {
	t.Helper()
	src, err := trust.Load(v.ID, []byte(`{"keys":[`+string(v.Key.JWK)+`]}`))
	if err != nil {
		t.Fatal(err)
	}
	return trust.New(src)
}

// testToken proves a list token and looks up its first entry, which is revoked in both official lists.
func testToken(t *testing.T, v vector) {
	t.Helper()
	src, err := Load(v.ID, v.Bytes(t))
	if err != nil {
		t.Fatal(err)
	}
	key, reason := verifier.Prove(trustOf(t, v), proof.Checker{}, src.Statement)
	if key == nil {
		t.Fatalf("%s: %s", v.ID, reason)
	}
	if src.Statement.ExpiresAt.Before(v.Now) || src.Statement.IssuedAt.After(v.Now) {
		t.Errorf("%s: from %v to %v", v.ID, src.Statement.IssuedAt, src.Statement.ExpiresAt)
	}
	c := &verifier.Credential{Status: &verifier.StatusRef{URI: "https://example.com/statuslists/1"}}
	if got := New(src.ProvenBy(key)).Lookup(c, key); got.State != verifier.StatusRevoked || *v.Expect.First != valueInvalid {
		t.Errorf("%s: %+v", v.ID, got)
	}
}

// testReference reads the status claim of a CWT.
func testReference(t *testing.T, v vector) {
	t.Helper()
	s, err := cose.ParseSign1(v.Bytes(t))
	if err != nil {
		t.Fatal(err)
	}
	claims, err := cose.ParseClaims(s.Payload)
	if err != nil {
		t.Fatal(err)
	}
	if !claims.HasStatus || claims.Status.URI != v.Expect.URI || claims.Status.Index != *v.Expect.Index {
		t.Errorf("%s: %+v", v.ID, claims.Status)
	}
}

// The hashes of the official revocation samples are found in batches made of them.
func TestOfficialRevocationHashes(t *testing.T) {
	var all []struct {
		ID     string `json:"id"`
		Expect struct {
			Issuer string            `json:"iss"`
			KID    string            `json:"kid_b64"`
			Hashes map[string][]byte `json:"revocation_hash_b64"`
		} `json:"expect"`
	}
	vectors.Read(t, "eu-dcc/revocation-hash-vectors.json", &all)
	for _, v := range all {
		for kind, hash := range v.Expect.Hashes {
			src, err := Load(v.ID, []byte(batch(v.Expect.Issuer, v.Expect.KID, kind, hash)))
			if err != nil {
				t.Fatalf("%s: %v", v.ID, err)
			}
			c := &verifier.Credential{Issuer: v.Expect.Issuer, Country: v.Expect.Issuer, RevocationHashes: [][]byte{hash}}
			if got := New(src).Lookup(c, &verifier.Key{ID: v.Expect.KID, Issuer: new(verifier.Issuer)}); got.State != verifier.StatusRevoked {
				t.Errorf("%s %s: %+v", v.ID, kind, got)
			}
		}
	}
	if len(all) == 0 {
		t.Error("no samples")
	}
}
