package verifier

import (
	"slices"
	"strings"
	"unsafe"
)

// Arena is the memory in which the credential of one judgement lives. Handed in with scan after scan it is used again
// each time, and judging allocates nothing; then the credential of a verdict, with every text and slice of it, is
// good until the arena's next scan. The zero value is ready. One arena serves one scan at a time.
//
// Only formats write to it, through its methods, while they decode.
type Arena struct {
	credential Credential
	room       []byte   // texts and bytes of the credential, one behind the other
	lists      [][]byte // its lists of byte strings
	status     StatusRef
	keys       [4]*Key // candidates for its signature
	holder     *holderRoom
}

// arenaMost is the largest room that an arena keeps for the next scan, in bytes.
const arenaMost = 64 << 10

// Begin forgets what was in the arena and returns its credential, which is empty. About n bytes will be kept.
func (a *Arena) Begin(n int) *Credential {
	if cap(a.room) > arenaMost || cap(a.room) < n {
		a.room = make([]byte, 0, n)
	}
	a.room, a.lists, a.credential = a.room[:0], a.lists[:0], Credential{}
	return &a.credential
}

// Tail is an empty slice with room for n bytes, to be appended to and then handed to Keep.
func (a *Arena) Tail(n int) []byte {
	if cap(a.room)-len(a.room) < n {
		// What is in the old memory stays there, for whoever has a view of it.
		a.room = make([]byte, 0, max(2*cap(a.room), n))
	}
	return a.room[len(a.room):]
}

// Keep makes b, which was appended to the last Tail, part of the credential. It may have outgrown the room.
func (a *Arena) Keep(b []byte) []byte {
	if len(b) <= cap(a.room)-len(a.room) {
		a.room = a.room[:len(a.room)+len(b)]
	}
	return slices.Clip(b)
}

// KeepText is Keep for a text.
func (a *Arena) KeepText(b []byte) string { return view(a.Keep(b)) }

// Bytes is a copy of b; nil of nothing.
func (a *Arena) Bytes(b []byte) []byte {
	if len(b) == 0 {
		return nil
	}
	return a.Keep(append(a.Tail(len(b)), b...))
}

// Text is a copy of b.
func (a *Arena) Text(b []byte) string { return view(a.Bytes(b)) }

// Status is ref, whose text is in the arena, for the credential to point to.
func (a *Arena) Status(ref StatusRef) *StatusRef {
	a.status = ref
	return &a.status
}

// List is an empty list with room for n byte strings.
func (a *Arena) List(n int) [][]byte {
	if cap(a.lists)-len(a.lists) < n {
		a.lists = make([][]byte, 0, max(4, n))
	}
	list := a.lists[len(a.lists) : len(a.lists) : len(a.lists)+n]
	a.lists = a.lists[:len(a.lists)+n]
	return list
}

// view is b as a string. It changes when b does, so b is always memory of an arena that is in use.
func view(b []byte) string { return unsafe.String(unsafe.SliceData(b), len(b)) }

// own returns c with memory of its own, all in one piece, when it lives in a; else c as it is.
func (a *Arena) own(c *Credential) *Credential {
	if a == nil || c != &a.credential {
		return c
	}
	n := 0
	for _, s := range c.texts() {
		n += len(*s)
	}
	for _, b := range c.slices() {
		n += len(*b)
	}
	for _, b := range c.RevocationHashes {
		n += len(b)
	}
	holder := a.holder != nil && c.HolderProof == &a.holder.proof // else the proof has memory of its own, if it is there
	if holder {
		n += c.HolderProof.size()
	}
	to := new(Arena)
	d := to.Begin(n)
	*d = *c
	if holder {
		d.HolderProof = to.ownProof(c.HolderProof)
	}
	for _, s := range d.texts() {
		*s = to.Text([]byte(*s))
	}
	for _, b := range d.slices() {
		*b = to.Bytes(*b)
	}
	d.RevocationHashes = to.Copies(c.RevocationHashes)
	d.Proof.Chain = to.Copies(c.Proof.Chain)
	if c.Status != nil {
		d.Status = to.Status(*c.Status)
		d.Status.URI = strings.Clone(d.Status.URI)
	}
	return d
}

// texts are the texts of c that a format copies from the payload.
func (c *Credential) texts() [11]*string {
	return [...]*string{
		&c.Format, &c.Type, &c.OwnType, &c.Issuer, &c.Country, &c.Holder.Name, &c.Holder.BirthDate, &c.Holder.DocumentNumber,
		&c.RevocationID, &c.RevocationMethod, &c.KeyUse.SubjectURI,
	}
}

// slices are the byte strings of c.
func (c *Credential) slices() [5]*[]byte {
	return [...]*[]byte{&c.ID, &c.Claims, &c.Proof.KeyID, &c.Proof.Signed, &c.Proof.Signature}
}

// Copies is a list of copies of those byte strings; nil of none.
func (a *Arena) Copies(list [][]byte) [][]byte {
	if len(list) == 0 {
		return nil
	}
	own := a.List(len(list))
	for _, b := range list {
		own = append(own, a.Bytes(b))
	}
	return own
}
