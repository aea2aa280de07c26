package corpus

import (
	"errors"
	"fmt"
	"math/rand/v2"
	"runtime"
	"slices"
	"strconv"
	"strings"
	"sync"
)

// FormatShare is how many of the signed items are of a format in relation to the others.
type FormatShare struct {
	Format string
	Weight int
}

// DefaultFormats are the two that entrances see most, and that our figures are taken with.
const DefaultFormats = Document + "," + HCERT

// ParseFormats reads formats such as "document=8,cold=2", or "all" for one share of each.
func ParseFormats(s string) ([]FormatShare, error) {
	if s == "all" {
		s = strings.Join(Formats(), ",")
	}
	var shares []FormatShare
	total := 0
	for part := range strings.SplitSeq(s, ",") {
		name, n, err := parseShare(part)
		if err != nil {
			return nil, fmt.Errorf("formats: %w", err)
		}
		if !slices.Contains(Formats(), name) {
			return nil, fmt.Errorf("formats: no format %q among %s", name, strings.Join(Formats(), ", "))
		}
		shares = append(shares, FormatShare{name, n})
		total += n
	}
	if total == 0 {
		return nil, fmt.Errorf("formats %q: nothing in it", s)
	}
	return shares, nil
}

// parseShare reads NAME or NAME=WEIGHT.
func parseShare(part string) (name string, weight int, err error) {
	name, text, weighted := strings.Cut(strings.TrimSpace(part), "=")
	if !weighted {
		return name, 1, nil
	}
	n, err := strconv.Atoi(text)
	if err != nil || n < 0 || n > 1_000_000 {
		return "", 0, fmt.Errorf("%s: weight %q is not a number up to a million", name, text)
	}
	return name, n, nil
}

// Selection says which of a seed's items are made: their kind and format follow from seed and number, so the
// same number is the same item in every selection of the same mix and formats.
type Selection struct {
	Mix     Mix
	Formats []FormatShare // none: DefaultFormats
	First   int           // number of the first item
	Count   int
}

// menu is a selection's kinds, each with the formats that can be of it.
type menu struct {
	mix     Mix
	formats [numKinds][]FormatShare
}

// menu leaves out the kinds that none of the formats can be; their share goes to the others.
func (m *Maker) menu(s Selection) (*menu, error) {
	if s.Mix.total() == 0 {
		return nil, errors.New("corpus: an empty mix")
	}
	if len(s.Formats) == 0 {
		var err error
		if s.Formats, err = ParseFormats(DefaultFormats); err != nil {
			return nil, err
		}
	}
	out := new(menu)
	for _, share := range s.Mix {
		for _, f := range s.Formats {
			if _, known := m.recipes[f.Format]; !known {
				return nil, fmt.Errorf("corpus: no format %q", f.Format)
			}
			if f.Weight > 0 && m.Can(share.Kind, f.Format) {
				out.formats[share.Kind] = append(out.formats[share.Kind], f)
			}
		}
		if len(out.formats[share.Kind]) > 0 {
			out.mix = append(out.mix, share)
		}
	}
	if out.mix.total() == 0 {
		return nil, errors.New("corpus: none of the formats can be any of the kinds")
	}
	return out, nil
}

// pick maps random numbers to a kind and a format that can be of it.
func (m *menu) pick(random uint64) (Kind, string) {
	kind := m.mix.pick(random >> 32)
	total := 0
	for _, f := range m.formats[kind] {
		total += f.Weight
	}
	at := int(uint32(random)) % total
	for _, f := range m.formats[kind] {
		if at -= f.Weight; at < 0 {
			return kind, f.Format
		}
	}
	return kind, m.formats[kind][0].Format // not reached: the weights add up to total
}

// Items makes a selection, on all processors: a signature is most of the work.
func (m *Maker) Items(s Selection) ([]Item, error) {
	choices, err := m.menu(s)
	if err != nil {
		return nil, err
	}
	items := make([]Item, max(s.Count, 0))
	parts := runtime.GOMAXPROCS(0)
	failed := make([]error, parts)
	var wg sync.WaitGroup
	for part := range parts {
		wg.Go(func() {
			for i := part; i < len(items) && failed[part] == nil; i += parts {
				kind, format := choices.pick(mixed(m.seed, uint64(s.First+i)))
				items[i], failed[part] = m.Item(kind, format, s.First+i)
			}
		})
	}
	wg.Wait()
	return items, errors.Join(failed...)
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
