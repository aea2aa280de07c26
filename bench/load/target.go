package load

import (
	"errors"
	"net"
	"time"

	"github.com/valyala/fasthttp"

	"vratar/verifier"
)

// Class is what became of one arrival.
type Class uint8

const (
	Expected    Class = iota // answered as it should be
	WrongAnswer              // answered with another reason than expected
	Overloaded               // 503: the gateway sheds load
	ClientError              // any other 4xx (and 3xx): the request was not understood or not allowed
	ServerError              // any other 5xx
	Timeout                  // no answer in time
	Refused                  // no connection, or it broke
	Unsent                   // its time came, but no connection was free until the run was over
	numClasses
)

var classNames = [numClasses]string{
	"expected", "wrong_answer", "overloaded", "4xx", "5xx", "timeout", "refused", "unsent",
}

// String is the class's name in reports.
func (c Class) String() string { return classNames[c%numClasses] }

// Answer is what a target makes of one response.
type Answer struct {
	Class  Class
	Reason verifier.Reason // what the gateway said; ReasonNone when it gave no verdict
	// Verdicts is how many there were, for a target that asks about many credentials at once; zero is one.
	Verdicts int
}

// Target is what the arrivals ask.
type Target interface {
	// Connect makes the line of one worker; workers are numbered from zero. Faults show when it is used.
	Connect(worker int) Conn
}

// Conn is one worker's line to the gateway, used by its goroutine alone.
type Conn interface {
	// Ask puts the question of arrival i and waits for the answer, at most timeout.
	Ask(i int, timeout time.Duration) Answer
	Close()
}

// classify tells a gateway that is too slow from one that is not there.
func classify(err error) Class {
	var network net.Error
	if errors.Is(err, fasthttp.ErrTimeout) || errors.Is(err, fasthttp.ErrDialTimeout) ||
		(errors.As(err, &network) && network.Timeout()) {
		return Timeout
	}
	return Refused
}
