// Package problem spells failures of a request: the closed list of codes, their HTTP status and their JSON
// form (RFC 9457). Every door of the gateway answers with it, over HTTP and inside websocket frames alike.
//
// It is for requests that could not be asked or answered. A bad credential is never a problem: it is an
// answer with a verifier.Reason. It knows no transport.
package problem

import (
	"strconv"

	"vratar/verifier/jsontext"
)

// ContentType is the media type of AppendJSON's text (RFC 9457 §3).
const ContentType = "application/problem+json"

// Code names one kind of failure. The list is closed; the words are part of the public contract.
type Code string

// The codes, in the order of their HTTP status.
const (
	Malformed           Code = "malformed_request"
	NotSignedIn         Code = "not_signed_in"
	SignInFailed        Code = "sign_in_failed"
	Forbidden           Code = "forbidden"
	CheckerNotConfirmed Code = "checker_not_confirmed"
	OriginRefused       Code = "origin_refused"
	NotFound            Code = "not_found"
	MethodNotAllowed    Code = "method_not_allowed"
	Timeout             Code = "request_timeout"
	NonceReused         Code = "nonce_reused"
	AlreadyOverridden   Code = "already_overridden"
	OverrideTooLate     Code = "override_too_late"
	OverrideRefused     Code = "override_refused"
	OverrideObjected    Code = "override_objected"
	TooLarge            Code = "too_large"
	MediaType           Code = "unsupported_media_type"
	Unprocessable       Code = "unprocessable"
	CodeRefused         Code = "code_refused"
	CheckpointUnknown   Code = "checkpoint_unknown"
	UpgradeRequired     Code = "upgrade_required"
	TooManyAttempts     Code = "too_many_attempts"
	HeaderTooLarge      Code = "header_too_large"
	Internal            Code = "internal"
	Overloaded          Code = "overloaded"
	Unavailable         Code = "unavailable"
)

type entry struct {
	code   Code
	status int
	title  string
}

// list is never modified.
var list = [...]entry{
	{Malformed, 400, "The request cannot be read"},
	{NotSignedIn, 401, "Sign in first"},
	{SignInFailed, 401, "The sign-in code is unknown or used up"},
	{Forbidden, 403, "Not allowed"},
	{CheckerNotConfirmed, 403, "An account that nobody has confirmed checks nobody else"},
	{OriginRefused, 403, "The request comes from another site"},
	{NotFound, 404, "There is nothing here"},
	{MethodNotAllowed, 405, "This address does not take this method"},
	{Timeout, 408, "The request took too long to arrive"},
	{NonceReused, 409, "The nonce was used for another code"},
	{AlreadyOverridden, 409, "The decision was set aside before"},
	{OverrideTooLate, 409, "The passage is too old to be set aside"},
	{OverrideRefused, 409, "The decision cannot be set aside"},
	{OverrideObjected, 409, "There is another reason against it, which must be named"},
	{TooLarge, 413, "The request is too large"},
	{MediaType, 415, "This content type is not understood"},
	{Unprocessable, 422, "The request cannot be carried out as it is"},
	{CodeRefused, 422, "The code is unknown, used up or expired"},
	{CheckpointUnknown, 422, "There is no such checkpoint"},
	{UpgradeRequired, 426, "This address speaks websocket only"},
	{TooManyAttempts, 429, "Too many failed attempts"},
	{HeaderTooLarge, 431, "The request head is too large"},
	{Internal, 500, "The gateway failed"},
	{Overloaded, 503, "The gateway is busy"},
	{Unavailable, 503, "The gateway cannot record at the moment"},
}

// Codes lists every code, for the description of the interface and its test.
func Codes() []Code {
	codes := make([]Code, len(list))
	for i, e := range list {
		codes[i] = e.code
	}
	return codes
}

// Problem is one failure. Its fields hold no holder data and no secrets.
type Problem struct {
	Code   Code
	Status int    // HTTP status
	Title  string // the same for every problem of this code
	Detail string // what exactly, for whoever reads the log; may be empty
	Reason string // spelling of the verifier.Reason that stands against it, where there is one
	// RetryAfter is after how many seconds trying again makes sense; 0 says nothing about it.
	RetryAfter int
}

// New builds the problem of this code. Busy answers carry a short RetryAfter.
func New(code Code, detail string) *Problem {
	p := &Problem{Code: Internal, Status: 500, Title: "The gateway failed", Detail: detail}
	for _, e := range list {
		if e.code == code {
			p.Code, p.Status, p.Title = e.code, e.status, e.title
		}
	}
	switch code {
	case Overloaded, Unavailable:
		p.RetryAfter = 1
	case TooManyAttempts:
		p.RetryAfter = 60
	}
	return p
}

// Error makes a problem usable as an error.
func (p *Problem) Error() string {
	if p.Detail == "" {
		return string(p.Code)
	}
	return string(p.Code) + ": " + p.Detail
}

// AppendJSON appends the problem details object (RFC 9457 §3.1) with our member "code".
func (p *Problem) AppendJSON(dst []byte) []byte {
	dst = jsontext.AppendString(append(dst, `{"type":`...), "urn:vratar:problem:"+string(p.Code))
	dst = jsontext.AppendString(append(dst, `,"title":`...), p.Title)
	dst = strconv.AppendInt(append(dst, `,"status":`...), int64(p.Status), 10)
	if p.Detail != "" {
		dst = jsontext.AppendString(append(dst, `,"detail":`...), p.Detail)
	}
	if p.Reason != "" {
		dst = jsontext.AppendString(append(dst, `,"reason":`...), p.Reason)
	}
	dst = jsontext.AppendString(append(dst, `,"code":`...), string(p.Code))
	return append(dst, '}')
}
