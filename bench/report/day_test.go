package report

import (
	"bytes"
	"strings"
	"testing"
	"time"

	"vratar/bench/crowd"
)

func TestDay(t *testing.T) {
	s, err := crowd.Find("museum")
	if err != nil {
		t.Fatal(err)
	}
	out, err := crowd.Model{Scenario: s, Service: crowd.Constant(time.Millisecond), Cores: 1}.Simulate()
	if err != nil {
		t.Fatal(err)
	}
	var b bytes.Buffer
	if err := (Day{s, out}).WriteHTML(&b); err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{"Simulated: museum", "Presentations", "Cores busy", "Longest time", "<polyline", "--ink"} {
		if !strings.Contains(b.String(), want) {
			t.Errorf("no %q on the page", want)
		}
	}
	for _, wrong := range []string{"NaN", "Inf", "http", "<script", "ZgotmplZ"} {
		if strings.Contains(b.String(), wrong) {
			t.Errorf("%q on the page", wrong)
		}
	}
}
