package ledger

import "sync"

// recentRoom is how many of the newest passages stay in memory: what dashboards are told within a few
// milliseconds of its recording needs not be read back from the disk.
const recentRoom = 1024

// recent holds the newest passages, synced or not. It has its own lock, so that its readers never wait for a claim.
type recent struct {
	mu   sync.Mutex
	seq  uint64 // of the newest
	held int    // how many there are, at most recentRoom
	list [recentRoom]Passage
}

// add takes the passage behind the newest one.
func (r *recent) add(p *Passage) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.seq = p.Seq
	r.held = min(r.held+1, recentRoom)
	r.list[p.Seq%recentRoom] = *p
}

// between returns the passages behind after up to until, or nil unless all of them are there.
func (r *recent) between(after, until uint64) []Passage {
	r.mu.Lock()
	defer r.mu.Unlock()
	if until > r.seq || after+uint64(r.held) < r.seq {
		return nil
	}
	list := make([]Passage, 0, until-after)
	for seq := after + 1; seq <= until; seq++ {
		list = append(list, r.list[seq%recentRoom])
	}
	return list
}
