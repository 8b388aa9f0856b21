#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
# xdp_stats --live on a real terminal, tmux's.
# shellcheck disable=SC2030,SC2031,SC2154 # each test is a subshell; bats sets stderr
bats_require_minimum_version 1.5.0

load helpers
load traffic

TMUX_SOCKET=$BATS_TEST_TMPDIR/tmux

teardown() {
	tmux -S "$TMUX_SOCKET" kill-server 2>/dev/null || :
	jobs_end
}

in_tmux() { tmux -S "$TMUX_SOCKET" "$@"; }

# Starts it in a terminal; the shell around it says how it ended and whether the terminal still echoes.
LIVE_ENV=(LC_ALL= LC_CTYPE= LANG=C.UTF-8)
live_start() { # COLUMNSxLINES OPTION...
	local size=$1
	shift
	cat >"$BATS_TEST_TMPDIR/run" <<-END
		$(printf '%q ' env "${LIVE_ENV[@]}" "$STATS" --live "$@")
		echo "ended with \$?, \$(stty -a | grep -o -- '-*echo ')"
		exec sleep 1000
	END
	LANG=C.UTF-8 in_tmux -f /dev/null new-session -d -x "${size%x*}" -y "${size#*x}" "bash $BATS_TEST_TMPDIR/run"
	poll shows 'DEVICE|ended'
}

screen() { in_tmux capture-pane -p; }
shows() { screen >"$OUT" && grep -qE -- "$1" "$OUT"; }
shows_not() { ! shows "$1"; }
press() { in_tmux send-keys "$@"; }
resize() { in_tmux resize-window -x "${1%x*}" -y "${1#*x}"; } # COLUMNSxLINES
# Of the last reading, in the title.
clock() { screen | head -n 1 | grep -oE '[0-9:]{8}$'; }
# The devices in their order, the first NUMBER rows of the table.
order() { screen | sed '1,/^TOTAL/d' | awk -v n="$1" 'NR <= n { printf "%s ", $1 }'; } # NUMBER
is_order() { [[ $(order "$#") == "$* " ]]; }
pid() { pgrep -f "^$STATS --live"; }

# Writes PACKETS into a map, of ACTION; on each CPU, as bpftool does.
count_write() { # PATH ACTION PACKETS
	local byte value=()
	for ((byte = 0; byte < 64; byte += 8)); do value+=($(($3 >> byte & 255))); done
	bpftool map update pinned "$1" key "$2" 0 0 0 value "${value[@]}" 0 0 1 0 0 0 0 0
}

cpus() { echo $(($(sed 's/.*-//' /sys/devices/system/cpu/possible) + 1)); }

# Maps of counters that nobody counts in, with drops.
counted() { # NAME=PACKETS...
	local each
	: >"$ERR"
	for each; do
		map_make "$BPFFS/${each%=*}/xdp_stats_map"
		count_write "$BPFFS/${each%=*}/xdp_stats_map" 1 "${each#*=}"
	done
}

dropping() {
	: >"$ERR"
	pair_make
	"$LOADER" -q -d va --progname xdp_drop_func
}

@test "a row for each action that counts, with totals, rates and a sparkline; q ends it, and restores the terminal" {
	dropping
	live_start 100x12 -d va -i 0.1
	frames_send 1234
	poll shows '^va +XDP_DROP +1,234 '
	shows '^TOTAL +all +1,234 '
	shows_not XDP_PASS
	traffic_start
	poll shows '^va +XDP_DROP +[0-9,]+ +[0-9.]+ k?pps +[0-9.]+ [kM]bit/s +[0-9:]{8} .*█'
	traffic_end
	press q
	poll shows 'ended with 0, echo'
}

@test "q, and a signal, leave the totals on the screen of before" {
	local end
	dropping
	for end in q TERM; do
		TMUX_SOCKET=$BATS_TEST_TMPDIR/tmux-$end # the last server may still be on its way out
		live_start 100x30 -d va -i 0.1
		frames_send 1234
		poll shows '^va +XDP_DROP +[12],[0-9]{3} '
		if [[ $end == q ]]; then press q; else kill "$(pid)"; fi
		poll shows 'ended with 0, echo'
		shows '^XDP_DROP +1,234 '
		in_tmux kill-server
	done
}

@test "first of all it says which device drops most, how much, and since when" {
	counted a=3 b=700 c=20
	live_start 80x24 --all -i 0.1
	since=$(date -d "@$(stat -c %Y "$BPFFS/b/xdp_stats_map")" +%T)
	poll shows "^dropped most: b  none now  [0-9.]+ % of all  [0-9,]+ counted since $since\$"
	pair_make
	"$LOADER" -q -d va --progname xdp_drop_func
	frames_send 4
	traffic_start
	poll shows '^drops most: va  [0-9.]+ k?pps  100 % of all  [0-9,]+ counted since [0-9:]{8}$'
	"$LOADER" -q -d va --progname xdp_abort_func # loses packets, too
	poll shows '^va +XDP_ABORTED '
	poll shows '^va +XDP_DROP +0 +0 pps '
	poll shows '^drops most: va  [0-9.]+ k?pps  100 % of all  [0-9,]+ counted since [0-9:]{8}$'
	traffic_end
	shows '[0-9]{2}:[0-9]{2}:[0-9]{2}$'
}

@test "SINCE is when the map was pinned: a reload that reuses it does not change that, one that does not does" {
	local first
	dropping
	live_start 100x12 -d va -i 0.1
	frames_send 5
	poll shows '^va +XDP_DROP +5 '
	first=$(stat -c %Y "$BPFFS/va/xdp_stats_map")
	until (($(date +%s) > first)); do sleep 0.1; done
	"$LOADER" -q -d va --progname xdp_drop_func --reuse-maps
	frames_send 5
	poll shows "^va +XDP_DROP +10 .* $(date -d "@$first" +%T) "
	"$LOADER" -q -d va --progname xdp_drop_func
	frames_send 5
	poll shows '^va +XDP_DROP +5 '
	poll shows " $(date -d "@$(stat -c %Y "$BPFFS/va/xdp_stats_map")" +%T) "
	shows_not " $(date -d "@$first" +%T) "
}

@test "--action: rows of those actions only, and a device that has counted none of them stays in sight" {
	: >"$ERR"
	pair_make
	"$LOADER" -q -d va
	"$LOADER" -q -d vb
	frames_send 4
	"$LOADER" -q -d va -M --progname xdp_drop_func
	frames_send 3
	live_start 100x12 -d va -d vb -i 0.1 --action drop --action tx
	poll shows '^va +XDP_DROP +3 '
	shows '^vb +- '
	shows_not XDP_PASS
	press q
	poll shows 'ended with 0, echo'
}

@test "a message says when another map is there, and why; the keys stay in sight" {
	dropping
	live_start 100x12 --all -i 0.1
	"$LOADER" -q -d va --progname xdp_pass_func
	poll shows "$BPFFS/va/xdp_stats_map is another map now: id [0-9]*, generation 2"
	shows '^q quit  \? help'
	make_pair v2 v3
	"$LOADER" -q -d v2
	poll shows '^v2 '
	ip link delete v2
	"$LOADER" -q -d v2 --unpin
	poll shows "v2/xdp_stats_map is gone"
	shows '^q quit  \? help'
	poll shows_not '^\(?v2\)? '
}

@test "a device whose pin is gone is in parentheses as long as it is shown" {
	dropping
	live_start 80x24 -d va -i 0.1
	frames_send 5
	poll shows '^va +XDP_DROP +5 '
	"$LOADER" -q -d va --unpin
	poll shows '^\(va\) +XDP_DROP +5 '
}

@test "a message that is too long for a line is broken between words, and goes after some seconds" {
	dropping
	live_start 60x24 -d va -i 9
	poll shows 'every 9 s'
	"$LOADER" -q -d va --progname xdp_pass_func
	poll shows "^$BPFFS/va/xdp_stats_map is another map now"
	shows 'since [0-9:.]+$'
	clock=$(clock)
	poll shows_not 'another map now'
	[[ $(clock) == "$clock" ]] # nothing was read meanwhile
}

@test "space pauses and goes on, c shows the CPUs, + is faster, - is slower" {
	dropping
	live_start 80x24 -d va -i 0.2
	frames_send 100
	poll shows 'XDP_DROP +100 '
	press Space
	poll shows '^PAUSED'
	frames_send 10
	sleep 0.6
	shows 'XDP_DROP +100 '
	press Space
	poll shows 'XDP_DROP +110 '
	shows_not PAUSED
	press c
	poll shows '^ +CPU [0-9]+ +[0-9]+ +0 pps'
	traffic_start
	poll shows '^ +CPU [0-9]+ +[0-9,]+ +[0-9.]+ kpps'
	traffic_end
	press c
	poll shows_not CPU\ [0-9]
	shows '\+ faster  - slower$'
	press -- -
	poll shows 'every 0.4 s'
	press +
	press +
	poll shows 'every 0.1 s'
}

@test "s sorts by rate, bit rate, packets, name, and says by which" {
	counted zeta=9 alpha=700 d10=20 d2=30
	pair_make
	"$LOADER" -q -d va --progname xdp_drop_func
	live_start 80x24 --all -i 0.1
	traffic_start
	poll is_order va alpha d2 d10 zeta
	shows 's sort: rate '
	press s
	poll shows 's sort: bit rate '
	poll is_order va alpha d2 d10 zeta
	traffic_end
	press s
	poll shows 's sort: packets '
	ip link delete va
	"$LOADER" -q -d va --unpin
	poll is_order alpha d2 d10 zeta
	press s
	poll shows 's sort: name '
	poll is_order alpha d2 d10 zeta
	press s
	poll shows 's sort: rate '
}

@test "/ shows the rows whose device or action contains a text, as it is typed; Enter keeps it, Esc shows all" {
	counted eth0=9 eth1=700 wlan0=20
	count_write "$BPFFS/wlan0/xdp_stats_map" 2 1
	live_start 80x24 --all -i 0.1
	press s s
	poll is_order eth1 wlan0 eth0 wlan0
	press / E T H q
	poll shows '^filter: ETHq_  Enter: keep it  Esc: show all'
	poll shows '^no row contains that'
	press BSpace
	poll is_order eth1 eth0
	shows '^xdp_stats  2 devices .* only .ETH.  2 rows '
	press Enter
	poll shows '^q quit .*Esc show all'
	press Escape
	poll is_order eth1 wlan0 eth0 wlan0
	press / p a s s
	poll is_order wlan0
	press Escape
	poll is_order eth1 wlan0 eth0 wlan0
	shows_not 'filter:'
}

@test "without any device the view waits for one" {
	: >"$ERR"
	live_start 80x24 --all -i 0.1
	poll shows '^nothing is counted yet'
	shows '^xdp_stats  0 devices .* 0 rows '
	map_make "$BPFFS/eth0/xdp_stats_map"
	count_write "$BPFFS/eth0/xdp_stats_map" 1 9
	poll shows '^eth0 +XDP_DROP '
	press q
	poll shows 'ended with 0, echo'
}

@test "a filter that is longer than the line shows its end, whatever its characters" {
	counted eth0=9
	live_start 21x8 --all -i 0.1
	press / "$(printf 'ä%.0s' {1..25})"
	press e n d
	poll shows '^ä{17}end_$'
}

@test "? explains keys and columns, in any size; another key returns" {
	counted eth0=9
	live_start 80x24 --all -i 0.1
	press '?'
	poll shows '^s +sort by rate'
	shows '^SINCE +when the map was pinned'
	shows_not DEVICE
	resize 20x5
	poll shows '^  quit, and print'
	press End
	poll shows DEVICE
	press '?'
	press -N 100 Down
	poll shows 'its map is$|is still read'
	press x
	poll shows DEVICE
}

@test "a thousand devices are scrolled through" {
	local i count=$((TEST_SHARE > 1 ? 100 : 1000))
	: >"$ERR"
	for ((i = 1; i <= count; i++)); do
		own_folder "$BPFFS/d$i"
		echo "map create $BPFFS/d$i/xdp_stats_map type percpu_array key 4 value 16 entries 5 name xdp_stats_map"
	done >"$BATS_TEST_TMPDIR/maps"
	bpftool batch file "$BATS_TEST_TMPDIR/maps" >/dev/null
	live_start 80x24 --all -i 0.2
	poll shows "rows 1-19 of $count "
	is_order d1 d2 d3 d4 d5
	press Down
	poll shows "rows 2-20 of $count "
	is_order d2 d3
	press End
	poll shows "rows $((count - 18))-$count of $count "
	shows "^d$count "
	press Up
	poll shows_not "^d$count "
	press PPage
	poll shows "rows $((count - 38))-$((count - 20)) of $count "
	press Home
	poll shows '^d1 '
}

# What a row may say of 1,500,000 packets on one CPU: columns that are there are whole.
whole_row() { # WIDTH
	screen >"$OUT"
	grep -qE '^(very|veryl.*~|verylongname-15) +(XDP_DROP|DROP)( +1,500,000| +1\.50M)?( +0 pps| +0)( +0 bit/s)?( +[0-9:]{8})?$' "$OUT" &&
		! grep -E "^.{$(($1 + 1))}" "$OUT" && sed -n '$p' "$OUT" | grep -qE '(^| )(quit|help|filter|CPUs|pause|faster|slower|rate)$'
}

@test "in any width a column is whole or left out, and so is a key" {
	local width
	: >"$ERR"
	counted verylongname-15=$((1500000 / $(cpus)))
	live_start 120x24 --all -i 0.1
	for width in 120 100 90 85 81 80 79 75 70 65 60 55 50 45 41 40 39 35 30 25 21 20; do
		resize "${width}x24"
		poll whole_row "$width"
	done
	resize 80x24
	poll shows '^verylongname-15 DROP +1,500,000 '
	resize 40x24
	poll shows '^verylongname-15 DROP +1.50M '
	resize 20x24
	poll shows '^veryl.*~ DROP +0$'
}

@test "it lives through sizes from 20x5 to 200x50, and smaller ones" {
	local size
	dropping
	live_start 80x24 -d va -i 0.1
	frames_send 77
	for size in 20x5 200x50 5x2 1x1 80x24; do
		resize "$size"
		sleep 0.2
		pid
	done
	poll shows '^va +XDP_DROP +77 '
	resize 20x5
	poll shows '^va '
	press q
	resize 80x24
	poll shows 'ended with 0, echo'
}

clock_has_left() { [[ $(clock) != "$1" ]]; }

# Bytes that it has sent since the last call; after that the clock has gone on once.
sent_since() {
	local now
	poll clock_has_left "$(clock)"
	now=$(sed -n 's/^wchar: //p' "/proc/$(pid)/io")
	echo $((now - LAST))
	LAST=$now
}

@test "a refresh sends what has changed: nothing but the clock if nobody counts" {
	local i
	for ((i = 1; i <= 40; i++)); do echo "d$i=$((i * 7))"; done >"$BATS_TEST_TMPDIR/devices"
	# shellcheck disable=SC2046 # words
	counted $(<"$BATS_TEST_TMPDIR/devices")
	live_start 80x24 --all -i 0.1
	LAST=0
	sent_since >/dev/null # the first screen
	LAST=$(sed -n 's/^wchar: //p' "/proc/$(pid)/io")
	sent=$(sent_since)
	echo "$sent bytes while the clock went on by a second"
	((sent > 0 && sent < 400)) # a screen has 1,920
}

colours() { in_tmux capture-pane -p -e >"$OUT" && grep -q $'\e\[31m' "$OUT"; }

@test "colours are the terminal's; none with NO_COLOR, and everything is still said" {
	counted eth0=700
	live_start 80x24 --all -i 0.1
	poll shows '^eth0 +XDP_DROP '
	poll colours
	in_tmux kill-server
	TMUX_SOCKET=$BATS_TEST_TMPDIR/tmux-2
	LIVE_ENV+=(NO_COLOR=1)
	live_start 80x24 --all -i 0.1
	poll shows '^eth0 +XDP_DROP '
	none colours
	none grep -E $'\e\[[0-9;]*3[0-8]' "$OUT"
}

@test "sparklines are UTF-8 if the terminal has it, without its locale; else ASCII" {
	local environment
	dropping
	traffic_start
	for environment in 'LANG=C.UTF-8 █' 'LANG=xx_YY.UTF-8 █' 'LC_CTYPE=en_US.utf8 █' 'LC_ALL=POSIX #' 'LANG=C #'; do
		TMUX_SOCKET=$BATS_TEST_TMPDIR/tmux-${environment% *}
		LIVE_ENV=(LC_ALL= LC_CTYPE= LANG= "${environment% *}")
		live_start 80x24 -d va -i 0.1
		poll shows "^va +XDP_DROP .*${environment#* }"
		in_tmux kill-server
	done
	traffic_end
}

@test "the terminal is restored when it is stopped, and when it crashes" {
	local signal
	dropping
	for signal in TERM INT SEGV ABRT HUP; do
		TMUX_SOCKET=$BATS_TEST_TMPDIR/tmux-$signal # the last server may still be on its way out
		live_start 80x24 -d va -i 0.1
		kill -"$signal" "$(pid)"
		poll shows 'ended with [0-9]+, echo'
		shows_not DEVICE
		in_tmux kill-server
	done
}

# Not its session's, so that no SIGHUP comes: as for a process that sudo or a container runs.
@test "it ends when its terminal has gone, also if no signal says so" {
	dropping
	run -0 timeout 20 python3 -c '
import os, pty, subprocess, sys
terminal, its_side = pty.openpty()
process = subprocess.Popen(sys.argv[1:], stdin=its_side, stdout=its_side, stderr=subprocess.PIPE)
os.close(its_side)
os.read(terminal, 1000)
os.close(terminal)
said = process.communicate()[1]
print(process.returncode, said.decode())
' env TERM=xterm "$STATS" --live -d va -i 60
	[[ $output == "1 "*"could not write to standard output: Input/output error"* ]]
}

@test "without a terminal, or with one that nobody knows, it says so" {
	dropping
	run -2 "$STATS" --live -d va
	[[ $output == *"--live needs a terminal"* ]]
	run -2 on_terminal "TERM=nosuch $STATS --live -d va"
	[[ $output == *"'nosuch' is not known here; set TERM"* ]]
}

@test "--cost adds what a packet costs and the share of a CPU, in the rows and in the sum" {
	needs_kernel 5.8 "run-time statistics without the sysctl"
	dropping
	live_start 100x12 -d va -i 0.2 --cost
	shows '^DEVICE .* NS/PKT +CPU +SINCE'
	traffic_start
	poll shows '^va +XDP_DROP +[0-9,]+ .*bit/s +[1-9][0-9.]* +[0-9.]+% '
	poll shows '^TOTAL +all +[0-9,]+ .*bit/s +[0-9.]+%'
	resize 30x12
	poll shows_not 'NS/PKT'
	traffic_end
	resize 100x12
	poll shows '^va .* 0 pps +0 bit/s +- +- '
	press q
	poll shows 'ended with 0, echo'
	in_tmux capture-pane -p | grep -q 'cost .* ns a packet'
}
