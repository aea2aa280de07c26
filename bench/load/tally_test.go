package load

import (
	"testing"
	"time"
)

// Refusals that come back at once make no moment of a run look quick.
func TestRefusalsDoNotShortenTheTimeline(t *testing.T) {
	one, all := newTally(time.Second), newTally(time.Second)
	const at = 5 * time.Millisecond
	one.add(Answer{Class: Expected}, 40*time.Millisecond, at)
	one.add(Answer{Class: WrongAnswer}, 60*time.Millisecond, at)
	for range 8 {
		one.add(Answer{Class: Overloaded}, time.Microsecond, at)
		one.add(Answer{Class: Refused}, 2*time.Second, at)
	}
	one.add(Answer{Class: Timeout}, 200*time.Millisecond, at)
	one.unsent(300*time.Millisecond, at)
	all.merge(one)
	if m := all.means()[0]; m.MeanMS != 150 || m.MaxMS != 300 || m.Answered != 1 || m.Failed != 19 {
		t.Errorf("%+v", m)
	}
	none := newTally(time.Second)
	none.add(Answer{Class: Refused}, time.Second, at)
	if m := none.means()[0]; m.MeanMS != 0 || m.Failed != 1 {
		t.Errorf("%+v", m)
	}
}
