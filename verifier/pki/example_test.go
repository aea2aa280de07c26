package pki_test

import (
	"fmt"
	"time"

	"vratar/verifier/pki"
	"vratar/verifier/pki/certify"
	"vratar/verifier/pki/pkitest"
	"vratar/verifier/proof/gost"
)

func ExampleVerify() {
	from := time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)
	root := certify.Root(pkitest.GOSTKey(gost.Curves()[0], "root"), "Root", from)
	head := root.Issue(pkitest.GOSTKey(gost.Curves()[1], "head"), certify.Template{
		Identity: pki.Identity{CommonName: "ООО «Ромашка»", OrgINN: "9900000017"}, From: from, To: from.AddDate(1, 3, 0), Serial: 7,
	})
	file := []byte("<Доверенность/>")
	signature := head.Sign(file, certify.Signature{At: from.AddDate(0, 1, 0)})

	s := pki.Verify(file, signature, pki.Options{
		Trust: pki.Trust{Roots: []*pki.Certificate{root.Certificate}, Algorithms: pki.GOST()},
		At:    from.AddDate(2, 0, 0),
	})
	fmt.Println(s.Failure, s.Certificate.Identity.OrgINN, s.Algorithm)
	fmt.Println(s.Time.Format(time.DateOnly), s.Evidence, s.Current)
	fmt.Println(pki.Verify([]byte("<Другая/>"), signature, pki.Options{Trust: pki.Trust{Algorithms: pki.GOST()}}).Failure)
	// Output:
	// none 9900000017 gost-2012-256
	// 2026-02-01 claimed false
	// content
}
