package mandate

import (
	"time"
)

// MaxChain is how many mandates may stand above a sub-delegated one.
const MaxChain = 8

// DefaultRegistryMaxAge is how old a registry's answer may be where the checkpoint says nothing else.
const DefaultRegistryMaxAge = 15 * time.Minute

// RegistryState is what the registry says of a mandate. The zero value is that nobody asked.
type RegistryState uint8

// Registry states.
const (
	RegistryNotAsked RegistryState = iota
	RegistryGood                   // registered, and not revoked
	RegistryRevoked
	RegistryNotFound
	RegistryUnavailable // asked, and got no clear answer
)

var registryNames = [...]string{"not_asked", "good", "revoked", "not_found", "unavailable"}

// String is the public spelling.
func (s RegistryState) String() string { return registryNames[int(s)%len(registryNames)] }

// MarshalText writes the public spelling.
func (s RegistryState) MarshalText() ([]byte, error) { return []byte(s.String()), nil }

// RegistryStatus is the registry's last answer about one mandate.
type RegistryStatus struct {
	State RegistryState `json:"state"`
	At    time.Time     `json:"at,omitzero"`    // when it was given
	Since time.Time     `json:"since,omitzero"` // of a revoked one: since when, if the registry says
}

// RegistryPolicy is what a checkpoint makes of the registry's silence.
type RegistryPolicy struct {
	// MaxAge is how old a good answer may be; zero is DefaultRegistryMaxAge. A revocation never grows old.
	MaxAge time.Duration
	// AcceptUnavailableUnsafe lets a mandate pass, with a warning, when the registry was not asked, did not answer or
	// answered too long ago. Otherwise such a mandate is indeterminate: mandate_registry_unavailable.
	AcceptUnavailableUnsafe bool
}

// Chain finds the mandates on which a sub-delegated one rests.
type Chain interface {
	// Parent returns the proven mandate with that number (GUID in lower case) and the registry's last answer about
	// it; nil when there is none. It must not block: it is called at each scan.
	Parent(number string) (*Proven, RegistryStatus)
}

// Number identifies a principal: ИНН, ОГРН (ОГРНИП of a sole trader), or both. Digits only.
type Number struct {
	INN  string
	OGRN string
}

// Limit is what a checkpoint is with regard to one code of restriction: where TEST_LIM_01 restricts to a shop,
// {"TEST_LIM_01", "STORE-0001"} says which shop this is.
type Limit struct {
	Code  string
	Value string
}

// AnyOf is a power that a checkpoint requires, as the codes of which any one grants it.
type AnyOf []string

// Question is what is asked of a mandate at a scan. Nothing of it is kept.
type Question struct {
	At        time.Time
	Principal Number   // for whom the checker says he acts
	Checker   Person   // who is signed in; only ИНН and СНИЛС count, never the name
	Present   []Person // other representatives who take part, for joint powers; known as surely as the checker
	Powers    []AnyOf  // all of which the checkpoint requires; at least one
	Limits    []Limit  // what the checkpoint is; a code may stand there with several values
	Registry  RegistryStatus
	Policy    RegistryPolicy
	Chain     Chain // nil: nothing is known above the mandate
}
