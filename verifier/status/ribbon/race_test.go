//go:build race

package ribbon

// scale divides the sizes of tests: the race detector makes each step ten times dearer.
const scale = 20
