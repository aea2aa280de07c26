package verifier_test

import (
	"bytes"
	"crypto/rand"
	"runtime"
	"strings"
	"testing"
	"time"

	"vratar/verifier"
	"vratar/verifier/base45"
	"vratar/verifier/formats"
	"vratar/verifier/inflate"
	"vratar/verifier/issuing"
	"vratar/verifier/proof"
)

// house is a verifier that trusts one test issuer, with a genuine certificate of it.
func house(t testing.TB, alg verifier.Algorithm) (*verifier.Verifier, []byte) {
	t.Helper()
	k, err := issuing.NewKey(alg, rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	k, err = k.Certified(issuing.CertificateOptions{Country: "AT", Organisation: "Test", NotBefore: now, NotAfter: now.AddDate(2, 0, 0)})
	if err != nil {
		t.Fatal(err)
	}
	text, err := issuing.HCERT(k, issuing.HealthCertificate{
		Type: "vaccination", ID: "URN:UVCI:01:AT:10807843F94AEE0EE5093FBC254BD813#B", Country: "AT", Surname: "Musterfrau",
		Forename: "Gabriele", BirthDate: "1998-02-26", Date: now, IssuedAt: now, ExpiresAt: now.AddDate(1, 0, 0),
	})
	if err != nil {
		t.Fatal(err)
	}
	return &verifier.Verifier{
		Formats: formats.All(), Lists: lists{trusting(t, k.Certificate)}, Checker: proof.Checker{},
	}, []byte(text)
}

func judge(v *verifier.Verifier, payload []byte) verifier.Verdict {
	return v.Verify(verifier.Scan{Payload: payload, At: now.Add(time.Hour)})
}

func TestGenuineIsValid(t *testing.T) {
	for _, alg := range []verifier.Algorithm{verifier.ES256, verifier.PS256} {
		v, text := house(t, alg)
		if out := judge(v, text); out.Outcome != verifier.Valid {
			t.Fatalf("%v: %v: %v", alg, out.Reason, out.Cause)
		}
	}
}

func refused(t *testing.T, what string, at int, out verifier.Verdict) {
	t.Helper()
	if out.Outcome == verifier.Valid || out.Proven() || out.Reason == verifier.ReasonNone || out.Reason == verifier.ReasonOK {
		t.Fatalf("%s at %d: %v, %v, proven %v", what, at, out.Outcome, out.Reason, out.Proven())
	}
}

func TestEveryTruncationIsRefused(t *testing.T) {
	v, text := house(t, verifier.ES256)
	for n := range text {
		refused(t, "cut", n, judge(v, text[:n]))
	}
	message := opened(t, text)
	for n := range message {
		refused(t, "message cut", n, judge(v, []byte(issuing.ArmourHCERT(message[:n]))))
	}
}

// opened is the COSE message behind a text.
func opened(t *testing.T, text []byte) []byte {
	t.Helper()
	packed, err := base45.AppendDecode(nil, text[len("HC1:"):])
	if err != nil {
		t.Fatal(err)
	}
	message, err := inflate.Zlib(nil, packed, 1<<16)
	if err != nil {
		t.Fatal(err)
	}
	return message
}

// No byte of the message can be changed without being noticed. Of the text nearly none can: bits that mean nothing
// must be zero in Base45 and DEFLATE. What remains, one change in a hundred thousand, is a repetition that points
// to another place where the same bytes stand: another spelling of the same message, which the checksum cannot
// tell either.
func TestEveryFlipIsRefused(t *testing.T) {
	v, text := house(t, verifier.ES256)
	genuine, spellings := judge(v, text).Credential.Proof, 0
	flips := []byte{1, 2, 4, 8, 16, 32, 64, 128, 255}
	for i := range text {
		for _, x := range flips {
			bad := bytes.Clone(text)
			bad[i] ^= x
			out := judge(v, bad)
			if out.Proven() && bytes.Equal(out.Credential.Proof.Signed, genuine.Signed) &&
				bytes.Equal(out.Credential.Proof.Signature, genuine.Signature) {
				if spellings++; spellings > 2 {
					t.Fatalf("%d changes of the text leave the message as it was", spellings)
				}
				continue
			}
			refused(t, "text flipped", i, out)
		}
	}
	message := opened(t, text)
	for i := range message {
		for _, x := range []byte{1, 128, 255} { // compressing again is slow
			bad := bytes.Clone(message)
			bad[i] ^= x
			refused(t, "message flipped", i, judge(v, []byte(issuing.ArmourHCERT(bad))))
		}
	}
}

// What a prankster holds before the camera: always a verdict with a reason, never a panic, and next to no
// memory.
func TestHostilePayloads(t *testing.T) {
	v, text := house(t, verifier.ES256)
	bomb := issuing.ArmourHCERT(make([]byte, 8<<20))
	noise := make([]byte, 9000)
	rand.Read(noise)
	f := func(name string, payload []byte, want ...verifier.Reason) {
		t.Helper()
		out := judge(v, payload)
		for _, r := range want {
			if out.Reason == r {
				return
			}
		}
		t.Fatalf("%s: %v (%v), want %v", name, out.Reason, out.Cause, want)
	}
	f("empty", nil, verifier.ReasonNotRecognised)
	f("blank", []byte(" \r\n"), verifier.ReasonNotRecognised)
	f("1 MiB", make([]byte, 1<<20), verifier.ReasonTooLarge)
	f("not UTF-8", []byte("\xff\xfe\xfd"), verifier.ReasonNotRecognised)
	f("HC1 and not UTF-8", []byte("HC1:\xff\xfe\xfd"), verifier.ReasonMalformed)
	f("base45 of noise", append([]byte("HC1:"), base45.Append(nil, noise)...), verifier.ReasonMalformed)
	f("bomb", []byte(bomb), verifier.ReasonTooLarge)
	f("deep CBOR", []byte(issuing.ArmourHCERT(bytes.Repeat([]byte{0x9f}, 8000))), verifier.ReasonMalformed)
	f("wide CBOR", []byte(issuing.ArmourHCERT(append([]byte{0x99, 0x1f, 0x3f}, make([]byte, 8000)...))), verifier.ReasonMalformed)
	f("endless CBOR", []byte(issuing.ArmourHCERT([]byte{0x9b, 255, 255, 255, 255, 255, 255, 255, 255})), verifier.ReasonMalformed)
	f("duplicate keys", []byte(issuing.ArmourHCERT([]byte{0xa2, 1, 1, 1, 1})), verifier.ReasonMalformed)
	f("genuine twice", append(bytes.Clone(text), text...), verifier.ReasonMalformed, verifier.ReasonTooLarge)
	f("lower case", []byte(strings.ToLower(string(text))), verifier.ReasonNotRecognised)
}

func TestHostilePayloadsCostLittleMemory(t *testing.T) {
	const bound = 64 << 10
	v, _ := house(t, verifier.ES256)
	f := func(name string, payload []byte) {
		t.Helper()
		judge(v, payload) // fills the pools
		const rounds = 20
		var before, after runtime.MemStats
		runtime.ReadMemStats(&before)
		for range rounds {
			judge(v, payload)
		}
		runtime.ReadMemStats(&after)
		if per := (after.TotalAlloc - before.TotalAlloc) / rounds; per > bound {
			t.Errorf("%s: %d bytes allocated for one verdict, want at most %d", name, per, bound)
		} else {
			t.Logf("%s: %d bytes", name, per)
		}
	}
	f("bomb", []byte(issuing.ArmourHCERT(make([]byte, 8<<20))))
	f("deep CBOR", []byte(issuing.ArmourHCERT(bytes.Repeat([]byte{0x9f}, 8000))))
	f("many keys", []byte(issuing.ArmourHCERT(manyKeys(2000))))
	f("16 KiB of base45", append([]byte("HC1:"), bytes.Repeat([]byte("0"), verifier.MaxPayload-5)...))
	f("long payment", append([]byte("ST00012|"), bytes.Repeat([]byte("a=b|"), 4000)...))
	f("long link", append([]byte("https://a/"), bytes.Repeat([]byte("%"), 16000)...))
	f("1 MiB", make([]byte, 1<<20))
}

// manyKeys is a map of n pairs.
func manyKeys(n int) []byte {
	b := []byte{0xb9, byte(n >> 8), byte(n)}
	for i := range n {
		b = append(b, 0x19, byte(i>>8)|0x10, byte(i), 0)
	}
	return b
}
