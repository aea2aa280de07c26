package corpus

import (
	"errors"
	"fmt"
	"math/rand/v2"
	"runtime"
	"slices"
	"sync"
)

// Selection says which of a seed's items are made: their kind and format follow from seed and number, so the
// same number is the same item in every selection of the same mix and formats.
type Selection struct {
	Mix     Mix
	Formats []string // none: all
	First   int      // number of the first item
	Count   int
}

// Items makes a selection, on all processors: a signature is most of the work.
func (m *Maker) Items(s Selection) ([]Item, error) {
	if s.Mix.total() == 0 {
		return nil, errors.New("corpus: an empty mix")
	}
	if len(s.Formats) == 0 {
		s.Formats = Formats()
	}
	for _, f := range s.Formats {
		if !slices.Contains(Formats(), f) {
			return nil, fmt.Errorf("corpus: no format %q among %v", f, Formats())
		}
	}
	items := make([]Item, max(s.Count, 0))
	parts := runtime.GOMAXPROCS(0)
	failed := make([]error, parts)
	var wg sync.WaitGroup
	for part := range parts {
		wg.Go(func() {
			for i := part; i < len(items) && failed[part] == nil; i += parts {
				items[i], failed[part] = m.selected(s, s.First+i)
			}
		})
	}
	wg.Wait()
	return items, errors.Join(failed...)
}

func (m *Maker) selected(s Selection, n int) (Item, error) {
	choice := mixed(m.seed, uint64(n))
	return m.Item(s.Mix.pick(choice>>32), s.Formats[int(choice%uint64(len(s.Formats)))], n)
}

// Corpus makes a selection together with the lists that judge it.
func (m *Maker) Corpus(s Selection) (*Corpus, error) {
	items, err := m.Items(s)
	if err != nil {
		return nil, err
	}
	return &Corpus{Trust: m.Trust(), Status: m.Status(), Items: items}, nil
}

// random gives the numbers for one item, apart from every other item's.
func (m *Maker) random(kind Kind, n int) *rand.Rand {
	return rand.New(rand.NewPCG(mixed(m.seed, uint64(kind)), uint64(n)))
}

// mixed spreads seed and n over 64 bits (the finaliser of SplitMix64).
func mixed(seed, n uint64) uint64 {
	z := seed*0x9e3779b97f4a7c15 + n + 0x9e3779b97f4a7c15
	z = (z ^ z>>30) * 0xbf58476d1ce4e5b9
	z = (z ^ z>>27) * 0x94d049bb133111eb
	return z ^ z>>31
}
