package feed

import (
	"encoding/json"
	"fmt"
	"net/http"
	"testing"
	"time"

	"vratar/cache/ledger"
)

// even shows every second passage, and one of two checkpoints.
var even = View{
	Passage:    func(p *ledger.Passage) bool { return p.Seq%2 == 0 },
	Checkpoint: func(id string) bool { return id == "north" },
}

func TestPassagesOfAView(t *testing.T) {
	s := newStand(t, Options{})
	f := func(query, want string) {
		t.Helper()
		resp, err := http.Get("http://" + s.url + "/passages?even&" + query)
		if err != nil {
			t.Fatal(err)
		}
		defer resp.Body.Close()
		var page struct {
			Passages   []struct{ Seq uint64 }
			Last, Next uint64
		}
		if err := json.NewDecoder(resp.Body).Decode(&page); err != nil {
			t.Fatal(err)
		}
		if got := fmt.Sprint(page); got != want {
			t.Errorf("%s: %s, want %s", query, got, want)
		}
	}
	f("limit=2", "{[{2} {4}] 10 4}")
	f("limit=3&after=4", "{[{6} {8} {10}] 10 10}")
	f("after=9", "{[{10}] 10 10}")
	f("after=10", "{[] 10 10}")
	s.ledger.record(1)
	f("after=10", "{[] 11 11}")
	f("after=0&limit=1", "{[{2}] 11 2}")
}

func TestLookingForPassagesIsBounded(t *testing.T) {
	s := newStand(t, Options{})
	s.ledger.record(100)
	nothing := View{Passage: func(*ledger.Passage) bool { return false }}
	if shown, next, err := s.page(0, 2, nothing); len(shown) != 0 || next != 2*maxLooks || err != nil {
		t.Errorf("%v, %d, %v", shown, next, err)
	}
}

func TestFeedOfAView(t *testing.T) {
	s := newStand(t, Options{Tick: time.Hour})
	c, hello := s.dial(t, "?even&after=7")
	if hello.Type != "hello" || len(hello.Counters) != 1 || hello.Counters[0].Checkpoint != "north" {
		t.Errorf("%+v", hello)
	}
	s.ledger.record(2)
	var seen []uint64
	for len(seen) < 3 {
		for _, p := range read(t, c).Passages {
			seen = append(seen, p.Seq)
		}
	}
	if fmt.Sprint(seen) != "[8 10 12]" {
		t.Errorf("seen %v", seen)
	}
	if got := s.counters(View{Passage: func(*ledger.Passage) bool { return false }}); len(got) != 2 || got[0].LastRefusal != nil {
		t.Errorf("a refusal that is not shown: %+v", got)
	}
}

// A tick tells how far its client was told, not how far the hub has come: behind that number it resumes.
func TestTickOfAView(t *testing.T) {
	s := newStand(t, Options{Tick: 10 * time.Millisecond})
	c, hello := s.dial(t, "?even&after=7")
	told := hello.From
	for range 20 {
		s.ledger.record(1)
		f := read(t, c)
		if f.Type == "tick" && f.Last < told {
			t.Fatalf("told %d, the tick says %d", told, f.Last)
		}
		for _, p := range f.Passages {
			told = p.Seq
		}
		if f.Type == "tick" {
			told = f.Last
		}
	}
	if told < 8 {
		t.Fatalf("told %d", told)
	}
}
