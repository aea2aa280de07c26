//go:build !amd64

package rsakey

import "math/big"

func hasIFMA() bool { return false }

// lanes is not used where hasIFMA is false.
type lanes struct{}

func (*lanes) prepare(*big.Int, uint64) {}

func (*lanes) power(*[maxWords]uint64, uint) {}
