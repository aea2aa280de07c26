package ingest

import (
	"context"
	"testing"
	"testing/synctest"
	"time"
)

func TestTurns(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		turns := newTurns(2, 3, 5*time.Second)
		ctx, cancel := context.WithCancel(t.Context())
		got := make(chan bool, 10)
		ask := func(want bool, when string) {
			t.Helper()
			synctest.Wait()
			select {
			case is := <-got:
				if is != want {
					t.Fatalf("%s: a turn: %t", when, is)
				}
			default:
				t.Fatalf("%s: nothing happened", when)
			}
		}
		another := func() { go func() { got <- turns.take(ctx) }() }
		another()
		ask(true, "the first")
		another()
		ask(true, "the second")
		for range 3 {
			another()
		}
		synctest.Wait()
		another()
		ask(false, "one too many")
		turns.done()
		ask(true, "a turn is free")
		time.Sleep(5 * time.Second)
		ask(false, "too late")
		ask(false, "too late as well")
		another()
		synctest.Wait()
		cancel()
		ask(false, "the gateway stops")
		if len(turns.waiting) != 0 || len(turns.taken) != 2 {
			t.Fatalf("%d wait, %d at work", len(turns.waiting), len(turns.taken))
		}
	})
}
