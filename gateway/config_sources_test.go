package gateway

import (
	"fmt"
	"os"
	"strings"
	"testing"
	"time"

	"vratar/gateway/refresh"
)

// withSources reads a configuration with one source in a section.
func withSources(section, text string) (Config, error) {
	head := "data_dir = \"d\"\n[[" + section + ".sources]]\n"
	return ParseConfig([]byte(head+text), "/etc/vratar")
}

func TestSourcesByKind(t *testing.T) {
	f := func(section, text string, want refresh.Origin) {
		t.Helper()
		c, err := withSources(section, text)
		if err != nil {
			t.Errorf("%s: %v", text, err)
			return
		}
		settings := c.ListSettings()
		got := settings.Trust.Sources
		if section == "status" {
			got = settings.Status.Sources
		}
		if len(got) != 1 || fmt.Sprintf("%#v", got[0]) != fmt.Sprintf("%#v", want) {
			t.Errorf("%s: %#v, want %#v", text, got, want)
		}
	}
	const event = "https://pretix.example/api/v1/organizers/o/events/e/"
	f("trust", `did = "did:web:example.com"`, refresh.DIDWeb{DID: "did:web:example.com"})
	f("trust", "jwks = \"https://a.example/keys\"\nissuer = \"a\"\nname = \"A\"\ncountry = \"KZ\"\nformats = [\"sdjwt\"]\ndocuments = [\"age\"]\nstatus_max_age = \"15m\"",
		refresh.KeySet{URL: "https://a.example/keys", Binding: refresh.Binding{
			Issuer: "a", Name: "A", Country: "KZ", Formats: []string{"sdjwt"}, Documents: []string{"age"}, StatusMaxAge: 15 * time.Minute,
		}})
	f("trust", `sdjwt = "https://a.example/tenant"`, refresh.VCIssuer{Issuer: "https://a.example/tenant"})
	f("trust", `folder = "iaca"`, refresh.Folder{Path: "/etc/vratar/iaca"})
	f("trust", "folder = \"/iaca\"\nissuer = \"AT\"", refresh.Folder{Path: "/iaca", Binding: refresh.Binding{Issuer: "AT"}})
	f("trust", `shc = "https://a.example/cards"`, refresh.HealthCardIssuer{Issuer: "https://a.example/cards"})
	f("trust", "pretix = \""+event+"\"\ntoken_file = \"token\"", refresh.PretixEvent{URL: event, TokenFile: "/etc/vratar/token"})
	f("status", "pretix = \""+event+"\"\ntoken_file = \"/token\"", refresh.PretixSecrets{URL: event, TokenFile: "/token"})
	f("status", `shc = "https://a.example/cards"`, refresh.HealthCardLists{Issuer: "https://a.example/cards"})
	f("status", `token_list = "https://a.example/1"`, refresh.TokenList{URL: "https://a.example/1"})
	f("status", `dcc = "https://a.example/revocation-list"`, refresh.RevocationBatches{URL: "https://a.example/revocation-list"})
	f("status", `revoked_ids = "https://a.example/ids.txt"`, refresh.RevokedIDs{URL: "https://a.example/ids.txt"})
	f("status", "revoked_ids = \"ids.txt\"\nissuer = \"a\"", refresh.RevokedIDs{File: "/etc/vratar/ids.txt", Issuer: "a"})
}

func TestFaultsOfSources(t *testing.T) {
	f := func(section, text, want string) {
		t.Helper()
		if _, err := withSources(section, text); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s %q: %v, want %q", section, text, err, want)
		}
	}
	f("trust", "", "trust.sources[0]: want exactly one of did, jwks, sdjwt, folder, shc, pretix")
	f("status", "", "status.sources[0]: want exactly one of shc, pretix, token_list, dcc, revoked_ids")
	f("status", `revoked_ids = "http://a.example/ids.txt"`, "status.sources[0].revoked_ids: http lets anybody")
	f("status", "revoked_ids = \"x\"\ncountry = \"KZ\"", "status.sources[0].country: is for trust.sources only")
	f("trust", `revoked_ids = "x"`, "trust.sources[0].revoked_ids: does not belong into trust.sources")
	f("trust", "did = \"did:web:a.example\"\nfolder = \"x\"", "want exactly one of")
	f("trust", `dcc = "https://a.example"`, "trust.sources[0].dcc: does not belong into trust.sources")
	f("status", `folder = "x"`, "status.sources[0].folder: does not belong into status.sources")
	f("trust", `url = "https://a.example"`, "trust.sources[0].url: no such setting")
	f("trust", `did = 7`, "trust.sources[0].did: want a text in quotes")
	f("trust", `did = "did:key:z6Mk"`, "trust.sources[0].did: want did:web:DOMAIN")
	f("trust", `jwks = "https://a.example/keys"`, "trust.sources[0].issuer: required beside jwks")
	f("trust", "jwks = \"http://a.example/keys\"\nissuer = \"a\"", "trust.sources[0].jwks: http lets anybody")
	f("trust", "did = \"did:web:a.example\"\nissuer = \"a\"", "trust.sources[0].issuer: contradicts did")
	f("trust", "shc = \"https://a.example/\"", "trust.sources[0].shc: want the issuer's https URL")
	f("trust", "sdjwt = \"http://a.example\"", "trust.sources[0].sdjwt: want the issuer's https URL")
	f("trust", "folder = \"x\"\ntoken_file = \"y\"", "trust.sources[0].token_file: is for pretix only")
	f("trust", "folder = \"x\"\ncountry = \"kz\"", "trust.sources[0].country: want two capital letters")
	f("trust", "folder = \"x\"\nstatus_max_age = \"-1s\"", "trust.sources[0].status_max_age: want a positive")
	f("trust", "folder = \"x\"\nformats = [\"\"]", "trust.sources[0]: formats and documents hold no empty names")
	f("status", `pretix = "https://pretix.example/api/v1/organizers/o/events/e/"`, "status.sources[0].token_file: required beside pretix")
	f("status", "pretix = \"https://pretix.example/o/e/\"\ntoken_file = \"x\"", "status.sources[0].pretix: want the event in the API")
	f("status", "shc = \"https://a.example\"\nformats = [\"shc\"]", "status.sources[0].formats: is for trust.sources only")
	f("status", "token_list = \"https://a.example\"\nissuer = \"a\"", "status.sources[0].issuer: is for trust.sources only")
	f("status", "token_list = \"a.example/1\"", "status.sources[0].token_list: want an https address")
	f("status", "dcc = \"https://a.example/list/\"", "status.sources[0].dcc: want no slash")
}

// What the example shows as a comment can be used by taking the marks away.
func TestSourcesOfTheExample(t *testing.T) {
	text, err := os.ReadFile("../deploy/vratar.toml")
	if err != nil {
		t.Fatal(err)
	}
	var lines []string
	in := false
	for line := range strings.Lines(string(text)) {
		in = strings.HasPrefix(line, "#") && (in || strings.HasPrefix(line, "# [[") && strings.Contains(line, ".sources]]"))
		if in {
			line = strings.TrimPrefix(strings.TrimPrefix(line, "#"), " ")
		}
		lines = append(lines, line)
	}
	c, err := ParseConfig([]byte(strings.Join(lines, "")), "/etc/vratar")
	if err != nil || len(c.Trust.Sources) != 6 || len(c.Status.Sources) != 5 {
		t.Errorf("%d sources of trust, %d of status: %v", len(c.Trust.Sources), len(c.Status.Sources), err)
	}
}
