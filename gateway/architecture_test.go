package gateway_test

import (
	"encoding/json"
	"errors"
	"io"
	"os/exec"
	"path"
	"strings"
	"testing"
)

// goPackage is what `go list` tells of one package of this module.
type goPackage struct {
	ImportPath, Dir, Doc, Name string
	Imports                    []string
}

// modulePackages lists the packages of this module.
func modulePackages(t *testing.T) []goPackage {
	t.Helper()
	out, err := exec.Command("go", "list", "-json=ImportPath,Dir,Doc,Name,Imports", "vratar/...").Output()
	if err != nil {
		t.Fatalf("go list: %v", err)
	}
	var all []goPackage
	for d := json.NewDecoder(strings.NewReader(string(out))); ; {
		var p goPackage
		if err := d.Decode(&p); errors.Is(err, io.EOF) {
			return all
		} else if err != nil {
			t.Fatal(err)
		}
		all = append(all, p)
	}
}

// Who may import whom. Only direct imports count: crypto/x509 pulls net in by itself.
var importRules = []struct{ tree, banned, why string }{
	{"vratar/verifier", "vratar/cache", "the verifier is pure; state is handed to it"},
	{"vratar/verifier", "vratar/gateway", "the verifier does not know who asks"},
	{"vratar/verifier", "vratar/webui", "the verifier does not know who looks"},
	{"vratar/verifier", "net", "no judgement waits for a network"},
	{"vratar/verifier", "net/http", "no judgement waits for a network"},
	{"vratar/verifier", "os", "lists come in as snapshots, never from files"},
	{"vratar/verifier", "log/slog", "a verdict is returned, not told"},
	{"vratar/verifier/formats", "vratar/verifier/trust", "a format decodes and does not judge"},
	{"vratar/verifier/formats", "vratar/verifier/status", "a format decodes and does not judge"},
	{"vratar/verifier/formats", "vratar/verifier/policy", "a format decodes and does not judge"},
	{"vratar/verifier/formats", "vratar/verifier/proof", "signatures are checked in one place, by the pipeline"},
	{"vratar/verifier/trust", "vratar/verifier/status", "stages do not know each other"},
	{"vratar/verifier/status", "vratar/verifier/trust", "stages do not know each other"},
	{"vratar/verifier/policy", "vratar/verifier/trust", "stages do not know each other"},
	{"vratar/verifier/proof", "vratar/verifier/trust", "stages do not know each other"},
	{"vratar/cache", "vratar/gateway", "stores do not know who asks"},
	{"vratar/cache/ledger", "vratar/cache/totals", "the record does not know who counts it"},
	{"vratar/cache", "vratar/webui", "stores do not know who looks"},
	{"vratar/cache", "github.com/valyala", "stores are not servers"},
	{"vratar/webui", "vratar/verifier", "the page talks to the gateway over HTTP only"},
	{"vratar/webui", "vratar/cache", "the page talks to the gateway over HTTP only"},
	{"vratar/webui", "vratar/gateway", "the page talks to the gateway over HTTP only"},
	{"vratar/verifier", "vratar/bench", "nothing depends on the benchmarks"},
	{"vratar/cache", "vratar/bench", "nothing depends on the benchmarks"},
	{"vratar/gateway", "vratar/bench", "nothing depends on the benchmarks"},
	{"vratar/gateway", "github.com/cockroachdb", "the one database is opened by the cache"},
	{"vratar/verifier", "github.com/cockroachdb", "the one database is opened by the cache"},
}

// testSupport is imported by tests only: it finds the official vectors on disk, signs as issuers do, and answers as
// a passkey's device does.
func testSupport(importPath string) bool {
	return importPath == "vratar/verifier/vectors" || strings.HasSuffix(importPath, "test")
}

func TestImportDirection(t *testing.T) {
	for _, p := range modulePackages(t) {
		for _, r := range importRules {
			if !within(p.ImportPath, r.tree) || testSupport(p.ImportPath) {
				continue
			}
			for _, i := range p.Imports {
				if strings.HasPrefix(i, "vratar/") && testSupport(i) {
					t.Errorf("%s imports %s: it is for tests only", p.ImportPath, i)
				}
				if i == r.banned || (strings.Contains(r.banned, "/") && r.banned != "net/http" && within(i, r.banned)) {
					t.Errorf("%s imports %s: %s", p.ImportPath, i, r.why)
				}
			}
		}
	}
}

// Packages below gateway do not know each other: package gateway joins them through the small interfaces that
// each of them declares. Commands may import what they start.
func TestGatewayPackagesStandAlone(t *testing.T) {
	shared := map[string]string{
		"vratar/gateway/websocket": "one shim for the two websocket doors",
		"vratar/gateway/problem":   "one spelling of a request's failure for every door",
		"vratar/gateway/waiting":   "one bound on what those who have not signed in may leave with us",
	}
	for _, p := range modulePackages(t) {
		if !strings.HasPrefix(p.ImportPath, "vratar/gateway/") || strings.HasPrefix(p.ImportPath, "vratar/gateway/cmd/") {
			continue
		}
		for _, i := range p.Imports {
			if strings.HasPrefix(i, "vratar/gateway/") && shared[i] == "" {
				t.Errorf("%s imports %s: package gateway joins its parts", p.ImportPath, i)
			}
		}
	}
}

// Formats do not know each other, so that each can be read, fuzzed and removed alone.
func TestFormatsStandAlone(t *testing.T) {
	for _, p := range modulePackages(t) {
		if !strings.HasPrefix(p.ImportPath, "vratar/verifier/formats/") {
			continue
		}
		for _, i := range p.Imports {
			if within(i, "vratar/verifier/formats") {
				t.Errorf("%s imports %s: formats stand alone", p.ImportPath, i)
			}
		}
	}
}

func TestEveryPackageSaysWhatItIsFor(t *testing.T) {
	for _, p := range modulePackages(t) {
		if len(p.Doc) < 40 {
			t.Errorf("%s: its package comment must say what it is for and what it may and may not do", p.ImportPath)
		}
		switch base := path.Base(p.ImportPath); base {
		case "util", "utils", "common", "types", "models", "helpers":
			t.Errorf("%s: a name that says nothing", p.ImportPath)
		}
	}
}

func within(importPath, tree string) bool {
	return importPath == tree || strings.HasPrefix(importPath, tree+"/")
}
