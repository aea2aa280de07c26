package access

import (
	"fmt"
	"slices"
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

// MarshalText spells the role as String does.
func (r Role) MarshalText() ([]byte, error) { return []byte(r.String()), nil }

// UnmarshalText reads a role's public spelling; an unknown word is an error.
func (r *Role) UnmarshalText(text []byte) error {
	*r = ParseRole(string(text))
	if *r == RoleNone {
		return fmt.Errorf("there is no role %q", text)
	}
	return nil
}

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
