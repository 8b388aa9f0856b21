#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
# What `testenv.sh watch` runs: traffic, the loader and live statistics of one environment side by
# side in tmux; where there is no terminal or no tmux, the same story in sequence.
#
#   watch.sh watch|plain NAME            in panes where that is possible; in sequence
#   watch.sh traffic|loader|stats NAME   what one pane runs
#   watch.sh possible                    whether there can be panes here
set -euo pipefail

SELF=$(readlink -f -- "${BASH_SOURCE[0]}")
TOP=${SELF%/*/*}
TESTENV=testenv/testenv.sh
LESSON=$TOP/basic04-pinning-maps
STATE_DIR=/run/xdp-testenv
ROLE=${1-} NAME=${2-testenv}

# As one would type them: testenv.sh at the top, the tools in the lesson's folder.
PING=("$TESTENV" --name "$NAME" ping -O -i 0.2)
LIVE=(./xdp_stats -d "$NAME" --live --wait -i 0.5)
TEXT=(./xdp_stats -d "$NAME" --wait -i 0.5)
TITLE_TRAFFIC="traffic: ${PING[*]}"
TITLE_LOADER="loader, in basic04-pinning-maps"
TITLE_STATS="live statistics, by xdp_stats"

note() { printf 'watch: %s\n' "$*" >&2; }
die() { note "$*" && exit 1; }

# poll COMMAND WORD...: until it succeeds; fails when it does not in a minute.
poll() {
	local try
	for ((try = 0; try < 3000; try++)); do
		! "$@" || return 0
		sleep 0.02
	done
	return 1
}

# ---------------------------------------------------------------- the story

STEPS=(
	'load xdp_pass_func'
	'reload: xdp_drop_func, a new map'
	'reload: xdp_pass_func, --reuse-maps'
	'unload'
	'load again'
	'list what is attached and pinned'
)
OPTIONS=(
	'--progname xdp_pass_func'
	'--progname xdp_drop_func'
	'--progname xdp_pass_func --reuse-maps'
	'--unload-all'
	'--progname xdp_pass_func'
	'--list'
)
LOOK=(
	'pings are answered; XDP_PASS counts'
	'no answers; another map is found: XDP_DROP counts, from 0'
	'answers again; the same map: XDP_DROP keeps its number'
	'answers, now without a program; the numbers stand'
	'another map is found: XDP_PASS counts, from 0'
	'the map has the id that the statistics named last'
)

# step N: runs it, and says what to look at.
step() {
	local command code=0 bold='' colour='' off=''
	[[ ! -t 1 ]] || bold=$'\e[1m' colour=$'\e[36m' off=$'\e[m'
	read -ra command <<<"./xdp_loader -d $NAME ${OPTIONS[$1]}"
	printf '%s\n' "$bold\$ ${command[*]}$off"
	(cd "$LESSON" && exec "${command[@]}") 2>&1 || code=$?
	((code == 0)) || printf '(exit code %d)\n' "$code"
	printf '%s\n' "${colour}Look: ${LOOK[$1]}$off"
	return "$code"
}

# ---------------------------------------------------------------- what the panes run

traffic() {
	cd "$TOP"
	exec "${PING[@]}"
}

text() {
	cd "$LESSON"
	exec "${TEXT[@]}"
}

# A reader that was built without ncurses says so, and shows rounds of text.
stats() { (cd "$LESSON" && exec "${LIVE[@]}") || text; }

# Sets KEY to the next key that means something; what a key sends after ESC means nothing.
key_read() {
	local rest
	while IFS= read -rsn 1 KEY; do
		case $KEY in
		'' | ' ' | [1-"${#STEPS[@]}"]) return ;;
		$'\e') IFS= read -rsn 8 -t 0.01 rest || : ;;
		esac
	done
	exit
}

loader() {
	local next=0
	trap 'tmux kill-server' EXIT
	cat <<-EOF
		Traffic, this loader, and live statistics, of one device: a step here shows in
		the other two. Enter makes the next step, 1-${#STEPS[@]} that one, q ends all three.
		Tab goes to the statistics: there ? explains the keys.
	EOF
	while :; do
		printf '\nEnter: %d %s ' $((next + 1)) "${STEPS[next]}"
		key_read
		[[ $KEY != [1-9] ]] || next=$((KEY - 1))
		printf '\r\e[K'
		step "$next" || :
		next=$(((next + 1) % ${#STEPS[@]}))
	done
}

# ---------------------------------------------------------------- side by side

possible() {
	[[ -t 0 && -t 1 && ${CI-} != true ]] && command -v tmux >/dev/null && tput cup 0 0 &>/dev/null || return
	read -r HEIGHT WIDTH < <(stty size)
	((HEIGHT >= 16 && WIDTH >= 40))
}

tmux_configuration() {
	cat <<-'EOF'
		set -g remain-on-exit on
		set -g pane-border-status top
		set -g pane-border-format ' #{pane_title} '
		set -g window-status-format ''
		set -g window-status-current-format ''
		set -g status-right ''
		set -g status-left-length 200
		set -g status-left ' Enter or 1-6: a step    Tab: another pane    q or Ctrl-C: end all three'
		bind -n q kill-server
		bind -n C-c kill-server
		bind -n Tab select-pane -t :.+
		unbind -a -T prefix
		bind d detach-client
	EOF
}

# A server of its own; the user's is left alone, and may be around this one.
in_tmux() { env -u TMUX -u TMUX_PANE tmux -S "$TMP/tmux" -f "$TMP/tmux.conf" "$@"; }

# pane ROLE TITLE COMMAND [OPTION]...: makes one by that command of tmux's; prints what tmux calls it.
pane() {
	local role=$1 title=$2 id
	shift 2
	id=$(in_tmux "$@" -P -F '#{pane_id}' -c "$TOP" "$SELF" "$role" "$NAME")
	in_tmux select-pane -t "$id" -T "$title"
	printf '%s\n' "$id"
}

# One above the other, each as wide as the terminal; where there is room, the loader on the left.
panes_make() {
	local rows=$((HEIGHT - 4)) loader traffic # without a title each, and tmux's own line
	tmux_configuration >"$TMP/tmux.conf"
	loader=$(pane loader "$TITLE_LOADER" new-session -d -x "$WIDTH" -y $((HEIGHT - 1)))
	if ((WIDTH >= 160)); then
		traffic=$(pane traffic "$TITLE_TRAFFIC" split-window -t "$loader" -h -l $((WIDTH / 2)))
		pane stats "$TITLE_STATS" split-window -t "$traffic" -v -l $((HEIGHT * 2 / 5)) >/dev/null
	else
		pane traffic "$TITLE_TRAFFIC" split-window -t "$loader" -v -b -l $((rows / 4)) >/dev/null
		pane stats "$TITLE_STATS" split-window -t "$loader" -v -l $((rows * 7 / 20)) >/dev/null
	fi
	in_tmux select-pane -t "$loader"
	PANES=$(in_tmux list-panes -F '#{pane_pid}' | paste -sd ,)
}

# In the background: bash hears of a signal while it waits, and not while something runs before it.
panes_show() {
	in_tmux attach-session \; set -g destroy-unattached on <&0 &
	wait $!
}

# Each pane's process leads a session of its own, which the end of its terminal ends.
panes_gone() { ! pgrep -s "$PANES" >/dev/null; }
panes_end() {
	in_tmux kill-server 2>/dev/null || :
	[[ ! $PANES ]] || poll panes_gone || pkill -KILL -s "$PANES" || :
}

side_by_side() {
	panes_make || die "cannot make the panes: see above; 'watch --plain' needs no tmux"
	panes_show || :
}

# ---------------------------------------------------------------- in sequence

title() { printf '\n== %s\n\n' "$*"; }

# The lines of a round: the time and the columns' names, and five actions.
ROUND='^XDP_\|^[0-9:]\{8\} '
rounds() { grep -c '^XDP_REDIRECT' "$TMP/stats" || :; }
has_rounds() { (($(rounds) >= $1)); }

# What the other two have said since line LINE of their output.
traffic_said() { tail -n "+$1" "$TMP/traffic" | tail -n 3; }
stats_said() {
	tail -n "+$1" "$TMP/stats" | grep -v "^$\|$ROUND" | fold -s -w 78 || :
	grep "$ROUND" "$TMP/stats" | tail -n 6
}

sequence() {
	local n traffic stats
	touch "$TMP/traffic" "$TMP/stats"
	traffic >>"$TMP/traffic" 2>&1 &
	text >>"$TMP/stats" 2>&1 &
	for n in "${!STEPS[@]}"; do
		traffic=$(($(wc -l <"$TMP/traffic") + 1)) stats=$(($(wc -l <"$TMP/stats") + 1))
		title "$TITLE_LOADER: $((n + 1)) ${STEPS[n]}"
		step "$n" || die "that should have worked"
		poll has_rounds $(($(rounds) + 3)) || die "xdp_stats shows nothing new: $(tail -n 3 "$TMP/stats")"
		title "$TITLE_TRAFFIC"
		traffic_said "$traffic"
		title "$TITLE_STATS"
		stats_said "$stats"
	done
	printf '\n'
}

# ---------------------------------------------------------------- from beginning to end

OURS='' UNLOAD='' MOUNTED='' TMP='' PANES='' STOP=0

# What was there before stays, without a program if it had none.
cleanup() {
	local job
	trap '' HUP INT TERM PIPE
	[[ ! $TMP ]] || panes_end
	for job in $(jobs -p); do # one by one: bash 5.3 may spin in a wait for all, once its terminal has gone
		kill "$job" || :
		wait "$job" || :
	done 2>/dev/null
	[[ ! $TMP ]] || rm -rf -- "$TMP"
	if [[ $OURS ]]; then
		"$TOP/$TESTENV" --name "$NAME" teardown || :
	elif [[ $UNLOAD ]]; then
		"$LESSON/xdp_loader" -q -d "$NAME" --unload-all || :
	fi
	# Some kernels keep two files of their own there.
	[[ ! $MOUNTED || $(ls -A -I maps.debug -I progs.debug /sys/fs/bpf) ]] || umount /sys/fs/bpf || :
}

# While the environment is being made it is not known whose it is: a signal waits.
LATER=''
signalled() {
	STOP=$1
	[[ $LATER ]] || exit "$1"
}

# The loader would mount it, but the reader looks there first.
bpffs_prepare() {
	[[ $(stat -f -c %T /sys/fs/bpf) != bpf_fs ]] || return 0
	mount -t bpf -o mode=0755 bpf /sys/fs/bpf || die "cannot mount a BPF filesystem, where pins live, at /sys/fs/bpf"
	MOUNTED=yes
}

has_program() { [[ -e /sys/fs/bpf/$NAME || $(ip link show dev "$NAME") == *prog/xdp* ]]; }

environment_prepare() {
	if [[ -e $STATE_DIR/$NAME ]]; then
		has_program || UNLOAD=yes
		return
	fi
	LATER=yes
	! "$TOP/$TESTENV" --name "$NAME" setup >/dev/null || OURS=yes
	LATER=''
	((STOP == 0)) || exit "$STOP"
	[[ $OURS ]] || exit 1
}

watch() {
	local tool
	for tool in xdp_loader xdp_stats; do
		[[ -x $LESSON/$tool ]] || die "cannot run $tool: it is not built; run make in $TOP"
	done
	trap cleanup EXIT
	trap 'signalled 129' HUP
	trap 'signalled 130' INT
	trap 'signalled 141' PIPE
	trap 'signalled 143' TERM
	bpffs_prepare
	environment_prepare
	TMP=$(mktemp -d)
	"$@"
}

case $ROLE in
watch) if possible; then watch side_by_side; else watch sequence; fi ;;
plain) watch sequence ;;
traffic | loader | stats | possible) "$ROLE" ;;
*) die "no part '$ROLE': this is for testenv.sh and demo.sh to run" ;;
esac
