#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
# The man pages: that they are valid, say what --help says, and that their examples run.
load helpers
bats_require_minimum_version 1.5.0

MAN=$TOP/build/man
PAGES=(xdp_loader.8 xdp_stats.1 maps_ctl.8 xdp_stats_map.5)

@test "mandoc has nothing to say about the man pages" {
	cd "$MAN"
	mandoc -T lint -W style "${PAGES[@]}" >"$BATS_TEST_TMPDIR/lint" 2>&1 || :
	# Other packages' pages may be missing on this machine; ours are not where it looks.
	run -1 grep -vE 'referenced manual not found|outdated mandoc.db' "$BATS_TEST_TMPDIR/lint"
	for page in "${PAGES[@]}"; do
		! sed -nE 's/^\.Xr (xdp_[a-z_]+|maps_ctl) ([0-9]).*/\1.\2/p' "$page" | grep -vxF "$(printf '%s\n' "${PAGES[@]}")"
	done
}

rendered() { mandoc -T ascii "$MAN/$1" | sed 's/.\x08//g'; }

@test "each option of --help is on the page, with its text" {
	for page in xdp_loader.8 xdp_stats.1 maps_ctl.8; do
		rendered "$page" | tr -s ' \n' ' ' >"$BATS_TEST_TMPDIR/words"
		run -0 "$LESSON/${page%.*}" --help
		sed -nE 's/^  (-.,|   ) (--.{20}) (.*)/\1 \2 \3/p' <<<"$output" >"$BATS_TEST_TMPDIR/options"
		(($(wc -l <"$BATS_TEST_TMPDIR/options") > 10))
		while read -r line; do
			line=$(tr -s ' ' <<<"$line")
			grep -qF -e "$line" "$BATS_TEST_TMPDIR/words" || { echo "$page has no: $line" && false; }
		done <"$BATS_TEST_TMPDIR/options"
		while read -r usage; do
			rendered "$page" | grep -qF -e "$usage" || { echo "$page has no: $usage" && false; }
		done < <(sed -n '/^Usage:/,/^$/s/^\(Usage:\)\? *//p' <<<"$output" | grep .)
	done
}

# The commands under EXAMPLES, as they are shown.
examples() { sed -n '/^\.Sh EXAMPLES/,/^\.Sh SEE/s/^\.Dl //p' "$MAN/$1" | sed 's/\\-/-/g'; }

# One that serves until it is stopped.
serve() { # COMMAND
	local try
	$1 &
	for ((try = 0; try < 500; try++)); do
		! curl -sf http://127.0.0.1:10435/metrics >metrics || break
		sleep 0.02
	done
	kill $!
	wait $!
	grep -F 'xdp_stats_packets_total{device="eth0"' metrics
}

@test "the examples of the man pages run, in their order" {
	PATH=$LESSON:$PATH
	cd "$BATS_TEST_TMPDIR"
	cp "$LESSON/xdp_prog_kern.o" fw.o
	make_pair eth0 v1
	local page command count=0
	for page in "${PAGES[@]}"; do
		[[ $page != xdp_stats.1 ]] || xdp_loader -q -d eth0
		while read -r command; do
			echo "$page: $command"
			case $command in
			*--listen*) serve "$command" ;;
			*) bash -c "$command" ;;
			esac
			count=$((count + 1))
		done < <(examples "$page")
		[[ $page != xdp_stats.1 ]] || xdp_loader -q -d eth0 --unload
	done
	((count >= 18))
	[[ -s xdp.prom && -z $(attached) && ! -e $BPFFS/eth0 ]]
}

@test "xdp_stats_map(5) describes the map, the record and the owner as they are" {
	make_pair eth0 v1
	"$LOADER" -q -d eth0
	run -0 bpftool map show pinned "$BPFFS/eth0/xdp_stats_map"
	[[ $output == *"percpu_array"*"key 4B  value 16B  max_entries 5"* ]]
	for word in PERCPU_ARRAY 'XDP_REDIRECT (4)' 'XDP_ACTION_MAX (5)'; do
		rendered xdp_stats_map.5 | tr -s ' \n' ' ' | grep -F "$word"
	done
	rendered xdp_stats_map.5 | sed -n '/struct datarec {/,/};/p' | tr -d ' \n' |
		grep -F "$(sed -n '/^struct datarec/,/^}/p' "$TOP/headers/xdp_stats_record.h" | tr -d ' \t\n')"
	# The line of the owner, with its words in capitals replaced.
	line=$(rendered xdp_stats_map.5 | grep -m 1 'DEVICE ifindex')
	[[ $(readlink "$BPFFS/eth0/owner") =~ ^$(sed 's/^ *//; s/DEVICE/eth0/; s/NUMBER/[0-9]+/g; s/cookie/(cookie|inode)/' <<<"$line")$ ]]
}
