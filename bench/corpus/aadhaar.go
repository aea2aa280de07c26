package corpus

import (
	"crypto"
	"crypto/rsa"
	"fmt"
	"io"
	"math/big"
	"time"

	"vratar/verifier"
	"vratar/verifier/issuing"
)

// aadhaarCodes are Aadhaar Secure QR codes. They have one issuer and no end; a list of revoked references is the
// operator's.
func aadhaarCodes(w workshop) (recipe, error) {
	private, err := newRSA(w.random)
	if err != nil {
		return recipe{}, err
	}
	honest := &issuing.Key{ID: "corpus", Algorithm: verifier.RS256, Signer: private}
	forger := &issuing.Key{ID: "corpus", Algorithm: verifier.RS256, Signer: botcher{private}}
	withdrawn := func(i int) time.Time { return beginning.Add(time.Duration(i) * time.Second) }
	return recipe{
		format: "aadhaar", kinds: []Kind{Genuine, Revoked, Forged}, issuers: trusted("UIDAI", "aadhaar", honest),
		lists: idList("aadhaar", func(i int) string {
			return "0000" + withdrawn(i).In(time.FixedZone("IST", 19800)).Format("20060102150405") + "000"
		}),
		make: func(o order) (shown, error) {
			photo := make([]byte, 700)
			_, _ = o.Read(photo)
			a := issuing.Aadhaar{
				Version: "V2", Last4: fmt.Sprintf("%04d", 1+o.n%9999), MadeAt: o.issued.Add(time.Duration(o.n) * time.Millisecond),
				Name: o.forename() + " " + o.surname(), BirthDate: fmt.Sprint(1940 + o.IntN(65)), Gender: "F",
				Address: [11]string{3: "1", 5: "110001", 8: "Delhi"}, Mobile4: "1234", Photo: photo,
			}
			k := honest
			switch o.kind {
			case Revoked:
				a.Last4, a.MadeAt = "0000", withdrawn(o.n%revokedIDs)
			case Forged:
				k = forger
			}
			return text(issuing.AadhaarQR(k, a))
		},
	}, nil
}

// botcher signs wrongly. A second RSA key, only to forge with, would cost more to make.
type botcher struct{ crypto.Signer }

func (b botcher) Sign(r io.Reader, digest []byte, o crypto.SignerOpts) ([]byte, error) {
	signature, err := b.Signer.Sign(r, digest, o)
	if err == nil {
		signature[len(signature)-1] ^= 1
	}
	return signature, err
}

// newRSA draws a key of 2,048 bits. The library's own generator cannot be told what to draw.
func newRSA(random io.Reader) (*rsa.PrivateKey, error) {
	k := &rsa.PrivateKey{PublicKey: rsa.PublicKey{E: 65537}}
	one, order := big.NewInt(1), big.NewInt(1)
	k.N = big.NewInt(1)
	for range 2 {
		p, err := newPrime(random, int64(k.E))
		if err != nil {
			return nil, err
		}
		k.Primes = append(k.Primes, p)
		k.N.Mul(k.N, p)
		order.Mul(order, new(big.Int).Sub(p, one))
	}
	k.D = new(big.Int).ModInverse(big.NewInt(int64(k.E)), order)
	k.Precompute()
	return k, k.Validate()
}

// newPrime draws 1,024 bits, the two highest of them set, until they are a prime p with p−1 coprime to e.
func newPrime(random io.Reader, e int64) (*big.Int, error) {
	draw := make([]byte, 128)
	p, rest := new(big.Int), new(big.Int)
	for {
		if _, err := io.ReadFull(random, draw); err != nil {
			return nil, err
		}
		draw[0] |= 0xc0
		draw[len(draw)-1] |= 1
		p.SetBytes(draw)
		if rest.Mod(p, big.NewInt(e)).Int64() != 1 && p.ProbablyPrime(20) {
			return p, nil
		}
	}
}
