package main

import (
	"bytes"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

// TestScripts plays testdata/*.txt. A script is lines of:
//
//	vratar ARG...          run it; it must exit 0
//	exit N vratar ARG...   run it; it must exit N
//	stdin TEXT             what the next vratar reads
//	stdout REGEXP          the last output matches; likewise stderr
//	!stdout REGEXP         it does not; likewise !stderr
//	keep NAME              $NAME is the last output from now on
//	write FILE TEXT        with \n for line breaks
//	exists FILE
//
// Arguments in single quotes may hold spaces. Each script has a folder of its own.
func TestScripts(t *testing.T) {
	files, err := filepath.Glob("testdata/*.txt")
	if err != nil || len(files) == 0 {
		t.Fatal("no scripts", err)
	}
	for _, file := range files {
		text, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		t.Run(strings.TrimSuffix(filepath.Base(file), ".txt"), func(t *testing.T) {
			t.Chdir(t.TempDir())
			s := script{t: t, vars: map[string]string{}}
			for n, line := range strings.Split(string(text), "\n") {
				s.line = n + 1
				if line = strings.TrimSpace(line); line != "" && line[0] != '#' {
					s.play(line)
				}
			}
		})
	}
}

type script struct {
	t              *testing.T
	line           int
	vars           map[string]string
	stdin          string
	stdout, stderr string
}

func (s *script) play(line string) {
	word, rest, _ := strings.Cut(line, " ")
	switch word {
	case "vratar":
		s.run(0, rest)
	case "exit":
		code, rest, _ := strings.Cut(rest, " vratar")
		s.run(int(code[0]-'0'), strings.TrimSpace(rest))
	case "stdin":
		s.stdin = s.expand(rest)
	case "stdout":
		s.match(s.stdout, rest, true)
	case "stderr":
		s.match(s.stderr, rest, true)
	case "!stdout":
		s.match(s.stdout, rest, false)
	case "!stderr":
		s.match(s.stderr, rest, false)
	case "keep":
		s.vars["$"+rest] = strings.TrimSpace(s.stdout)
	case "write":
		name, text, _ := strings.Cut(rest, " ")
		if err := os.WriteFile(name, []byte(s.expand(text)), 0o600); err != nil {
			s.fail("%v", err)
		}
	case "exists":
		if _, err := os.Stat(rest); err != nil {
			s.fail("%v", err)
		}
	default:
		s.fail("unknown word %q", word)
	}
}

func (s *script) fail(format string, args ...any) {
	s.t.Helper()
	s.t.Fatalf("line %d: "+format, append([]any{s.line}, args...)...)
}

func (s *script) expand(text string) string {
	for name, value := range s.vars {
		text = strings.ReplaceAll(text, name, value)
	}
	return strings.ReplaceAll(text, `\n`, "\n")
}

func (s *script) run(want int, text string) {
	s.t.Helper()
	var args []string
	for _, m := range regexp.MustCompile(`'([^']*)'|(\S+)`).FindAllStringSubmatch(text, -1) {
		args = append(args, s.expand(m[1]+m[2]))
	}
	var out, errs bytes.Buffer
	code := run(s.t.Context(), args, console{in: strings.NewReader(s.stdin), out: &out, err: &errs})
	s.stdin, s.stdout, s.stderr = "", out.String(), errs.String()
	if code != want {
		s.fail("vratar %s: exit %d, want %d\n%s%s", text, code, want, s.stdout, s.stderr)
	}
}

func (s *script) match(text, pattern string, want bool) {
	s.t.Helper()
	if regexp.MustCompile(`(?m)`+pattern).MatchString(text) != want {
		s.fail("match of %q is %v in:\n%s", pattern, !want, text)
	}
}
