package refresh

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/url"
	"slices"
	"strings"
	"time"

	"vratar/verifier/status"
)

// HealthCardLists is the revocation lists of an issuer of SMART Health Cards: one for each key whose entry in
// the issuer's key set names a version of such a list (framework, "Revocation"). Only lists of a version that is
// not held yet are asked for.
type HealthCardLists struct {
	Issuer string // https URL without a slash at its end
}

// maxCardLists bounds the lists of one issuer.
const maxCardLists = 200

func (h HealthCardLists) kind() string { return "shc" }
func (h HealthCardLists) name() string { return h.Issuer }

func (h HealthCardLists) awaited() (status.Awaited, bool) {
	return status.Awaited{Formats: []string{"shc"}, Issuers: []string{h.Issuer}}, true
}

// cardLists is what is kept: the lists by key, and what could not be had.
type cardLists struct {
	Lists   map[string]json.RawMessage `json:"lists"`
	Missing []string                   `json:"missing,omitempty"`
}

// cardListHead is the part of a list that names it.
type cardListHead struct {
	KeyID   string `json:"kid"`
	Version uint64 `json:"ctr"`
}

func (h HealthCardLists) fetch(ctx context.Context, w web, last content) (content, error) {
	w = w.pinned()
	set, err := w.get(ctx, question{address: h.Issuer + wellKnownKeys, since: last.mark})
	if err != nil {
		return content{}, err
	}
	wanted, err := listVersions(set.data)
	if err != nil {
		return content{}, err
	}
	var held cardLists
	if err := json.Unmarshal(last.data, &held); err != nil {
		held = cardLists{}
	}
	// A list stays when its key is no longer published: cards that it signed may still be believed.
	next := cardLists{Lists: held.Lists}
	if next.Lists == nil {
		next.Lists = make(map[string]json.RawMessage)
	}
	w = w.less(len(last.data))
	for _, want := range wanted {
		text, err := h.one(ctx, w, want, next.Lists[want.KeyID])
		if errors.Is(err, errOlder) {
			return content{}, fmt.Errorf("key %s: %w", want.KeyID, err)
		}
		if err != nil {
			next.Missing = append(next.Missing, fmt.Sprintf("key %s: %v", want.KeyID, err))
			continue
		}
		next.Lists[want.KeyID] = text
		w = w.less(len(text))
	}
	if len(next.Lists) > maxCardLists {
		return content{}, fmt.Errorf("more than %d lists", maxCardLists)
	}
	data, err := json.Marshal(next)
	c := content{data: data, at: time.Now()}
	if len(next.Missing) == 0 {
		c.mark = set.mark // else the same key set is to be gone through again
	}
	return c, err
}

// listVersions is the lists that a key set announces.
func listVersions(text []byte) ([]cardListHead, error) {
	var set struct {
		Keys []struct {
			KeyID   string `json:"kid"`
			Version uint64 `json:"crlVersion"`
		} `json:"keys"`
	}
	if err := json.Unmarshal(text, &set); err != nil || set.Keys == nil {
		return nil, errors.New("no key set")
	}
	var wanted []cardListHead
	for _, k := range set.Keys {
		if k.Version > 0 {
			wanted = append(wanted, cardListHead(k))
		}
	}
	if len(wanted) > maxCardLists {
		return nil, fmt.Errorf("the key set announces more than %d lists", maxCardLists)
	}
	return wanted, nil
}

// one is the list that the key set announces, fetched when the one that is held is of another version.
func (h HealthCardLists) one(ctx context.Context, w web, want cardListHead, held json.RawMessage) (json.RawMessage, error) {
	var head cardListHead
	if json.Unmarshal(held, &head) == nil && head.KeyID == want.KeyID {
		switch {
		case head.Version == want.Version:
			return held, nil
		case head.Version > want.Version: // versions only grow
			return nil, errOlder
		}
	}
	if want.KeyID == "" || strings.ContainsAny(want.KeyID, "/.") {
		return nil, errors.New("not the name of a key")
	}
	c, err := w.get(ctx, question{address: h.Issuer + "/.well-known/crl/" + url.PathEscape(want.KeyID) + ".json"})
	if err != nil {
		return nil, err
	}
	src, err := status.Load(want.KeyID, c.data)
	switch {
	case err != nil:
		return nil, errors.Unwrap(err) // which key it is, is told by the caller
	case src.Kind != status.KindHealthCards || json.Unmarshal(c.data, &head) != nil:
		return nil, errors.New("no revocation list of health cards")
	case head.KeyID != want.KeyID:
		return nil, fmt.Errorf("it is for key %s", head.KeyID)
	case head.Version != want.Version:
		return nil, fmt.Errorf("it has version %d, the key set says %d", head.Version, want.Version)
	}
	return c.data, nil
}

func (h HealthCardLists) read(c content) (*list, error) {
	var kept cardLists
	if err := json.Unmarshal(c.data, &kept); err != nil {
		return nil, err
	}
	l := &list{content: c, format: status.KindHealthCards, missing: kept.Missing}
	for id, text := range kept.Lists {
		src, err := status.Load(h.Issuer+" key "+id, text)
		if err != nil {
			return nil, err
		}
		l.status = append(l.status, src)
	}
	slices.SortFunc(l.status, func(a, b status.Source) int { return strings.Compare(a.Name, b.Name) })
	return l, nil
}
