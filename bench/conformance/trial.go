package conformance

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
)

// Trial is a set of vectors that are no codes: signatures, keys, lists. They are put to the very packages that
// the gateway judges with.
type Trial struct {
	Title string
	Run   func(d Folder) (Result, error)
}

// Trials are run after the suites, in the order of the table.
func Trials() []Trial {
	return append([]Trial{
		{"EU certificates: revocation hashes", revocationHashes},
		{"EU certificates: revocation filters", revocationFilters},
		{"SMART Health Cards: revocation lists", cardLists},
		{"SMART Health Cards: key sets", cardKeys},
		{"EU age attestation over OpenID4VP", ageAttestations},
		{"Token status lists", statusLists},
	}, wycheproofTrials()...)
}

// Untried names the vectors that belong to these formats or stand beside them and are not run, with the reason.
func Untried() map[string]string {
	return map[string]string{
		"icao-vds/idb-raw.json":              "the ICAO Datastructure for Barcode is another format, which is not judged",
		"iso-mdoc/annex-d-raw.json":          "the parts from which iso-mdoc/vectors.json is made",
		"mdoc/eudi_pid_age_over_18_2024":     "printed by its source with its members in another order than signed; run by the format's own test",
		"smart-health-cards/extra-keys.json": "keys for the vectors beside it; run by the format's own test",
		"wycheproof, ES512":                  "the vectors hold no file for P-521",
		"gost":                               "mandates, which are no codes",
		"max":                                "launch data of mini-apps, which are no codes",
	}
}

// Folder is where the vectors are.
type Folder string

// read decodes one file, named by its path below the folder.
func (d Folder) read(name string, v any) error {
	b, err := os.ReadFile(filepath.Join(string(d), filepath.FromSlash(name)))
	if err != nil {
		return err
	}
	if err := json.Unmarshal(b, v); err != nil {
		return fmt.Errorf("%s: %w", name, err)
	}
	return nil
}

// hold counts one vector; fault is empty when it was answered as it should be.
func (r *Result) hold(id, fault string) {
	r.Run++
	if fault == "" {
		r.Passed++
		return
	}
	r.Differences = append(r.Differences, id+": "+fault)
}

// holdSame counts one vector that is a yes or a no.
func (r *Result) holdSame(id string, got, want bool) {
	fault := ""
	if got != want {
		fault = fmt.Sprintf("%t, want %t", got, want)
	}
	r.hold(id, fault)
}

// skip counts one vector that was not run.
func (r *Result) skip(id, why string) {
	r.Skipped++
	r.Skips = append(r.Skips, id+": "+why)
}
