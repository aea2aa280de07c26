# Vratar. `make run` brings up the demo, `make test` runs everything. `make help` lists the rest.
SHELL := /bin/bash
.DEFAULT_GOAL := help
MAKEFLAGS += --no-print-directory

GO          ?= go
STATICCHECK := honnef.co/go/tools/cmd/staticcheck@v0.8.2
GOVULNCHECK := golang.org/x/vuln/cmd/govulncheck@v1.1.4
VERSION     ?= $(shell git describe --tags --always --dirty 2>/dev/null || echo unknown)
LDFLAGS     := -s -w -X main.version=$(VERSION)
FUZZTIME    ?= 10s
LISTEN      ?= localhost:8080
UI_SOURCES  := $(shell find webui/src webui/public webui/index.html webui/vite.config.ts webui/package.json -type f 2>/dev/null)

# Programs are static and tell no path of this machine. Tests are built alike: each set of settings is built anew.
export GOFLAGS += -trimpath
export CGO_ENABLED = 0

.PHONY: help
help: ## list the targets
	@grep -hE '^[a-z][a-z-]*:.*##' $(MAKEFILE_LIST) | awk -F ':.*## ' '{printf "  make %-14s %s\n", $$1, $$2}'

.PHONY: run
run: build ## build everything and start the demo (LISTEN=host:port)
	bin/vratar demo --listen $(LISTEN)

.PHONY: build
build: binaries ## build the page and both binaries into bin/

.PHONY: binaries
binaries: ui # the page is embedded: a binary built before it would serve the placeholder
	$(GO) build -ldflags '$(LDFLAGS)' -o bin/vratar ./gateway/cmd/vratar
	$(GO) build -ldflags '$(LDFLAGS)' -o bin/scanload ./bench/cmd/scanload

.PHONY: ui
ui: webui/dist/index.html

webui/dist/index.html: webui/node_modules/.installed $(UI_SOURCES)
	cd webui && npm run build

webui/node_modules/.installed: webui/package-lock.json
	@command -v npm >/dev/null || { echo 'Node.js 20 or newer is needed to build the page (Debian: apt-get install nodejs npm).'; echo 'The gateway itself builds without it: go build ./gateway/cmd/vratar'; exit 1; }
	cd webui && npm ci --no-audit --no-fund
	@touch $@

.PHONY: test
test: lint test-go test-ui conformance differential fuzz test-e2e ## run every test: Go with the race detector, page, official vectors, fuzzing, browser
	@echo 'all tests passed'

.PHONY: lint
lint: ## gofmt, go vet, staticcheck
	@test -z "$$(gofmt -l cache gateway verifier webui/*.go bench)" || { gofmt -l cache gateway verifier webui/*.go bench; echo 'run gofmt -w on these'; exit 1; }
	$(GO) vet ./...
	cd bench/peers && $(GO) vet ./...
	$(GO) run $(STATICCHECK) ./...

.PHONY: vuln
vuln: ## known vulnerabilities in the dependencies (needs the network)
	$(GO) run $(GOVULNCHECK) ./...

.PHONY: test-go
test-go: ## Go tests with the race detector, then the allocation budgets without it
	CGO_ENABLED=1 $(GO) test -race -vet=off -timeout 20m ./...
	$(GO) test -vet=off -run Alloc ./verifier/... ./cache/... ./gateway/... ./bench/cost

.PHONY: test-ui
test-ui: webui/node_modules/.installed ## type check and unit tests of the page
	cd webui && npm run check && npm test

.PHONY: test-e2e
test-e2e: build browser ## the page in a real browser against the real gateway
	cd webui && npm run e2e

.PHONY: browser
browser:
	@webui/e2e/install-browser.sh

.PHONY: fuzz
fuzz: ## fuzz every decoder for FUZZTIME (10s) each
	@GO=$(GO) FUZZTIME=$(FUZZTIME) bench/fuzz.sh

.PHONY: conformance
conformance: binaries ## the built binary against the official vectors, as a table
	$(GO) run ./bench/cmd/conformance

.PHONY: differential
differential: ## 20 s of signatures of all sorts on every path, each put to the standard library too
	$(GO) test -vet=off -count 1 -v -run 'TestDifferential$$' ./verifier/proof/p256 -for 10s
	$(GO) test -vet=off -count 1 -v -run 'TestDifferential$$' ./verifier/proof/ed25519 -for 10s -seed $$RANDOM

.PHONY: crash
crash: binaries ## kill -9 the gateway 200 times under load and audit its ledger
	$(GO) test ./bench/crash -run TestKill -rounds 200 -gateway $(CURDIR)/bin/vratar -timeout 60m -count 1 -v

.PHONY: soak
soak: binaries ## five minutes at half the measured ceiling: errors, memory, p99
	bin/scanload soak

.PHONY: stalled
stalled: binaries ## p99 of scans with and without dashboards that read nothing
	bin/scanload stalled

.PHONY: badinput
badinput: binaries ## memory that hostile payloads make the gateway allocate
	bin/scanload badinput

.PHONY: bench
bench: ## Go benchmarks
	$(GO) test -run '^$$' -bench . -benchtime 1s ./verifier/... ./cache/... ./gateway/...

.PHONY: bench-peers
bench-peers: ## the same work through Vratar and through the usual libraries, in turn in one run; into README.md
	cd bench/peers && $(GO) run . -json ../results/peers.json -write ../../README.md

.PHONY: bench-http
bench-http: ## what a request costs in processor time, beside a server that answers a constant; into README.md
	$(GO) run ./bench/cmd/httpcost -json bench/results/http.json -write README.md

.PHONY: cost
cost: ## what opening one code of each format costs, into deploy/COSTS.md
	$(GO) run ./bench/cmd/cost -write deploy/COSTS.md

.PHONY: sizing
sizing: bench-http ## machines for a museum, a stadium, a metro, a nation: measured anew, into deploy/SIZING.md
	$(GO) run ./bench/cmd/sizing -json bench/results/sizing.json -write deploy/SIZING.md

.PHONY: clean
clean: ## remove what was built
	rm -rf bin webui/node_modules
	find webui/dist -mindepth 1 ! -name placeholder.html -delete
