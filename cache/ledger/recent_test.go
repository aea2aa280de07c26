package ledger

import (
	"reflect"
	"strconv"
	"testing"
)

// What is answered from memory is what the disk says.
func TestReadFromMemory(t *testing.T) {
	l := inMemory(t)
	const n = recentRoom + 40
	for i := range n {
		claim(t, l, show("guest-"+strconv.Itoa(i%50), strconv.Itoa(i)), once) // some refused, with what was before
	}
	f := func(after uint64, limit int, inMemory bool) {
		t.Helper()
		got, err := l.Read(after, limit)
		if err != nil {
			t.Fatal(err)
		}
		until := min(after+uint64(limit), n)
		want, err := l.readBetween(after, until)
		if err != nil {
			t.Fatal(err)
		}
		if len(got) != int(until-after) || !reflect.DeepEqual(got, want) {
			t.Fatalf("after %d, %d passages: memory and disk differ", after, limit)
		}
		if (l.recent.between(after, until) != nil) != inMemory {
			t.Fatalf("after %d, %d passages: in memory %t", after, limit, !inMemory)
		}
	}
	f(n-1, 1, true)
	f(n-recentRoom, recentRoom, true)
	f(n-100, 1000, true)
	f(n-recentRoom-1, recentRoom, false)
	f(0, 100, false)
	f(0, n, false)
}
