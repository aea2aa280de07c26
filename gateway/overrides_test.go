package gateway

import (
	"encoding/csv"
	"encoding/json"
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	"vratar/cache/ledger"
	"vratar/gateway/access"
)

// cookie is the headers of a browser that is signed in.
func (h *house) cookie(role string) http.Header {
	h.t.Helper()
	return http.Header{"Cookie": {h.signIn(role)}, "Origin": {h.url}, "Content-Type": {"application/json"}}
}

// scanned scans a sample at a checkpoint and returns the number and id of the passage.
func (h *house) scanned(sample, checkpoint, nonce, want string) (seq, id string) {
	h.t.Helper()
	answer := fields(h.t, h.do("POST", "/v1/scan", h.scanBody(sample, checkpoint, nonce), reader()))
	if answer["decision"] != want {
		h.t.Fatalf("%s at %s: %v", sample, checkpoint, answer)
	}
	return fmt.Sprint(answer["seq"]), answer["id"].(string)
}

// refusedSample is the name of a sample that is refused for a reason.
func (h *house) refusedSample(reason string) string {
	h.t.Helper()
	for name, s := range h.samples {
		if s.Expect == reason {
			return name
		}
	}
	h.t.Fatalf("no sample for %s", reason)
	return ""
}

// override asks for it and returns the status and the answer, which must be as described.
func (h *house) override(seq, body string, header http.Header) (int, map[string]any) {
	h.t.Helper()
	resp := h.do("POST", "/v1/passages/"+seq+"/override", body, header)
	text := readAll(h.t, resp.Body)
	doc, err := interfaceText()
	if err != nil {
		h.t.Fatal(err)
	}
	schema := "Passage"
	if resp.StatusCode >= 400 {
		schema = "Problem"
	}
	checkJSON(h.t, doc.Components.Schemas[schema].Value, text)
	resp.Body = http.NoBody
	return resp.StatusCode, object(h.t, text)
}

const seen = `{"decision":"admit","reason":"document_seen","note":"passport N 12345","nonce":"o1"}`

func TestSupervisorLetsSomebodyIn(t *testing.T) {
	h := newHouse(t, nil)
	seq, id := h.scanned(h.refusedSample("expired"), "north", "1", "deny")
	boss := h.cookie("supervisor")
	if status, answer := h.override(seq, strings.Replace(seen, "{", `{"passage":"other",`, 1), boss); status != 404 {
		t.Errorf("another passage of this number: %d %v", status, answer)
	}
	status, answer := h.override(seq, strings.Replace(seen, "{", `{"passage":`+quote(id)+`,`, 1), boss)
	of, _ := answer["overrides"].(map[string]any)
	if status != 201 || answer["decision"] != "admit" || answer["reason"] != "expired" || answer["checker"] != "supervisor" ||
		of["id"] != id || of["class"] != "document_seen" || of["checker"] != "reader" || of["delegated"] != nil {
		t.Fatalf("%d %v", status, answer)
	}
	if status, again := h.override(seq, seen, boss); status != 200 || again["id"] != answer["id"] {
		t.Errorf("asked again: %d %v", status, again)
	}
	for body, want := range map[string]string{
		strings.Replace(seen, "o1", "o2", 1):                   "409 already_overridden",
		strings.Replace(seen, "document_seen", "emergency", 1): "409 nonce_reused",
	} {
		if status, answer := h.override(seq, body, boss); fmt.Sprint(status, " ", answer["code"]) != want {
			t.Errorf("%s: %d %v, want %s", body, status, answer, want)
		}
	}
	list := fields(t, h.do("GET", "/v1/passages", "", reader()))["passages"].([]any)
	if last := list[len(list)-1].(map[string]any); len(list) != 2 || last["overrides"] == nil || last["inside"] != true {
		t.Errorf("recorded: %v", list)
	}
	if log := h.log.String(); !strings.Contains(log, "decision set aside") || strings.Contains(log, "12345") {
		t.Error("the log tells nothing of it, or what was written")
	}
	if metrics := string(readAll(t, h.do("GET", "/metrics", "", nil).Body)); !strings.Contains(metrics, `vratar_overrides_total{class="document_seen",decision="admit"} 1`) {
		t.Error("not counted")
	}
}

func TestUsedTicketIsLetInAgainOnlyByName(t *testing.T) {
	h := newHouse(t, nil)
	boss := h.cookie("supervisor")
	first, _ := h.scanned("ticket", "north", "1", "admit")
	second, _ := h.scanned("ticket", "south", "2", "deny")
	if status, answer := h.override(second, seen, boss); status != 201 || answer["previous"] == nil {
		t.Fatalf("%d %v", status, answer)
	}
	third, _ := h.scanned("ticket", "south", "3", "deny")
	if status, answer := h.override(first, `{"decision":"deny","reason":"not_the_holder","nonce":"o"}`, boss); answer["code"] != "override_refused" {
		t.Errorf("the first is of the past: %d %v", status, answer)
	}
	if status, _ := h.override(third, seen, boss); status != 201 {
		t.Errorf("told that it is used: %d", status)
	}
	// In the club there is room for one. An expired ticket is refused for that, and the place is full meanwhile.
	expired, _ := h.scanned(h.refusedSample("expired"), "door", "4", "deny")
	h.scanned("ticket", "door", "5", "admit")
	status, answer := h.override(expired, seen, boss)
	if status != 409 || answer["code"] != "override_objected" || answer["reason"] != "zone_full" {
		t.Fatalf("%d %v", status, answer)
	}
	if status, answer := h.override(expired, strings.Replace(seen, "{", `{"despite":["zone_full"],`, 1), boss); status != 201 {
		t.Fatalf("%d %v", status, answer)
	}
	if _, err := h.gateway.ledger.Verify(); err != nil || h.gateway.ledger.Inside("club") != 2 {
		t.Errorf("inside %d, %v", h.gateway.ledger.Inside("club"), err)
	}
}

func TestOverrideForms(t *testing.T) {
	h := newHouse(t, nil)
	seq, _ := h.scanned(h.refusedSample("expired"), "north", "1", "deny")
	boss := h.cookie("supervisor")
	f := func(seq, body, want string) {
		t.Helper()
		if status, answer := h.override(seq, body, boss); fmt.Sprint(status, " ", answer["code"]) != want {
			t.Errorf("%s %.90s: %d %v, want %s", seq, body, status, answer, want)
		}
	}
	change := func(old, new string) string { return strings.Replace(seen, old, new, 1) }
	f(seq, `{`, "400 malformed_request")
	f(seq, `{}`, "422 unprocessable")
	f(seq, change("admit", "hold"), "422 unprocessable")
	f(seq, change("admit", "deny"), "409 override_refused")
	f(seq, change("document_seen", "mood"), "422 unprocessable")
	f(seq, `{"decision":"admit","reason":"other","note":" ","nonce":"o"}`, "422 unprocessable")
	f(seq, change("passport", strings.Repeat("ә", 200)), "422 unprocessable")
	f(seq, change("passport", `a\u0007`), "422 unprocessable")
	f(seq, change(`"o1"`, `""`), "422 unprocessable")
	f(seq, change("{", `{"despite":["no such reason"],`), "422 unprocessable")
	f(seq, change("{", `{"force":true,`), "422 unprocessable")
	f("0", seen, "404 not_found")
	f("99", seen, "404 not_found")
	f("x", seen, "404 not_found")
	f(strings.Repeat("9", 30), seen, "404 not_found")
	noOrigin := boss.Clone()
	noOrigin.Del("Origin")
	if status, _ := h.override(seq, seen, noOrigin); status != 403 {
		t.Errorf("from another site: %d", status)
	}
	if h.gateway.ledger.Last() != 1 {
		t.Errorf("%d passages", h.gateway.ledger.Last())
	}
}

func TestOverridesHaveTheirTime(t *testing.T) {
	h := newHouse(t, func(c *Config) { c.Overrides = Overrides{} })
	seq, _ := h.scanned(h.refusedSample("expired"), "north", "1", "deny")
	boss := h.cookie("supervisor")
	if status, answer := h.override(seq, seen, boss); status != 422 {
		t.Errorf("a note that is not kept: %d %v", status, answer)
	}
	if status, answer := h.override(seq, `{"decision":"admit","reason":"emergency","nonce":"o"}`, boss); answer["code"] != "override_too_late" {
		t.Errorf("%d %v", status, answer)
	}
}

// Whoever does not answer for the place is refused, each for his own reason.
func TestWhoMayNotOverride(t *testing.T) {
	o := newOffice(t, nil)
	mine := o.enter(clerk, nil)
	number := mine.keep("01_ok")
	expired := strings.TrimSuffix(o.scanBody(o.refusedSample("expired"), "north", "1"), "}") + `,"mandate":` + quote(number) + `}`
	_, answer := mine.call("POST", "/v1/scan", expired)
	seq := fmt.Sprint(answer["seq"])
	private := fmt.Sprint(mine.scan("open", "", "2")["seq"])
	f := func(name, seq string, header http.Header, want int) {
		t.Helper()
		if status, answer := o.override(seq, seen, header); status != want {
			t.Errorf("%s: %d %v, want %d", name, status, answer, want)
		}
	}
	f("nobody", seq, http.Header{"Content-Type": {"application/json"}}, 401)
	f("the checker", seq, mine.header, 403)
	f("an auditor", seq, o.enter(auditor("demo"), nil).header, 403)
	f("a holder", seq, o.enter(access.Account{Name: "Holder", Role: access.RoleHolder}, nil).header, 403)
	f("a device", seq, reader(), 403)
	f("another organisation's supervisor", seq, o.enter(supervisor("other"), nil).header, 404)
	f("a supervisor of none", seq, o.enter(supervisor(""), nil).header, 404)
	f("at another checkpoint", seq, o.enter(supervisor("demo"), func(a *access.Account) { a.Checkpoints = []string{"south"} }).header, 404)
	f("not confirmed", seq, o.enter(supervisor("demo"), func(a *access.Account) { a.Confirmed = false }).header, 403)
	boss := o.enter(supervisor("demo"), nil)
	f("a private person's passage", private, boss.header, 404)
	for _, path := range []string{"/v1/totals", "/v1/totals.csv"} {
		if status := o.do("GET", path, "", mine.header).StatusCode; status != 403 {
			t.Errorf("%s for a checker: %d", path, status)
		}
	}
	if o.gateway.ledger.Last() != 2 {
		t.Fatalf("%d passages", o.gateway.ledger.Last())
	}
	f("its own supervisor", seq, boss.header, 201)
	if got := mine.seen(); !strings.HasSuffix(got, " 3") {
		t.Errorf("the checker does not see what became of it: %s", got)
	}
}

// seen lists the numbers of the passages that somebody is shown.
func (v *visit) seen() string {
	v.t.Helper()
	_, answer := v.call("GET", "/v1/passages", "")
	text := ""
	for _, p := range answer["passages"].([]any) {
		text += fmt.Sprint(" ", p.(map[string]any)["seq"])
	}
	return text
}

// At a till that was signed in from a phone people stand, so a decision is set aside there; the record says so.
func TestOverrideAtATill(t *testing.T) {
	h := newHouse(t, nil)
	seq, _ := h.scanned(h.refusedSample("expired"), "north", "1", "deny")
	h.signIn("supervisor") // makes the guest
	secret, _, err := h.gateway.desk.Sessions.Begin(access.Beginning{Account: "supervisor", Way: access.ByScreen, For: "Till 1", Lasts: time.Hour})
	if err != nil {
		t.Fatal(err)
	}
	header := http.Header{"Cookie": {sessionCookie + "=" + secret}, "Origin": {h.url}, "Content-Type": {"application/json"}}
	status, answer := h.override(seq, seen, header)
	if of, _ := answer["overrides"].(map[string]any); status != 201 || of["delegated"] != true {
		t.Fatalf("%d %v", status, answer)
	}
}

func TestNotesAreForThoseWhoAnswerForThePlace(t *testing.T) {
	h := newHouse(t, nil)
	seq, _ := h.scanned(h.refusedSample("expired"), "north", "1", "deny")
	boss := h.cookie("supervisor")
	_, answer := h.override(seq, seen, boss)
	path := "/v1/passages/" + fmt.Sprint(answer["seq"]) + "/note"
	for role, want := range map[string]int{"supervisor": 200, "admin": 200, "auditor": 403, "checker": 403, "holder": 403} {
		resp := h.do("GET", path, "", h.cookie(role))
		text := string(readAll(t, resp.Body))
		if resp.StatusCode != want || strings.Contains(text, "12345") != (want == 200) {
			t.Errorf("%s: %s %s", role, resp.Status, text)
		}
	}
	for role := range map[string]int{"auditor": 0, "checker": 0} {
		if text := string(readAll(t, h.do("GET", "/v1/passages", "", h.cookie(role)).Body)); strings.Contains(text, "12345") || !strings.Contains(text, "document_seen") {
			t.Errorf("%s: %s", role, text)
		}
	}
	if resp := h.do("GET", "/v1/passages/"+seq+"/note", "", boss); resp.StatusCode != 404 {
		t.Errorf("a scan has no note: %s", resp.Status)
	}
	if resp := h.do("DELETE", path, "", boss); resp.StatusCode != 204 {
		t.Errorf("forgetting: %s", resp.Status)
	}
	if m := fields(t, h.do("GET", path, "", boss)); m["note"] != "" || m["forgotten"] != true {
		t.Errorf("%v", m)
	}
	if r, err := h.gateway.ledger.Verify(); err != nil || !r.OK() {
		t.Errorf("%v, %v", err, r)
	}
}

func TestTotals(t *testing.T) {
	h := newHouse(t, func(c *Config) { c.Checkpoints[0].Name = "=North" })
	boss := h.cookie("supervisor")
	before := time.Now().UTC().Truncate(time.Hour)
	h.scanned("ticket", "north", "1", "admit")
	h.scanned("ticket", "north", "2", "deny")
	expired, _ := h.scanned(h.refusedSample("expired"), "north", "3", "deny")
	h.override(expired, seen, boss)
	since := "?since=" + before.Format(time.RFC3339)
	doc, err := interfaceText()
	if err != nil {
		t.Fatal(err)
	}
	resp := h.do("GET", "/v1/totals"+since, "", boss)
	text := readAll(t, resp.Body)
	checkJSON(t, doc.Components.Schemas["Totals"].Value, text)
	answer := object(t, text)
	sums := map[string]float64{}
	place := answer["checkpoints"].([]any)[0].(map[string]any)
	for _, hour := range place["hours"].([]any) { // two, where the test ran over the hour
		m := hour.(map[string]any)
		sums["admitted"] += m["admitted"].(float64)
		for _, what := range []string{"refused", "let_in"} {
			sum, _ := m[what].(map[string]any)
			for why, n := range sum {
				sums[what+" "+why] += n.(float64)
			}
		}
	}
	want := map[string]float64{"admitted": 1, "refused already_admitted": 1, "refused expired": 1, "let_in document_seen": 1}
	if fmt.Sprint(sums) != fmt.Sprint(want) || answer["complete"] != true || answer["last"] != 4.0 || place["inside"] != 2.0 {
		t.Errorf("%s", text)
	}
	resp = h.do("GET", "/v1/totals.csv"+since, "", h.cookie("auditor"))
	rows, err := csv.NewReader(strings.NewReader(strings.TrimPrefix(string(readAll(t, resp.Body)), "\ufeff"))).ReadAll()
	if err != nil || len(rows) < 5 || rows[1][0] != "north" || rows[1][1] != "'=North" || rows[1][3] != "admitted" || rows[1][5] != "1" {
		t.Errorf("%v, %v", rows, err)
	}
	for query, want := range map[string]int{"?since=x": 422, "?since=2001-01-01T00:00:00Z": 422, "?since=2999-01-01T00:00:00Z": 422, "": 200} {
		if resp := h.do("GET", "/v1/totals"+query, "", boss); resp.StatusCode != want {
			t.Errorf("%s: %s, want %d", query, resp.Status, want)
		}
	}
	h.stop()
	h.start() // the sums are kept
	if m := fields(t, h.do("GET", "/v1/totals"+since, "", h.cookie("supervisor"))); m["last"] != 4.0 || m["complete"] != true {
		t.Errorf("after a restart: %v", m)
	}
}

func TestTotalsAreOfOnesOrganisation(t *testing.T) {
	o := newOffice(t, nil)
	for organisation, want := range map[string]string{"other": " theirs", "square": " open", "": ""} {
		_, answer := o.enter(supervisor(organisation), nil).call("GET", "/v1/totals", "")
		got := ""
		for _, c := range answer["checkpoints"].([]any) {
			got += " " + c.(map[string]any)["checkpoint"].(string)
		}
		if got != want {
			t.Errorf("%q: %s, want %s", organisation, got, want)
		}
	}
}

// Where nobody is asked in which capacity he scans, a supervisor sees what is of his checkpoints and organisation.
func TestSupervisorsSeeTheirOwnCheckpoints(t *testing.T) {
	h := newHouse(t, func(c *Config) {
		c.Organisations = append(c.Organisations, Organisation{ID: "other"})
		c.Checkpoints = append(c.Checkpoints, Checkpoint{ID: "theirs", Organisation: "other"})
		c.Devices[len(c.Devices)-1].Checkpoints = []string{"*"}
	})
	for i, place := range []string{"north", "door", "theirs"} {
		h.scanned(h.refusedSample("expired"), place, fmt.Sprint(i), "deny")
	}
	o := &office{house: h}
	f := func(organisation, checkpoint, want string) {
		t.Helper()
		v := o.enter(supervisor(organisation), func(a *access.Account) { a.Checkpoints = []string{checkpoint} })
		_, answer := v.call("GET", "/v1/totals", "")
		got := v.seen() + " of"
		for _, c := range answer["checkpoints"].([]any) {
			got += " " + c.(map[string]any)["checkpoint"].(string)
		}
		if got != want {
			t.Errorf("%q at %s: %s, want %s", organisation, checkpoint, got, want)
		}
	}
	f("demo", "north", " 1 of north")
	f("other", "*", " 3 of theirs")
	f("demo", "theirs", " of")
	f("", "door", " 2 of door")
}

func TestDescriptionSpellsTheClasses(t *testing.T) {
	doc, err := interfaceText()
	if err != nil {
		t.Fatal(err)
	}
	var want []any
	for _, c := range ledger.Classes() {
		want = append(want, string(c))
	}
	if got := doc.Components.Schemas["OverrideClass"].Value.Enum; fmt.Sprint(got) != fmt.Sprint(want) {
		t.Errorf("%v, want %v", got, want)
	}
}

func object(t testing.TB, text []byte) map[string]any {
	t.Helper()
	var m map[string]any
	if err := json.Unmarshal(text, &m); err != nil {
		t.Fatalf("%v: %s", err, text)
	}
	return m
}
