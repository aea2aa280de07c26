#!/usr/bin/env bash
# Fuzzes every Fuzz function of the module for FUZZTIME each, and fails on the first finding. Three for each core run
# at a time: while one of them is built and gathers its seeds, the others do the work.
# The corpus of seeds is in the code (f.Add) and in each package's testdata/fuzz.
set -euo pipefail
cd "$(dirname "$0")/.."
GO=${GO:-go}
FUZZTIME=${FUZZTIME:-20s}

list() {
	grep -rlE '^func Fuzz' --include='*_test.go' verifier cache gateway webui/*_test.go bench | xargs -n1 dirname | sort -u |
		while read -r dir; do
			grep -hoE '^func Fuzz[A-Za-z0-9_]*' "$dir"/*_test.go | awk -v d="$dir" '{print d, $2}'
		done
}

run_fuzz() {
	$GO test "./$1" -run '^$' -fuzz "^$2\$" -fuzztime "$FUZZTIME" -fuzzminimizetime 50x -parallel 1 2>&1
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
export GO FUZZTIME

list | xargs -P "$(($(nproc) * 3))" -L 1 bash -c 'fuzz_one "$0" "$1"'
