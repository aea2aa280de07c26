package feed

import (
	"encoding/json"
	"time"

	"vratar/cache/ledger"
	"vratar/verifier"
)

// activity is what a dashboard shows of a checkpoint beside the ledger's counters.
type activity struct {
	last    *ledger.Passage // the newest that did not open the gate
	seconds [60]uint32      // passages of each second of the last minute, by second modulo 60
	newest  int64           // unix second of the newest passage
}

// refusal is the newest passage that did not open the gate.
type refusal struct {
	Reason verifier.Reason `json:"reason"`
	At     time.Time       `json:"at"`
}

// note counts p. Passages come in the order of their records, which is nearly that of their times.
func (a *activity) note(p *ledger.Passage) {
	if p.Decision != ledger.Admit {
		newest := *p
		a.last = &newest
	}
	second := p.At.Unix()
	if second > a.newest {
		for s := max(a.newest+1, second-59); s <= second; s++ {
			a.seconds[s%60] = 0
		}
		a.newest = second
	}
	if a.newest-second < 60 {
		a.seconds[second%60]++
	}
}

// perMinute is how many passages the minute before now has seen.
func (a *activity) perMinute(now time.Time) uint32 {
	var sum uint32
	for s := max(now.Unix()-59, a.newest-59); s <= a.newest; s++ {
		sum += a.seconds[s%60]
	}
	return sum
}

// counter is one checkpoint's line of a dashboard.
type counter struct {
	Checkpoint  string   `json:"checkpoint"`
	Admitted    uint64   `json:"admitted"`
	Denied      uint64   `json:"denied"`
	Held        uint64   `json:"held"`
	Inside      int64    `json:"inside"`   // of the whole group
	Capacity    int      `json:"capacity"` // of the whole group; 0: no bound
	PerMinute   uint32   `json:"rate_per_min"`
	LastRefusal *refusal `json:"last_refusal"`
}

// counters is one line for each checkpoint that the view shows, in the order of the configuration. They are totals
// and name nobody, so they count whatever happened there; the last refusal shows only to whom its passage does.
func (h *Hub) counters(view View) []counter {
	type place struct{ checkpoint, group string }
	kept := map[place]ledger.Counter{}
	for _, c := range h.o.Ledger.Counters() {
		kept[place{c.Checkpoint, c.Group}] = c
	}
	now := time.Now()
	h.mu.Lock()
	defer h.mu.Unlock()
	list := make([]counter, 0, len(h.o.Checkpoints))
	for _, c := range h.o.Checkpoints {
		if view.Checkpoint != nil && !view.Checkpoint(c.ID) {
			continue
		}
		k, v := kept[place{c.ID, c.Group}], h.views[c.ID]
		one := counter{
			Checkpoint: c.ID, Admitted: k.Admitted, Denied: k.Denied, Held: k.Held,
			Inside: h.o.Ledger.Inside(c.Group), Capacity: c.Capacity, PerMinute: v.perMinute(now),
		}
		if v.last != nil && view.shows(v.last) {
			one.LastRefusal = &refusal{v.last.Reason, v.last.At}
		}
		list = append(list, one)
	}
	return list
}

// encode writes a frame. Its parts are ours and always have a JSON form.
func encode(frame any) []byte {
	text, err := json.Marshal(frame)
	if err != nil {
		panic("feed: BUG: " + err.Error())
	}
	return text
}

func (h *Hub) passages(list []ledger.Passage) []byte { return h.showing(list, View{}) }

// showing is a frame with those of the list that the view shows; it goes out although there are none, for its counters.
func (h *Hub) showing(list []ledger.Passage, view View) []byte {
	return encode(struct {
		Type     string           `json:"type"`
		Passages []ledger.Passage `json:"passages"`
		Counters []counter        `json:"counters"`
	}{"passages", view.of(list), h.counters(view)})
}

// tick is the sign of life. It carries the counters because rates fall while nothing happens.
func (h *Hub) tick() []byte { return h.tickFor(View{}, h.position()) }

// tickFor is a tick for a client that has been told everything up to last: behind that it may resume.
func (h *Hub) tickFor(view View, last uint64) []byte {
	return encode(struct {
		Type     string    `json:"type"`
		Time     time.Time `json:"server_time"`
		Last     uint64    `json:"last"`
		Counters []counter `json:"counters"`
	}{"tick", time.Now().UTC(), last, h.counters(view)})
}

func (h *Hub) hello(last, from uint64, gap bool, view View) []byte {
	return encode(struct {
		Type     string    `json:"type"`
		Last     uint64    `json:"last"`
		From     uint64    `json:"from"`
		Gap      bool      `json:"gap"`
		Counters []counter `json:"counters"`
	}{"hello", last, from, gap, h.counters(view)})
}
