package formats

import (
	"testing"

	"vratar/verifier"
	"vratar/verifier/formats/formatstest"
)

// arenaFormats are those that decode into an arena.
func arenaFormats() (out []verifier.ArenaFormat) {
	for _, f := range All() {
		if in, ok := f.(verifier.ArenaFormat); ok {
			out = append(out, in)
		}
	}
	return out
}

// One arena after another code of another format: each says what it says in memory of its own.
func TestArenaChangesNoFormat(t *testing.T) {
	var a verifier.Arena
	for _, c := range append(own(t), official(t)...) {
		for _, f := range arenaFormats() {
			for _, payload := range append(damaged(c.payload)[:3], c.payload) {
				if f.Name() == c.format || f.Sniff(payload) {
					formatstest.Agree(t, f, &a, payload)
				}
			}
		}
	}
}

// Whatever comes, an arena changes nothing.
func FuzzArena(f *testing.F) {
	for _, seed := range []string{"", "shc:/5676", "shc:/1/2/5676", "HC1:6BF", "eyJhbGciOiJub25lIn0.e30.~", "\xdc\x03", `{"data":{"hdr":{}}}`} {
		f.Add([]byte(seed))
	}
	all := arenaFormats()
	var a verifier.Arena
	f.Fuzz(func(t *testing.T, payload []byte) {
		for _, format := range all {
			formatstest.Agree(t, format, &a, payload)
		}
	})
}
