package demo

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"encoding/pem"
	"errors"
	"os"
	"path/filepath"
	"time"

	"vratar/verifier"
	"vratar/verifier/mandate"
	"vratar/verifier/mandate/draft"
	"vratar/verifier/pki/certify"
)

// Mandate is a sample power of attorney (МЧД).
type Mandate struct {
	Name   string `json:"name"` // of its files in the folder "mandates", and what it shows
	Number string `json:"number"`
	// Expect is the reason that a scan under it at the north gate gives; of one that is refused when it is brought in,
	// that reason.
	Expect string `json:"expect"`
	Kept   bool   `json:"kept"` // the gateway has it from the start; false: it would not keep it

	file mandate.File
}

// Files of the folder with mandates.
const (
	mandateFolder = "mandates"
	authorityFile = mandateFolder + "/authority.pem"
	crlFile       = mandateFolder + "/authority.crl"
	takenBackFile = mandateFolder + "/revoked.txt"
)

// What the sample mandates grant, and what restricts one of them to a gate.
const (
	scanPower  = "DEMO_CHECK_DOCUMENTS"
	otherPower = "DEMO_SIGN_RECEIPTS"
	gateLimit  = "DEMO_GATE"
)

// cast is who appears in the mandates: invented people with numbers that nobody has.
type cast struct {
	arena, museum              mandate.Organisation
	head, checker, colleague   mandate.Person
	office, stranger           *draft.Office
	byHead, byOther, byMuseum  *certify.Holder
	byColleague, uncertifiable *certify.Holder
}

// paper is a mandate to be written.
type paper struct {
	name   string
	expect verifier.Reason
	away   bool // not kept
	draft  draft.Mandate
	by     *certify.Holder
}

func newCast(now time.Time) (*cast, error) {
	founded := now.AddDate(-2, 0, 0)
	keys := map[string]*certify.Key{}
	var failed error
	key := func(of string) *certify.Key {
		if keys[of] == nil {
			k, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
			failed = errors.Join(failed, err)
			keys[of] = certify.ECDSA(k)
		}
		return keys[of]
	}
	c := &cast{
		arena: draft.Company(1), museum: draft.Company(2), head: draft.Person(11), checker: draft.Person(21), colleague: draft.Person(22),
		office: draft.NewOffice("Demo authority", founded, key), stranger: draft.NewOffice("Unknown authority", founded, key),
	}
	c.arena.Name, c.museum.Name = arenaName, "Demo Museum"
	c.head.Surname, c.head.GivenName, c.head.Patronymic = "Ахметова", "Дина", ""
	c.checker.Surname, c.checker.GivenName, c.checker.Patronymic = "Сериков", "Данияр", ""
	c.colleague.Surname, c.colleague.GivenName, c.colleague.Patronymic = "Иванов", "Пётр", ""
	c.byHead, c.byOther = c.office.Signer(c.arena, c.head), c.office.Signer(c.arena, c.colleague)
	c.byMuseum, c.byColleague = c.office.Signer(c.museum, c.head), c.office.Signer(mandate.Organisation{}, c.colleague)
	c.uncertifiable = c.stranger.Signer(c.arena, c.head)
	return c, failed
}

// draftMandates makes the mandates of this start, and what says whose signatures count. All of it is new each time:
// yesterday's mandate that ends soon would have ended.
func (w *World) draftMandates(o Options) error {
	if !o.Mandates {
		return nil
	}
	c, err := newCast(o.Now)
	if err != nil {
		return err
	}
	w.checker = c.checker
	if err := os.MkdirAll(w.path(mandateFolder), 0o700); err != nil {
		return err
	}
	for i, p := range c.papers(o.Now) {
		p.draft.Number = number(o.Now, i)
		f := draft.Signed(p.draft, o.Now.Add(-time.Minute), p.by)
		f.Name = p.name + ".xml"
		if p.expect == verifier.ReasonUnsupportedVersion {
			f.Data = []byte(`<?xml version="1.0" encoding="UTF-8"?><Доверенность ВерсФорм="002"/>`)
		}
		if p.name == "altered" {
			alter(f.Data)
		}
		m := Mandate{Name: p.name, Number: draft.Number(p.draft.Number), Expect: p.expect.String(), Kept: !p.away, file: f}
		w.mandates = append(w.mandates, m)
	}
	return w.writeMandates(c, o)
}

func (w *World) writeMandates(c *cast, o Options) error {
	root := pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: c.office.Root.Certificate.X509.Raw})
	list := c.office.Root.List(c.office.From, o.Now.AddDate(1, 0, 0))
	files := map[string][]byte{authorityFile: root, crlFile: list.List.Raw}
	for _, m := range w.mandates {
		if m.Expect == verifier.ReasonMandateRevoked.String() {
			files[takenBackFile] = append(files[takenBackFile], m.Number+"\n"...)
		}
		files[filepath.Join(mandateFolder, m.Name+".xml")] = m.file.Data
		files[filepath.Join(mandateFolder, m.Name+".sig")] = m.file.Signatures[0]
	}
	for name, data := range files {
		if err := w.write(name, data); err != nil {
			return err
		}
	}
	return nil
}

// Mandates are the files that the gateway keeps from the start.
func (w *World) Mandates() []mandate.File {
	var kept []mandate.File
	for i := range w.mandates {
		if w.mandates[i].Kept {
			kept = append(kept, w.mandates[i].file)
		}
	}
	return kept
}

// Papers are all sample mandates, none where they were not asked for.
func (w *World) Papers() []Mandate { return w.mandates }

// File is the mandate with its signature.
func (m *Mandate) File() mandate.File { return m.file }

// Checker is to whom the mandates are granted: who scans in the demo.
func (w *World) Checker() mandate.Person { return w.checker }

// alter changes a digit of the day on which a mandate ends.
func alter(text []byte) {
	const mark = `СрокДейст="2`
	for i := range len(text) - len(mark) {
		if string(text[i:i+len(mark)]) == mark {
			text[i+len(mark)] = '1'
			return
		}
	}
}
