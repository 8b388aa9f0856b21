#!/bin/bash -p
# SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
# The learner's side of an assignment: make assignment-N, build-N, check-N, hint-N, reset-N, solution-N
# and progress run this.
set -euo pipefail

HERE=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
TOP=$(cd "$HERE/../.." && pwd)
WORKS=$TOP/work

usage() {
	cat <<-'END'
		Usage: assignment.sh start N            copy the starter to work/assignment-N
		       assignment.sh build N            build what is there
		       assignment.sh check N [FOLDER]   build and judge what is there (as root)
		       assignment.sh hint N [HINT]      print the next hint, or that one
		       assignment.sh reset N            keep what is there under another name, and start again
		       assignment.sh solution N [show]  print a worked solution, and its reasons
		       assignment.sh progress           judge all that was begun (as root)
	END
}

fail() { # CODE MESSAGE
	printf 'assignment.sh: %s\n' "$2" >&2
	exit "$1"
}

# Sets folder, the assignment's, and work, the learner's.
find_assignment() { # N
	local folders=("$HERE/$1"-*/)
	[[ $1 =~ ^[0-9]+$ && -d ${folders[0]} ]] ||
		fail 2 "there is no assignment '$1': there are $(cd "$HERE" && echo [0-9]*-*)"
	folder=${folders[0]%/}
	work=$WORKS/assignment-$1
}

# Where make is run from, paths are shown from.
short() { printf '%s' "${1#"$TOP"/}"; }

need_work() { # N
	[[ -d $work ]] || fail 1 "$(short "$work") is not there: begin with make assignment-$1"
}

start() { # N
	[[ ! -e $work ]] ||
		fail 1 "$(short "$work") is there already, and stays as it is; make reset-$1 keeps it and starts again"
	mkdir -p "$WORKS"
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

reset() { # N
	local number=1
	need_work "$1"
	while [[ -e $work.old-$number ]]; do number=$((number + 1)); done
	mv "$work" "$work.old-$number"
	echo "Your work is kept in $(short "$work.old-$number")."
	start "$1"
}

# In an environment that changes nothing: no BASH_ENV, no LD_PRELOAD, no functions.
clean() { # NAME=VALUE... COMMAND...
	exec env -i "PATH=$PATH" LC_ALL=C.UTF-8 ${TMPDIR:+"TMPDIR=$TMPDIR"} "$@"
}

# One at a time: two checks may begin together.
run_make() (# N GOAL... [NAME=VALUE]...
	clean flock "$HERE" make -s -C "$HERE" "N=$1" "${@:2}" >&2
)

build() { # N
	need_work "$1"
	run_make "$1" "DIR=$work" library programs || fail 1 "$(short "$work") does not build: see above"
}

can_check() {
	((EUID == 0)) || fail 1 "cannot check: that takes BPF and network namespaces; run it as root"
	"$TOP/testenv/private.sh" --possible
}

# The check runs in network, mount and PID namespaces of its own: when it ends, all that it has started ends.
check() { # N [FOLDER]
	can_check
	[[ -z ${2-} ]] || work=$(cd "$2" && pwd)
	need_work "$1"
	run_make "$1" library helpers || fail 1 "could not build what the check needs: see above"
	clean "N=$1" "FOLDER=$folder" "WORK=$work" "TOP=$TOP" "$TOP/testenv/private.sh" \
		unshare --pid --mount-proc --fork --kill-child -- "$HERE/check.bash" "$folder/check"
}

# Prints one of the hints, which is a numbered item.
print_hint() { # HINT
	awk -v item="$1" '/^[0-9]+\. / { inside = int($1) == item } inside' "$folder/hints.org"
}

# Which hint was the last is remembered in the learner's folder.
hint() { # N [HINT]
	local count last=0 number
	count=$(grep -cE '^[0-9]+\. ' "$folder/hints.org")
	need_work "$1"
	[[ ! -e $work/.hint ]] || last=$(<"$work/.hint")
	number=${2:-$((last + 1))}
	[[ $number =~ ^(0|[1-9][0-9]{0,5})$ ]] || fail 2 "a hint is a number from 1 to $count, not '$number'"
	((number >= 1 && number <= count)) ||
		fail 1 "there are $count hints for assignment $1; make hint-$1 HINT=1 prints the first one again"
	echo "Hint $number of $count"
	print_hint "$number"
	((number <= last)) || echo "$number" >"$work/.hint"
}

# Whether the learner has changed anything.
has_tried() {
	local file
	for file in "$folder"/*.[ch]; do
		cmp -s "$file" "$work/${file##*/}" || [[ ! -d $work ]] || return 0
	done
	return 1
}

solution() { # N [show]
	[[ ${2-} == show ]] || has_tried ||
		fail 1 "you have not tried assignment $1 yet: make assignment-$1 begins it, make hint-$1 helps; \
make solution-$1 SHOW=1 prints the solution all the same"
	cat "$folder/solution.patch"
}

# A line for each assignment: what the check says of it.
progress() {
	local name number said
	can_check
	for folder in "$HERE"/[0-9]*-*; do
		name=${folder##*/} number=${folder##*/}
		number=${number%%-*}
		if [[ ! -d $WORKS/assignment-$number ]]; then
			said="not begun: make assignment-$number"
		else
			said=$("$0" check "$number" 2>&1 | awk '
				/^not ok/ && !first { first = "; the first that does not: " substr($0, 8) }
				{ last = $0 } END { print last first }')
		fi
		printf '%-10s %s\n' "$name" "$said"
	done
}

case ${1-} in
progress) progress && exit ;;
esac
(($# > 1)) || { usage >&2 && exit 2; }
find_assignment "$2"
case $1 in
start | build | reset) "$1" "$2" ;;
check | hint | solution) "$1" "$2" "${3-}" ;;
*) usage >&2 && exit 2 ;;
esac
