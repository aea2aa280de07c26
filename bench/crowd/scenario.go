// Package crowd says how many people come when, and works out how long they wait: arrival curves of places that
// gateways stand in, and a simulation of a day there from measured service times.
//
// It measures nothing and talks to nobody. The curves are assumptions, stated where they are made; what follows from
// them follows.
package crowd

import (
	"fmt"
	"strings"
	"time"

	"vratar/bench/load"
)

// Scenario is a place and its busiest time.
type Scenario struct {
	Name   string
	Tells  string // the assumptions, for people
	Gates  int    // readers that people come to
	People float64
	Curve  load.Curve // People in all
}

// Scenarios are the ones there are.
func Scenarios() []Scenario {
	return []Scenario{
		{
			Name: "museum", Gates: 4, People: 4_000,
			Tells: "4,000 visitors of a museum from 10 to 18 o'clock, at 4 readers; most come around noon",
			Curve: shape(8*time.Hour, 4_000, 0.8, 1.5, 2, 1.6, 1.3, 1.2, 0.9, 0.5, 0.1),
		},
		{
			Name: "stadium", Gates: 100, People: 60_000,
			Tells: "60,000 people within 40 minutes before kick-off, over 100 gates; the crowd is densest in the third quarter",
			Curve: shape(40*time.Minute, 60_000, 0.3, 0.6, 1, 1.6, 2, 1.7, 0.9, 0.3),
		},
		{
			Name: "metro", Gates: 3_000, People: 1_200_000,
			Tells: "1,200,000 passages of a city's metro from 6 to 10 in the morning, over 3,000 turnstiles; the peak is at 8:15",
			Curve: shape(4*time.Hour, 1_200_000, 0.2, 0.4, 0.8, 1.4, 1.9, 2.1, 1.7, 1.1, 0.7),
		},
		{
			Name: "nation", Gates: 100_000, People: 22_000_000,
			Tells: "22,000,000 presentations within a day, of which the hour from 8 to 9 sees a tenth and the night next to none",
			Curve: shape(24*time.Hour, 22_000_000, 0.2, 0.1, 0.1, 0.1, 0.2, 0.5, 1.2, 2.1, 2.6, 1.9, 1.4, 1.3, 1.5, 1.4,
				1.2, 1.2, 1.4, 1.9, 2.1, 1.7, 1.2, 0.9, 0.6, 0.4, 0.2),
		},
	}
}

// Names are those of the scenarios.
func Names() []string {
	var names []string
	for _, s := range Scenarios() {
		names = append(names, s.Name)
	}
	return names
}

// Find is the scenario of that name.
func Find(name string) (Scenario, error) {
	for _, s := range Scenarios() {
		if s.Name == name {
			return s, nil
		}
	}
	return Scenario{}, fmt.Errorf("no scenario %q among %s", name, strings.Join(Names(), ", "))
}

// shape is a curve through heights at equal distances, with so many arrivals in all.
func shape(d time.Duration, people float64, heights ...float64) load.Curve {
	c := make(load.Curve, len(heights))
	for i, h := range heights {
		c[i] = load.Point{At: d * time.Duration(i) / time.Duration(len(heights)-1), Rate: h}
	}
	return c.Scaled(people / c.Arrivals())
}

// Scaled is the scenario with so many times the people, at the same gates.
func (s Scenario) Scaled(factor float64) Scenario {
	s.People, s.Curve = s.People*factor, s.Curve.Scaled(factor)
	return s
}
