package trust

import (
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/asn1"
	"encoding/hex"
	"encoding/pem"
	"math/big"
	"strings"
	"testing"

	"vratar/verifier/brainpool"
)

// onBrainpool is the DER of s with another key put in: the base point of P256r1, or what key says. Nobody checks
// the signature of a certificate that is listed itself.
func onBrainpool(t *testing.T, s signer, country, name string, serial int64) ([]byte, *brainpool.PublicKey) {
	t.Helper()
	info, err := hex.DecodeString("305a301406072a8648ce3d020106092b240303020801010703420004" +
		"8bd2aeb9cb7e57cb2c4b482ffc81b7afb9de27e1e3bd23c23a4453bd9ace3262547ef835c3dac4fd97f8461a14611dc9c27745132ded8e545c1d54c72f046997")
	if err != nil {
		t.Fatal(err)
	}
	key, err := brainpool.ParsePublicKey(info)
	if err != nil {
		t.Fatal(err)
	}
	var outer outerCertificate
	if _, err := asn1.Unmarshal(s.der, &outer); err != nil {
		t.Fatal(err)
	}
	subject, err := asn1.Marshal(pkix.Name{Country: []string{country}, CommonName: name}.ToRDNSequence())
	if err != nil {
		t.Fatal(err)
	}
	outer.Signed.Raw = nil
	outer.Signed.Serial.SetInt64(serial)
	outer.Signed.Subject = asn1.RawValue{FullBytes: subject}
	outer.Signed.Key = asn1.RawValue{FullBytes: info}
	der, err := asn1.Marshal(outer)
	if err != nil {
		t.Fatal(err)
	}
	return der, key
}

func TestBrainpoolCertificate(t *testing.T) {
	s := newSigner(t, "DE", "TS")
	der, key := onBrainpool(t, s, "DE", "TS", 0x5b)
	if _, err := x509.ParseCertificate(der); err == nil {
		t.Fatal("the standard library reads brainpool keys by now")
	}
	text := string(pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: der}))
	src := mustLoad(t, text)
	c := src.Entries[0].Keys[0].Certificate
	if !key.Equal(src.Entries[0].Keys[0].Public) || string(c.Raw) != string(der) || c.Subject.CommonName != "TS" || !c.NotAfter.Equal(end) {
		t.Fatalf("%+v", c)
	}
	f := func(kid, want string) {
		t.Helper()
		if got := found(New(src), credential("vds", "DETS", kid)); got != want {
			t.Errorf("%s: %s, want %s", kid, got, want)
		}
	}
	f("DETS5B", "*")
	f("DETS05B", "key_unknown")
	f("DETS5b", "key_unknown")
	f(string(certificateID(c)), "*")
	f("", "*")

	// A point that is not on the curve, a cut and a changed certificate.
	at := strings.Index(string(der), "\x8b\xd2\xae\xb9")
	bad := []byte(string(der))
	bad[at] ^= 1
	for _, der := range [][]byte{bad, der[:len(der)-1], append([]byte(string(der)), 0)} {
		if _, err := Load("keys.pem", pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: der})); err == nil {
			t.Errorf("%x is accepted", der)
		}
	}
}

func TestBareBrainpoolKeys(t *testing.T) {
	_, key := onBrainpool(t, newSigner(t, "DE", "TS"), "DE", "TS", 1)
	info, err := brainpool.MarshalPublicKey(key)
	if err != nil {
		t.Fatal(err)
	}
	// The same point upside down is another key.
	mirrored, err := hex.DecodeString("305a301406072a8648ce3d020106092b240303020801010703420004" +
		"8bd2aeb9cb7e57cb2c4b482ffc81b7afb9de27e1e3bd23c23a4453bd9ace3262557c5fa5de13e4bea66dc47689226fa8abc4b110a73891d3c3f5f355f069e9e0")
	if err != nil {
		t.Fatal(err)
	}
	block := func(b []byte) string { return string(pem.EncodeToMemory(&pem.Block{Type: "PUBLIC KEY", Bytes: b})) }
	keys := New(mustLoad(t, block(info)+block(mirrored)+block(info))).Keys()
	if len(keys) != 2 || keys[0].ID == keys[1].ID || keys[0].ID == "" {
		t.Errorf("%d keys", len(keys))
	}
}

func TestSealSigner(t *testing.T) {
	f := func(countries []string, name string, serial int64, want string) {
		t.Helper()
		c := &x509.Certificate{Subject: pkix.Name{Country: countries, CommonName: name}, SerialNumber: big.NewInt(serial)}
		if got := sealSigner(c); got != want {
			t.Errorf("%q %q %d: %q, want %q", countries, name, serial, got, want)
		}
	}
	f([]string{"DE"}, "TS", 0x5b, "DETS5B")
	f([]string{"DE"}, "Ministry", 1, "")
	f([]string{"de"}, "TS", 1, "")
	f([]string{"DE", "AT"}, "TS", 1, "")
	f(nil, "TS", 1, "")
	f([]string{"DE"}, "TS", -1, "")
}
