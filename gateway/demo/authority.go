package demo

import (
	"fmt"

	"vratar/verifier/mandate/draft"
)

// squareID is the checkpoint of an organisation without numbers, where mandates of every organisation count.
const squareID = "square"

// mandateSettings says whose mandates count, and what is shown to whom: the status alone to private persons.
func (w *World) mandateSettings() string {
	if len(w.mandates) == 0 {
		return ""
	}
	return fmt.Sprintf(`# Powers of attorney (МЧД): with them people say in whose name they scan. Samples lie in the folder "%s".
[mandates]
roots = [%q]
crls = [%q]
algorithms = ["ecdsa-sha256"] # of the samples; real ones are signed after GOST, which is the default
powers = [%q]
revoked = %q # numbers, one a line: add one and it ends
refresh = "1s"

[[profiles]]
id = "entry"
purpose = "Entry to the event"
legal_basis = "Contract with the visitor"
attributes = ["holder.name", "expires_at", "event", "sector", "row", "seat", "age_over_18"]

`, mandateFolder, authorityFile, crlFile, scanPower, takenBackFile)
}

// organisationSettings gives the arena the numbers that mandates know it by, and founds the square's organisation.
func (w *World) organisationSettings() string {
	if len(w.mandates) == 0 {
		return ""
	}
	arena := draft.Company(1)
	return fmt.Sprintf(`inn = %q # its checkpoints take its own mandates only
ogrn = %q

[[organisations]]
id = %q
name = "Town"
`, arena.INN, arena.OGRN, squareID)
}

// authoritySettings says what a checkpoint is for powers that are restricted.
func (w *World) authoritySettings(id string) string {
	switch {
	case len(w.mandates) == 0:
		return ""
	case id == squareID:
		return fmt.Sprintf("organisation = %q # has no numbers: mandates of every organisation count\nprofile = \"entry\"\n", squareID)
	}
	return fmt.Sprintf("profile = \"entry\"\n[checkpoints.authority]\nlimits = [\"%s=%s\"]\n", gateLimit, id)
}

// welcomeToMandates tells a newcomer where mandates are seen.
func (w *World) welcomeToMandates(l Links) string {
	if len(w.mandates) == 0 {
		return ""
	}
	return fmt.Sprintf(`  Mandates     %s
               The checker holds mandates good and bad: touch the line at the top of the scanner and choose one. This link
               signs in a supervisor, who sees all of them under Menu, Mandates. Files to bring in, and the list of
               revoked ones, are in %s.

`, l.Supervisor, w.path(mandateFolder))
}
