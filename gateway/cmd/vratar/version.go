package main

import (
	"context"
	"fmt"
	"runtime"
	"runtime/debug"
)

func versionCommand() command {
	return command{
		name: "version", summary: "say which version this is",
		help: "Prints the version, the commit it was built from and the Go version.",
		run: func(_ context.Context, c *call) error {
			if _, err := c.parse(0); err != nil {
				return err
			}
			fmt.Fprintf(c.out, "vratar %s %s %s/%s\n", buildVersion(), runtime.Version(), runtime.GOOS, runtime.GOARCH)
			return nil
		},
	}
}

// version is set by the linker: see the Makefile.
var version string

// buildVersion is what the linker was told, else what the Go tool recorded: a tag for a released module, or
// the commit.
func buildVersion() string {
	if version != "" {
		return version
	}
	info, ok := debug.ReadBuildInfo()
	if !ok {
		return "unknown"
	}
	settings := make(map[string]string)
	for _, s := range info.Settings {
		settings[s.Key] = s.Value
	}
	v, commit := info.Main.Version, settings["vcs.revision"]
	if (v == "" || v == "(devel)") && len(commit) >= 12 {
		v = commit[:12]
		if settings["vcs.modified"] == "true" {
			v += "+changed"
		}
	}
	return v
}
