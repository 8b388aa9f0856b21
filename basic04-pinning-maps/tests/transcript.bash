# SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
# What a README.org shows as a transcript is run, and compared; `load transcript` after helpers.
# shellcheck shell=bash

# Each block of a page, in its order: its number, its kind (example, or a source's language), the heading above.
blocks() { # FILE
	awk '/^\* / { heading = substr($0, 3) }
		/^#\+begin_/ { print ++n "\t" (/_src/ ? $2 : "example") "\t" heading }' "$TOP/$1"
}

block() { # N FILE
	awk -v want="$1" '/^#\+end_/ { inside = 0 } inside; /^#\+begin_/ { inside = ++n == want }' "$TOP/$2"
}

# The blocks of a kind, below a heading or all of them.
blocks_of() { # KIND FILE [HEADING]
	blocks "$2" | awk -F '\t' -v kind="$1" -v heading="${3-}" \
		'$2 == kind && (heading == "" || $3 == heading) { print $1 }'
}

# What differs from run to run, or from kernel to kernel, and nothing else: IDs, times, periods, the size
# of translated and compiled code (of a file only how many digits it has), whether libxdp attaches, and its
# order of programs; and what versions of ping write differently: of its first line the address is ours, of
# its last nothing.
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
		/^[^ ]+ +(all|XDP_[A-Z]+) [^B]* [kMG]?pps +[0-9.]+ [kMG]?bit/{
			s/ [0-9:]{8} .*/ TIME BARS/; s/ [0-9.]+ [kMG]?(pps|bit)/ N \1/g; s/ [0-9][0-9,]*/ N/; s/ +/ /g; }
		s/, (directly|through libxdp)$//; s/ id N ext / id N xdp /
		s/ +$//' "$@"
}

# While IPv6 is on, its neighbours are looked for at any time: of what passed then, whether there was any.
mask_neighbours() {
	LC_ALL=C sed -E '
		/^([^ ]+ +)?XDP_PASS +[1-9]/{ s/ +[0-9][0-9.,]*( k?(B|pps|bit))?/ N \2/g; s/ +[^ -~]+$/ BARS/; }
		s/(XDP_PASS,,)[1-9][0-9]*,[1-9][0-9]*/\1N,N/; s/(XDP_PASS"\} )[1-9][0-9]*/\1N/
		s/("(packets|bytes)": )[1-9][0-9]*/\1N/
		s/(unequal:)[0-9]+/\1N/
		s/ +$//'
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

# Whether block N of the last replay has printed what its page shows.
is_shown() { # N
	local mask=mask
	[[ -e $REPLAY/$1.quiet ]] || mask='mask | mask_neighbours'
	diff <(eval "$mask" <"$REPLAY/$1.shown") <(eval "$mask" <"$REPLAY/$1.happened")
}

# What the page shows as the output of a block of commands.
output_of() { # N FILE
	local next
	next=$(blocks "$2" | awk -F '\t' -v n="$1" '
		$1 == n { heading = $3 } $1 == n + 1 && $2 == "example" && $3 == heading { print $1 }')
	[[ ! $next ]] || block "$next" "$2"
}

# Runs a page's blocks of commands, or those of these numbers, one after the other, as if they were pasted into
# one shell: a command that fails does not end the rest. The example block after a block of commands, below the same
# heading, shows what they print, all of it. If there is none, they print nothing.
replay() { # FILE [N...]
	cd "$TOP" || return
	REPLAY=$BATS_TEST_TMPDIR/replay
	local page=$1 n numbers=("${@:2}") quiet='' failed=''
	((${#numbers[@]})) || mapfile -t numbers < <(blocks_of sh "$page")
	((${#numbers[@]}))
	rm -rf "$REPLAY"
	mkdir "$REPLAY"
	echo "shopt -s expand_aliases" >"$REPLAY/session" # as a shell that is typed into
	for n in "${numbers[@]}"; do
		block "$n" "$page" >"$REPLAY/$n.commands"
		output_of "$n" "$page" >"$REPLAY/$n.shown"
		case $(<"$REPLAY/$n.commands") in
		*disable_ipv6*) quiet=yes ;;
		*"testenv.sh setup"*) quiet='' ;;
		esac
		[[ ! $quiet ]] || : >"$REPLAY/$n.quiet"
		printf 'exec >%q 2>&1\n' "$REPLAY/$n.happened"
		sed "/ --live/s/.*/screen_of '&'/" "$REPLAY/$n.commands"
	done >>"$REPLAY/session"
	export -f screen_of
	bash "$REPLAY/session" </dev/null || true
	for n in "${numbers[@]}"; do
		is_shown "$n" || { echo "$page: $(<"$REPLAY/$n.commands")" && failed=yes; }
	done
	[[ ! $failed ]]
}

# Whether the last replay of a block would have failed if the page showed something else: each change does
# change what is shown, and is found.
is_exact() { # N SED-COMMAND...
	local shown=$REPLAY/$1.shown change
	cp "$shown" "$shown.page"
	for change in "${@:2}"; do
		sed -E "$change" "$shown.page" >"$shown"
		echo "$change"
		run -1 cmp -s "$shown" "$shown.page"
		run -1 is_shown "$1"
	done
	cp "$shown.page" "$shown"
}
