package corpus

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"unicode/utf8"

	"vratar/verifier"
)

// The names within a folder. Status lists are all the files of statusDir.
const (
	trustFile  = "trust.json"
	statusDir  = "status"
	itemsFile  = "items.jsonl"
	expectFile = "expected.jsonl"
)

// question is an Item in items.jsonl, which has no other members so that `vratar verify --lines` and
// /v1/verify/batch read it as well. Payload holds text, PayloadB64 what is not UTF-8.
type question struct {
	ID         string  `json:"id"`
	Payload    *string `json:"payload,omitempty"`
	PayloadB64 []byte  `json:"payload_b64,omitempty"`
}

// answer is what must be said to the question on the same line of items.jsonl.
type answer struct {
	ID     string          `json:"id"`
	Format string          `json:"format,omitempty"`
	Reason verifier.Reason `json:"reason"`
	AtGate verifier.Reason `json:"at_gate,omitzero"`
}

// Write puts the corpus into folder dir, which is made when missing. Files of an older corpus are replaced.
func (c *Corpus) Write(dir string) error {
	if err := os.MkdirAll(filepath.Join(dir, statusDir), 0o755); err != nil {
		return err
	}
	var questions, answers bytes.Buffer
	if err := c.writeItems(&questions, &answers); err != nil {
		return err
	}
	files := []File{{trustFile, c.Trust}, {itemsFile, questions.Bytes()}, {expectFile, answers.Bytes()}}
	for _, s := range c.Status {
		files = append(files, File{filepath.Join(statusDir, s.Name), s.Data})
	}
	for _, f := range files {
		if err := os.WriteFile(filepath.Join(dir, f.Name), f.Data, 0o644); err != nil {
			return err
		}
	}
	return nil
}

func (c *Corpus) writeItems(questions, answers io.Writer) error {
	ask, expect := json.NewEncoder(questions), json.NewEncoder(answers)
	ask.SetEscapeHTML(false)
	for _, i := range c.Items {
		q := question{ID: i.Name}
		if utf8.Valid(i.Payload) {
			text := string(i.Payload)
			q.Payload = &text
		} else {
			q.PayloadB64 = i.Payload
		}
		if err := errors.Join(ask.Encode(q), expect.Encode(answer{i.Name, i.Format, i.Expect, i.AtGate})); err != nil {
			return err
		}
	}
	return nil
}

// Read reads a folder that Write wrote.
func Read(dir string) (*Corpus, error) {
	c := new(Corpus)
	var err error
	if c.Trust, err = os.ReadFile(TrustIn(dir)); err != nil {
		return nil, err
	}
	lists, err := StatusIn(dir)
	if err != nil {
		return nil, err
	}
	for _, name := range lists {
		data, err := os.ReadFile(name)
		if err != nil {
			return nil, err
		}
		c.Status = append(c.Status, File{filepath.Base(name), data})
	}
	questions, err := os.ReadFile(filepath.Join(dir, itemsFile))
	if err != nil {
		return nil, err
	}
	answers, err := os.ReadFile(filepath.Join(dir, expectFile))
	if err != nil {
		return nil, err
	}
	c.Items, err = readItems(questions, answers)
	return c, err
}

func readItems(questions, answers []byte) ([]Item, error) {
	var items []Item
	ask, expect := json.NewDecoder(bytes.NewReader(questions)), json.NewDecoder(bytes.NewReader(answers))
	ask.DisallowUnknownFields()
	expect.DisallowUnknownFields()
	for n := 1; ; n++ {
		var q question
		var a answer
		errQ, errA := ask.Decode(&q), expect.Decode(&a)
		if errors.Is(errQ, io.EOF) && errors.Is(errA, io.EOF) {
			return items, nil
		}
		switch err := errors.Join(errQ, errA); {
		case err != nil:
			return nil, fmt.Errorf("corpus, item %d: %w", n, err)
		case q.ID != a.ID:
			return nil, fmt.Errorf("corpus, item %d: %s is asked and %s expected", n, q.ID, a.ID)
		case a.Reason == verifier.ReasonNone:
			return nil, fmt.Errorf("corpus, item %d (%s): no known reason is expected of it", n, q.ID)
		}
		i := Item{Name: q.ID, Format: a.Format, Payload: q.PayloadB64, Expect: a.Reason, AtGate: a.AtGate}
		if q.Payload != nil {
			i.Payload = []byte(*q.Payload)
		}
		items = append(items, i)
	}
}

// WriteLists writes the lists of every corpus of the maker's seed into folder dir and returns their names.
func (m *Maker) WriteLists(dir string) (trust string, status []string, err error) {
	c := Corpus{Trust: m.Trust(), Status: m.Status()}
	if err := c.Write(dir); err != nil {
		return "", nil, err
	}
	status, err = StatusIn(dir)
	return TrustIn(dir), status, err
}

// TrustIn is the name of the trust list in a folder that Write wrote.
func TrustIn(dir string) string { return filepath.Join(dir, trustFile) }

// StatusIn lists the names of the status lists in a folder that Write wrote.
func StatusIn(dir string) ([]string, error) {
	entries, err := os.ReadDir(filepath.Join(dir, statusDir))
	if err != nil {
		return nil, err
	}
	names := make([]string, len(entries))
	for i, e := range entries {
		names[i] = filepath.Join(dir, statusDir, e.Name())
	}
	return names, nil
}
