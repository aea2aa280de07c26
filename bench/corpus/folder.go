package corpus

import (
	"bufio"
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
	trustFile = "trust.json"
	statusDir = "status"
	itemsFile = "items.jsonl"
)

// line is an Item in items.jsonl. Payload holds text, PayloadB64 what is not UTF-8.
type line struct {
	ID         string          `json:"id"`
	Format     string          `json:"format,omitempty"`
	Payload    *string         `json:"payload,omitempty"`
	PayloadB64 []byte          `json:"payload_b64,omitempty"`
	Expect     verifier.Reason `json:"expect"`
}

// Write puts the corpus into folder dir, which is made when missing. Older files of a corpus are replaced.
func (c *Corpus) Write(dir string) error {
	lists := filepath.Join(dir, statusDir)
	if err := os.RemoveAll(lists); err != nil {
		return err
	}
	if err := os.MkdirAll(lists, 0o755); err != nil {
		return err
	}
	files := []File{{trustFile, c.Trust}}
	for _, s := range c.Status {
		files = append(files, File{filepath.Join(statusDir, s.Name), s.Data})
	}
	for _, f := range files {
		if err := os.WriteFile(filepath.Join(dir, f.Name), f.Data, 0o644); err != nil {
			return err
		}
	}
	return writeItems(filepath.Join(dir, itemsFile), c.Items)
}

func writeItems(name string, items []Item) (err error) {
	f, err := os.Create(name)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, f.Close()) }()
	w := bufio.NewWriter(f)
	out := json.NewEncoder(w)
	out.SetEscapeHTML(false)
	for _, i := range items {
		l := line{ID: i.Name, Format: i.Format, Expect: i.Expect}
		if utf8.Valid(i.Payload) {
			text := string(i.Payload)
			l.Payload = &text
		} else {
			l.PayloadB64 = i.Payload
		}
		if err := out.Encode(l); err != nil {
			return err
		}
	}
	return w.Flush()
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
	f, err := os.Open(filepath.Join(dir, itemsFile))
	if err != nil {
		return nil, err
	}
	defer f.Close()
	c.Items, err = readItems(f)
	return c, err
}

func readItems(r io.Reader) ([]Item, error) {
	var items []Item
	in := json.NewDecoder(bufio.NewReader(r))
	in.DisallowUnknownFields()
	for {
		var l line
		if err := in.Decode(&l); errors.Is(err, io.EOF) {
			return items, nil
		} else if err != nil {
			return nil, fmt.Errorf("%s, item %d: %w", itemsFile, len(items)+1, err)
		}
		i := Item{Name: l.ID, Format: l.Format, Payload: l.PayloadB64, Expect: l.Expect}
		if l.Payload != nil {
			i.Payload = []byte(*l.Payload)
		}
		if i.Expect == verifier.ReasonNone {
			return nil, fmt.Errorf("%s, item %d (%s): no known reason is expected of it", itemsFile, len(items)+1, l.ID)
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
