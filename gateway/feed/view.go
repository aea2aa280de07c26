package feed

import (
	"vratar/cache/ledger"
)

// View says what one client may see. The zero value shows everything.
type View struct {
	Passage    func(*ledger.Passage) bool   // nil: all of them
	Checkpoint func(checkpoint string) bool // whose counters; nil: all of them
}

func (v View) all() bool { return v.Passage == nil && v.Checkpoint == nil }

func (v View) shows(p *ledger.Passage) bool { return v.Passage == nil || v.Passage(p) }

// of is what of the list the view shows, never nil. The list stays as it is.
func (v View) of(list []ledger.Passage) []ledger.Passage {
	if v.Passage == nil && list != nil {
		return list
	}
	shown := make([]ledger.Passage, 0, len(list))
	for i := range list {
		if v.shows(&list[i]) {
			shown = append(shown, list[i])
		}
	}
	return shown
}

// maxLooks bounds how many pages one request looks through for passages that its view shows.
const maxLooks = 20

// page reads on behind a sequence number until it has as many passages as were asked for, or has come to the end of
// the ledger, or has looked far enough. next is the last number that it looked at.
func (h *Hub) page(after uint64, limit int, view View) (shown []ledger.Passage, next uint64, err error) {
	for range maxLooks {
		list, err := h.o.Ledger.Read(after, limit)
		if err != nil || len(list) == 0 {
			return shown, after, err
		}
		for i := range list {
			after = list[i].Seq
			if view.shows(&list[i]) {
				shown = append(shown, list[i])
			}
			if len(shown) == limit {
				return shown, after, nil
			}
		}
	}
	return shown, after, nil
}
