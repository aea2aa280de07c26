//go:build !race

package rsakey

import "testing"

func TestNoAllocation(t *testing.T) {
	k, digest, good := selfTestCase(t)
	pkcs := unhex(t, selfTestPKCS1v15)
	for _, path := range paths() {
		if n := testing.AllocsPerRun(50, func() { k.check(path, pss, digest, good) }); n != 0 {
			t.Errorf("%s: PSS allocates %.0f times, want 0", path, n)
		}
		if n := testing.AllocsPerRun(50, func() { k.check(path, pkcs1v15, digest, pkcs) }); n != 0 {
			t.Errorf("%s: PKCS1v15 allocates %.0f times, want 0", path, n)
		}
	}
}
