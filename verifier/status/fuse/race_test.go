//go:build race

package fuse

// scale divides the sizes of tests: the race detector makes each step ten times dearer.
const scale = 20
