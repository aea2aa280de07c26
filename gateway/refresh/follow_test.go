package refresh

import (
	"context"
	"errors"
	"net/http"
	"net/http/httptest"
	"slices"
	"testing"
	"testing/synctest"
	"time"

	"vratar/verifier/proof"
)

// moody is a source that fails until it has been asked often enough, and notes when it is asked.
type moody struct {
	failures int
	err      error
	asked    *[]time.Time
}

func (m moody) kind() string                  { return "address" }
func (m moody) name() string                  { return "moody" }
func (m moody) read(c content) (*list, error) { return readStatus("moody", c) }

func (m moody) fetch(context.Context, web, content) (content, error) {
	*m.asked = append(*m.asked, time.Now())
	if len(*m.asked) <= m.failures {
		return content{}, m.err
	}
	return content{data: []byte("gone-1\n"), at: time.Now()}, nil
}

// pauses follows a source for a while and returns how long it was left alone each time.
func pauses(t *testing.T, m moody, every, during time.Duration) (all []time.Duration) {
	m.asked = new([]time.Time)
	synctest.Test(t, func(t *testing.T) {
		r := newRefresher(t, Config{Status: Lists{Sources: []Origin{m}, Every: every, Timeout: time.Second}, Checker: proof.Checker{}})
		ctx, stop := context.WithTimeout(t.Context(), during)
		defer stop()
		r.Run(ctx)
	})
	for i := range *m.asked {
		if i > 0 {
			all = append(all, (*m.asked)[i].Sub((*m.asked)[i-1]))
		}
	}
	return all
}

// After failures a source is asked again soon, then ever more rarely, up to the usual pause; never by the clock.
func TestFailuresBackOff(t *testing.T) {
	const every = time.Minute
	got := pauses(t, moody{failures: 9, err: errors.New("away")}, every, 20*time.Minute)
	if len(got) < 10 {
		t.Fatalf("pauses %v", got)
	}
	for i, want := range []time.Duration{1, 2, 4, 8, 16, 32, 60, 60, 60} {
		want *= time.Second
		if got[i] > want || got[i] < want/2 {
			t.Errorf("pause %d is %v, want %v to %v", i, got[i], want/2, want)
		}
	}
	usual := got[9:]
	if slices.Min(usual) < every-every/10 || slices.Max(usual) > every {
		t.Errorf("usual pauses %v", usual)
	}
	if slices.Min(usual) == slices.Max(usual) || got[6] == got[7] && got[7] == got[8] {
		t.Errorf("pauses without jitter: %v", got)
	}
}

// A server that wants to be left alone is, for a while.
func TestServersMayPutUsOff(t *testing.T) {
	refuse := &refusal{code: http.StatusTooManyRequests, after: 5 * time.Minute}
	got := pauses(t, moody{failures: 2, err: refuse}, time.Minute, time.Hour)
	if got[0] != refuse.after || got[1] != refuse.after || got[2] > time.Minute {
		t.Errorf("pauses %v", got[:3])
	}
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Retry-After", "86400")
		w.WriteHeader(http.StatusTooManyRequests)
	}))
	defer s.Close()
	_, err := web{client: newClient(), timeout: time.Second, maxSize: 1}.get(t.Context(), question{address: s.URL})
	if r := (*refusal)(nil); !errors.As(err, &r) || r.after != maxRetryAfter || r.Error() != "the server answers 429 Too Many Requests" {
		t.Errorf("error %v", err)
	}
}
