package ledger

import (
	"context"
	"errors"
	"math/rand/v2"
	"reflect"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/cockroachdb/pebble/v2/vfs"

	"vratar/verifier"
)

// TestPowerCutsKeepOverrides cuts the power while people set decisions aside: whatever was acknowledged is there,
// with its note, and the chain, the standings and the counts agree.
func TestPowerCutsKeepOverrides(t *testing.T) {
	where := vfs.NewCrashableMem()
	var told acknowledged
	l, s := openAt(t, where)
	defer closeBoth(t, l, s)
	var stop atomic.Bool
	var wg sync.WaitGroup
	for worker := range 4 {
		wg.Go(func() {
			for i := 0; !stop.Load(); i++ {
				nonce := name(worker) + name(i)
				was, _, err := l.Claim(context.Background(), late(nonce, nonce), nil)
				if err != nil {
					t.Error(err)
					return
				}
				p, _, err := l.Override(context.Background(), letIn(was, nonce), once)
				if err != nil {
					t.Error(err)
					return
				}
				told.add(p)
				for int64(told.len()) > told.limit.Load() && !stop.Load() {
					time.Sleep(time.Millisecond)
				}
			}
		})
	}
	rng := rand.New(rand.NewPCG(1, 2))
	for cut := range 5 {
		told.await(20 + rng.IntN(50))
		known := told.all()
		copied, copiedStore := openAt(t, where.CrashClone(vfs.CrashCloneCfg{UnsyncedDataPercent: 25 * cut, RNG: rng}))
		r := mustVerify(t, copied)
		if r.Groups[0].Overridden < uint64(len(known)) || copied.Inside("arena") < int64(len(known)) {
			t.Errorf("%d overrides were acknowledged: %v", len(known), r)
		}
		for _, want := range known {
			got, _, err := copied.load(want.Seq)
			if note, noteErr := copied.Note(want.Seq); err != nil || noteErr != nil || !reflect.DeepEqual(got, want) || note == "" {
				t.Fatalf("acknowledged %+v, after the cut %+v with %q, %v", want, got, note, errors.Join(err, noteErr))
			}
		}
		closeBoth(t, copied, copiedStore)
	}
	stop.Store(true)
	wg.Wait()
}

// FuzzDecodeOverride: what decodes as a person's decision names what he set aside, encodes again to the same, and is
// never a scan.
func FuzzDecodeOverride(f *testing.F) {
	p := fullPassage()
	p.Overrides = &Override{
		Seq: 6, ID: "x", At: noon, Decision: Hold, Reason: verifier.ReasonStatusUnknown, Class: Emergency,
		Despite: []verifier.Reason{verifier.ReasonZoneFull}, Note: commitment(make([]byte, saltSize), "n"), Delegated: true,
	}
	b, _ := appendRecord(nil, &p)
	f.Add(string(b[1:]))
	f.Add(`{"overrides":{"seq":1,"decision":"deny","reason":"ok","despite":[]}}`)
	f.Add(`{"overrides":null}`)
	f.Add(`{}`)
	f.Fuzz(func(t *testing.T, text string) {
		p, err := decodeRecord(append([]byte{recordOverride}, text...))
		if _, scan := decodeRecord(append([]byte{recordScan}, text...)); err == nil && scan == nil {
			t.Fatalf("%q is a scan and a person's decision", text)
		}
		if err != nil {
			return
		}
		if p.Overrides == nil {
			t.Fatalf("%q sets nothing aside", text)
		}
		again, err := appendRecord(nil, &p)
		if err != nil {
			return // a time that JSON cannot carry: such a record cannot have been written
		}
		q, err := decodeRecord(again)
		if err != nil || again[0] != recordOverride {
			t.Fatalf("%q becomes %q: %v", text, again, err)
		}
		normalise(&p)
		normalise(&q)
		if !reflect.DeepEqual(p, q) {
			t.Fatalf("%+v became %+v", p, q)
		}
	})
}

// FuzzDecodeNote: what decodes is bounded text, and only its own words fit its commitment.
func FuzzDecodeNote(f *testing.F) {
	f.Add(append(make([]byte, 8+saltSize), "seen"...))
	f.Add([]byte{})
	f.Fuzz(func(t *testing.T, value []byte) {
		_, salt, note, err := decodeNote(value)
		if err != nil {
			return
		}
		if note == "" || checkNote(note) != nil || commitment(salt, note) == commitment(salt, note+"x") {
			t.Fatalf("%q from %x", note, value)
		}
	})
}
