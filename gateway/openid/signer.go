package openid

import (
	"bytes"
	"context"
	"errors"
	"os/exec"
	"time"

	"vratar/verifier/cms"
)

// Signer signs what is sent to ЕСИА.
type Signer interface {
	// Sign is a detached signature over data: a signed message (RFC 5652) in DER.
	Sign(ctx context.Context, data []byte) ([]byte, error)
}

// maxSignature bounds a signature with the certificates in it.
const maxSignature = 32 << 10

// Command has another program sign: it reads the data from its standard input and writes the message to its standard
// output, in DER, PEM or base64. This is how a key stays in a certified provider of cryptography, or on a token.
type Command struct {
	Args    []string      // the program and its arguments; no shell is between
	Timeout time.Duration // after which it is ended
}

// Sign implements Signer.
func (c Command) Sign(ctx context.Context, data []byte) ([]byte, error) {
	ctx, cancel := context.WithTimeout(ctx, c.Timeout)
	defer cancel()
	out := &boundedBuffer{left: maxSignature * 2}
	command := exec.CommandContext(ctx, c.Args[0], c.Args[1:]...)
	command.Stdin, command.Stdout = bytes.NewReader(data), out
	command.WaitDelay = time.Second // for what it started and that still holds its output
	if err := command.Run(); err != nil {
		return nil, errors.Join(errors.New("sign_command failed"), err)
	}
	der, err := cms.Decode(out.Bytes(), maxSignature)
	if err != nil || !cms.Is(der) {
		return nil, errors.New("sign_command wrote no signed message")
	}
	return der, nil
}

// boundedBuffer refuses more than it has room for, which ends the program that writes to it.
type boundedBuffer struct {
	bytes.Buffer
	left int
}

func (b *boundedBuffer) Write(p []byte) (int, error) {
	if len(p) > b.left {
		return 0, errTooLarge
	}
	b.left -= len(p)
	return b.Buffer.Write(p)
}
