package ed25519

import (
	"crypto/ed25519"
	"slices"
	"testing"
)

func TestChoose(t *testing.T) {
	f := func(choice, want string) {
		t.Helper()
		if got := choose(choice).Path(); got != want {
			t.Errorf("%q: %s, want %s", choice, got, want)
		}
	}
	best := paths()[len(paths())-1]
	f("", best)
	f(PathIFMA, best)
	f("anything else", best)
	f(PathPortable, PathPortable)
	f(PathOff, PathOff)
	if !slices.Contains([]string{PathOff, PathPortable, PathIFMA}, Path()) || Alarms() != 0 {
		t.Errorf("Path = %s, Alarms = %d", Path(), Alarms())
	}
}

// jobsOf are good signatures, and the same for another message.
func jobsOf(t *testing.T, n int) []Job {
	t.Helper()
	var jobs []Job
	for i := range n {
		private := ed25519.NewKeyFromSeed(append(make([]byte, 31), byte(i)))
		message := []byte{byte(i)}
		if i%3 == 2 {
			message = []byte("another")
		}
		jobs = append(jobs, Job{prepare(t, private.Public().(ed25519.PublicKey), 4), message, ed25519.Sign(private, []byte{byte(i)})})
	}
	return jobs
}

// Every path gives the same answers, alone and in groups of any number.
func TestEveryPath(t *testing.T) {
	for _, path := range append(paths(), PathOff) {
		e := newEngine(path)
		for n := range 20 {
			jobs, ok := jobsOf(t, n), make([]bool, n)
			e.verifyGroup(jobs, ok)
			for i, j := range jobs {
				want := i%3 != 2
				if ok[i] != want || e.verify(j.Key, j.Message, j.Signature) != want {
					t.Fatalf("%s, %d of %d: want %v", path, i, n, want)
				}
			}
		}
		if e.Alarms() != 0 {
			t.Errorf("%s: %d alarms", path, e.Alarms())
		}
	}
}

// A library that differs is believed, counted, and does the work from then on. The keys here have the table of one
// public key and the name of another.
func TestAlarm(t *testing.T) {
	for _, path := range paths() {
		j := jobsOf(t, 2)
		e := newEngine(path)
		j[0].Key.minusA, j[1].Key.minusA = j[1].Key.minusA, j[0].Key.minusA
		if !e.verify(j[0].Key, j[0].Message, j[0].Signature) || e.Alarms() != 1 || e.Path() != PathOff {
			t.Errorf("%s: refused what the library accepts", path)
		}
		e = newEngine(path)
		j = jobsOf(t, 2)
		j[0].Key.public = j[1].Key.public
		accepted := 0
		for e.verify(j[0].Key, j[0].Message, j[0].Signature) {
			accepted++
		}
		if e.Alarms() != 1 || e.Path() != PathOff {
			t.Errorf("%s: %d acceptances before the sample, %d alarms", path, accepted, e.Alarms())
		}
	}
}

// Wrong signatures of a key go to the library at once after a while, alone and in groups, until right ones come.
func TestFlood(t *testing.T) {
	for _, path := range append(paths(), PathOff) {
		e, jobs := newEngine(path), jobsOf(t, 3)
		good, bad := jobs[0], jobs[0]
		bad.Message = []byte("another")
		for range 500 {
			if e.verify(bad.Key, bad.Message, bad.Signature) {
				t.Fatal("a wrong signature")
			}
		}
		if e.Try(&bad.Key.record) {
			t.Errorf("%s: still tried", path)
		}
		group := []Job{bad, good, good, good, jobs[1], good, jobs[2], good}
		for range 10 {
			var ok [groupSize]bool
			if e.verifyGroup(group, ok[:]); ok != [groupSize]bool{false, true, true, true, true, true, false, true} {
				t.Fatalf("%s: %v", path, ok)
			}
		}
		if e.Try(&bad.Key.record) != (path != PathOff) || e.Alarms() != 0 {
			t.Errorf("%s: not tried again, %d alarms", path, e.Alarms())
		}
	}
}

func TestSignatureOfAnyLength(t *testing.T) {
	j := jobsOf(t, 1)[0]
	for n := range 100 {
		signature := append(slices.Clone(j.Signature), make([]byte, 64)...)[:n]
		checkAll(t, Job{j.Key, j.Message, signature})
		checkGroups(t, []Job{j, {j.Key, j.Message, signature}})
	}
}

func TestSize(t *testing.T) {
	private := ed25519.NewKeyFromSeed(make([]byte, 32))
	for window, want := range map[int]int{4: 48 << 10, 6: 129 << 10, 8: 384 << 10} {
		if got := prepare(t, private.Public().(ed25519.PublicKey), window).Size(); got < want || got > want+1<<10 {
			t.Errorf("window %d: %d bytes, want about %d", window, got, want)
		}
	}
}

// A key is its own: changing the bytes it was made from changes nothing.
func TestKeyIsCopied(t *testing.T) {
	private := ed25519.NewKeyFromSeed(make([]byte, 32))
	pub := slices.Clone(private.Public().(ed25519.PublicKey))
	k := prepare(t, pub, 4)
	clear(pub)
	if !k.Verify([]byte("m"), ed25519.Sign(private, []byte("m"))) {
		t.Error("refused")
	}
}

// The law: whatever the key, the message and the signature, all paths say what crypto/ed25519 says.
func FuzzVerify(f *testing.F) {
	private := ed25519.NewKeyFromSeed(make([]byte, 32))
	pub := private.Public().(ed25519.PublicKey)
	f.Add([]byte(pub), []byte("message"), ed25519.Sign(private, []byte("message")))
	f.Add([]byte(pub), []byte("message"), ed25519.Sign(private, []byte("massage")))
	for _, s := range smallOrder {
		f.Add(unhex(f, s), []byte{}, append(unhex(f, s), make([]byte, 32)...))
	}
	f.Fuzz(func(t *testing.T, pub, message, signature []byte) {
		k, err := Prepare(pub, minWindow)
		if err != nil {
			if len(pub) == ed25519.PublicKeySize && ed25519.Verify(pub, message, signature) {
				t.Fatal("a key refused that verifies")
			}
			return
		}
		checkAll(t, Job{k, message, signature})
		if len(signature) == ed25519.SignatureSize { // the same with an S that is certainly below L, and R′ in place of R
			signature = slices.Clone(signature)
			signature[63] &= 0x0f
			checkAll(t, Job{k, message, signature})
		}
		checkGroups(t, []Job{{k, message, signature}, {k, signature, signature}, {k, message, message}})
	})
}
