package webui

import (
	"strings"
	"testing"
	"testing/fstest"
)

func built() site {
	return read(fstest.MapFS{
		"index.html":                {Data: []byte("<p>page</p>")},
		"index.html.br":             {Data: []byte("br")},
		"index.html.gz":             {Data: []byte("gz")},
		"placeholder.html":          {Data: []byte("not built")},
		"sw.js":                     {Data: []byte("self")},
		"icon.svg":                  {Data: []byte("<svg/>")},
		"assets/app-1a2b.js":        {Data: []byte("code")},
		"assets/app-1a2b.js.br":     {Data: []byte("c")},
		"assets/reader-9f.wasm":     {Data: []byte("\x00asm")},
		"assets/reader-9f.wasm.gz":  {Data: []byte("w")},
		"manifest.webmanifest":      {Data: []byte("{}")},
		"assets/app-1a2b.css":       {Data: []byte("a{}")},
		"assets/without-copies.bin": {Data: []byte("b")},
	})
}

func TestLookup(t *testing.T) {
	f := func(path, accept, body, contentType, cache string) {
		t.Helper()
		file, ok := built().lookup(path, accept)
		if !ok {
			t.Errorf("%s: not found", path)
			return
		}
		if string(file.Body) != body || file.ContentType != contentType || file.CacheControl != cache {
			t.Errorf("%s: %q %q %q", path, file.Body, file.ContentType, file.CacheControl)
		}
		if len(file.ETag) < 10 || file.ETag[0] != '"' || !strings.HasSuffix(file.ETag, `"`) {
			t.Errorf("%s: ETag %s", path, file.ETag)
		}
	}
	f("/", "", "<p>page</p>", "text/html; charset=utf-8", askAgain)
	f("/index.html", "br", "br", "text/html; charset=utf-8", askAgain)
	f("/sw.js", "", "self", "text/javascript; charset=utf-8", askAgain)
	f("/icon.svg", "", "<svg/>", "image/svg+xml", askAgain)
	f("/manifest.webmanifest", "", "{}", "application/manifest+json", askAgain)
	f("/assets/app-1a2b.js", "br, gzip", "c", "text/javascript; charset=utf-8", forAYear)
	f("/assets/app-1a2b.css", "br, gzip", "a{}", "text/css; charset=utf-8", forAYear)
	f("/assets/reader-9f.wasm", "gzip", "w", "application/wasm", forAYear)
	f("/assets/reader-9f.wasm", "", "\x00asm", "application/wasm", forAYear)
	f("/assets/without-copies.bin", "br", "b", "application/octet-stream", forAYear)
}

func TestLookupMisses(t *testing.T) {
	for _, path := range []string{
		"/no", "/assets", "/assets/", "//", "/../webui.go", "/placeholder.html", "/index.html.br", "/sw.js/", "/assets/app-1a2b.js.br",
	} {
		if f, ok := built().lookup(path, "br"); ok {
			t.Errorf("%s: found %q", path, f.Body)
		}
	}
}

func TestLookupEncoding(t *testing.T) {
	f := func(accept, want string) {
		t.Helper()
		file, ok := built().lookup("/", accept)
		if !ok || file.Encoding != want {
			t.Errorf("Accept-Encoding %q: %q, want %q", accept, file.Encoding, want)
		}
	}
	f("", "")
	f("gzip", "gzip")
	f("br", "br")
	f("gzip, deflate, br, zstd", "br")
	f("BR", "br")
	f("x-gzip", "gzip")
	f("br;q=0.2, gzip;q=0.8", "gzip")
	f("br;q=0, gzip", "gzip")
	f("br ; q=0.5 , gzip ; Q=0.5", "br")
	f("*", "br")
	f("*;q=0.1, gzip;q=0.5", "gzip")
	f("br;q=0, *", "gzip")
	f("br;q=0.001", "br")
	f("identity", "")
	f("identity;q=0.5, gzip;q=0.4", "")
	f("identity;q=0, br;q=0", "")
	f("br;q=2, gzip;q=x", "")
	f("deflate", "")
	f(",;,;q=,=", "")
}

func TestEncodingsHaveTheirOwnETag(t *testing.T) {
	plain, _ := built().lookup("/", "")
	br, _ := built().lookup("/", "br")
	if plain.ETag == br.ETag {
		t.Error("one ETag for two representations")
	}
}

func TestWithoutBuild(t *testing.T) {
	s := read(fstest.MapFS{"placeholder.html": {Data: []byte("how to build")}})
	if f, ok := s.lookup("/", "br"); !ok || string(f.Body) != "how to build" || f.CacheControl != askAgain {
		t.Errorf("%q %v", f.Body, ok)
	}
}

// Whether or not the page was built, the binary answers for its front door, and a request costs no allocation.
func TestEmbedded(t *testing.T) {
	f, ok := Lookup("/", "gzip, br")
	if !ok || len(f.Body) == 0 || f.ContentType != "text/html; charset=utf-8" {
		t.Fatalf("%q %v", f.ContentType, ok)
	}
	if n := testing.AllocsPerRun(100, func() { Lookup("/", "gzip, deflate, br") }); n > 0 {
		t.Errorf("%.0f allocations", n)
	}
}

func FuzzChoose(f *testing.F) {
	f.Add("gzip, br;q=0.5, *;q=0")
	f.Add(";;,q=1")
	s := built()
	f.Fuzz(func(t *testing.T, accept string) {
		if _, ok := s.lookup("/", accept); !ok {
			t.Errorf("%q: no answer", accept)
		}
	})
}
