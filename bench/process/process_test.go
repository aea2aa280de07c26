package process

import (
	"context"
	"flag"
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// The test binary plays the gateway when it is started like one.
func TestMain(m *testing.M) {
	if len(os.Args) > 1 && os.Args[1] == "demo" {
		pretend(os.Args[2:])
		return
	}
	if len(os.Args) > 1 && os.Args[1] == "serve" {
		pretendToServe(os.Args[3])
		return
	}
	os.Exit(m.Run())
}

// pretend is a gateway that listens, gets ready and writes its demo.json, unless its data folder is named so.
func pretend(args []string) {
	f := flag.NewFlagSet("demo", flag.ExitOnError)
	listen, data := f.String("listen", "", ""), f.String("data", "", "")
	trust := f.String("trust", "", "")
	_ = f.Parse(args)
	if strings.HasSuffix(*data, "broken") {
		os.Exit(3)
	}
	demo := fmt.Sprintf(`{"url":"http://%s","device_token":%q,"checkpoints":[{"id":"north"},{"id":"south"}],"more":1}`, *listen, *trust)
	if err := os.WriteFile(filepath.Join(*data, "demo.json"), []byte(demo), 0o600); err != nil {
		panic(err)
	}
	http.HandleFunc("/readyz", func(http.ResponseWriter, *http.Request) {})
	panic(http.ListenAndServe(*listen, nil))
}

func options(t *testing.T, folder string) Options {
	t.Helper()
	listen, err := FreeAddress()
	if err != nil {
		t.Fatal(err)
	}
	return Options{Binary: os.Args[0], Listen: listen, Data: filepath.Join(t.TempDir(), folder), Trust: []string{"t.json"}}
}

func TestLaunchKillAndLaunchAgain(t *testing.T) {
	o := options(t, "data")
	for range 2 {
		g, err := Launch(t.Context(), o, 10*time.Second)
		if err != nil {
			t.Fatal(err)
		}
		if g.Demo.URL != "http://"+o.Listen || g.Demo.DeviceToken != "t.json" || strings.Join(g.Demo.CheckpointIDs(), " ") != "north south" {
			t.Errorf("demo: %+v", g.Demo)
		}
		if m, err := g.Memory(); err != nil || m.Resident < 1<<20 || m.Peak < m.Resident {
			t.Errorf("memory: %+v, %v", m, err)
		}
		if err := g.ResetPeak(); err != nil {
			t.Error(err)
		}
		if err := g.Kill(); err != nil {
			t.Error(err)
		}
		if err := g.Kill(); err != nil {
			t.Errorf("killing what is gone: %v", err)
		}
		if _, err := g.Memory(); err == nil {
			t.Error("a process that is gone still has memory")
		}
	}
}

func TestLaunchSaysWhyNot(t *testing.T) {
	if _, err := Launch(t.Context(), options(t, "broken"), 10*time.Second); err == nil || !strings.Contains(err.Error(), "exit status 3") {
		t.Errorf("err = %v", err)
	}
	o := options(t, "data")
	o.Binary = filepath.Join(t.TempDir(), "nothing")
	if _, err := Launch(t.Context(), o, time.Second); err == nil {
		t.Error("a missing binary was launched")
	}
}

func TestContextEndsTheChild(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	g, err := Launch(ctx, options(t, "data"), 10*time.Second)
	if err != nil {
		t.Fatal(err)
	}
	cancel()
	select {
	case <-g.Done():
	case <-time.After(10 * time.Second):
		t.Error("the child outlived its context")
	}
}

func TestSignIn(t *testing.T) {
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body := make([]byte, 100)
		n, _ := r.Body.Read(body)
		if string(body[:n]) != `{"code":"SECRET"}` || r.URL.Path != "/v1/session" {
			w.WriteHeader(http.StatusUnauthorized)
			return
		}
		http.SetCookie(w, &http.Cookie{Name: "vratar", Value: "s1", HttpOnly: true})
	}))
	defer server.Close()
	f := func(link, want string) {
		t.Helper()
		d := Demo{URL: server.URL, AdminLink: link}
		got, err := d.SignIn(t.Context())
		if got != want || (err == nil) != (want != "") {
			t.Errorf("%s: %q, %v", link, got, err)
		}
	}
	f(server.URL+"/#/signin/SECRET", "vratar=s1")
	f(server.URL+"/#/signin/used", "")
	f("", "")
}
