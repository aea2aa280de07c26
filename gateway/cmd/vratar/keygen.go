package main

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"os"
	"time"

	"vratar/verifier"
	"vratar/verifier/issuing"
)

func keygenCommand() command {
	return command{
		name: "keygen", args: "--out FILE [--alg ES256]",
		summary: "make a key that signs credentials, or is a holder's",
		help: `
Writes a new private key as a JWK to a file that only its owner can read, and prints the public key. Whoever
holds the private key can issue; whoever is to believe it puts the public one on a trust list.

  vratar keygen --out issuer.jwk
  vratar trust make --issuer my-university --name 'My University' --country KZ issuer.jwk > trust.json

A key for a holder is made in the same way; a phone would keep it where nobody can read it:

  vratar keygen --out holder.jwk && vratar issue --key issuer.jwk --type ticket --holder holder.jwk

With --organisation the key gets a certificate that it signed itself, which EU-format certificates want.`,
		run: func(_ context.Context, c *call) error {
			out := c.String("out", "", "`FILE` to create for the private key")
			alg := c.String("alg", "ES256", "`ALGORITHM`: ES256, ES384, ES512, EdDSA, PS256 or RS256")
			id := c.String("id", "", "key `ID`; the default follows from the key")
			organisation := c.String("organisation", "", "add a certificate for this `NAME`")
			country := c.String("country", "", "`COUNTRY` of the certificate, two letters")
			days := c.Int("days", 730, "`DAYS` the certificate is valid")
			if _, err := c.parse(0); err != nil {
				return err
			}
			if *out == "" {
				return errors.New("--out is required")
			}
			key, err := issuing.NewKey(verifier.AlgorithmByName(*alg), rand.Reader)
			if err != nil {
				return err
			}
			if *id != "" {
				key.ID = *id
			}
			if *organisation != "" {
				now := time.Now().Add(-time.Minute) // other clocks may be a little behind
				key, err = key.Certified(issuing.CertificateOptions{
					Country: *country, Organisation: *organisation, NotBefore: now, NotAfter: now.AddDate(0, 0, *days),
				})
				if err != nil {
					return err
				}
			}
			return saveKey(c, key, *out)
		},
	}
}

func saveKey(c *call, key *issuing.Key, path string) error {
	private, err := key.MarshalPrivate()
	if err != nil {
		return err
	}
	public, err := key.MarshalPublic()
	if err != nil {
		return err
	}
	// Never over another key: what that one signed could not be continued.
	f, err := os.OpenFile(path, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	if err != nil {
		return err
	}
	_, err = f.Write(append(private, '\n'))
	if err := errors.Join(err, f.Sync(), f.Close()); err != nil {
		return err
	}
	_, err = fmt.Fprintf(c.out, "%s\n", public)
	return err
}

// loadKey reads a private key.
func loadKey(path string) (*issuing.Key, error) {
	if path == "" {
		return nil, errors.New("--key is required; vratar keygen makes one")
	}
	text, err := os.ReadFile(path)
	if err != nil {
		return nil, err
	}
	key, err := issuing.ParseKey(text)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", path, err)
	}
	return key, nil
}
