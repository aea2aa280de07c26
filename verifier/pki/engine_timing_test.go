//go:build unix

package pki

import (
	"hash"
	"os"
	"os/exec"
	"path/filepath"
	"syscall"
	"testing"
	"time"

	"vratar/verifier/proof/gost"
)

// BenchmarkBesideEngine checks the signature on one certificate per curve, and has openssl's engine do the same in the
// same run; both figures are time of the processor. Openssl is given the certificate many times in one process, and
// what it needs for them without checking the signature is taken off.
func BenchmarkBesideEngine(b *testing.B) {
	e := findEngine(b)
	for _, key := range [][2]string{
		{"256", "TCA"}, {"256", "XA"}, {"256", "TCC"}, {"256", "TCD"}, {"512", "A"}, {"512", "B"}, {"512", "C"},
	} {
		b.Run(key[0]+"-"+key[1], func(b *testing.B) {
			issuer, leaf := e.issued(b, key[0], key[1])
			from, n := cpuTime(b), 0
			for b.Loop() {
				if !leaf.Algorithm.proves(issuer.Public, leaf.X509.RawTBSCertificate, leaf.X509.Signature) {
					b.Fatal("not proven")
				}
				n++
			}
			b.ReportMetric(float64(cpuTime(b)-from)/float64(n), "cpu-ns/op")
			const copies = 1000
			with := e.verifying(b, copies, "-CAfile", "issuer.crt")
			without := e.verifying(b, copies, "-partial_chain", "-trusted", "leaf.crt")
			b.ReportMetric(float64(with-without)/copies, "engine-cpu-ns/op")
		})
	}
}

// BenchmarkStreebogBesideEngine digests with both, in time of the processor for each byte.
func BenchmarkStreebogBesideEngine(b *testing.B) {
	e := findEngine(b)
	data := make([]byte, 16<<20)
	for _, size := range []string{"256", "512"} {
		b.Run(size, func(b *testing.B) {
			for name, content := range map[string][]byte{"empty": nil, "large": data} {
				if err := os.WriteFile(filepath.Join(e.dir, name), content, 0o600); err != nil {
					b.Fatal(err)
				}
			}
			digest := map[string]func() hash.Hash{"256": gost.New256, "512": gost.New512}[size]
			from, n := cpuTime(b), 0
			for b.Loop() {
				digest().Write(data)
				n++
			}
			b.ReportMetric(float64(cpuTime(b)-from)/float64(n*len(data)), "cpu-ns/byte")
			took := e.cpu(b, "dgst", "-md_gost12_"+size, "large") - e.cpu(b, "dgst", "-md_gost12_"+size, "empty")
			b.ReportMetric(float64(took)/float64(len(data)), "engine-cpu-ns/byte")
		})
	}
}

// issued makes a key with a certificate, and a certificate that it signs.
func (e *engine) issued(b *testing.B, size, set string) (issuer, leaf *Certificate) {
	md := "-md_gost12_" + size
	e.must(b, "genpkey", "-algorithm", "gost2012_"+size, "-pkeyopt", "paramset:"+set, "-out", "key")
	e.must(b, "req", "-x509", "-new", "-key", "key", md, "-days", "3650", "-subj", "/CN=issuer", "-out", "issuer.crt")
	e.must(b, "req", "-new", "-key", "key", md, "-subj", "/CN=leaf", "-out", "csr")
	e.must(b, "x509", "-req", "-in", "csr", md, "-days", "3650", "-set_serial", "2", "-CA", "issuer.crt", "-CAkey", "key", "-out", "leaf.crt")
	for name, into := range map[string]**Certificate{"issuer.crt": &issuer, "leaf.crt": &leaf} {
		all, err := ParseCertificates(e.read(b, name))
		if err != nil {
			b.Fatal(err)
		}
		*into = all[0]
	}
	return issuer, leaf
}

// verifying is what the processor needed to verify the certificate so many times.
func (e *engine) verifying(b *testing.B, copies int, args ...string) time.Duration {
	b.Helper()
	args = append([]string{"verify"}, args...)
	for range copies {
		args = append(args, "leaf.crt")
	}
	return e.cpu(b, args...)
}

// cpu is what the processor needed to run openssl.
func (e *engine) cpu(b *testing.B, args ...string) time.Duration {
	b.Helper()
	c := exec.Command(e.path, args...)
	c.Dir, c.Env = e.dir, append(c.Environ(), "OPENSSL_CONF="+filepath.Join(e.dir, "gost.cnf"))
	if out, err := c.CombinedOutput(); err != nil {
		b.Fatalf("%v: %.200s", err, out)
	}
	return c.ProcessState.UserTime() + c.ProcessState.SystemTime()
}

func cpuTime(b *testing.B) time.Duration {
	var u syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &u); err != nil {
		b.Fatal(err)
	}
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}
