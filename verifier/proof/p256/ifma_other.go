package p256

// hasIFMA reports whether the processor and the system have eight lanes of 52-bit multiplication.
func hasIFMA() bool { return false }

// adapt brings a table into the form that the path of st reads.
func (st *state) adapt(*table) {}
