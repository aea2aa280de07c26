// Package webui holds the page: the files that `npm run build` writes into dist, embedded in the binary and ready
// to be sent. Each comes with the brotli and gzip copies made at build time, so serving one neither compresses
// nor touches the disk.
//
// It may import nothing but the standard library and knows no HTTP server: Lookup is its whole surface. Without a
// build dist holds only a page that says how to make one.
package webui

import (
	"crypto/sha256"
	"embed"
	"encoding/hex"
	"io/fs"
	"path"
	"strings"
	"sync"
)

//go:embed all:dist
var dist embed.FS

// File is one answer to a request for a path. Body is shared and must not be changed.
type File struct {
	Body         []byte
	ContentType  string
	CacheControl string
	ETag         string // strong, with quotes; differs between encodings (RFC 9110, 8.8.3)
	Encoding     string // "br", "gzip" or empty for the file as it is
}

// Cache-Control values. A file whose name carries the hash of its content never changes; everything else is asked
// for again each time, which costs a 304.
const (
	forAYear = "public, max-age=31536000, immutable"
	askAgain = "no-cache"
)

const (
	indexPage   = "index.html"
	placeholder = "placeholder.html" // in place of the index where the page was not built
	hashedDir   = "assets/"
)

// Lookup finds the file served under a URL path in the best encoding that the Accept-Encoding header allows
// (RFC 9110, 12.5.3). The caller sends Vary: Accept-Encoding. False: no such file.
func Lookup(urlPath, acceptEncoding string) (File, bool) {
	return embedded().lookup(urlPath, acceptEncoding)
}

var embedded = sync.OnceValue(func() site {
	built, err := fs.Sub(dist, "dist")
	if err != nil {
		return nil // unreachable: the directory is embedded under this very name
	}
	return read(built)
})

// site is every file by its name, each in every encoding there is of it ("" is the file as it is).
type site map[string]map[string]File

// read takes in a built page. A file that cannot be read is left out.
func read(built fs.FS) site {
	s := site{}
	_ = fs.WalkDir(built, ".", func(name string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() {
			return nil
		}
		if body, err := fs.ReadFile(built, name); err == nil {
			s.add(name, body)
		}
		return nil
	})
	if _, ok := s[indexPage]; !ok {
		s[indexPage] = s[placeholder]
	}
	delete(s, placeholder)
	return s
}

func (s site) add(file string, body []byte) {
	name, encoding := splitEncoding(file)
	if s[name] == nil {
		s[name] = map[string]File{}
	}
	sum := sha256.Sum256(body)
	f := File{
		Body:         body,
		ContentType:  contentType(name),
		CacheControl: askAgain,
		ETag:         `"` + hex.EncodeToString(sum[:12]) + `"`,
		Encoding:     encoding,
	}
	if strings.HasPrefix(name, hashedDir) {
		f.CacheControl = forAYear
	}
	s[name][encoding] = f
}

func (s site) lookup(urlPath, acceptEncoding string) (File, bool) {
	name := strings.TrimPrefix(urlPath, "/")
	if name == "" {
		name = indexPage
	}
	copies := s[name]
	if f, ok := copies[choose(copies, acceptEncoding)]; ok {
		return f, true
	}
	return File{}, false
}

// splitEncoding tells a compressed copy from a file of its own.
func splitEncoding(file string) (name, encoding string) {
	switch ext := path.Ext(file); ext {
	case ".br":
		return strings.TrimSuffix(file, ext), "br"
	case ".gz":
		return strings.TrimSuffix(file, ext), "gzip"
	}
	return file, ""
}

// contentType is decided here and not by the mime package: that one reads the host's own tables.
func contentType(name string) string {
	switch path.Ext(name) {
	case ".html":
		return "text/html; charset=utf-8"
	case ".js":
		return "text/javascript; charset=utf-8"
	case ".css":
		return "text/css; charset=utf-8"
	case ".wasm":
		return "application/wasm"
	case ".svg":
		return "image/svg+xml"
	case ".png":
		return "image/png"
	case ".json":
		return "application/json"
	case ".webmanifest":
		return "application/manifest+json"
	}
	return "application/octet-stream"
}
