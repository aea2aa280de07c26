package main

import (
	"runtime/metrics"
	"sync/atomic"
	"time"
)

// spent is the time that something took: on the wall, and of the processor by the whole process.
type spent struct{ wall, cpu time.Duration }

// stopwatch is when something began.
type stopwatch struct {
	at  time.Time
	cpu time.Duration
}

func begin() stopwatch { return stopwatch{time.Now(), processTime()} }

func (w stopwatch) end() spent { return spent{time.Since(w.at), processTime() - w.cpu} }

// heapWatch samples the memory of the Go heap, without stopping anybody.
type heapWatch struct {
	done  atomic.Bool
	ended chan struct{}
	base  int64
	most  int64
}

func watchHeap() *heapWatch {
	h := &heapWatch{ended: make(chan struct{}), base: heapBytes()}
	go func() {
		defer close(h.ended)
		for !h.done.Load() {
			h.most = max(h.most, heapBytes())
			time.Sleep(5 * time.Millisecond)
		}
	}()
	return h
}

func heapBytes() int64 {
	sample := []metrics.Sample{{Name: "/memory/classes/heap/objects:bytes"}}
	metrics.Read(sample)
	return int64(sample[0].Value.Uint64())
}

// end is the most above the beginning, in bytes.
func (h *heapWatch) end() int64 {
	h.done.Store(true)
	<-h.ended
	return max(h.most-h.base, 0)
}
