package gateway

import (
	"encoding"
	"errors"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"reflect"
	"slices"

	"github.com/pelletier/go-toml/v2"
)

// LoadConfig reads the file at path. Its error names every fault of the file, one a line, each with its key.
func LoadConfig(path string) (Config, error) {
	text, err := os.ReadFile(path)
	if err != nil {
		return Config{}, err
	}
	folder, err := filepath.Abs(filepath.Dir(path))
	if err != nil {
		return Config{}, err
	}
	return ParseConfig(text, folder)
}

// ParseConfig reads the text of a configuration file that lies in folder.
func ParseConfig(text []byte, folder string) (Config, error) {
	var tree map[string]any
	if err := toml.Unmarshal(text, &tree); err != nil {
		var at *toml.DecodeError
		if errors.As(err, &at) {
			line, column := at.Position()
			return Config{}, fmt.Errorf("line %d, column %d: %w", line, column, err)
		}
		return Config{}, err
	}
	c := DefaultConfig()
	var f faults
	f.fill(reflect.ValueOf(&c).Elem(), tree, "")
	c.complete(folder)
	c.check(&f)
	return c, f.join()
}

// Validate reports every fault of a Config that was not read from a file.
func (c *Config) Validate() error {
	var f faults
	c.check(&f)
	return f.join()
}

// complete fills what follows from other members. It writes to lists of its own: whoever made the configuration may
// start another gateway with it.
func (c *Config) complete(folder string) {
	c.Organisations, c.Checkpoints = slices.Clone(c.Organisations), slices.Clone(c.Checkpoints)
	c.Groups, c.Devices = slices.Clone(c.Groups), slices.Clone(c.Devices)
	owner := ""
	if len(c.Organisations) > 0 {
		owner = c.Organisations[0].ID
	}
	for i := range c.Organisations {
		orElse(&c.Organisations[i].Name, c.Organisations[i].ID)
	}
	for i := range c.Checkpoints {
		p := &c.Checkpoints[i]
		orElse(&p.Name, p.ID)
		orElse(&p.Organisation, owner)
		orElse(&p.WhenUnknown, "hold")
		orElse(&p.HolderProof, "bound")
		if p.DisplaySeconds == 0 {
			p.DisplaySeconds = 8
		}
		if p.Group == "" {
			p.Group = p.ID
			c.Groups = append(c.Groups, Group{ID: p.ID})
		}
	}
	for i := range c.Devices {
		orElse(&c.Devices[i].Role, "device")
		orElse(&c.Devices[i].Organisation, owner)
	}
	for _, p := range []*string{&c.DataDir, &c.ListenUnix, &c.TLS.Cert, &c.TLS.Key, &c.Holder.IdentityKeys} {
		*p = within(folder, *p)
	}
	c.Trust.complete(folder)
	c.Status.complete(folder)
	c.completeMandates(folder)
	c.completeOpenID(folder)
	c.Access.Codes.complete(folder)
}

func orElse(s *string, fallback string) {
	if *s == "" {
		*s = fallback
	}
}

func within(folder, path string) string {
	if path == "" || filepath.IsAbs(path) {
		return path
	}
	return filepath.Join(folder, path)
}

// fill sets dst from the parsed tree. The library's own strict decoder stops at the first value of a wrong
// type and gives no index within a list; an operator wants all faults, each with its place.
func (f *faults) fill(dst reflect.Value, src any, path string) {
	if text, ok := dst.Addr().Interface().(encoding.TextUnmarshaler); ok {
		if err := text.UnmarshalText(fmt.Append(nil, src)); err != nil {
			f.add(path, "%v", err)
		}
		return
	}
	switch value := src.(type) {
	case map[string]any:
		if dst.Kind() == reflect.Struct {
			f.fillStruct(dst, value, path)
			return
		}
	case []any:
		if dst.Kind() == reflect.Slice {
			dst.Set(reflect.MakeSlice(dst.Type(), len(value), len(value)))
			for i, v := range value {
				f.fill(dst.Index(i), v, fmt.Sprintf("%s[%d]", path, i))
			}
			return
		}
	case int64:
		if dst.CanInt() {
			dst.SetInt(value)
			return
		}
	default:
		if v := reflect.ValueOf(src); v.Type() == dst.Type() {
			dst.Set(v)
			return
		}
	}
	f.add(path, "want %s", kindWords[dst.Kind()])
}

var kindWords = map[reflect.Kind]string{
	reflect.Struct: "a table", reflect.Slice: "a list", reflect.Int: "a whole number",
	reflect.String: "a text in quotes", reflect.Bool: "true or false",
}

func (f *faults) fillStruct(dst reflect.Value, src map[string]any, path string) {
	fields := make(map[string]reflect.Value)
	for i := range dst.NumField() {
		if name := dst.Type().Field(i).Tag.Get("toml"); name != "-" {
			fields[name] = dst.Field(i)
		}
	}
	for _, name := range slices.Sorted(maps.Keys(src)) {
		key := name
		if path != "" {
			key = path + "." + name
		}
		if field, ok := fields[name]; ok {
			f.fill(field, src[name], key)
		} else {
			f.add(key, "no such setting")
		}
	}
}

// faults collects what is wrong, so that an operator mends a file in one go. Only the first fault of a key
// counts: what follows from it would only confuse.
type faults struct {
	seen map[string]bool
	errs []error
}

func (f *faults) add(key, format string, args ...any) {
	if f.seen[key] {
		return
	}
	if f.seen == nil {
		f.seen = make(map[string]bool)
	}
	f.seen[key] = true
	f.errs = append(f.errs, fmt.Errorf("%s: %s", key, fmt.Sprintf(format, args...)))
}

func (f *faults) join() error { return errors.Join(f.errs...) }
