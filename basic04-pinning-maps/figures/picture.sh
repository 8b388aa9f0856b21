#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
# Makes watch.svg and live.svg, here or in the folder named: screens of real runs, in namespaces of
# their own. watch: `testenv.sh watch`, shortly after a reload. live: xdp_stats --all --live on
# four devices, one of which has begun to drop.
set -euo pipefail

HERE=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
TOP=${HERE%/*/*}
LESSON=${HERE%/*}
OUTPUT=$(realpath -- "${1-$HERE}")
TMP=

fail() { printf 'picture.sh: %s\n' "$*" >&2 && exit 1; }

# What it mounts and makes ends with it.
in_namespaces() {
	[[ ${PICTURE-} == inside ]] ||
		PICTURE=inside exec "$TOP/testenv/private.sh" "$HERE/picture.sh" "$OUTPUT"
}

# A terminal of a known size around it.
terminal() { tmux -S "$TMP/terminal" -f /dev/null "$@"; }
screen() { terminal capture-pane -p; }
shows() { screen | grep -qE -- "$1"; }
shows_often() { (($(screen | grep -cE -- "$2") >= $1)); }
ended() { [[ ! -e /run/xdp-testenv ]]; }
none_runs() { ! terminal list-sessions &>/dev/null; }

wait_until() {
	local end=$((SECONDS + 90))
	until "$@"; do
		((SECONDS < end)) || { screen >&2 && fail "this never came: ${*:2}"; }
		sleep 0.05
	done
}

# Each in a process group of its own, with the child that sends: trafgen does not pass a signal on.
cleanup() {
	local job
	for job in $(jobs -p); do kill -KILL -- "-$job" || :; done 2>/dev/null
	terminal kill-server 2>/dev/null || :
	wait_until ended
	rm -rf -- "$TMP"
}

terminal_run() { # COLUMNS LINES COMMAND
	TMPDIR=$TMP LANG=C.UTF-8 terminal new-session -d -x "$1" -y "$2" \; set -g status off \; \
		send-keys "exec $3" Enter
}

# What the terminal shows becomes a picture, and the terminal ends.
take() { # NAME
	terminal capture-pane -e -p -N | "$HERE/terminal-svg.pl" >"$TMP/picture"
	cp -- "$TMP/picture" "$OUTPUT/$1.svg"
	terminal kill-server
	wait_until none_runs
}

# Both programs have counted, and the pings have gone from answered to not answered.
watch() {
	terminal_run 100 34 "$TOP/testenv/testenv.sh watch"
	wait_until shows 'Enter: 1 load'
	terminal send-keys Enter
	wait_until shows '^testenv +XDP_PASS +[2-9][0-9] '
	terminal send-keys Enter
	wait_until shows 'another map now.*generation 2'
	wait_until shows_often 4 '^no answer'
	take watch
	wait_until ended
}

# traffic DEVICE PROGRAM GAP [LENGTH]: a device with a program, and a frame each GAP from its peer.
traffic() {
	local end
	ip link add "$1" type veth peer name "peer-$1"
	for end in "$1" "peer-$1"; do
		echo 1 >"/proc/sys/net/ipv6/conf/$end/disable_ipv6"
		ip link set "$end" up
	done
	"$LESSON/xdp_loader" -q -d "$1" --progname "$2"
	setsid nice -n -20 trafgen --notouch-irq --num 0 --cpus 1 --gap "$3" --out "peer-$1" \
		"{ eth(da=02:00:00:00:00:01, sa=02:00:00:00:00:02, type=0x88b5), fill(0x00, ${4-50}) }" \
		&>/dev/null </dev/null &
}

live() {
	traffic eth0 xdp_pass_func 50us 1000
	traffic eth1 xdp_pass_func 200us 500
	traffic dmz0 xdp_pass_func 100us
	traffic guests xdp_drop_func 2ms
	terminal_run 100 14 "nice -n -20 $LESSON/xdp_stats --all --live --interval 0.5"
	wait_until shows '^dmz0 +XDP_PASS .*[▁▂▃▄▅▆▇█]{12}$'
	"$LESSON/xdp_loader" -q -d dmz0 --progname xdp_drop_func --reuse-maps
	wait_until shows '^dmz0 +XDP_DROP .*[▁▂▃▄▅▆▇█]{12}$'
	take live
}

((EUID == 0)) || fail "needs root: it makes network namespaces"
in_namespaces
unset CI TMUX
export LC_ALL=C.UTF-8
TMP=$(mktemp -d)
trap cleanup EXIT
watch
live
