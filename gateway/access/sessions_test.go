package access

import (
	"context"
	"errors"
	"sync"
	"testing"
	"testing/synctest"
	"time"
)

func TestSessionEndsWhenIdleOrOld(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		d := open(t, Options{Sessions: SessionOptions{Idle: time.Hour, Absolute: 3 * time.Hour}})
		id := anna(t, d)
		cookie, lasts, err := d.Sessions.Begin(Beginning{Account: id})
		if lasts != 3*time.Hour || err != nil {
			t.Errorf("lasts %v, want 3h (%v)", lasts, err)
		}
		for range 5 { // used every half hour it goes on …
			time.Sleep(30 * time.Minute)
			if d.Sessions.Find(cookie) == nil {
				t.Fatal("ended although in use")
			}
		}
		time.Sleep(30 * time.Minute) // … until it is too old
		if d.Sessions.Find(cookie) != nil {
			t.Error("outlived its absolute end")
		}
		idle := begin(t, d, Beginning{Account: id})
		time.Sleep(time.Hour)
		if d.Sessions.Find(idle) != nil {
			t.Error("survived an hour of idleness")
		}
		short := begin(t, d, Beginning{Account: id, Lasts: time.Minute})
		time.Sleep(time.Minute)
		if d.Sessions.Find(short) != nil {
			t.Error("outlived the end it was given")
		}
		if len(d.Sessions.Of(id, "")) != 0 {
			t.Error("ended sessions are listed")
		}
		if err := d.sweep(time.Now()); err != nil || d.Sessions.Len() != 0 {
			t.Errorf("%d ended sessions are kept, %v", d.Sessions.Len(), err)
		}
	})
}

func TestSessionSurvivesARestart(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		m := newMemory()
		o := Options{Store: m, Sessions: SessionOptions{Idle: time.Hour}}
		d := open(t, o)
		ctx, stop := context.WithCancel(t.Context())
		var running sync.WaitGroup
		running.Go(func() { d.Run(ctx, func(err error) { t.Error(err) }) })
		id := anna(t, d)
		cookie := begin(t, d, Beginning{Account: id, Client: Client{"192.0.2.1", "Firefox, Linux"}})
		writes := m.written()
		for range 45 * 60 { // a request every second
			time.Sleep(time.Second)
			if d.Sessions.Find(cookie) == nil {
				t.Fatal("ended")
			}
		}
		if n := m.written() - writes; n > 46 {
			t.Errorf("written %d times in 45 minutes", n)
		}
		stop()
		running.Wait()

		time.Sleep(30 * time.Minute) // the gateway is down
		again := open(t, o)
		if who := again.Sessions.Find(cookie); who == nil || who.ID != id {
			t.Fatal("a session used 30 minutes ago is gone")
		}
		if list := again.Sessions.Of(id, cookie); len(list) != 1 || !list[0].Current || list[0].Client.Browser != "Firefox, Linux" {
			t.Errorf("%+v", list)
		}
		if err := again.Sessions.End(cookie); err != nil {
			t.Fatal(err)
		}
		if open(t, o).Sessions.Find(cookie) != nil {
			t.Error("an ended session came back with the restart")
		}
	})
}

func TestSessionOfARemovedAccountDoesNotComeBack(t *testing.T) {
	m := newMemory()
	d := open(t, Options{Store: m})
	id := anna(t, d)
	cookie := begin(t, d, Beginning{Account: id})
	delete(m.pairs, "a"+id) // as after a crash between the two writes
	again := open(t, Options{Store: m})
	if again.Sessions.Find(cookie) != nil {
		t.Error("signed in without an account")
	}
	if err := again.sweep(time.Now()); err != nil || len(m.pairs) != 0 {
		t.Errorf("left behind: %v, %v", m.pairs, err)
	}
}

func TestSessionsAreBounded(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		d := open(t, Options{Sessions: SessionOptions{Max: 3}})
		id := anna(t, d)
		var cookies []string
		for range 4 {
			cookies = append(cookies, begin(t, d, Beginning{Account: id}))
			time.Sleep(time.Second)
		}
		if d.Sessions.Len() != 3 || d.Sessions.Find(cookies[0]) != nil || d.Sessions.Find(cookies[3]) == nil {
			t.Error("want the session idle longest to make room for the newest")
		}
		d = open(t, Options{})
		other, id := anna(t, d), anna(t, d)
		oldest := begin(t, d, Beginning{Account: other})
		for range perAccount + 5 {
			time.Sleep(time.Second)
			begin(t, d, Beginning{Account: id})
		}
		if n := len(d.Sessions.Of(id, "")); n != perAccount || d.Sessions.Find(oldest) == nil {
			t.Errorf("%d sessions of one account; they took another one's place", n)
		}
	})
}

// Nobody ends, lists or uses what is somebody else's.
func TestSessionsAreOnesOwn(t *testing.T) {
	d := open(t, Options{Store: newMemory()})
	mine, others := anna(t, d), anna(t, d)
	a, b := begin(t, d, Beginning{Account: mine}), begin(t, d, Beginning{Account: mine})
	c := begin(t, d, Beginning{Account: others})
	list := d.Sessions.Of(mine, a)
	if len(list) != 2 {
		t.Fatalf("%+v", list)
	}
	for _, s := range list {
		if d.Sessions.Find(s.ID) != nil {
			t.Error("the id of a list signs in")
		}
		if err := d.Sessions.EndOf(others, s.ID); !errors.Is(err, ErrUnknown) {
			t.Errorf("somebody else ended it: %v", err)
		}
		if !s.Current {
			if err := d.Sessions.EndOf(mine, s.ID); err != nil {
				t.Error(err)
			}
		}
	}
	if d.Sessions.Find(a) == nil || d.Sessions.Find(b) != nil || d.Sessions.Find(c) == nil {
		t.Error("another session than the one named has ended")
	}
	if err := d.Sessions.EndAll(mine); err != nil || d.Sessions.Find(a) != nil || d.Sessions.Find(c) == nil {
		t.Error("EndAll is of one account")
	}
}

// A session that ends while its use is written down stays ended.
func TestEndedSessionIsNotWrittenBack(t *testing.T) {
	m := newMemory()
	d := open(t, Options{Store: m})
	id := anna(t, d)
	for range 50 {
		cookie := begin(t, d, Beginning{Account: id})
		d.Sessions.find(cookie).seen.Add(1)
		var both sync.WaitGroup
		both.Go(func() { _ = d.sweep(time.Now()) })
		both.Go(func() { _ = d.Sessions.End(cookie) })
		both.Wait()
		if open(t, Options{Store: m}).Sessions.Find(cookie) != nil {
			t.Fatal("it came back")
		}
	}
}
