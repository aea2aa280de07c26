package formats

import (
	"bytes"
	"encoding/base64"
	"encoding/json"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"vratar/bench/corpus"
	"vratar/verifier/formats/notice"
	"vratar/verifier/vectors"
)

// folders says of which format the official vectors of each folder are; empty: they are no codes. Formats that
// are not accepted yet stand here as well: nobody else may claim their codes.
var folders = map[string]string{
	"aadhaar-qr": "aadhaar", "claim169": "claim169", "eu-dcc": "hcert", "icao-vds": "vds", "icao-vds-nc": "vdsnc",
	"iso-mdoc": "mdoc", "nzcp": "nzcp", "payments-marking": "notice", "pretix-sig1": "pretix", "sd-jwt": "sdjwt",
	"smart-health-cards": "shc", "max": "", "token-status-list": "",
}

// code is one payload and the only format that may claim it.
type code struct {
	name, format string
	payload      []byte
}

// official reads the codes of every folder of vectors.
func official(t *testing.T) []code {
	t.Helper()
	files, err := filepath.Glob(filepath.Join(vectors.Dir(t), "*", "vectors.json"))
	if err != nil || len(files) == 0 {
		t.Fatalf("no vectors: %v", err)
	}
	var codes []code
	for _, file := range files {
		folder := filepath.Base(filepath.Dir(file))
		format, known := folders[folder]
		if !known {
			t.Errorf("folder %s: say above of which format its vectors are", folder)
		}
		if format == "" {
			continue
		}
		var all []struct {
			ID       string          `json:"id"`
			Payload  json.RawMessage `json:"payload"`
			Encoding string          `json:"payload_encoding"`
		}
		vectors.Read(t, folder+"/vectors.json", &all)
		for _, e := range all {
			codes = append(codes, code{e.ID, format, payload(t, e.Payload, e.Encoding)})
		}
	}
	return codes
}

// payload reads one text, or the texts of a code in several parts, a line each.
func payload(t *testing.T, raw json.RawMessage, encoding string) []byte {
	t.Helper()
	var text string
	if err := json.Unmarshal(raw, &text); err != nil {
		var parts []string
		if err := json.Unmarshal(raw, &parts); err != nil {
			t.Fatal(err)
		}
		text = strings.Join(parts, "\n")
	}
	if encoding != "base64" {
		return []byte(text)
	}
	b, err := base64.StdEncoding.DecodeString(text)
	if err != nil {
		t.Fatal(err)
	}
	return b
}

// issued is a genuine code of every recipe of the corpus and what is no credential, so that a checkout without the
// official vectors tests the list too.
func issued(t *testing.T) []code {
	t.Helper()
	m, err := corpus.NewMaker(1, time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC))
	if err != nil {
		t.Fatal(err)
	}
	var codes []code
	for _, recipe := range corpus.Formats() {
		i, err := m.Item(corpus.Genuine, recipe, 1)
		if err != nil {
			t.Fatal(err)
		}
		codes = append(codes, code{i.Name, i.Format, i.Payload})
		if i.Format == "mdoc" { // bytes, or the text of them
			codes = append(codes, code{i.Name + " as text", i.Format, base64.RawURLEncoding.AppendEncode(nil, i.Payload)})
		}
	}
	for n := range 2 {
		i, err := m.Item(corpus.Notice, "", n)
		if err != nil {
			t.Fatal(err)
		}
		codes = append(codes, code{i.Name, "notice", i.Payload})
	}
	return append(codes, code{"link", "notice", []byte("https://example.org/VR1:ABC")},
		code{"wifi", "notice", []byte("WIFI:S:HC1;T:WPA;P:NZCP:/1/;;")})
}

// own gathers what is issued here and the text files beside the formats, a code each.
func own(t *testing.T) []code {
	t.Helper()
	codes := issued(t)
	files, err := filepath.Glob("*/testdata/*.txt")
	if err != nil {
		t.Fatal(err)
	}
	for _, file := range files {
		b, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		codes = append(codes, code{file, strings.Split(filepath.ToSlash(file), "/")[0], bytes.TrimSpace(b)})
	}
	return codes
}

// claimants names the formats that claim payload, in the order of the list, and those of them that open it.
func claimants(payload []byte) (sniffed, opened []string) {
	for _, f := range All() {
		if !f.Sniff(payload) {
			continue
		}
		sniffed = append(sniffed, f.Name())
		if c, err := f.Decode(payload); c != nil && err == nil {
			opened = append(opened, f.Name())
		}
	}
	return sniffed, opened
}

// checkClaims holds that each code is claimed by its own format or, where that is not accepted or does not
// know it again, by none. So no code depends on the place of its format in the list.
func checkClaims(t *testing.T, codes []code) {
	t.Helper()
	opens := map[string]int{}
	for _, c := range codes {
		sniffed, opened := claimants(c.payload)
		if len(sniffed) > 1 || (len(sniffed) == 1 && sniffed[0] != c.format) {
			t.Errorf("%s of %s: claimed by %v, opened by %v", c.name, c.format, sniffed, opened)
		}
		if len(opened) == 1 {
			opens[c.format]++
		}
		for _, v := range damaged(c.payload) {
			_, opened := claimants(v)
			for _, name := range opened {
				if name != c.format && name != (notice.Format{}).Name() {
					t.Errorf("%s of %s as %.40q: opened by %v", c.name, c.format, v, opened)
				}
			}
		}
	}
	t.Logf("%d codes, opened: %v", len(codes), opens)
}

// damaged gives a payload as it may reach us by mistake: with a line end, in lower case, cut, without the mark
// it begins with. Another format of credentials may recognise that, but must not open it; a notice may, since half
// a text can be a whole link.
func damaged(p []byte) [][]byte {
	variants := [][]byte{slices.Concat(p, []byte("\r\n")), bytes.ToLower(p), p[:len(p)/2], p[len(p)/2:]}
	for _, mark := range []string{":", "/", "/1/"} {
		if _, rest, found := bytes.Cut(p, []byte(mark)); found {
			variants = append(variants, rest)
		}
	}
	return variants
}

func TestOfficialCodesAreClaimedOnce(t *testing.T) { checkClaims(t, official(t)) }

func TestOwnCodesAreClaimedOnce(t *testing.T) { checkClaims(t, own(t)) }

// Every accepted format opens codes of its own, so that the tests above say something about it.
func TestEveryFormatIsClaimed(t *testing.T) {
	opens := map[string]bool{}
	for _, c := range append(own(t), official(t)...) {
		if _, opened := claimants(c.payload); len(opened) == 1 && opened[0] == c.format {
			opens[c.format] = true
		}
	}
	for _, f := range All() {
		if !opens[f.Name()] {
			t.Errorf("%s opens no code, neither an official one nor an issued one", f.Name())
		}
	}
}

// A format is asked about every payload that comes, so recognising costs no memory.
func TestSniffDoesNotAllocate(t *testing.T) {
	for _, c := range own(t) {
		for _, f := range All() {
			if n := testing.AllocsPerRun(5, func() { f.Sniff(c.payload) }); n > 0 {
				t.Errorf("%s: %v allocations for a code of %s", f.Name(), n, c.format)
			}
		}
	}
}
