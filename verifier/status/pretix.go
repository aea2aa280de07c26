package status

import (
	"bytes"
	"errors"
	"fmt"

	"vratar/verifier/jose"
)

// secretList is what pretix says of the secrets of one event's tickets.
type secretList struct {
	revoked []string
	blocked []string // may be let in again: the organiser can take a block back
}

// isSecretPages recognises an answer of the pretix API, or several of them in an array.
func isSecretPages(items [][]byte) bool {
	if len(items) == 0 {
		return false
	}
	o, err := jose.ParseObject(items[0])
	return err == nil && o.Get("results") != nil && o.Get("count") != nil
}

// loadSecretPages reads the pages of revokedsecrets/ or blockedsecrets/, which pretix gives out fifty entries
// at a time. All of them must be there: a missing page would bring tickets back to life.
func loadSecretPages(pages [][]byte) (Source, error) {
	var l secretList
	var count, read uint64
	for i, page := range pages {
		o, err := jose.ParseObject(page)
		if err != nil {
			return Source{}, fmt.Errorf("page %d: %w", i, err)
		}
		items, errItems := o.Array("results")
		n, errCount := o.Uint("count")
		if err := errors.Join(errItems, errCount); err != nil {
			return Source{}, fmt.Errorf("page %d: %w", i, err)
		}
		count = max(count, n)
		read += uint64(len(items))
		for j, item := range items {
			if err := l.add(item); err != nil {
				return Source{}, fmt.Errorf("page %d: results[%d]: %w", i, j, err)
			}
		}
	}
	if read != count {
		return Source{}, fmt.Errorf("%d of %d secrets are here: all pages belong into one array", read, count)
	}
	return Source{Kind: KindPretixSecrets, secrets: l}, nil
}

// add reads {secret} as revoked and {secret, blocked} as blocked, or no longer blocked.
func (l *secretList) add(text []byte) error {
	o, err := jose.ParseObject(text)
	if err != nil {
		return err
	}
	secret, err := o.Text("secret")
	if err != nil {
		return err
	}
	blocked := o.Get("blocked")
	switch {
	case secret == "":
		return errors.New("no secret")
	case blocked == nil:
		l.revoked = append(l.revoked, secret)
	case bytes.Equal(blocked, []byte("true")):
		l.blocked = append(l.blocked, secret)
	case !bytes.Equal(blocked, []byte("false")):
		return errors.New("blocked is neither true nor false")
	}
	return nil
}
