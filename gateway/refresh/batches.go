package refresh

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"net/http"
	"regexp"
	"slices"
	"time"

	"vratar/cache/revocation"
	"vratar/verifier/status"
)

// RevocationBatches is the revocation lists of the EU Digital COVID Certificate as a national backend or the EU
// gateway hands them out: an index of batches at URL, and each batch at URL/ID. A batch never changes, so each is
// fetched once; those that the index calls deleted, and those that have expired, are dropped. The first look and
// one a day reads the whole index, those between ask for what is new since the last one.
//
// What the batches revoke goes into a list on disk, batch by batch; signed ones are kept in memory, because they count
// only as long as their signer is trusted.
type RevocationBatches struct {
	URL string

	list *revocation.List // nil: all are held in memory, within max_size
}

var _ storing = RevocationBatches{}

const (
	maxBatches = 100_000
	maxIndexes = 100 // answers that one look at the index may take
	// firstBatch is from when on the index is asked for the first time: the gateway has no older batches.
	firstBatch = "2021-06-01T00:00:00Z"
)

func (b RevocationBatches) kind() string { return "dcc" }
func (b RevocationBatches) name() string { return b.URL }

func (b RevocationBatches) stored() *revocation.List        { return b.list }
func (b RevocationBatches) in(list *revocation.List) Origin { b.list = list; return b }

func (b RevocationBatches) awaited() (status.Awaited, bool) {
	return status.Awaited{Formats: []string{"hcert"}}, true
}

// batches is what is kept: all batches in force, and what the next look needs to know.
type batches struct {
	Since   string           `json:"since"`
	Whole   time.Time        `json:"whole"` // when the whole index was last read
	Batches map[string]batch `json:"batches"`
}

// batch is one of them: JSON, or the signed message that carries it, or that it is in the list on disk.
type batch struct {
	Expires time.Time       `json:"expires,omitzero"` // zero: it does not say where it can be read
	Country string          `json:"country,omitempty"`
	Stored  bool            `json:"stored,omitempty"`
	JSON    json.RawMessage `json:"json,omitempty"`
	Signed  []byte          `json:"signed,omitempty"`
}

func (x *batch) expired(now time.Time) bool { return !x.Expires.IsZero() && x.Expires.Before(now) }

// inForce reports whether any batch has not expired.
func (b *batches) inForce(now time.Time) bool {
	for _, x := range b.Batches {
		if !x.expired(now) {
			return true
		}
	}
	return false
}

// index is an answer of the backend.
type index struct {
	More    bool `json:"more"`
	Batches []struct {
		ID      string `json:"batchId"`
		Date    string `json:"date"`
		Deleted bool   `json:"deleted"`
	} `json:"batches"`
}

var batchID = regexp.MustCompile(`^[0-9A-Za-z-]{1,64}$`)

func (b RevocationBatches) fetch(ctx context.Context, w web, last content) (content, error) {
	var before batches
	now := time.Now().UTC().Truncate(time.Second)
	if json.Unmarshal(last.data, &before) != nil || now.Sub(before.Whole) >= wholeEvery {
		before.Since, before.Whole = "", now
	}
	w = w.pinned()
	listed, since, err := b.readIndex(ctx, w, before.Since)
	if err != nil {
		return content{}, err
	}
	if before.Since == "" && len(listed) == 0 && before.inForce(now) {
		return content{}, errors.New("the whole index is empty, while batches are in force; what is deleted is listed as such")
	}
	next := batches{Since: since, Whole: before.Whole, Batches: make(map[string]batch)}
	if before.Since != "" {
		maps.Copy(next.Batches, before.Batches) // else the index names all there are
	}
	if err := b.take(ctx, w, change{listed, before.Batches, next.Batches}); err != nil {
		return content{}, err
	}
	maps.DeleteFunc(next.Batches, func(_ string, x batch) bool { return x.expired(now) })
	if err := b.settle(next.Batches); err != nil {
		return content{}, err
	}
	data, err := json.Marshal(next)
	switch {
	case err != nil:
		return content{}, err
	case len(next.Batches) > maxBatches:
		return content{}, fmt.Errorf("%d batches, at most %d", len(next.Batches), maxBatches)
	case int64(len(data)) > w.maxSize:
		return content{}, errTooLarge
	case bytes.Equal(data, last.data):
		return content{}, errUnchanged
	}
	return content{data: data, at: time.Now()}, nil
}

// readIndex returns the batches that the index names from a moment on, with whether each was deleted, and the
// moment from which to ask the next time.
func (b RevocationBatches) readIndex(ctx context.Context, w web, since string) (listed map[string]bool, until string, err error) {
	listed = make(map[string]bool)
	if until = since; since == "" {
		until = firstBatch
	}
	for range maxIndexes {
		c, err := w.get(ctx, question{address: b.URL, header: http.Header{"If-Modified-Since": {secondBefore(until)}}})
		if isRefusal(err, http.StatusNoContent) || errors.Is(err, errUnchanged) {
			return listed, until, nil
		}
		if err != nil {
			return nil, "", err
		}
		var i index
		if err := json.Unmarshal(c.data, &i); err != nil || i.Batches == nil {
			return nil, "", errors.New("no index of revocation batches")
		}
		next := until
		for _, entry := range i.Batches {
			if !batchID.MatchString(entry.ID) {
				return nil, "", fmt.Errorf("batch %q: not an identifier", entry.ID)
			}
			listed[entry.ID] = entry.Deleted
			if next, err = newer(next, entry.Date); err != nil {
				return nil, "", fmt.Errorf("batch %s: %w", entry.ID, err)
			}
		}
		if len(listed) > maxBatches {
			return nil, "", fmt.Errorf("more than %d batches", maxBatches)
		}
		if i.More && next == until {
			return nil, "", errors.New("the index does not get on: more batches of the same moment than it shows")
		}
		if until = next; !i.More {
			return listed, until, nil
		}
	}
	return nil, "", fmt.Errorf("the index takes more than %d answers", maxIndexes)
}

// secondBefore makes sure that batches of the same moment, some of which were seen, are all named again.
func secondBefore(moment string) string {
	t, err := time.Parse(time.RFC3339, moment)
	if err != nil {
		return firstBatch
	}
	return t.Add(-time.Second).UTC().Format(time.RFC3339)
}

// newer is the later of two moments, each as it was written.
func newer(a, b string) (string, error) {
	ta, errA := time.Parse(time.RFC3339, a)
	tb, errB := time.Parse(time.RFC3339, b)
	if err := errors.Join(errA, errB); err != nil {
		return "", err
	}
	if tb.After(ta) {
		return b, nil
	}
	return a, nil
}

// change is what a look at the index leads to.
type change struct {
	listed map[string]bool // whether each was deleted
	have   map[string]batch
	next   map[string]batch // to be completed
}

// take completes the batches: deleted ones go, those that are held stay, new ones are fetched.
func (b RevocationBatches) take(ctx context.Context, w web, c change) error {
	into := shelf{list: b.list}
	for _, id := range slices.Sorted(maps.Keys(c.listed)) {
		if c.listed[id] {
			delete(c.next, id)
			continue
		}
		held, ok, err := b.held(c.have, id)
		if err != nil {
			return err
		}
		if !ok {
			if held, err = b.one(ctx, w, id); isRefusal(err, http.StatusGone) {
				delete(c.next, id)
				continue
			} else if err != nil {
				return fmt.Errorf("batch %s: %w", id, err)
			}
		}
		if c.next[id], err = into.put(id, held); err != nil {
			return fmt.Errorf("batch %s: %w", id, err)
		}
		w = w.less(len(c.next[id].JSON) + len(held.Signed))
	}
	return into.flush()
}

// one fetches a batch and makes sure that it can be read.
func (b RevocationBatches) one(ctx context.Context, w web, id string) (batch, error) {
	c, err := w.get(ctx, question{address: b.URL + "/" + id})
	if err != nil {
		return batch{}, err
	}
	src, err := status.Load(id, c.data)
	if err == nil && src.Kind != status.KindDCCRevocation {
		err = errors.New("no revocation batch, but " + src.Kind)
	}
	if err != nil {
		return batch{}, err
	}
	if text := bytes.TrimSpace(c.data); len(text) == 0 || text[0] != '{' {
		return batch{Signed: c.data}, nil
	}
	var x struct {
		Expires string `json:"expires"`
	}
	if err := json.Unmarshal(c.data, &x); err != nil {
		return batch{}, err
	}
	expires, _ := time.Parse(time.RFC3339, x.Expires) // Load knows it for a time, or empty
	return batch{Expires: expires, JSON: c.data}, nil
}

func (b RevocationBatches) read(c content) (*list, error) {
	var kept batches
	if err := json.Unmarshal(c.data, &kept); err != nil {
		return nil, err
	}
	l := &list{content: c, format: status.KindDCCRevocation}
	if src, ok, err := b.fromDisk(kept.Batches); err != nil {
		return nil, err
	} else if ok {
		l.status = append(l.status, src)
	}
	joined := []json.RawMessage{} // read as one list, which costs one set of hashes and not thousands
	for _, id := range slices.Sorted(maps.Keys(kept.Batches)) {
		x := kept.Batches[id]
		if x.Stored {
			continue
		}
		if x.JSON != nil {
			joined = append(joined, x.JSON)
			continue
		}
		src, err := status.Load(displayName(b.URL)+" batch "+id, x.Signed)
		if err != nil {
			return nil, err
		}
		l.status = append(l.status, src)
	}
	if len(joined) == 0 {
		return l, nil
	}
	text, err := json.Marshal(joined)
	if err != nil {
		return nil, err
	}
	src, err := status.Load(displayName(b.URL), text)
	l.status = append(l.status, src)
	return l, err
}
