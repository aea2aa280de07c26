package access

import (
	"cmp"
	"crypto/rand"
	"crypto/sha256"
	"maps"
	"slices"
	"strings"
	"sync"
	"time"

	"vratar/cache/store"
	"vratar/gateway/waiting"
)

// pairingTime is how long a pairing code waits for its device, overlap how long a token goes on after a new one was
// handed out: a device that lost the answer asks again with the old one.
const (
	pairingTime = 10 * time.Minute
	overlap     = 5 * time.Minute
)

// Device is a reader, till or program that signs in with a token.
type Device struct {
	ID           string    `json:"id"`
	Name         string    `json:"name"`
	Organisation string    `json:"organisation,omitempty"`
	Checkpoints  []string  `json:"checkpoints"`
	PairedBy     string    `json:"paired_by"` // account
	Paired       time.Time `json:"paired_at"`
	Rotated      time.Time `json:"rotated_at"` // when it got the token of now
}

// Pairing says what a device that is paired with a code may do.
type Pairing struct {
	Organisation string
	Checkpoints  []string
	By           string // account
}

// Devices are the readers, tills and programs: those of the configuration, which never change, and those that
// were paired.
type Devices struct {
	*core
	codes *waiting.Room[Pairing]
	limit limiter // of pairing, by address

	mu      sync.RWMutex // written under core.change only
	byID    map[string]*paired
	byToken map[digest]*key
}

// paired is the record of a device. It is replaced, never modified.
type paired struct {
	Device
	Token    digest    `json:"token_sha256"`
	Old      digest    `json:"old_sha256"`
	OldUntil time.Time `json:"old_until"`
}

// key is what a token opens.
type key struct {
	identity *Identity
	until    time.Time // zero: until it is revoked
}

func newDevices(c *core, fixed map[[sha256.Size]byte]*Identity) *Devices {
	d := &Devices{core: c, codes: waiting.New[Pairing](pairingTime), byID: map[string]*paired{}, byToken: map[digest]*key{}}
	for hash, identity := range fixed {
		d.byToken[hash] = &key{identity: identity}
	}
	return d
}

func (d *Devices) load() error {
	return load(d.core, store.PrefixDevice, func(_ []byte, p paired) { d.put(&p) })
}

// put makes a device known. It needs mu, or to be alone.
func (d *Devices) put(p *paired) {
	d.lockOut(p.ID)
	d.byID[p.ID] = p
	identity := &Identity{
		ID: p.ID, Name: p.Name, Role: RoleDevice, Organisation: p.Organisation, Checkpoints: slices.Clone(p.Checkpoints),
		Confirmed: true, // whoever paired it answers for it
	}
	d.byToken[p.Token] = &key{identity: identity}
	if p.Old != (digest{}) {
		d.byToken[p.Old] = &key{identity, p.OldUntil}
	}
}

// lockOut makes the tokens of a device worthless. It needs mu, or to be alone.
func (d *Devices) lockOut(id string) {
	if p := d.byID[id]; p != nil {
		delete(d.byToken, p.Token)
		delete(d.byToken, p.Old)
	}
}

// find returns whose token this is.
func (d *Devices) find(hash digest) *Identity {
	d.mu.RLock()
	k := d.byToken[hash]
	d.mu.RUnlock()
	if k == nil || (!k.until.IsZero() && !time.Now().Before(k.until)) {
		return nil
	}
	return k.identity
}

// List returns the paired devices, oldest first.
func (d *Devices) List() []Device {
	d.mu.RLock()
	defer d.mu.RUnlock()
	list := make([]Device, 0, len(d.byID))
	for p := range maps.Values(d.byID) {
		list = append(list, p.Device)
	}
	slices.SortFunc(list, func(x, y Device) int { return cmp.Or(x.Paired.Compare(y.Paired), strings.Compare(x.ID, y.ID)) })
	return list
}

// Find returns one paired device.
func (d *Devices) Find(id string) (Device, error) {
	d.mu.RLock()
	defer d.mu.RUnlock()
	if p := d.byID[id]; p != nil {
		return p.Device, nil
	}
	return Device{}, ErrUnknown
}

// Invite makes a code that pairs one device within ten minutes. It has 60 random bits, in letters and digits that
// can be typed where no camera is.
func (d *Devices) Invite(p Pairing) (code string, expires time.Time) {
	text := rand.Text()
	code = text[:4] + "-" + text[4:8] + "-" + text[8:12]
	return code, d.codes.Add(p.By, bare(code), p).UTC()
}

// bare is a code as it is compared: people leave out dashes and mix letter case.
func bare(code string) string {
	return strings.ToUpper(strings.NewReplacer("-", "", " ", "").Replace(code))
}

// Pair trades a code for a device with its token, which nobody sees again. client is the address that asks; wrong
// codes count against its neighbourhood. The error is ErrCode, a *WaitError, a *FieldError or the store's.
func (d *Devices) Pair(code, name, client string) (Device, string, error) {
	client = Neighbourhood(client)
	if err := d.limit.allow(client); err != nil {
		return Device{}, "", err
	}
	if !isName(name) {
		return Device{}, "", &FieldError{"name", "1 to 200 printed characters"}
	}
	p, ok := d.codes.Take(bare(code))
	if !ok {
		d.limit.failed(client)
		return Device{}, "", ErrCode
	}
	now := time.Now().UTC().Truncate(time.Second)
	token := newSecret()
	one := &paired{Token: hashOf(token), Device: Device{
		ID: newID("d"), Name: name, Organisation: p.Organisation, Checkpoints: p.Checkpoints, PairedBy: p.By, Paired: now, Rotated: now,
	}}
	d.change.Lock()
	defer d.change.Unlock()
	return one.Device, token, d.keep(one)
}

// Rotate gives a device a new token. The one it asks with goes on for five minutes and returns when it ends; any
// other ends now. The error is ErrUnknown when it is not of a paired device, or the store's.
func (d *Devices) Rotate(token string) (fresh string, oldEnds time.Time, err error) {
	d.change.Lock()
	defer d.change.Unlock()
	identity := d.find(hashOf(token))
	if identity == nil || d.byID[identity.ID] == nil {
		return "", time.Time{}, ErrUnknown
	}
	now := time.Now().UTC().Truncate(time.Second)
	next := *d.byID[identity.ID]
	until := now.Add(overlap)
	if hashOf(token) == next.Old {
		until = next.OldUntil // asking again does not make an old token live on
	}
	fresh = newSecret()
	next.Old, next.OldUntil, next.Token, next.Rotated = hashOf(token), until, hashOf(fresh), now
	return fresh, until, d.keep(&next)
}

// Revoke ends a paired device at once. The error is ErrUnknown or the store's.
func (d *Devices) Revoke(id string) error {
	d.change.Lock()
	defer d.change.Unlock()
	if _, err := d.Find(id); err != nil {
		return err
	}
	d.mu.Lock()
	d.lockOut(id) // in memory first: whatever the disk says, nobody uses it any more
	d.mu.Unlock()
	if err := d.forget(store.PrefixDevice.Name(id)); err != nil {
		return err // it stays in the list to be revoked again, as it would come back with a restart
	}
	d.mu.Lock()
	defer d.mu.Unlock()
	delete(d.byID, id)
	return nil
}

func (d *Devices) keep(p *paired) error {
	if err := save(d.core, store.PrefixDevice.Name(p.ID), p); err != nil {
		return err
	}
	d.mu.Lock()
	defer d.mu.Unlock()
	d.put(p)
	return nil
}

// accountChanged makes the codes void that somebody made who may do other things now. What he paired before goes
// on: it stands at a gate, and is revoked by itself.
func (d *Devices) accountChanged(id string, _ *Identity, same bool) error {
	if !same {
		d.codes.Drop(id)
	}
	return nil
}
