package process

import (
	"bufio"
	"context"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// pretendToServe listens where a configuration says, and burns some processor time first.
func pretendToServe(config string) {
	if os.Getenv("BROKEN") != "" {
		os.Exit(3)
	}
	f, err := os.Open(config)
	if err != nil {
		panic(err)
	}
	listen, err := bufio.NewReader(f).ReadString('\n')
	if err != nil {
		panic(err)
	}
	for n := range 20_000_000 {
		_ = n * n
	}
	http.HandleFunc("/readyz", func(http.ResponseWriter, *http.Request) {})
	panic(http.ListenAndServe(strings.Trim(strings.TrimPrefix(listen, "listen = "), "\"\n"), nil))
}

func TestServe(t *testing.T) {
	s := Site{Binary: os.Args[0], Dir: t.TempDir(), Trust: []string{"t.json"}, Checkpoints: 2}
	g, err := s.Serve(t.Context(), 10*time.Second)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = g.Kill() }()
	config, err := os.ReadFile(filepath.Join(s.Dir, "vratar.toml"))
	if err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{`files = ["t.json"]`, `id = "gate-1"`, g.Socket, s.DataDir()} {
		if !strings.Contains(string(config), want) {
			t.Errorf("no %s in the configuration\n%s", want, config)
		}
	}
	if cpu, err := g.CPU(); err != nil || cpu <= 0 || cpu > time.Hour {
		t.Errorf("processor time %v, %v", cpu, err)
	}
	if err := g.Kill(); err != nil {
		t.Error(err)
	}
	if _, err := g.CPU(); err == nil {
		t.Error("a process that is gone still has a clock")
	}
}

func TestServeSaysWhyNot(t *testing.T) {
	s := Site{Binary: os.Args[0], Dir: t.TempDir(), Env: []string{"BROKEN=1"}}
	if _, err := s.Serve(t.Context(), 10*time.Second); err == nil || !strings.Contains(err.Error(), "exit status 3") {
		t.Errorf("err = %v", err)
	}
	ended, cancel := context.WithCancel(t.Context())
	cancel()
	s.Env = nil
	if _, err := s.Serve(ended, 10*time.Second); err == nil {
		t.Error("a gateway was served after its end")
	}
}
