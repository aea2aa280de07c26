package jose

import "math/big"

// rocaPrimes are small primes modulo which the keys of a faulty generator give themselves away.
var rocaPrimes = [...]uint64{
	3, 5, 7, 11, 13, 17, 19, 23, 29, 31, 37, 41, 43, 47, 53, 59, 61, 67, 71, 73, 79, 83, 89, 97, 101, 103, 107, 109, 113,
	127, 131, 137, 139, 149, 151, 157, 163, 167,
}

// weakPrimes reports whether a modulus is of the generator of CVE-2017-15361 (ROCA), whose primes are powers of
// 65537 modulo many small primes at once: anybody can factor it. Of other moduli one in 2^27 looks like that by
// chance, and is refused with them.
func weakPrimes(modulus *big.Int) bool {
	rest := new(big.Int)
	for _, p := range rocaPrimes {
		rest.Mod(modulus, new(big.Int).SetUint64(p))
		if !powerOf65537(rest.Uint64(), p) {
			return false
		}
	}
	return true
}

// powerOf65537 reports whether n is one modulo p.
func powerOf65537(n, p uint64) bool {
	power := uint64(1)
	for range p {
		if power == n {
			return true
		}
		power = power * 65537 % p
	}
	return false
}
