package waiting

import (
	"fmt"
	"testing"
	"testing/synctest"
	"time"
)

func TestWaitingIsBounded(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := New[int](time.Minute)
		w.most, w.ofOwner = 100, 32
		for i := range 200 {
			w.Add("flood", fmt.Sprint("f", i), i)
		}
		if n := w.Len(); n != w.ofOwner {
			t.Errorf("one owner has %d places", n)
		}
		w.Add("anna", "a", 1)
		time.Sleep(time.Second)
		for i := range 98 {
			w.Add(fmt.Sprint("owner", i), fmt.Sprint("o", i), i)
		}
		if n := w.Len(); n != w.most {
			t.Errorf("%d wait, want %d", n, w.most)
		}
		time.Sleep(time.Minute)
		if _, ok := w.Take("o97"); ok {
			t.Error("expired and taken")
		}
		w.Add("anna", "b", 2)
		if v, ok := w.Take("b"); v != 2 || !ok || w.Len() != 0 {
			t.Errorf("%d, %v; %d left", v, ok, w.Len())
		}
		if _, ok := w.Take("b"); ok {
			t.Error("taken twice")
		}
	})
}
