package gateway

import (
	"context"
	"fmt"

	"vratar/gateway/mandates"
	"vratar/verifier/mandate"
)

// sampleImporter is who brings in the demonstration's mandates; no account has such an id.
const sampleImporter = "demo"

// keepSamples keeps the demonstration's mandates, instead of those of an earlier start. One that is refused is an
// error: the demonstration would not show what it promises.
func (g *Gateway) keepSamples() error {
	if g.cfg.Demo == nil {
		return nil
	}
	for _, e := range g.mandates.All() {
		if e.Importer == sampleImporter {
			if err := g.mandates.Remove(e.Number); err != nil {
				return err
			}
		}
	}
	for _, file := range g.cfg.Demo.Mandates {
		got, err := g.mandates.Import(context.Background(), mandates.Upload{
			File: file, Importer: sampleImporter, May: func(*mandate.Proven) bool { return true },
		})
		if err != nil {
			return fmt.Errorf("sample mandate %s: %w", file.Name, err)
		}
		if got.Entry == nil {
			return fmt.Errorf("sample mandate %s: %s", file.Name, got.Report.AppendJSON(nil))
		}
	}
	return nil
}
