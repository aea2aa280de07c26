//go:build !amd64

package p256

// hasIFMA reports whether the processor and the system have eight lanes of 52-bit multiplication.
func hasIFMA() bool { return false }

// Nothing below is reached where hasIFMA is false.

func (st *state) adapt(*table) {}

func (k *Key) checkIFMA(*signature) answer { return undecided }

func (g *group) sumIFMA() bool { return false }
