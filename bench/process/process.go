// Package process runs the real gateway as a child process, as an operator would: started by its command
// line, known by the demo.json it writes, ended by signals. The crash and endurance tests stand on it.
//
// A child never outlives the context it was started with.
package process

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"time"
)

// Demo is what the demo gateway writes into demo.json for whoever wants to try it (design 4.2).
type Demo struct {
	URL         string `json:"url"`
	DeviceToken string `json:"device_token"`
	AdminLink   string `json:"admin_link"` // works once
	Checkpoints []struct {
		ID string `json:"id"`
	} `json:"checkpoints"`
	Samples []struct {
		Name    string `json:"name"`
		Payload string `json:"payload"`
		Expect  string `json:"expect"`
	} `json:"samples"`
}

// ReadDemo reads a demo.json.
func ReadDemo(name string) (Demo, error) {
	var d Demo
	b, err := os.ReadFile(name)
	if err == nil {
		err = json.Unmarshal(b, &d)
	}
	if err != nil {
		return Demo{}, fmt.Errorf("%s: %w", name, err)
	}
	return d, nil
}

// CheckpointIDs lists the demo's checkpoints.
func (d *Demo) CheckpointIDs() []string {
	ids := make([]string, len(d.Checkpoints))
	for i, c := range d.Checkpoints {
		ids[i] = c.ID
	}
	return ids
}

// Build compiles the gateway into folder dir and returns the binary's name. It runs in the caller's module.
func Build(ctx context.Context, dir string) (string, error) {
	binary := filepath.Join(dir, "vratar")
	out, err := exec.CommandContext(ctx, "go", "build", "-o", binary, "vratar/gateway/cmd/vratar").CombinedOutput()
	if err != nil {
		return "", fmt.Errorf("go build: %w\n%s", err, out)
	}
	return binary, nil
}

// FreeAddress finds a loopback address nobody listens on, for a gateway that must come back at the same one.
func FreeAddress() (string, error) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return "", err
	}
	return l.Addr().String(), l.Close()
}

// Options say how a gateway is started.
type Options struct {
	Binary string
	Listen string // host:port on the loopback interface
	Data   string // its data folder, kept between starts
	Trust  []string
	Status []string // lists beside the demo's own
	Output io.Writer
}

// Gateway is a running `vratar demo`.
type Gateway struct {
	Demo Demo
	*Child
}

// Start runs the gateway and does not wait for it to be ready.
func Start(ctx context.Context, o Options) (*Gateway, error) {
	if err := os.MkdirAll(o.Data, 0o700); err != nil {
		return nil, err
	}
	// A demo.json that is there later is then of this start.
	if err := os.Remove(demoFile(o)); err != nil && !errors.Is(err, os.ErrNotExist) {
		return nil, err
	}
	args := []string{"demo", "--listen", o.Listen, "--data", o.Data}
	for _, f := range o.Trust {
		args = append(args, "--trust", f)
	}
	for _, f := range o.Status {
		args = append(args, "--status", f)
	}
	child, err := StartChild(exec.CommandContext(ctx, o.Binary, args...), o.Output)
	return &Gateway{Child: child}, err
}

func demoFile(o Options) string { return filepath.Join(o.Data, "demo.json") }

// Launch starts the gateway and waits until it is ready; a gateway that is not ready after patience is
// ended.
func Launch(ctx context.Context, o Options, patience time.Duration) (*Gateway, error) {
	g, err := Start(ctx, o)
	if err != nil {
		return nil, err
	}
	waiting, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	if err := g.waitReady(waiting, o); err != nil {
		return nil, errors.Join(err, g.Kill())
	}
	return g, nil
}

func (g *Gateway) waitReady(ctx context.Context, o Options) error {
	const pause = 5 * time.Millisecond
	for {
		if ready(ctx, "http://"+o.Listen) {
			if d, err := ReadDemo(demoFile(o)); err == nil {
				g.Demo = d
				return nil
			}
		}
		select {
		case <-g.done:
			return fmt.Errorf("the gateway ended before it was ready: %v", g.err)
		case <-ctx.Done():
			return fmt.Errorf("the gateway did not get ready: %w", ctx.Err())
		case <-time.After(pause):
		}
	}
}

func ready(ctx context.Context, url string) bool {
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, url+"/readyz", nil)
	if err != nil {
		return false
	}
	req.Close = true // its connection must not stand in the way of a restart
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		return false
	}
	resp.Body.Close()
	return resp.StatusCode == http.StatusOK
}
