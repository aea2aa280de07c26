package main

import (
	"bytes"
	"compress/zlib"
	"crypto/ecdsa"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"errors"
	"fmt"
	"io"
	"strings"
	"time"

	"github.com/fxamacker/cbor/v2"
	"github.com/golang-jwt/jwt/v5"
	"github.com/lestrrat-go/jwx/v3/jwa"
	"github.com/lestrrat-go/jwx/v3/jws"
	"github.com/veraison/go-cose"

	"vratar/cache"
	"vratar/verifier"
	"vratar/verifier/formats"
	"vratar/verifier/issuing"
	"vratar/verifier/jose"
	"vratar/verifier/proof"
	"vratar/verifier/status"
	"vratar/verifier/trust"
)

// lists is what the gateway's refresher holds: here it never changes.
type lists struct {
	trust  *trust.Snapshot
	status *status.Snapshot
}

func (l lists) Trust() verifier.Trust   { return l.trust }
func (l lists) Status() verifier.Status { return l.status }

// certificates is EU certificates of a few countries, as a gate sees them.
type certificates struct {
	texts [][]byte
	keys  map[string]*ecdsa.PublicKey // by the first eight bytes of the certificate's digest
	lists lists
	at    time.Time
	next  int
}

func issueCertificates() (*certificates, error) {
	c := &certificates{keys: make(map[string]*ecdsa.PublicKey), at: time.Now()}
	var issuers []issuing.TrustedIssuer
	for _, country := range []string{"AT", "DE", "FR", "LV"} {
		k, err := issuing.NewKey(verifier.ES256, rand.Reader)
		if err != nil {
			return nil, err
		}
		k, err = k.Certified(issuing.CertificateOptions{
			Country: country, Organisation: "Test", NotBefore: c.at.AddDate(-1, 0, 0), NotAfter: c.at.AddDate(2, 0, 0),
		})
		if err != nil {
			return nil, err
		}
		issuers = append(issuers, issuing.TrustedIssuer{ID: country, Name: country, Country: country, Keys: []*issuing.Key{k}})
		for range signatures / keys {
			text, err := issuing.HCERT(k, issuing.HealthCertificate{
				Type: "vaccination", ID: "URN:UVCI:01:" + country + ":" + rand.Text() + "#1", Country: country,
				Surname: "Mustermann", Forename: "Gabriele", BirthDate: "1998-02-26",
				Date: c.at.AddDate(0, -1, 0), IssuedAt: c.at.AddDate(0, 0, -1), ExpiresAt: c.at.AddDate(1, 0, 0),
			})
			if err != nil {
				return nil, err
			}
			c.texts = append(c.texts, []byte(text))
		}
		digest := sha256.Sum256(k.Certificate)
		c.keys[string(digest[:8])] = k.Public().(*ecdsa.PublicKey)
	}
	text, err := issuing.TrustList(issuers...)
	if err != nil {
		return nil, err
	}
	source, err := trust.Load("peers", text)
	c.lists = lists{trust.New(source), status.New()}
	return c, err
}

func (c *certificates) turn() []byte {
	c.next = (c.next + signatures/keys + 1) % signatures
	return c.texts[c.next]
}

// ours judges with everything the gateway judges, schema, key usage, time, status and rules included, and in memory
// that is used again, as the gateway does.
func (c *certificates) ours(memo verifier.Memo) func() bool {
	v := &verifier.Verifier{Formats: formats.All(), Lists: c.lists, Checker: proof.Checker{}, Memo: memo}
	prepare(c.lists.trust.Keys())
	var arena verifier.Arena
	judge := func() bool {
		out := v.Verify(verifier.Scan{Payload: c.turn(), At: c.at, Arena: &arena})
		return out.Outcome == verifier.Valid
	}
	for range c.texts { // so that a memo knows them all
		judge()
	}
	return judge
}

// group is how many codes are judged together.
const group = 8

// together judges as ours does, so many codes at once.
func (c *certificates) together() func() bool {
	v := &verifier.Verifier{Formats: formats.All(), Lists: c.lists, Checker: proof.Checker{}}
	prepare(c.lists.trust.Keys())
	var arenas [group]verifier.Arena
	var scans [group]verifier.Scan
	var verdicts [group]verifier.Verdict
	return func() bool {
		for i := range scans {
			scans[i] = verifier.Scan{Payload: c.turn(), At: c.at, Arena: &arenas[i]}
		}
		v.VerifyAll(scans[:], verdicts[:])
		for i := range verdicts {
			if verdicts[i].Outcome != verifier.Valid {
				return false
			}
		}
		return true
	}
}

// healthClaims is what an application reads out of the certificate with the usual libraries.
type healthClaims struct {
	Issuer  string `cbor:"1,keyasint"`
	Expires int64  `cbor:"4,keyasint"`
	Issued  int64  `cbor:"6,keyasint"`
	Health  map[int64]struct {
		Version string `cbor:"ver"`
		Birth   string `cbor:"dob"`
		Name    struct {
			Family string `cbor:"fn"`
			Given  string `cbor:"gn"`
		} `cbor:"nam"`
		Vaccinations []struct {
			Disease string `cbor:"tg"`
			Product string `cbor:"mp"`
			Date    string `cbor:"dt"`
			Country string `cbor:"co"`
			ID      string `cbor:"ci"`
		} `cbor:"v"`
	} `cbor:"-260,keyasint"`
}

// usual does it with the libraries that most Go programs take: signature, claims and time, and none of the rest.
func (c *certificates) usual() func() bool {
	return func() bool {
		claims, err := c.open(c.turn())
		return err == nil && claims.Expires > c.at.Unix() && claims.Health[1].Name.Family != ""
	}
}

func (c *certificates) open(text []byte) (*healthClaims, error) {
	packed, err := decodeBase45(strings.TrimPrefix(string(text), "HC1:"))
	if err != nil {
		return nil, err
	}
	z, err := zlib.NewReader(bytes.NewReader(packed))
	if err != nil {
		return nil, err
	}
	message, err := io.ReadAll(z)
	if err != nil {
		return nil, err
	}
	var m cose.Sign1Message
	if err := m.UnmarshalCBOR(message); err != nil {
		return nil, err
	}
	kid, _ := m.Headers.Protected[cose.HeaderLabelKeyID].([]byte)
	key := c.keys[string(kid)]
	if key == nil {
		return nil, fmt.Errorf("no key %x", kid)
	}
	v, err := cose.NewVerifier(cose.AlgorithmES256, key)
	if err != nil {
		return nil, err
	}
	if err := m.Verify(nil, v); err != nil {
		return nil, err
	}
	var claims healthClaims
	return &claims, cbor.Unmarshal(m.Payload, &claims)
}

const alphabet = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ $%*+-./:"

// decodeBase45 is RFC 9285 as it is usually written.
func decodeBase45(text string) ([]byte, error) {
	out := make([]byte, 0, len(text)*2/3)
	for len(text) > 1 {
		n := min(3, len(text))
		value := 0
		for i := n - 1; i >= 0; i-- {
			digit := strings.IndexByte(alphabet, text[i])
			if digit < 0 {
				return nil, errors.New("not base45")
			}
			value = value*45 + digit
		}
		switch {
		case n == 3 && value <= 0xFFFF:
			out = append(out, byte(value>>8), byte(value))
		case n == 2 && value <= 0xFF:
			out = append(out, byte(value))
		default:
			return nil, errors.New("not base45")
		}
		text = text[n:]
	}
	return out, nil
}

func documentContests() ([]contest, error) {
	c, err := issueCertificates()
	if err != nil {
		return nil, err
	}
	memo, err := cache.NewMemo(64 << 20)
	if err != nil {
		return nil, err
	}
	tokens, err := tokenContest()
	if err != nil {
		return nil, err
	}
	return []contest{
		{title: "EU certificate, from text to verdict", works: []work{
			{title: "veraison/go-cose, fxamacker/cbor, compress/zlib", do: c.usual()},
			{title: "Vratar", do: c.ours(nil)},
			{title: "Vratar, groups of 8", each: group, do: c.together()},
			{title: "Vratar, seen before", do: c.ours(memo)},
		}},
		tokens,
	}, nil
}

// tokenContest is a signed JSON token: its signature alone, with the header read.
func tokenContest() (contest, error) {
	k, err := issuing.NewKey(verifier.ES256, rand.Reader)
	if err != nil {
		return contest{}, err
	}
	var tokens [][]byte
	for range signatures {
		input := jose.AppendSigningInput(nil, []byte(`{"alg":"ES256","typ":"JWT"}`),
			fmt.Appendf(nil, `{"iss":"https://issuer.example","sub":%q,"exp":%d}`, rand.Text(), time.Now().AddDate(1, 0, 0).Unix()))
		signature, err := k.Sign(input)
		if err != nil {
			return contest{}, err
		}
		tokens = append(tokens, fmt.Appendf(nil, "%s.%s", input, base64.RawURLEncoding.EncodeToString(signature)))
	}
	next := 0
	turn := func() []byte { next = (next + 1) % signatures; return tokens[next] }
	public := k.Public()
	known := &verifier.Key{ID: k.ID, Public: public, Preparation: new(verifier.Preparation)}
	prepare([]*verifier.Key{known})
	parser := jwt.NewParser(jwt.WithValidMethods([]string{"ES256"}))
	return contest{title: "JWT with ES256", works: []work{
		{title: "golang-jwt v5", do: func() bool {
			t, err := parser.Parse(string(turn()), func(*jwt.Token) (any, error) { return public, nil })
			return err == nil && t.Valid
		}},
		{title: "lestrrat jwx v3", do: func() bool {
			_, err := jws.Verify(turn(), jws.WithKey(jwa.ES256(), public))
			return err == nil
		}},
		{title: "Vratar", do: func() bool {
			t, err := jose.ParseCompact(turn())
			return err == nil && proof.Checker{}.Check(known, &verifier.Proof{Algorithm: verifier.ES256, Signed: t.Signed, Signature: t.Signature})
		}},
	}}, nil
}
