package corpus

import (
	"fmt"

	"vratar/verifier"
)

// notice is a code that people hold before the camera by mistake: a payment or a link to one.
func (m *Maker) notice(n int) Item {
	r := m.random(Notice, n)
	var text string
	if n%2 == 0 { // GOST R 56042-2014; the sum is in kopecks
		text = fmt.Sprintf("ST00012|Name=ООО Пример|PersonalAcc=40702810%012d|BankName=Банк Пример|BIC=044525000|CorrespAcc=30101810400000000000|Sum=%d",
			r.Int64N(1e12), 100+r.IntN(1e6))
	} else {
		text = fmt.Sprintf("https://qr.nspk.ru/AS%030X?type=01&bank=100000000001&crc=%04X", r.Uint64(), r.IntN(1<<16))
	}
	return Item{Name: fmt.Sprintf("%s/%d", Notice, n), Payload: []byte(text), Expect: verifier.ReasonNotACredential}
}
