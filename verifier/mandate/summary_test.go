package mandate_test

import (
	"encoding/json"
	"reflect"
	"strings"
	"testing"

	"vratar/verifier"
	"vratar/verifier/mandate"
	"vratar/verifier/mandate/draft"
)

func TestReportJSON(t *testing.T) {
	b := newBench(t)
	p := b.original(1, func(m *draft.Mandate) { m.Until = "2026-02-01"; m.Words = "и" })
	r := mandate.Judge(p, b.question())
	want := `{"outcome":"invalid","reason":"mandate_expired","checks":[{"check":"format","result":"pass"},` +
		`{"check":"signature","result":"pass"},{"check":"certificate","result":"pass"},{"check":"signer","result":"pass"},` +
		`{"check":"dates","result":"fail","code":"expired","detail":"its last day is over in Moscow"},` +
		`{"check":"representative","result":"pass"},{"check":"powers","result":"pass"},{"check":"chain","result":"pass"},` +
		`{"check":"registry","result":"pass"}],"warnings":["text_beside_codes"]}`
	if got := string(r.AppendJSON(nil)); got != want {
		t.Errorf("got %s\nwant %s", got, want)
	}
	if got, err := json.Marshal(struct{ R mandate.Report }{r}); err != nil || string(got) != `{"R":`+want+`}` {
		t.Errorf("%s, %v", got, err)
	}
}

func TestSummary(t *testing.T) {
	b := newBench(t)
	p := b.twoLevels(nil)
	s := p.Summary(b.shelf)
	if len(s.Principals) != 1 || s.Principals[0].INN != flower.INN || len(s.PassedBy) != 1 || s.PassedBy[0].INN != third.INN ||
		len(s.Chain) != 2 || s.Chain[0].Number != draft.Number(2) || s.Chain[1].Number != draft.Number(1) || !s.Chain[1].Known ||
		s.Chain[0].PassedBy[0].INN != friend.INN || s.Chain[1].PassedBy != nil || s.Signers[0].Evidence != "claimed" {
		t.Errorf("%+v", s)
	}
	delete(b.shelf, draft.Number(1))
	s = p.Summary(b.shelf)
	if len(s.Chain) != 2 || s.Chain[1].Known || s.Chain[1].Number != draft.Number(1) || len(s.Principals) != 0 {
		t.Errorf("%+v", s)
	}
	text, err := json.Marshal(b.original(4, nil).Summary(nil))
	if err != nil {
		t.Fatal(err)
	}
	for _, member := range []string{
		`"kind":"original"`, `"issued_on":"2026-01-15"`, `"valid_until":"2039-12-31"`, `"ends_at":"2039-12-31T21:00:00Z"`,
		`"ogrn":"` + flower.OGRN + `"`, `"powers":[{"code":"TEST_SCAN","name":"Проверять (тест)"}]`, `"pass_on":"never"`,
		`"certificate_ends_at":"2035-06-01T00:00:00Z"`, `"name":"Тестов Пример Номерович 21"`,
	} {
		if !strings.Contains(string(text), member) {
			t.Errorf("%s is not in %s", member, text)
		}
	}
	var back mandate.Summary
	if err := json.Unmarshal(text, &back); err != nil || !reflect.DeepEqual(back.Powers, b.original(4, nil).Summary(nil).Powers) {
		t.Errorf("%+v, %v", back, err)
	}
}

// Names on the wire are closed lists: each has one, no two the same.
func TestNames(t *testing.T) {
	seen := map[string]bool{}
	for c := range mandate.NumChecks {
		seen[c.String()] = true
	}
	if len(seen) != 9 || !seen["representative"] {
		t.Error(seen)
	}
	if names := mandate.Warnings(0xFFFF).Names(); len(names) != 9 {
		t.Error(names)
	}
	if verifier.ParseReason("mandate_chain_invalid") != verifier.ReasonMandateChainInvalid {
		t.Error("the reason is on the list")
	}
}
