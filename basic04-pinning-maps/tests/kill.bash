# SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
# Kills a command after each of its system calls in turn, one run a call, and looks each time
# whether the next xdp_loader command repairs what it left. All the while an xdp_stats watches. Used
# by the kill-*.bats files.
# shellcheck shell=bash

DEV=v0
DIR=$BPFFS/$DEV

nothing_loaded() { "$LOADER" -q -d "$DEV" --unload-all --force; }
pass_loaded() { "$LOADER" -q -d "$DEV" --force --progname xdp_pass_func; }
pass_loaded_counting_on() { "$LOADER" -q -d "$DEV" --reuse-maps --progname xdp_pass_func; }

# Each system call that the command makes, as "name n": the n-th of that name. With CHANGES set only
# those that it matches, as strace shows them.
system_calls() {
	strace -f -o "$BATS_TEST_TMPDIR/calls" -- "$@" >/dev/null 2>&1 || : # a repair is refused when it is done
	sed -n 's/^[0-9]* *\([a-z0-9_]*(.*\)/\1/p' "$BATS_TEST_TMPDIR/calls" |
		CHANGES=${CHANGES-.} awk -F '(' '{ n[$1]++ } $0 ~ ENVIRON["CHANGES"] { print $1, n[$1] }'
}

# Any command repairs; this one does nothing else.
repair() { "$LOADER" -q -d "$DEV" --unload 4294967295 2>/dev/null || :; }
next_command() {
	repair
	inconsistency "$DEV"
}

# What the program has counted, in all.
counted() { packets_in "$DIR/xdp_stats_map"; }

# kill_everywhere PREPARE KILLED REPAIR REPAIRED COMMAND...: KILLED runs after each kill, then REPAIR,
# then REPAIRED; each says what is wrong. Prints a line of the table, fails if anything was wrong
# anywhere. With TEST_SHARE=n in the environment only each n-th call is tried, beginning anywhere.
kill_everywhere() {
	local prepare=$1 killed=$2 repair=$3 repaired=$4 step=${TEST_SHARE-1} least=100 name number
	local points=0 bad=0 wrong status first
	shift 4
	[[ ! ${CHANGES-} ]] || step=1 least=10 # they are few
	[[ $(attached_id "$DEV") != none ]] || pass_loaded
	watch_start -d "$DEV" -i 0.02
	"$prepare"
	first=$((RANDOM % step + 1))
	system_calls "$@" | awk -v step="$step" -v first="$first" 'NR % step == first % step' >"$BATS_TEST_TMPDIR/points"
	while read -r name number; do
		[[ $name != execve ]] || continue # strace's own
		"$prepare"
		status=0
		strace -f -o /dev/null -e trace="$name" -e inject="$name:signal=KILL:when=$number" -- "$@" \
			>/dev/null 2>&1 </dev/null || status=$?
		# A call that this run did not make again, say one more recvmsg(): nothing was killed.
		((status == 137)) || continue
		wrong=$("$killed" && "$repair" && "$repaired")
		points=$((points + 1))
		[[ -z $wrong ]] || { echo "killed after $name $number: $wrong" && bad=$((bad + 1)); }
	done <"$BATS_TEST_TMPDIR/points"
	watch_end
	assert_no_negative
	has_packets all 0 # none came meanwhile
	((step == 1)) || of=", each ${step}th from the ${first}th"
	echo "# $BATS_TEST_DESCRIPTION: $points kill points${of-}, $((points - bad)) repaired" >&3
	((points > least / step && bad == 0))
}

# A reload that is killed in the middle of its commit: the first rename would be an owner's.
killed_in_commit() { # OPTION...
	{ strace -f -o /dev/null -e 'inject=?rename,?renameat,?renameat2:signal=KILL:when=2' -- \
		"$LOADER" -q -d "$DEV" --progname xdp_drop_func "$@" || :; } 2>/dev/null # bash says "Killed"
}

nothing_to_check() { :; }
still_attached() { if [[ $(attached_id "$DEV") == none ]]; then echo "nothing is attached any more; "; fi; }
