package mandates

import (
	"crypto/sha256"
	"errors"
	"fmt"
	"io"
	"os"

	"vratar/verifier/pki"
)

// Sources are the files that say whose signatures count. Certificates are PEM or one in DER, lists PEM or DER.
type Sources struct {
	Roots         []string
	Intermediates []string
	CRLs          []string
	Algorithms    []pki.Algorithm
}

// maxSource bounds one file. The largest lists of Russian authorities have a few MiB.
const maxSource = 64 << 20

// loaded is what the files said, and a digest of them.
type loaded struct {
	trust  pki.Trust
	digest [sha256.Size]byte
}

// load reads every file. The error names all that are wrong.
func (s *Sources) load() (*loaded, error) {
	l := &loaded{trust: pki.Trust{Algorithms: s.Algorithms}}
	sum := sha256.New()
	var errs []error
	read := func(names []string, use func(data []byte) error) {
		for _, name := range names {
			data, err := readFile(name)
			if err == nil {
				fmt.Fprintf(sum, "%q %d\n", name, len(data))
				sum.Write(data)
				err = use(data)
			}
			if err != nil {
				errs = append(errs, fmt.Errorf("%s: %w", name, err))
			}
		}
	}
	certificates := func(into *[]*pki.Certificate) func([]byte) error {
		return func(data []byte) error {
			all, err := pki.ParseCertificates(data)
			*into = append(*into, all...)
			return err
		}
	}
	read(s.Roots, certificates(&l.trust.Roots))
	read(s.Intermediates, certificates(&l.trust.Intermediates))
	read(s.CRLs, func(data []byte) error {
		crl, err := pki.ParseCRL(data)
		if err == nil {
			l.trust.CRLs = append(l.trust.CRLs, crl)
		}
		return err
	})
	sum.Sum(l.digest[:0])
	return l, errors.Join(errs...)
}

func readFile(name string) ([]byte, error) {
	f, err := os.Open(name)
	if err != nil {
		return nil, err
	}
	data, err := io.ReadAll(io.LimitReader(f, maxSource+1))
	err = errors.Join(err, f.Close())
	if err == nil && len(data) > maxSource {
		err = fmt.Errorf("larger than %d bytes", maxSource)
	}
	return data, err
}
