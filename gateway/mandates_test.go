package gateway

import (
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"path/filepath"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	gorilla "github.com/gorilla/websocket"

	"vratar/gateway/access"
	"vratar/verifier/vectors"
)

// A case of the manifest as it is asked here: by whom, and what is answered where. Cases that are not kept have the
// answer to the upload alone.
type mandateCase struct {
	by     access.Account
	parent string            // mandate that is kept before
	kept   bool              // whether it is
	at     map[string]string // what a scan is told, by checkpoint
	upload string            // what the upload is told; ok when it is kept
}

// works is what a sound mandate of 9900000017 lets the clerk do.
func works() map[string]string {
	return map[string]string{"north": "ok", "work": "ok", "open": "ok", "theirs": "mandate_missing", "leisure": "mandate_restricted"}
}

func everywhere(reason string) map[string]string {
	return map[string]string{"north": reason, "work": reason, "open": reason, "leisure": reason}
}

var mandateCases = map[string]mandateCase{
	"01_ok.xml 01_ok.sig":                              {kept: true, at: works()},
	"01_ok.xml 01_ok.gost512.sig":                      {kept: true, at: works()},
	"01_ok.xml 01_ok.nochain.sig":                      {kept: true, at: works()},
	"01_ok.xml 01_ok.noattr.sig":                       {kept: true, at: works()},
	"01_ok.xml 01_ok.attached.sig":                     {kept: true, at: works()},
	"01_ok.xml 01_ok.BAD_wrong_org.sig":                {upload: "mandate_signer_mismatch"},
	"01_ok.xml 01_ok.BAD_signed_by_representative.sig": {upload: "mandate_signer_mismatch"},
	"01_ok.xml 01_ok.BAD_cert_revoked.sig":             {upload: "mandate_signature_invalid"},
	"01_ok.xml 01_ok.BAD_cert_expired.sig":             {upload: "mandate_signature_invalid"},
	"01_ok.xml 01_ok.BAD_untrusted_ca.sig":             {upload: "mandate_signature_invalid"},
	"01_ok.xml 01_ok.BAD_rsa.sig":                      {upload: "mandate_signature_invalid"},
	"01_ok.xml 01_ok.BAD_sigvalue_flipped.sig":         {upload: "mandate_signature_invalid"},
	"02_expired.xml 02_expired.sig":                    {kept: true, at: everywhere("mandate_expired")},
	"03_not_yet_valid.xml 03_not_yet_valid.sig":        {kept: true, at: everywhere("mandate_not_yet_valid")},
	"04_other_org.xml 04_other_org.sig": {kept: true, at: map[string]string{
		"north": "mandate_missing", "work": "mandate_missing", "theirs": "ok", "open": "ok"}},
	"05_joint_two_reps.xml 05_joint_two_reps.sig":     {kept: true, at: everywhere("mandate_joint")},
	"06_text_powers_only.xml 06_text_powers_only.sig": {kept: true, at: everywhere("mandate_unjudgeable")},
	"07_power_with_limit.xml 07_power_with_limit.sig": {kept: true, at: map[string]string{
		"north": "mandate_restricted", "work": "mandate_restricted", "store": "ok"}},
	"08_no_scan_power.xml 08_no_scan_power.sig":               {kept: true, at: everywhere("mandate_power_missing")},
	"09_right_to_subdelegate.xml 09_right_to_subdelegate.sig": {kept: true, at: works()},
	"10_two_individual_reps.xml 10_two_individual_reps.sig":   {kept: true, by: colleague, at: works()},
	"11_irrevocable.xml 11_irrevocable.sig":                   {kept: true, at: works()},
	"12_ip_principal.xml 12_ip_principal.sig":                 {kept: true, at: map[string]string{"north": "mandate_missing", "open": "ok"}},
	"13_subdelegation_of_09.xml 13_subdelegation_of_09.sig":   {kept: true, by: colleague, parent: "09_right_to_subdelegate", at: works()},
	"14_subdelegation_of_01_forbidden.xml 14_subdelegation_of_01_forbidden.sig": {
		kept: true, by: colleague, parent: "01_ok", at: everywhere("mandate_chain_invalid")},
	"15_subdelegation_outlives_parent.xml 15_subdelegation_outlives_parent.sig": {
		kept: true, by: colleague, parent: "09_right_to_subdelegate", at: everywhere("mandate_chain_invalid")},
	"16_issued_2020.xml 16_issued_2020.sig":           {upload: "mandate_signature_invalid"},
	"20_format002_cp1251.xml 20_format002_cp1251.sig": {upload: "unsupported_version"},
	"b10_tampered_expiry.xml b10_tampered_expiry.sig": {upload: "mandate_signature_invalid"},
	"b11_crlf_rewritten.xml b11_crlf_rewritten.sig":   {upload: "mandate_signature_invalid"},
	"b01_missing_root_version.xml ":                   {upload: "malformed"},
	"b02_snils_format.xml ":                           {upload: "malformed"},
	"b03_guid_format.xml ":                            {upload: "malformed"},
	"b04_unknown_element.xml ":                        {upload: "malformed"},
	"b05_two_bodies.xml ":                             {upload: "malformed"},
	"b06_wrong_namespace.xml ":                        {upload: "malformed"},
	"b07_doctype_entity.xml ":                         {upload: "malformed"},
	"b08_filename_guid_mismatch.xml ":                 {upload: "malformed"},
	"b09_truncated.xml ":                              {upload: "malformed"},
}

// Every case of the official manifest, brought in and scanned under with sessions of real accounts.
func TestMandatesOfTheManifest(t *testing.T) {
	o := newOffice(t, nil)
	people := map[string]*visit{clerk.INN: o.enter(clerk, nil), colleague.INN: o.enter(colleague, nil)}
	var manifest struct{ Cases []struct{ XML, Sig string } }
	vectors.Read(t, "gost/mchd/manifest.json", &manifest)
	if len(manifest.Cases) != 39 || len(mandateCases) != 39 {
		t.Errorf("the manifest has %d cases, the table %d", len(manifest.Cases), len(mandateCases))
	}
	n := 0
	for _, c := range manifest.Cases {
		name := c.XML + " " + c.Sig
		want, known := mandateCases[name]
		if !known {
			t.Errorf("%s is not in the table", name)
			continue
		}
		who := people[clerk.INN]
		if want.by.INN != "" {
			who = people[want.by.INN]
		}
		parent := ""
		if want.parent != "" {
			parent = people[clerk.INN].keep(want.parent)
		}
		_, answer := who.bring(c.XML, c.Sig)
		n = want.hold(t, name, who, answer, n)
		if parent != "" {
			people[clerk.INN].call("DELETE", "/v1/mandates/"+parent, "")
		}
	}
}

// hold compares the answer to an upload, and what scans under the mandate are told; n counts scans.
func (c *mandateCase) hold(t *testing.T, name string, who *visit, answer map[string]any, n int) int {
	t.Helper()
	report, _ := answer["report"].(map[string]any)
	upload := orOK(c.upload)
	if report["reason"] != upload || answer["stored"] != c.kept {
		t.Errorf("%s: %v, want %s", name, answer, upload)
		return n
	}
	if !c.kept {
		return n
	}
	number := answer["mandate"].(map[string]any)["number"].(string)
	for checkpoint, reason := range c.at {
		n++
		got := who.scan(checkpoint, number, fmt.Sprint("n", n))
		if ruled(got) != reason {
			t.Errorf("%s at %s: %v, want %s", name, checkpoint, got["authority"], reason)
		}
		if reason != "ok" && (got["reason"] != reason || got["decision"] != "deny" || got["stage"] != "authority" || got["document"] != nil) {
			t.Errorf("%s at %s: %v", name, checkpoint, got)
		}
	}
	if status, _ := who.call("DELETE", "/v1/mandates/"+number, ""); status != http.StatusNoContent {
		t.Errorf("%s cannot be taken away: %d", name, status)
	}
	return n
}

func orOK(reason string) string {
	if reason == "" {
		return "ok"
	}
	return reason
}

// Nobody acts for an organisation by calling the interface directly, and nothing is used up by trying.
func TestNobodyScansForAnOrganisationWithoutItsMandate(t *testing.T) {
	o := newOffice(t, nil)
	owner := o.enter(clerk, nil)
	number := owner.keep("01_ok")
	thief := o.enter(colleague, nil)
	f := func(checkpoint, mandate, nonce, want string) {
		t.Helper()
		got := thief.scan(checkpoint, mandate, nonce)
		report, _ := got["authority"].(map[string]any)
		if got["reason"] != want || got["decision"] != "deny" || got["document"] != nil || got["holder"] != nil || got["issuer"] != nil ||
			report["organisation"] != nil {
			t.Errorf("at %s under %q: %v, want %s", checkpoint, mandate, got, want)
		}
	}
	f("work", "", "1", "mandate_missing")
	f("work", number, "2", "mandate_representative_mismatch")
	f("work", strings.ToUpper(number), "3", "mandate_representative_mismatch")
	f("work", "00000000-0000-4000-8000-000000000000", "4", "mandate_missing")
	f("leisure", number, "5", "mandate_representative_mismatch")
	if status, answer := thief.call("POST", "/v1/scan", strings.Replace(o.scanBody("ticket", "work", "6"), "{", `{"organisation":"demo",`, 1)); status != 422 {
		t.Errorf("naming an organisation: %d %v", status, answer)
	}
	for _, path := range []string{"/v1/mandates/" + number, "/v1/mandates/00000000-0000-4000-8000-000000000000"} {
		for _, method := range []string{"GET", "DELETE"} {
			if status, _ := thief.call(method, path, ""); status != http.StatusNotFound {
				t.Errorf("%s %s: %d", method, path, status)
			}
		}
	}
	if status, answer := thief.bring("01_ok.xml", "01_ok.sig"); status != 200 || answer["stored"] != false ||
		answer["report"].(map[string]any)["reason"] != "mandate_representative_mismatch" || answer["mandate"] != nil {
		t.Errorf("bringing in somebody else's: %d %v", status, answer)
	}
	if got := owner.scan("work", number, "7"); got["decision"] != "admit" {
		t.Errorf("the owner afterwards: %v", got)
	}
	// A device stands for the organisation that it was set up for, and has no mandate to show.
	body := strings.TrimSuffix(o.scanBody("age", "north", "8"), "}") + `,"mandate":"` + number + `"}`
	if got := fields(t, o.do("POST", "/v1/scan", body, reader())); got["reason"] != "mandate_representative_mismatch" {
		t.Errorf("a device under a mandate: %v", got)
	}
	unconfirmed := o.enter(clerk, func(a *access.Account) { a.INN, a.SNILS, a.Confirmed = "", "", false })
	if status, p := unconfirmed.call("POST", "/v1/scan", o.scanBody("ticket", "north", "9")); status != 403 || p["code"] != "checker_not_confirmed" {
		t.Errorf("unconfirmed: %d %v", status, p)
	}
}

// A mandate ends between two scans of one session, without a restart or a new sign-in.
func TestMandateEndsBetweenTwoScans(t *testing.T) {
	o := newOffice(t, nil)
	v := o.enter(clerk, nil)
	number := v.keep("01_ok")
	moscow := time.FixedZone("MSK", 3*60*60)
	end := time.Date(2040, 1, 1, 0, 0, 0, 0, moscow) // its last day is 2039-12-31
	o.moveTo(end.Add(-time.Second))
	if got := v.scan("north", number, "1"); got["decision"] != "admit" || ruled(got) != "ok" {
		t.Errorf("a second before: %v", got)
	}
	o.moveTo(end)
	if got := v.scan("south", number, "2"); got["reason"] != "mandate_expired" || got["decision"] != "deny" {
		t.Errorf("at its end: %v", got)
	}
	if got := v.scan("south", "", "3"); got["reason"] != "already_admitted" || ruled(got) != "ok" {
		t.Errorf("as a private person: %v", got)
	}
}

// seqs lists what somebody is shown of the record.
func (v *visit) seqs() []float64 {
	v.t.Helper()
	status, page := v.call("GET", "/v1/passages", "")
	if status != http.StatusOK {
		v.t.Fatalf("passages: %d %v", status, page)
	}
	list := []float64{}
	for _, p := range page["passages"].([]any) {
		list = append(list, p.(map[string]any)["seq"].(float64))
	}
	return list
}

func TestEachSeesWhatIsHisOrHisOrganisations(t *testing.T) {
	o := newOffice(t, nil)
	first := o.enter(clerk, func(a *access.Account) { a.Organisation = "demo" })
	number := first.keep("01_ok")
	theirs := first.keep("04_other_org")
	second := o.enter(colleague, func(a *access.Account) { a.Organisation = "other" })
	supervisor := func(organisation string) *visit {
		return o.enter(access.Account{Name: "Supervisor", Role: access.RoleSupervisor, Organisation: organisation}, nil)
	}
	ours, others, nobodys := supervisor("demo"), supervisor("other"), supervisor("")
	first.scan("north", number, "1") // 1: for demo
	first.scan("north", "", "2")     // 2: private
	first.scan("theirs", theirs, "3")
	second.scan("theirs", "", "4")
	second.scan("theirs", number, "5") // not his: recorded at the place of "other"
	if resp := o.do("POST", "/v1/scan", o.scanBody("age", "north", "6"), reader()); resp.StatusCode != 200 {
		t.Fatal(resp.Status)
	}
	f := func(name string, v *visit, want ...float64) {
		t.Helper()
		if got := v.seqs(); !slices.Equal(got, want) {
			t.Errorf("%s sees %v, want %v", name, got, want)
		}
		if got := v.followed(6); !slices.Equal(got, want) {
			t.Errorf("%s follows %v, want %v", name, got, want)
		}
	}
	f("the clerk", first, 1, 2, 3, 6)
	f("the colleague", second, 3, 4, 5)
	f("the supervisor of demo", ours, 1, 6)
	f("the supervisor of other", others, 3, 5)
	f("a supervisor of none", nobodys)
	if _, p := ours.call("GET", "/v1/passages?limit=1&after=1", ""); p["next"] != 6.0 || p["last"] != 6.0 {
		t.Errorf("going on: %v", p)
	}
}

// followed reads the live feed from its beginning to a passage; the tick says when there is no more.
func (v *visit) followed(to float64) []float64 {
	v.t.Helper()
	c, _, err := gorilla.DefaultDialer.Dial(strings.Replace(v.url, "http", "ws", 1)+"/v1/live?after=0", v.header)
	if err != nil {
		v.t.Fatal(err)
	}
	defer c.Close()
	_ = c.SetReadDeadline(time.Now().Add(10 * time.Second))
	var list []float64
	for {
		var frame struct {
			Type     string
			Last     float64
			Passages []struct{ Seq float64 }
		}
		if err := c.ReadJSON(&frame); err != nil {
			v.t.Fatal(err)
		}
		for _, p := range frame.Passages {
			list = append(list, p.Seq)
		}
		if frame.Type == "tick" && frame.Last >= to {
			return list
		}
	}
}

func TestScannerUnderAMandate(t *testing.T) {
	o := newOffice(t, nil)
	v := o.enter(clerk, nil)
	number := v.keep("01_ok")
	schemas := description(t).Components.Schemas
	dial := func(query string) (*gorilla.Conn, func(up string) map[string]any) {
		c, _, err := gorilla.DefaultDialer.Dial(strings.Replace(o.url, "http", "ws", 1)+"/v1/scanner?checkpoint=work"+query, v.header)
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { c.Close() })
		return c, func(up string) map[string]any {
			t.Helper()
			if up != "" {
				checkJSON(t, schemas["ScannerUp"].Value, []byte(up))
				if err := c.WriteMessage(gorilla.TextMessage, []byte(up)); err != nil {
					t.Fatal(err)
				}
			}
			_ = c.SetReadDeadline(time.Now().Add(10 * time.Second))
			_, text, err := c.ReadMessage()
			if err != nil {
				t.Fatal(err)
			}
			checkJSON(t, schemas["ScannerDown"].Value, text)
			var m map[string]any
			_ = json.Unmarshal(text, &m) // checked above
			return m
		}
	}
	_, say := dial("&mandate=" + number)
	if hello := say(""); ruled(hello) != "ok" || hello["authority"].(map[string]any)["capacity"] != "organisation" {
		t.Errorf("greeting %v", hello)
	}
	scan := func(nonce string) string {
		return `{"type":"scan","payload":` + quote(o.samples["ticket"].Payload) + `,"nonce":"` + nonce + `"}`
	}
	if got := say(scan("1"))["answer"].(map[string]any); got["decision"] != "admit" {
		t.Errorf("under the mandate: %v", got)
	}
	if got := say(`{"type":"capacity","ref":"c"}`); ruled(got) != "mandate_missing" || got["ref"] != "c" {
		t.Errorf("becoming a private person: %v", got)
	}
	if got := say(scan("2"))["answer"].(map[string]any); got["reason"] != "mandate_missing" {
		t.Errorf("as a private person: %v", got)
	}
	if got := say(`{"type":"capacity","mandate":"` + number + `"}`); ruled(got) != "ok" {
		t.Errorf("back: %v", got)
	}
	if got := say(scan("3"))["answer"].(map[string]any); got["reason"] != "already_admitted" {
		t.Errorf("back under the mandate: %v", got)
	}
}

// What happens when the registry does not tell is each checkpoint's to say.
func TestRegistryThatDoesNotTell(t *testing.T) {
	var away atomic.Bool
	answers := map[string]string{"1": `{"status":"active"}`, "11": `{"status":"revoked"}`, "9": `no answer at all`}
	registry := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if away.Load() {
			w.WriteHeader(http.StatusBadGateway)
		}
		_, _ = w.Write([]byte(answers[strings.TrimLeft(r.URL.Path[len(r.URL.Path)-12:], "0")]))
	}))
	defer registry.Close()
	o := newOffice(t, func(c *Config) {
		c.Mandates.Registry.URL = registry.URL + "/{guid}"
		c.Checkpoints[1].Authority.Registry = "deny" // south
		c.Checkpoints = append(c.Checkpoints, Checkpoint{ID: "lax", Authority: CheckpointAuthority{Registry: "accept_unsafe"}})
	})
	v := o.enter(clerk, nil)
	f := func(number, checkpoint, nonce, want string) {
		t.Helper()
		got := v.scan(checkpoint, number, nonce)
		if s := fmt.Sprint(got["decision"], " ", got["reason"]); s != want {
			t.Errorf("at %s: %s, want %s: %v", checkpoint, s, want, got["authority"])
		}
	}
	number := v.keep("01_ok")
	f(number, "store", "1", "admit ok")
	away.Store(true)
	o.moveTo(time.Date(2026, 12, 1, 0, 15, 1, 0, time.UTC)) // a second more than the answer is good for
	f(number, "north", "2", "hold mandate_registry_unavailable")
	f(number, "south", "3", "deny mandate_registry_unavailable")
	f(number, "lax", "4", "admit ok")
	away.Store(false)
	revoked := v.keep("11_irrevocable")
	f(revoked, "lax", "5", "deny mandate_revoked")
	unknown := v.keep("09_right_to_subdelegate")
	f(unknown, "north", "6", "hold mandate_registry_unavailable")
}

func TestProfilesAreEnforcedHere(t *testing.T) {
	o := newOffice(t, func(c *Config) {
		c.Profiles = []Profile{{ID: "gate", Purpose: "entry", LegalBasis: "contract", Attributes: []string{"holder.name", "document/seat"}}}
		c.Checkpoints[0].Profile = "gate"
	})
	v := o.enter(clerk, nil)
	number := v.keep("01_ok")
	shown := func(answer map[string]any) string {
		document, _ := json.Marshal(answer["document"])
		holder, _ := json.Marshal(answer["holder"])
		_, dated := answer["expires_at"]
		return fmt.Sprintf("%s %s %v", document, holder, dated)
	}
	f := func(name string, answer map[string]any, want func(string) bool) {
		t.Helper()
		if got := shown(answer); !want(got) {
			t.Errorf("%s is shown %s", name, got)
		}
	}
	bare := func(got string) bool { return got == `{"claims":{},"type":"ticket"} null false` }
	whole := func(got string) bool { return !bare(got) && strings.HasSuffix(got, "true") }
	f("a private person", v.scan("north", "", "1"), bare)
	f("the organisation at its gate", v.scan("north", number, "2"), func(got string) bool {
		return got == `{"claims":{"document":{"seat":21}},"type":"ticket"} null false`
	})
	f("the organisation without a profile", v.scan("south", number, "3"), whole)
	_, verified := v.call("POST", "/v1/verify", "{"+o.samples["ticket"].content()+"}")
	f("a judgement without a purpose", verified, bare)
	if _, list := v.call("GET", "/v1/checkpoints", ""); !strings.Contains(fmt.Sprint(list), "legal_basis:contract") {
		t.Errorf("the profile is not told: %v", list)
	}
}

func TestMandatesAreOffByDefault(t *testing.T) {
	h := newHouse(t, nil)
	body := strings.TrimSuffix(h.scanBody("ticket", "north", "1"), "}") + `,"mandate":"00000000-0000-4000-8000-000000000000"}`
	if got := fields(t, h.do("POST", "/v1/scan", body, reader())); got["reason"] != "mandate_missing" || got["document"] != nil {
		t.Errorf("a mandate that nobody can know: %v", got)
	}
	if got := fields(t, h.do("POST", "/v1/scan", h.scanBody("ticket", "north", "2"), reader())); got["decision"] != "admit" || got["authority"] != nil {
		t.Errorf("an ordinary scan: %v", got)
	}
	header := http.Header{"Cookie": {h.signIn("admin")}}
	if resp := h.do("GET", "/v1/mandates", "", header); resp.StatusCode != http.StatusNotFound {
		t.Errorf("mandates: %s", resp.Status)
	}
	if got := fields(t, h.do("GET", "/v1/me/capacities", "", header)); fmt.Sprint(got) != "map[capacities:[]]" {
		t.Errorf("capacities: %v", got)
	}
	if _, err := New(func() Config {
		c := h.cfg
		c.Mandates.Roots = []string{filepath.Join(t.TempDir(), "none")}
		c.DataDir = t.TempDir()
		return c
	}(), Deps{}); err == nil ||
		!strings.HasPrefix(err.Error(), "mandates: ") {
		t.Errorf("roots that are not there: %v", err)
	}
}
