# SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
# What a README.org shows as a transcript is run, and compared; `load transcript` after helpers.
# shellcheck shell=bash

# The N-th example or source block under a heading of a file.
block() { # HEADING N FILE
	awk -v heading="* $1" -v want="$2" '
		/^\* / { here = ($0 == heading) }
		/^#\+end_/ { inside = 0 }
		inside && count == want
		here && /^#\+begin_/ { inside = 1; count++ }' "$TOP/$3"
}

# What differs from run to run, or from kernel to kernel, and nothing else: IDs, times, periods, the size
# of translated and compiled code (of a file only how many digits it has), whether libxdp attaches, and its
# order of programs; and what
# versions of ping write differently: of its first line the address is ours, of its last nothing. While IPv6
# is on, its neighbours are looked for at any time: of what passed then, whether there was any.
mask() { # [FILE]
	LC_ALL=C sed -E '
		s/[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9:.]+Z/TIME/g
		s/\bifindex [0-9]+/ifindex N/; s/netns (cookie|inode) [0-9]+/netns N/
		s/\bids?[: ][0-9]+ */id N /g; s/("map_id": |^TIME,"","testenv",|in map )[0-9]+/\1N/
		s/(since |"monotonic": |reason="start"\} )[0-9][0-9:.]*/\1TIME/
		s/^[0-9]{2}(:[0-9]{2}){2} /TIME /; s/^(TIME  period )[0-9.]+ s /\1N s /; s/, time [0-9]+ms$/, time N/
		s/^(PING [^ (]+).*/\1/; s/^(rtt|round-trip) .*/rtt/
		/^  attached /d
		s/tag [0-9a-f]{16}/tag T/; s/[0-9]+ B translated, [0-9]+ B native */N B translated, N B native /
		/^[0-9]+ bytes: /s/[0-9]/N/g
		s/^(xdp_stats  .*) [0-9:]{8}$/\1 TIME/; s/last [0-9]+ s, max [0-9.]+ [kMG]?pps/last N s, max N/
		/^[^ ]+ +(all|XDP_[A-Z]+) .* [kMG]?pps +[0-9.]+ [kMG]?bit/{
			s/ [0-9:]{8} .*/ TIME BARS/; s/ [0-9.]+ [kMG]?(pps|bit)/ N \1/g; s/ [0-9][0-9,]*/ N/; s/ +/ /g; }
		s/, (directly|through libxdp)$//; s/ id N ext / id N xdp /
		/disable_ipv6/,$!{
			/^([^ ]+ +)?XDP_PASS +[1-9]/{ s/ +[0-9][0-9.,]*( k?(B|pps|bit))?/ N \2/g; s/ +[^ -~]+$/ BARS/; }
			s/(XDP_PASS,,)[1-9][0-9]*,[1-9][0-9]*/\1N,N/; s/(XDP_PASS"\} )[1-9][0-9]*/\1N/
			s/("(packets|bytes)": )[1-9][0-9]*/\1N/
			s/(unequal:)[0-9]+/\1N/
		}
		s/ +$//' "$@"
}

# The screen of a command that draws until it is ended, once it has drawn some bars in each line that counts.
screen_of() { # COMMAND
	local tmux=(tmux -S "$BATS_TEST_TMPDIR/tmux" -f /dev/null) try screen=''
	LANG=C.UTF-8 "${tmux[@]}" new-session -d -x 100 -y 24 "$1"
	for ((try = 0; try < 250; try++)); do
		screen=$("${tmux[@]}" capture-pane -p)
		! grep -q '█' <<<"$screen" || grep XDP_ <<<"$screen" | grep -qvE '[▁▂▃▄▅▆▇█]' || break
		sleep 0.02
	done
	sed '/^$/d' <<<"$screen"
	"${tmux[@]}" kill-server
}

# Whether the transcript of the last replay shows what its commands have said.
is_shown() { diff <(mask "$BATS_TEST_TMPDIR/shown") <(mask "$BATS_TEST_TMPDIR/happened"); }

# The same with the commands in one block and what they print, all of it, in the next one.
replay_pair() { # HEADING N FILE
	cd "$TOP" || return
	block "$1" "$2" "$3" >"$BATS_TEST_TMPDIR/commands"
	block "$1" "$(($2 + 1))" "$3" >"$BATS_TEST_TMPDIR/shown"
	[[ -s $BATS_TEST_TMPDIR/shown ]]
	bash -e "$BATS_TEST_TMPDIR/commands" </dev/null >"$BATS_TEST_TMPDIR/happened" 2>&1
	is_shown || { echo "$3: $1" && return 1; }
}

# The commands of a transcript run, one after the other, and say what it shows. A line of output may
# begin with # too, in OpenMetrics.
replay() { # HEADING N FILE
	cd "$TOP" || return
	block "$1" "$2" "$3" >"$BATS_TEST_TMPDIR/shown"
	sed -n '/^# \(HELP\|TYPE\|UNIT\|EOF\)/!s/^# //p' "$BATS_TEST_TMPDIR/shown" >"$BATS_TEST_TMPDIR/commands"
	[[ -s $BATS_TEST_TMPDIR/commands ]]
	while read -r command; do
		echo "# $command"
		case $command in
		*" --live"*) screen_of "$command" ;;
		*) bash -c "$command" </dev/null 2>&1 || true ;; # what it printed is what counts
		esac
	done <"$BATS_TEST_TMPDIR/commands" >"$BATS_TEST_TMPDIR/happened"
	is_shown || { echo "$3: $1" && return 1; }
}

# "HEADING<tab>N<tab>FIRST-LINE" for each example and source block of a page, in their order.
blocks() { # FILE
	awk '/^\* / { heading = substr($0, 3); n = 0 }
		/^#\+begin_/ { n++; getline; print heading "\t" n "\t" $0 }' "$TOP/$1"
}
