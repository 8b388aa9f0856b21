#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
# Runs all that tests the project, one after the other: a night's work. Prints a table.
set -euo pipefail

TOP=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
OUT=$TOP/build/everything

# The name in the table, and what runs.
parts() {
	cat <<-'END'
		lint      make lint
		suite     make test-all
		book      make book
		failures  make test-failures
		sanitize  make sanitize
		analyze   make analyze
		fuzz      make fuzz
		objects   make fuzz-objects
		corpus    make corpus
		chaos     make chaos MINUTES=30
		kernels   make test-kernels
		distros   make test-distros
		packages  make test-packages
		boot      make test-boot
	END
}

usage() {
	cat <<-END
		Usage: testenv/everything.sh [PART...]     (as root)
		Installs what the parts need, runs them (default: all), and prints a table. What a part has
		printed is in build/everything/PART.log. Parts:
		$(parts | sed 's/^/  /')
	END
}

fail() { # STATUS MESSAGE
	printf 'everything.sh: %s\n' "$2" >&2
	exit "$1"
}

part_run() { # PART
	local command began=$SECONDS result=ok
	command=$(parts | sed -n "s/^$1 *//p")
	# shellcheck disable=SC2086 # words
	$command >"$OUT/$1.log" 2>&1 </dev/null || result=failed
	printf '%-10s %-7s %7s  %s\n' "$1" "$result" $((SECONDS - began)) "$(tail -n 1 "$OUT/$1.log" | cut -c 1-60)"
	[[ $result == ok ]]
}

case ${1-} in
-h | --help) usage && exit 0 ;;
-*) usage >&2 && exit 2 ;;
esac
for part; do
	parts | grep -q "^$part " || fail 2 "there is no part '$part'; see testenv/everything.sh --help"
done
[[ $(id -u) == 0 ]] || fail 1 "tests need devices: run as root"
cd "$TOP"
mkdir -p "$OUT"
./configure --install-deps=kernels
# shellcheck disable=SC2046 # words
(($#)) || set -- $(parts | cut -d ' ' -f 1)
printf '%-10s %-7s %7s  %s\n' part result seconds 'its last line'
status=0
for part; do
	part_run "$part" || status=1
done
exit "$status"
