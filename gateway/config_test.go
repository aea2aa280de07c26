package gateway

import (
	"flag"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"
	"time"
)

var update = flag.Bool("update", false, "rewrite the golden files")

func TestConfigReportsEveryFaultAtOnce(t *testing.T) {
	_, err := LoadConfig("testdata/config/faults.toml")
	if err == nil {
		t.Fatal("a file full of faults was accepted")
	}
	golden := "testdata/config/faults.txt"
	if *update {
		if err := os.WriteFile(golden, []byte(err.Error()+"\n"), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, errRead := os.ReadFile(golden)
	if errRead != nil {
		t.Fatal(errRead)
	}
	if got := err.Error() + "\n"; got != string(want) {
		t.Errorf("faults differ from %s (go test -update rewrites it):\n%s", golden, got)
	}
}

func TestConfigNamesTheLineOfABrokenFile(t *testing.T) {
	_, err := ParseConfig([]byte("listen = \"localhost:1\"\nskew = [\n"), "/")
	if err == nil || !strings.Contains(err.Error(), "line 2") {
		t.Fatalf("error %v, want one that names line 2", err)
	}
}

func TestSmallestConfig(t *testing.T) {
	c, err := ParseConfig([]byte("data_dir = \"data\"\n[[checkpoints]]\nid = \"door\"\n"), "/srv/vratar")
	if err != nil {
		t.Fatal(err)
	}
	door := c.Checkpoints[0]
	if door.Name != "door" || door.Group != "door" || door.WhenUnknown != "hold" || door.DisplaySeconds != 8 {
		t.Errorf("checkpoint not completed: %+v", door)
	}
	if len(c.Groups) != 1 || c.Groups[0] != (Group{ID: "door"}) {
		t.Errorf("groups %+v, want the checkpoint's own", c.Groups)
	}
	if c.DataDir != "/srv/vratar/data" {
		t.Errorf("data_dir %q does not count from the file's folder", c.DataDir)
	}
}

func TestTwoCheckpointsWithoutGroupAreApart(t *testing.T) {
	_, err := ParseConfig([]byte("data_dir = \"d\"\n[[checkpoints]]\nid = \"a\"\n[[checkpoints]]\nid = \"b\"\n"), "/")
	if err != nil {
		t.Fatal(err)
	}
}

// The example is what operators copy: it must load, and what it shows as a default must be the default.
func TestExampleConfig(t *testing.T) {
	c, err := LoadConfig(filepath.Join("..", "deploy", "vratar.toml"))
	if err != nil {
		t.Fatal(err)
	}
	d := DefaultConfig()
	if c.Limits != d.Limits || !reflect.DeepEqual(c.Access, d.Access) || c.Holder != d.Holder || c.Skew != d.Skew || c.Memo != d.Memo {
		t.Errorf("the example's limits, access, skew and memo are not the defaults:\n%+v\n%+v", c, d)
	}
	if len(c.Checkpoints) < 2 || len(c.Devices) == 0 || len(c.Groups) == 0 {
		t.Error("the example shows no checkpoints, devices or groups")
	}
}

func TestDefaultsLackOnlyTheDataDir(t *testing.T) {
	c := DefaultConfig()
	if err := c.Validate(); err == nil || err.Error() != "data_dir: required" {
		t.Fatalf("Validate = %v", err)
	}
}

func TestSizeAndDuration(t *testing.T) {
	size := func(in string, want Size) {
		var s Size
		err := s.UnmarshalText([]byte(in))
		if (err == nil) != (want >= 0) || (err == nil && s != want) {
			t.Errorf("size %q = %d, %v; want %d", in, s, err, want)
		}
		if err != nil {
			return
		}
		text, _ := s.MarshalText()
		var again Size
		if err := again.UnmarshalText(text); err != nil || again != s {
			t.Errorf("size %q written as %q reads back as %d, %v", in, text, again, err)
		}
	}
	size("0", 0)
	size("1000", 1000)
	size("64KiB", 64<<10)
	size("16 MiB", 16<<20)
	size("2GiB", 2<<30)
	size("", -1)
	size("-1", -1)
	size("64KB", -1)
	size("1.5MiB", -1)
	size("9223372036854775807GiB", -1)

	var d Duration
	if err := d.UnmarshalText([]byte("1m30s")); err != nil || d.Duration != 90*time.Second {
		t.Errorf("1m30s = %v, %v", d, err)
	}
}

// Whatever the text, what ParseConfig accepts is a valid Config, and completing it once more changes nothing.
func FuzzParseConfig(f *testing.F) {
	for _, file := range []string{"testdata/config/faults.toml", "../deploy/vratar.toml"} {
		text, err := os.ReadFile(file)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(text)
	}
	f.Add([]byte("data_dir = \"d\"\n[[checkpoints]]\nid = \"a\"\n"))
	f.Add([]byte("data_dir = \"d\"\nlimits = [1, {a = 2}]\n"))
	f.Fuzz(func(t *testing.T, text []byte) {
		c, err := ParseConfig(text, "/etc")
		if err != nil {
			return
		}
		if err := c.Validate(); err != nil {
			t.Fatalf("accepted, but: %v", err)
		}
		groups := len(c.Groups)
		if c.complete("/etc"); len(c.Groups) != groups || c.Validate() != nil {
			t.Fatal("completing twice changes it")
		}
	})
}
