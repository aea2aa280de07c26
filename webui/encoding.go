package webui

import (
	"strconv"
	"strings"
)

// preference is our order among encodings the client likes equally: the smallest first.
var preference = [...]string{"br", "gzip", ""}

// choose picks the encoding to send among the copies of a file: the one the client weighs most, ours among equals.
// The file as it is stands in when nothing else is allowed, since an answer beats a 406.
func choose(copies map[string]File, acceptEncoding string) string {
	best, bestQuality := "", 0.0
	for _, encoding := range preference {
		if _, ok := copies[encoding]; !ok {
			continue
		}
		if q := quality(acceptEncoding, encoding); q > bestQuality {
			best, bestQuality = encoding, q
		}
	}
	return best
}

// quality is the weight a client gives to an encoding (RFC 9110, 12.4.2), 0 for one it does not take. The file as
// it is ("") is welcome unless said otherwise, though less than any encoding that was named.
func quality(acceptEncoding, encoding string) float64 {
	wanted, named, wildcard := encoding, -1.0, -1.0
	if encoding == "" {
		wanted = "identity"
	}
	for item := range strings.SplitSeq(acceptEncoding, ",") {
		coding, parameters, _ := strings.Cut(item, ";")
		switch coding = strings.ToLower(strings.TrimSpace(coding)); coding {
		case wanted, "x-" + wanted:
			named = weight(parameters)
		case "*":
			wildcard = weight(parameters)
		}
	}
	switch {
	case named >= 0:
		return named
	case wildcard >= 0:
		return wildcard
	case encoding == "":
		return 0.0001 // below the smallest weight that can be written, 0.001
	}
	return 0
}

// weight reads ";q=0.5"; 1 when there is none, 0 when it cannot be read.
func weight(parameters string) float64 {
	for p := range strings.SplitSeq(parameters, ";") {
		name, value, found := strings.Cut(strings.TrimSpace(p), "=")
		if !found || !strings.EqualFold(strings.TrimSpace(name), "q") {
			continue
		}
		q, err := strconv.ParseFloat(strings.TrimSpace(value), 64)
		if err != nil || q < 0 || q > 1 {
			return 0
		}
		return q
	}
	return 1
}
