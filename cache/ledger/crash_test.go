package ledger

import (
	"context"
	"errors"
	"log/slog"
	"math/rand/v2"
	"os"
	"os/exec"
	"runtime"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/cockroachdb/pebble/v2/vfs"
	"github.com/cockroachdb/pebble/v2/vfs/errorfs"

	"vratar/cache/store"
)

// acknowledged is what the gates were told.
type acknowledged struct {
	mu    sync.Mutex
	list  []Passage
	limit atomic.Int64 // workers rest while the list is longer
}

func (a *acknowledged) add(p Passage) {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.list = append(a.list, p)
}

func (a *acknowledged) all() []Passage {
	a.mu.Lock()
	defer a.mu.Unlock()
	return append([]Passage{}, a.list...)
}

func (a *acknowledged) len() int {
	a.mu.Lock()
	defer a.mu.Unlock()
	return len(a.list)
}

// await lets the workers go on until the list has grown by n, and a little further: what comes next happens
// in the middle of their work.
func (a *acknowledged) await(n int) {
	n += a.len()
	a.limit.Store(int64(n) + 200)
	for a.len() < n {
		runtime.Gosched()
	}
}

// load keeps a ledger busy from several goroutines until stop is set or the ledger fails.
func load(l *Ledger, told *acknowledged, stop *atomic.Bool, round int) *sync.WaitGroup {
	var wg sync.WaitGroup
	for worker := range 8 {
		wg.Go(func() {
			rng := rand.New(rand.NewPCG(uint64(round), uint64(worker)))
			for i := 0; !stop.Load(); i++ {
				p := show(name(rng.IntN(3000)), "")
				p.Nonce = name(round) + name(worker) + name(i)
				got, _, err := l.Claim(context.Background(), p, once)
				if err != nil {
					return
				}
				told.add(got)
				for int64(told.len()) > told.limit.Load() && !stop.Load() {
					time.Sleep(time.Millisecond)
				}
			}
		})
	}
	return &wg
}

// survived holds a restarted ledger against what was acknowledged before the crash.
func survived(t *testing.T, l *Ledger, told []Passage) {
	t.Helper()
	r := mustVerify(t, l) // also: none twice
	for _, want := range told[max(0, len(told)-500):] {
		got, ok, err := l.Find(want.Checkpoint, want.Nonce)
		if err != nil || !ok || got.Seq != want.Seq || got.Decision != want.Decision || got.Subject != want.Subject {
			t.Fatalf("acknowledged %+v, after the crash %+v, %v, %v", want, got, ok, err)
		}
	}
	if l.Last() != r.Head {
		t.Fatalf("Last = %d, head record %d", l.Last(), r.Head)
	}
}

// TestPowerCuts cuts the power at many moments of a busy ledger. Whatever part of the unsynced bytes reached
// the disk, every acknowledged passage is there and the chain holds.
func TestPowerCuts(t *testing.T) {
	noLeaks(t)
	rounds, cuts := 4, 6
	if testing.Short() {
		rounds = 1
	}
	where := vfs.NewCrashableMem()
	var told acknowledged
	for round := range rounds {
		l, s := openAt(t, where)
		survived(t, l, told.all())
		var stop atomic.Bool
		running := load(l, &told, &stop, round)
		rng := rand.New(rand.NewPCG(1, uint64(round)))
		var after *vfs.MemFS
		var known []Passage
		for cut := range cuts {
			told.await(20 + rng.IntN(300))
			known = told.all() // before the cut: these were acknowledged
			after = where.CrashClone(vfs.CrashCloneCfg{UnsyncedDataPercent: 100 * cut / cuts, RNG: rng})
			copied, copiedStore := openAt(t, after)
			survived(t, copied, known)
			closeBoth(t, copied, copiedStore)
		}
		stop.Store(true)
		running.Wait()
		closeBoth(t, l, s)
		// The next round goes on from the last cut; what was acknowledged after it never happened.
		where, told.list = after, known
	}
}

// breakable is a disk whose syncs fail once it is broken.
func breakable(mem vfs.FS) (where vfs.FS, broken *atomic.Bool) {
	broken = new(atomic.Bool)
	return errorfs.Wrap(mem, errorfs.InjectorFunc(func(op errorfs.Op) error {
		switch op.Kind {
		case errorfs.OpFileSync, errorfs.OpFileSyncData, errorfs.OpFileSyncTo:
			if broken.Load() {
				return errors.New("the disk is gone")
			}
		}
		return nil
	})), broken
}

// TestFailedSyncAcknowledgesNothing breaks the disk under load.
func TestFailedSyncAcknowledgesNothing(t *testing.T) {
	mem := vfs.NewCrashableMem()
	where, broken := breakable(mem)
	var exits atomic.Int32
	s, err := store.Open("data", store.Options{FS: where, Exit: func(int) { exits.Add(1) }})
	if err != nil {
		t.Fatal(err)
	}
	l, err := Open(s, Options{})
	if err != nil {
		t.Fatal(err)
	}
	var told acknowledged
	var stop atomic.Bool
	running := load(l, &told, &stop, 0)
	told.await(500)
	broken.Store(true)
	told.limit.Store(1 << 40)
	running.Wait() // every worker was refused: none was acknowledged, none waits for ever
	if exits.Load() == 0 {
		t.Fatal("the process was not ended")
	}
	last := l.Last()
	if _, _, err := l.Claim(context.Background(), show("late", "late"), once); err == nil || l.Last() != last {
		t.Fatalf("claim on a broken disk: %v", err)
	}
	if err := l.Close(); err != nil { // the store cannot be closed any more
		t.Fatal(err)
	}

	after, afterStore := openAt(t, mem.CrashClone(vfs.CrashCloneCfg{}))
	survived(t, after, told.all())
	closeBoth(t, after, afterStore)
}

// TestFailedSyncEndsTheProcess runs itself as a process that loses its disk.
func TestFailedSyncEndsTheProcess(t *testing.T) {
	const marker = "VRATAR_TEST_LOSES_ITS_DISK"
	if os.Getenv(marker) == "" {
		c := exec.Command(os.Args[0], "-test.run=^TestFailedSyncEndsTheProcess$")
		c.Env = append(os.Environ(), marker+"=1")
		out, err := c.CombinedOutput()
		var exit *exec.ExitError
		if !errors.As(err, &exit) || exit.ExitCode() != 1 || !strings.Contains(string(out), "the disk refused a write") {
			t.Fatalf("%v\n%s", err, out)
		}
		if strings.Contains(string(out), "still running") {
			t.Fatalf("the process went on:\n%s", out)
		}
		return
	}
	where, broken := breakable(vfs.NewMem())
	s, err := store.Open("data", store.Options{FS: where, Log: slog.Default()})
	if err != nil {
		t.Fatal(err)
	}
	l, err := Open(s, Options{})
	if err != nil {
		t.Fatal(err)
	}
	broken.Store(true)
	_, _, err = l.Claim(context.Background(), show("anna", "1"), once)
	t.Fatal("still running: ", err)
}
