package ingest

import (
	"encoding/json"
	"fmt"
	"net/http"
	"strings"
	"testing"
)

// A line that brings a part of the gateway down costs that line alone, wherever it stands among the others.
func TestPanicCostsItsLineAlone(t *testing.T) {
	b := newBench(t, nil)
	var body, want strings.Builder
	for i := range 3 * together {
		payload, reason := fmt.Sprint("ticket:", i), "ok"
		if i%7 == 3 {
			payload, reason = "ticket:panic", "internal"
		}
		fmt.Fprintf(&body, "{\"id\":\"%d\",\"payload\":%q}\n", i, payload)
		fmt.Fprintf(&want, "%d=%s ", i, reason)
	}
	for range 2 { // a panic leaves nothing behind
		resp, err := http.Post(b.url+"/batch", "application/jsonl", strings.NewReader(body.String()))
		if err != nil {
			t.Fatal(err)
		}
		var got strings.Builder
		for d := json.NewDecoder(resp.Body); d.More(); {
			var line struct {
				ID, Reason string
				Problem    struct{ Code string }
			}
			if err := d.Decode(&line); err != nil {
				t.Fatal(err)
			}
			fmt.Fprintf(&got, "%s=%s%s ", line.ID, line.Reason, line.Problem.Code)
		}
		resp.Body.Close()
		if got.String() != want.String() {
			t.Fatalf("got  %s\nwant %s", got.String(), want.String())
		}
	}
}
