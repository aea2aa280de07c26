package verifier

import (
	"bytes"
	"crypto"
	"crypto/ed25519"
	"crypto/elliptic"
)

// Point is an ECDSA public key as its coordinates, which is all that is made of a key that is used once. Whether it is
// a point of its curve shows when a signature is checked with it: one that is not has signed nothing.
type Point struct {
	Curve elliptic.Curve // P-256, P-384 or P-521
	X, Y  []byte         // big-endian, each as long as the curve's field
}

// holderRoom is the part of an arena that few codes need: for the proof of a holder, and the key.
type holderRoom struct {
	proof   HolderProof
	point   Point
	edwards [ed25519.PublicKeySize]byte
	boxed   crypto.PublicKey // edwards as a key
	checked Key              // what the proof is checked with
	over    Proof            // what is checked of a proof over a session
}

func (a *Arena) holderRoom() *holderRoom {
	if a.holder == nil {
		a.holder = new(holderRoom)
		a.holder.boxed = ed25519.PublicKey(a.holder.edwards[:])
	}
	return a.holder
}

// HolderProof is an empty proof of a holder for the credential to point to.
func (a *Arena) HolderProof() *HolderProof {
	room := a.holderRoom()
	room.proof = HolderProof{}
	return &room.proof
}

// Key is the public key with these coordinates, of which it keeps copies: on curve, or Ed25519, which has x alone, for
// a nil curve. It is for the proof that HolderProof returned.
func (a *Arena) Key(curve elliptic.Curve, x, y []byte) crypto.PublicKey {
	room := a.holderRoom()
	if curve == nil {
		copy(room.edwards[:], x)
		return room.boxed
	}
	room.point = Point{curve, a.Bytes(x), a.Bytes(y)}
	return &room.point
}

// forCheck is the key of a holder's proof for a Checker. Without arena its memory is its own.
func (a *Arena) forCheck(public crypto.PublicKey) *Key {
	if a == nil {
		return &Key{Public: public}
	}
	room := a.holderRoom()
	room.checked = Key{Public: public}
	return &room.checked
}

// overSession is what the holder's signature must be of in a session, for a Checker.
func (a *Arena) overSession(p *HolderProof, transcript []byte) *Proof {
	if a == nil {
		over := p.Proof
		over.Signed = p.Session(nil, p, transcript)
		return &over
	}
	const copies = 3 // the transcript is wrapped twice
	room := a.holderRoom()
	room.over = p.Proof
	room.over.Signed = p.Session(a.Tail(copies*(len(transcript)+len(p.Parts[0])+len(p.Parts[1])+128)), p, transcript)
	return &room.over
}

// ownProof is a copy of p, which lives in another arena, with its bytes in a.
func (a *Arena) ownProof(p *HolderProof) *HolderProof {
	q := *p
	for _, s := range q.texts() {
		*s = a.Text([]byte(*s))
	}
	for _, b := range q.slices() {
		*b = a.Bytes(*b)
	}
	switch k := p.Key.(type) {
	case *Point:
		q.Key = &Point{k.Curve, a.Bytes(k.X), a.Bytes(k.Y)}
	case ed25519.PublicKey:
		q.Key = ed25519.PublicKey(bytes.Clone(k))
	}
	return &q
}

// texts are the texts of p that a format copies from the payload.
func (p *HolderProof) texts() [2]*string { return [...]*string{&p.Audience, &p.Nonce} }

// slices are the byte strings of p.
func (p *HolderProof) slices() [4]*[]byte {
	return [...]*[]byte{&p.Proof.Signed, &p.Proof.Signature, &p.Parts[0], &p.Parts[1]}
}

// size is how many bytes ownProof needs of an arena.
func (p *HolderProof) size() int {
	n := 0
	for _, s := range p.texts() {
		n += len(*s)
	}
	for _, b := range p.slices() {
		n += len(*b)
	}
	if k, ok := p.Key.(*Point); ok {
		n += len(k.X) + len(k.Y)
	}
	return n
}
