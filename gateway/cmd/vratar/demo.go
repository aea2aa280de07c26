package main

import (
	"context"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"sync"
	"time"

	"vratar/gateway"
	"vratar/gateway/demo"
)

func demoCommand() command {
	return command{
		name: "demo", args: "[--listen ADDRESS] [--data FOLDER] [--mandates]",
		summary: "try it: a gateway with sample documents, two gates and sign-in links",
		help: `
Starts a gateway with everything in it to try: an issuer with documents good and bad, one organisation, two
checkpoints, sign-in links. Needs nothing else and no network. What it makes is kept in FOLDER.

  vratar demo
  vratar demo --trust my-trust.json      and judge credentials of your own as well
  vratar demo --mandates                 and ask checkers in whose name they scan: powers of attorney (МЧД) good
                                         and bad, each refusal to be seen, and a supervisor who looks after them`,
		run: runDemo,
	}
}

func runDemo(ctx context.Context, c *call) error {
	listen := c.String("listen", "localhost:8080", "`ADDRESS` to serve on, host:port")
	data := c.String("data", defaultDemoFolder(), "`FOLDER` for keys, settings and the database")
	trust := c.list("trust", "`FILE` with further keys that are believed; may be repeated")
	status := c.list("status", "`FILE` with a further status list; may be repeated")
	mandates := c.Bool("mandates", false, "add powers of attorney, good and bad, and ask in whose name somebody scans")
	logging := c.logFlags()
	if _, err := c.parse(0); err != nil {
		return err
	}
	world, err := demo.New(demo.Options{Dir: *data, Trust: *trust, Status: *status, Now: time.Now(), Mandates: *mandates})
	if err != nil {
		return err
	}
	cfg, err := gateway.LoadConfig(world.ConfigFile())
	if err != nil {
		return err
	}
	used := make(chan string, 16) // at most one link of each role is in force, so it never fills
	cfg.Listen = *listen
	cfg.Demo = &gateway.Demo{
		Samples:  func() ([]byte, error) { return world.SamplesJSON(time.Now()) },
		LinkUsed: func(role string) { used <- role },
		Console:  c.out,
		Mandates: world.Mandates(), Checker: world.Checker(),
	}
	g, err := gateway.New(withEnvironment(cfg), gateway.Deps{Log: logging.logger(c.err, slog.LevelWarn)})
	if err != nil {
		return err
	}
	s := &show{world: world, gateway: g, console: c.console, roles: []string{"checker", "admin", "holder"}}
	if *mandates {
		s.roles = append(s.roles, "supervisor")
	}
	if err := s.open(); err != nil {
		return closeAfter(g, err)
	}
	ctx, cancel := context.WithCancel(ctx)
	var renewing sync.WaitGroup
	renewing.Go(func() { s.renew(ctx, used) })
	err = g.Run(ctx)
	cancel()
	renewing.Wait()
	return err
}

func defaultDemoFolder() string {
	cache, err := os.UserCacheDir()
	if err != nil {
		cache = os.TempDir()
	}
	return filepath.Join(cache, "vratar-demo")
}

// linkLife is how long an unused sign-in link stays good. A demo may stand for weeks.
const linkLife = 30 * 24 * time.Hour

// show keeps demo.json and the terminal up to date with the links in force.
type show struct {
	world   *demo.World
	gateway *gateway.Gateway
	console console
	roles   []string // that have a link
	links   demo.Links
}

// link is where the link of a role is kept; nil for a role that has none.
func (s *show) link(role string) *string {
	switch role {
	case "checker":
		return &s.links.Checker
	case "admin":
		return &s.links.Admin
	case "holder":
		return &s.links.Holder
	case "supervisor":
		return &s.links.Supervisor
	}
	return nil
}

func (s *show) mint(role string) error {
	link, err := s.gateway.SignInLink(role, linkLife)
	if err != nil {
		return err
	}
	*s.link(role) = link
	return nil
}

// open mints the first links and tells everybody.
func (s *show) open() error {
	for _, role := range s.roles {
		if err := s.mint(role); err != nil {
			return err
		}
	}
	url := s.gateway.URL()
	if err := s.world.Publish(url, s.links); err != nil {
		return err
	}
	_, err := fmt.Fprint(s.console.out, s.world.Welcome(url, s.links))
	return err
}

// renew replaces links as they are used, until ctx ends.
func (s *show) renew(ctx context.Context, used <-chan string) {
	for {
		select {
		case <-ctx.Done():
			return
		case role := <-used:
			if s.link(role) == nil {
				continue
			}
			err := s.mint(role)
			if err == nil {
				err = s.world.Publish(s.gateway.URL(), s.links)
			}
			if err != nil {
				fmt.Fprintf(s.console.err, "vratar demo: no new sign-in link: %v\n", err)
				continue
			}
			fmt.Fprintf(s.console.out, "  The %s link was used; the next one is:\n  %s\n\n", role, *s.link(role))
		}
	}
}
