package mandates

import (
	"bufio"
	"bytes"
	"context"
	"fmt"
	"strings"
	"sync/atomic"
	"time"

	"vratar/verifier/mandate"
)

// RevokedList is a registry without a network: a file of the numbers of revoked mandates, one a line, # begins a
// comment, what stands behind the number is passed over. Whatever is not on it is good.
type RevokedList struct {
	path string // empty: nothing is revoked
	set  atomic.Pointer[map[string]struct{}]
}

// NewRevokedList reads the file at path; empty: a list with nothing on it.
func NewRevokedList(path string) (*RevokedList, error) {
	l := &RevokedList{path: path}
	l.set.Store(&map[string]struct{}{})
	return l, l.Refresh(context.Background(), nil)
}

// Status implements Registry.
func (l *RevokedList) Status(number string, at time.Time) mandate.RegistryStatus {
	if _, revoked := (*l.set.Load())[number]; revoked {
		return mandate.RegistryStatus{State: mandate.RegistryRevoked, At: at}
	}
	return mandate.RegistryStatus{State: mandate.RegistryGood, At: at}
}

// Refresh reads the file again. While it cannot be read, the last good one counts.
func (l *RevokedList) Refresh(context.Context, []string) error {
	if l.path == "" {
		return nil
	}
	data, err := readFile(l.path)
	if err != nil {
		return err
	}
	set, err := parseRevoked(data)
	if err != nil {
		return fmt.Errorf("%s: %w", l.path, err)
	}
	l.set.Store(&set)
	return nil
}

// parseRevoked reads the numbers. A line that is none would leave a revoked mandate in force, so it is an error.
func parseRevoked(data []byte) (map[string]struct{}, error) {
	set := map[string]struct{}{}
	lines := bufio.NewScanner(bytes.NewReader(data))
	for n := 1; lines.Scan(); n++ {
		text, _, _ := strings.Cut(strings.TrimPrefix(lines.Text(), "\ufeff"), "#")
		words := strings.Fields(text)
		if len(words) == 0 {
			continue
		}
		number, ok := canonical(words[0])
		if !ok {
			return nil, fmt.Errorf("line %d: not the number of a mandate, a GUID", n)
		}
		set[number] = struct{}{}
	}
	return set, lines.Err()
}

// canonical is a GUID in lower case.
func canonical(text string) (string, bool) {
	number := strings.ToLower(text)
	if len(number) != 36 {
		return "", false
	}
	for i, c := range []byte(number) {
		dash := i == 8 || i == 13 || i == 18 || i == 23
		if dash != (c == '-') || (!dash && !strings.ContainsRune("0123456789abcdef", rune(c))) {
			return "", false
		}
	}
	return number, true
}
