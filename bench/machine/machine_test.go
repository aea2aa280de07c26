package machine

import (
	"runtime"
	"testing"
)

func TestThis(t *testing.T) {
	m := This()
	if m.CPU == "" || m.Cores < 1 || m.Go != runtime.Version() || m.OS == "" {
		t.Errorf("%+v", m)
	}
	if Commit() == "" {
		t.Error("the work tree has no name")
	}
}
