#!/usr/bin/env bash
# Fuzzes every Fuzz function of the module for FUZZTIME each, and fails on the first finding. All packages are built
# at once; then three functions for each core run at a time: while one of them gathers its seeds, the others do the
# work. The corpus of seeds is in the code (f.Add) and in each package's testdata/fuzz.
set -euo pipefail
cd "$(dirname "$0")/.."
GO=${GO:-go}
FUZZTIME=${FUZZTIME:-10s}
BUILT=$(mktemp -d)
trap 'rm -rf "$BUILT"' EXIT
MODULE=$($GO list -m)
FOUND=$($GO env GOCACHE)/fuzz/$MODULE # where inputs that reach new code are kept for the next run

packages() {
	grep -rlE '^func Fuzz' --include='*_test.go' verifier cache gateway webui/*_test.go bench | xargs -n1 dirname | sort -u
}

# The compiler is told by hand to make our own code tell which of it an input reaches: go test -fuzz would do that to
# every library too, which takes minutes to build and runs at a third of the speed. Vetting is lint's; nobody debugs
# these programs. Two packages of one name would be an error.
build() {
	packages | sed 's,^,./,' | xargs $GO test -c -vet=off -ldflags='-s -w' -gcflags="$MODULE/...=-d=libfuzzer" -o "$BUILT/"
}

list() {
	packages | while read -r dir; do
		grep -hoE '^func Fuzz[A-Za-z0-9_]*' "$dir"/*_test.go | awk -v d="$dir" '{print d, $2}'
	done
}

run_fuzz() {
	mkdir -p "$FOUND/$1"
	(cd "$1" && "$BUILT/${1##*/}.test" -test.run '^$' -test.fuzz "^$2\$" -test.fuzztime "$FUZZTIME" \
		-test.fuzzminimizetime 50x -test.parallel 1 -test.timeout 10m -test.fuzzcachedir "$FOUND/$1") 2>&1
}

# A finding always names the failing input that it wrote. A failure without one is the fuzzer itself, stopped at
# its deadline in the middle of an input: it is run once more.
fuzz_one() {
	local out
	if ! out=$(run_fuzz "$1" "$2") && { grep -q 'Failing input' <<<"$out" || ! out=$(run_fuzz "$1" "$2"); }; then
		printf '%s\n' "$out"
		printf 'FAIL %s %s\n' "$1" "$2"
		return 1
	fi
	printf 'ok   %s %s: %s\n' "$1" "$2" "$(grep -oE 'execs: [0-9]+' <<<"$out" | tail -1)"
}
export -f fuzz_one run_fuzz
export FUZZTIME BUILT FOUND

build
list | xargs -P "$(($(nproc) * 3))" -L 1 bash -c 'fuzz_one "$0" "$1"'
