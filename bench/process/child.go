package process

import (
	"errors"
	"io"
	"os"
	"os/exec"
	"syscall"
)

// Child is a running process that this one started.
type Child struct {
	cmd  *exec.Cmd
	done chan struct{} // closed when the process has ended
	err  error         // how it ended; read after done
}

// StartChild starts cmd, whose output goes to output.
func StartChild(cmd *exec.Cmd, output io.Writer) (*Child, error) {
	c := &Child{cmd: cmd, done: make(chan struct{})}
	c.cmd.Stdout, c.cmd.Stderr = output, output
	if err := c.cmd.Start(); err != nil {
		return nil, err
	}
	go func() {
		c.err = c.cmd.Wait()
		close(c.done)
	}()
	return c, nil
}

// PID is the process's number.
func (c *Child) PID() int { return c.cmd.Process.Pid }

// Done is closed when the process has ended, for whatever reason.
func (c *Child) Done() <-chan struct{} { return c.done }

// Kill ends the process at once, as kill -9 does, and waits until it is gone.
func (c *Child) Kill() error {
	if err := c.cmd.Process.Kill(); err != nil && !errors.Is(err, os.ErrProcessDone) {
		return err
	}
	<-c.done
	return nil
}

// Stop asks the process to end, waits for it, and reports an exit status other than zero.
func (c *Child) Stop() error {
	if err := c.cmd.Process.Signal(syscall.SIGTERM); err != nil && !errors.Is(err, os.ErrProcessDone) {
		return err
	}
	<-c.done
	return c.err
}
