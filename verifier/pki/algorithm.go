package pki

// Algorithm is a signature algorithm with its digest: a closed list.
type Algorithm string

// Algorithms.
const (
	GOST256     Algorithm = "gost-2012-256" // GOST R 34.10-2012 with 256 bits and Streebog-256 (RFC 7091, 6986)
	GOST512     Algorithm = "gost-2012-512" // with 512 bits and Streebog-512
	RSASHA256   Algorithm = "rsa-sha256"    // RSASSA-PKCS1-v1_5 (RFC 8017), at least 2048 bits
	RSASHA384   Algorithm = "rsa-sha384"
	RSASHA512   Algorithm = "rsa-sha512"
	ECDSASHA256 Algorithm = "ecdsa-sha256" // P-256, P-384 or P-521
	ECDSASHA384 Algorithm = "ecdsa-sha384"
	ECDSASHA512 Algorithm = "ecdsa-sha512"
)

// GOST are the algorithms of Russian qualified signatures.
func GOST() []Algorithm { return []Algorithm{GOST256, GOST512} }

// All are all algorithms that can be checked.
func All() []Algorithm {
	return []Algorithm{GOST256, GOST512, RSASHA256, RSASHA384, RSASHA512, ECDSASHA256, ECDSASHA384, ECDSASHA512}
}
