package notice

import (
	"encoding/json"
	"maps"
	"slices"
	"strings"
	"testing"

	"vratar/verifier"
	"vratar/verifier/vectors"
)

// expect is what the curator of payments-marking found, over all its standards.
type expect struct {
	Decodes   bool                   `json:"decodes"`
	Charset   string                 `json:"charset"`
	Fields    map[string]string      `json:"fields"`
	Sum       *uint64                `json:"sum_kopecks"`
	QRCID     string                 `json:"qrc_id"`
	Bank      string                 `json:"bank"`
	CRCValid  *bool                  `json:"crc_valid"`
	TLV       [][2]string            `json:"tlv"`
	Templates map[string][][2]string `json:"templates"`
	Accept    *bool                  `json:"accept_structure"`
	AI        [][2]string            `json:"ai"`
	GTIN      string                 `json:"gtin"`
	Serial    string                 `json:"serial"`
	CIS       string                 `json:"cis_short"`
	Lost      bool                   `json:"gs_separators_lost"`
}

// told is what we say.
type told struct {
	Charset   string                       `json:"charset"`
	Fields    map[string]string            `json:"fields"`
	Templates map[string]map[string]string `json:"templates"`
	Sum       *uint64                      `json:"sum_kopecks"`
	ID        string                       `json:"id"`
	Bank      string                       `json:"bank"`
	CRCValid  *bool                        `json:"crc_valid"`
	GTIN      string                       `json:"gtin"`
	Serial    string                       `json:"serial"`
	CIS       string                       `json:"cis"`
	Fault     string                       `json:"fault"`
}

func TestPaymentsAndMarkingVectors(t *testing.T) {
	var all []vectors.Entry[expect]
	vectors.Read(t, "payments-marking/vectors.json", &all)
	for i := range all {
		e := &all[i]
		p := e.Bytes(t)
		if !(Format{}).Sniff(p) {
			t.Errorf("%s: not recognised", e.ID)
			continue
		}
		c, err := Format{}.Decode(p)
		if err != nil {
			t.Errorf("%s: %v", e.ID, err)
			continue
		}
		wantType := TypePayment
		if strings.HasPrefix(e.ID, "marking/") {
			wantType = TypeGoods
		}
		if c.Type != wantType || c.Kind != verifier.KindNotice {
			t.Errorf("%s: a %v of type %s", e.ID, c.Kind, c.Type)
		}
		var got told
		if err := json.Unmarshal(c.Claims, &got); err != nil {
			t.Fatalf("%s: %v in %s", e.ID, err, c.Claims)
		}
		compare(t, e.ID, &got, &e.Expect)
	}
}

func compare(t *testing.T, id string, got *told, want *expect) {
	t.Helper()
	sound := want.Decodes && !want.Lost && (want.CRCValid == nil || *want.CRCValid) && (want.Accept == nil || *want.Accept)
	if sound != (got.Fault == "") {
		t.Errorf("%s: fault %q, want none: %v", id, got.Fault, sound)
	}
	if got.Charset != want.Charset || got.ID != want.QRCID || got.Bank != want.Bank ||
		got.GTIN != want.GTIN || got.Serial != want.Serial || got.CIS != want.CIS {
		t.Errorf("%s: %+v, want %+v", id, got, want)
	}
	if (got.Sum == nil) != (want.Sum == nil) || (got.Sum != nil && *got.Sum != *want.Sum) {
		t.Errorf("%s: sum differs", id)
	}
	if (got.CRCValid == nil) != (want.CRCValid == nil) || (got.CRCValid != nil && *got.CRCValid != *want.CRCValid) {
		t.Errorf("%s: crc_valid differs", id)
	}
	fields := want.Fields
	if want.TLV != nil || want.AI != nil {
		fields = pairs(slices.Concat(want.TLV, want.AI))
	}
	if !maps.Equal(got.Fields, fields) {
		t.Errorf("%s: fields %v, want %v", id, got.Fields, fields)
	}
	for template, inner := range want.Templates {
		if !maps.Equal(got.Templates[template], pairs(inner)) {
			t.Errorf("%s: template %s %v, want %v", id, template, got.Templates[template], inner)
		}
	}
}

func pairs(list [][2]string) map[string]string {
	m := map[string]string{}
	for _, p := range list {
		m[p[0]] = p[1]
	}
	return m
}
