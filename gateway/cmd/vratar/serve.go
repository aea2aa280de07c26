package main

import (
	"context"
	"errors"
	"io"
	"log/slog"
	"os"

	"vratar/gateway"
	"vratar/gateway/telemetry"
)

func serveCommand() command {
	return command{
		name: "serve", args: "--config FILE",
		summary: "run the gateway",
		help: `
Runs the gateway of a configuration file until it is told to stop (SIGTERM, Ctrl-C); running requests end
first. All faults of the file are told at once. With --check it only reads the file.

deploy/vratar.toml is an example with every setting.`,
		run: func(ctx context.Context, c *call) error {
			file := c.String("config", "", "configuration `FILE`, TOML")
			check := c.Bool("check", false, "check the file and do not start")
			logging := c.logFlags()
			if _, err := c.parse(0); err != nil {
				return err
			}
			if *file == "" {
				return errors.New("--config is required")
			}
			cfg, err := gateway.LoadConfig(*file)
			if err != nil || *check {
				return err
			}
			return serve(ctx, cfg, logging.logger(c.err, slog.LevelInfo))
		},
	}
}

func serve(ctx context.Context, cfg gateway.Config, log *slog.Logger) error {
	g, err := gateway.New(withEnvironment(cfg), gateway.Deps{Log: log})
	if err != nil {
		return err
	}
	return g.Run(ctx)
}

// withEnvironment applies the switches that measurements and comparisons use.
func withEnvironment(cfg gateway.Config) gateway.Config {
	if os.Getenv("VRATAR_MEMO") == "off" {
		cfg.Memo = 0
	}
	return cfg
}

func closeAfter(g *gateway.Gateway, err error) error { return errors.Join(err, g.Close()) }

// logFlags are the flags of commands that run for long.
type logFlags struct{ json, debug *bool }

func (c *call) logFlags() logFlags {
	return logFlags{
		json:  c.Bool("log-json", false, "log as JSON lines"),
		debug: c.Bool("debug", false, "log more"),
	}
}

// logger writes from level on, or everything with --debug.
func (f logFlags) logger(w io.Writer, level slog.Level) *slog.Logger {
	if *f.debug {
		level = slog.LevelDebug
	}
	return telemetry.NewLogger(w, level, *f.json)
}
