package access

import (
	"errors"
	"strings"
	"testing"
	"testing/synctest"
	"time"
)

func TestDeviceIsPairedOnce(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		m := newMemory()
		d := open(t, Options{Store: m})
		id := anna(t, d)
		code, expires := d.Devices.Invite(Pairing{Organisation: "arena", Checkpoints: []string{"north"}, By: id})
		if !expires.Equal(time.Now().Add(pairingTime)) {
			t.Errorf("expires %v", expires)
		}
		typed := strings.ToLower(strings.ReplaceAll(code, "-", " "))
		device, token, err := d.Devices.Pair(typed, "Till 1", "::1")
		if err != nil {
			t.Fatal(err)
		}
		if _, _, err := d.Devices.Pair(code, "Till 2", "::1"); !errors.Is(err, ErrCode) {
			t.Errorf("a second device with the same code: %v", err)
		}
		d = open(t, Options{Store: m})
		who := d.Authenticate(Credentials{Token: token})
		if who == nil || who.ID != device.ID || who.Role != RoleDevice || !who.MayScanAt("north") || who.MayScanAt("south") || !who.Confirmed {
			t.Fatalf("%+v", who)
		}
		if list := d.Devices.List(); len(list) != 1 || list[0].Name != "Till 1" || list[0].PairedBy != id {
			t.Errorf("%+v", list)
		}
		if err := d.Devices.Revoke(device.ID); err != nil || d.Authenticate(Credentials{Token: token}) != nil {
			t.Errorf("revoked and still known (%v)", err)
		}
		if open(t, Options{Store: m}).Authenticate(Credentials{Token: token}) != nil {
			t.Error("a revoked device came back")
		}
		late, _ := d.Devices.Invite(Pairing{By: id})
		time.Sleep(pairingTime)
		if _, _, err := d.Devices.Pair(late, "Till 3", "::1"); !errors.Is(err, ErrCode) {
			t.Errorf("an old code: %v", err)
		}
	})
}

func TestPairingCodeOfSomebodyDemotedIsVoid(t *testing.T) {
	d := open(t, Options{})
	id := anna(t, d)
	code, _ := d.Devices.Invite(Pairing{Checkpoints: []string{"*"}, By: id})
	if _, err := d.Accounts.Change(id, func(a *Account) { a.Checkpoints = nil }); err != nil {
		t.Fatal(err)
	}
	if _, _, err := d.Devices.Pair(code, "Till", "::1"); !errors.Is(err, ErrCode) {
		t.Errorf("Pair: %v", err)
	}
}

func TestGuessingPairingCodesWaits(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		d := open(t, Options{})
		code, _ := d.Devices.Invite(Pairing{By: anna(t, d)})
		for range maxFailures {
			if _, _, err := d.Devices.Pair("AAAA-AAAA-AAAA", "Till", "192.0.2.1"); !errors.Is(err, ErrCode) {
				t.Fatal(err)
			}
		}
		var wait *WaitError
		if _, _, err := d.Devices.Pair(code, "Till", "192.0.2.1"); !errors.As(err, &wait) {
			t.Errorf("after ten tries: %v", err)
		}
		time.Sleep(firstWait)
		if _, _, err := d.Devices.Pair(code, "Till", "192.0.2.1"); err != nil {
			t.Errorf("after the wait: %v; the try before must not use the code up", err)
		}
	})
}

func TestTokenIsRotatedWithAnOverlap(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		m := newMemory()
		d := open(t, Options{Store: m})
		code, _ := d.Devices.Invite(Pairing{By: anna(t, d)})
		device, first, err := d.Devices.Pair(code, "Till", "::1")
		if err != nil {
			t.Fatal(err)
		}
		rotate := func(token string) string {
			t.Helper()
			fresh, _, err := d.Devices.Rotate(token)
			if err != nil {
				t.Fatal(err)
			}
			return fresh
		}
		known := func(token string) bool {
			return d.Authenticate(Credentials{Token: token}) != nil
		}
		lost := rotate(first) // the answer did not arrive
		time.Sleep(time.Minute)
		second := rotate(first)
		if known(lost) || !known(first) || !known(second) {
			t.Error("want the first and the last token to be known")
		}
		time.Sleep(overlap - time.Minute)
		if known(first) || !known(second) {
			t.Error("asking again made the old token live on")
		}
		if _, _, err := d.Devices.Rotate(first); !errors.Is(err, ErrUnknown) {
			t.Errorf("rotated with an old token: %v", err)
		}
		d = open(t, Options{Store: m})
		if known(first) || !known(second) {
			t.Error("forgotten with a restart")
		}
		third := rotate(second)
		if err := d.Devices.Revoke(device.ID); err != nil || known(second) || known(third) {
			t.Errorf("revoked, and one of its tokens is known (%v)", err)
		}
	})
}
