package main

import (
	"context"
	"errors"
	"fmt"
	"time"

	"vratar/gateway"
)

func adminCommand() command {
	return command{
		name: "admin", args: "--config FILE (--name NAME | --account ID)",
		summary: "make the first administrator",
		help: `
Creates an administrator and prints a link that signs a browser in once within a day. There is no default
password, and no password at all: add a passkey after signing in, and create the other accounts on the page (menu,
people and devices).

The gateway must be stopped, because its database takes one program at a time; the link works once it runs.
With --account it prints a new link for an administrator who cannot sign in any more.

  vratar admin --config /etc/vratar/vratar.toml --name "Anna Smirnova"`,
		run: func(_ context.Context, c *call) error {
			file := c.String("config", "", "configuration `FILE` of the gateway")
			name := c.String("name", "", "`NAME` of a new administrator")
			id := c.String("account", "", "`ID` of an administrator who needs a new link")
			if _, err := c.parse(0); err != nil {
				return err
			}
			if *file == "" {
				return errors.New("--config is required")
			}
			if (*name == "") == (*id == "") {
				return errors.New("want one of --name and --account")
			}
			cfg, err := gateway.LoadConfig(*file)
			if err != nil {
				return err
			}
			made, err := gateway.InviteAdmin(cfg, *name, *id)
			if err != nil {
				return err
			}
			_, err = fmt.Fprintf(c.out, "%s (%s) signs in once, until %s, with:\n\n  %s\n\nShow it to nobody. Start the gateway first: vratar serve --config %s\n",
				made.Account.Name, made.Account.ID, made.Expires.Format(time.RFC3339), made.Link, *file)
			return err
		},
	}
}
