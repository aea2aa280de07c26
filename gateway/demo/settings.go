package demo

import (
	"crypto/sha256"
	"fmt"
	"path/filepath"
	"strings"

	"vratar/verifier/issuing"
	"vratar/verifier/jsontext"
)

// What the world is called.
const (
	issuerID  = "demo"
	euCountry = "AT"
	euName    = "Test issuer, EU format"
	statusURI = "https://demo.example/status/1"
)

// checkpoint is a place of reading of the demo.
type checkpoint struct{ id, name string }

func checkpoints() []checkpoint {
	return []checkpoint{{"north", "North gate"}, {"south", "South gate"}}
}

// Entries of the status list. They stay the same at each start, so a code that was printed keeps its state.
const (
	statusStudent = 1
	statusTicket  = 2
	statusAge     = 3
	statusRevoked = 4
	statusSize    = 1 << 17 // few of many: an entry tells nobody whose it is (draft-ietf-oauth-status-list §12.1)
)

func (w *World) writeLists(o Options) error {
	list, err := issuing.TrustList(
		issuing.TrustedIssuer{
			ID: issuerID, Name: "Demo issuer", Country: "KZ", Formats: []string{"document"}, Keys: []*issuing.Key{w.issuer},
		},
		issuing.TrustedIssuer{
			ID: euCountry, Name: euName, Country: euCountry, Formats: []string{"hcert"}, Keys: []*issuing.Key{w.euSigner},
		},
	)
	if err != nil {
		return err
	}
	if err := w.write(trustFile, list); err != nil {
		return err
	}
	token, err := issuing.StatusListJWT(w.issuer, issuing.StatusList{
		URI: statusURI, Issuer: issuerID, Bits: 1, Size: statusSize,
		Values: map[uint64]byte{statusRevoked: 1}, IssuedAt: o.Now,
	})
	if err != nil {
		return err
	}
	return w.write(statusFile, token)
}

// writeConfig writes the configuration as an operator would.
func (w *World) writeConfig(o Options) error {
	trust, err := files(trustFile, o.Trust)
	if err != nil {
		return err
	}
	status, err := files(statusFile, o.Status)
	if err != nil {
		return err
	}
	text := fmt.Appendf(nil, `# Written anew by every start of vratar demo. A copy of it is a beginning for: vratar serve --config FILE

listen = "localhost:8080"
data_dir = "."

[access]
public_verify = true # anybody may ask whether a code is genuine; nothing is recorded
allow_at = true      # and for another moment than now

[trust]
files = [%s]

[status]
files = [%s]

[[organisations]]
id = "demo"
name = "Demo Arena"

[[groups]]
id = "arena" # a code that was admitted at one gate is known at the other
`, trust, status)
	for _, c := range checkpoints() {
		text = fmt.Appendf(text, "\n[[checkpoints]]\nid = %q\nname = %q\ngroup = \"arena\"\n", c.id, c.name)
	}
	text = fmt.Appendf(text, "\n[[devices]]\nid = \"demo-reader\" # its token is in %s\ntoken_sha256 = \"%x\"\ncheckpoints = [\"*\"]\n",
		tokenFile, sha256.Sum256([]byte(w.deviceToken)))
	return w.write(configFile, text)
}

// files is a list of file names in TOML, whose texts in quotes are those of JSON.
func files(first string, more []string) (string, error) {
	quoted := []string{string(jsontext.AppendString(nil, first))}
	for _, name := range more {
		abs, err := filepath.Abs(name)
		if err != nil {
			return "", err
		}
		quoted = append(quoted, string(jsontext.AppendString(nil, abs)))
	}
	return strings.Join(quoted, ", "), nil
}
