package main

import (
	"bytes"
	"errors"
	"flag"
	"fmt"
	"math/rand/v2"
	"os"
	"slices"
	"strings"
	"time"

	"vratar/bench/corpus"
	"vratar/bench/process"
	"vratar/verifier"
	"vratar/verifier/formats"
)

// credentials says where payloads come from.
type credentials struct {
	folder  string // of a corpus
	codes   string // file of codes, of which nobody knows what is right
	seed    uint64 // of a corpus made on the spot, when seeded
	seeded  bool
	size    int // how many to make; 0 as many as needed
	first   int // number of the first that is made; below zero: see begin
	mix     string
	formats string
	refused float64       // percent, instead of mix
	cold    float64       // percent
	samples []corpus.Item // the demo's own, when neither of the above was asked for
}

func (c *credentials) flags(f *flag.FlagSet) {
	f.StringVar(&c.folder, "corpus", "", "take credentials from this `folder`, made by scanload corpus")
	f.StringVar(&c.codes, "codes", "", "take codes from this `file`, one a line; any verdict on them will do")
	f.Func("seed", "make credentials from this `number`; the gateway must have the lists of the same seed", func(s string) error {
		c.seeded = true
		_, err := fmt.Sscan(s, &c.seed)
		return err
	})
	f.IntVar(&c.size, "size", 0, "how many credentials to make from the seed (default: as many as scans, 10000 for verify)")
	f.IntVar(&c.first, "first", -1, "`number` of the first credential to make from the seed (default: 0, for scans one at random, so that another run shows others)")
	c.making(f)
}

// begin chooses the first number where none was asked for: for scans one at random, since a credential is admitted
// once. Every format has room for numbers of eight digits.
func (c *credentials) begin(admits bool) {
	const room = 90_000_000
	if c.first < 0 {
		c.first = 0
		if admits {
			c.first = rand.IntN(room)
		}
	}
}

// making are the flags that shape a corpus.
func (c *credentials) making(f *flag.FlagSet) {
	f.StringVar(&c.mix, "mix", corpus.DefaultMix, "what to make, by `weight`")
	f.Float64Var(&c.refused, "refused", -1, "instead of --mix: `percent` that must be refused, every way of it alike")
	f.Float64Var(&c.cold, "cold", 0, "`percent` of credentials by 256 issuers who are hardly ever seen; the others' keys are hot")
	f.StringVar(&c.formats, "formats", corpus.DefaultFormats, "formats to make by `weight`, or all; known: "+strings.Join(corpus.Formats(), ", "))
}

// selection is what the flags ask a Maker for.
func (c *credentials) selection() (corpus.Selection, error) {
	if c.refused > 100 || c.cold < 0 || c.cold > 100 {
		return corpus.Selection{}, errors.New("--refused and --cold: percents go from 0 to 100")
	}
	if c.refused >= 0 {
		const ways = 6 // of being refused
		each := int(c.refused * 100)
		c.mix = fmt.Sprintf("genuine=%d,expired=%d,revoked=%[2]d,forged=%[2]d,unknown=%[2]d,broken=%[2]d,notice=%[2]d", ways*(100*100-each), each)
	}
	mix, err := corpus.ParseMix(c.mix)
	if err != nil {
		return corpus.Selection{}, err
	}
	formats, err := corpus.ParseFormats(c.formats)
	if err != nil || c.cold == 0 {
		return corpus.Selection{Mix: mix, Formats: formats}, err
	}
	const fine = 100 // parts of a percent
	total := 0
	for i := range formats {
		total += formats[i].Weight
		formats[i].Weight *= int((100 - c.cold) * fine)
	}
	return corpus.Selection{Mix: mix, Formats: append(formats, corpus.FormatShare{Format: "cold", Weight: total * int(c.cold*fine)})}, nil
}

// source hands out items.
type source struct {
	items []corpus.Item // what is left; nil when made on the spot
	maker *corpus.Maker
	next  corpus.Selection
}

func (c *credentials) open() (*source, error) {
	switch {
	case c.folder != "" && c.seeded, c.codes != "" && (c.folder != "" || c.seeded):
		return nil, errors.New("--corpus, --seed and --codes exclude each other")
	case c.codes != "":
		return readCodes(c.codes)
	case c.folder != "":
		read, err := corpus.Read(c.folder)
		if err != nil {
			return nil, err
		}
		return &source{items: read.Items}, nil
	case c.seeded:
		maker, err := corpus.NewMaker(c.seed, time.Now())
		if err != nil {
			return nil, err
		}
		next, err := c.selection()
		next.First = c.first
		return &source{maker: maker, next: next}, err
	case len(c.samples) > 0:
		return &source{items: c.samples}, nil
	}
	return nil, errors.New("no credentials: give --corpus, --seed, --codes or --demo")
}

// take is up to n items; unless they may be shown again, they are never handed out again.
func (s *source) take(n int, again bool) ([]corpus.Item, error) {
	if s.maker == nil {
		n = min(n, len(s.items))
		taken := s.items[:n]
		if !again {
			s.items = s.items[n:]
		}
		return taken, nil
	}
	s.next.Count = n
	items, err := s.maker.Items(s.next)
	s.next.First += n
	return items, err
}

// String says where they come from, for a reader who has only the page.
func (c *credentials) String() string {
	switch {
	case c.codes != "":
		return "codes of " + c.codes
	case c.folder != "":
		return "corpus " + c.folder
	case c.seeded && c.refused >= 0:
		return fmt.Sprintf("seed %d, formats %s, %g %% to be refused, %g %% of cold keys", c.seed, c.formats, c.refused, c.cold)
	case c.seeded:
		return fmt.Sprintf("seed %d, formats %s, mix %s, %g %% of cold keys", c.seed, c.formats, c.mix, c.cold)
	}
	return "the demo's samples"
}

// readCodes reads a file of codes as a scanner types them, one a line.
func readCodes(name string) (*source, error) {
	text, err := os.ReadFile(name)
	if err != nil {
		return nil, fmt.Errorf("--codes: %w", err)
	}
	s := &source{items: []corpus.Item{}}
	for line := range bytes.Lines(text) {
		if code := bytes.TrimRight(line, "\r\n"); len(code) > 0 {
			s.items = append(s.items, corpus.Item{Name: fmt.Sprintf("line %d", len(s.items)+1), Payload: code})
		}
	}
	return s, nil
}

// demoItems are the samples of a demo gateway.
func demoItems(d process.Demo) []corpus.Item {
	var items []corpus.Item
	all := formats.All()
	for _, s := range d.Samples {
		item := corpus.Item{Name: s.Name, Payload: []byte(s.Payload), Expect: verifier.ParseReason(s.Expect)}
		at := slices.IndexFunc(all, func(f verifier.Format) bool { return f.Sniff(item.Payload) })
		if at >= 0 && all[at].Name() == "mdoc" && item.Expect == verifier.ReasonOK {
			item.AtGate = verifier.ReasonHolderProofMissing // every mobile document is bound to its holder's key
		}
		items = append(items, item)
	}
	return items
}
