package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"strings"
	"time"
)

// Exit codes, the same for every command.
const (
	exitOK    = 0
	exitNo    = 1 // the answer is no: not valid, chain broken
	exitError = 2 // there is no answer: bad flags, unreadable file, port in use
)

// errNo ends a command whose answer, already printed, is no.
var errNo = errors.New("no")

// console is where a command reads and writes.
type console struct {
	in       io.Reader
	out, err io.Writer
}

// command is one word of `vratar WORD`.
type command struct {
	name    string
	args    string // synopsis of what follows the name
	summary string // one line for the list of commands
	help    string // more, for `vratar help NAME`
	run     func(ctx context.Context, c *call) error
}

// call is one run of a command.
type call struct {
	console
	*flag.FlagSet
	args []string
}

// commands is the one list, in the order in which a newcomer meets them.
func commands() []command {
	return []command{
		demoCommand(), serveCommand(), adminCommand(),
		verifyCommand(), issueCommand(), presentCommand(), keygenCommand(), trustCommand(), statusCommand(),
		ledgerCommand(), backupCommand(), restoreCommand(),
		versionCommand(),
	}
}

// run carries out one command line and returns the process's exit code.
func run(ctx context.Context, args []string, io console) int {
	if len(args) == 0 {
		overview(io.err)
		return exitError
	}
	name, args := args[0], args[1:]
	if name == "help" || name == "-h" || name == "-help" || name == "--help" {
		if len(args) == 0 {
			overview(io.out)
			return exitOK
		}
		name, args = args[0], []string{"-h"}
		io.err = io.out // it was asked for
	}
	for _, c := range commands() {
		if c.name == name {
			return c.carryOut(ctx, args, io)
		}
	}
	fmt.Fprintf(io.err, "vratar: there is no command %q; see: vratar help\n", name)
	return exitError
}

func (c command) carryOut(ctx context.Context, args []string, io console) int {
	flags := flag.NewFlagSet(c.name, flag.ContinueOnError)
	flags.SetOutput(io.err)
	flags.Usage = func() { c.usage(flags) }
	err := c.run(ctx, &call{console: io, FlagSet: flags, args: args})
	switch {
	case err == nil, errors.Is(err, flag.ErrHelp):
		return exitOK
	case errors.Is(err, errNo):
		return exitNo
	case errors.Is(err, errUsage):
		return exitError // package flag has told what is wrong
	}
	for line := range strings.Lines(err.Error()) {
		fmt.Fprintf(io.err, "vratar %s: %s\n", c.name, strings.TrimRight(line, "\n"))
	}
	return exitError
}

func (c command) usage(flags *flag.FlagSet) {
	w := flags.Output()
	fmt.Fprintf(w, "vratar %s %s\n\n%s\n", c.name, c.args, strings.TrimSpace(c.help))
	some := false
	flags.VisitAll(func(*flag.Flag) { some = true })
	if some {
		fmt.Fprintln(w, "\nFlags:")
		flags.PrintDefaults()
	}
}

func overview(w io.Writer) {
	fmt.Fprint(w, "Vratar checks QR credentials at the gate.\n\nUsage: vratar COMMAND [FLAGS] [ARGUMENTS]\n\n")
	for _, c := range commands() {
		fmt.Fprintf(w, "  %-9s %s\n", c.name, c.summary)
	}
	fmt.Fprint(w, "\nStart with:  vratar demo\nMore:        vratar help COMMAND\n")
}

// errUsage marks a fault of the command line that package flag has told already.
var errUsage = errors.New("usage")

// parse reads flags and arguments in any order and allows at most max arguments; max < 0 allows any number.
func (c *call) parse(max int) (arguments []string, err error) {
	for rest := c.args; ; {
		if err := c.FlagSet.Parse(rest); errors.Is(err, flag.ErrHelp) {
			return nil, err
		} else if err != nil {
			return nil, errUsage
		}
		rest = c.FlagSet.Args()
		if len(rest) == 0 {
			break
		}
		arguments, rest = append(arguments, rest[0]), rest[1:]
	}
	if max >= 0 && len(arguments) > max {
		return nil, fmt.Errorf("%q is one argument too many; see: vratar help %s", arguments[max], c.Name())
	}
	return arguments, nil
}

// list is a flag that may be given several times.
type list []string

func (l *list) String() string     { return strings.Join(*l, ", ") }
func (l *list) Set(s string) error { *l = append(*l, s); return nil }

func (c *call) list(name, usage string) *list {
	var l list
	c.Var(&l, name, usage)
	return &l
}

// time is a flag with a moment as RFC 3339; zero when it is not given.
func (c *call) time(name, usage string) *time.Time {
	var t time.Time
	c.Func(name, usage+", as `RFC3339`, e.g. 2026-03-01T10:00:00Z", func(s string) (err error) {
		t, err = time.Parse(time.RFC3339, s)
		return err
	})
	return &t
}

// verb takes the first argument of a command that has several ways.
func (c *call) verb() string {
	if len(c.args) == 0 {
		return ""
	}
	verb := c.args[0]
	c.args = c.args[1:]
	return verb
}

// unknownVerb lets package flag answer -h, and refuses everything else.
func (c *call) unknownVerb(verb string) error {
	if strings.HasPrefix(verb, "-") {
		c.args = []string{verb}
		_, err := c.parse(0)
		return err
	}
	return fmt.Errorf("%q is not one of its ways; see: vratar help %s", verb, c.Name())
}
