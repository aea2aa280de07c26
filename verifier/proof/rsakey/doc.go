// Package rsakey verifies RSA signatures with SHA-256 (RS256 and PS256, RFC 7518 §3.3 and §3.5) of public keys that
// are known beforehand: what Montgomery's multiplication needs of a modulus is computed once.
//
// It accepts exactly what crypto/rsa accepts, for moduli of 2048 to 4096 bits. What it refuses
// is asked of crypto/rsa again, and so is a sample of what it accepts; should the two ever differ, the library's
// answer stands, an alarm is counted and the library does all further work. A key whose signatures are mostly wrong is
// left to the library, so that they cost no more than without this package (see package fastpath).
//
// Everything it touches is public, and its time depends on it: it must never see a private key. It keeps no state but
// its keys. It may import the standard library, golang.org/x/sys/cpu and package fastpath.
package rsakey

//go:generate go run -C asm . -out ../montgomery_amd64.s -stubs ../montgomery_amd64.go -pkg rsakey
