// Package mandate judges machine-readable powers of attorney (МЧД, "mandates"): whether a file is one, who signed it
// and whether he could, and whether it lets this checker act for this organisation at this checkpoint, now.
//
// It works in two steps. Prove is dear and done once: bytes, structure (format 003, schema ON_EMCHD_1), signature,
// certificate at the moment of signing, signer against principal. Judge is cheap and done at every scan: dates,
// representative, powers, chain of sub-delegation, registry. So an end takes effect at once, however long ago the
// mandate was imported.
//
// The package is pure: times, certificates, revocation lists and the registry's answers come in, and it fetches
// nothing. It leaves to its caller where mandates are kept, who is signed in, and the head of an organisation, who
// needs no mandate. What it refuses is an answer with a reason and a code for each check, never an error.
package mandate

// Kind tells an original mandate from one passed on.
type Kind uint8

// Kinds.
const (
	Original      Kind = iota // Довер: granted by the principal himself
	SubDelegation             // Передов: passed on by a representative
)

// String is the public spelling.
func (k Kind) String() string { return [...]string{"original", "sub_delegation"}[k%2] }

// Permission says whether powers may be passed on (ПрПередов).
type Permission uint8

// Permissions. The zero value permits nothing.
const (
	PassOnNever   Permission = iota // 1
	PassOnOnce                      // 2: but whoever receives them may not
	PassOnFurther                   // 3
)

// String is the public spelling.
func (p Permission) String() string { return [...]string{"never", "once", "further", ""}[p&3] }

// PartyKind says what sort of principal or representative it is.
type PartyKind uint8

// Kinds of parties.
const (
	PartyOrganisation PartyKind = iota
	PartyForeignOrganisation
	PartySoleTrader
	PartyPerson
	PartyBranch
	PartyForeignBranch
)

// String is the public spelling.
func (k PartyKind) String() string {
	names := [...]string{"organisation", "foreign_organisation", "sole_trader", "person", "branch", "foreign_branch"}
	if int(k) < len(names) {
		return names[k]
	}
	return ""
}

// Organisation is a legal entity or its branch. What the file does not say is empty.
type Organisation struct {
	Name string
	INN  string // 10 digits
	OGRN string // 13 digits
	KPP  string // 9 characters
}

// Person is a natural person. What the file does not say is empty.
type Person struct {
	Surname, GivenName, Patronymic string
	INN                            string // 12 digits
	SNILS                          string // 11 digits, without dashes
	OGRNIP                         string // 15 digits; sole traders
	Position                       string
}

// Head is somebody who acts for an organisation without a mandate (ЛицоБезДов).
type Head struct {
	Person  Person
	Company Organisation // the managing company he heads; zero: he heads the organisation itself
	Trader  bool         // a managing sole trader
	Jointly bool         // only together with the other heads (ПолнЮЛ 2)
}

// Party is a principal or a representative.
type Party struct {
	Kind         PartyKind
	Organisation Organisation // zero for a person or sole trader
	Person       Person       // zero for an organisation
	TradeName    string       // of a sole trader
	Heads        []Head       // who may sign for it
}

// Restriction narrows a power (ОгрСвПолн).
type Restriction struct {
	Code      string `json:"code"` // КодОгр
	Name      string `json:"name"`
	Value     string `json:"value,omitempty"`      // КодЗначОгр; empty when it is told in words only
	ValueName string `json:"value_name,omitempty"` // НаимЗначОгр
	Words     string `json:"words,omitempty"`      // ТексЗначОгр: no machine can judge it
}

// Power is one machine-readable power (МашПолн).
type Power struct {
	Code         string        `json:"code"`
	Name         string        `json:"name"`
	Mnemonic     string        `json:"mnemonic,omitempty"`
	Restrictions []Restriction `json:"restrictions,omitempty"`
}

// Powers are what the representatives may do (СвПолн).
type Powers struct {
	Machine bool   // told in codes (ТипПолн 1); otherwise in words, which no machine can judge
	Text    string // the words
	Codes   []Power
	// Joint demands all representatives together (ПрСовмПолн 2). The schema does not say what 1 and 2 mean; all known
	// files of a single representative carry 1.
	Joint bool
	Kept  bool // whoever passed them on keeps them as well (ПрУтрПолн 2)
}

// Reference names another mandate: the original, or the one right above (СвПервДовер, СвПередов).
type Reference struct {
	Number     string // GUID in lower case; empty when the file does not say, as with one on paper
	Issued     Date
	Until      Date
	Principals []Party // claimed by whoever passed on; empty when the file does not say
}

// Mandate is what a file says. It is a claim until Prove has proven it, and never modified.
type Mandate struct {
	Number         string // НомДовер: registry number, a GUID in lower case
	InternalNumber string // ВнНомДовер: the principal's own
	FileID         string // ИдФайл
	Kind           Kind
	Issued         Date // first day
	Until          Date // last day
	Irrevocable    bool
	Permission     Permission
	StatusAddress  string // СведСист: where its status is said to be kept; never followed by us
	Notarised      bool

	Principals      []Party // who grants it; of a sub-delegation, who passes it on
	Representatives []Party
	Powers          Powers

	First  Reference // sub-delegation: the original
	Parent Reference // sub-delegation: the one right above; equals First when that is the original
}
