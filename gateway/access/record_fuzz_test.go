package access

import (
	"maps"
	"slices"
	"testing"
	"time"

	"vratar/cache/store"
)

// Whatever a record holds, it is told at the start or can be worked with: listed, swept, changed, removed.
func FuzzRecords(f *testing.F) {
	m := newMemory()
	d := open(f, Options{Store: m})
	id := anna(f, d)
	register(f, d, id)
	begin(f, d, Beginning{Account: id})
	if _, err := d.Logins.Put(id, Subject{"https://a.example", "7"}); err != nil {
		f.Fatal(err)
	}
	if _, _, err := d.Links.Mint(id, time.Hour); err != nil {
		f.Fatal(err)
	}
	code, _ := d.Devices.Invite(Pairing{By: id})
	if _, _, err := d.Devices.Pair(code, "Till", "::1"); err != nil {
		f.Fatal(err)
	}
	for _, key := range slices.Sorted(maps.Keys(m.pairs)) {
		f.Add([]byte(key[1:]), []byte(m.pairs[key]))
	}
	f.Fuzz(func(t *testing.T, key, value []byte) {
		known := [...]store.Prefix{store.PrefixAccount, store.PrefixSession, store.PrefixLink, store.PrefixDevice}
		m := newMemory()
		for _, p := range known {
			_ = m.Set(append(p.Key(), key...), value) // it is not broken
		}
		d, err := Open(Options{Store: m})
		if err != nil {
			return
		}
		for _, a := range d.Accounts.List() {
			_, _ = d.Sessions.Of(a.ID, ""), d.Passkeys.Of(a.ID)
			if err := d.Accounts.Remove(a.ID); err != nil {
				t.Fatal(err)
			}
		}
		_ = d.Devices.List()
		if err := d.sweep(time.Now().Add(1000 * time.Hour)); err != nil {
			t.Fatal(err)
		}
	})
}
