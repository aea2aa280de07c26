// Package sender takes short messages to people: by e-mail (SMTP), through a provider of text messages (HTTP), or to
// the terminal of the demonstration. A Queue stands before each way, so that nobody who asks for a message waits for
// it, and nothing he can measure tells whether one is sent.
//
// It may talk to the one server that the operator named for each way and to no other. Messages carry sign-in codes:
// neither their text nor whom they are for stands in a log, a metric or an error of this package. It decides nothing
// about who gets a message and knows no accounts.
package sender

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"strings"
	"time"
)

// Message is one text for one person.
type Message struct {
	To      string    // e-mail address, or phone as + and digits, as the way asks for
	Subject string    // for ways that have subjects
	Text    string    // lines end with \n
	Expires time.Time // it is worth nothing from then on and is not sent; zero: never
}

// Sender is one way to take a message to its reader.
type Sender interface {
	// Send returns nil when the server on the way has taken the message over. It ends with ctx. An error names neither
	// the reader nor the text; it is a *Refused where trying again is of no use. Send may be called from any goroutine.
	Send(ctx context.Context, m Message) error
}

// Refused says that a message, or all of them, will not be taken.
type Refused struct{ Why string }

func (r *Refused) Error() string { return "sender: refused: " + r.Why }

// Console prints messages instead of sending them: for the demonstration, whose people have no addresses.
type Console struct{ Out io.Writer }

var _ Sender = Console{}

// Send implements Sender.
func (c Console) Send(_ context.Context, m Message) error {
	_, err := fmt.Fprintf(c.Out, "  To %s: %s\n\n", m.To, strings.ReplaceAll(strings.TrimSpace(m.Text), "\n", "\n  "))
	return err
}

// maxSecret bounds the file of a secret.
const maxSecret = 4 << 10

// readSecret reads a secret that stands in one line of a file; an empty path is no secret. It is read for each
// message, so that it can be changed without a restart.
func readSecret(path string) (string, error) {
	if path == "" {
		return "", nil
	}
	f, err := os.Open(path)
	if err != nil {
		return "", err
	}
	text, err := io.ReadAll(io.LimitReader(f, maxSecret+1))
	if err = errors.Join(err, f.Close()); err != nil {
		return "", err
	}
	secret := strings.TrimSpace(string(text))
	if secret == "" || len(text) > maxSecret || strings.ContainsAny(secret, "\r\n\x00") {
		return "", fmt.Errorf("%s: want a secret in one line", path)
	}
	return secret, nil
}
