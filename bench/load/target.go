package load

import (
	"errors"
	"net"

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
}

// Target is what the arrivals ask. Its methods are called from many goroutines at once, each arrival's by one.
type Target interface {
	// Client makes the client of one worker, which sets its limits.
	Client() *fasthttp.HostClient
	// Fill makes req the request of arrival i. req may hold an earlier one.
	Fill(req *fasthttp.Request, i int)
	// Judge says what the response to arrival i is worth. It keeps nothing of body.
	Judge(i, status int, body []byte) Answer
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
