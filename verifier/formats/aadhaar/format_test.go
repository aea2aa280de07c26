package aadhaar

import (
	"bytes"
	"encoding/json"
	"errors"
	"math/big"
	"runtime"
	"strings"
	"testing"
	"time"

	"vratar/verifier"
	"vratar/verifier/formats/formatstest"
	"vratar/verifier/issuing"
)

var made = time.Date(2026, 3, 1, 10, 20, 30, 123e6, time.UTC)

// signed is a code whose signature nobody will check: RSA keys take long to make.
func signed(a string) string {
	return issuing.ArmourAadhaar([]byte(a + strings.Repeat("\x5a", signatureSize)))
}

// fields are those of a card with version mark V2.
const fields = "V2\xff0\xff269720190308114407437\xffSumit K\xfcmar\xff01-01-1984\xffM\xffC/O\xffEast Delhi\xff\xffB-31\xff\xff110051\xff" +
	"Krishna Nagar\xffDelhi\xffRadhey\xffGandhi Nagar\xffKrishna Nagar\xff1234\xff"

// noise stands for a photo, which does not compress.
var noise = func() string {
	var b []byte
	x := uint32(1)
	for range 300 {
		x = x*1664525 + 1013904223
		b = append(b, byte(x>>24))
	}
	return "\xff\x4f\xff\x51" + string(b)
}()

func TestDecode(t *testing.T) {
	hash := strings.Repeat("e", 32) + strings.Repeat("m", 32)
	f := func(text, version, photo, email, mobile string) {
		t.Helper()
		payload := []byte(signed(text) + "\r\n")
		if !(Format{}).Sniff(payload) {
			t.Fatal("not recognised")
		}
		c, err := Format{}.Decode(payload)
		if err != nil {
			t.Fatal(err)
		}
		want := time.Date(2019, 3, 8, 6, 14, 7, 437e6, time.UTC)
		if c.Issuer != "UIDAI" || c.Country != "IN" || c.Type != "identity" || string(c.ID) != "269720190308114407437" || !c.IssuedAt.Equal(want) ||
			c.Holder != (verifier.Holder{Name: "Sumit Kümar", BirthDate: "1984-01-01", DocumentNumber: "XXXXXXXX2697"}) || c.SchemaFault != nil {
			t.Fatalf("%+v", c)
		}
		var claims struct {
			Version, VTC string
			Last4        string `json:"mobile_last4"`
			Photo        struct {
				B []byte `json:"$b64"`
			}
			Email struct {
				B []byte `json:"$b64"`
			} `json:"email_hash"`
			Mobile struct {
				B []byte `json:"$b64"`
			} `json:"mobile_hash"`
		}
		if err := json.Unmarshal(c.Claims, &claims); err != nil {
			t.Fatal(err)
		}
		if claims.Version != version || claims.VTC != "Krishna Nagar" || (claims.Last4 != "") != (version != "") ||
			string(claims.Photo.B) != photo || string(claims.Email.B) != email || string(claims.Mobile.B) != mobile {
			t.Fatalf("%+v", claims)
		}
	}
	e, m := hash[:32], hash[32:]
	with := func(present string) string { return strings.Replace(fields, "V2\xff0", "V2\xff"+present, 1) + noise }
	f(with("0"), "V2", noise, "", "")
	f(with("1")+e, "V2", noise, e, "")
	f(with("2")+m, "V2", noise, "", m)
	f(with("3")+hash, "V2", noise, e, m)
	f(strings.Replace(with("3"), "V2", "V5", 1)+hash, "V5", noise, e, m)
	f(strings.TrimSuffix(with("3")[3:], "1234\xff"+noise)+noise+hash, "", noise, e, m)
}

func TestIssued(t *testing.T) {
	k, err := issuing.NewKey(verifier.RS256, nil)
	if err != nil {
		t.Fatal(err)
	}
	text, err := issuing.AadhaarQR(k, issuing.Aadhaar{
		Last4: "2697", MadeAt: made, Name: "Sumit", BirthDate: "01-01-1984", Gender: "M", Photo: []byte(noise), PhoneHash: bytes.Repeat([]byte{1}, 32),
	})
	if err != nil {
		t.Fatal(err)
	}
	c, err := Format{}.Decode([]byte(text))
	if err != nil || !c.IssuedAt.Equal(made) || c.Holder.Name != "Sumit" || c.SchemaFault != nil {
		t.Fatalf("%v %+v", err, c)
	}
}

func TestRefusals(t *testing.T) {
	f := func(text string, reason verifier.Reason, cause string) {
		t.Helper()
		c, err := Format{}.Decode([]byte(text))
		var r *verifier.Refusal
		if c != nil || !errors.As(err, &r) || r.Reason != reason || !strings.Contains(err.Error(), cause) {
			t.Fatalf("Decode(%.40s) = %v, %v, want %v with %q", text, c, err, reason, cause)
		}
	}
	const malformed = verifier.ReasonMalformed
	text := signed(fields + noise)
	f("", malformed, "number")
	f(text[:600], malformed, "number")
	f("0"+text, malformed, "number")
	f(text[:100]+"x"+text[100:], malformed, "number")
	f(strings.Repeat("1", maxDigits+1), verifier.ReasonTooLarge, "digits")
	f(strings.Repeat("1", maxDigits), malformed, "neither gzip")
	f(text[:len(text)-1], malformed, "")
	f(text+"7", malformed, "")
	f(issuing.ArmourAadhaar([]byte(noise[:signatureSize])), malformed, "number") // too short for a code
	f(issuing.ArmourAadhaar([]byte(noise+noise)), malformed, "too few")
	f(signed("V1\xff"+fields[3:]+noise), verifier.ReasonUnsupportedVersion, "version")
	f(signed("V6\xff"+fields[3:]+noise), verifier.ReasonUnsupportedVersion, "version")
	f(signed(strings.Replace(fields, "V2\xff0", "V2\xff4", 1)+noise), malformed, "email_mobile_present")
	f(signed(strings.Replace(fields, "V2\xff0", "V2\xff", 1)+noise), malformed, "email_mobile_present")
	f(issuing.ArmourAadhaar([]byte(strings.Replace(fields, "V2\xff0", "V2\xff3", 1)+"short"+noise[4:4+signatureSize])), malformed, "hashes")
	f(issuing.ArmourAadhaar(append(make([]byte, 2*maxInflated), noise+noise...)), verifier.ReasonTooLarge, "limit")
}

func TestSchema(t *testing.T) {
	f := func(old, new, fault string) {
		t.Helper()
		c, err := Format{}.Decode([]byte(signed(strings.Replace(fields, old, new, 1) + noise)))
		if err != nil {
			t.Fatal(err)
		}
		if (c.SchemaFault == nil) != (fault == "") || fault != "" && !strings.Contains(c.SchemaFault.Error(), fault) {
			t.Errorf("%q: %v, want %q", new, c.SchemaFault, fault)
		}
	}
	f("01-01-1984", "31/12/1984", "")
	f("01-01-1984", "1984", "")
	f("01-01-1984", "1984-01-01", "dob")
	f("01-01-1984", "32-01-1984", "dob")
	f("269720190308114407437", "2697", "reference")
	f("269720190308114407437", "269720191308114407437", "reference")
	f("269720190308114407437", "26972019030811440743x", "reference")
	f("Sumit K\xfcmar", "", "name")
}

// The longest number there can be costs little, whatever it is.
func TestLongNumbersCostLittle(t *testing.T) {
	worst := []byte(strings.Repeat("9", maxDigits))
	bomb := []byte(issuing.ArmourAadhaar(append(make([]byte, 1<<20), noise+noise...)))
	f := func(what string, payload []byte) {
		t.Helper()
		const rounds = 20
		Format{}.Decode(payload)
		var before, after runtime.MemStats
		runtime.ReadMemStats(&before)
		start := time.Now()
		for range rounds {
			Format{}.Decode(payload)
		}
		took := time.Since(start) / rounds
		runtime.ReadMemStats(&after)
		if per := (after.TotalAlloc - before.TotalAlloc) / rounds; per > 128<<10 {
			t.Errorf("%s: %d bytes", what, per)
		}
		t.Logf("%s: %v", what, took)
	}
	f("nines", worst)
	f("bomb", bomb)
}

// Whatever is accepted adds up: content and signature are the whole message and the claims are JSON.
func FuzzDecode(f *testing.F) {
	f.Add([]byte(signed(fields + noise)))
	f.Add([]byte(signed(strings.Replace(fields, "V2\xff0", "V2\xff3", 1) + noise)))
	f.Add([]byte(strings.Repeat("9", 800)))
	var a verifier.Arena
	f.Fuzz(func(t *testing.T, payload []byte) {
		formatstest.Agree(t, Format{}, &a, payload)
		(Format{}).Sniff(payload)
		check(t, payload)
		// Most numbers are no compressed data, so the input is tried as the bytes under the number, too.
		if len(payload) < maxInflated {
			check(t, []byte(issuing.ArmourAadhaar(payload)))
		}
	})
}

func check(t *testing.T, payload []byte) {
	t.Helper()
	c, err := Format{}.Decode(payload)
	if (c == nil) == (err == nil) {
		t.Fatal("neither credential nor refusal, or both")
	}
	if err != nil {
		return
	}
	if !json.Valid(c.Claims) || len(c.Proof.Signature) != signatureSize {
		t.Fatalf("claims %s", c.Claims)
	}
	n, _ := new(big.Int).SetString(strings.Trim(string(payload), " \t\r\n"), 10)
	message, err := unpack(nil, n.Bytes())
	if err != nil || !bytes.Equal(message, append(bytes.Clone(c.Proof.Signed), c.Proof.Signature...)) {
		t.Fatal("content and signature are not the message")
	}
}

// A number is what the library makes of it.
func FuzzNumber(f *testing.F) {
	f.Add([]byte("0"))
	f.Add([]byte("18446744073709551616"))
	f.Add([]byte(strings.Repeat("9", maxDigits)))
	f.Add([]byte("1" + strings.Repeat("0", 700)))
	f.Fuzz(func(t *testing.T, text []byte) {
		for i := range text {
			text[i] = '0' + (text[i]-'0')%10
		}
		if len(text) == 0 || len(text) > maxDigits {
			return
		}
		want, _ := new(big.Int).SetString(string(text), 10)
		if got := appendNumber([]byte("x"), text); got[0] != 'x' || !bytes.Equal(got[1:], want.Bytes()) {
			t.Fatalf("%s is %x, want %x", text, got[1:], want.Bytes())
		}
	})
}
