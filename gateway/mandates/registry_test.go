package mandates

import (
	"bytes"
	"context"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"testing"

	"vratar/verifier/mandate"
)

const someNumber = "aaaaaaaa-bbbb-4ccc-8ddd-eeeeeeeeeeee"

func TestServiceUnderstandsClearAnswersOnly(t *testing.T) {
	status, body := http.StatusOK, ""
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.Header.Get("Authorization") != "Bearer secret" || r.URL.Query().Get("guid") != someNumber {
			status = http.StatusTeapot
		}
		w.WriteHeader(status)
		_, _ = w.Write([]byte(body))
	}))
	defer server.Close()
	token := filepath.Join(t.TempDir(), "token")
	if err := os.WriteFile(token, []byte("secret\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	s := NewService(ServiceOptions{URL: server.URL + "/check?guid={guid}", TokenFile: token})
	f := func(code int, text string, fails bool, want mandate.RegistryState) {
		t.Helper()
		status, body = code, text
		err := s.Refresh(context.Background(), []string{someNumber})
		if got := s.Status(someNumber, noon); (err != nil) != fails || got.State != want {
			t.Errorf("%d %s: %v, %v", code, text, got.State, err)
		}
	}
	if got := s.Status(someNumber, noon); got.State != mandate.RegistryNotAsked {
		t.Errorf("before any question: %v", got.State)
	}
	f(500, ``, true, mandate.RegistryUnavailable)
	f(200, `<html>`, true, mandate.RegistryUnavailable)
	f(200, `{"status":"ACTIVE"}`, false, mandate.RegistryGood)
	f(500, ``, true, mandate.RegistryGood) // the last clear answer stays, and grows old
	f(302, ``, true, mandate.RegistryGood)
	f(200, `{"status":"on holiday"}`, true, mandate.RegistryGood)
	f(200, `{"status":"revoked"}`, false, mandate.RegistryRevoked)
	f(404, ``, false, mandate.RegistryNotFound)
	if err := os.Remove(token); err != nil {
		t.Fatal(err)
	}
	f(200, `{"status":"active"}`, true, mandate.RegistryNotFound)
	if err := s.Refresh(context.Background(), nil); err != nil {
		t.Errorf("nothing to ask: %v", err)
	}
}

func TestServiceAsksAboutMany(t *testing.T) {
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if strings.HasSuffix(r.URL.Path, "7") {
			w.WriteHeader(http.StatusServiceUnavailable)
			return
		}
		_, _ = w.Write([]byte(`{"state":"in force"}`))
	}))
	defer server.Close()
	s := NewService(ServiceOptions{URL: server.URL + "/{guid}", Member: "state", Good: []string{"in force"}})
	numbers := strings.Fields("1 2 3 4 5 6 7 8 9 17")
	if err := s.Refresh(context.Background(), numbers); err == nil {
		t.Error("failures are not told")
	}
	for _, n := range numbers {
		want := mandate.RegistryGood
		if strings.HasSuffix(n, "7") {
			want = mandate.RegistryUnavailable
		}
		if got := s.Status(n, noon); got.State != want {
			t.Errorf("%s: %v", n, got.State)
		}
	}
}

// Of two answers that cross on their way the one to the later question counts.
func TestServiceKeepsTheLaterAnswer(t *testing.T) {
	asked, late := make(chan struct{}), make(chan struct{})
	var questions atomic.Int64
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		if questions.Add(1) > 1 {
			_, _ = w.Write([]byte(`{"status":"revoked"}`))
			return
		}
		close(asked)
		<-late
		_, _ = w.Write([]byte(`{"status":"active"}`))
	}))
	defer server.Close()
	s := NewService(ServiceOptions{URL: server.URL + "/{guid}"})
	refresh := func() {
		if err := s.Refresh(context.Background(), []string{someNumber}); err != nil {
			t.Error(err)
		}
	}
	var first sync.WaitGroup
	first.Go(refresh)
	<-asked
	refresh()
	close(late)
	first.Wait()
	if got := s.Status(someNumber, noon); got.State != mandate.RegistryRevoked {
		t.Errorf("%v", got.State)
	}
}

// A registry that is away is left alone soon, and all that it was to be asked about is known to be unknown.
func TestServiceThatIsAwayIsLeftAlone(t *testing.T) {
	var asked atomic.Int64
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		asked.Add(1)
		w.WriteHeader(http.StatusBadGateway)
	}))
	defer server.Close()
	s := NewService(ServiceOptions{URL: server.URL + "/{guid}"})
	var numbers []string
	for n := range 100 {
		numbers = append(numbers, strconv.Itoa(n))
	}
	if err := s.Refresh(context.Background(), numbers); err == nil || asked.Load() > maxFailures+askedAtOnce {
		t.Errorf("asked %d times: %v", asked.Load(), err)
	}
	for _, n := range numbers {
		if got := s.Status(n, noon); got.State != mandate.RegistryUnavailable {
			t.Fatalf("%s: %v", n, got.State)
		}
	}
}

func TestOwnListRevokesWhatTheServiceHoldsGood(t *testing.T) {
	path := filepath.Join(t.TempDir(), "revoked")
	if err := os.WriteFile(path, []byte(strings.ToUpper(someNumber)), 0o600); err != nil {
		t.Fatal(err)
	}
	list, err := NewRevokedList(path)
	if err != nil {
		t.Fatal(err)
	}
	nothing, err := NewRevokedList("")
	if err != nil {
		t.Fatal(err)
	}
	e := Either{List: list, State: nothing}
	if got := e.Status(someNumber, noon); got.State != mandate.RegistryRevoked {
		t.Errorf("%v", got.State)
	}
	if got := e.Status("another", noon); got.State != mandate.RegistryGood {
		t.Errorf("%v", got.State)
	}
	if err := os.Remove(path); err != nil {
		t.Fatal(err)
	}
	if err := e.Refresh(context.Background(), nil); err == nil {
		t.Error("a list that is away is not told")
	}
	if got := e.Status(someNumber, noon); got.State != mandate.RegistryRevoked {
		t.Errorf("while the list is away: %v", got.State)
	}
	if _, err := NewRevokedList(path); err == nil {
		t.Error("a list that was never there is not told")
	}
}

// Whatever the text: what is read is GUIDs in lower case, and written down it reads back as the same.
func FuzzParseRevoked(f *testing.F) {
	f.Add([]byte("# none\n" + someNumber + " # since\n\n\ufeff" + strings.ToUpper(someNumber)))
	f.Add([]byte("\ufeff" + someNumber + "\r\n"))
	f.Add([]byte("x"))
	f.Fuzz(func(t *testing.T, data []byte) {
		set, err := parseRevoked(data)
		if err != nil {
			return
		}
		var again bytes.Buffer
		for number := range set {
			if n, ok := canonical(number); !ok || n != number {
				t.Fatalf("%q", number)
			}
			again.WriteString(number + "\n")
		}
		if same, err := parseRevoked(again.Bytes()); err != nil || len(same) != len(set) {
			t.Fatalf("%v, %v became %v", err, set, same)
		}
	})
}

// What decodes is what was written.
func FuzzDecodeRecord(f *testing.F) {
	r := record{Name: "n", Data: []byte("x"), Signatures: [][]byte{{1}}, Importer: "a", First: noon}
	b, _ := r.encode()
	f.Add(b)
	f.Add([]byte{})
	f.Add([]byte("\x01{}"))
	f.Fuzz(func(t *testing.T, b []byte) {
		r, err := decodeRecord(b)
		if err != nil {
			return
		}
		again, err := r.encode()
		if err != nil {
			return // a time that JSON cannot carry
		}
		same, err := decodeRecord(again)
		if err != nil || same.Name != r.Name || !bytes.Equal(same.Data, r.Data) || !same.First.Equal(r.First) {
			t.Fatalf("%q became %q", b, again)
		}
	})
}
