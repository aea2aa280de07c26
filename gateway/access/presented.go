package access

import "crypto/sha256"

// Presented are the credentials of a request where they stand: views of its memory, which are good while it is
// answered. Most requests need no more, and looking at them costs no memory.
type Presented struct {
	Token  []byte // of "Authorization: Bearer"
	Cookie []byte // session id
}

// Keep is a copy of p that may be kept.
func (p Presented) Keep() Credentials {
	return Credentials{Token: string(p.Token), Cookie: string(p.Cookie)}
}

// ByCookie reports whether the cookie is what counts.
func (p Presented) ByCookie() bool { return len(p.Token) == 0 && len(p.Cookie) > 0 }

// Recognise is Authenticate for credentials that are not kept.
func (d *Desk) Recognise(p Presented) *Identity {
	if len(p.Token) > 0 {
		return d.Devices.find(sha256.Sum256(p.Token))
	}
	if len(p.Cookie) > 0 {
		return d.Sessions.use(sha256.Sum256(p.Cookie))
	}
	return nil
}
