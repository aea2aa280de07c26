package access

import (
	"bytes"
	"errors"
	"testing"
	"time"

	"vratar/cache/store"
)

// keeping is a store that does not remove what refuses says. Nil refuses nothing.
type keeping struct {
	*memory
	refuses func(key []byte) bool
}

var errKept = errors.New("disk full")

func (k *keeping) Delete(key []byte) error {
	if k.refuses != nil && k.refuses(key) {
		return errKept
	}
	return k.memory.Delete(key)
}

func everything([]byte) bool { return true }

func sessions(key []byte) bool { return bytes.HasPrefix(key, store.PrefixSession.Key()) }

// What ends with an account ends whatever the disk says, and stays ended over a restart once the disk works again.
func TestEndsWhateverTheDiskSays(t *testing.T) {
	f := func(end func(d *Desk, id string) error) {
		t.Helper()
		k := &keeping{memory: newMemory()}
		d := open(t, Options{Store: k})
		id := anna(t, d)
		var cookies, links []string
		for range 5 {
			link, _, err := d.Links.Mint(id, time.Hour)
			if err != nil {
				t.Fatal(err)
			}
			cookies, links = append(cookies, begin(t, d, Beginning{Account: id})), append(links, link)
		}
		k.refuses = everything
		if err := end(d, id); !errors.Is(err, errKept) {
			t.Errorf("it is not told: %v", err)
		}
		if err := d.sweep(time.Now()); !errors.Is(err, errKept) {
			t.Errorf("it is not tried again: %v", err)
		}
		_, _ = d.Accounts.Change(id, func(a *Account) { a.Name = "Anna B." })
		k.refuses = nil
		if err := d.sweep(time.Now()); err != nil {
			t.Error(err)
		}
		again := open(t, Options{Store: k})
		for i := range cookies {
			if d.Sessions.Find(cookies[i]) != nil || again.Sessions.Find(cookies[i]) != nil {
				t.Error("a session goes on")
			}
			for _, desk := range []*Desk{d, again} {
				if who, err := desk.Links.Redeem(links[i], "::1"); !errors.Is(err, ErrCode) {
					t.Errorf("a link signs in: %v, %v", who, err)
				}
			}
		}
		if n := len(d.Sessions.Of(id, "")) + d.Sessions.Len(); n != 0 {
			t.Errorf("%d sessions are kept", n)
		}
	}
	f(func(d *Desk, id string) error {
		_, err := d.Accounts.Change(id, func(a *Account) { a.Confirmed = false })
		return err
	})
	f(func(d *Desk, id string) error {
		_, err := d.Accounts.Change(id, func(a *Account) { a.Role = RoleHolder })
		return err
	})
}

// An account whose record is gone is gone, although the disk keeps its sessions.
func TestRemovedAccountWhoseSessionsTheDiskKeeps(t *testing.T) {
	k := &keeping{newMemory(), sessions}
	d := open(t, Options{Store: k})
	id := anna(t, d)
	cookies := make([]string, 5)
	for i := range cookies {
		cookies[i] = begin(t, d, Beginning{Account: id})
	}
	if err := d.Accounts.Remove(id); !errors.Is(err, errKept) {
		t.Errorf("it is not told: %v", err)
	}
	for _, cookie := range cookies {
		if who := d.Sessions.Find(cookie); who != nil {
			t.Errorf("%+v is signed in", who)
		}
	}
}

// A device that the disk keeps is told to nobody as revoked: it can be revoked again, and its tokens open nothing
// meanwhile.
func TestRevokedDeviceThatTheDiskKeeps(t *testing.T) {
	k := &keeping{memory: newMemory()}
	d := open(t, Options{Store: k})
	code, _ := d.Devices.Invite(Pairing{By: anna(t, d)})
	device, old, err := d.Devices.Pair(code, "Till", "::1")
	if err != nil {
		t.Fatal(err)
	}
	token, _, err := d.Devices.Rotate(old)
	if err != nil {
		t.Fatal(err)
	}
	known := func(d *Desk) bool {
		return d.Authenticate(Credentials{Token: old}) != nil || d.Authenticate(Credentials{Token: token}) != nil
	}
	k.refuses = everything
	for range 2 {
		if err := d.Devices.Revoke(device.ID); !errors.Is(err, errKept) || known(d) || len(d.Devices.List()) != 1 {
			t.Errorf("%v; known: %v, listed: %d", err, known(d), len(d.Devices.List()))
		}
	}
	k.refuses = nil
	if err := d.Devices.Revoke(device.ID); err != nil || len(d.Devices.List()) != 0 {
		t.Errorf("%v; listed: %d", err, len(d.Devices.List()))
	}
	if known(d) || known(open(t, Options{Store: k})) {
		t.Error("it came back")
	}
}
