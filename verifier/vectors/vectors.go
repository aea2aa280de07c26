// Package vectors finds and reads the official test vectors, which live beside the repository and never in
// it. It is test support: nothing that runs in a gateway imports it.
package vectors

import (
	"encoding/base64"
	"encoding/json"
	"os"
	"path/filepath"
	"testing"
	"time"
)

// Variable names the environment variable that points at the vectors when they are not in shared/vectors
// beside the repository.
const Variable = "VRATAR_VECTORS"

// Dir is the folder of the vectors. Where there are none the test is skipped, and says so; in CI it fails,
// because there they must have been run.
func Dir(t testing.TB) string {
	t.Helper()
	if dir := os.Getenv(Variable); dir != "" {
		return dir
	}
	dir, err := os.Getwd()
	if err != nil {
		t.Fatal(err)
	}
	for ; dir != filepath.Dir(dir); dir = filepath.Dir(dir) {
		if _, err := os.Stat(filepath.Join(dir, "go.mod")); err != nil {
			continue
		}
		found := filepath.Join(filepath.Dir(dir), "shared", "vectors")
		if _, err := os.Stat(found); err == nil {
			return found
		}
	}
	if os.Getenv("CI") != "" {
		t.Fatalf("the official vectors are missing: set %s", Variable)
	}
	t.Skipf("the official vectors were not run: set %s to their folder", Variable)
	return ""
}

// Read decodes one JSON file of the vectors, named by its path below Dir, into v.
func Read(t testing.TB, name string, v any) {
	t.Helper()
	b, err := os.ReadFile(filepath.Join(Dir(t), filepath.FromSlash(name)))
	if err != nil {
		t.Fatal(err)
	}
	if err := json.Unmarshal(b, v); err != nil {
		t.Fatalf("%s: %v", name, err)
	}
}

// Entry is what all vectors.json files share; E is the folder's own form of expect.
type Entry[E any] struct {
	ID       string    `json:"id"`
	Group    string    `json:"group"`
	Payload  string    `json:"payload"`
	Encoding string    `json:"payload_encoding"` // text or base64
	Key      *Key      `json:"key"`
	Now      time.Time `json:"now"`
	Expect   E         `json:"expect"`
	Note     string    `json:"note"`
}

// Key is the one key that an entry trusts.
type Key struct {
	Type string          `json:"type"` // x509, jwk or jwks
	DER  []byte          `json:"der_b64"`
	JWK  json.RawMessage `json:"jwk"`
	JWKS json.RawMessage `json:"jwks"`
	KID  string          `json:"kid"`
}

// Bytes is the payload as a reader would see it.
func (e *Entry[E]) Bytes(t testing.TB) []byte {
	t.Helper()
	if e.Encoding != "base64" {
		return []byte(e.Payload)
	}
	b, err := base64.StdEncoding.DecodeString(e.Payload)
	if err != nil {
		t.Fatalf("%s: %v", e.ID, err)
	}
	return b
}
