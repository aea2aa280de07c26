package jose

import (
	"bytes"
	"encoding/json"
)

// Compact is a copy of the JSON text of one value without the blanks between its tokens, so that it fits on
// one line. text must be valid, as the values that this package hands out are.
func Compact(text []byte) []byte {
	out := bytes.NewBuffer(make([]byte, 0, len(text)))
	if err := json.Compact(out, text); err != nil {
		return nil
	}
	return out.Bytes()
}
