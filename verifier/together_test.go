package verifier_test

import (
	"crypto/rand"
	"encoding/json"
	"encoding/pem"
	"fmt"
	mathrand "math/rand/v2"
	"os"
	"path/filepath"
	"reflect"
	"sync"
	"testing"
	"time"

	"vratar/verifier"
	"vratar/verifier/formats"
	"vratar/verifier/issuing"
	"vratar/verifier/proof"
	"vratar/verifier/trust"
	"vratar/verifier/vectors"
)

// sameVerdict fails the test where two verdicts on one scan differ.
func sameVerdict(t *testing.T, name string, alone, together verifier.Verdict) {
	t.Helper()
	if cause := [2]string{fmt.Sprint(alone.Cause), fmt.Sprint(together.Cause)}; cause[0] != cause[1] {
		t.Errorf("%s: cause %s, together %s", name, cause[0], cause[1])
	}
	if a, b := told(t, alone.Credential), told(t, together.Credential); a != b {
		t.Errorf("%s: alone\n%s, together\n%s", name, a, b)
	}
	alone.Cause, alone.Credential, together.Cause, together.Credential = nil, nil, nil, nil
	if !reflect.DeepEqual(alone, together) {
		t.Errorf("%s: alone %+v, together %+v", name, alone, together)
	}
}

// unbounded remembers everything, for one scan at a time.
type unbounded map[string]*verifier.Proven

func (m unbounded) Get(payload []byte, _ uint64) *verifier.Proven { return m[string(payload)] }
func (m unbounded) Wants([]byte) bool                             { return true }
func (m unbounded) Put(p *verifier.Proven)                        { m[p.Payload] = p }

// oneByOne is a checker without groups.
type oneByOne struct{ verifier.Checker }

// judgeTogether judges the scans in an order and in groups that follow from seed, some of them twice, and holds every
// verdict against the one that the scan gets alone.
func judgeTogether(t *testing.T, v *verifier.Verifier, scans []verifier.Scan, seed uint64) {
	t.Helper()
	alone := make([]verifier.Verdict, len(scans))
	for i, s := range scans {
		alone[i] = v.Verify(s)
	}
	r := mathrand.New(mathrand.NewPCG(seed, 0))
	for _, checker := range []verifier.Checker{v.Checker, oneByOne{v.Checker}} {
		for _, memo := range []verifier.Memo{nil, unbounded{}} {
			w := &verifier.Verifier{Formats: v.Formats, Lists: v.Lists, Checker: checker, Memo: memo, Skew: v.Skew, ProofAge: v.ProofAge}
			order := append(r.Perm(len(scans)), r.Perm(len(scans))...)
			for first := 0; first < len(order); {
				n := min(1+r.IntN(70), len(order)-first)
				group, verdicts := make([]verifier.Scan, n), make([]verifier.Verdict, n)
				for i := range group {
					group[i] = scans[order[first+i]]
					if r.IntN(2) == 0 {
						group[i].Arena = new(verifier.Arena)
					}
				}
				w.VerifyAll(group, verdicts)
				for i := range verdicts {
					sameVerdict(t, fmt.Sprintf("%.60q", group[i].Payload), alone[order[first+i]], verdicts[i])
				}
				first += n
			}
		}
	}
}

// vector is what the vectors of all folders share.
type vector struct {
	Payload  json.RawMessage `json:"payload"`
	Encoding string          `json:"payload_encoding"`
	Key      *vectors.Key    `json:"key"`
	Now      time.Time       `json:"now"`
}

// source is the vector's key as a list; false where it trusts none, or none of this kind.
func (e *vector) source(t *testing.T) (trust.Source, bool) {
	t.Helper()
	var material []byte
	switch {
	case e.Key == nil:
		return trust.Source{}, false
	case e.Key.Type == "x509":
		material = pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: e.Key.DER})
	case e.Key.Type == "jwk":
		material = []byte(`{"keys":[` + string(e.Key.JWK) + `]}`)
	case e.Key.JWKS != nil:
		material = e.Key.JWKS
	default:
		return trust.Source{}, false
	}
	src, err := trust.Load("vector", material)
	return src, err == nil
}

// Every official vector, each folder as one crowd that trusts all its keys: where vectors reuse an identifier several
// keys are tried for one signature.
func TestVectorsTogether(t *testing.T) {
	files, err := filepath.Glob(filepath.Join(vectors.Dir(t), "*", "vectors.json"))
	if err != nil || len(files) == 0 {
		t.Fatal(files, err)
	}
	total := 0
	for seed, file := range files {
		text, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		var all []vector
		if json.Unmarshal(text, &all) != nil {
			continue // of another layout, and no codes
		}
		var scans []verifier.Scan
		var sources []trust.Source
		for i := range all {
			e := vectors.Entry[struct{}]{Encoding: all[i].Encoding}
			if json.Unmarshal(all[i].Payload, &e.Payload) != nil || e.Payload == "" {
				continue // a list, or a card of several codes
			}
			scans = append(scans, verifier.Scan{Payload: e.Bytes(t), At: all[i].Now})
			if src, ok := all[i].source(t); ok {
				sources = append(sources, src)
			}
		}
		snapshot := trust.New(sources...)
		v := &verifier.Verifier{Formats: formats.All(), Lists: lists{snapshot}, Checker: proof.Checker{}}
		judgeTogether(t, v, scans, uint64(seed))
		v.Checker = prepared{snapshot, proof.NewPreparer(256 << 20)}
		judgeTogether(t, v, scans, uint64(seed))
		total += len(scans)
	}
	if total < 400 {
		t.Errorf("only %d vectors", total)
	}
}

// prepared has every key that is asked for ready.
type prepared struct {
	verifier.Trust
	preparer *proof.Preparer
}

func (p prepared) Check(k *verifier.Key, s *verifier.Proof) bool {
	p.preparer.Prepare(k)
	return proof.Checker{}.Check(k, s)
}

func (p prepared) Joins(k *verifier.Key, s *verifier.Proof) bool {
	p.preparer.Prepare(k)
	return proof.Checker{}.Joins(k, s)
}

func (p prepared) CheckAll(jobs []verifier.SignatureJob) {
	for _, j := range jobs {
		p.preparer.Prepare(j.Key)
	}
	proof.Checker{}.CheckAll(jobs)
}

// crowd is genuine and damaged credentials of keys on both curves that share one identifier, some shown with their
// holder's proof, and payloads that are none.
func crowd(t *testing.T) (*verifier.Verifier, []verifier.Scan) {
	t.Helper()
	issue := func(alg verifier.Algorithm) *issuing.Key {
		k, err := issuing.NewKey(alg, rand.Reader)
		if err != nil {
			t.Fatal(err)
		}
		k.ID = "shared"
		return k
	}
	keys := []*issuing.Key{issue(verifier.ES256), issue(verifier.EdDSA), issue(verifier.ES256), issue(verifier.ES384)}
	device := issue(verifier.ES256)
	var sources []trust.Source
	var scans []verifier.Scan
	for i, k := range keys {
		public, err := k.MarshalPublic()
		if err != nil {
			t.Fatal(err)
		}
		src, err := trust.Load("crowd", []byte(`{"keys":[`+string(public)+`]}`))
		if err != nil {
			t.Fatal(err)
		}
		sources = append(sources, src)
		for n := range 3 {
			d := issuing.Document{
				Issuer: "https://issuer.example", Type: "student", ID: []byte{byte(i), byte(n)}, Number: "7", IssuedAt: now, ExpiresAt: now.AddDate(1, 0, 0),
				Holder: device.Public(),
			}
			text, err := issuing.VR1(k, d)
			if err != nil {
				t.Fatal(err)
			}
			shown, err := issuing.VR2(device, text, issuing.Binding{IssuedAt: now, Nonce: fmt.Sprint("nonce", n)})
			if err != nil {
				t.Fatal(err)
			}
			for _, payload := range [][]byte{[]byte(text), flipped([]byte(text), len(text)-3), []byte(shown), flipped([]byte(shown), len(shown)-3)} {
				scans = append(scans, verifier.Scan{Payload: payload, At: now.Add(time.Second)})
			}
		}
	}
	for _, hostile := range []string{"", "VR1:", "VR2:6BF", "HC1:6BFOXN", "https://example.org/?t=1", string(make([]byte, verifier.MaxPayload+1))} {
		scans = append(scans, verifier.Scan{Payload: []byte(hostile), At: now})
	}
	return &verifier.Verifier{Formats: formats.All(), Lists: lists{trust.New(sources...)}, Checker: proof.Checker{}}, scans
}

func TestCrowdTogether(t *testing.T) {
	v, scans := crowd(t)
	reasons := map[verifier.Reason]int{}
	for _, s := range scans {
		out := v.Verify(s)
		reasons[out.Reason]++
	}
	if reasons[verifier.ReasonOK] < 2*12 || reasons[verifier.ReasonSignatureInvalid]+reasons[verifier.ReasonMalformed] < 12 {
		t.Fatalf("a crowd of another kind than meant: %v", reasons)
	}
	for seed := range uint64(2) {
		judgeTogether(t, v, scans, seed)
	}
	v.Checker = prepared{v.Lists.Trust(), proof.NewPreparer(256 << 20)}
	for seed := range uint64(2) {
		judgeTogether(t, v, scans, seed)
	}
}

// Scans that are judged at the same time, each by itself, get the verdicts that they get one after the other.
func TestCrowdAtOnce(t *testing.T) {
	v, scans := crowd(t)
	v.Checker = prepared{v.Lists.Trust(), proof.NewPreparer(256 << 20)}
	alone := make([]verifier.Verdict, len(scans))
	for i, s := range scans {
		alone[i] = v.Verify(s)
	}
	var wg sync.WaitGroup
	for n := range 12 {
		wg.Go(func() {
			r := mathrand.New(mathrand.NewPCG(uint64(n), 0))
			for _, i := range r.Perm(len(scans)) {
				sameVerdict(t, fmt.Sprintf("%.60q", scans[i].Payload), alone[i], v.Verify(scans[i]))
			}
		})
	}
	wg.Wait()
}

// counting tells how its signatures came.
type counting struct {
	proof.Checker
	alone, groups, most int
}

func (c *counting) Check(k *verifier.Key, p *verifier.Proof) bool {
	c.alone++
	return c.Checker.Check(k, p)
}

func (c *counting) CheckAll(jobs []verifier.SignatureJob) {
	c.groups++
	c.most = max(c.most, len(jobs))
	c.Checker.CheckAll(jobs)
}

// A crowd's signatures reach the checker together; a lone scan's does not pass through a group.
func TestSignaturesAreCheckedTogether(t *testing.T) {
	v, scans := crowd(t)
	c := &counting{}
	v.Checker = c
	v.VerifyAll(scans[:16], make([]verifier.Verdict, 16))
	if c.most < 12 || c.groups > 4 {
		t.Errorf("%d groups, of %d at most", c.groups, c.most)
	}
	*c = counting{}
	v.Verify(scans[0])
	if c.groups != 0 || c.alone == 0 {
		t.Errorf("a lone scan: %d groups, %d alone", c.groups, c.alone)
	}
}
