package ribbon

import "testing"

// oneShard is what a shard of a set of 55 million holds.
const oneShard = 215_000

func BenchmarkBuildShard(b *testing.B) {
	keys := numbers(oneShard, 1)
	var builder Builder
	b.ReportAllocs()
	for b.Loop() {
		builder.Build(keys)
	}
	b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/oneShard, "ns/key")
}

func BenchmarkHasShard(b *testing.B) {
	filter := new(Builder).Build(numbers(oneShard, 1))
	others := numbers(1<<16, 2)
	hits := 0
	i := 0
	for b.Loop() {
		if filter.Has(others[i&(1<<16-1)]) {
			hits++
		}
		i++
	}
	b.ReportMetric(float64(hits)/float64(b.N)*512, "wrong/512")
}
