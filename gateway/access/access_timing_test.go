package access

import (
	"sync/atomic"
	"testing"
)

// What every request pays for the question who asks, with a shift's worth of sessions.
func BenchmarkRecogniseSessionOf1000(b *testing.B) {
	d := open(b, Options{})
	var all []Presented
	for range 20 {
		id := anna(b, d)
		for range 50 {
			all = append(all, Presented{Cookie: []byte(begin(b, d, Beginning{Account: id}))})
		}
	}
	benchmarkRecognise(b, d, all)
}

func BenchmarkRecogniseDevice(b *testing.B) {
	d := open(b, Options{})
	code, _ := d.Devices.Invite(Pairing{By: anna(b, d)})
	_, token, err := d.Devices.Pair(code, "Till", "::1")
	if err != nil {
		b.Fatal(err)
	}
	benchmarkRecognise(b, d, []Presented{{Token: []byte(token)}})
}

func benchmarkRecognise(b *testing.B, d *Desk, all []Presented) {
	b.ReportAllocs()
	b.ResetTimer()
	var unknown atomic.Int64
	b.RunParallel(func(pb *testing.PB) {
		for i := 0; pb.Next(); i++ {
			if d.Recognise(all[i%len(all)]) == nil {
				unknown.Add(1)
			}
		}
	})
	if n := unknown.Load(); n > 0 {
		b.Errorf("%d were not known", n)
	}
}
