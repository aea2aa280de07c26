package main

import (
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"path/filepath"
	"runtime"
	"slices"
	"strconv"
	"sync/atomic"
	"time"

	"vratar/cache/revocation"
	"vratar/cache/store"
	"vratar/verifier/status/revoked"
)

// stand is the list that is measured.
type stand struct {
	row
	dir   string
	n     int
	quick bool
	store *store.Store
	lists *revocation.Lists
	list  *revocation.List
}

// nameSize is that of a hash of the EU: what it is revoked for, and the hash.
const nameSize = 9 + 16

// name is that of one number: as good as random, and no other's.
func name(dst []byte, number uint64) []byte {
	dst = append(dst, "kABCDEFGH"...)
	dst = binary.BigEndian.AppendUint64(dst, mix(number))
	return binary.BigEndian.AppendUint64(dst, mix(number^0x5555555555555555))
}

// mix is the step of splitmix64, which is one to one.
func mix(x uint64) uint64 {
	x += 0x9e3779b97f4a7c15
	x = (x ^ x>>30) * 0xbf58476d1ce4e5b9
	x = (x ^ x>>27) * 0x94d049bb133111eb
	return x ^ x>>31
}

func (s *stand) open() (err error) {
	if s.store, err = store.Open(filepath.Join(s.dir, "data"), store.Options{}); err != nil {
		return err
	}
	if s.lists, err = revocation.Open(s.store, revocation.Options{}); err != nil {
		return err
	}
	s.list = s.lists.List("list")
	return nil
}

func (s *stand) close() error {
	if s.store == nil {
		return nil
	}
	err := errors.Join(s.lists.Close(), s.store.Close())
	s.store, s.lists, s.list = nil, nil, nil
	return err
}

func (s *stand) measure(ctx context.Context) error {
	if err := s.open(); err != nil {
		return err
	}
	steps := []func(context.Context) error{s.load, s.lookUps, s.deltas, s.reload, s.restart, s.check}
	if s.quick {
		steps = steps[:3]
	}
	for _, step := range steps {
		if err := step(ctx); err != nil {
			return err
		}
	}
	return nil
}

// fill loads the numbers from first on, as many as the list is long.
func (s *stand) fill(ctx context.Context, first int) (received, committed spent, err error) {
	load, err := s.list.Load()
	if err != nil {
		return spent{}, spent{}, err
	}
	w := begin()
	var room [nameSize]byte
	for i := range s.n {
		if err := load.Add(name(room[:0], uint64(first+i))); err != nil {
			return spent{}, spent{}, errors.Join(err, load.Abort())
		}
	}
	received, w = w.end(), begin()
	_, err = load.Commit(ctx, nil)
	return received, w.end(), err
}

func (s *stand) load(ctx context.Context) error {
	runtime.GC()
	heap := watchHeap()
	received, committed, err := s.fill(ctx, 0)
	s.LoadPeakBytes = heap.end()
	if err != nil {
		return err
	}
	s.ReceiveSeconds, s.ReceiveCPU = received.wall.Seconds(), received.cpu.Seconds()
	s.CommitSeconds, s.CommitCPU = committed.wall.Seconds(), committed.cpu.Seconds()
	stats := s.list.Stats()
	s.MemoryBytes, s.MemoryPerName = stats.Bytes, float64(stats.Bytes)/float64(s.n)
	s.DiskPerName = float64(s.store.Metrics().DiskBytes) / float64(s.n)
	return nil
}

// asked is how many look-ups are timed; they are spread over the whole list.
const asked = 1 << 20

// names are those of numbers from first on, each so far from the one before.
func names(count int, first, step uint64) [][]byte {
	all := make([]byte, 0, count*nameSize)
	list := make([][]byte, count)
	for i := range list {
		from := len(all)
		all = name(all, first+uint64(i)*step)
		list[i] = all[from:]
	}
	return list
}

func (s *stand) lookUps(context.Context) error {
	others := names(asked, 1<<40, 1)
	before := s.list.Stats()
	missed, err := timeHas(s.list.Live().Load(), others, false)
	if err != nil {
		return err
	}
	s.MissNanos = missed
	s.WrongShare = float64(s.list.Stats().Wrong-before.Wrong) / asked
	set := s.list.Live().Load()
	s.FilterOnly = timeThread(func() {
		for _, n := range others {
			set.May(revoked.Hash(n))
		}
	}) / asked
	members := names(50_000, 0, uint64(s.n/50_000))
	s.HitNanos, err = timeHas(set, members, true)
	return err
}

// timeHas is the processor time of one look-up, in nanoseconds; each must answer want.
func timeHas(set *revoked.Set, names [][]byte, want bool) (ns float64, err error) {
	ns = timeThread(func() {
		for _, n := range names {
			has, fault := set.Has(n)
			if fault != nil || has != want {
				err = fmt.Errorf("a look-up answered %v, %v", has, fault)
			}
		}
	})
	return ns / float64(len(names)), err
}

// deltaNames is the length of a delta: half of it come, half of it go, but for the first, which all come.
const deltaNames = 10_000

// burst is how many look-ups the traffic beside the deltas makes at once: more a second than any nation needs.
const burst = 200

// deltas changes the list again and again while somebody looks up.
func (s *stand) deltas(context.Context) error {
	var done atomic.Bool
	var count atomic.Int64
	ended := make(chan struct{})
	go func() {
		defer close(ended)
		others := names(1<<16, 1<<41, 1)
		for i := 0; !done.Load(); i++ {
			_, _ = s.list.Live().Load().Has(others[i%len(others)])
			if count.Add(1)%burst == 0 {
				time.Sleep(time.Millisecond) // gates wait for the network; they do not spin
			}
		}
	}()
	const rounds = 21
	var wall, cpu []float64
	next := uint64(1 << 42)
	began := time.Now()
	var err error
	for round := range rounds {
		c := part(round, next, deltaNames/2)
		next += deltaNames / 2
		if round > 0 {
			c.Remove = []string{strconv.Itoa(round - 1)}
		}
		start := time.Now()
		used := timeThread(func() { err = s.list.Apply(c) })
		if err != nil {
			break
		}
		wall = append(wall, time.Since(start).Seconds()*1e3)
		cpu = append(cpu, used/1e6)
	}
	s.LookupsDuring = float64(count.Load()) / time.Since(began).Seconds()
	done.Store(true)
	<-ended
	if err != nil {
		return err
	}
	slices.Sort(wall[1:])
	slices.Sort(cpu[1:])
	s.DeltaNames, s.DeltaMedianMS, s.DeltaWorstMS, s.DeltaCPUMS = deltaNames, wall[rounds/2], wall[rounds-1], cpu[rounds/2]
	return s.list.Apply(revocation.Change{Remove: []string{strconv.Itoa(rounds - 1)}})
}

func part(round int, first uint64, count int) revocation.Change {
	return revocation.Change{Add: []revocation.Part{{Name: strconv.Itoa(round), Keys: names(count, first, 1)}}}
}

// reload brings the whole list again with 10,000 names different.
func (s *stand) reload(ctx context.Context) error {
	_, committed, err := s.fill(ctx, deltaNames/2)
	s.ReloadSeconds, s.ReloadCPU = committed.wall.Seconds(), committed.cpu.Seconds()
	return err
}

func (s *stand) restart(context.Context) error {
	if err := s.close(); err != nil {
		return err
	}
	w := begin()
	if err := s.open(); err != nil {
		return err
	}
	opened := w.end()
	s.OpenMS = opened.wall.Seconds() * 1e3
	first := s.list.Live().Load() // a state stays as it is: this one lacks all filters, or nearly all
	var err error
	if s.MissUnfiltered, err = timeHas(first, names(5_000, 1<<43, 1), false); err != nil {
		return err
	}
	for s.list.Stats().Filters < revoked.Shards {
		time.Sleep(10 * time.Millisecond)
	}
	used := w.end()
	s.FiltersSeconds, s.FiltersCPU = used.wall.Seconds(), used.cpu.Seconds()
	return nil
}

// check looks up members and others of the list as it is now.
func (s *stand) check(context.Context) error {
	set := s.list.Live().Load()
	if set.Len() != s.n {
		return fmt.Errorf("%d names on the list, want %d", set.Len(), s.n)
	}
	const first = deltaNames / 2
	step := uint64(max(s.n/200_000, 1))
	members := names(s.n/int(step), first, step)
	for _, n := range members {
		if has, err := set.Has(n); err != nil || !has {
			return fmt.Errorf("a member is not found: %w", err)
		}
	}
	others := slices.Concat(names(2_000_000, 1<<44, 1), names(first, 0, 1), names(deltaNames, 1<<42, 1), names(1000, uint64(first+s.n), 1))
	for _, n := range others {
		if has, err := set.Has(n); err != nil || has {
			return fmt.Errorf("one that is not on the list is found: %w", err)
		}
	}
	s.Checked = len(members) + len(others)
	return nil
}
