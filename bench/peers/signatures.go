package main

import (
	"crypto"
	"crypto/ecdsa"
	"crypto/ed25519"
	"crypto/rand"
	"crypto/rsa"
	"crypto/sha256"
	"math/big"

	voi "github.com/oasisprotocol/curve25519-voi/primitives/ed25519"

	"vratar/verifier"
	"vratar/verifier/issuing"
	"vratar/verifier/proof"
)

const (
	signatures = 256 // different ones in turn, so that no branch is learnt by heart
	keys       = 4
)

// signed is signatures by a few keys over different texts.
type signed struct {
	keys   []*verifier.Key
	proofs []verifier.Proof
	next   int
}

func sign(alg verifier.Algorithm) (*signed, error) {
	s := &signed{}
	for range keys {
		k, err := issuing.NewKey(alg, rand.Reader)
		if err != nil {
			return nil, err
		}
		for range signatures / keys {
			text := make([]byte, 369) // as long as the median EU certificate
			rand.Read(text)
			signature, err := k.Sign(text)
			if err != nil {
				return nil, err
			}
			s.keys = append(s.keys, &verifier.Key{ID: k.ID, Public: k.Public()})
			s.proofs = append(s.proofs, verifier.Proof{Algorithm: alg, Signed: text, Signature: signature})
		}
	}
	return s, nil
}

// turn is the next signature. Keys alternate, as holders of different issuers do at a gate.
func (s *signed) turn() (*verifier.Key, *verifier.Proof) {
	s.next = (s.next + signatures/keys + 1) % signatures
	return s.keys[s.next], &s.proofs[s.next]
}

// by checks one signature a call.
func (s *signed) by(check func(*verifier.Key, *verifier.Proof) bool) func() bool {
	return func() bool { return check(s.turn()) }
}

func signatureContests() ([]contest, error) {
	var contests []contest
	for _, c := range []struct {
		title string
		alg   verifier.Algorithm
		usual []usual
	}{
		{"ES256", verifier.ES256, []usual{{"crypto/ecdsa", checkECDSA}}},
		{"EdDSA", verifier.EdDSA, []usual{{"crypto/ed25519", checkEd25519}, {"curve25519-voi", checkVoi}, {"curve25519-voi, expanded key", voiExpanded()}}},
		{"PS256, 2048 bits", verifier.PS256, []usual{{"crypto/rsa", checkPSS}}},
	} {
		s, err := sign(c.alg)
		if err != nil {
			return nil, err
		}
		all := contest{title: c.title + " signature of a known key"}
		for _, u := range c.usual {
			all.works = append(all.works, work{title: u.title, do: s.by(u.check)})
		}
		all.works = append(all.works, work{title: "Vratar", do: s.by(proof.Checker{}.Check)})
		contests = append(contests, all)
	}
	return contests, nil
}

// usual is how others check a signature.
type usual struct {
	title string
	check func(*verifier.Key, *verifier.Proof) bool
}

func checkECDSA(k *verifier.Key, p *verifier.Proof) bool {
	digest := sha256.Sum256(p.Signed)
	r, s := new(big.Int).SetBytes(p.Signature[:32]), new(big.Int).SetBytes(p.Signature[32:])
	return ecdsa.Verify(k.Public.(*ecdsa.PublicKey), digest[:], r, s)
}

func checkEd25519(k *verifier.Key, p *verifier.Proof) bool {
	return ed25519.Verify(k.Public.(ed25519.PublicKey), p.Signed, p.Signature)
}

func checkVoi(k *verifier.Key, p *verifier.Proof) bool {
	return voi.Verify(voi.PublicKey(k.Public.(ed25519.PublicKey)), p.Signed, p.Signature)
}

// voiExpanded keeps what the library can prepare of each key.
func voiExpanded() func(*verifier.Key, *verifier.Proof) bool {
	expanded := make(map[*verifier.Key]*voi.ExpandedPublicKey)
	return func(k *verifier.Key, p *verifier.Proof) bool {
		e := expanded[k]
		if e == nil {
			var err error
			if e, err = voi.NewExpandedPublicKey(voi.PublicKey(k.Public.(ed25519.PublicKey))); err != nil {
				return false
			}
			expanded[k] = e
		}
		return voi.VerifyExpanded(e, p.Signed, p.Signature)
	}
}

func checkPSS(k *verifier.Key, p *verifier.Proof) bool {
	digest := sha256.Sum256(p.Signed)
	options := &rsa.PSSOptions{SaltLength: rsa.PSSSaltLengthEqualsHash, Hash: crypto.SHA256}
	return rsa.VerifyPSS(k.Public.(*rsa.PublicKey), crypto.SHA256, digest[:], p.Signature, options) == nil
}
