package gateway

import (
	"net/http"
	"testing"
	"time"

	"vratar/gateway/access"
	"vratar/gateway/demo"
	"vratar/verifier/mandate"
)

// newSampleOffice is the demonstration with mandates, as `vratar demo --mandates` starts it.
func newSampleOffice(t testing.TB, change func(*Config)) (*office, []demo.Mandate) {
	t.Helper()
	o := &office{}
	start := time.Now()
	o.moveTo(start)
	var world *demo.World
	o.house = newHouseAt(t, func() time.Time { return time.Unix(o.clock.Load(), 0) }, func(c *Config) {
		dir := t.TempDir()
		var err error
		if world, err = demo.New(demo.Options{Dir: dir, Now: start, Mandates: true}); err != nil {
			t.Fatal(err)
		}
		shown, err := LoadConfig(world.ConfigFile())
		if err != nil {
			t.Fatal(err)
		}
		shown.Listen, shown.Demo = c.Listen, c.Demo
		shown.Demo.Mandates, shown.Demo.Checker = world.Mandates(), world.Checker()
		if *c = shown; change != nil {
			change(c)
		}
	})
	o.loadSamples(world)
	return o, world.Papers()
}

// guest signs in through a link of the demonstration.
func (o *office) guest(role string) *visit {
	o.t.Helper()
	link, err := o.gateway.SignInLink(role, time.Minute)
	if err != nil {
		o.t.Fatal(err)
	}
	return o.redeem(link[len(o.url+signInPath):], role)
}

func TestSampleMandates(t *testing.T) {
	o, papers := newSampleOffice(t, nil)
	checker, supervisor := o.guest("checker"), o.guest("supervisor")
	kept := 0
	for _, p := range papers {
		if !p.Kept {
			_, answer := checker.bringFile(p.File())
			report, _ := answer["report"].(map[string]any)
			if answer["stored"] != false || report["reason"] != p.Expect {
				t.Errorf("%s: %v", p.Name, answer)
			}
			continue
		}
		kept++
		if got := ruled(checker.scan("north", p.Number, "n"+p.Name)); got != p.Expect {
			t.Errorf("%s: %s, want %s", p.Name, got, p.Expect)
		}
		if status, _ := supervisor.call("GET", "/v1/mandates/"+p.Number, ""); (status == http.StatusOK) == (p.Name == "museum") {
			t.Errorf("the arena's supervisor looks at %s: %d", p.Name, status)
		}
		o.restrictedElsewhere(t, checker, p)
	}
	if kept < 14 {
		t.Errorf("%d mandates", kept)
	}
	if got := ruled(checker.scan("north", "", "alone")); got != "ok" {
		t.Errorf("as a private person: %s", got)
	}
	if n := len(o.gateway.mandates.All()); n != kept {
		t.Errorf("%d are kept, want %d", n, kept)
	}
}

// restrictedElsewhere: what fails at the north gate for its place holds where it belongs.
func (o *office) restrictedElsewhere(t *testing.T, checker *visit, p demo.Mandate) {
	t.Helper()
	place := map[string]string{"restricted": "south", "museum": "square"}[p.Name]
	if place == "" {
		return
	}
	if got := ruled(checker.scan(place, p.Number, "there"+p.Name)); got != "ok" {
		t.Errorf("%s at %s: %s", p.Name, place, got)
	}
}

// A second start has mandates of its own; the first ones are gone.
func TestSampleMandatesAreThoseOfThisStart(t *testing.T) {
	o, before := newSampleOffice(t, nil)
	o.stop()
	world, err := demo.New(demo.Options{Dir: o.cfg.DataDir, Now: time.Now().Add(-time.Hour), Mandates: true})
	if err != nil {
		t.Fatal(err)
	}
	o.cfg.Demo.Mandates, o.cfg.Demo.Checker = world.Mandates(), world.Checker()
	o.start()
	if o.gateway.mandates.Find(before[0].Number) != nil {
		t.Error("a mandate of the start before is still there")
	}
	if got, want := len(o.gateway.mandates.All()), len(world.Mandates()); got != want {
		t.Errorf("%d are kept, want %d", got, want)
	}
	if e := o.gateway.mandates.Find(world.Papers()[0].Number); e == nil || !names(e, &access.Identity{INN: world.Checker().INN}) {
		t.Error("no mandate for the checker")
	}
}

// A mandate counts to the last second of its last day in Moscow, and no longer.
func TestEndTakesEffectAtOnce(t *testing.T) {
	o, papers := newSampleOffice(t, nil)
	checker := o.guest("checker")
	valid := papers[0]
	_, shown := checker.call("GET", "/v1/mandates/"+valid.Number, "")
	ends, err := time.Parse(time.RFC3339, shown["ends_at"].(string))
	if err != nil {
		t.Fatal(err)
	}
	for i, f := range []struct {
		at   time.Time
		want string
	}{{ends.Add(-time.Second), "ok"}, {ends, "mandate_expired"}} {
		o.moveTo(f.at)
		if got := ruled(checker.scan("north", valid.Number, "end"+string(rune('0'+i)))); got != f.want {
			t.Errorf("at %s: %s, want %s", f.at, got, f.want)
		}
	}
	if mandate.DateAt(ends.Add(-time.Second)) == mandate.DateAt(ends) {
		t.Errorf("%s is no midnight in Moscow", ends)
	}
}
