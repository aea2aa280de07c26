package gateway

import "vratar/gateway/refresh"

// storedMetric is a figure of the revocation lists in the database, all of them together.
type storedMetric struct {
	name, help string
	value      func(*refresh.Stored) float64
}

func storedMetrics() []storedMetric {
	return []storedMetric{
		{"vratar_revocations_stored", "Names on revocation lists in the database.", func(s *refresh.Stored) float64 { return float64(s.Entries) }},
		{"vratar_revocations_late", "Of these, names beside the filters until they are made anew.", func(s *refresh.Stored) float64 { return float64(s.Late) }},
		{"vratar_revocations_memory_bytes", "Memory of their filters.", func(s *refresh.Stored) float64 { return float64(s.Memory) }},
		{"vratar_revocations_filters_missing", "Filters still to be made; until then questions go to the disk.", func(s *refresh.Stored) float64 {
			return float64(s.Shards - s.Filters)
		}},
		{"vratar_revocations_perhaps", "Questions since the start that the filters did not answer.", func(s *refresh.Stored) float64 { return float64(s.Perhaps) }},
		{"vratar_revocations_failed", "Of these, ones that the disk did not answer either; the codes were status_unknown.", func(s *refresh.Stored) float64 {
			return float64(s.Failed)
		}},
	}
}

// ofStored is the sum over all lists.
func (g *Gateway) ofStored(value func(*refresh.Stored) float64) float64 {
	sum := 0.0
	for _, s := range g.lists.Sources() {
		if s.Stored != nil && (s.Stored.Entries > 0 || s.Stored.Filters > 0) {
			sum += value(s.Stored)
		}
	}
	return sum
}
