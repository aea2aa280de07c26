// Package access knows who asks: people in browser sessions, opened by one-time sign-in codes, and devices
// with bearer tokens. It answers Authenticate with an Identity or with nothing.
//
// Every secret is random, at least 128 bits, and kept as its SHA-256 only: who reads our memory, logs or
// configuration cannot sign in. Nothing is stored on disk, so a restart signs people out and devices not.
// Accounts, passkeys and OIDC will be further ways to open a session; sessions themselves stay as they are.
//
// It knows no HTTP: cookies and headers are taken apart by the server.
package access

import (
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"net/url"
	"slices"
	"strings"
)

// Role is what somebody may do. The zero value may do nothing.
type Role uint8

// The closed list of roles.
const (
	RoleNone       Role = iota
	RoleHolder          // sees documents of his own
	RoleDevice          // scans where it stands
	RoleChecker         // scans, and watches the feed
	RoleAdmin           // everything
	RoleSupervisor      // a checker who also sees the totals of his checkpoints and pairs devices
	RoleAuditor         // reads, never personal values
)

var roleNames = [...]string{"none", "holder", "device", "checker", "admin", "supervisor", "auditor"}

// String is the role's public spelling.
func (r Role) String() string { return roleNames[int(r)%len(roleNames)] }

// ParseRole is the inverse of String; RoleNone for an unknown word.
func ParseRole(s string) Role { return Role(max(slices.Index(roleNames[:], s), 0)) }

// Roles is a set of roles.
type Roles uint8

// RolesOf makes a set.
func RolesOf(roles ...Role) Roles {
	var set Roles
	for _, r := range roles {
		set |= 1 << r
	}
	return set
}

// Has reports membership. RoleNone is never a member.
func (s Roles) Has(r Role) bool { return r != RoleNone && s&(1<<r) != 0 }

// Identity is somebody who signed in. It is immutable.
type Identity struct {
	ID           string // of the account or device; stands in the ledger as the checker
	Name         string // for the screen
	Role         Role
	Organisation string   // id; empty: acts for himself
	Checkpoints  []string // where he may scan; "*" is everywhere
	INN          string   // tax number (ИНН), digits only; empty: not known
	SNILS        string   // insurance number (СНИЛС), digits only; empty: not known
	Confirmed    bool     // somebody vouches that he is who he says; without it he checks nobody else
}

// MayScanAt reports whether the identity may scan at this checkpoint.
func (i *Identity) MayScanAt(checkpoint string) bool {
	return slices.Contains(i.Checkpoints, "*") || slices.Contains(i.Checkpoints, checkpoint)
}

// Desk answers who asks.
type Desk struct {
	Sessions *Sessions
	Codes    *Codes
	devices  map[digest]*Identity // never modified
}

// NewDesk joins the ways to be known. Devices are keyed by the SHA-256 of their tokens.
func NewDesk(s *Sessions, c *Codes, devices map[[sha256.Size]byte]*Identity) *Desk {
	d := &Desk{Sessions: s, Codes: c, devices: make(map[digest]*Identity, len(devices))}
	for hash, identity := range devices {
		d.devices[hash] = identity
	}
	return d
}

// Credentials is what a request carries. At most one member is looked at: the token when there is one.
type Credentials struct {
	Token  string // of "Authorization: Bearer"
	Cookie string // session id
}

// Authenticate returns who presents these credentials, nil when nobody known does. A token that is wrong is
// not made good by a cookie beside it.
func (d *Desk) Authenticate(c Credentials) *Identity {
	if c.Token != "" {
		return d.devices[hashOf(c.Token)]
	}
	if c.Cookie != "" {
		return d.Sessions.Find(c.Cookie)
	}
	return nil
}

// SameOrigin reports whether a page of this Origin header belongs to the server that is addressed as host. A
// missing or opaque origin ("null") belongs to nobody. The scheme is left aside, because a proxy may end TLS.
func SameOrigin(origin, host string) bool {
	u, err := url.Parse(origin)
	return err == nil && u.Host != "" && strings.EqualFold(u.Host, host)
}

// digest is what is kept of a secret. Looking it up in a map leaks no timing about the secret: an attacker
// cannot choose what a guess hashes to.
type digest [sha256.Size]byte

func hashOf(secret string) digest { return sha256.Sum256([]byte(secret)) }

// newSecret is 256 random bits in the URL-safe base64 alphabet.
func newSecret() string {
	var b [32]byte
	_, _ = rand.Read(b[:]) // never fails: the program is stopped instead (crypto/rand)
	return base64.RawURLEncoding.EncodeToString(b[:])
}
