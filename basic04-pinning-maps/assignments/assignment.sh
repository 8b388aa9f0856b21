#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
# The learner's side of an assignment: make assignment-N, build-N, check-N and solution-N run this.
set -euo pipefail

HERE=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
TOP=$(cd "$HERE/../.." && pwd)
WORK=$TOP/work

usage() {
	cat <<-'END'
		Usage: assignment.sh start N            copy the starter to work/assignment-N
		       assignment.sh build N            build what is there
		       assignment.sh check N [FOLDER]   build and judge what is there (as root)
		       assignment.sh solution N         print a worked solution, and its reasons
	END
}

fail() { # CODE MESSAGE
	printf 'assignment.sh: %s\n' "$2" >&2
	exit "$1"
}

# Sets folder to the one of assignment N.
find_assignment() { # N
	local folders=("$HERE/$1"-*/)
	[[ $1 =~ ^[0-9]+$ && -d ${folders[0]} ]] ||
		fail 2 "there is no assignment '$1': there are $(cd "$HERE" && echo [0-9]*-*)"
	folder=${folders[0]%/}
}

# Where make is run from, paths are shown from.
short() { printf '%s' "${1#"$TOP"/}"; }

start() { # N
	local work=$WORK/assignment-$1
	[[ ! -e $work ]] || fail 1 "$(short "$work") is there already, and stays as it is; move it away to start again"
	mkdir -p "$WORK"
	rm -rf "$work.new" # of a run that was stopped
	mkdir "$work.new"
	cp "$folder"/*.[ch] "$work.new"
	mv "$work.new" "$work"
	cat <<-END
		$(short "$work") is yours now: $(cd "$work" && echo *.[ch])
		The task: $(short "$folder")/README.org
		When you think that it does what it should: make check-$1
	END
}

# Sets work.
build() { # N [FOLDER]
	work=${2-$WORK/assignment-$1}
	[[ -d $work ]] || fail 1 "$(short "$work") is not there: begin with make assignment-$1"
	make -s -C "$HERE" DIR="$(cd "$work" && pwd)" >&2 || fail 1 "$(short "$work") does not build: see above"
}

# The check runs in network and mount namespaces of its own.
check() { # N [FOLDER]
	((EUID == 0)) || fail 1 "cannot check: that takes BPF and network namespaces; run it as root"
	"$TOP/testenv/private.sh" --possible
	build "$@"
	N=$1 FOLDER=$folder WORK=$work TOP=$TOP \
		exec "$HERE/../../testenv/private.sh" "$HERE/check.bash" "$folder/check"
}

(($# > 1)) || { usage >&2 && exit 2; }
find_assignment "$2"
case $1 in
start) start "$2" ;;
build) build "$2" ;;
check) check "$2" ${3+"$3"} ;;
solution) cat "$folder/solution.patch" ;;
*) usage >&2 && exit 2 ;;
esac
