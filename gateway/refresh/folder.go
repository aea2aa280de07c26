package refresh

import (
	"context"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"encoding/pem"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"vratar/verifier/trust"
)

// Folder is the certificates and public keys in the files of one folder, PEM or DER: those whose names end in
// .pem, .crt, .cer or .der. A file that cannot be read is left out and named; the others count.
type Folder struct {
	Path    string
	Binding Binding // without Issuer the keys vouch for any issuer
}

// Limits of a folder.
const (
	maxFiles    = 10_000
	maxFileSize = 1 << 20 // bytes
)

func (f Folder) kind() string { return "folder" }
func (f Folder) name() string { return f.Path }

// folderFile is a file as it is kept: what it holds, or why it was not read.
type folderFile struct {
	Name  string `json:"name"`
	Data  []byte `json:"data,omitempty"`
	Fault string `json:"fault,omitempty"`
}

func (f Folder) fetch(_ context.Context, w web, last content) (content, error) {
	entries, err := os.ReadDir(f.Path)
	if err != nil {
		return content{}, err
	}
	entries = slices.DeleteFunc(entries, func(e fs.DirEntry) bool { return !isCertificateFile(e.Name()) })
	if len(entries) > maxFiles {
		return content{}, fmt.Errorf("%d certificate files, at most %d", len(entries), maxFiles)
	}
	m, newest := f.state(entries)
	if m.ETag == last.mark.ETag {
		return content{}, errUnchanged
	}
	files := make([]folderFile, 0, len(entries))
	total := int64(0)
	for _, e := range entries {
		file := f.readFile(e.Name())
		if total += int64(len(file.Data)); total > w.maxSize {
			return content{}, errTooLarge
		}
		if file.Fault != "" {
			m = mark{} // it may become readable without a change that shows
		}
		files = append(files, file)
	}
	data, err := json.Marshal(files)
	return content{data: data, mark: m, at: notAfterNow(newest)}, err
}

func isCertificateFile(name string) bool {
	switch strings.ToLower(filepath.Ext(name)) {
	case ".pem", ".crt", ".cer", ".der":
		return true
	}
	return false
}

// state is a mark that changes whenever a file does, taken before anything is read; and when the newest file was
// written.
func (f Folder) state(entries []fs.DirEntry) (m mark, newest time.Time) {
	h := sha256.New()
	for _, e := range entries {
		info, err := os.Stat(filepath.Join(f.Path, e.Name())) // of what a link leads to
		if err != nil {
			fmt.Fprintf(h, "%q %v\n", e.Name(), err)
			continue
		}
		fmt.Fprintf(h, "%q %d %d\n", e.Name(), info.Size(), info.ModTime().UnixNano())
		if info.ModTime().After(newest) {
			newest = info.ModTime()
		}
	}
	return mark{ETag: base64.RawStdEncoding.EncodeToString(h.Sum(nil))}, newest
}

func (f Folder) readFile(name string) folderFile {
	r, err := os.Open(filepath.Join(f.Path, name))
	if err != nil {
		return folderFile{Name: name, Fault: err.Error()}
	}
	defer r.Close()
	data, err := readAtMost(r, maxFileSize, 0)
	if errors.Is(err, errTooLarge) {
		err = fmt.Errorf("larger than %d bytes", maxFileSize)
	}
	if err != nil {
		return folderFile{Name: name, Fault: err.Error()}
	}
	return folderFile{Name: name, Data: data}
}

func (f Folder) read(c content) (*list, error) {
	var files []folderFile
	if err := json.Unmarshal(c.data, &files); err != nil {
		return nil, err
	}
	all := trust.Source{Name: f.Path, Kind: trust.KindPEM}
	for _, file := range files {
		src, err := file.load()
		if err != nil {
			all.Refused = append(all.Refused, trust.Refusal{Entry: file.Name, Cause: err})
			continue
		}
		all.Entries = append(all.Entries, src.Entries...)
	}
	if len(all.Entries) == 0 {
		faults := []error{errors.New("not one certificate is of use")}
		for _, r := range all.Refused {
			faults = append(faults, r)
		}
		return nil, errors.Join(faults...)
	}
	all, err := f.Binding.apply(all)
	return &list{content: c, trust: all}, err
}

// load reads one file, which holds PEM or one certificate in DER.
func (f folderFile) load() (trust.Source, error) {
	if f.Fault != "" {
		return trust.Source{}, errors.New(f.Fault)
	}
	text := f.Data
	if !strings.Contains(string(text), "-----BEGIN ") {
		text = pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: f.Data})
	}
	src, err := trust.Load(f.Name, text)
	if err == nil && src.Kind != trust.KindPEM {
		err = errors.New("neither certificates nor public keys, but " + src.Kind)
	}
	return src, err
}
