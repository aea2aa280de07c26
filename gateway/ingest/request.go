package ingest

import (
	"bytes"
	"encoding/base64"
	"errors"
	"fmt"
	"slices"
	"time"

	"vratar/gateway/problem"
	"vratar/verifier/jose"
)

// Bounds of the texts a client may name things with.
const (
	maxNonce = 128
	maxRef   = 128
)

// message is one JSON object of strings as clients send them. It is read strictly: a member that is unknown,
// repeated or of another type is a fault of the client and is said so, because a misspelt "nonce" must not
// pass for a scan without one.
type message struct {
	fields  jose.Object
	garbled bool  // it is no JSON object at all
	err     error // the first fault; later reads do nothing
}

// parseMessage reads text, which may hold the members in known and a challenge only.
func parseMessage(text []byte, known ...string) message {
	var m message
	if m.fields, m.err = jose.ParseObject(text); m.err != nil {
		m.garbled = true
		return m
	}
	for _, f := range m.fields {
		if !slices.Contains(known, f.Name) && !slices.Contains(challengeMembers[:], f.Name) {
			m.err = errors.New("there is a member that is not known here")
		}
	}
	return m
}

// text is the member as a string of at most limit bytes; "" when it is absent.
func (m *message) text(name string, limit int) string {
	if m.err != nil {
		return ""
	}
	s, err := m.view(name)
	switch {
	case err != nil:
		m.err = err
	case len(s) > limit:
		m.err = fmt.Errorf("member %q: longer than %d bytes", name, limit)
	default:
		return string(s)
	}
	return ""
}

// view is the member as a string, where it stands if nothing in it is escaped.
func (m *message) view(name string) ([]byte, error) {
	value := m.fields.Get(name)
	if len(value) > 1 && value[0] == '"' && bytes.IndexByte(value, '\\') < 0 {
		return value[1 : len(value)-1], nil // parseMessage has seen that it is well-formed
	}
	s, err := m.fields.Text(name)
	return []byte(s), err
}

// payload is what the reader saw, from "payload" or "payload_b64", of which there must be one. It may be a view of
// the message.
func (m *message) payload() []byte {
	plain, coded := m.fields.Get("payload") != nil, m.fields.Get("payload_b64") != nil
	switch {
	case m.err != nil:
		return nil
	case plain == coded:
		m.err = errors.New(`one of "payload" and "payload_b64" is needed`)
		return nil
	case plain:
		var text []byte
		text, m.err = m.view("payload")
		return text
	}
	text := m.text("payload_b64", maxText)
	b, err := base64.StdEncoding.Strict().DecodeString(text)
	if err != nil && m.err == nil {
		m.err = errors.New(`member "payload_b64": not base64 (RFC 4648 §4)`)
	}
	return b
}

// maxText leaves the bound to whoever bounded the whole message: the verdict on a payload that is too long
// is the verifier's, with a reason.
const maxText = 1 << 30

// time is the member as a moment; zero when it is absent.
func (m *message) time(name string) time.Time {
	s := m.text(name, 64)
	if s == "" {
		return time.Time{}
	}
	t, err := time.Parse(time.RFC3339, s)
	if t = t.UTC(); err != nil || t.Year() < 1970 || t.Year() > 2261 { // what the ledger can keep
		m.err = fmt.Errorf("member %q: not a time such as 2026-03-01T10:00:01Z (RFC 3339)", name)
	}
	return t
}

// problem is the fault that was found, if any.
func (m *message) problem() *problem.Problem {
	switch {
	case m.err == nil:
		return nil
	case m.garbled:
		return problem.New(problem.Malformed, m.err.Error())
	}
	return problem.New(problem.Unprocessable, m.err.Error())
}
