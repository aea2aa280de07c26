//go:build !race

package ribbon

// scale divides the sizes of tests.
const scale = 1
