// Package corpus makes payloads to try a gateway with: credentials of issuers that exist only here, genuine
// and in every way wrong, each with the answer it must get.
//
// The same seed and time give the same corpus, byte for byte, so two machines can be asked the same
// questions. A corpus can be written to a folder, whose trust.json and status lists a gateway is pointed at
// and whose items.jsonl `vratar verify --lines` reads as well. The issuers' private keys follow from the
// seed: nothing that matters may ever trust them.
//
// Each format is one file with its recipe and one line in recipes; nothing else here knows of it.
package corpus

import (
	"vratar/verifier"
)

// Item is one payload and what is expected of a gateway that knows the corpus's trust and status lists.
type Item struct {
	Name    string // kind/recipe/number
	Format  string // as in verdicts; empty when the payload belongs to none
	Payload []byte // for a credential that its holder proves anew each time: a picture of it, taken long ago
	Expect  verifier.Reason
	// AtGate is what a scan must get where a gate asks for more than a judgement does; ReasonNone: the same.
	AtGate verifier.Reason

	device *device // shows it anew; nil where the payload is always the same
}

// File is one list for the gateway, with the name it has in a folder.
type File struct {
	Name string
	Data []byte
}

// Corpus is a set of items with the lists that judge them.
type Corpus struct {
	Trust  []byte // our trust list
	Status []File // status and revocation lists
	Items  []Item
}
