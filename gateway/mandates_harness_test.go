package gateway

import (
	"bytes"
	"encoding/json"
	"mime/multipart"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"vratar/gateway/access"
	"vratar/verifier/mandate"
	"vratar/verifier/vectors"
)

// The people of the official vectors: representatives of the organisation 9900000017 and others.
var (
	clerk     = access.Account{Name: "Clerk", Role: access.RoleChecker, INN: "990000000299", SNILS: "99000000254"}
	colleague = access.Account{Name: "Colleague", Role: access.RoleChecker, INN: "990000000436", SNILS: "99000000456"}
)

// office is a house where people scan under mandates. "north", "south" and "store" belong to the organisation "demo",
// which is 9900000017 of the vectors; "theirs" to "other", which is 9900000024; "open" to one without numbers; "work"
// takes no private persons.
type office struct {
	*house
	dir   string // of the vectors
	clock atomic.Int64
}

func newOffice(t testing.TB, change func(*Config)) *office {
	t.Helper()
	o := &office{dir: filepath.Join(vectors.Dir(t), "gost")}
	o.moveTo(time.Date(2026, 12, 1, 0, 0, 0, 0, time.UTC)) // the vectors' moment
	o.house = newHouseAt(t, func() time.Time { return time.Unix(o.clock.Load(), 0) }, func(c *Config) {
		pki := func(name string) []string { return []string{filepath.Join(o.dir, "pki", name)} }
		c.Mandates.Roots, c.Mandates.Intermediates, c.Mandates.CRLs = pki("root.crt.pem"), pki("ca.crt.pem"), pki("ca.crl.pem")
		c.Mandates.Powers = []string{"TEST_SCAN_AGE"}
		c.Organisations[0].INN = "9900000017"
		c.Organisations = append(c.Organisations, Organisation{ID: "other", Name: "Other", INN: "9900000024"}, Organisation{ID: "square", Name: "Square"})
		c.Checkpoints = append(c.Checkpoints,
			Checkpoint{ID: "store", Authority: CheckpointAuthority{Limits: []string{"TEST_LIM_01=STORE-0001"}}},
			Checkpoint{ID: "theirs", Organisation: "other"}, Checkpoint{ID: "open", Organisation: "square"},
			Checkpoint{ID: "work", Authority: CheckpointAuthority{Capacity: "organisation"}},
			Checkpoint{ID: "leisure", Authority: CheckpointAuthority{Capacity: "self"}},
		)
		if change != nil {
			change(c)
		}
	})
	return o
}

func (o *office) moveTo(at time.Time) { o.clock.Store(at.Unix()) }

// visit is somebody's session.
type visit struct {
	*office
	header http.Header
	id     string
}

// enter makes an account and signs it in.
func (o *office) enter(a access.Account, change func(*access.Account)) *visit {
	o.t.Helper()
	a.Confirmed, a.Checkpoints = true, []string{"*"}
	if change != nil {
		change(&a)
	}
	a, err := o.gateway.desk.Accounts.Create(a)
	if err != nil {
		o.t.Fatal(err)
	}
	secret, _, err := o.gateway.desk.Links.Mint(a.ID, time.Minute)
	if err != nil {
		o.t.Fatal(err)
	}
	return o.redeem(secret, a.ID)
}

// redeem signs in with a link's one-time code.
func (o *office) redeem(secret, id string) *visit {
	o.t.Helper()
	resp := o.do("POST", "/v1/session", `{"code":`+quote(secret)+`}`, http.Header{"Content-Type": {"application/json"}})
	for _, c := range resp.Cookies() {
		if c.MaxAge > 0 {
			return &visit{o, http.Header{"Cookie": {c.Name + "=" + c.Value}, "Origin": {o.url}, "Content-Type": {"application/json"}}, id}
		}
	}
	o.t.Fatalf("signing in: %s", resp.Status)
	return nil
}

func (o *office) file(name string) []byte {
	o.t.Helper()
	data, err := os.ReadFile(filepath.Join(o.dir, "mchd", name))
	if err != nil {
		o.t.Fatal(err)
	}
	return data
}

// call makes a request and reads its answer as JSON.
func (v *visit) call(method, path, body string) (int, map[string]any) {
	v.t.Helper()
	resp := v.do(method, path, body, v.header)
	if resp.StatusCode == http.StatusNoContent {
		return resp.StatusCode, nil
	}
	return resp.StatusCode, fields(v.t, resp)
}

// bring uploads a mandate of the vectors as JSON.
func (v *visit) bring(xml, sig string) (int, map[string]any) {
	v.t.Helper()
	f := mandate.File{Name: xml, Data: v.file(xml)}
	if sig != "" {
		f.Signatures = [][]byte{v.file(sig)}
	}
	return v.bringFile(f)
}

// bringFile uploads a mandate as JSON.
func (v *visit) bringFile(f mandate.File) (int, map[string]any) {
	v.t.Helper()
	text, err := json.Marshal(map[string]any{"name": f.Name, "file": f.Data, "signatures": append([][]byte{}, f.Signatures...)})
	if err != nil {
		v.t.Fatal(err)
	}
	return v.call("POST", "/v1/mandates", string(text))
}

// keep uploads a mandate that must be kept, and returns its number.
func (v *visit) keep(name string) string {
	v.t.Helper()
	status, answer := v.bring(name+".xml", name+".sig")
	kept, _ := answer["mandate"].(map[string]any)
	number, _ := kept["number"].(string)
	if status != http.StatusCreated || number == "" {
		v.t.Fatalf("%s: %d %v", name, status, answer)
	}
	return number
}

// bringForm uploads a mandate as a page's form does.
func (v *visit) bringForm(name string) (int, map[string]any) {
	v.t.Helper()
	var body bytes.Buffer
	w := multipart.NewWriter(&body)
	for _, part := range []struct{ field, file string }{{"file", name + ".xml"}, {"signature", name + ".sig"}} {
		p, err := w.CreateFormFile(part.field, part.file)
		if err != nil {
			v.t.Fatal(err)
		}
		if _, err := p.Write(v.file(part.file)); err != nil {
			v.t.Fatal(err)
		}
	}
	if err := w.Close(); err != nil {
		v.t.Fatal(err)
	}
	header := v.header.Clone()
	header.Set("Content-Type", w.FormDataContentType())
	resp := v.do("POST", "/v1/mandates", body.String(), header)
	return resp.StatusCode, fields(v.t, resp)
}

// scan scans a ticket under a mandate, as a private person without one.
func (v *visit) scan(checkpoint, mandate, nonce string) map[string]any {
	v.t.Helper()
	body := strings.TrimSuffix(v.scanBody("ticket", checkpoint, nonce), "}") + `,"mandate":` + quote(mandate) + `}`
	status, answer := v.call("POST", "/v1/scan", body)
	if status != http.StatusOK {
		v.t.Fatalf("scanning at %s: %d %v", checkpoint, status, answer)
	}
	return answer
}

// ruled is what the answer says about authority.
func ruled(answer map[string]any) string {
	report, _ := answer["authority"].(map[string]any)
	reason, _ := report["reason"].(string)
	return reason
}
