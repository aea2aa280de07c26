//go:build !race

package fuse

// scale divides the sizes of tests.
const scale = 1
