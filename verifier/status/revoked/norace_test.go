//go:build !race

package revoked

// scale divides the sizes of tests.
const scale = 1
