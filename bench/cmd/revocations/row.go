package main

import (
	"fmt"
	"time"
)

// row is what was measured of a list of one length. Seconds and milliseconds are by the clock on the wall but for
// those that name the processor (cpu).
type row struct {
	Names          int       `json:"names"`
	At             time.Time `json:"at"`
	Commit         string    `json:"commit"`
	Quick          bool      `json:"quick,omitempty"` // without the list again and the restart
	MemoryBytes    int       `json:"memory_bytes"`    // of filters and what lies beside them
	MemoryPerName  float64   `json:"memory_bytes_per_name"`
	DiskPerName    float64   `json:"disk_bytes_per_name"`
	ReceiveSeconds float64   `json:"receive_s"` // taking the names in, unsorted
	ReceiveCPU     float64   `json:"receive_cpu_s"`
	CommitSeconds  float64   `json:"commit_s"` // sorting, writing, making filters
	CommitCPU      float64   `json:"commit_cpu_s"`
	LoadPeakBytes  int64     `json:"load_peak_bytes"` // most of the Go heap above what it was, uncollected garbage included

	MissNanos  float64 `json:"miss_cpu_ns"` // of a name that is not on the list, disk included where the filter is wrong
	FilterOnly float64 `json:"miss_filter_cpu_ns"`
	WrongShare float64 `json:"wrong_share"` // misses that went to the disk
	HitNanos   float64 `json:"hit_cpu_ns"`

	DeltaNames    int     `json:"delta_names"`
	DeltaMedianMS float64 `json:"delta_median_ms"` // durable and in force, under look-ups
	DeltaWorstMS  float64 `json:"delta_worst_ms"`
	DeltaCPUMS    float64 `json:"delta_cpu_ms"` // median, without the look-ups beside it
	LookupsDuring float64 `json:"lookups_per_s_during_deltas"`

	ReloadSeconds float64 `json:"reload_s,omitempty"` // the whole list again, 10,000 names different: sorting, writing the difference
	ReloadCPU     float64 `json:"reload_cpu_s,omitempty"`

	OpenMS         float64 `json:"open_ms,omitempty"` // until every question is answered rightly after a restart
	MissUnfiltered float64 `json:"miss_without_filters_cpu_ns,omitempty"`
	FiltersSeconds float64 `json:"filters_s,omitempty"` // until all filters are made again, in the background at half speed
	FiltersCPU     float64 `json:"filters_cpu_s,omitempty"`
	Checked        int     `json:"answers_checked,omitempty"` // of members and of others; each was right
}

func (r *row) print() {
	fmt.Printf("%d names\n", r.Names)
	fmt.Printf("  memory %.1f MB, %.3f bytes a name; disk %.1f bytes a name\n", float64(r.MemoryBytes)/1e6, r.MemoryPerName, r.DiskPerName)
	fmt.Printf("  load: receive %.1f s (cpu %.1f), commit %.1f s (cpu %.1f), peak %.0f MB of heap\n",
		r.ReceiveSeconds, r.ReceiveCPU, r.CommitSeconds, r.CommitCPU, float64(r.LoadPeakBytes)/1e6)
	fmt.Printf("  look-up: miss %.0f ns (filter alone %.0f ns, 1 in %.0f to the disk), hit %.0f ns\n",
		r.MissNanos, r.FilterOnly, 1/r.WrongShare, r.HitNanos)
	fmt.Printf("  delta of %d: median %.1f ms, worst %.1f ms (cpu %.1f ms), beside %.2f M look-ups a second\n",
		r.DeltaNames, r.DeltaMedianMS, r.DeltaWorstMS, r.DeltaCPUMS, r.LookupsDuring/1e6)
	if r.Checked == 0 {
		return
	}
	fmt.Printf("  the list again: %.1f s (cpu %.1f)\n", r.ReloadSeconds, r.ReloadCPU)
	fmt.Printf("  restart: open %.1f ms, then %.0f ns a miss, filters after %.1f s (cpu %.1f)\n",
		r.OpenMS, r.MissUnfiltered, r.FiltersSeconds, r.FiltersCPU)
	fmt.Printf("  %d answers checked\n", r.Checked)
}
