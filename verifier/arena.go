package verifier

import (
	"slices"
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

// proven is what out found in a scan, with memory of its own: all in one piece when the credential lives in the
// scan's arena; else only the payload is copied.
func proven(out *Verdict, s *Scan, epoch uint64) *Proven {
	p := &Proven{Epoch: epoch, Credential: out.Credential, Key: out.Key}
	if s.Arena == nil || p.Credential != &s.Arena.credential {
		p.Payload = string(s.Payload)
		return p
	}
	to, size := &p.arena, s.Arena.used()
	p.Credential = to.Begin(len(s.Payload) + size)
	p.Payload = to.Text(s.Payload)
	to.copy(s.Arena)
	return p
}

// used is how many bytes of a the credential has.
func (a *Arena) used() int {
	c, n := &a.credential, 0
	for _, s := range c.texts() {
		n += len(*s)
	}
	for _, b := range c.slices() {
		n += len(*b)
	}
	for _, list := range [...][][]byte{c.RevocationHashes, c.Proof.Chain} {
		for _, b := range list {
			n += len(b)
		}
	}
	if c.Status != nil {
		n += len(c.Status.URI)
	}
	if a.holds(c.HolderProof) {
		n += c.HolderProof.size()
	}
	return n
}

// holds reports whether p lives in a; else it has memory of its own, if it is there.
func (a *Arena) holds(p *HolderProof) bool { return a.holder != nil && p == &a.holder.proof }

// copy makes the credential of a that of from, which may be used again afterwards.
func (a *Arena) copy(from *Arena) {
	c, d := &from.credential, &a.credential
	*d = *c
	for _, s := range d.texts() {
		*s = a.Text([]byte(*s))
	}
	for _, b := range d.slices() {
		*b = a.Bytes(*b)
	}
	d.RevocationHashes = a.Copies(c.RevocationHashes)
	d.Proof.Chain = a.Copies(c.Proof.Chain)
	if c.Status != nil {
		d.Status = a.Status(*c.Status)
		d.Status.URI = a.Text([]byte(c.Status.URI))
	}
	if from.holds(c.HolderProof) {
		d.HolderProof = a.ownProof(c.HolderProof)
	}
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
