//go:build !unix

package load

import "time"

// processCPU is not known here; the report then says nothing about the generator's share of the machine.
func processCPU() time.Duration { return 0 }
