package sizing

import (
	"fmt"
	"math"
	"time"

	"vratar/bench/crowd"
)

// Venue is what a place needs.
type Venue struct {
	Name     string        `json:"name"`
	Scenario string        `json:"scenario"`
	Tells    string        `json:"tells"`
	Request  string        `json:"request"` // scan: recorded; verify: judged alone
	People   float64       `json:"people"`  // on such a day
	Days     float64       `json:"days"`    // of that sort in a year
	Gates    int           `json:"gates"`
	Peak     float64       `json:"peak"`  // presentations a second, at the height
	Cores    int           `json:"cores"` // so that they are at most half busy at the height
	Nodes    int           `json:"nodes"` // of nodeCores each that carry the height; one more stands by
	Memory   int64         `json:"memory"`
	Year     float64       `json:"year_bytes"` // of the ledger on disk
	Busy     float64       `json:"busy"`       // share of the cores' time over the whole of it, simulated
	P99      float64       `json:"p99_ms"`     // simulated, without the disk
	Command  string        `json:"command"`    // that simulates it
	Span     time.Duration `json:"span"`
}

const (
	nodeCores = 4    // a small server
	headroom  = 0.5  // share of cores and disk that may be busy at the height
	readers   = 2000 // that stay connected to a node: half of limits.connections as it is by default, and some to spare
)

// kinds say what is asked at each scenario, and on how many days a year.
func kinds() []kind {
	return []kind{
		{"museum", "a museum", "scan", 310, false},
		{"stadium", "a stadium", "scan", 40, false},
		{"metro", "a city's metro", "scan", 365, true},
		{"nation", "a nation, judged", "verify", 365, true},
		{"nation", "a nation, every presentation recorded", "scan", 365, true},
	}
}

type kind struct {
	scenario, name, request string
	days                    float64
	documents               bool // a list of all the nation's documents is held
}

// plan works the venues out from what was measured.
func plan(r *Result) ([]Venue, error) {
	var out []Venue
	for _, k := range kinds() {
		s, err := crowd.Find(k.scenario)
		if err != nil {
			return nil, err
		}
		v := Venue{Name: k.name, Scenario: s.Name, Tells: s.Tells, Request: k.request, People: s.People, Days: k.days, Gates: s.Gates, Peak: s.Curve.Peak(),
			Span: s.Curve.Duration()}
		v.require(r, k.documents)
		service := time.Duration(r.Costs.of(k.request) * float64(time.Microsecond))
		o, err := crowd.Model{Scenario: s, Service: crowd.Constant(service), Cores: v.Cores, Seed: 1}.Simulate()
		if err != nil {
			return nil, err
		}
		v.Busy, v.P99 = o.Busy, o.P99
		v.Command = command(v)
		out = append(out, v)
	}
	return out, nil
}

// of is what a request costs of a core, in microseconds.
func (c *Costs) of(request string) float64 {
	if request == "scan" {
		return c.ScanMicros
	}
	return c.VerifyMicros
}

// require counts cores, nodes, memory and disk.
func (v *Venue) require(r *Result, documents bool) {
	v.Cores = ceil(v.Peak * r.Costs.of(v.Request) / 1e6 / headroom)
	v.Nodes = ceil(float64(v.Cores) / nodeCores)
	v.Memory = r.Memory.Busy
	if v.Request == "scan" {
		v.Nodes = max(v.Nodes, ceil(v.Peak/(r.Costs.ScansPerS*headroom)), ceil(float64(v.Gates)/readers))
		v.Year = v.People * v.Days * r.Ledger.Lasting
		v.Memory += r.Memory.Socket * int64(v.Gates) / int64(v.Nodes)
	}
	if documents {
		largest := int64(0)
		for _, l := range r.Lists {
			largest = max(largest, l.Resident-r.Memory.Idle)
		}
		v.Memory += largest
	}
}

func ceil(x float64) int { return max(1, int(math.Ceil(x))) }

func command(v Venue) string {
	return fmt.Sprintf("bin/scanload --simulate --scenario %s --target %s --service bench/results/http.json --cores %d", v.Scenario, v.Request, v.Cores)
}
