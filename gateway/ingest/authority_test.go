package ingest

import (
	"bytes"
	"encoding/json"
	"testing"
	"time"

	"vratar/cache/ledger"
	"vratar/verifier"
)

// Mandates that the clerk knows.
const (
	goodMandate   = "11111111-1111-4111-8111-111111111111"
	endedMandate  = "22222222-2222-4222-8222-222222222222"
	narrowMandate = "aaaaaaaa-aaaa-4aaa-8aaa-aaaaaaaaaaaa"
	fatalMandate  = "ffffffff-ffff-4fff-8fff-ffffffffffff" // brings the clerk down
)

// clerk rules by the number alone; whoever names none is not asked.
type clerk struct{}

func (clerk) Rule(checkpoint, mandate string, _ time.Time) Ruling {
	r := Ruling{Capacity: ledger.AsOrganisation, Organisation: "shop", Report: []byte(`{"mandate":"` + mandate + `"}`)}
	switch mandate {
	case "":
		return Ruling{}
	case endedMandate:
		r.Refusal = verifier.ReasonMandateExpired
	case fatalMandate:
		panic("a fault of ours")
	case narrowMandate:
		r.Sees = NewProfile([]string{"price/amount"})
	}
	return r
}

func scanAs(mandate, payload, nonce string) string {
	return `{"payload":"` + payload + `","checkpoint":"north","nonce":"` + nonce + `","mandate":"` + mandate + `"}`
}

func TestWhoMayNotAskIsToldNothing(t *testing.T) {
	b := newBench(t, nil)
	f := func(mandate, payload, nonce, wantReason, wantStage, wantDocument string) {
		t.Helper()
		_, answer := b.post(t, "/scan", "application/json", scanAs(mandate, payload, nonce))
		document, _ := json.Marshal(answer["document"])
		if answer["reason"] != wantReason || answer["stage"] != wantStage || string(document) != wantDocument {
			t.Errorf("%s: %v", mandate, answer)
		}
		if report, _ := answer["authority"].(map[string]any); mandate != "" && report["mandate"] == nil {
			t.Errorf("%s: no report: %v", mandate, answer)
		}
		if answer["holder"] != nil && wantDocument != `{"claims":{"price":{"amount":5},"seat":"A1"},"type":"ticket"}` {
			t.Errorf("%s: the holder is told: %v", mandate, answer)
		}
	}
	const all = `{"claims":{"price":{"amount":5},"seat":"A1"},"type":"ticket"}`
	f(goodMandate, "ticket:1", "1", "ok", "admission", all)
	f("", "ticket:1", "2", "ok", "admission", all)
	f(narrowMandate, "ticket:1", "3", "ok", "admission", `{"claims":{"price":{"amount":5}},"type":"ticket"}`)
	f("AAAAAAAA-aaaa-4aaa-8aaa-aaaaaaaaaaaa", "ticket:1", "3", "ok", "admission", `{"claims":{"price":{"amount":5}},"type":"ticket"}`)
	f(endedMandate, "ticket:1", "4", "mandate_expired", "authority", "null")
	f(endedMandate, "ticket:1", "4", "mandate_expired", "authority", "null") // the same again
	for _, bad := range []string{"x", "11111111-1111-4111-8111-11111111111g", "11111111111-11-4111-8111-111111111111"} {
		if status, p := b.post(t, "/scan", "application/json", scanAs(bad, "ticket:1", "9")); status != 422 {
			t.Errorf("mandate %q: %d %v", bad, status, p)
		}
	}
}

func TestScannerChangesItsCapacity(t *testing.T) {
	b := newBench(t, nil)
	c := b.dial(t, "checkpoint=north&mandate="+endedMandate)
	f := func(frame, wantType, wantReason string) {
		t.Helper()
		say(t, c, frame)
		m := receive(t, c)
		answer, _ := m["answer"].(map[string]any)
		if m["type"] != wantType || (wantReason != "" && answer["reason"] != wantReason) {
			t.Errorf("%s: %v", frame, m)
		}
	}
	scan := func(nonce string) string { return `{"type":"scan","payload":"ticket:1","nonce":"` + nonce + `"}` }
	f(scan("1"), "decision", "mandate_expired")
	f(`{"type":"capacity","ref":"c","mandate":"`+goodMandate+`"}`, "capacity", "")
	f(scan("2"), "decision", "ok")
	f(`{"type":"capacity","mandate":"x"}`, "problem", "")
	f(`{"type":"capacity","mandate":"`+endedMandate+`"}`, "capacity", "")
	f(`{"type":"scan","payload":"\"capacity\"","nonce":"3"}`, "decision", "mandate_expired")
	f(`{"type":"capacity"}`, "capacity", "")
	f(scan("4"), "decision", "ok")
	say(t, c, `{"type":"capacity","ref":"same moment","mandate":"`+endedMandate+`"}`)
	f(scan("5"), "capacity", "")
	if m := receive(t, c); m["answer"].(map[string]any)["reason"] != "mandate_expired" {
		t.Errorf("a scan behind a change was judged as before it: %v", m)
	}
}

func TestScannerGreetsWithItsCapacity(t *testing.T) {
	s := session{doors: &Doors{}, who: Caller{Authority: clerk{}}, place: place{mandate: goodMandate}}
	s.doors.Greeting = func() []byte { return []byte(`{}`) }
	s.checkpoint = &Checkpoint{ID: "north", Public: []byte(`{"id":"north"}`)}
	if hello := s.hello(); !bytes.Contains(hello, []byte(`,"authority":{"mandate":"`+goodMandate)) || !json.Valid(hello) {
		t.Errorf("%s", hello)
	}
}
