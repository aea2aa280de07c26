package refresh

import (
	"net/http"
	"testing"
)

// A server, or a cache before it, says "unchanged" to who has nothing and asked without condition: that is no list, and
// no sign that the one in force is current.
func TestUnchangedIsNoAnswerToAQuestionWithoutCondition(t *testing.T) {
	s := newServer(t, []byte("ticket-1\n"))
	s.status = http.StatusNotModified
	r := newRefresher(t, fromServers(nil, []string{s.URL}))
	wantError(t, r, 0, "304")

	s.set(func() { s.status, s.etag = 0, "" })
	loaded := look(t, r, 0)
	s.set(func() { s.status = http.StatusNotModified })
	wantError(t, r, 0, "304")
	if got := r.Sources()[0]; !got.FetchedAt.Equal(loaded.FetchedAt) || !got.CheckedAt.Equal(loaded.CheckedAt) {
		t.Errorf("fetched %v, checked %v; it was loaded %v", got.FetchedAt, got.CheckedAt, loaded.FetchedAt)
	}
}
