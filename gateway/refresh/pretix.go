package refresh

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"net/http"
	"net/url"
	"os"
	"slices"
	"strings"
	"time"

	"vratar/verifier/status"
	"vratar/verifier/trust"
)

// PretixEvent is an event as the API of pretix shows it: its keys vouch for its tickets.
type PretixEvent struct {
	URL       string // of the event: …/api/v1/organizers/O/events/E/
	TokenFile string // file with the token of a device, or with scheme and token ("Token …")
	Binding   Binding
}

func (p PretixEvent) kind() string { return "pretix" }
func (p PretixEvent) name() string { return p.URL }

func (p PretixEvent) fetch(ctx context.Context, w web, last content) (content, error) {
	head, err := readToken(p.TokenFile)
	if err != nil {
		return content{}, err
	}
	return w.pinned().get(ctx, question{address: p.URL, since: last.mark, header: head})
}

func (p PretixEvent) read(c content) (*list, error) {
	src, err := trust.Load(displayName(p.URL), c.data)
	if err != nil {
		return nil, err
	}
	if src.Kind != trust.KindPretix {
		return nil, errors.New("no event of pretix, but " + src.Kind)
	}
	src, err = p.Binding.apply(src)
	return &list{content: c, trust: src}, err
}

// PretixSecrets is the revoked and the blocked tickets of a pretix event. The first look and one a day reads all
// pages, those between ask for what is new since the last one.
type PretixSecrets struct {
	URL       string // of the event: …/api/v1/organizers/O/events/E/
	TokenFile string // as for PretixEvent
}

// maxPages bounds the pages of one list; pretix gives fifty entries a page.
const maxPages = 10_000

// wholeEvery is how often a list that is otherwise followed by its changes is read as a whole, so that one
// change that was missed is not missed for ever.
const wholeEvery = 24 * time.Hour

func (p PretixSecrets) kind() string { return "pretix" }
func (p PretixSecrets) name() string { return p.URL }

func (p PretixSecrets) awaited() (status.Awaited, bool) {
	return status.Awaited{Formats: []string{"pretix"}}, true
}

// secrets is both lists joined, in the shape of one page of pretix, with what the next look needs to know.
type secrets struct {
	Count   int       `json:"count"`
	Results []secret  `json:"results"`
	Revoked string    `json:"revoked_since"` // newest "created" of the revoked ones that was seen
	Blocked string    `json:"blocked_since"` // newest "updated" of the blocked ones that was seen
	Whole   time.Time `json:"whole"`         // when all pages were last read
}

type secret struct {
	ID      int64  `json:"id"`
	Secret  string `json:"secret"`
	Blocked *bool  `json:"blocked,omitempty"` // nil: revoked for good
	Created string `json:"created,omitempty"`
	Updated string `json:"updated,omitempty"`
}

func (p PretixSecrets) fetch(ctx context.Context, w web, last content) (content, error) {
	head, err := readToken(p.TokenFile)
	if err != nil {
		return content{}, err
	}
	var before secrets
	whole := json.Unmarshal(last.data, &before) != nil || time.Since(before.Whole) >= wholeEvery
	tellsBlocked := before.Blocked != ""
	if whole {
		before = secrets{Whole: time.Now().UTC().Truncate(time.Second)}
	}
	run := &pageRun{web: w.pinned(), head: head, whole: whole}
	next := secrets{Whole: before.Whole}
	revoked, blocked := before.split()
	if next.Revoked, err = run.list(ctx, p.URL+"revokedsecrets/", order{"created", before.Revoked}, revoked); err != nil {
		return content{}, fmt.Errorf("revokedsecrets: %w", err)
	}
	next.Blocked, err = run.list(ctx, p.URL+"blockedsecrets/", order{"updated", before.Blocked}, blocked)
	// Old servers know no blocked secrets; one that has told some, now or before, is no old server.
	if old := !tellsBlocked && len(blocked) == 0 && isRefusal(err, http.StatusNotFound); err != nil && !old {
		return content{}, fmt.Errorf("blockedsecrets: %w", err)
	}
	next.join(revoked, blocked)
	data, err := json.Marshal(next)
	if err == nil && string(data) == string(last.data) {
		return content{}, errUnchanged
	}
	return content{data: data, at: time.Now()}, err
}

func (p PretixSecrets) read(c content) (*list, error) {
	l, err := readStatus(p.URL, c)
	if err == nil && l.kind() != status.KindPretixSecrets {
		return nil, errors.New("no secrets of pretix, but " + l.kind())
	}
	return l, err
}

// split is the entries of both lists by their ids, which each list counts for itself.
func (s *secrets) split() (revoked, blocked map[int64]secret) {
	revoked, blocked = make(map[int64]secret), make(map[int64]secret)
	for _, e := range s.Results {
		if e.Blocked == nil {
			revoked[e.ID] = e
		} else {
			blocked[e.ID] = e
		}
	}
	return revoked, blocked
}

// join is the inverse; what is no longer blocked is left out. The same entries give the same text.
func (s *secrets) join(revoked, blocked map[int64]secret) {
	s.Results = []secret{}
	for _, part := range []map[int64]secret{revoked, blocked} {
		for _, id := range slices.Sorted(maps.Keys(part)) {
			e := part[id]
			if e.Blocked == nil || *e.Blocked {
				s.Results = append(s.Results, secret{ID: e.ID, Secret: e.Secret, Blocked: e.Blocked})
			}
		}
	}
	s.Count = len(s.Results)
}

// pageRun reads lists page by page.
type pageRun struct {
	web   web
	head  http.Header
	whole bool
}

// order is how a list is sorted, newest first, and from where on it is wanted; empty: all of it.
type order struct{ by, since string }

func (o order) newest(e secret) string {
	if o.by == "updated" {
		return e.Updated
	}
	return e.Created
}

// page is an answer of the API.
type page struct {
	Count   int      `json:"count"`
	Next    string   `json:"next"`
	Results []secret `json:"results"`
}

// list adds the entries of a list to into and returns from where on to ask the next time: from the newest entry
// of the first page, so that what is added while the pages are read is asked for again.
func (r *pageRun) list(ctx context.Context, address string, o order, into map[int64]secret) (since string, err error) {
	query := url.Values{"ordering": {"-" + o.by}}
	if o.since != "" {
		query.Set(o.by+"_since", o.since)
	}
	next, since, count := address+"?"+query.Encode(), o.since, 0
	for n := range maxPages {
		p, err := r.page(ctx, next)
		if err != nil {
			return "", err
		}
		if n == 0 {
			count = p.Count
			if len(p.Results) > 0 {
				since = cmp.Or(o.newest(p.Results[0]), since)
			}
		}
		for _, e := range p.Results {
			into[e.ID] = e
		}
		if p.Next != "" {
			if next, err = follow(next, p.Next); err != nil {
				return "", err
			}
			continue
		}
		if r.whole && len(into) < count {
			return "", fmt.Errorf("%d of %d entries were sent: the list changed while it was read", len(into), count)
		}
		return since, nil
	}
	return "", fmt.Errorf("more than %d pages", maxPages)
}

func (r *pageRun) page(ctx context.Context, address string) (p page, err error) {
	c, err := r.web.get(ctx, question{address: address, header: r.head})
	if err != nil {
		return page{}, err
	}
	r.web = r.web.less(len(c.data))
	if err := json.Unmarshal(c.data, &p); err != nil {
		return page{}, fmt.Errorf("no page of a list: %w", err)
	}
	if p.Results == nil {
		return page{}, errors.New("no page of a list")
	}
	for _, e := range p.Results {
		if e.Secret == "" {
			return page{}, errors.New("an entry without secret")
		}
	}
	return p, nil
}

// follow is the address of the next page, which must be of the same list: with it goes the token.
func follow(from, next string) (string, error) {
	a, errA := url.Parse(from)
	b, errB := a.Parse(next)
	if errA != nil || errB != nil || !sameOrigin(a, b) || a.Path != b.Path {
		return "", errors.New("the next page is of another server or list")
	}
	return b.String(), nil
}

// readToken reads the Authorization header out of a file, at every look, so that a token can be replaced.
func readToken(path string) (http.Header, error) {
	text, err := os.ReadFile(path)
	if err != nil {
		return nil, fmt.Errorf("token_file: %w", err)
	}
	token := strings.TrimSpace(string(text))
	if token == "" || len(token) > 1<<10 || strings.ContainsFunc(token, func(r rune) bool { return r < ' ' || r > '~' }) {
		return nil, errors.New("token_file: want one line with a token")
	}
	if !strings.Contains(token, " ") {
		token = "Device " + token
	}
	return http.Header{"Authorization": {token}}, nil
}
