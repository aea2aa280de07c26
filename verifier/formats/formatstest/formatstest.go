// Package formatstest holds what every format that decodes into an arena is tested for. It is test support: nothing
// that runs in a gateway imports it, and it judges nothing.
package formatstest

import (
	"bytes"
	"fmt"
	"reflect"
	"testing"

	"vratar/verifier"
)

// NoAllocations decodes payload into an arena that is used again, and fails t when that allocates. The race detector
// allocates too, so callers are built without it.
func NoAllocations(t *testing.T, f verifier.ArenaFormat, payload []byte) {
	t.Helper()
	var a verifier.Arena
	n := testing.AllocsPerRun(100, func() {
		if _, err := f.DecodeIn(&a, payload); err != nil {
			t.Fatal(err)
		}
	})
	if n != 0 {
		t.Errorf("%s: %.0f allocations, want 0", f.Name(), n)
	}
}

// Agree decodes payload in a, which may have been used for anything, and in memory of its own: both must say the
// same, and go on saying it when the payload's memory is used for something else.
func Agree(t testing.TB, f verifier.ArenaFormat, a *verifier.Arena, payload []byte) {
	t.Helper()
	own, errOwn := f.Decode(payload)
	reused := bytes.Clone(payload)
	in, errIn := f.DecodeIn(a, reused)
	for i := range reused {
		reused[i] ^= 0xff
	}
	if (own == nil) == (errOwn == nil) || (in == nil) == (errIn == nil) {
		t.Fatalf("%.60q: %v with %v, %v with %v: want exactly one", payload, own, errOwn, in, errIn)
	}
	if fmt.Sprint(errOwn) != fmt.Sprint(errIn) {
		t.Fatalf("%.60q: %v, in an arena %v", payload, errOwn, errIn)
	}
	if own == nil {
		return
	}
	if want, got := written(own), written(in); !reflect.DeepEqual(want, got) {
		t.Fatalf("%.60q says\n%+v, in an arena\n%+v", payload, want, got)
	}
}

// written is c with what cannot be compared in its written form.
func written(c *verifier.Credential) [3]any {
	d := *c
	fault := fmt.Sprint(d.SchemaFault)
	d.SchemaFault = nil
	if d.HolderProof == nil {
		return [3]any{d, fault}
	}
	p := *d.HolderProof
	d.HolderProof = nil
	var session []byte
	if p.Session != nil {
		session = p.Session(nil, &p, []byte{0x80})
		p.Session = nil
	}
	return [3]any{d, fault, [2]any{p, session}}
}
