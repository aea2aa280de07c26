package conformance

import (
	"bufio"
	"bytes"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"strings"
	"testing"
	"time"

	"vratar/bench/corpus"
	"vratar/gateway"
	"vratar/gateway/refresh"
	"vratar/verifier"
	"vratar/verifier/proof"
	"vratar/verifier/proof/fastpath"
	"vratar/verifier/vectors"
)

// The path is chosen once in a process, so each path judges in a process of its own: this test binary, told by a
// variable to print its verdicts instead.
const (
	askVectors = "VRATAR_TEST_JUDGE_VECTORS" // folder of the vectors
	askCorpus  = "VRATAR_TEST_JUDGE_CORPUS"  // folder of a corpus
)

// day is a moment at which the corpus is in force.
func day() time.Time { return time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC) }

func TestMain(m *testing.M) {
	j := judge{out: bufio.NewWriter(os.Stdout), preparer: proof.NewPreparer(1 << 30)}
	var err error
	switch folder, generated := os.Getenv(askVectors), os.Getenv(askCorpus); {
	case folder != "":
		err = j.vectors(Runner{Vectors: folder})
	case generated != "":
		err = j.corpus(generated)
	default:
		os.Exit(m.Run())
	}
	if err := errors.Join(err, j.finish()); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

// judge prints a line for each verdict.
type judge struct {
	out      *bufio.Writer
	preparer *proof.Preparer
	prepared uint64 // signatures that were checked with a prepared key
}

// summary is the last line.
type summary struct {
	Paths                   []proof.Path
	Built, Prepared, Alarms uint64
}

// Check prepares every key before its first signature, as use would after a while.
func (j *judge) Check(k *verifier.Key, p *verifier.Proof) bool {
	j.preparer.Prepare(k)
	if k.Preparation.Key() != nil {
		j.prepared++
	}
	return proof.Checker{}.Check(k, p)
}

func (j *judge) finish() error {
	s := summary{Paths: proof.Paths(), Built: j.preparer.Stats().Built, Prepared: j.prepared, Alarms: proof.Alarms()}
	return errors.Join(json.NewEncoder(j.out).Encode(s), j.out.Flush())
}

// verifier believes the lists of those files.
func (j *judge) verifier(trustFiles, statusFiles []string) (*verifier.Verifier, error) {
	lists, err := refresh.New(refresh.Config{
		Trust: refresh.Lists{Files: trustFiles, MaxSize: 1 << 28}, Status: refresh.Lists{Files: statusFiles, MaxSize: 1 << 28},
		Checker: j,
	})
	if err != nil {
		return nil, err
	}
	for _, s := range lists.Sources() {
		if s.Error != "" {
			return nil, fmt.Errorf("%s: %s", s.Name, s.Error)
		}
	}
	return &verifier.Verifier{Formats: gateway.Formats(nil), Lists: lists, Checker: j, Skew: time.Minute}, nil
}

// judge judges one payload and prints what is said of it.
func (j *judge) judge(v *verifier.Verifier, id string, s verifier.Scan) error {
	verdict := v.Verify(s)
	_, err := fmt.Fprintf(j.out, "%s %s %v\n", id, verdict.AppendJSON(nil, 0), verdict.Cause)
	return err
}

func (j *judge) vectors(r Runner) error {
	for _, s := range Suites() {
		entries, err := r.entries(s)
		if err != nil {
			return err
		}
		for _, batch := range byKey(entries) {
			if err := j.batch(r, s, batch); err != nil {
				return fmt.Errorf("%s: %w", batch[0].ID, err)
			}
		}
	}
	return nil
}

// batch judges vectors that share a key and lists.
func (j *judge) batch(r Runner, s Suite, batch []entry) error {
	args, tidy, err := r.arguments(s, batch[0])
	defer tidy()
	if err != nil {
		return err
	}
	files := map[string][]string{}
	for args = args[2:]; len(args) > 1; args = args[2:] {
		files[args[0]] = append(files[args[0]], args[1])
	}
	v, err := j.verifier(files["--trust"], files["--status"])
	if err != nil {
		return err
	}
	for _, e := range batch {
		scan := verifier.Scan{Payload: []byte(e.Payload), At: day()}
		if e.Encoding == "base64" {
			if scan.Payload, err = base64.StdEncoding.DecodeString(string(e.Payload)); err != nil {
				return err
			}
		}
		if e.Now != "" {
			if scan.At, err = time.Parse(time.RFC3339, e.Now); err != nil {
				return err
			}
		}
		if err := j.judge(v, e.ID, scan); err != nil {
			return err
		}
	}
	return nil
}

func (j *judge) corpus(folder string) error {
	c, err := corpus.Read(folder)
	if err != nil {
		return err
	}
	status, err := corpus.StatusIn(folder)
	if err != nil {
		return err
	}
	v, err := j.verifier([]string{corpus.TrustIn(folder)}, status)
	if err != nil {
		return err
	}
	for _, i := range c.Items {
		if err := j.judge(v, i.Name, verifier.Scan{Payload: i.Payload, At: day()}); err != nil {
			return err
		}
	}
	return nil
}

// ask has the payloads of a folder judged by a path, and returns the verdicts and what was done for them.
func ask(t *testing.T, variable, folder, path string) (lines []string, s summary) {
	t.Helper()
	cmd := exec.Command(os.Args[0])
	cmd.Env = append(os.Environ(), variable+"="+folder, fastpath.Variable+"="+path)
	var out, complaints bytes.Buffer
	cmd.Stdout, cmd.Stderr = &out, &complaints
	if err := cmd.Run(); err != nil {
		t.Fatalf("%s: %v: %s", path, err, complaints.Bytes())
	}
	for {
		line, err := out.ReadString('\n')
		if errors.Is(err, io.EOF) {
			break
		}
		lines = append(lines, line)
	}
	last := len(lines) - 1
	if err := json.Unmarshal([]byte(lines[last]), &s); err != nil {
		t.Fatal(err)
	}
	return lines[:last], s
}

// agree holds the verdicts of all paths against those of the library alone. A machine without AVX-512 takes the
// portable path for the fastest.
func agree(t *testing.T, variable, folder string) {
	t.Helper()
	want, off := ask(t, variable, folder, fastpath.Off)
	if off.Prepared != 0 || len(want) == 0 {
		t.Fatalf("off: %d verdicts, %+v", len(want), off)
	}
	for _, path := range []string{fastpath.Portable, fastpath.IFMA} {
		got, s := ask(t, variable, folder, path)
		if s.Built == 0 || s.Prepared == 0 || s.Alarms != 0 || len(got) != len(want) {
			t.Errorf("%s: %d verdicts for %d payloads, %+v", path, len(got), len(want), s)
			continue
		}
		for i := range want {
			if got[i] != want[i] {
				t.Errorf("%s says\n%swithout it\n%s", path, got[i], want[i])
			}
		}
		for _, p := range s.Paths {
			if p.Path != path && (path == fastpath.Portable || !strings.Contains(p.Reason, "no AVX-512")) {
				t.Errorf("%s: %s took %s: %s", path, p.Keys, p.Path, p.Reason)
			}
		}
		t.Logf("%s: %d payloads, %d signatures with %d prepared keys, paths %+v", path, len(got), s.Prepared, s.Built, s.Paths)
	}
}

// Every payload of every folder of vectors gets the same verdict on every path.
func TestPathsAgreeOnVectors(t *testing.T) { agree(t, askVectors, vectors.Dir(t)) }

// So does everything of the generated corpus: all formats, all kinds of right and wrong.
func TestPathsAgreeOnCorpus(t *testing.T) {
	m, err := corpus.NewMaker(1, day())
	if err != nil {
		t.Fatal(err)
	}
	mix, err := corpus.ParseMix("genuine=4,expired,revoked,forged,unknown,broken,notice")
	if err != nil {
		t.Fatal(err)
	}
	formats, err := corpus.ParseFormats("all")
	if err != nil {
		t.Fatal(err)
	}
	c, err := m.Corpus(corpus.Selection{Mix: mix, Formats: formats, Count: 600})
	if err != nil {
		t.Fatal(err)
	}
	folder := t.TempDir()
	if err := c.Write(folder); err != nil {
		t.Fatal(err)
	}
	agree(t, askCorpus, folder)
}
