package refresh

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"os"
	"time"

	"vratar/cache/revocation"
	"vratar/verifier/status"
	"vratar/verifier/status/revoked"
)

// RevokedIDs is a text file of revoked ids, one a line, in File or at URL. Unlike one among the files and addresses
// whose content says what it is, it may be of any length: it is read line by line into a list on disk, and only what
// differs from the last one is written there. With Issuer it speaks for credentials of that issuer alone.
type RevokedIDs struct {
	File, URL, Issuer string

	list  *revocation.List  // nil: held in memory, within max_size
	forms *status.LiveForms // of the list
}

var _ storing = RevokedIDs{}

func (s RevokedIDs) kind() string             { return "revoked_ids" }
func (s RevokedIDs) name() string             { return s.File + s.URL }
func (s RevokedIDs) stored() *revocation.List { return s.list }
func (s RevokedIDs) in(list *revocation.List) Origin {
	s.list, s.forms = list, new(status.LiveForms)
	return s
}

func (s RevokedIDs) awaited() (status.Awaited, bool) {
	if s.Issuer == "" {
		return status.Awaited{}, true
	}
	return status.Awaited{Issuers: []string{s.Issuer}}, true
}

func (s RevokedIDs) fetch(ctx context.Context, w web, last content) (c content, err error) {
	if s.File != "" {
		return s.readFile(ctx, w, last)
	}
	err = w.stream(ctx, question{address: s.URL, since: last.mark}, func(answer *http.Response, m mark) error {
		c, err = s.take(ctx, w, answer.Body)
		c.mark, c.at = m, time.Now()
		return err
	})
	return c, err
}

func (s RevokedIDs) readFile(ctx context.Context, w web, last content) (content, error) {
	file, err := os.Open(s.File)
	if err != nil {
		return content{}, err
	}
	defer file.Close()
	info, err := file.Stat()
	if err != nil {
		return content{}, err
	}
	// In words, because that is what is kept over a restart, which must not sort the list again.
	m := mark{ETag: fmt.Sprintf("%d bytes of %d", info.Size(), info.ModTime().UnixNano())}
	if m.ETag == last.mark.ETag {
		return content{}, errUnchanged
	}
	c, err := s.take(ctx, w, file)
	c.mark, c.at = m, notAfterNow(info.ModTime())
	return c, err
}

// take reads the lines: into the list on disk, or as they are.
func (s RevokedIDs) take(ctx context.Context, w web, r io.Reader) (content, error) {
	if s.list == nil {
		data, err := readAtMost(r, w.maxSize, 0)
		return content{data: data}, err
	}
	load, err := s.list.Load()
	if err != nil {
		return content{}, err
	}
	var forms status.IDForms
	lines, err := eachID(stoppable{ctx, r}, &forms, load.Add)
	if err == nil && lines == 0 && s.list.Stats().Entries > 0 {
		err = errors.New("empty, while the list in force is not; a list that revokes nobody holds a remark (#)")
	}
	if err != nil {
		return content{}, errors.Join(err, load.Abort())
	}
	s.forms.Grow(forms) // the snapshot in force asks the new names as soon as they are there
	changes, err := load.Commit(ctx, forms.Append(nil))
	text := fmt.Sprintf("%d lines at %s: %d added, %d removed", lines, time.Now().UTC().Format(time.RFC3339Nano), changes.Added, changes.Removed)
	return content{data: []byte(text)}, err
}

// stoppable reads until its context ends: a file of gigabytes must not hold up the end of the process.
type stoppable struct {
	ctx context.Context
	io.Reader
}

// Read implements io.Reader.
func (s stoppable) Read(b []byte) (int, error) {
	if err := s.ctx.Err(); err != nil {
		return 0, err
	}
	return s.Reader.Read(b)
}

// longestLine bounds a line of a list, remarks among them, in bytes.
const longestLine = 64 << 10

// eachID calls add with the keys of every line. It returns how many lines there are that are not blank.
func eachID(r io.Reader, forms *status.IDForms, add func(key []byte) error) (lines int, err error) {
	text := bufio.NewScanner(r)
	text.Buffer(make([]byte, longestLine), longestLine)
	number := 0
	for text.Scan() {
		number++
		if err := forms.Take(text.Bytes(), add); err != nil {
			return lines, fmt.Errorf("line %d: %w", number, err)
		}
		if len(bytes.TrimSpace(text.Bytes())) > 0 {
			lines++
		}
	}
	return lines, text.Err()
}

func (s RevokedIDs) read(c content) (*list, error) {
	l := &list{content: c, format: status.KindRevokedIDs}
	if s.list != nil {
		meta, loaded := s.list.Loaded()
		if !loaded {
			return nil, errNotStored
		}
		forms, err := status.ParseIDForms(meta)
		s.forms.Grow(forms)
		l.status = []status.Source{status.StoredIDs(s.list.Live(), s.forms, s.Issuer)}
		return l, err
	}
	var forms status.IDForms
	keys := make(inMemory)
	_, err := eachID(bytes.NewReader(c.data), &forms, func(key []byte) error { keys[string(key)] = struct{}{}; return nil })
	live := new(revoked.Live)
	live.Store(revoked.New(keys, len(keys)))
	known := new(status.LiveForms)
	known.Grow(forms)
	l.status = []status.Source{status.StoredIDs(live, known, s.Issuer)}
	return l, err
}

var errNotStored = errors.New("its names are not in the database: they are fetched again")

// inMemory is a list without a database, of tools that show how the sources stand.
type inMemory map[string]struct{}

// Has implements revoked.Exact.
func (m inMemory) Has(key []byte) (bool, error) {
	_, ok := m[string(key)]
	return ok, nil
}
