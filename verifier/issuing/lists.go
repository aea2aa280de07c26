package issuing

import (
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"vratar/verifier/cbor"
	"vratar/verifier/cose"
	"vratar/verifier/jose"
)

// StatusList is the content of a token status list (draft-ietf-oauth-status-list).
type StatusList struct {
	URI       string // where it is published; credentials refer to it by this
	Issuer    string // empty: not stated
	Bits      int    // for each entry: 1, 2, 4 or 8
	Size      uint64 // number of entries
	Values    map[uint64]byte
	IssuedAt  time.Time
	ExpiresAt time.Time     // zero: not stated
	TTL       time.Duration // in whole seconds; zero: not stated
}

// pack is the compressed array (§4.1): entries from the least significant bit of each byte.
func (l StatusList) pack() ([]byte, error) {
	if l.Bits != 1 && l.Bits != 2 && l.Bits != 4 && l.Bits != 8 {
		return nil, fmt.Errorf("issuing: status entries of %d bits", l.Bits)
	}
	if l.URI == "" || l.IssuedAt.IsZero() {
		return nil, errors.New("issuing: a status list has a URI and a time of issue")
	}
	bits := uint64(l.Bits)
	perByte := 8 / bits
	array := make([]byte, (l.Size+perByte-1)/perByte)
	for i, v := range l.Values {
		if i >= l.Size || uint64(v)>>bits != 0 {
			return nil, fmt.Errorf("issuing: status %d of entry %d does not fit", v, i)
		}
		array[i/perByte] |= v << (i % perByte * bits)
	}
	return deflate(array), nil
}

// StatusListJWT signs a list as application/statuslist+jwt (§5.1).
func StatusListJWT(k *Key, l StatusList) ([]byte, error) {
	packed, err := l.pack()
	if err != nil {
		return nil, err
	}
	type list struct {
		Bits int    `json:"bits"`
		List string `json:"lst"`
	}
	payload := struct {
		Issuer    string `json:"iss,omitempty"`
		Subject   string `json:"sub"`
		IssuedAt  int64  `json:"iat"`
		ExpiresAt int64  `json:"exp,omitempty"`
		TTL       int64  `json:"ttl,omitempty"`
		List      list   `json:"status_list"`
	}{l.Issuer, l.URI, l.IssuedAt.Unix(), 0, int64(l.TTL / time.Second),
		list{l.Bits, base64.RawURLEncoding.EncodeToString(packed)}}
	if !l.ExpiresAt.IsZero() {
		payload.ExpiresAt = l.ExpiresAt.Unix()
	}
	return k.signJWT("statuslist+jwt", payload)
}

// signJWT signs claims as a compact JWS.
func (k *Key) signJWT(typ string, claims any) ([]byte, error) {
	payload, err := json.Marshal(claims)
	if err != nil {
		return nil, err
	}
	return k.signWith(jwtHead{KeyID: k.ID, Type: typ}, payload)
}

// jwtHead is the header of a JWS beside its algorithm.
type jwtHead struct {
	Algorithm string   `json:"alg"`
	KeyID     string   `json:"kid,omitempty"`
	Type      string   `json:"typ"`
	Chain     [][]byte `json:"x5c,omitempty"` // base64 of DER, as RFC 7515 §4.1.6 wants it
}

func (k *Key) signWith(head jwtHead, payload []byte) ([]byte, error) {
	head.Algorithm = k.Algorithm.String()
	header, err := json.Marshal(head)
	if err != nil {
		return nil, err
	}
	return k.signCompact(header, payload)
}

// signCompact makes a compact JWS (RFC 7515 §7.1) of a header that is written already.
func (k *Key) signCompact(header, payload []byte) ([]byte, error) {
	text := jose.AppendSigningInput(nil, header, payload)
	signature, err := k.Sign(text)
	if err != nil {
		return nil, err
	}
	return base64.RawURLEncoding.AppendEncode(append(text, '.'), signature), nil
}

// StatusListCWT signs a list as application/statuslist+cwt (§5.2).
func StatusListCWT(k *Key, l StatusList) ([]byte, error) {
	packed, err := l.pack()
	if err != nil {
		return nil, err
	}
	var m mapBuilder
	m.text(cose.ClaimIssuer, l.Issuer)
	m.text(cose.ClaimSubject, l.URI)
	m.time(cose.ClaimExpires, l.ExpiresAt)
	m.time(cose.ClaimIssuedAt, l.IssuedAt)
	if l.TTL > 0 {
		m.label(cose.ClaimTTL)
		m.body = cbor.AppendInt(m.body, int64(l.TTL/time.Second))
	}
	m.label(cose.ClaimStatusList)
	m.body = cbor.AppendText(cbor.AppendMapHead(m.body, 2), "bits")
	m.body = cbor.AppendText(cbor.AppendInt(m.body, int64(l.Bits)), "lst")
	m.body = cbor.AppendBytes(m.body, packed)
	return k.Sign1(Message{KeyID: k.keyID(), Type: "application/statuslist+cwt", Payload: m.bytes()})
}

// TrustedIssuer is one issuer of a trust list with its keys, of which only the public part is written.
type TrustedIssuer struct {
	ID           string
	Name         string
	Country      string
	Formats      []string
	Documents    []string
	NotBefore    time.Time
	NotAfter     time.Time
	StatusMaxAge time.Duration
	Keys         []*Key
}

// TrustList writes a trust list in our own format.
func TrustList(issuers ...TrustedIssuer) ([]byte, error) {
	type issuerText struct {
		ID           string            `json:"id"`
		Name         string            `json:"name,omitempty"`
		Country      string            `json:"country,omitempty"`
		Formats      []string          `json:"formats,omitempty"`
		Documents    []string          `json:"documents,omitempty"`
		NotBefore    time.Time         `json:"not_before,omitzero"`
		NotAfter     time.Time         `json:"not_after,omitzero"`
		StatusMaxAge string            `json:"status_max_age,omitempty"`
		Keys         []json.RawMessage `json:"keys"`
	}
	list := make([]issuerText, len(issuers))
	for i, in := range issuers {
		list[i] = issuerText{
			ID: in.ID, Name: in.Name, Country: in.Country, Formats: in.Formats, Documents: in.Documents,
			NotBefore: in.NotBefore, NotAfter: in.NotAfter,
		}
		if in.StatusMaxAge > 0 {
			list[i].StatusMaxAge = in.StatusMaxAge.String()
		}
		for _, k := range in.Keys {
			text, err := k.MarshalPublic()
			if err != nil {
				return nil, err
			}
			list[i].Keys = append(list[i].Keys, text)
		}
	}
	return json.MarshalIndent(map[string]any{"issuers": list}, "", "  ")
}
