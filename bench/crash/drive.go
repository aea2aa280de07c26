package crash

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"net/http"
	"sync"

	"vratar/bench/process"
)

// drive scans with all workers until the gateway is gone or ctx ends. An answer that is no decision is an
// error: a gateway under this little load has no reason to refuse a request.
func (t *trial) drive(ctx context.Context, g *process.Gateway) error {
	c := newClient(g.Demo)
	defer c.close()
	failed := make([]error, workers)
	var wg sync.WaitGroup
	for w := range workers {
		wg.Go(func() { failed[w] = t.scanOn(ctx, c) })
	}
	wg.Wait()
	return errors.Join(failed...)
}

func (t *trial) scanOn(ctx context.Context, c *client) error {
	checkpoints := c.demo.CheckpointIDs()
	if len(checkpoints) == 0 {
		return errors.New("the demo has no checkpoint")
	}
	var last question
	for ctx.Err() == nil {
		q := t.next(last, checkpoints)
		err := t.ask(ctx, c, q)
		var said *refusal
		switch {
		case errors.As(err, &said) && said.status != http.StatusServiceUnavailable:
			return fmt.Errorf("scan refused: %w", err)
		case err != nil && said == nil:
			return nil // the gateway is gone
		}
		last = q
	}
	return nil
}

// next chooses what to ask: mostly somebody new; somebody who passed; the newcomer whom another worker is
// showing just now; or the last question once more under the same nonce.
func (t *trial) next(last question, checkpoints []string) question {
	dice := rand.IntN(100)
	if dice < 10 && last.nonce != "" {
		return last
	}
	q := question{key: key{checkpoints[rand.IntN(len(checkpoints))], fmt.Sprintf("%016x", rand.Uint64())}}
	t.mu.Lock()
	defer t.mu.Unlock()
	switch {
	case dice < 25 && t.used > 0:
		q.credential = rand.IntN(t.used)
	case dice < 40 && t.used > 0:
		q.credential = t.used - 1
	default:
		q.credential = t.used
		t.used++
	}
	return q
}
