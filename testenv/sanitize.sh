#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
# Runs the tests of the three tools on a copy of the tree that is built with gcc's sanitizers of
# addresses and undefined behaviour: what they find ends the tool with exit code 99, and so the test.
set -euo pipefail

TOP=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
TREE=$TOP/build/sanitize
FLAGS='-fsanitize=address,undefined -fno-sanitize-recover=undefined'

usage() {
	cat <<-'END'
		Usage: testenv/sanitize.sh [FILE...]     (as root)
		       testenv/sanitize.sh --build
		Copies the tree to build/sanitize, builds it there with sanitizers, and runs there the tests
		of the tools and the unit tests, or the test files named. With --build it stops before them.
	END
}

tree_copy() {
	rm -rf "$TREE"
	"$TOP/packaging/copy-sources" "$TREE"
}

tree_build() {
	(
		cd "$TREE"
		CFLAGS="-O1 -g $FLAGS" LDFLAGS=$FLAGS ./configure >/dev/null
		make -s -j"$(nproc)" all
		make -s -j"$(nproc)" test-programs
	)
}

tests_run() { # FILE...
	cd "$TREE"
	# No look for leaks: that cannot be done under strace, and soak.bats does it.
	export ASAN_OPTIONS=detect_leaks=0:exitcode=99 UBSAN_OPTIONS=print_stacktrace=1:exitcode=99
	(($#)) || set -- basic04-pinning-maps/tests/{loader-*,stats*,maps-ctl}.bats build/tests/unit/*
	prove --comments --exec '' --jobs 2 "$@"
}

case ${1-} in
-h | --help)
	usage
	exit 0
	;;
esac
cd "$TOP"
tree_copy
tree_build
[[ ${1-} != --build ]] || exit 0
tests_run "$@"
