package gateway

import (
	"bytes"
	"encoding/hex"
	"errors"
	"fmt"
	"os"

	"github.com/prometheus/client_golang/prometheus"

	"vratar/cache"
	"vratar/gateway/ingest"
	"vratar/verifier"
	"vratar/verifier/formats"
	"vratar/verifier/formats/claim169"
)

// demandOf is what a checkpoint demands of holders. What it does not say is what is right for gates.
func demandOf(c *Checkpoint) ingest.Demand {
	switch c.HolderProof {
	case "required":
		return ingest.Required
	case "optional":
		return ingest.Optional
	}
	return ingest.Bound
}

// openReplay makes the memory of holders' proofs.
func (g *Gateway) openReplay() (verifier.Replay, error) {
	replay, err := cache.NewReplay(g.cfg.Holder.Proofs)
	if err != nil {
		return nil, err
	}
	g.registry.MustRegister(prometheus.NewGaugeFunc(prometheus.GaugeOpts{
		Name: "vratar_holder_proofs", Help: "Holders' proofs that are remembered so that each counts once.",
	}, func() float64 { return float64(replay.Len()) }))
	return replay, nil
}

// Formats is every format that is accepted; identityKeys open encrypted identity codes (Claim 169).
func Formats(identityKeys [][]byte) []verifier.Format {
	all := formats.All()
	for i, f := range all {
		if _, identity := f.(claim169.Format); identity {
			all[i] = claim169.Format{Keys: identityKeys}
		}
	}
	return all
}

// LoadIdentityKeys reads a file of AES keys as Holder.IdentityKeys describes it; "" is no file and no keys. An
// error names the line, never what stands on it.
func LoadIdentityKeys(file string) ([][]byte, error) {
	if file == "" {
		return nil, nil
	}
	text, err := os.ReadFile(file)
	if err != nil {
		return nil, err
	}
	var keys [][]byte
	var faults []error
	n := 0
	for line := range bytes.Lines(text) {
		n++
		line, _, _ = bytes.Cut(line, []byte("#"))
		if line = bytes.TrimSpace(line); len(line) == 0 {
			continue
		}
		key := make([]byte, hex.DecodedLen(len(line)))
		_, err := hex.Decode(key, line)
		if size := len(line) / 2; err != nil || (size != 16 && size != 24 && size != 32) {
			faults = append(faults, fmt.Errorf("%s: line %d: want 32, 48 or 64 hexadecimal digits", file, n))
			continue
		}
		keys = append(keys, key)
	}
	if len(keys) == 0 && len(faults) == 0 {
		faults = append(faults, fmt.Errorf("%s: no keys", file))
	}
	return keys, errors.Join(faults...)
}
