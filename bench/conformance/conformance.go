// Package conformance runs the official vectors of each format through the built `vratar verify --lines`,
// the same program and flags an integrator would use, and compares every answer with what the vector's
// curator computed. Vectors that are no codes (signatures, keys, lists) are put to the packages that the program
// is built of.
//
// It starts that program and reads files; it writes nothing but the table.
package conformance

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
)

// Suite is one folder of vectors.
type Suite struct {
	Folder string
	Title  string
	Status string            // file of the folder that says what was withdrawn; empty: none
	Skip   map[string]string // by id, vectors that cannot be asked in this way, and why
	// Compare returns the first difference between a vector and its answer, empty when they agree; nil: compare.
	Compare func(e entry, a answer) string
}

// Suites are the folders that are run, in the order of the table.
func Suites() []Suite {
	return []Suite{
		{Folder: "eu-dcc", Title: "EU Digital COVID Certificate"},
		{Folder: "nzcp", Title: "New Zealand COVID Pass"},
		{Folder: "claim169", Title: "Claim 169 identity QR", Skip: map[string]string{
			"claim169/valid/encrypted-aes256": "opens with a secret of the vector's own; run by the format's own test",
			"claim169/valid/encrypted-signed": "opens with a secret of the vector's own; run by the format's own test",
		}},
		{Folder: "smart-health-cards", Title: "SMART Health Cards", Status: "spec-crl.json"},
		{Folder: "sd-jwt", Title: "SD-JWT, SD-JWT VC, key binding", Skip: map[string]string{
			"sd-jwt/tsl-20-line843": "names a status list of which the vectors hold none that its issuer signed",
		}},
		{Folder: "iso-mdoc", Title: "ISO/IEC 18013-5 mdoc", Skip: map[string]string{
			"iso-mdoc/derived-wrong-transcript": "only its session tells that it is a copy; run by the format's own test",
		}},
		{Folder: "icao-vds", Title: "ICAO VDS", Skip: map[string]string{
			"icao-vds/ankunftsnwPapier2": "states no clock; that its broken header is refused is run by the format's own test",
		}},
		{Folder: "icao-vds-nc", Title: "ICAO VDS-NC"},
		{Folder: "aadhaar-qr", Title: "Aadhaar Secure QR"},
		{Folder: "pretix-sig1", Title: "pretix signed tickets", Skip: map[string]string{
			"pretix-sig1/unknown-product": "which products are sold is the checkpoint's rule, not the ticket's",
		}},
		{Folder: "payments-marking", Title: "Payments and goods marking, recognised", Compare: compareNotice},
	}
}

// Result counts one group of one suite.
type Result struct {
	Group                string
	Run, Passed, Skipped int
	Differences          []string // one line for each vector that answered otherwise
	Skips                []string // one line for each vector that was not run
}

// Failed is how many vectors answered otherwise than expected.
func (r *Result) Failed() int { return r.Run - r.Passed }

// entry is one vector; only what is compared is read.
type entry struct {
	ID       string   `json:"id"`
	Group    string   `json:"group"`
	Payload  payload  `json:"payload"`
	Encoding string   `json:"payload_encoding"`
	Key      *key     `json:"key"`
	Lists    *secrets `json:"lists"`
	Now      string   `json:"now"`
	Expect   expect   `json:"expect"`

	raw json.RawMessage // expect as it stands in the file
}

// payload is the text of one code, or the texts of all codes of one credential, a line each.
type payload string

// UnmarshalJSON reads a string or an array of strings.
func (p *payload) UnmarshalJSON(b []byte) error {
	var texts []string
	if err := json.Unmarshal(b, &texts); err == nil {
		*p = payload(strings.Join(texts, "\n"))
		return nil
	}
	return json.Unmarshal(b, (*string)(p))
}

// expect holds the curator's findings; null means that nothing is claimed.
type expect struct {
	Decodes        *bool `json:"decodes"`
	SignatureValid *bool `json:"signature_valid"`
	SchemaValid    *bool `json:"schema_valid"`
	KeyUsageOK     *bool `json:"key_usage_ok"`
	Expired        *bool `json:"expired"`
	NotYetValid    *bool `json:"not_yet_valid"`
	Accept         *bool `json:"accept"`
	// AcceptIssuerPart stands for Accept where the curator could not tell what the holder's device signed.
	AcceptIssuerPart *bool `json:"accept_issuer_part"`
}

// answer is the part of a verdict line that is compared.
type answer struct {
	ID       string `json:"id"`
	Outcome  string `json:"outcome"`
	Reason   string `json:"reason"`
	Kind     string `json:"kind"`
	Document struct {
		Type   string          `json:"type"`
		Claims json.RawMessage `json:"claims"`
	} `json:"document"`
	Checks []struct {
		Check  string `json:"check"`
		Result string `json:"result"`
	} `json:"checks"`
}

// Runner runs suites with one binary over one folder of vectors.
type Runner struct {
	Vratar  string // path of the binary
	Vectors string // folder of the vectors
}

// Run puts every vector of s to the binary and returns one result per group, sorted by name.
func (r Runner) Run(s Suite) ([]Result, error) {
	entries, err := r.entries(s)
	if err != nil {
		return nil, err
	}
	if s.Compare == nil {
		s.Compare = compare
	}
	groups := map[string]*Result{}
	for _, batch := range byKey(entries) {
		answers, err := r.ask(s, batch)
		if err != nil {
			return nil, fmt.Errorf("%s: %w", s.Folder, err)
		}
		for _, e := range batch {
			g := groups[e.Group]
			if g == nil {
				g = &Result{Group: e.Group}
				groups[e.Group] = g
			}
			if why := s.Skip[e.ID]; why != "" {
				g.skip(e.ID, why)
				continue
			}
			g.hold(e.ID, s.Compare(e, answers[e.ID]))
		}
	}
	var results []Result
	for _, g := range groups {
		results = append(results, *g)
	}
	slices.SortFunc(results, func(a, b Result) int { return bytes.Compare([]byte(a.Group), []byte(b.Group)) })
	return results, nil
}

// entries reads the folder.
func (r Runner) entries(s Suite) ([]entry, error) {
	var entries []entry
	var raw []struct {
		Expect json.RawMessage `json:"expect"`
	}
	file := s.Folder + "/vectors.json"
	if err := errors.Join(Folder(r.Vectors).read(file, &entries), Folder(r.Vectors).read(file, &raw)); err != nil {
		return nil, err
	}
	for i := range entries {
		entries[i].raw = raw[i].Expect
	}
	return entries, nil
}

// byKey gathers the vectors that trust the same key and know the same lists, because a vector has exactly its own.
func byKey(entries []entry) [][]entry {
	var batches [][]entry
	place := map[string]int{}
	for _, e := range entries {
		id, _ := json.Marshal([]any{e.Key, e.Lists}) // what was read from JSON can be written
		i, ok := place[string(id)]
		if !ok {
			i = len(batches)
			place[string(id)] = i
			batches = append(batches, nil)
		}
		batches[i] = append(batches[i], e)
	}
	return batches
}

// arguments of the binary for vectors that share a key and lists; tidy removes the files they name.
func (r Runner) arguments(s Suite, e entry) (args []string, tidy func(), err error) {
	args = []string{"verify", "--lines"}
	var files []string
	tidy = func() {
		for _, f := range files {
			os.Remove(f)
		}
	}
	folder := filepath.Join(r.Vectors, s.Folder)
	if s.Status != "" {
		args = append(args, "--status", filepath.Join(folder, s.Status))
	}
	if e.Key != nil && e.Key.Ref != "" {
		args = append(args, "--trust", filepath.Join(folder, e.Key.Ref))
		e.Key = nil
	}
	add := func(flag string, content []byte, errContent error) {
		if err = errors.Join(err, errContent); err != nil {
			return
		}
		var file string
		file, err = write(content)
		files, args = append(files, file), append(args, flag, file)
	}
	if e.Key != nil {
		content, err := e.Key.content()
		add("--trust", content, err)
	}
	if !e.Lists.empty() {
		content, err := e.Lists.content()
		add("--status", content, err)
	}
	return args, tidy, err
}

// ask runs the binary once over vectors that share a key and lists.
func (r Runner) ask(s Suite, batch []entry) (map[string]answer, error) {
	args, tidy, err := r.arguments(s, batch[0])
	defer tidy()
	if err != nil {
		return nil, err
	}
	var in, out, complaints bytes.Buffer
	for _, e := range batch {
		if s.Skip[e.ID] != "" {
			continue
		}
		member := "payload"
		if e.Encoding == "base64" {
			member = "payload_b64"
		}
		line := map[string]string{"id": e.ID, member: string(e.Payload)}
		if e.Now != "" {
			line["at"] = e.Now
		}
		if err := json.NewEncoder(&in).Encode(line); err != nil {
			return nil, err
		}
	}
	cmd := exec.Command(r.Vratar, args...)
	cmd.Stdin, cmd.Stdout, cmd.Stderr = &in, &out, &complaints
	if err := cmd.Run(); err != nil {
		return nil, fmt.Errorf("%s: %w: %s", batch[0].ID, err, bytes.TrimSpace(complaints.Bytes()))
	}
	answers := map[string]answer{}
	for d := json.NewDecoder(&out); d.More(); {
		var a answer
		if err := d.Decode(&a); err != nil {
			return nil, err
		}
		answers[a.ID] = a
	}
	return answers, nil
}

// compare returns the first difference between the curator's findings and the answer, empty when they agree.
// Where decoding fails nothing behind it can be asked. A signature that is not valid may show as failed or,
// when its key is not trusted at all, as not checked: only "pass" would be wrong.
func compare(e entry, a answer) string {
	if a.ID == "" {
		return "no answer"
	}
	results := map[string]string{}
	for _, c := range a.Checks {
		results[c.Check] = c.Result
	}
	want := e.Expect
	questions := []question{{"decode", want.Decodes}}
	if isTrue(want.Decodes) {
		questions = append(questions, question{"signature", want.SignatureValid},
			question{"schema", want.SchemaValid}, question{"time", inTime(want)})
	}
	if isTrue(want.Decodes) && isTrue(want.SignatureValid) {
		questions = append(questions, question{"key_usage", want.KeyUsageOK})
	}
	for _, q := range questions {
		if q.wants != nil && *q.wants != (results[q.name] == "pass") {
			return fmt.Sprintf("%s is %s, want pass: %t (reason %s)", q.name, results[q.name], *q.wants, a.Reason)
		}
	}
	if want.AcceptIssuerPart != nil {
		want.Accept = want.AcceptIssuerPart
	}
	if want.Accept != nil && *want.Accept != (a.Outcome == "valid") {
		return fmt.Sprintf("outcome is %s (%s), want accepted: %t", a.Outcome, a.Reason, *want.Accept)
	}
	return ""
}

// question is one check whose answer the vector states: true, it must pass; false, it must not; nil, not stated.
type question struct {
	name  string
	wants *bool
}

// inTime joins the two ways of being out of time; nil when neither is stated.
func inTime(e expect) *bool {
	if e.Expired == nil && e.NotYetValid == nil {
		return nil
	}
	ok := !isTrue(e.Expired) && !isTrue(e.NotYetValid)
	return &ok
}

func isTrue(b *bool) bool { return b != nil && *b }
