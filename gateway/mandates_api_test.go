package gateway

import (
	"encoding/csv"
	"fmt"
	"io"
	"net/http"
	"strings"
	"testing"
	"time"

	"vratar/gateway/access"
)

func supervisor(organisation string) access.Account {
	return access.Account{Name: "Supervisor", Role: access.RoleSupervisor, Organisation: organisation}
}

func auditor(organisation string) access.Account {
	return access.Account{Name: "Auditor", Role: access.RoleAuditor, Organisation: organisation}
}

// numbers lists what somebody is shown of the mandates, by their last digits.
func (v *visit) numbers(query string) string {
	v.t.Helper()
	status, answer := v.call("GET", "/v1/mandates"+query, "")
	if status != http.StatusOK {
		return fmt.Sprint(status)
	}
	var list []string
	for _, m := range answer["mandates"].([]any) {
		number := m.(map[string]any)["number"].(string)
		list = append(list, strings.TrimLeft(number[24:], "0"))
	}
	return strings.Join(list, " ")
}

func TestMandatesAreListedForThoseWhomTheyConcern(t *testing.T) {
	o := newOffice(t, nil)
	mine, his := o.enter(clerk, nil), o.enter(colleague, nil)
	for _, name := range []string{"01_ok", "02_expired", "04_other_org", "09_right_to_subdelegate", "10_two_individual_reps"} {
		mine.keep(name)
	}
	child := his.keep("13_subdelegation_of_09")
	f := func(name string, v *visit, query, want string) {
		t.Helper()
		if got := v.numbers(query); got != want {
			t.Errorf("%s, %q: %s, want %s", name, query, got, want)
		}
	}
	f("the clerk", mine, "", "2 1 4 9 10")
	f("the colleague", his, "", "13 10")
	ours, theirs := o.enter(supervisor("demo"), nil), o.enter(supervisor("other"), nil)
	f("the supervisor", ours, "", "2 13 1 9 10")
	f("another's supervisor", theirs, "", "4")
	f("a supervisor of none", o.enter(supervisor(""), nil), "", "")
	f("an auditor", o.enter(auditor("demo"), nil), "", "2 13 1 9 10")
	f("a holder", o.enter(access.Account{Name: "Holder", Role: access.RoleHolder}, nil), "", "403")
	for query, want := range map[string]string{"30d": "", "12h": "", "9000d": "13 1 9 10", "0d": "422", "soon": "422", "-1h": "422"} {
		f("the supervisor", ours, "?ends_within="+query, want)
	}
	if status, _ := theirs.call("GET", "/v1/mandates/"+child, ""); status != http.StatusNotFound {
		t.Errorf("another's supervisor may look: %d", status)
	}
	if status, _ := theirs.call("DELETE", "/v1/mandates/"+child, ""); status != http.StatusNotFound {
		t.Errorf("another's supervisor may remove: %d", status)
	}
	if status, _ := his.call("DELETE", "/v1/mandates/"+strings.Repeat("0", 8)+"-0000-4000-8000-000000000010", ""); status != http.StatusForbidden {
		t.Errorf("a representative may remove what another brought in: %d", status)
	}
	if status, _ := ours.call("DELETE", "/v1/mandates/"+strings.ToUpper(child), ""); status != http.StatusNoContent {
		t.Errorf("the supervisor may not remove: %d", status)
	}
	f("the colleague afterwards", his, "", "10")
}

func TestAuditorsAreNotToldToWhom(t *testing.T) {
	o := newOffice(t, nil)
	number := o.enter(clerk, nil).keep("01_ok")
	for _, path := range []string{"/v1/mandates", "/v1/mandates/" + number} {
		a := o.enter(auditor("demo"), nil)
		text := string(readAll(t, o.do("GET", path, "", a.header).Body))
		if !strings.Contains(text, "TEST_SCAN_AGE") || strings.Contains(text, clerk.INN) || strings.Contains(text, clerk.SNILS) || strings.Contains(text, "Образцов") {
			t.Errorf("%s: %s", path, text)
		}
		if status, _ := a.call("DELETE", "/v1/mandates/"+number, ""); status != http.StatusForbidden {
			t.Errorf("an auditor may remove: %d", status)
		}
	}
}

func TestMandatesForASpreadsheet(t *testing.T) {
	o := newOffice(t, nil)
	mine := o.enter(clerk, nil)
	mine.keep("10_two_individual_reps")
	mine.keep("04_other_org")
	resp := o.do("GET", "/v1/mandates.csv", "", o.enter(supervisor("demo"), nil).header)
	text := string(readAll(t, resp.Body))
	rows, err := csv.NewReader(strings.NewReader(strings.TrimPrefix(text, "\ufeff"))).ReadAll()
	if err != nil || resp.StatusCode != 200 || len(rows) != 3 || rows[1][5] != clerk.INN || rows[2][5] != colleague.INN || rows[1][9] != "2039-12-31" ||
		rows[1][10] != "current" || rows[1][11] != "TEST_SCAN_IDENTITY_DOC TEST_SCAN_AGE" || rows[1][12] != "good" || rows[1][14] != "true" {
		t.Errorf("%s, %v, %q", resp.Status, err, text)
	}
	if resp := o.do("GET", "/v1/mandates.csv", "", mine.header); resp.StatusCode != http.StatusForbidden {
		t.Errorf("a checker: %s", resp.Status)
	}
	if got := plain("=1+1", "a", "", "@x"); got[0] != "'=1+1" || got[1] != "a" || got[3] != "'@x" {
		t.Errorf("%q", got)
	}
}

func TestMandateAsAForm(t *testing.T) {
	o := newOffice(t, nil)
	v := o.enter(clerk, nil)
	if status, answer := v.bringForm("01_ok"); status != http.StatusCreated || answer["stored"] != true {
		t.Errorf("%d %v", status, answer)
	}
	if status, answer := v.bringForm("01_ok"); status != http.StatusOK || answer["stored"] != true {
		t.Errorf("again: %d %v", status, answer)
	}
	f := func(contentType, body string, want int) {
		t.Helper()
		header := v.header.Clone()
		header.Set("Content-Type", contentType)
		resp := o.do("POST", "/v1/mandates", body, header)
		if text, _ := io.ReadAll(resp.Body); resp.StatusCode != want {
			t.Errorf("%.60q: %s %s", body, resp.Status, text)
		}
	}
	f("application/json", ``, 400)
	f("application/json", `{"file":"","signatures":[]}`, 422)
	f("application/json", `{"file":"!","signatures":[]}`, 422)
	f("application/json", `{"file":"eA==","more":1}`, 422)
	f("application/json", `{"file":"eA==","name":"`+strings.Repeat("n", 256)+`"}`, 422)
	f("application/json", `{"file":"eA==","signatures":[`+strings.Repeat(`"eA==",`, 8)+`"eA=="]}`, 413)
	f("application/json", strings.Repeat(" ", maxMandateBody+1), 413)
	f("multipart/form-data; boundary=x", "--x\r\nContent-Disposition: form-data; name=\"other\"\r\n\r\ny\r\n--x--\r\n", 422)
	f("multipart/form-data; boundary=x", "--x\r\nno end", 400)
	f("multipart/form-data", "", 400)
	f("text/xml", "<x/>", 415)
	noOrigin := v.header.Clone()
	noOrigin.Del("Origin")
	if resp := o.do("POST", "/v1/mandates", `{}`, noOrigin); resp.StatusCode != http.StatusForbidden {
		t.Errorf("without origin: %s", resp.Status)
	}
}

// usable lists as whom somebody could scan, and where.
func (v *visit) usable(query string) string {
	v.t.Helper()
	status, answer := v.call("GET", "/v1/me/capacities"+query, "")
	if status != http.StatusOK {
		return fmt.Sprint(status)
	}
	var b strings.Builder
	for _, c := range answer["capacities"].([]any) {
		m := c.(map[string]any)
		name := "self"
		if o, ok := m["organisation"].(map[string]any); ok {
			name = o["id"].(string)
		}
		fmt.Fprintf(&b, "%s %v %v %v; ", name, m["usable"], m["reason"], len(m["checkpoints"].([]any)))
	}
	return b.String()
}

func TestCapacities(t *testing.T) {
	o := newOffice(t, nil)
	v := o.enter(clerk, nil)
	f := func(query, want string) {
		t.Helper()
		if got := v.usable(query); got != want {
			t.Errorf("%q: %s, want %s", query, got, want)
		}
	}
	f("", "self true ok 8; ")
	f("?checkpoint=work", "self false mandate_missing 0; ")
	v.keep("01_ok")
	v.keep("02_expired")
	v.keep("04_other_org")
	f("?checkpoint=work", "self false mandate_missing 0; demo true ok 1; demo false mandate_expired 0; other false mandate_missing 0; ")
	f("?checkpoint=theirs", "self true ok 1; demo false mandate_missing 0; demo false mandate_expired 0; other true ok 1; ")
	f("?checkpoint=leisure", "self true ok 1; demo false mandate_restricted 0; demo false mandate_expired 0; other false mandate_missing 0; ")
	f("?checkpoint=nowhere", "422")
	o.moveTo(time.Date(2040, 1, 1, 0, 0, 0, 0, time.UTC))
	f("?checkpoint=work", "self false mandate_missing 0; demo false mandate_expired 0; demo false mandate_expired 0; other false mandate_expired 0; ")
	unconfirmed := o.enter(colleague, func(a *access.Account) { a.Confirmed = false })
	if got := unconfirmed.usable(""); got != "self false checker_not_confirmed 0; " {
		t.Errorf("unconfirmed: %s", got)
	}
}

// Real answers about mandates obey the description.
func TestMandateAnswersAreAsDescribed(t *testing.T) {
	o := newOffice(t, func(c *Config) {
		c.Profiles = []Profile{{ID: "gate", Purpose: "entry", LegalBasis: "contract"}}
		c.Checkpoints[0].Profile = "gate"
	})
	doc := description(t)
	mine, his := o.enter(clerk, nil), o.enter(colleague, nil)
	number := mine.keep("09_right_to_subdelegate")
	child := his.keep("13_subdelegation_of_09")
	mine.keep("07_power_with_limit")
	f := func(v *visit, method, path, template, body string) {
		t.Helper()
		checkAnswer(t, doc, method, template, o.do(method, path, body, v.header))
	}
	for _, v := range []*visit{mine, his, o.enter(supervisor("demo"), nil), o.enter(auditor("demo"), nil)} {
		f(v, "GET", "/v1/mandates", "/v1/mandates", "")
		f(v, "GET", "/v1/mandates/"+number, "/v1/mandates/{id}", "")
		f(v, "GET", "/v1/mandates/"+child+"?checkpoint=work", "/v1/mandates/{id}", "")
		f(v, "GET", "/v1/me/capacities", "/v1/me/capacities", "")
		f(v, "GET", "/v1/checkpoints", "/v1/checkpoints", "")
		f(v, "GET", "/v1/passages", "/v1/passages", "")
	}
	for i, mandate := range []string{"", number, child, "00000000-0000-4000-8000-ffffffffffff"} {
		for _, checkpoint := range []string{"north", "work", "leisure"} {
			body := strings.TrimSuffix(o.scanBody("ticket", checkpoint, fmt.Sprint(i)), "}") + `,"mandate":"` + mandate + `"}`
			f(mine, "POST", "/v1/scan", "/v1/scan", body)
			f(mine, "POST", "/v1/scan", "/v1/scan", body)
		}
	}
	f(mine, "GET", "/v1/passages", "/v1/passages", "")
	f(mine, "POST", "/v1/mandates", "/v1/mandates", `{"file":"PHgvPg==","signatures":["eA=="]}`)
	f(mine, "POST", "/v1/mandates", "/v1/mandates", `{}`)
	// The same upload again, now that its chain is of use to nobody.
	his.call("DELETE", "/v1/mandates/"+child, "")
	mine.call("DELETE", "/v1/mandates/"+number, "")
	if status, answer := his.bringForm("13_subdelegation_of_09"); status != http.StatusCreated || answer["mandate"].(map[string]any)["organisation"] != nil {
		t.Errorf("without its parent: %d %v", status, answer)
	}
	f(his, "GET", "/v1/mandates", "/v1/mandates", "")
}
