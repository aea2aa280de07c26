package mandates

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"sync"
	"time"

	"vratar/verifier/mandate"
)

// ServiceOptions describe a registry that is asked over HTTP, mandate by mandate.
type ServiceOptions struct {
	URL       string // with {guid} where the number belongs
	TokenFile string // with the token for "Authorization: Bearer" in one line; read at every look; empty: none
	Member    string // of the JSON answer, the text that tells the status. Default "status"
	Good      []string
	Revoked   []string
	Timeout   time.Duration // of one question. Default 10 s
	Transport http.RoundTripper
	Now       func() time.Time
}

// Words of the status where the options say nothing: those of the operators' interfaces.
var (
	goodWords    = []string{"active", "created", "registered", "valid"}
	revokedWords = []string{"revoked", "withdrawn", "cancelled"}
)

// Service is a registry over HTTP. The state is the text of one member of a JSON object; 404 means that the number
// is not registered. Any other answer, and none, tell nothing: the last clear answer stays with its age.
type Service struct {
	o      ServiceOptions
	client *http.Client

	mu    sync.RWMutex
	known map[string]told
	turns uint64 // questions so far
}

// told is an answer, and to the how manyth question.
type told struct {
	mandate.RegistryStatus
	turn uint64
}

// askedAtOnce is how many questions are under way at the same time.
const askedAtOnce = 4

// NewService makes the adapter; it asks nothing by itself.
func NewService(o ServiceOptions) *Service {
	if o.Member == "" {
		o.Member = "status"
	}
	if len(o.Good) == 0 {
		o.Good = goodWords
	}
	if len(o.Revoked) == 0 {
		o.Revoked = revokedWords
	}
	if o.Timeout == 0 {
		o.Timeout = 10 * time.Second
	}
	if o.Now == nil {
		o.Now = time.Now
	}
	// A redirect could take the token elsewhere; a registry has no need of one.
	stay := func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }
	return &Service{
		o: o, known: map[string]told{},
		client: &http.Client{Timeout: o.Timeout, Transport: o.Transport, CheckRedirect: stay},
	}
}

// Status implements Registry.
func (s *Service) Status(number string, _ time.Time) mandate.RegistryStatus {
	s.mu.RLock()
	defer s.mu.RUnlock()
	return s.known[number].RegistryStatus
}

// Refresh implements Registry. Its error is one of the failures; the others are like it as a rule.
func (s *Service) Refresh(ctx context.Context, numbers []string) error {
	if len(numbers) == 0 {
		return nil
	}
	token, err := s.token()
	if err != nil {
		s.forget(numbers)
		return err
	}
	queue := make(chan string)
	var f failures
	var workers sync.WaitGroup
	for range min(askedAtOnce, len(numbers)) {
		workers.Go(func() {
			for number := range queue {
				if f.hopeless() {
					s.forget([]string{number})
					continue
				}
				f.note(s.learn(ctx, number, token))
			}
		})
	}
	for _, number := range numbers {
		queue <- number
	}
	close(queue)
	workers.Wait()
	return f.first
}

// maxFailures is after how many failures in a row a registry is left alone until the next time.
const maxFailures = 8

// failures keeps the first of many, and counts those since the last answer.
type failures struct {
	mu    sync.Mutex
	first error
	inRow int
}

func (f *failures) note(err error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	if err == nil {
		f.inRow = 0
		return
	}
	f.inRow++
	if f.first == nil {
		f.first = err
	}
}

func (f *failures) hopeless() bool {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.inRow >= maxFailures
}

func (s *Service) token() (string, error) {
	if s.o.TokenFile == "" {
		return "", nil
	}
	data, err := readFile(s.o.TokenFile)
	return strings.TrimSpace(string(data)), err
}

// learn asks about one mandate and remembers a clear answer, unless one to a later question is there already.
func (s *Service) learn(ctx context.Context, number, token string) error {
	s.mu.Lock()
	s.turns++
	turn := s.turns
	s.mu.Unlock()
	status, err := s.question(ctx, number, token)
	if err != nil {
		s.forget([]string{number})
		return err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.known[number].turn < turn {
		s.known[number] = told{status, turn}
	}
	return nil
}

// forget notes that there was no answer about those of which nothing was known.
func (s *Service) forget(numbers []string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, number := range numbers {
		if _, known := s.known[number]; !known {
			s.known[number] = told{RegistryStatus: mandate.RegistryStatus{State: mandate.RegistryUnavailable, At: s.o.Now()}}
		}
	}
}

func (s *Service) question(ctx context.Context, number, token string) (mandate.RegistryStatus, error) {
	status := mandate.RegistryStatus{At: s.o.Now()}
	address := strings.ReplaceAll(s.o.URL, "{guid}", url.QueryEscape(number))
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, address, nil)
	if err != nil {
		return status, err
	}
	request.Header.Set("Accept", "application/json")
	if token != "" {
		request.Header.Set("Authorization", "Bearer "+token)
	}
	response, err := s.client.Do(request)
	if err != nil {
		return status, err
	}
	defer response.Body.Close()
	switch response.StatusCode {
	case http.StatusNotFound:
		status.State = mandate.RegistryNotFound
		return status, nil
	case http.StatusOK:
	default:
		return status, fmt.Errorf("the registry answers %s", response.Status)
	}
	status.State, err = s.read(io.LimitReader(response.Body, 1<<20))
	return status, err
}

// read understands an answer. An unclear one is no answer.
func (s *Service) read(body io.Reader) (mandate.RegistryState, error) {
	var answer map[string]any
	if err := json.NewDecoder(body).Decode(&answer); err != nil {
		return 0, fmt.Errorf("the registry's answer is no JSON object: %w", err)
	}
	word, _ := answer[s.o.Member].(string)
	is := func(other string) bool { return strings.EqualFold(word, other) }
	switch {
	case slices.ContainsFunc(s.o.Revoked, is):
		return mandate.RegistryRevoked, nil
	case slices.ContainsFunc(s.o.Good, is):
		return mandate.RegistryGood, nil
	}
	return 0, fmt.Errorf("the registry's answer has no known word in %q", s.o.Member)
}

// Either is two registries of which the first can revoke what the second holds good: a list of one's own beside the
// state's.
type Either struct {
	List  *RevokedList
	State Registry
}

// Status implements Registry.
func (e Either) Status(number string, at time.Time) mandate.RegistryStatus {
	if status := e.List.Status(number, at); status.State == mandate.RegistryRevoked {
		return status
	}
	return e.State.Status(number, at)
}

// Refresh implements Registry.
func (e Either) Refresh(ctx context.Context, numbers []string) error {
	return errors.Join(e.List.Refresh(ctx, numbers), e.State.Refresh(ctx, numbers))
}
