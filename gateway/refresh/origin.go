package refresh

import (
	"context"
	"errors"
	"os"
	"time"

	"vratar/verifier/status"
	"vratar/verifier/trust"
)

// Origin is where lists come from: one kind of source with its particulars. The types of this package are all
// the kinds there are.
type Origin interface {
	// kind is the public spelling of the type.
	kind() string
	// name tells the source from all others of the same purpose; its last good list is kept under it. It may
	// hold what is secret in an address and is shown only through displayName.
	name() string
	// fetch asks for what is newer than last, the content in force; the zero content when there is none. It
	// answers errUnchanged when last is still the newest.
	fetch(ctx context.Context, w web, last content) (content, error)
	// read understands what fetch brought, now or in an earlier run. It keeps c.
	read(c content) (*list, error)
}

// speaker is an Origin whose revocation lists are known to speak for some credentials only, whatever is in them.
type speaker interface {
	// awaited is what stays unknown while the source has not been loaded; false when nothing does.
	awaited() (status.Awaited, bool)
}

// mark is what a source said of the version it sent, to be asked "anything newer than this?".
type mark struct {
	ETag     string    // HTTP: strong or weak, quoted as it came; elsewhere whatever stands for a version
	Modified string    // HTTP: Last-Modified as it came
	Time     time.Time // file: modification time
	Size     int64     // file: length
}

// content is one list as its source sent it.
type content struct {
	data []byte
	mark mark
	// at is what its age counts from: when it was fetched, or when the file was written.
	at    time.Time
	saved bool // it lies in the store
}

var (
	errUnchanged = errors.New("unchanged since the last look")
	errTooLarge  = errors.New("larger than max_size")
)

// reader understands the content of a list that is told apart by it.
type reader func(name string, c content) (*list, error)

func readTrust(name string, c content) (*list, error) {
	src, err := trust.Load(displayName(name), c.data)
	return &list{content: c, trust: src}, err
}

func readStatus(name string, c content) (*list, error) {
	src, err := status.Load(displayName(name), c.data)
	return &list{content: c, status: []status.Source{src}}, err
}

// file is a list in a file.
type file struct {
	path string
	as   reader
}

func (f file) kind() string                  { return "file" }
func (f file) name() string                  { return f.path }
func (f file) read(c content) (*list, error) { return f.as(f.path, c) }
func (f file) fetch(_ context.Context, w web, last content) (content, error) {
	file, err := os.Open(f.path)
	if err != nil {
		return content{}, err
	}
	defer file.Close()
	info, err := file.Stat()
	if err != nil {
		return content{}, err
	}
	// Taken before reading: a file written to meanwhile has a later time at the next look.
	m := mark{Time: info.ModTime(), Size: info.Size()}
	if m.Time.Equal(last.mark.Time) && m.Size == last.mark.Size {
		return content{}, errUnchanged
	}
	data, err := readAtMost(file, w.maxSize, info.Size())
	return content{data: data, mark: m, at: notAfterNow(m.Time)}, err
}

// notAfterNow: what claims to be of tomorrow would not begin to age before then.
func notAfterNow(t time.Time) time.Time {
	if now := time.Now(); t.After(now) {
		return now
	}
	return t
}

// address is a list at an address.
type address struct {
	url string
	as  reader
}

func (a address) kind() string                  { return "address" }
func (a address) name() string                  { return a.url }
func (a address) read(c content) (*list, error) { return a.as(a.url, c) }

func (a address) fetch(ctx context.Context, w web, last content) (content, error) {
	return w.get(ctx, question{address: a.url, since: last.mark})
}

// TokenList is a token status list at an address. That much being known, it is awaited by nobody but the
// credentials that name it.
type TokenList struct{ URL string }

func (l TokenList) kind() string { return "token_list" }
func (l TokenList) name() string { return l.URL }

func (l TokenList) fetch(ctx context.Context, w web, last content) (content, error) {
	return w.get(ctx, question{address: l.URL, since: last.mark})
}

func (l TokenList) read(c content) (*list, error) {
	got, err := readStatus(l.URL, c)
	if err == nil && got.kind() != status.KindTokenList {
		return nil, errors.New("no token status list, but " + got.kind())
	}
	return got, err
}

func (l TokenList) awaited() (status.Awaited, bool) { return status.Awaited{}, false }

// isLocal tells what is read from disk: looked at often, and at the start, before anything is asked of the
// network.
func isLocal(o Origin) bool {
	switch o := o.(type) {
	case file, Folder:
		return true
	case RevokedIDs:
		return o.File != ""
	}
	return false
}
