package main

import (
	"context"
	"crypto"
	"crypto/ecdsa"
	"crypto/ed25519"
	"errors"
	"fmt"
	"io"
	"os"
	"strings"
	"time"

	"vratar/verifier"
	"vratar/verifier/issuing"
	"vratar/verifier/jose"
)

func presentCommand() command {
	return command{
		name: "present", args: "--key FILE [--audience ID] [--nonce TEXT] [--qr png|svg|terminal] CREDENTIAL|-",
		summary: "show a credential with its holder's proof, like the holder's phone",
		help: `
Makes the code that a holder's phone shows: of a VR1 credential a VR2 code, of an SD-JWT one with a key binding
JWT. The proof is made now, counts for half a minute and once. The phone makes a new one every 15 s:

  vratar present --key holder.jwk --qr terminal 'VR1:6BF...'

The key is the one the credential was issued to (vratar issue --holder). An SD-JWT is presented with the
disclosures it is given with; whoever asks for it names audience and nonce.`,
		run: runPresent,
	}
}

func runPresent(_ context.Context, c *call) error {
	keyFile := c.String("key", "", "private key `FILE` of the holder")
	var b issuing.Binding
	c.StringVar(&b.Audience, "audience", "", "`ID` of whom the proof is for; a VR1 credential needs none")
	c.StringVar(&b.Nonce, "nonce", "", "`TEXT` that the proof repeats; without it a VR2 code has a random one")
	draw := c.String("qr", "", "draw it: `png`, svg or terminal, instead of printing the text")
	out := c.String("out", "-", "`FILE` to write, - for standard output")
	args, err := c.parse(1)
	if err != nil {
		return err
	}
	key, err := loadKey(*keyFile)
	if err != nil {
		return err
	}
	payload, err := c.payload(args)
	if err != nil {
		return err
	}
	b.IssuedAt = time.Now()
	text, err := present(key, strings.TrimSpace(string(payload)), b)
	if err != nil {
		return err
	}
	return c.draw(text, *draw, *out)
}

func present(key *issuing.Key, credential string, b issuing.Binding) (string, error) {
	switch {
	case strings.HasPrefix(credential, "VR1:"):
		return issuing.VR2(key, credential, b)
	case !strings.HasSuffix(credential, "~"):
		return "", errors.New("want a VR1 code, or an SD-JWT that ends with its last disclosure and ~")
	case b.Audience == "" || b.Nonce == "":
		return "", errors.New("an SD-JWT is presented to somebody who asked: --audience and --nonce are required")
	}
	return issuing.Bind(key, credential, b)
}

// loadHolder reads the key that a credential is to be bound to, of which the public half is enough.
func loadHolder(path string) (*issuing.Key, error) {
	text, err := os.ReadFile(path)
	if err != nil {
		return nil, err
	}
	if key, err := issuing.ParseKey(text); err == nil {
		return key, nil
	}
	public, err := jose.ParseJWK(text)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", path, err)
	}
	return &issuing.Key{ID: public.KeyID, Algorithm: algorithmOf(public), Signer: elsewhere{public.Public}}, nil
}

// algorithmOf is what the key says of itself, else what fits its kind.
func algorithmOf(k jose.JWK) verifier.Algorithm {
	if k.Algorithm != "" {
		return verifier.AlgorithmByName(k.Algorithm)
	}
	switch public := k.Public.(type) {
	case *ecdsa.PublicKey:
		return verifier.AlgorithmByName("ES" + map[int]string{256: "256", 384: "384", 521: "512"}[public.Curve.Params().BitSize])
	case ed25519.PublicKey:
		return verifier.EdDSA
	}
	return verifier.PS256
}

// elsewhere is a key whose private half somebody else has.
type elsewhere struct{ public crypto.PublicKey }

func (e elsewhere) Public() crypto.PublicKey { return e.public }

func (elsewhere) Sign(io.Reader, []byte, crypto.SignerOpts) ([]byte, error) {
	return nil, errors.New("only the public half of the key is here")
}
