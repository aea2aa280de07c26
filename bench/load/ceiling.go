package load

import (
	"context"
	"errors"
	"fmt"
)

// Search looks for the highest rate that a gateway carries.
type Search struct {
	From    float64 // rate of the first step, a second
	To      float64 // never tries more than this
	P99     float64 // milliseconds; a rate passes while its p99 stays at or below this
	Share   float64 // of the planned rate that must be achieved; a step's last answers cost a little of it
	Bisects int     // how often the interval between the best and the first failed rate is halved
}

// Step is one rate that was tried.
type Step struct {
	Report Report `json:"report"`
	Fault  string `json:"fault,omitempty"` // why the rate did not pass; empty when it did
}

// Ceiling is what a Search found.
type Ceiling struct {
	Rate  float64 `json:"rate"` // the highest that passed; zero when none did
	Steps []Step  `json:"steps"`
}

// FindCeiling doubles the rate until try's report misses the limits, then bisects. try runs one step.
func FindCeiling(ctx context.Context, s Search, try func(ctx context.Context, rate float64) (Report, error)) (Ceiling, error) {
	if !(s.From > 0) || s.To < s.From || !(s.P99 > 0) {
		return Ceiling{}, errors.New("search: needs 0 < from <= to and a limit for the p99")
	}
	var found Ceiling
	failed := 0.0 // the lowest rate that did not pass; zero while all did
	for rate := s.From; rate <= s.To; {
		report, err := try(ctx, rate)
		if err != nil {
			return found, fmt.Errorf("at %.0f/s: %w", rate, err)
		}
		fault := s.fault(&report)
		found.Steps = append(found.Steps, Step{Report: report, Fault: fault})
		if fault == "" {
			found.Rate = rate
		} else {
			failed = rate
		}
		if failed == 0 {
			rate *= 2
			continue
		}
		if s.Bisects--; s.Bisects < 0 {
			break
		}
		rate = (found.Rate + failed) / 2
	}
	return found, nil
}

// fault says why a rate does not count as carried; empty when it does.
func (s *Search) fault(r *Report) string {
	switch {
	case r.Failed() > 0:
		return fmt.Sprintf("%d arrivals without their answer", r.Failed())
	case r.AchievedRate < s.Share*r.PlannedRate:
		return fmt.Sprintf("achieved %.0f of %.0f a second", r.AchievedRate, r.PlannedRate)
	case r.Latency.P99 > s.P99:
		return fmt.Sprintf("p99 %.1f ms above %.1f ms", r.Latency.P99, s.P99)
	}
	return ""
}
