// Package demo makes a small world to try the gateway with: issuers, a trust list, a status list, documents
// good and bad, an organisation with two checkpoints, a device. It writes them into a data folder as an
// ordinary configuration, so that what a newcomer looks at is how a real gateway is set up.
//
// Keys and the device token are made once and kept, so codes that were printed stay genuine over restarts;
// the documents themselves are issued anew at each start, so none is expired or used up when somebody begins
// to look. Its keys lie in plain files and vouch for nothing outside that folder; the one of the live code is even
// handed out, so that the page can be its holder's phone. It serves and judges nothing.
package demo

import (
	"crypto/rand"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"time"

	"vratar/verifier/issuing"
	"vratar/verifier/mandate"
)

// Options say what the world is made for.
type Options struct {
	Dir    string    // data folder; made when there is none
	Trust  []string  // further trust files, for trying real credentials
	Status []string  // further status files
	Now    time.Time // when the documents are issued
	// Mandates makes powers of attorney as well, good and bad: then checkers are asked in whose name they scan.
	Mandates bool
}

// World is the demo's state of one start.
type World struct {
	dir         string
	deviceToken string
	keys        map[string]*issuing.Key
	samples     []Sample
	mandates    []Mandate // none where they were not asked for
	checker     mandate.Person
}

// Files of the data folder.
const (
	demoFile   = "demo.json"
	configFile = "vratar.toml"
	trustFile  = "trust.json"
	statusFile = "status.jwt"
	tokenFile  = "device.token"
)

// New reads what an earlier start has left in the folder, makes what is missing, and issues the documents.
func New(o Options) (*World, error) {
	if err := os.MkdirAll(o.Dir, 0o700); err != nil {
		return nil, err
	}
	w := &World{dir: o.Dir}
	steps := []func(Options) error{w.loadToken, w.loadKeys, w.issue, w.writeLists, w.draftMandates, w.writeConfig}
	for _, step := range steps {
		if err := step(o); err != nil {
			return nil, fmt.Errorf("demo in %s: %w", o.Dir, err)
		}
	}
	return w, nil
}

// ConfigFile is the path of the configuration of the demo's gateway.
func (w *World) ConfigFile() string { return w.path(configFile) }

func (w *World) path(name string) string { return filepath.Join(w.dir, name) }

func (w *World) loadToken(Options) error {
	text, err := w.keep(tokenFile, func() ([]byte, error) { return []byte(rand.Text() + rand.Text()), nil })
	w.deviceToken = string(text)
	return err
}

// write replaces a file in one step, so that a reader sees the old or the new one; only its owner may read.
func (w *World) write(name string, data []byte) error {
	f, err := os.CreateTemp(filepath.Dir(w.path(name)), "."+filepath.Base(name)+"-*") // created with mode 0600
	if err != nil {
		return err
	}
	_, err = f.Write(data)
	if err = errors.Join(err, f.Close()); err == nil {
		err = os.Rename(f.Name(), w.path(name))
	}
	if err != nil {
		return errors.Join(err, os.Remove(f.Name()))
	}
	return nil
}

// Links are the sign-in links in force, each good for one use.
type Links struct {
	Checker    string `json:"checker_link"`
	Admin      string `json:"admin_link"`
	Holder     string `json:"holder_link"`
	Supervisor string `json:"supervisor_link,omitempty"` // where there are mandates to look after
}

// Publish writes demo.json: what a person or program needs to try the gateway that is reached at url. Samples
// that go stale or are no text are left out: GET /v1/samples has them, fresh.
func (w *World) Publish(url string, l Links) error {
	type named struct {
		ID   string `json:"id"`
		Name string `json:"name"`
	}
	type papers struct {
		INN     string    `json:"checker_inn"`
		SNILS   string    `json:"checker_snils"`
		Samples []Mandate `json:"samples"`
	}
	type sample struct {
		Name    string `json:"name"`
		Payload string `json:"payload"`
		Expect  string `json:"expect"`
	}
	out := struct {
		URL   string `json:"url"`
		Token string `json:"device_token"`
		Links
		Checkpoints []named  `json:"checkpoints"`
		Samples     []sample `json:"samples"`
		Mandates    *papers  `json:"mandates,omitempty"`
	}{URL: url, Token: w.deviceToken, Links: l}
	if len(w.mandates) > 0 {
		out.Mandates = &papers{INN: w.checker.INN, SNILS: w.checker.SNILS, Samples: w.mandates}
	}
	for _, c := range w.checkpoints() {
		out.Checkpoints = append(out.Checkpoints, named{c.id, c.name})
	}
	for i := range w.samples {
		if s := &w.samples[i]; s.present == nil && s.Binary == nil {
			out.Samples = append(out.Samples, sample{s.Name, s.Payload, s.Expect})
		}
	}
	text, err := json.MarshalIndent(out, "", "  ")
	if err != nil {
		return err
	}
	return w.write(demoFile, append(text, '\n'))
}

// SamplesJSON is the answer of GET /v1/samples at this moment: what goes stale is presented anew.
func (w *World) SamplesJSON(now time.Time) ([]byte, error) {
	fresh := slices.Clone(w.samples)
	for i := range fresh {
		if err := fresh[i].refresh(now); err != nil {
			return nil, fmt.Errorf("sample %s: %w", fresh[i].Name, err)
		}
	}
	return json.Marshal(map[string][]Sample{"samples": fresh})
}

// Welcome is the text that tells a newcomer what to open.
func (w *World) Welcome(url string, l Links) string {
	return fmt.Sprintf(`
  Vratar is running at %[1]s

  Scanner      %[2]s
  Live view    %[3]s
  Samples      %[1]s/#/samples

  Each of the first two links signs one browser in; the next one is printed when it was used. Open the scanner,
  allow the camera, and hold a sample before it from a phone or a second window.

  Codes for signing in by e-mail are printed here: checker@demo.example, admin@demo.example.

  Everything is in %[4]s: %[5]s for programs, %[6]s as an
  example of a configuration. Stop with Ctrl-C.

`, url, l.Checker, l.Admin, w.dir, demoFile, configFile) + w.welcomeToMandates(l)
}
