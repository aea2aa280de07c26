package gateway

import (
	"encoding/pem"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"vratar/gateway/access"
	"vratar/verifier/mandate"
	"vratar/verifier/mandate/draft"
	"vratar/verifier/mandate/mandatetest"
)

func TestMandateMetrics(t *testing.T) {
	o, _ := newSampleOffice(t, nil)
	shows := func(lines ...string) {
		t.Helper()
		text := string(readAll(t, o.do("GET", "/metrics", "", nil).Body))
		for _, line := range lines {
			if !strings.Contains(text, line+"\n") {
				t.Errorf("metrics lack %q", line)
			}
		}
	}
	shows(`vratar_mandates{state="current"} 13`, `vratar_mandates{state="not_yet"} 1`, `vratar_mandates{state="ended"} 1`,
		`vratar_mandates{state="unproven"} 0`, `vratar_mandates_ending 2`,
		`vratar_mandates_registry{answer="good"} 13`, `vratar_mandates_registry{answer="revoked"} 1`,
		`vratar_mandates_registry{answer="unavailable"} 0`, `vratar_mandates_registry_age_seconds 0`)
	o.moveTo(time.Unix(o.clock.Load(), 0).AddDate(0, 0, 10))
	shows(`vratar_mandates{state="current"} 12`, `vratar_mandates{state="not_yet"} 0`, `vratar_mandates{state="ended"} 3`,
		`vratar_mandates_ending 0`)
}

// A gateway where nobody is asked has no such figures.
func TestNoMandateMetrics(t *testing.T) {
	h := newHouse(t, nil)
	if text := string(readAll(t, h.do("GET", "/metrics", "", nil).Body)); strings.Contains(text, "vratar_mandates") {
		t.Error("mandates are counted that cannot be")
	}
}

// That a sole trader manages the organisation is the mandate's own word: it counts only where the operator says so,
// loudly.
func TestClaimedHeads(t *testing.T) {
	manager, checker, company := draft.Trader(12), draft.Person(21), draft.Company(1)
	authority := mandatetest.NewOffice(time.Now().AddDate(-1, 0, 0))
	file := draft.Signed(draft.Mandate{
		Number: 1, Principal: []string{draft.Organisation(company, draft.ManagingTrader(manager))},
		Representatives: []mandate.Person{checker}, Powers: []mandate.Power{{Code: "TEST_SCAN"}},
	}, time.Now().Add(-time.Minute), authority.Signer(mandate.Organisation{}, manager))
	for _, accepted := range []bool{false, true} {
		o := &office{}
		o.house = newHouse(t, func(c *Config) {
			c.Mandates.Roots = []string{written(t, "root.pem", pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: authority.Root.Certificate.X509.Raw}))}
			c.Mandates.CRLs = []string{written(t, "list.crl", authority.Trust().CRLs[0].List.Raw)}
			c.Mandates.Algorithms, c.Mandates.Powers = []string{"ecdsa-sha256"}, []string{"TEST_SCAN"}
			c.Mandates.AcceptClaimedHeadsUnsafe = accepted
		})
		_, answer := o.enter(access.Account{Name: "Checker", Role: access.RoleChecker, INN: checker.INN}, nil).bringFile(file)
		report, _ := answer["report"].(map[string]any)
		if answer["stored"] != accepted || (!accepted && report["reason"] != "mandate_signer_mismatch") {
			t.Errorf("accepted: %v; %v", accepted, answer)
		}
		if told := strings.Contains(o.log.String(), "setting=mandates.accept_claimed_heads_unsafe"); told != accepted {
			t.Errorf("accepted: %v, told in the log: %v", accepted, told)
		}
	}
}

func written(t *testing.T, name string, data []byte) string {
	t.Helper()
	file := filepath.Join(t.TempDir(), name)
	if err := os.WriteFile(file, data, 0o600); err != nil {
		t.Fatal(err)
	}
	return file
}
