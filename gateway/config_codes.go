package gateway

import (
	"fmt"
	"net"
	"net/mail"
	"net/url"
	"strconv"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"vratar/gateway/sender"
)

// Codes says how one-time codes for signing in reach people. Without Email and SMS none are sent, and nobody is asked
// for one. A code goes to the address that stands in the account, never to another one.
type Codes struct {
	// Name is what messages call this gateway, at most 20 characters, which leave room for the rest of a text message.
	// Default "Vratar".
	Name string `toml:"name"`
	// AddressAlone lets people name their address without their tax number (ИНН). Default false. With it, who knows
	// somebody's address can have messages sent there, and use up the codes of its owner.
	AddressAlone bool `toml:"address_alone"`
	// PerHour is how many codes one account gets within an hour, one a minute at most. Default 5.
	PerHour int `toml:"per_hour"`
	// PerClientHour is how many one client may ask for within an hour, by its address. Default 100. Raise it behind a
	// proxy, where all clients share its address.
	PerClientHour int `toml:"per_client_hour"`

	Email CodesEmail `toml:"email"`
	SMS   CodesSMS   `toml:"sms"`
}

// CodesEmail is the mail server that takes codes over (SMTP submission).
type CodesEmail struct {
	// Server is its host:port, e.g. "mail.example.kz:587". Default "": no codes by e-mail.
	Server string `toml:"server"`
	// Security is "starttls", "tls" (from the first byte, often port 465) or "none", which is for a server on this
	// machine alone. Default "starttls". A server without TLS gets nothing.
	Security string `toml:"security"`
	// CA is a PEM file of who certifies the server. Default "": the system's authorities.
	CA string `toml:"ca"`
	// User and PasswordFile sign in to the server, both or neither. The file holds the password in one line, readable
	// by the service alone; it is read for each message.
	User         string `toml:"user"`
	PasswordFile string `toml:"password_file"`
	// From is the sender of the messages, e.g. "Vratar <gate@example.kz>". Required.
	From string `toml:"from"`
	// Timeout bounds one attempt, of three. Default 20 s.
	Timeout Duration `toml:"timeout"`
}

// CodesSMS is a provider of text messages that takes them over HTTP by POST.
type CodesSMS struct {
	// URL is where messages are posted to; https, or http on this machine. Default "": no codes by text message.
	URL string `toml:"url"`
	// Headers are sent along, as "Name: value"; {secret} stands for what SecretFile holds.
	Headers []string `toml:"headers"`
	// Body is a JSON object in whose texts {to} (phone as + and digits) and {text} are filled in. Required.
	Body string `toml:"body"`
	// SecretFile holds the provider's key in one line, readable by the service alone; it is read for each message.
	SecretFile string `toml:"secret_file"`
	// Timeout bounds one attempt, of three. Default 10 s.
	Timeout Duration `toml:"timeout"`
}

func defaultCodes() Codes {
	return Codes{
		Name: "Vratar", PerHour: 5, PerClientHour: 100,
		Email: CodesEmail{Security: string(sender.STARTTLS), Timeout: seconds(20)}, SMS: CodesSMS{Timeout: seconds(10)},
	}
}

// complete fills what follows from other members.
func (c *Codes) complete(folder string) {
	for _, p := range []*string{&c.Email.CA, &c.Email.PasswordFile, &c.SMS.SecretFile} {
		*p = within(folder, *p)
	}
}

func (c *Codes) check(f *faults) {
	const key = "access.codes"
	printed := !strings.ContainsFunc(c.Name, func(r rune) bool { return !unicode.IsPrint(r) })
	if n := utf8.RuneCountInString(c.Name); !printed || n < 1 || n > 20 || strings.TrimSpace(c.Name) != c.Name {
		f.add(key+".name", "want 1 to 20 printed characters")
	}
	if c.AddressAlone && c.Email.Server == "" && c.SMS.URL == "" {
		f.add(key+".address_alone", "no codes are sent without email.server or sms.url")
	}
	count := func(name string, n int) {
		if n < 1 || n > 10_000 {
			f.add(key+name, "want 1 to 10000, not %d", n)
		}
	}
	count(".per_hour", c.PerHour)
	count(".per_client_hour", c.PerClientHour)
	c.Email.check(f, key+".email")
	c.SMS.check(f, key+".sms")
}

func (e *CodesEmail) check(f *faults, key string) {
	if e.Server == "" {
		if e.From != "" || e.User != "" || e.PasswordFile != "" || e.CA != "" {
			f.add(key+".server", "required; without it no e-mail is sent")
		}
		return
	}
	host, port, err := net.SplitHostPort(e.Server)
	if n, errPort := strconv.ParseUint(port, 10, 16); err != nil || errPort != nil || n == 0 || host == "" {
		f.add(key+".server", "want host:port, e.g. \"mail.example.kz:587\"")
	}
	f.oneOf(key+".security", e.Security, string(sender.STARTTLS), string(sender.TLS), string(sender.Plain))
	if e.Security == string(sender.Plain) && !isLocal(host) {
		f.add(key+".security", "none lets anybody on the way read the codes; it is for a server on this machine")
	}
	if _, err := mail.ParseAddress(e.From); err != nil {
		f.add(key+".from", "want an address such as \"Vratar <gate@example.kz>\"")
	}
	if (e.User == "") != (e.PasswordFile == "") {
		f.add(key+".user", "user and password_file belong together")
	}
	f.between(key+".timeout", e.Timeout, time.Second, time.Minute)
}

func (s *CodesSMS) check(f *faults, key string) {
	if s.URL == "" {
		if s.Body != "" || s.SecretFile != "" || len(s.Headers) > 0 {
			f.add(key+".url", "required; without it no text message is sent")
		}
		return
	}
	if u, err := url.Parse(s.URL); err != nil || !isWeb(u) || (u.Scheme == "http" && !isLocal(u.Hostname())) {
		f.add(key+".url", "want an https address")
	}
	if _, err := sender.ParseBody(s.Body); err != nil {
		f.add(key+".body", "%v", err)
	}
	secret := false
	for i, text := range s.Headers {
		if _, _, err := sender.ParseHeader(text); err != nil {
			f.add(fmt.Sprintf("%s.headers[%d]", key, i), "%v", err)
		}
		secret = secret || strings.Contains(text, "{secret}")
	}
	if secret != (s.SecretFile != "") {
		f.add(key+".secret_file", "belongs together with {secret} in headers")
	}
	f.between(key+".timeout", s.Timeout, time.Second, time.Minute)
}
