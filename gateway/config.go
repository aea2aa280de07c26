package gateway

import (
	"io"
	"path/filepath"
	"time"

	"vratar/verifier"
	"vratar/verifier/mandate"
)

// Config is everything an operator can say. It is read from one TOML file by LoadConfig, over the values of
// DefaultConfig; a member that is left out keeps its default. Relative paths count from the file's folder.
type Config struct {
	// Listen is the TCP address of the HTTP server, host:port. Default "localhost:8080". An address that
	// others can reach wants TLS here or in a proxy before it: session cookies and device tokens travel on it.
	Listen string `toml:"listen"`

	// ListenUnix is the path of a Unix socket to serve on as well, e.g. for a proxy on the same machine.
	// Default "": none. Whoever may open the socket may talk to the gateway, so its folder must be private.
	ListenUnix string `toml:"listen_unix"`

	// DataDir is the folder of everything that must not be lost: passages, chain, last good lists, secrets;
	// the database is in it at StoreDir. Required. Losing it loses who is inside and who was admitted;
	// copying it to two running nodes lets a ticket in twice.
	DataDir string `toml:"data_dir"`

	// PublicURL is how browsers reach the gateway, without a path, e.g. "https://gate.example.kz". It goes
	// into sign-in links. Default "": http or https with Listen.
	PublicURL string `toml:"public_url"`

	// Skew is how far the clocks of issuers and holders may be ahead of ours before a credential counts as not
	// yet valid, or a holder's proof as dated ahead. Default 60 s, at most 10 min. It never makes an expired
	// credential good, nor an old proof fresh.
	Skew Duration `toml:"skew"`

	// Memo bounds the memory for credentials whose signature was proven. Default 64 MiB, 0 switches it off.
	// Its size changes the speed of repeated codes, never an answer.
	Memo Size `toml:"memo"`

	TLS    TLS     `toml:"tls"`
	Limits Limits  `toml:"limits"`
	Access Access  `toml:"access"`
	Holder Holder  `toml:"holder"`
	Trust  Sources `toml:"trust"`  // who is believed
	Status Sources `toml:"status"` // what was withdrawn

	Overrides Overrides `toml:"overrides"` // how people set decisions aside

	Mandates Mandates  `toml:"mandates"` // under whose powers of attorney people scan for organisations
	Profiles []Profile `toml:"profiles"` // what they are shown

	Organisations []Organisation `toml:"organisations"`
	Groups        []Group        `toml:"groups"`
	Checkpoints   []Checkpoint   `toml:"checkpoints"`
	Devices       []Device       `toml:"devices"`

	// Demo is set by `vratar demo` alone; a file cannot ask for it.
	Demo *Demo `toml:"-"`
}

// TLS names the server's certificate. Both members or neither; neither serves plain HTTP.
type TLS struct {
	Cert string `toml:"cert"` // PEM file with the certificate and its chain, leaf first
	Key  string `toml:"key"`  // PEM file with the private key; readable by the service alone
}

// Limits keep one busy or hostile client from taking the gateway away from the others. None may be zero
// but PerIP.
type Limits struct {
	// Body is the largest request body of every call but the batch. Default 64 KiB, at least 32 KiB: a
	// payload of 16 KiB in base64 must fit. Larger bodies get 413.
	Body Size `toml:"body"`
	// Batch is the largest body of /v1/verify/batch, which is held in memory. Default 16 MiB.
	Batch Size `toml:"batch"`
	// Header is the largest request head. Default 8 KiB.
	Header Size `toml:"header"`
	// Connections is how many may be open at once. Default 4096. Each costs a file descriptor and ~20 KiB.
	Connections int `toml:"connections"`
	// PerIP is how many of them one address may hold; 0 is no bound, which a gateway behind a proxy needs,
	// because there all clients share an address. Default 512.
	PerIP int `toml:"per_ip"`
	// InFlight is how many scans may be under way at once; the next one is told `overloaded` with 503.
	// Default 256. More does not make the gateway faster, it makes the queue longer.
	InFlight int `toml:"in_flight"`
	// Read is how long a request may take to arrive, Write how long an answer may take to leave. Default 10 s.
	Read  Duration `toml:"read"`
	Write Duration `toml:"write"`
	// Idle is how long a connection may be kept without a request. Default 2 min.
	Idle Duration `toml:"idle"`
	// Stop is how long running requests may go on after the signal to stop. Default 10 s.
	Stop Duration `toml:"stop"`
}

// Access says who may ask for what.
type Access struct {
	// PublicVerify lets anybody who reaches the server call /v1/verify, which records nothing and answers
	// with what the code says. Default false: a session or a device token is needed.
	PublicVerify bool `toml:"public_verify"`
	// AllowAt lets a request to /v1/verify name the moment to judge for. Default false. Scans never may.
	AllowAt bool `toml:"allow_at"`
	// Session is how long a sign-in of a browser lasts. Default 12 h, a shift.
	Session Duration `toml:"session"`
	// Idle is how long a sign-in goes on without a request; an open scanner or live view counts as one. Default
	// 4 h. A longer one leaves forgotten browsers signed in.
	Idle Duration `toml:"idle"`
	// Shift is how long a screen may work that was signed in from a phone; the approver can say less. Default 12 h.
	Shift Duration `toml:"shift"`
	// RelyingParty is the host name to which passkeys belong: that of PublicURL or a domain above it, which other
	// gateways of the house share. Default "": the host of PublicURL, or without one the name by which a browser
	// reaches the gateway. Changing it makes every passkey useless.
	RelyingParty string `toml:"relying_party"`
	// OpenID are the providers by which people sign in, in the order of their buttons. Default: none.
	OpenID []OpenID `toml:"openid"`
	// Codes says how one-time codes for signing in are sent. Default: none are.
	Codes Codes `toml:"codes"`
}

// Holder says how holders prove that a credential is theirs: with a code that changes (VR2), a key binding JWT
// (SD-JWT), a device signature (mdoc). Whether a checkpoint demands it, the checkpoint says.
type Holder struct {
	// Audience is as which holders address this gateway: "aud" of a key binding JWT, the client id of OpenID4VP,
	// e.g. "x509_san_dns:gate.example.kz". Default "": a proof that was made for somebody is not believed to be
	// for us, and proves nothing. Proofs for whoever reads them (VR2 without "aud") count either way.
	Audience string `toml:"audience"`
	// ProofAge is how long a proof counts after it was made, by the holder's clock. Default 30 s, two changes of
	// a live code; at most 10 min. It is how long a code that was filmed elsewhere may be used here.
	// A clock that is ahead adds at most Skew; one that is behind takes its error off.
	ProofAge Duration `toml:"proof_age"`
	// Proofs is how many proofs are remembered so that each counts once; beyond it such codes are refused as
	// overloaded, never forgotten early. A proof is kept for at most twice ProofAge + Skew + 10 s and takes 100 to 150
	// bytes. Default 262144: what 1,400 scans a second leave in three minutes, in at most 39 MB. The memory is
	// this process's own: it grows as it fills and is empty after a restart.
	Proofs int `toml:"proofs"`
	// IdentityKeys is a file of AES keys that open encrypted identity codes (Claim 169): one a line in 32, 48 or
	// 64 hexadecimal digits, as from "openssl rand -hex 32"; # begins a comment. Default "": encrypted codes are
	// refused as unsupported_algorithm. The keys unlock and vouch for nothing. Readable by the service alone.
	IdentityKeys string `toml:"identity_keys"`
}

// Sources says where lists come from. A file is read again when it changes; an address is asked every
// Refresh. The last good list is kept when its source is away, and its age is shown.
type Sources struct {
	Files []string `toml:"files"`
	URLs  []string `toml:"urls"`
	// Sources are those of which more must be known than their content says.
	Sources []ListSource `toml:"sources"`
	// Refresh is the time between two looks. Default 5 min, at least 1 s. It is how long a withdrawal may
	// stay unknown here after its issuer has published it.
	Refresh Duration `toml:"refresh"`
	// Timeout bounds one request, and 20 times as long one look that takes many. Default 30 s.
	Timeout Duration `toml:"timeout"`
	// MaxSize bounds one list as it is sent. Default 64 MiB.
	MaxSize Size `toml:"max_size"`
	// PlainHTTPUnsafe lets addresses begin with http:// although whoever sits on the wire could then decide
	// whom the gateway believes. Default false: only https, or http on this machine.
	PlainHTTPUnsafe bool `toml:"plain_http_unsafe"`
	// PreparedKeysMaxBytes bounds the tables that are made for trusted keys in use, so that their signatures take
	// a fraction of the time: 85 KiB to 384 KiB a key. Only under [trust]. Default 256 MiB, 0 switches it off. It changes
	// the speed, never an answer.
	PreparedKeysMaxBytes Size `toml:"prepared_keys_max_bytes"`
}

// Organisation owns checkpoints and is shown to checkers.
type Organisation struct {
	ID   string `toml:"id"`   // [a-z0-9_-], at most 64 characters
	Name string `toml:"name"` // as people know it. Default: the id
	// INN and OGRN are its numbers (ИНН, ОГРН; of a sole trader ОГРНИП). With them its checkpoints take its own mandates
	// only, and its supervisors see them. Default "": its checkpoints take mandates of every organisation.
	INN  string `toml:"inn"`
	OGRN string `toml:"ogrn"`
}

// Group is a set of checkpoints around one place: a credential admitted at one of them is known at all.
type Group struct {
	ID string `toml:"id"`
	// Reentry lets a holder who went out by an exit come in again. Default false: one credential, one entry.
	// It needs exits that are really scanned; without them people can hand codes back over the fence.
	Reentry bool `toml:"reentry"`
	// Capacity is how many may be inside at once; the next one gets `zone_full`. Default 0: no bound.
	Capacity int `toml:"capacity"`
}

// Checkpoint is one place where codes are read.
type Checkpoint struct {
	ID           string `toml:"id"`           // [a-z0-9_-], at most 64 characters
	Name         string `toml:"name"`         // on screens. Default: the id
	Organisation string `toml:"organisation"` // id of the owner. Default: the first organisation
	Group        string `toml:"group"`        // id of its group. Default: a group of its own, once-only
	Direction    string `toml:"direction"`    // "entry" or "exit" pins it; default "": the reader says, else entry

	// Documents, Issuers and Formats narrow what is accepted; an empty list accepts all that is trusted.
	Documents []string `toml:"documents"` // document types, e.g. "ticket"
	Issuers   []string `toml:"issuers"`   // issuer ids of the trust list
	Formats   []string `toml:"formats"`   // e.g. "hcert"
	// MinAge in years; holders must prove it. Default 0: not asked.
	MinAge int `toml:"min_age"`
	// HolderProof says when a credential needs its holder's proof. "bound": when its issuer bound it to a holder's
	// key; a copy without proof gets holder_proof_missing. "required": always, which shuts out formats without
	// proofs. "optional": never, and whoever has a copy passes; told in the start-up log and in the metrics.
	// Default "bound". A proof that is shown is checked whatever this says.
	HolderProof string `toml:"holder_proof"`

	// DisplaySeconds is how long a result may stay on a screen. Default 8. Longer shows one holder's data to
	// the next in line.
	DisplaySeconds int `toml:"display_s"`
	// WhenUnknown is the decision on a genuine code whose revocation cannot be looked up: "hold" asks the
	// person at the gate, "deny" suits a turnstile without one. Default "hold".
	WhenUnknown string `toml:"when_unknown"`
	// AdmitWhenStatusUnknownUnsafe opens instead: withdrawn documents pass while their list is away.
	// Default false. Told in the start-up log and in the metrics.
	AdmitWhenStatusUnknownUnsafe bool `toml:"admit_when_status_unknown_unsafe"`

	Authority CheckpointAuthority `toml:"authority"` // who may ask here
	Profile   string              `toml:"profile"`   // id of what he is shown. Default "": everything
}

// Device is a reader, till or program that signs in with a bearer token.
type Device struct {
	ID           string `toml:"id"`
	Organisation string `toml:"organisation"` // Default: the first organisation
	// Role is "device" (scan), "checker" (scan, live) or "admin" (everything). Default "device".
	Role string `toml:"role"`
	// TokenSHA256 is the SHA-256 of the token in hex, so that the file holds no secret. The token itself
	// must be random (32 bytes and more): nothing slows down guessing a hash that leaked.
	TokenSHA256 string `toml:"token_sha256"`
	// Checkpoints it may scan at, by id. Required; "*" is all of them.
	Checkpoints []string `toml:"checkpoints"`
}

// Demo is what the demonstration adds to an ordinary gateway.
type Demo struct {
	// Samples is the answer of GET /v1/samples, one JSON object. It is called for each request, because some
	// samples go stale within seconds.
	Samples func() ([]byte, error)
	// LinkUsed is called when a one-time sign-in link was used up, with its role, so that the next one can
	// be minted and shown. It runs on the request's goroutine and must return at once.
	LinkUsed func(role string)
	// Console is where sign-in codes of the guests are printed, who have no address to send them to. Nil: there are none.
	Console io.Writer
	// Mandates are kept from the start on, instead of those of an earlier start. Nil: none.
	Mandates []mandate.File
	// Checker is who the guest with this role is, as mandates name their representatives.
	Checker mandate.Person
}

// StoreDir is where the database lies in a data folder.
func StoreDir(dataDir string) string { return filepath.Join(dataDir, "db") }

// DefaultConfig is a gateway that is safe to start from: it lacks only DataDir.
func DefaultConfig() Config {
	sources := Sources{Refresh: minutes(5), Timeout: seconds(30), MaxSize: 64 << 20}
	trusted := sources
	trusted.PreparedKeysMaxBytes = 256 << 20
	return Config{
		Listen: "localhost:8080",
		Skew:   seconds(60),
		Memo:   64 << 20,
		Limits: Limits{
			Body: 64 << 10, Batch: 16 << 20, Header: 8 << 10,
			Connections: 4096, PerIP: 512, InFlight: 256,
			Read: seconds(10), Write: seconds(10), Idle: minutes(2), Stop: seconds(10),
		},
		Access: Access{Session: minutes(12 * 60), Idle: minutes(4 * 60), Shift: minutes(12 * 60), Codes: defaultCodes()},
		Holder: Holder{ProofAge: Duration{verifier.DefaultProofAge}, Proofs: 1 << 18},
		Trust:  trusted,
		Status: sources,

		Overrides: Overrides{Within: minutes(15), KeepNotes: minutes(30 * 24 * 60)},
		Mandates:  defaultMandates(),
	}
}

func seconds(n int) Duration { return Duration{time.Duration(n) * time.Second} }
func minutes(n int) Duration { return Duration{time.Duration(n) * time.Minute} }
