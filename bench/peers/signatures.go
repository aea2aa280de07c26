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
	own "vratar/verifier/proof/ed25519"
	"vratar/verifier/proof/p256"
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
		known := &verifier.Key{ID: k.ID, Public: k.Public(), Preparation: new(verifier.Preparation)}
		for range signatures / keys {
			text := make([]byte, 369) // as long as the median EU certificate
			rand.Read(text)
			signature, err := k.Sign(text)
			if err != nil {
				return nil, err
			}
			s.keys = append(s.keys, known)
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
		prepare(s.keys)
		all := contest{title: c.title + " signature of a known key"}
		for _, u := range c.usual {
			all.works = append(all.works, work{title: u.title, do: s.by(u.check)})
		}
		all.works = append(all.works, work{title: "Vratar", do: s.by(proof.Checker{}.Check)})
		if group := s.groups(c.alg); group != nil {
			all.works = append(all.works, work{title: "Vratar, groups of 8", each: 8, do: group})
		}
		contests = append(contests, all)
	}
	return contests, nil
}

// prepare has the tables made for all keys that can have some, as they are after a moment's traffic.
func prepare(list []*verifier.Key) {
	preparer := proof.NewPreparer(256 << 20)
	for _, k := range list {
		preparer.Prepare(k)
	}
}

// groups checks eight signatures a call; nil where there are no groups for the algorithm.
func (s *signed) groups(alg verifier.Algorithm) func() bool {
	var ok [8]bool
	all := func() bool { return ok == [8]bool{true, true, true, true, true, true, true, true} }
	switch alg {
	case verifier.ES256:
		prepared := prepareOnce(s.keys, func(k *verifier.Key) (*p256.Key, error) { return p256.Prepare(k.Public.(*ecdsa.PublicKey), 6) })
		return func() bool {
			var jobs [8]p256.Job
			for i := range jobs {
				k, p := s.turn()
				jobs[i] = p256.Job{Key: prepared[k], Digest: sha256.Sum256(p.Signed), R: [32]byte(p.Signature[:32]), S: [32]byte(p.Signature[32:])}
			}
			p256.VerifyGroup(jobs[:], ok[:])
			return all()
		}
	case verifier.EdDSA:
		prepared := prepareOnce(s.keys, func(k *verifier.Key) (*own.Key, error) { return own.Prepare(k.Public.(ed25519.PublicKey), 6) })
		return func() bool {
			var jobs [8]own.Job
			for i := range jobs {
				k, p := s.turn()
				jobs[i] = own.Job{Key: prepared[k], Message: p.Signed, Signature: p.Signature}
			}
			own.VerifyGroup(jobs[:], ok[:])
			return all()
		}
	}
	return nil
}

// prepareOnce prepares each of the keys, which are repeated in the list.
func prepareOnce[K any](list []*verifier.Key, by func(*verifier.Key) (K, error)) map[*verifier.Key]K {
	prepared := make(map[*verifier.Key]K)
	for _, k := range list {
		if _, done := prepared[k]; !done {
			prepared[k], _ = by(k) // a key that cannot be prepared ends the run at its first wrong answer
		}
	}
	return prepared
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
