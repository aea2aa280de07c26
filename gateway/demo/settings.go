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
	audience  = "https://demo.example" // as which wallets address the demo's gateway

	healthIssuer   = "https://health.demo.example"
	passIssuer     = "did:web:pass.demo.example"
	identityIssuer = "https://identity.demo.example"
	walletIssuer   = "https://wallet.demo.example"
	mobileName     = "Test issuer, ISO mdoc"
	travelState    = "UTO" // Utopia, the state of ICAO's examples
	travelName     = "Test issuer, ICAO VDS-NC"
	sealSigner     = "UTTS"
	sealReference  = "5B"
	cardIssuer     = "UIDAI" // what the format calls its only issuer
)

// arenaName is the organisation of the demo.
const arenaName = "Demo Arena"

// checkpoint is a place of reading of the demo.
type checkpoint struct{ id, name string }

func (w *World) checkpoints() []checkpoint {
	all := []checkpoint{{"north", "North gate"}, {"south", "South gate"}}
	if len(w.mandates) > 0 {
		all = append(all, checkpoint{squareID, "Town square"})
	}
	return all
}

// Entries of the status list. They stay the same at each start, so a code that was printed keeps its state.
const (
	statusStudent = 1
	statusTicket  = 2
	statusAge     = 3
	statusRevoked = 4
	statusSize    = 1 << 17 // few of many: an entry tells nobody whose it is (draft-ietf-oauth-status-list §12.1)
)

// issuers is the trust list: each signs documents of one format and no other.
func (w *World) issuers() []issuing.TrustedIssuer {
	trusted := func(id, name, format, key string) issuing.TrustedIssuer {
		return issuing.TrustedIssuer{ID: id, Name: name, Formats: []string{format}, Keys: []*issuing.Key{w.keys[key]}}
	}
	of := func(country string, t issuing.TrustedIssuer) issuing.TrustedIssuer {
		t.Country = country
		return t
	}
	return []issuing.TrustedIssuer{
		of("KZ", trusted(issuerID, "Demo issuer", "document", issuerKey)),
		of(euCountry, trusted(euCountry, euName, "hcert", euKey)),
		trusted(healthIssuer, "Test issuer, SMART Health Cards", "shc", healthKey),
		of("NZ", trusted(passIssuer, "Test issuer, New Zealand passes", "nzcp", passKey)),
		trusted(identityIssuer, "Test issuer, Claim 169", "claim169", identityKey),
		trusted(walletIssuer, "Test issuer, SD-JWT", "sdjwt", attributesKey),
		trusted("https://mobile.demo.example", mobileName, "mdoc", rootKey),
		trusted(sealSigner, "Test issuer, ICAO VDS", "vds", sealKey),
		trusted(travelState, travelName, "vdsnc", travelKey),
		trusted("https://tickets.demo.example", "Test issuer, pretix", "pretix", ticketsKey),
		of("IN", trusted(cardIssuer, "Test issuer, Aadhaar format", "aadhaar", cardKey)),
	}
}

func (w *World) writeLists(o Options) error {
	list, err := issuing.TrustList(w.issuers()...)
	if err != nil {
		return err
	}
	if err := w.write(trustFile, list); err != nil {
		return err
	}
	token, err := issuing.StatusListJWT(w.keys[issuerKey], issuing.StatusList{
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

[holder]
audience = %q # as which wallets address this gateway

[trust]
files = [%s]

[status]
files = [%s]

%s[[organisations]]
id = "demo"
name = "%s"
%s
[[groups]]
id = "arena" # a code that was admitted at one gate is known at the other
`, audience, trust, status, w.mandateSettings(), arenaName, w.organisationSettings())
	for _, c := range w.checkpoints() {
		text = fmt.Appendf(text, "\n[[checkpoints]]\nid = %q\nname = %q\ngroup = \"arena\"\n%s", c.id, c.name, w.authoritySettings(c.id))
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
