// Package ed25519 verifies Ed25519 signatures (RFC 8032 §5.1) of public keys that are known beforehand, several
// times faster than a general library: the multiples of a key that any signature can need are computed once.
//
// It accepts exactly what crypto/ed25519 accepts. What it refuses is asked of crypto/ed25519 again, and so is a
// sample of what it accepts; should the two ever differ, the library's answer stands, an alarm is counted and the
// library does all further work. A key whose signatures are mostly wrong is left to the library, so that they cost no
// more than without this package (see package fastpath).
//
// Everything it touches is public, and its time depends on it: it must never see a private key. It keeps no state
// but its keys and the table of the base point. It may import the standard library, golang.org/x/sys/cpu and package
// fastpath.
package ed25519

//go:generate go run -C asm . -out ../rounds_amd64.s -stubs ../rounds_amd64.go -pkg ed25519
