package issuing

import (
	"bytes"
	"compress/gzip"
	"errors"
	"fmt"
	"math/big"
	"time"

	"vratar/verifier"
)

// Aadhaar is the content of an Aadhaar Secure QR code, as far as tests and demonstrations need it. Texts are
// written in ISO 8859-1.
type Aadhaar struct {
	Version   string    // V2; empty: the layout without version mark
	Last4     string    // of the Aadhaar number
	MadeAt    time.Time // to the millisecond
	Name      string
	BirthDate string     // DD-MM-YYYY
	Address   [11]string // care of, district, landmark, house, location, PIN, post office, state, street, sub-district, VTC
	Gender    string     // M, F or T
	Mobile4   string     // last digits of the mobile number; with Version only
	Photo     []byte     // JPEG 2000 code stream
	EmailHash []byte     // 32 bytes; nil: none
	PhoneHash []byte     // 32 bytes; nil: none
}

// AadhaarQR issues a code and returns its text. The key must be for RS256.
func AadhaarQR(k *Key, a Aadhaar) (string, error) {
	if k.Algorithm != verifier.RS256 {
		return "", fmt.Errorf("issuing: an Aadhaar code is signed by RS256, not %s", k.Algorithm)
	}
	content, err := a.content()
	if err != nil {
		return "", err
	}
	signature, err := k.Sign(content)
	if err != nil {
		return "", err
	}
	return ArmourAadhaar(append(content, signature...)), nil
}

// content is the part under the signature.
func (a Aadhaar) content() ([]byte, error) {
	present := '0'
	if a.EmailHash != nil {
		present++
	}
	if a.PhoneHash != nil {
		present += 2
	}
	zone := time.FixedZone("IST", int((5*time.Hour + 30*time.Minute).Seconds()))
	clock := a.MadeAt.In(zone).Format("20060102150405.000")
	var fields []string
	if a.Version != "" {
		fields = append(fields, a.Version)
	}
	fields = append(fields, string(present), a.Last4+clock[:14]+clock[15:], a.Name, a.BirthDate, a.Gender)
	fields = append(fields, a.Address[:]...)
	if a.Version != "" {
		fields = append(fields, a.Mobile4)
	}
	var out []byte
	for _, f := range fields {
		for _, r := range f {
			if r >= 0xff {
				return nil, errors.New("issuing: a field of an Aadhaar code is ISO 8859-1 without ÿ")
			}
			out = append(out, byte(r))
		}
		out = append(out, 0xff)
	}
	out = append(append(append(out, a.Photo...), a.EmailHash...), a.PhoneHash...)
	return out, nil
}

// ArmourAadhaar is the text of a code around content and signature: gzip as a decimal number.
func ArmourAadhaar(message []byte) string {
	var packed bytes.Buffer
	w := gzip.NewWriter(&packed)
	w.Write(message) // a bytes.Buffer takes everything
	w.Close()
	return new(big.Int).SetBytes(packed.Bytes()).String()
}
