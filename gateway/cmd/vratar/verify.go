package main

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"strconv"
	"time"
	"unicode/utf8"

	"vratar/gateway"
	"vratar/gateway/ingest"
	"vratar/gateway/refresh"
	"vratar/verifier"
	"vratar/verifier/jsontext"
	"vratar/verifier/proof"
)

func verifyCommand() command {
	return command{
		name: "verify", args: "[--trust FILE]... [--status FILE]... [--at TIME] [--require-proof] [PAYLOAD|-]",
		summary: "judge a code, or many with --lines",
		help: `
Judges one payload, the text of a QR code, and prints the verdict as JSON. Without PAYLOAD, or with "-", the
payload is read from standard input.

  vratar verify --trust trust.json 'VR1:6BF...'
  zbarimg -q --raw code.png | vratar verify --trust trust.json
  vratar verify --trust trust.json --lines < scans.jsonl

With --lines every input line is a JSON object {"id", "payload" or "payload_b64", "at"} and every output line
a verdict with the same id. A line may name its own "audience", "holder_nonce" and "transcript".

A proof that whoever shows the code is its holder (VR2, key binding JWT, device signature) is checked where it
is there. One that was made for somebody counts with --audience; one over a session with --transcript. Without
--require-proof a copy is judged for what it says, and not_established tells that the holder is not known.

Trust may be a trust list of our own, a JWKS, PEM certificates or public keys, an EU DCC trust list, a signed list
(VICAL, EU DCC as JWS or CMS) beside the key that signed it; status a token status list (JWT or CWT), a DCC
revocation list or filter, revoked certificates (X.509 CRL), a text file of revoked ids. They are told apart by
their content.

Exit code: 0 valid, 1 not valid, 2 the question could not be asked. With --lines: 0 when every line was
answered.`,
		run: runVerify,
	}
}

func runVerify(_ context.Context, c *call) error {
	trustFiles := c.list("trust", "`FILE` with keys that are believed; may be repeated")
	statusFiles := c.list("status", "`FILE` that says what was withdrawn; may be repeated")
	at := c.time("at", "judge for this moment instead of now")
	skew := c.Duration("skew", time.Minute, "how far issuers' clocks may be ahead")
	lines := c.Bool("lines", false, "judge JSON lines from standard input")
	demand := c.holderFlags()
	proofAge := c.Duration("proof-age", verifier.DefaultProofAge, "how long a holder's proof counts after it was made")
	identityKeys := c.String("identity-keys", "", "`FILE` of AES keys that open encrypted identity codes, one a line in hex")
	args, err := c.parse(1)
	if err != nil {
		return err
	}
	lists, err := loadLists(*trustFiles, *statusFiles)
	if err != nil {
		return err
	}
	keys, err := gateway.LoadIdentityKeys(*identityKeys)
	if err != nil {
		return err
	}
	v := &verifier.Verifier{
		Formats: gateway.Formats(keys), Lists: lists, Checker: proof.Checker{}, Skew: *skew, ProofAge: *proofAge,
	}
	question := verifier.Scan{At: *at, Holder: *demand}
	if question.At.IsZero() {
		question.At = time.Now()
	}
	if *lines {
		if len(args) > 0 && args[0] != "-" {
			return errors.New("--lines reads standard input and takes no payload")
		}
		return verifyLines(c, v, question)
	}
	if question.Payload, err = c.payload(args); err != nil {
		return err
	}
	start := time.Now()
	verdict := v.Verify(question)
	out := verdict.AppendJSON(nil, time.Since(start))
	if _, err := c.out.Write(append(out, '\n')); err != nil {
		return err
	}
	if verdict.Outcome != verifier.Valid {
		return errNo
	}
	return nil
}

// holderFlags are what is demanded of a holder's proof.
func (c *call) holderFlags() *verifier.HolderDemand {
	var d verifier.HolderDemand
	c.BoolVar(&d.Required, "require-proof", false, "refuse a code without a proof of its holder")
	c.StringVar(&d.Audience, "audience", "", "`ID` as which holders address whoever asks here")
	c.StringVar(&d.Nonce, "nonce", "", "`TEXT` that the holder's proof must repeat")
	c.Func("transcript", "encoded SessionTranscript that the holder's device signed, as `BASE64URL`", func(s string) (err error) {
		d.Transcript, err = ingest.ParseTranscript(s)
		return err
	})
	return &d
}

// payload is the argument, or standard input without its last line break. A little more is read than may be
// judged, so that the verdict is too_large and not one on a part.
func (c *call) payload(args []string) ([]byte, error) {
	if len(args) > 0 && args[0] != "-" {
		return []byte(args[0]), nil
	}
	payload, err := io.ReadAll(io.LimitReader(c.in, verifier.MaxPayload+3))
	if err != nil {
		return nil, err
	}
	if utf8.Valid(payload) { // of a binary payload the last byte may be a line break by chance
		payload = bytes.TrimSuffix(bytes.TrimSuffix(payload, []byte("\n")), []byte("\r"))
	}
	return payload, nil
}

// loadLists reads lists from files, each of which must be in order: whoever names a revocation list wants it
// to count.
func loadLists(trustFiles, statusFiles []string) (*refresh.Refresher, error) {
	const maxSize = 256 << 20
	r, err := refresh.New(refresh.Config{
		Trust:   refresh.Lists{Files: trustFiles, MaxSize: maxSize},
		Status:  refresh.Lists{Files: statusFiles, MaxSize: maxSize},
		Checker: proof.Checker{},
	})
	if err != nil {
		return nil, err
	}
	var faults []error
	for _, s := range r.Sources() {
		if s.Error != "" {
			faults = append(faults, fmt.Errorf("%s %s: %s", s.Kind, s.Name, s.Error))
		}
	}
	return r, errors.Join(faults...)
}

// line is one question of --lines.
type line struct {
	ID         json.RawMessage `json:"id"`
	Payload    *string         `json:"payload"`
	PayloadB64 *[]byte         `json:"payload_b64"`
	At         *time.Time      `json:"at"`
	Audience   *string         `json:"audience"`
	Nonce      *string         `json:"holder_nonce"`
	Transcript *string         `json:"transcript"`
}

// maxLine has room for a payload that is too large by far, so that it gets its verdict.
const maxLine = 16 << 20

// verifyLines answers each line; what it does not say is as in question.
func verifyLines(c *call, v *verifier.Verifier, question verifier.Scan) error {
	in := bufio.NewScanner(c.in)
	in.Buffer(nil, maxLine)
	w := bufio.NewWriter(c.out)
	var out []byte
	faults := 0
	for n := 1; in.Scan(); n++ {
		if len(bytes.TrimSpace(in.Bytes())) == 0 {
			continue
		}
		q, scan, err := parseLine(in.Bytes(), question)
		out = append(append(append(out[:0], `{"id":`...), q.ID...), ',')
		if err != nil {
			faults++
			out = jsontext.AppendString(append(out, `"problem":{"line":`+strconv.Itoa(n)+`,"detail":`...), err.Error())
			out = append(out, '}')
		} else {
			start := time.Now()
			verdict := v.Verify(scan)
			out = verdict.AppendMembers(out, time.Since(start))
		}
		if _, err := w.Write(append(out, '}', '\n')); err != nil {
			return err
		}
	}
	if err := errors.Join(in.Err(), w.Flush()); err != nil {
		return err
	}
	if faults > 0 {
		return fmt.Errorf("%d lines could not be answered", faults)
	}
	return nil
}

func parseLine(text []byte, scan verifier.Scan) (line, verifier.Scan, error) {
	var q line
	d := json.NewDecoder(bytes.NewReader(text))
	d.DisallowUnknownFields()
	err := d.Decode(&q)
	if err == nil && d.More() {
		err = errors.New("more than one object on the line")
	}
	if len(q.ID) == 0 {
		q.ID = json.RawMessage("null")
	}
	switch {
	case err != nil:
	case (q.Payload == nil) == (q.PayloadB64 == nil):
		err = errors.New(`want either "payload" or "payload_b64"`)
	case q.Payload != nil:
		scan.Payload = []byte(*q.Payload)
	default:
		scan.Payload = *q.PayloadB64
	}
	if q.At != nil {
		scan.At = *q.At
	}
	return q, scan, errors.Join(err, q.challenge(&scan.Holder))
}

// challenge takes up what the line says of the holder's proof.
func (q *line) challenge(d *verifier.HolderDemand) (err error) {
	if q.Audience != nil {
		d.Audience = *q.Audience
	}
	if q.Nonce != nil {
		d.Nonce = *q.Nonce
	}
	if q.Transcript != nil {
		if d.Transcript, err = ingest.ParseTranscript(*q.Transcript); err != nil {
			return fmt.Errorf("transcript: %w", err)
		}
	}
	return nil
}
