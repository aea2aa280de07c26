package httpcost

import (
	"strconv"

	"vratar/bench/corpus"
	"vratar/verifier/jsontext"
)

// payloads says what is shown.
const payloads = "EU certificates (HC1, ES256) of one issuer, minted for the run; distinct: no code is shown twice to one gateway; " +
	"repeated: 64 codes in turn; the issuer's key was prepared before"

// mint makes codes that were never there before.
type mint struct {
	maker *corpus.Maker
	made  int
}

func (m *mint) codes(n int) ([][]byte, error) {
	items, err := m.maker.Items(corpus.Selection{
		Mix: corpus.Mix{{Kind: corpus.Genuine, Weight: 1}}, Formats: []corpus.FormatShare{{Format: corpus.HCERT, Weight: 1}},
		First: m.made, Count: n,
	})
	m.made += n
	codes := make([][]byte, len(items))
	for i := range items {
		codes[i] = items[i].Payload
	}
	return codes, err
}

// verifies asks /v1/verify about each code.
func verifies(token string, codes [][]byte) [][]byte {
	requests := make([][]byte, len(codes))
	for i, code := range codes {
		requests[i] = post("/v1/verify", token, "application/octet-stream", code)
	}
	return requests
}

// batches asks /v1/verify/batch about the codes, so many at a time.
func batches(token string, codes [][]byte, lines int) [][]byte {
	var requests [][]byte
	for len(codes) >= lines {
		var body []byte
		for i, code := range codes[:lines] {
			body = strconv.AppendInt(append(body, `{"id":"`...), int64(i), 10)
			body = append(jsontext.AppendString(append(body, `","payload":`...), code), '}', '\n')
		}
		requests, codes = append(requests, post("/v1/verify/batch", token, "application/jsonl", body)), codes[lines:]
	}
	return requests
}

// scans presents each code at a gate; name makes the nonces unlike all others.
func scans(token string, codes [][]byte, name string) [][]byte {
	requests := make([][]byte, len(codes))
	for i, code := range codes {
		body := jsontext.AppendString([]byte(`{"payload":`), code)
		body = append(body, `,"checkpoint":"gate-0","direction":"entry","nonce":"`...)
		body = append(strconv.AppendInt(append(append(body, name...), '-'), int64(i), 10), `"}`...)
		requests[i] = post("/v1/scan", token, "application/json", body)
	}
	return requests
}
