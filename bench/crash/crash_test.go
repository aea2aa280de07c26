package crash

import (
	"flag"
	"testing"

	"vratar/bench/process"
)

var (
	rounds = flag.Int("rounds", 8, "how often the gateway is killed; the long form takes 200")
	binary = flag.String("gateway", "", "the gateway to kill (default: built from the source)")
)

// TestKill is the short form. The long one:
//
//	go test ./bench/crash -run TestKill -rounds 200 -timeout 30m -v
func TestKill(t *testing.T) {
	gateway := *binary
	if gateway == "" {
		var err error
		if gateway, err = process.Build(t.Context(), t.TempDir()); err != nil {
			t.Fatal(err)
		}
	}
	var log tail
	summary, err := Run(t.Context(), Options{Binary: gateway, Dir: t.TempDir(), Rounds: *rounds, Seed: 1, Log: &log})
	t.Log(summary)
	if err != nil {
		t.Errorf("%v\nthe gateway's last words:\n%s", err, log.text)
	}
	for _, fault := range summary.Faults {
		t.Error(fault)
	}
	if summary.Admitted < summary.Rounds {
		t.Error("too little was asked to show anything")
	}
}

// tail keeps the end of what is written to it. One process writes at a time.
type tail struct{ text []byte }

func (t *tail) Write(p []byte) (int, error) {
	const keep = 4 << 10
	t.text = append(t.text, p...)
	t.text = t.text[max(0, len(t.text)-keep):]
	return len(p), nil
}
