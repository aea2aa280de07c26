package process

import (
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"time"
)

// Site is a gateway with a configuration of its own, run by `vratar serve`.
type Site struct {
	Binary      string
	Dir         string   // its folder, kept between starts: configuration, data, socket
	Trust       []string // files
	Status      []string
	Checkpoints int      // all of one once-only group, named gate-0 and on
	Env         []string // in addition to this process's, NAME=value
	Output      io.Writer
}

// Served is a running Site.
type Served struct {
	URL    string
	Token  string // of a device that may scan everywhere
	Socket string // path of the UNIX socket it serves on as well
	*Child
}

// CheckpointIDs lists the checkpoints.
func (s Site) CheckpointIDs() []string {
	ids := make([]string, s.Checkpoints)
	for i := range ids {
		ids[i] = "gate-" + strconv.Itoa(i)
	}
	return ids
}

// DataDir is where the gateway keeps what must not be lost.
func (s Site) DataDir() string { return filepath.Join(s.Dir, "data") }

// Serve starts the gateway and waits until it is ready; one that is not ready after patience is ended.
func (s Site) Serve(ctx context.Context, patience time.Duration) (*Served, error) {
	if err := os.MkdirAll(s.Dir, 0o700); err != nil {
		return nil, err
	}
	listen, err := FreeAddress()
	if err != nil {
		return nil, err
	}
	out := &Served{URL: "http://" + listen, Token: "measuring " + strings.Repeat("x", 22), Socket: filepath.Join(s.Dir, "http.sock")}
	config := filepath.Join(s.Dir, "vratar.toml")
	if err := os.WriteFile(config, s.config(listen, out), 0o600); err != nil {
		return nil, err
	}
	cmd := exec.CommandContext(ctx, s.Binary, "serve", "--config", config)
	cmd.Env = append(os.Environ(), s.Env...)
	if out.Child, err = StartChild(cmd, s.Output); err != nil {
		return nil, err
	}
	waiting, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	if err := out.waitReady(waiting); err != nil {
		return nil, errors.Join(err, out.Kill())
	}
	return out, nil
}

func (s Site) config(listen string, out *Served) []byte {
	quoted := func(files []string) string {
		var list []string
		for _, f := range files {
			list = append(list, strconv.Quote(f))
		}
		return strings.Join(list, ", ")
	}
	text := fmt.Appendf(nil, `listen = %q
listen_unix = %q
data_dir = %q
[limits]
connections = 20000
per_ip = 0
[trust]
files = [%s]
[status]
files = [%s]
[[organisations]]
id = "measured"
[[groups]]
id = "hall"
[[devices]]
id = "reader"
token_sha256 = "%x"
checkpoints = ["*"]
`, listen, out.Socket, s.DataDir(), quoted(s.Trust), quoted(s.Status), sha256.Sum256([]byte(out.Token)))
	for _, id := range s.CheckpointIDs() {
		text = fmt.Appendf(text, "[[checkpoints]]\nid = %q\ngroup = \"hall\"\n", id)
	}
	return text
}

func (s *Served) waitReady(ctx context.Context) error {
	const pause = 5 * time.Millisecond
	for !ready(ctx, s.URL) {
		select {
		case <-s.done:
			return fmt.Errorf("the gateway ended before it was ready: %v", s.err)
		case <-ctx.Done():
			return fmt.Errorf("the gateway did not get ready: %w", ctx.Err())
		case <-time.After(pause):
		}
	}
	return nil
}
