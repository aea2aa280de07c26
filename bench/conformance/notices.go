package conformance

import (
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"
)

// noticeExpect is what the curator of payments-marking found, over all its standards.
type noticeExpect struct {
	Decodes  bool              `json:"decodes"`
	Charset  string            `json:"charset"`
	Fields   map[string]string `json:"fields"`
	Sum      *uint64           `json:"sum_kopecks"`
	QRCID    string            `json:"qrc_id"`
	Bank     string            `json:"bank"`
	CRCValid *bool             `json:"crc_valid"`
	TLV      [][2]string       `json:"tlv"`
	Accept   *bool             `json:"accept_structure"`
	AI       [][2]string       `json:"ai"`
	GTIN     string            `json:"gtin"`
	Serial   string            `json:"serial"`
	CIS      string            `json:"cis_short"`
	Lost     bool              `json:"gs_separators_lost"`
}

// sound reports whether nothing is wrong with the code.
func (e *noticeExpect) sound() bool {
	return e.Decodes && !e.Lost && (e.CRCValid == nil || *e.CRCValid) && (e.Accept == nil || *e.Accept)
}

// noticeClaims is what the answer tells of a notice.
type noticeClaims struct {
	Charset  string            `json:"charset"`
	Fields   map[string]string `json:"fields"`
	Sum      *uint64           `json:"sum_kopecks"`
	ID       string            `json:"id"`
	Bank     string            `json:"bank"`
	CRCValid *bool             `json:"crc_valid"`
	GTIN     string            `json:"gtin"`
	Serial   string            `json:"serial"`
	CIS      string            `json:"cis"`
	Fault    string            `json:"fault"`
}

// compareNotice holds that a code is told apart from credentials, as the kind it is, with everything it says.
func compareNotice(e entry, a answer) string {
	var want noticeExpect
	var got noticeClaims
	if err := json.Unmarshal(e.raw, &want); err != nil {
		return err.Error()
	}
	if a.ID == "" {
		return "no answer"
	}
	if err := json.Unmarshal(a.Document.Claims, &got); err != nil {
		return fmt.Sprintf("claims %s: %v", a.Document.Claims, err)
	}
	kind := "payment"
	if strings.HasPrefix(e.ID, "marking/") {
		kind = "goods"
	}
	fields := want.Fields
	if want.TLV != nil || want.AI != nil {
		fields = map[string]string{}
		for _, p := range slices.Concat(want.TLV, want.AI) {
			fields[p[0]] = p[1]
		}
	}
	for _, c := range []struct {
		what string
		same bool
	}{
		{"kind", a.Kind == "notice" && a.Reason == "not_a_credential" && a.Document.Type == kind},
		{"fault", want.sound() == (got.Fault == "")},
		{"character set", got.Charset == want.Charset},
		{"payment link", got.ID == want.QRCID && got.Bank == want.Bank},
		{"goods", got.GTIN == want.GTIN && got.Serial == want.Serial && got.CIS == want.CIS},
		{"sum", same(got.Sum, want.Sum)},
		{"check sum", same(got.CRCValid, want.CRCValid)},
		{"fields", maps.Equal(got.Fields, fields)},
	} {
		if !c.same {
			return c.what + " differs: " + string(a.Document.Claims)
		}
	}
	return ""
}

func same[T comparable](a, b *T) bool { return (a == nil) == (b == nil) && (a == nil || *a == *b) }
