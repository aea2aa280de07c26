package vds

import (
	"bytes"
	"errors"
	"strconv"
	"strings"
	"time"

	"vratar/verifier"
)

// Version bytes (Doc 9303-13 §2.2): the versions of the specification are one higher.
const (
	version3 = 2
	version4 = 3
)

// decimalSigner writes the length of its certificate reference in decimal, where all others write it in
// hexadecimal.
const decimalSigner = "DEZV"

var (
	errShort     = errors.New("vds: cut off")
	errHeader    = errors.New("vds: country, signer or certificate reference is missing")
	errReference = errors.New("vds: length of the certificate reference")
	errDate      = errors.New("vds: not a date")
)

// header is everything before the message zone.
type header struct {
	country   string // as it stands, one to three letters
	signer    string // four characters
	reference string
	issued    time.Time
	signed    time.Time
	feature   byte // feature definition reference
	kind      byte // document type category
}

// cursor takes bytes off the front. Texts are kept in the arena.
type cursor struct {
	rest []byte
	a    *verifier.Arena
}

func (c *cursor) take(n int) ([]byte, error) {
	if n > len(c.rest) {
		return nil, errShort
	}
	b := c.rest[:n]
	c.rest = c.rest[n:]
	return b, nil
}

func (c *cursor) c40(n int) (string, error) {
	b, err := c.take(n)
	if err != nil {
		return "", err
	}
	return keepC40(c.a, b)
}

// keepC40 is the text of b without the blanks that fill it up.
func keepC40(a *verifier.Arena, b []byte) (string, error) {
	text, err := appendC40(a.Tail(len(b)/2*3), b)
	if err != nil {
		return "", err
	}
	return a.KeepText(bytes.TrimRight(text, " ")), nil
}

// readHeader reads what follows the version byte.
func (c *cursor) readHeader(version byte) (h header, err error) {
	if h.country, err = c.c40(2); err != nil {
		return header{}, err
	}
	if version == version3 {
		err = c.readSigner3(&h)
	} else {
		err = c.readSigner4(&h)
	}
	if err != nil {
		return header{}, err
	}
	if h.country == "" || len(h.signer) != 4 || h.reference == "" || strings.Contains(h.signer+h.reference, " ") {
		return header{}, errHeader
	}
	for _, date := range []*time.Time{&h.issued, &h.signed} {
		if *date, err = c.date(); err != nil {
			return header{}, err
		}
	}
	last, err := c.take(2)
	if err != nil {
		return header{}, err
	}
	h.feature, h.kind = last[0], last[1]
	return h, nil
}

// readSigner3 reads four characters of signer and five of reference.
func (c *cursor) readSigner3(h *header) error {
	text, err := c.c40(6)
	if err != nil || len(text) != 9 {
		return errors.Join(err, errHeader)
	}
	h.signer, h.reference = text[:4], text[4:]
	return nil
}

// readSigner4 reads four characters of signer, the length of the reference in two, and the reference.
func (c *cursor) readSigner4(h *header) error {
	text, err := c.c40(4)
	if err != nil || len(text) != 6 {
		return errors.Join(err, errHeader)
	}
	base := 16
	if text[:4] == decimalSigner {
		base = 10
	}
	size, err := strconv.ParseUint(text[4:], base, 8)
	if err != nil || size == 0 {
		return errReference
	}
	h.signer = text[:4]
	if h.reference, err = c.c40(2 * ((int(size) + 2) / 3)); err != nil {
		return err
	}
	if len(h.reference) != int(size) {
		return errReference
	}
	return nil
}

// date is a number of three bytes with the decimal digits MMDDYYYY.
func (c *cursor) date() (time.Time, error) {
	b, err := c.take(3)
	if err != nil {
		return time.Time{}, err
	}
	n := int(b[0])<<16 | int(b[1])<<8 | int(b[2])
	t := time.Date(n%10000, time.Month(n/1000000), n/10000%100, 0, 0, 0, 0, time.UTC)
	if t.Year() != n%10000 || int(t.Month()) != n/1000000 || t.Day() != n/10000%100 || t.Year() == 0 {
		return time.Time{}, errDate
	}
	return t, nil
}

// keyID names the signer's certificate as trust lists do: signer and serial number without leading zeros. What
// decimalSigner writes there is a digest that its own specimens do not keep to, so it names no key and all of
// the signer's are tried.
func (h *header) keyID(a *verifier.Arena) []byte {
	if h.signer == decimalSigner {
		return nil
	}
	id := append(a.Tail(len(h.signer)+len(h.reference)), h.signer...)
	return a.Keep(append(id, strings.TrimLeft(h.reference, "0")...))
}
