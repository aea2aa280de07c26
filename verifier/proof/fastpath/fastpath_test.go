package fastpath

import "testing"

// sound is an arithmetic whose self-tests fail for the paths named.
func sound(hasIFMA bool, fail ...string) Arithmetic {
	return Arithmetic{HasIFMA: hasIFMA, Portable: 4, IFMA: 10, SelfTest: func(path string) bool {
		for _, f := range fail {
			if f == path {
				return false
			}
		}
		return true
	}}
}

func TestChoose(t *testing.T) {
	f := func(a Arithmetic, setting, path, reason string, alarms uint64) {
		t.Helper()
		s := Choose(a, setting)
		if d := s.Describe(); d != (Standing{Path: path, Reason: reason, Alarms: alarms}) || s.Path() != path || s.Alarms() != alarms {
			t.Errorf("%q: %+v", setting, d)
		}
	}
	f(sound(true), "", IFMA, "the fastest there is", 0)
	f(sound(true), IFMA, IFMA, "the fastest there is", 0)
	f(sound(true), "OFF", IFMA, "VRATAR_FASTPATH names no path: the fastest there is", 0)
	f(sound(true), Portable, Portable, "asked for by VRATAR_FASTPATH", 0)
	f(sound(true), Off, Off, "switched off by VRATAR_FASTPATH", 0)
	f(sound(false), "", Portable, "no AVX-512 IFMA", 0)
	f(sound(false), IFMA, Portable, "no AVX-512 IFMA", 0)
	f(sound(true, IFMA), "", Portable, "self-test of ifma failed", 1)
	f(sound(true, IFMA, Portable), "", Off, "self-test of portable failed", 2)
	f(sound(false, Portable), "", Off, "self-test of portable failed", 1)
	f(sound(true, Portable), Portable, Off, "self-test of portable failed", 1)
	f(sound(true, IFMA, Portable), Off, Off, "switched off by VRATAR_FASTPATH", 0)
}

func TestSetting(t *testing.T) {
	t.Setenv(Variable, "some text")
	if got := Setting(); got != "some text" {
		t.Errorf("%q", got)
	}
}

func answering(is bool) func() bool { return func() bool { return is } }

// A refusal is always the library's; an acceptance is a sample's turn now and then.
func TestSettle(t *testing.T) {
	var r Record
	s := Choose(sound(true), "")
	asked := 0
	for n := 1; n <= 100; n++ {
		if s.Settle(&r, false, func() bool { asked++; return false }) || asked != n {
			t.Fatal("a refusal that the library was not asked about")
		}
	}
	for asked = 0; asked < 3; { // chance decides when, not whether
		if !s.Settle(&r, true, func() bool { asked++; return true }) {
			t.Fatal("refused what both accept")
		}
	}
	if d := s.Describe(); d.Path != IFMA || d.Alarms != 0 || d.Refusals != 100 || d.Samples != 3 || d.Spared != 0 {
		t.Errorf("%+v", d)
	}
}

// Where the library differs it is believed, counted, and does the work from then on.
func TestAlarm(t *testing.T) {
	off := func(s *Switch) {
		t.Helper()
		var fresh Record
		d := s.Describe()
		if d.Path != Off || d.Reason != "contradicted by the library" || d.Alarms != 1 || s.Path() != Off || s.Try(&fresh) {
			t.Errorf("%+v", d)
		}
		if !s.Ask(&fresh, answering(true)) || s.Ask(&fresh, answering(false)) || s.Describe().Spared != 0 {
			t.Error("not the library's answer")
		}
	}
	var r Record
	s := Choose(sound(true), "")
	if !s.Settle(&r, false, answering(true)) {
		t.Error("a wrongful refusal")
	}
	off(s)
	s = Choose(sound(true), "")
	for s.Settle(&r, true, answering(false)) { // until the sample finds it
		if s.Alarms() != 0 {
			t.Fatal("an alarm about an acceptance that was not sampled")
		}
	}
	off(s)
}

// steps runs signatures of one key through s and returns how many of them the path was tried for.
func steps(s *Switch, r *Record, n int, right func(i int) bool) (tried int) {
	for i := range n {
		is := right(i)
		if s.Try(r) {
			tried++
			s.Settle(r, is, answering(is))
		} else {
			s.Ask(r, answering(is))
		}
	}
	return tried
}

func all(is bool) func(int) bool { return func(int) bool { return is } }

// A flood of wrong signatures is soon not tried any more, and some right ones end that.
func TestFlood(t *testing.T) {
	for _, setting := range []string{IFMA, Portable} {
		s := Choose(sound(true), setting)
		var r Record
		if n := steps(s, &r, 1_000_000, all(false)); n != int(patience*s.gain) {
			t.Errorf("%s: %d attempts at wrong signatures", setting, n)
		}
		if d := s.Describe(); d.Spared+d.Refusals != 1_000_000 || d.Path != setting {
			t.Errorf("%s: %+v", setting, d)
		}
		var other Record
		if !s.Try(&other) {
			t.Errorf("%s: another key suffers", setting)
		}
		if n := 40 - steps(s, &r, 40, all(true)); n > 25 {
			t.Errorf("%s: %d right signatures went to the library after the flood", setting, n)
		}
		if steps(s, &r, 100, all(true)) != 100 || r.debt.Load() != 0 {
			t.Errorf("%s: a debt is left", setting)
		}
	}
}

// While one signature in fewer than the gain is right, the path is tried for all of them; where fewer are, hardly ever.
func TestShareOfRightSignatures(t *testing.T) {
	f := func(oneIn int, least, most int) {
		t.Helper()
		s := Choose(sound(true), "") // ten times as fast
		var r Record
		if n := steps(s, &r, 10_000, func(i int) bool { return i%oneIn == oneIn-1 }); n < least || n > most {
			t.Errorf("one in %d is right: %d of 10000 tried", oneIn, n)
		}
	}
	f(1, 10_000, 10_000)
	f(2, 10_000, 10_000)
	f(9, 10_000, 10_000)
	f(12, 0, 1500)
	f(100, 0, 200)
}

// The cost in units of the path's time is never much above the library's, whatever comes in turn.
func TestCostOfMixtures(t *testing.T) {
	const n = 20_000
	for wrong := 0; wrong <= 60; wrong++ {
		for right := 1; right <= 3; right++ {
			s := Choose(sound(true), "")
			var r Record
			cost := 0
			for i := range n {
				is := i%(wrong+right) < right
				if s.Try(&r) {
					cost++
					if !is {
						cost += int(s.gain)
					}
					s.Settle(&r, is, answering(is))
				} else {
					cost += int(s.gain)
					s.Ask(&r, answering(is))
				}
			}
			if most := n*int(s.gain)*102/100 + patience*int(s.gain); cost > most {
				t.Errorf("%d wrong and %d right in turn cost %.3f of the library", wrong, right, float64(cost)/float64(n*int(s.gain)))
			}
		}
	}
}
