package httpcost

import (
	"bufio"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"time"

	"github.com/valyala/fasthttp"

	"vratar/bench/process"
)

// openConstant starts the server that does nothing. It learns its answer from the gateway's to the same request.
func (s *stand) openConstant(code []byte, env string) error {
	request := s.repeated[0]
	if _, err := s.ours.tcp.ask([][]byte{request}, admitted, 1); err != nil {
		return err
	}
	answer := &s.ours.tcp.lines[0].resp
	for _, l := range s.ours.tcp.lines { // whichever line it came in on
		if len(l.resp.Body()) > 0 {
			answer = &l.resp
		}
	}
	listen, err := process.FreeAddress()
	if err != nil {
		return err
	}
	c := constant{Listen: listen, Socket: filepath.Join(s.Dir, "constant.sock"), Body: string(answer.Body())}
	for name, value := range answer.Header.All() {
		if n := string(name); n != fasthttp.HeaderDate && n != fasthttp.HeaderContentLength {
			c.Headers = append(c.Headers, [2]string{n, string(value)})
		}
	}
	s.sizes = Sizes{Payload: len(code), Request: len(request), Headers: len(c.Headers) + 2, Response: len(c.Body)}
	text, err := json.Marshal(c)
	if err != nil {
		return err
	}
	file := filepath.Join(s.Dir, "constant.json")
	if err := os.WriteFile(file, text, 0o600); err != nil {
		return err
	}
	cmd := s.helper("constant", file)
	cmd.Env = append(os.Environ(), env)
	child, err := process.StartChild(cmd, s.Log)
	if err != nil {
		return err
	}
	s.closing = append(s.closing, child.Stop)
	if err := s.waitFor(child, c.Socket); err != nil { // it listens there last
		return err
	}
	s.idle = s.connect(child, listen, c.Socket)
	return nil
}

func (s *stand) helper(args ...string) *exec.Cmd {
	return exec.CommandContext(s.ctx, s.Self[0], append(s.Self[1:len(s.Self):len(s.Self)], args...)...)
}

// waitFor waits until somebody listens on a UNIX socket.
func (s *stand) waitFor(child *process.Child, socket string) error {
	for begin := time.Now(); time.Since(begin) < startPatience; {
		if conn, err := net.Dial("unix", socket); err == nil {
			return conn.Close()
		}
		select {
		case <-child.Done():
			return errors.New("the constant server ended before it listened")
		case <-s.ctx.Done():
			return s.ctx.Err()
		case <-time.After(5 * time.Millisecond):
		}
	}
	return errors.New("the constant server does not listen")
}

// recorder is the process that records passages and does nothing else.
type recorder struct {
	child *process.Child
	in    io.WriteCloser
	out   *bufio.Reader
}

func (s *stand) openLedger() error {
	cmd := s.helper("ledger", filepath.Join(s.Dir, "ledger"), strconv.Itoa(s.Connections))
	in, err := cmd.StdinPipe()
	if err != nil {
		return err
	}
	answers, write := io.Pipe()
	child, err := process.StartChild(cmd, write)
	if err != nil {
		return err
	}
	s.ledger = &recorder{child: child, in: in, out: bufio.NewReader(answers)}
	s.closing = append(s.closing, func() error {
		_ = in.Close() // tells it to end
		<-child.Done()
		return nil
	})
	_, err = s.ledger.claim(s.Warmth) // its files and tables grow to their working size
	return err
}

// claim records so many passages.
func (r *recorder) claim(n int) (time.Duration, error) {
	if _, err := fmt.Fprintln(r.in, n); err != nil {
		return 0, err
	}
	text, err := r.out.ReadString('\n')
	if err != nil {
		return 0, err
	}
	nanos, err := strconv.ParseInt(strings.TrimSpace(text), 10, 64)
	if err != nil {
		return 0, fmt.Errorf("the ledger says %q", text)
	}
	return time.Duration(nanos), nil
}
