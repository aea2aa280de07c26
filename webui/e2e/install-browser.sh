#!/bin/sh
# Makes sure there is a Chromium for the browser tests: the one named by CHROMIUM, an installed one, or the
# distribution's package when we may install it. Otherwise says what to install.
set -eu

for c in "${CHROMIUM:-}" /usr/bin/chromium /usr/bin/chromium-browser /usr/bin/google-chrome-stable /usr/bin/google-chrome; do
	if [ -n "$c" ] && [ -x "$c" ]; then
		exit 0
	fi
done

if [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null; then
	apt-get update -q
	DEBIAN_FRONTEND=noninteractive apt-get install -qy --no-install-recommends chromium
	exit 0
fi

echo "The browser tests need Chromium: install the package 'chromium' (Debian, Ubuntu, Fedora, Arch), or set CHROMIUM to a Chromium or Chrome program." >&2
exit 1
