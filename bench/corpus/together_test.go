package corpus

import (
	"bytes"
	"math/rand/v2"
	"testing"

	"vratar/verifier"
)

// Every kind of every format, judged in groups of all sizes: each gets the answer that it gets alone.
func TestItemsGetTheirAnswersTogether(t *testing.T) {
	m := maker(t, 1)
	v := judge(t, &Corpus{Trust: m.Trust(), Status: m.Status()})
	var scans []verifier.Scan
	var want []verifier.Reason
	add := func(payload []byte, reason verifier.Reason) {
		scans, want = append(scans, verifier.Scan{Payload: payload, At: noon}), append(want, reason)
	}
	for kind := range numKinds {
		for _, format := range Formats() {
			for n := 0; m.Can(kind, format) && n < BrokenVariants(); n++ {
				i, err := m.Item(kind, format, n)
				if err != nil {
					t.Fatal(err)
				}
				add(i.Payload, i.Expect)
				payload, expect, err := i.Present(noon, "https://gate.example")
				if err != nil {
					t.Fatal(err)
				}
				add(payload, expect)
			}
		}
	}
	r := rand.New(rand.NewPCG(1, 2))
	order := r.Perm(len(scans))
	for first := 0; first < len(order); {
		n := min(1+r.IntN(50), len(order)-first)
		group, verdicts := make([]verifier.Scan, n), make([]verifier.Verdict, n)
		for i := range group {
			group[i] = scans[order[first+i]]
			group[i].Arena = new(verifier.Arena)
		}
		v.VerifyAll(group, verdicts)
		for i, got := range verdicts {
			alone := v.Verify(scans[order[first+i]])
			if got.Reason != want[order[first+i]] || got.Checks != alone.Checks ||
				!bytes.Equal(got.AppendJSON(nil, 0), alone.AppendJSON(nil, 0)) {
				t.Errorf("%.40q: %s, alone %s, want %s", group[i].Payload, got.Reason, alone.Reason, want[order[first+i]])
			}
		}
		first += n
	}
}
