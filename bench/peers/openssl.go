package main

import (
	"os/exec"
	"strings"
)

// openSSLSpeed is the lines of OpenSSL's own report that name signatures; none where it is not installed. It is
// measured by itself and right after the others, so it is a reference and no contest.
func openSSLSpeed() []string {
	out, err := exec.Command("openssl", "speed", "-seconds", "1", "ecdsap256", "ed25519", "rsa2048").Output()
	if err != nil {
		return nil
	}
	var lines []string
	for line := range strings.Lines(string(out)) {
		line = strings.TrimSpace(line)
		if strings.Contains(line, "verify/s") || strings.Contains(line, "bits") {
			lines = append(lines, "openssl: "+line)
		}
	}
	return lines
}
