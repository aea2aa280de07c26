package notice

import (
	"bytes"
	"net/url"
)

// signInMark is the part of our one-time sign-in links before the code, which is a secret.
const signInMark = "#/signin/"

func isLink(text []byte) bool {
	return cutPrefix(&text, "https://") || cutPrefix(&text, "http://")
}

func isSignIn(text []byte) bool {
	return isLink(text) && bytes.Contains(text, []byte(signInMark))
}

// readLink tells where a link leads. It opens nothing.
func readLink(text []byte, o *object) {
	u, err := url.Parse(string(text))
	if err != nil || u.Host == "" {
		o.wrong("the link cannot be read")
		return
	}
	o.text("host", u.Host)
	o.text("url", string(text))
	if u.User != nil {
		o.wrong("the link hides its host behind a user name")
	}
}

// readSignIn tells the host alone.
func readSignIn(text []byte, o *object) {
	u, err := url.Parse(string(text))
	if err != nil {
		o.wrong("the link cannot be read")
		return
	}
	o.text("host", u.Host)
}
