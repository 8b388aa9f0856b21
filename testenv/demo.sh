#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
# From a bare Debian (root, apt, bash) to counters on a live interface: installs what is missing,
# builds, and shows the writer (xdp_loader) and the reader (xdp_stats) at work on real traffic.
# On a terminal they run side by side, in tmux; with --plain, or elsewhere, one after the other, and
# what is counted is compared with what was sent.
# Leaves no environment behind, also when it fails or is interrupted.
set -euo pipefail

TOP=$(readlink -f -- "${BASH_SOURCE[0]}")
TOP=${TOP%/*/*}
cd -- "$TOP"
[[ $PATH == *sbin* ]] || PATH=$PATH:/usr/sbin:/sbin # a plain `su` leaves them out
unset MAKEFLAGS MFLAGS MAKELEVEL # of the `make demo` that may have started this

NAME=demo$$
FRAMES=10000
TESTENV=testenv/testenv.sh
LOADER=basic04-pinning-maps/xdp_loader
STATS=basic04-pinning-maps/xdp_stats
TMP=
PLAIN=

# ---------------------------------------------------------------- showing

title() { printf '\n== %s\n\n' "$*"; }
fail() { printf 'demo.sh: %s\n' "$*" >&2 && exit 1; }

# Shows a command as one would type it, without running it.
show() {
	local word line='$'
	for word in "$@"; do
		[[ $word =~ ^[A-Za-z0-9_./:=+,%-]+$ ]] || word="'$word'"
		line+=" $word"
	done
	printf '%s\n' "$line"
}
run() {
	show "$@"
	"$@"
}

# ---------------------------------------------------------------- mounts

# Starts again in a mount namespace of its own: what is mounted for the demo ends with it. Some
# machines and most chroots have no BPF filesystem yet, or no /sys to put it in.
in_private_mounts() {
	if [[ ${DEMO_MOUNTS-} != private ]]; then
		testenv/private.sh --possible || exit
		DEMO_MOUNTS=private exec unshare --mount --propagation private -- "$TOP/testenv/demo.sh" "$@"
	fi
	[[ -d /sys/fs/bpf ]] || mount -t sysfs sysfs /sys
	[[ $(stat -f -c %T /sys/fs/bpf) == bpf_fs ]] || mount -t bpf -o mode=0755 bpf /sys/fs/bpf
}

# ---------------------------------------------------------------- building

deps_present() {
	local command
	for command in make cc clang bpftool pkg-config flock ip nsenter ping tmux trafgen; do
		command -v "$command" >/dev/null || return
	done
	[[ -e config.mk ]] # it was written, so the libraries were there
}

build() {
	title "Build"
	deps_present || run ./configure --install-deps=demo
	[[ -e config.mk ]] || run ./configure
	run make -j
}

# ---------------------------------------------------------------- the environment

cleanup() {
	local job
	trap '' INT TERM HUP
	for job in $(jobs -p); do # one by one: bash 5.3 may spin in a wait for all, once its terminal has gone
		kill -- "$job" 2>/dev/null || :
		wait "$job" || :
	done
	if [[ -e /run/xdp-testenv/$NAME ]]; then run "$TESTENV" --name "$NAME" teardown || :; fi
	[[ ! $TMP ]] || rm -rf -- "$TMP"
}

picture() {
	cat <<-EOF
		   your network namespace              network namespace $NAME
		  +------------------------------+    +------------------------------+
		  |  xdp_stats                   |    |                              |
		  |      ^ reads                 |    |                              |
		  |  xdp_stats_map               |    |                              |
		  |      ^ counts                |    |                              |
		  |  XDP program <- $(printf '%-11s' "$NAME") ==|====|== veth0 <- ping, trafgen    |
		  +------------------------------+    +------------------------------+
	EOF
}

setup() {
	title "An environment: a network namespace behind a veth pair"
	picture
	printf '\n'
	run "$TESTENV" --name "$NAME" setup
	TMP=$(mktemp -d)
}

load() { run "$LOADER" -d "$NAME" --progname "$1"; }

# ---------------------------------------------------------------- traffic

pings() {
	title "Traffic both ways: answers and questions from inside pass the program"
	run "$TESTENV" --name "$NAME" ping -c 3 -i 0.2 -q
	run ping -c 3 -i 0.2 -q "$(inner_address)"
}

inner_address() {
	"$TESTENV" --name "$NAME" exec ip -o -6 address show dev veth0 scope global |
		sed -n 's|.* inet6 \([^/]*\)/.*|\1|p'
}

# Counts are exact only where nobody else sends. The kernel does, of itself: a veth that is up
# looks for IPv6 neighbours and routers now and then. What our program sees is what the inner end
# sends, so IPv6 is turned off there, after the pings; the outer end may say what it likes.
silence() {
	title "Quiet, please: no IPv6 inside, so that we count our own frames only"
	local command='echo 1 >/proc/sys/net/ipv6/conf/veth0/disable_ipv6'
	printf "$ %s --name %s exec \\\\\n    sh -c '%s'\n" "$TESTENV" "$NAME" "$command"
	"$TESTENV" --name "$NAME" exec sh -c "$command"
}

# 64 bytes, of an EtherType reserved for experiments: no protocol takes it, or answers.
frame() {
	printf '$ cat %s\n' "$TMP/frame"
	printf '%s\n' '{ eth(da=02:00:00:00:00:01, sa=02:00:00:00:00:02, type=0x88b5),' \
		'  fill(0x00, 50) }' | tee "$TMP/frame"
	printf '\n'
}

# send NUMBER RATE: sends frames from inside to the outer end, in place of this (sub)shell. With one
# process: each would send them all. Not at full speed: a veth drops what its ring of 256 frames
# cannot take while another CPU is late to empty it.
send() {
	exec "$TESTENV" --name "$NAME" exec trafgen -i "$TMP/frame" -o veth0 -n "$1" -P 1 -b "$2" \
		</dev/null >"$TMP/trafgen.log" 2>&1
}
send_show() {
	printf '$ %s --name %s exec \\\n' "$TESTENV" "$NAME"
	printf '    trafgen -i %s -o veth0 -n %d -P 1 -b %s%s\n' "$TMP/frame" "$1" "$2" "${3-}"
}
send_failed() { cat "$TMP/trafgen.log" >&2 && fail "trafgen failed"; }

# ---------------------------------------------------------------- counting

# counted ACTION: its packets so far.
counted() {
	"$STATS" -d "$NAME" --once | awk -v action="$1" '
		$1 == action { gsub(/[^0-9]/, "", $2); print $2; found = 1; exit }
		END { exit !found }' || fail "xdp_stats shows no $1"
}

# The last frames may still be on their way when trafgen ends: waits for the count to be reached,
# and then for it to stay, so that one too many is seen too.
counted_settled() {
	local action=$1 want=$2 now try
	for ((try = 0; try < 100; try++)); do
		now=$(counted "$action")
		((now < want)) || break
		sleep 0.02
	done
	sleep 0.1
	counted "$action"
}

count_exactly() {
	local action=$1 before after
	printf '$ %s -d %s --once\n' "$STATS" "$NAME"
	before=$(counted "$action")
	printf '%s before: %d\n' "$action" "$before"
	send_show "$FRAMES" 100000pps
	(send "$FRAMES" 100000pps) || send_failed
	printf '$ %s -d %s --once\n' "$STATS" "$NAME"
	after=$(counted_settled "$action" $((before + FRAMES)))
	printf '%s after: %d\n' "$action" "$after"
	printf 'sent %d, counted %d\n' "$FRAMES" $((after - before))
	((after - before == FRAMES)) || fail "$action counted $((after - before)) frames of the $FRAMES sent"
}

rounds() {
	local sender
	title "Three rounds of counters, while 2,000 frames a second come in"
	frame
	send_show 8000 2000pps ' &'
	send 8000 2000pps &
	sender=$!
	printf '$ %s -d %s -i 1 -n 3\n' "$STATS" "$NAME"
	"$STATS" -d "$NAME" -i 1 -n 3
	wait "$sender" || send_failed
}

# The reader is not told about the reload: it finds the new map under the old name.
switch() {
	local sender reader
	title "Another program, while xdp_stats and the traffic keep running"
	printf 'In the round of the reload, packets and bytes are those of the new map;\nthe rates are of both maps.\n\n'
	send_show 8000 2000pps ' &'
	send 8000 2000pps &
	sender=$!
	printf '$ %s -d %s -i 1 -n 4 &\n' "$STATS" "$NAME"
	"$STATS" -d "$NAME" -i 1 -n 4 &
	reader=$!
	sleep 1.5 # for who watches: a round of the old program first
	load xdp_drop_func
	wait "$reader" || fail "xdp_stats failed during the reload"
	wait "$sender" || send_failed
}

# ----------------------------------------------------------------

options_parse() {
	case ${1-} in
	'') ;;
	--plain) PLAIN=yes ;;
	-h | --help) printf 'Usage: testenv/demo.sh [--plain]     (as root)\n' && exit ;;
	*) printf "demo.sh: unknown argument '%s'; there is --plain\n" "$1" >&2 && exit 2 ;;
	esac
}

# In the background, as bash hears of a signal only while it waits.
side_by_side() {
	title "Traffic, the loader and live statistics side by side"
	show "$TESTENV" --name "$NAME" watch
	"$TESTENV" --name "$NAME" watch <&0 &
	wait "$!"
	title "Tear down"
	run "$TESTENV" --name "$NAME" teardown
	printf '\nDone. testenv/demo.sh --plain compares what is counted with what was sent;\n'
	printf 'testenv/testenv.sh watch shows this again.\n'
}

main() {
	options_parse "$@"
	((EUID == 0)) || fail "the demo needs root: run it with sudo"
	in_private_mounts "$@"
	trap cleanup EXIT
	trap 'exit 129' HUP
	trap 'exit 130' INT
	trap 'exit 143' TERM
	build
	setup
	if [[ ! $PLAIN ]] && testenv/watch.sh possible; then
		side_by_side
		return
	fi
	title "Load: attach xdp_pass_func, pin its map"
	load xdp_pass_func
	pings
	silence
	rounds
	title "As many counted as sent"
	count_exactly XDP_PASS
	switch
	title "As many dropped as sent"
	count_exactly XDP_DROP
	title "Unload, tear down"
	run "$LOADER" -d "$NAME" --unload-all
	run "$TESTENV" --name "$NAME" teardown
	printf '\nDone. README.org says where to go from here.\n'
}

main "$@"
