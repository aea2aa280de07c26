package store

// Metrics is a snapshot of the database's condition.
type Metrics struct {
	DiskBytes     uint64 // space the database takes
	FreeBytes     int64  // free space at the last look; -1: unknown
	Degraded      bool
	LogBytes      uint64 // write-ahead log not yet turned into tables
	MemoryBytes   uint64 // memory of recent writes and of cached blocks
	Flushes       int64  // since the start
	Compactions   int64  // since the start
	WriteStalls   uint64
	ReadAmplified int // how many places a look-up may have to visit; above 20 the disk is not keeping up
}

// Metrics takes the snapshot. It costs microseconds: for scrapes, not for scans.
func (s *Store) Metrics() Metrics {
	degraded := s.Degraded()
	m := s.db.Metrics()
	return Metrics{
		DiskBytes:     m.DiskSpaceUsage(),
		FreeBytes:     s.space.free.Load(),
		Degraded:      degraded,
		LogBytes:      m.WAL.Size,
		MemoryBytes:   m.MemTable.Size + uint64(m.BlockCache.Size),
		Flushes:       m.Flush.Count,
		Compactions:   m.Compact.Count,
		WriteStalls:   s.stall.Load(),
		ReadAmplified: m.ReadAmp(),
	}
}
