package proof

import "testing"

func TestPaths(t *testing.T) {
	alarms := uint64(0)
	for _, p := range Paths() {
		if p.Keys == "" || p.Path == "" || p.Reason == "" {
			t.Errorf("%+v", p)
		}
		alarms += p.Alarms
	}
	if alarms != Alarms() {
		t.Errorf("%d alarms by path, %d in all", alarms, Alarms())
	}
}
