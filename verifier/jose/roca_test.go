package jose

import (
	"crypto/rand"
	"crypto/rsa"
	"math/big"
	"testing"
)

func TestWeakPrimes(t *testing.T) {
	k, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		t.Fatal(err)
	}
	if weakPrimes(k.N) {
		t.Error("an ordinary key is taken for a weak one")
	}
	// What the faulty generator makes: k·M + (65537^a mod M), M being the product of the small primes.
	product := big.NewInt(1)
	for _, p := range rocaPrimes {
		product.Mul(product, new(big.Int).SetUint64(p))
	}
	factor := func(a, multiple int64) *big.Int {
		x := new(big.Int).Exp(big.NewInt(65537), big.NewInt(a), product)
		return x.Add(x, new(big.Int).Mul(product, new(big.Int).Lsh(big.NewInt(multiple), 810)))
	}
	public := rsa.PublicKey{N: new(big.Int).Mul(factor(12345, 3), factor(67890, 5)), E: 65537}
	if public.N.BitLen() < minRSABits {
		t.Fatalf("%d bits", public.N.BitLen())
	}
	if Acceptable(&public) == nil {
		t.Error("a key of the faulty generator is accepted")
	}
}
