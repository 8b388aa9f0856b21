#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
# Installs what the tests need, builds, and runs the tests: all, or those in the files named.
set -euo pipefail

TOP=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
START_DIR=$PWD
STATE_TEST=testenv/machine-state.sh
# Begun first: traffic that wants a CPU, and what takes longest and mostly waits.
FIRST='reload stats-serve watch'

usage() {
	cat <<-'END'
		Usage: testenv/test.sh [--all] [FILE...]     (as root)
		       testenv/test.sh --build
		Installs what is missing, builds, and runs the test files, all or those named. With
		--build it stops before the tests.

		What is tried many hundred times over, such as a kill after each system call of a
		load, is tried at each fifth place only, others each time. --all tries all of them.

		On Debian, the tests' PATH has only the programs of the packages that ./configure
		--packages=test prints, of those that these need, and of the essential ones.

		With WERROR=1 or CI=true in the environment, compiler warnings are errors.
	END
}

fail() { # STATUS MESSAGE
	printf 'test.sh: %s\n' "$2" >&2
	exit "$1"
}

options_parse() {
	build_only=false everywhere=false
	case ${1-} in
	--build) build_only=true ;;
	--all) everywhere=true ;;
	-h | --help)
		usage
		exit 0
		;;
	-*) fail 2 "unknown option $1; see testenv/test.sh --help" ;;
	esac
}

wants_werror() {
	[[ ${CI-} == true || ${WERROR-} == 1 ]]
}

# A config.mk that is there is somebody's choice; it stays unless more is asked for.
build_configure() {
	local options=()
	if wants_werror; then
		grep -qs '^WERROR = -Werror' config.mk || options=(--werror)
	fi
	if [[ ! -e config.mk || ${#options[@]} -gt 0 ||
		-n ${CC-}${CLANG-}${BPFTOOL-}${CPPFLAGS-}${CFLAGS-}${LDFLAGS-} ]]; then
		wants_werror && options=(--werror)
		./configure "${options[@]}"
	fi
}

build() {
	build_configure
	make -j"$(nproc)" all
	make -j"$(nproc)" test-programs
}

# The tests find only what declared packages bring, and the tools that config.mk names: so a test that
# calls another program fails here, and not only on a machine that lacks it.
path_declare() {
	local folder=$SCRATCH/sbin # which everybody may search; the checkout may be in a home of root's
	if ! command -v dpkg-query >/dev/null; then
		echo "test.sh: the tests may call undeclared programs: without dpkg-query it is not known which those are"
		return
	fi
	testenv/declared-path.sh test "$folder"
	sed -nE 's/^(CC|CLANG|BPFTOOL) = ([^ ]+).*/\2/p' config.mk | while read -r tool; do
		[[ $tool == */* || -e $folder/$tool ]] || ln -s "$(command -v "$tool")" "$folder"
	done
	PATH=$folder
}

# Sets tests: the files named (from where the caller is), or all.
tests_find() {
	local file
	tests=()
	for file in "$@"; do
		file=$(cd "$START_DIR" && realpath --no-symlinks --relative-to="$TOP" -- "$file")
		[[ -f $file && -x $file ]] || fail 2 "cannot run $file: no such file, or not executable"
		tests+=("$file")
	done
	if (($# == 0)); then
		mapfile -t tests < <({
			# shellcheck disable=SC2086 # a list of names
			printf 'basic04-pinning-maps/tests/%s.bats\n' $FIRST
			find basic04-pinning-maps/tests -maxdepth 1 -name '*.bats' | sort
		} | awk '!seen[$0]++')
		[[ ! -d build/tests/unit ]] ||
			mapfile -t -O "${#tests[@]}" tests < <(find build/tests/unit -type f -executable | sort)
	fi
}

# Three files at a time, as some wait more than they work. prove runs files that no rule names after
# all others, one by one: so the comparison of the machine's state comes last.
tests_run() {
	local file rules=()
	for file in "${tests[@]}"; do
		rules+=(--rules "par=$file")
	done
	export MACHINE_STATE=$SCRATCH/state
	env -u MACHINE_STATE "$STATE_TEST" >"$MACHINE_STATE"
	prove --comments --exec testenv/test-file.sh --jobs 3 "${rules[@]}" "${tests[@]}" "$STATE_TEST"
}

options_parse "$@"
if $everywhere; then
	shift
	TEST_SHARE=1
fi
export TEST_SHARE=${TEST_SHARE-5}
[[ $(id -u) == 0 ]] || fail 1 "cannot run the tests: they make network namespaces; run testenv/test.sh as root"
# A plain su leaves the user's PATH, in which Debian has no sbin.
PATH=$PATH:/usr/local/sbin:/usr/sbin:/sbin
umask 022
cd "$TOP"
testenv/private.sh --possible
./configure --install-deps=test
build
! $build_only || exit 0
SCRATCH=$(mktemp -d /tmp/test.XXXXXX) # not TMPDIR: private.sh may hide it
trap 'rm -rf -- "$SCRATCH"' EXIT
chmod 755 "$SCRATCH"
path_declare
tests_find "$@"
tests_run
