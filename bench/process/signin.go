package process

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"strings"
)

// SignIn uses the demo's one-time link for administrators up and returns the session's cookie as it stands in
// a Cookie header.
func (d *Demo) SignIn(ctx context.Context) (string, error) {
	_, code, ok := strings.Cut(d.AdminLink, "#/signin/")
	if !ok {
		return "", errors.New("demo.json holds no sign-in link for an administrator")
	}
	body, err := json.Marshal(map[string]string{"code": code})
	if err != nil {
		return "", err
	}
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, d.URL+"/v1/session", bytes.NewReader(body))
	if err != nil {
		return "", err
	}
	req.Header.Set("Content-Type", "application/json")
	req.Header.Set("Origin", d.URL)
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		return "", err
	}
	defer resp.Body.Close()
	for _, c := range resp.Cookies() {
		if resp.StatusCode == http.StatusOK && c.Value != "" {
			return c.Name + "=" + c.Value, nil
		}
	}
	return "", fmt.Errorf("sign-in: status %d without a session", resp.StatusCode)
}
