package conformance

import (
	"bytes"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"slices"
	"time"

	"vratar/verifier"
	"vratar/verifier/cose"
	"vratar/verifier/formats/hcert"
	"vratar/verifier/formats/mdoc"
	"vratar/verifier/formats/sdjwt"
	"vratar/verifier/policy"
	"vratar/verifier/proof"
	"vratar/verifier/status"
	"vratar/verifier/trust"
)

// revocationHashes are those under which EU certificates may be revoked.
func revocationHashes(d Folder) (r Result, err error) {
	var all []struct {
		ID      string `json:"id"`
		Payload string `json:"payload"`
		Expect  struct {
			Hashes map[string][]byte `json:"revocation_hash_b64"`
		} `json:"expect"`
	}
	if err := d.read("eu-dcc/revocation-hash-vectors.json", &all); err != nil {
		return r, err
	}
	for _, v := range all {
		c, err := hcert.Format{}.Decode([]byte(v.Payload))
		fault := ""
		if err != nil {
			fault = err.Error()
		}
		for kind, hash := range v.Expect.Hashes {
			if c != nil && !slices.ContainsFunc(c.RevocationHashes, func(h []byte) bool { return bytes.Equal(h, hash) }) {
				fault = kind + " is another hash"
			}
		}
		r.hold(v.ID, fault)
	}
	return r, nil
}

// revocationFilters are Bloom filters, asked about each of their elements. They are wrong too often to refuse anybody
// for, so what they may hold is left unknown, and what they do not hold says nothing.
func revocationFilters(d Folder) (r Result, err error) {
	var all []struct {
		ID         string   `json:"id"`
		Elements   []string `json:"elements_utf8"`
		Serialised string   `json:"serialised_v1_hex_derived"`
		Expect     struct {
			Exists []bool `json:"exists"`
		} `json:"expect"`
	}
	if err := d.read("eu-dcc/bloom-filter-vectors.json", &all); err != nil {
		return r, err
	}
	for _, v := range all {
		data, err := hex.DecodeString(v.Serialised)
		if err != nil {
			return r, err
		}
		src, err := status.Load(v.ID, data)
		fault := ""
		if err != nil {
			fault = err.Error()
		}
		for i, element := range v.Elements {
			c := verifier.Credential{RevocationHashes: [][]byte{[]byte(element)}}
			got := status.New(src).Lookup(&c, &verifier.Key{Issuer: new(verifier.Issuer)}).State
			if held := got == verifier.StatusUnknown || got == verifier.StatusRevoked; held != v.Expect.Exists[i] {
				fault = fmt.Sprintf("%q: held %t, want %t", element, held, v.Expect.Exists[i])
			}
		}
		r.hold(v.ID, fault)
	}
	return r, nil
}

// cardLists are refused when they are read or, where only the key set shows the fault, say of no card that it is in
// force.
func cardLists(d Folder) (r Result, err error) {
	var all []struct {
		ID      string          `json:"id"`
		List    json.RawMessage `json:"crl"`
		Version uint64          `json:"jwk_crlVersion"`
		Expect  struct {
			Valid *bool `json:"crl_valid"`
		} `json:"expect"`
	}
	if err := d.read("smart-health-cards/crl-vectors.json", &all); err != nil {
		return r, err
	}
	for _, v := range all {
		if v.Expect.Valid == nil {
			r.skip(v.ID, "the curator claims nothing of it")
			continue
		}
		var names struct {
			KID string `json:"kid"`
		}
		_ = json.Unmarshal(v.List, &names) // a list without is refused below
		src, err := status.Load(v.ID, v.List)
		valid := err == nil
		if valid {
			c := verifier.Credential{
				Format: "shc", RevocationID: "not-listed", RevocationMethod: "rid", Proof: verifier.Proof{KeyID: []byte(names.KID)},
			}
			k := verifier.Key{CRLVersion: v.Version, Issuer: &verifier.Issuer{ID: "https://a.example"}}
			valid = status.New(src).Lookup(&c, &k).State == verifier.StatusValid
		}
		r.holdSame(v.ID, valid, *v.Expect.Valid)
	}
	return r, nil
}

// cardKeys are the key sets of issuers of health cards.
func cardKeys(d Folder) (r Result, err error) {
	var all []struct {
		ID     string          `json:"id"`
		Keys   json.RawMessage `json:"jwks"`
		Expect struct {
			Valid bool `json:"jwks_valid"`
		} `json:"expect"`
	}
	if err := d.read("smart-health-cards/jwks-vectors.json", &all); err != nil {
		return r, err
	}
	for _, v := range all {
		src, err := trust.Load(v.ID, fmt.Appendf(nil, `{"https://smarthealth.cards/examples/issuer":%s}`, v.Keys))
		r.holdSame(v.ID, err == nil && len(src.Refused) == 0, v.Expect.Valid)
	}
	return r, nil
}

// ageAttestations are answers to one request of OpenID4VP, each judged with the root and with the signer trusted.
func ageAttestations(d Folder) (r Result, err error) {
	var set struct {
		IACA       string `json:"iaca_pem"`
		DS         string `json:"ds_pem"`
		Transcript string `json:"session_transcript_hex"`
		Vectors    []struct {
			Name     string `json:"name"`
			Response string `json:"device_response_b64url"`
		} `json:"vectors"`
	}
	if err := d.read("mdoc/av_oid4vp1.json", &set); err != nil {
		return r, err
	}
	transcript, err := hex.DecodeString(set.Transcript)
	if err != nil {
		return r, err
	}
	want := map[string]verifier.Reason{
		"ok": verifier.ReasonOK, "minor": verifier.ReasonAgeBelow, "expired": verifier.ReasonExpired,
		"device_signature_flipped":    verifier.ReasonHolderProofInvalid,
		"value_flipped_true_to_false": verifier.ReasonSignatureInvalid,
	}
	for name, anchor := range map[string]string{"root": set.IACA, "signer": set.DS} {
		src, err := trust.Load(name, []byte(anchor))
		if err != nil {
			return r, err
		}
		v := verifier.Verifier{Formats: []verifier.Format{mdoc.Format{}}, Lists: anchors{trust.New(src)}, Checker: proof.Checker{}}
		for _, e := range set.Vectors {
			out := v.Verify(verifier.Scan{
				Payload: []byte(e.Response), At: time.Date(2026, 12, 1, 0, 0, 0, 0, time.UTC),
				Policy: policy.Rules{Documents: []string{"age"}, MinAge: 18},
				Holder: verifier.HolderDemand{Required: true, Transcript: transcript},
			})
			fault := ""
			if out.Reason != want[e.Name] {
				fault = fmt.Sprintf("%s, want %s", out.Reason, want[e.Name])
			}
			r.hold("mdoc/"+e.Name+" trusting the "+name, fault)
		}
	}
	return r, nil
}

// anchors hands out trust without any status lists.
type anchors struct{ trust verifier.Trust }

func (a anchors) Trust() verifier.Trust   { return a.trust }
func (a anchors) Status() verifier.Status { return status.New() }

// listVector is one entry of the token status list vectors.
type listVector struct {
	ID       string `json:"id"`
	Kind     string `json:"kind"`
	Payload  string `json:"payload"`
	Encoding string `json:"payload_encoding"`
	Key      *key   `json:"key"`
	JSON     struct {
		Bits int    `json:"bits"`
		List string `json:"lst"`
	} `json:"json"`
	CBOR   string `json:"cbor_hex"`
	Expect struct {
		Status     map[string]byte `json:"status"`
		Size       uint64          `json:"size_entries"`
		OutOfRange *uint64         `json:"out_of_range_index"`
		OthersZero *int            `json:"all_other_indices"`
		First      *byte           `json:"status_0"`
	} `json:"expect"`
}

func (v *listVector) bytes() ([]byte, error) {
	if v.Encoding == "base64" {
		return base64.StdEncoding.DecodeString(v.Payload)
	}
	return []byte(v.Payload), nil
}

// statusLists looks every entry of every list up, and proves the tokens.
func statusLists(d Folder) (r Result, err error) {
	var all []listVector
	if err := d.read("token-status-list/vectors.json", &all); err != nil {
		return r, err
	}
	press, err := newPress()
	if err != nil {
		return r, err
	}
	lists := map[string]*listVector{} // the signed ones, by how they are written
	for i := range all {
		lists[all[i].Kind] = &all[i]
	}
	for i := range all {
		v := &all[i]
		var err error
		switch v.Kind {
		case "status_list":
			err = press.try(v)
		case "status_list_token_jwt", "status_list_token_cwt":
			err = v.tryToken()
		case "referenced_token_cwt":
			err = v.tryReference(lists["status_list_token_cwt"], readCWT)
		case "referenced_token_sd_jwt":
			err = v.tryReference(lists["status_list_token_jwt"], sdjwt.Format{}.Decode)
		default:
			err = fmt.Errorf("unknown kind %s", v.Kind)
		}
		fault := ""
		if err != nil {
			fault = err.Error()
		}
		r.hold(v.ID, fault)
	}
	return r, nil
}

// trusts is the vector's own key.
func (v *listVector) trusts() (*trust.Snapshot, error) {
	src, err := trust.Load(v.ID, setOf(v.Key.JWK))
	return trust.New(src), err
}

// load proves a list token with the vector's key.
func (v *listVector) load() (*status.Snapshot, *verifier.Key, error) {
	anchor, err := v.trusts()
	if err != nil {
		return nil, nil, err
	}
	token, err := v.bytes()
	if err != nil {
		return nil, nil, err
	}
	return proven(anchor, token)
}

func proven(anchor *trust.Snapshot, token []byte) (*status.Snapshot, *verifier.Key, error) {
	src, err := status.Load("list", token)
	if err != nil {
		return nil, nil, err
	}
	signer, reason := verifier.Prove(anchor, proof.Checker{}, src.Statement)
	if signer == nil {
		return nil, nil, fmt.Errorf("the list is not proven: %s", reason)
	}
	return status.New(src.ProvenBy(signer)), signer, nil
}

func (v *listVector) tryToken() error {
	s, signer, err := v.load()
	if err != nil {
		return err
	}
	c := verifier.Credential{Status: &verifier.StatusRef{URI: "https://example.com/statuslists/1"}}
	if got := s.Lookup(&c, signer); stateOf(*v.Expect.First) != got.State {
		return fmt.Errorf("entry 0: %+v", got)
	}
	return nil
}

// tryReference holds that a token which refers to the signed list is found revoked there.
func (v *listVector) tryReference(list *listVector, read func([]byte) (*verifier.Credential, error)) error {
	s, _, err := list.load()
	if err != nil {
		return err
	}
	text, err := v.bytes()
	if err != nil {
		return err
	}
	c, err := read(text)
	if err != nil {
		return err
	}
	anchor, err := v.trusts()
	if err != nil {
		return err
	}
	signer, reason := verifier.Prove(anchor, proof.Checker{}, c)
	if signer == nil {
		return fmt.Errorf("the token is not proven: %s", reason)
	}
	if got := s.Lookup(c, signer); got.State != verifier.StatusRevoked {
		return fmt.Errorf("%+v, want revoked", got)
	}
	return nil
}

// readCWT reads what no format of ours is: a CWT without a document.
func readCWT(text []byte) (*verifier.Credential, error) {
	s, err := cose.ParseSign1(text)
	if err != nil {
		return nil, err
	}
	claims, err := cose.ParseClaims(s.Payload)
	if err != nil {
		return nil, err
	}
	c := &verifier.Credential{Format: "claim169", Issuer: string(claims.Issuer), Proof: verifier.Proof{
		Algorithm: verifier.AlgorithmByName(cose.AlgorithmName(s.Algorithm)), KeyID: s.KeyID,
		Signed: cose.AppendSigStructure(nil, s.Protected, s.Payload), Signature: s.Signature,
	}}
	if claims.HasStatus {
		c.Status = &verifier.StatusRef{URI: claims.Status.URI, Index: claims.Status.Index}
	}
	return c, nil
}

func stateOf(value byte) verifier.StatusState {
	switch value {
	case 0:
		return verifier.StatusValid
	case 1:
		return verifier.StatusRevoked
	case 2:
		return verifier.StatusSuspended
	}
	return verifier.StatusUnknown // the issuer's own states mean nothing to us
}
