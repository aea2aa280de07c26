package gateway

import (
	"strings"

	"github.com/valyala/fasthttp"

	"vratar/gateway/access"
)

// clientOf is what a session remembers of the browser that asks.
func clientOf(ctx *fasthttp.RequestCtx) access.Client {
	return access.Client{Address: ctx.RemoteIP().String(), Browser: browserOf(string(ctx.UserAgent()))}
}

// browserOf sums a User-Agent header up in words of ours: enough to recognise one's own browser by, and nothing
// that somebody could write into a list that others read.
func browserOf(agent string) string {
	first := func(pairs [][2]string) string {
		for _, p := range pairs {
			if strings.Contains(agent, p[0]) {
				return p[1]
			}
		}
		return ""
	}
	// In this order, because each pretends to be those behind it.
	family := first([][2]string{
		{"YaBrowser/", "Yandex"}, {"SamsungBrowser/", "Samsung Internet"}, {"Edg", "Edge"}, {"OPR/", "Opera"},
		{"Firefox/", "Firefox"}, {"FxiOS/", "Firefox"}, {"Chrome/", "Chrome"}, {"CriOS/", "Chrome"}, {"Safari/", "Safari"},
	})
	system := first([][2]string{
		{"Android", "Android"}, {"iPhone", "iOS"}, {"iPad", "iOS"}, {"Windows", "Windows"}, {"Mac OS X", "macOS"},
		{"CrOS", "ChromeOS"}, {"Linux", "Linux"},
	})
	switch {
	case family == "" && system == "":
		return "unknown"
	case family == "" || system == "":
		return family + system
	}
	return family + ", " + system
}
