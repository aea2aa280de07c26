//go:build !unix

package load

import "time"

// ProcessCPU is not known here; the report then says nothing about the generator's share of the machine.
func ProcessCPU() time.Duration { return 0 }
