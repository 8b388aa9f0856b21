#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
# xdp_stats with many devices: which it finds, what it costs, and that it notices at once.
# shellcheck disable=SC2030,SC2031,SC2154 # each test is a subshell; bats sets stderr
bats_require_minimum_version 1.5.0

load helpers
load traffic

teardown() { jobs_end; }

# COUNT maps of counters, of devices d1, d2, ... that do not exist.
maps_make() { # COUNT
	local i
	for ((i = 1; i <= $1; i++)); do
		own_folder "$BPFFS/d$i"
		echo "map create $BPFFS/d$i/xdp_stats_map type percpu_array key 4 value 16 entries 5 name xdp_stats_map"
	done >"$BATS_TEST_TMPDIR/maps"
	bpftool batch file "$BATS_TEST_TMPDIR/maps" >/dev/null
}

# The devices in the text, of several, on stdin.
names() { grep -oE '^[^ ]+ +(XDP_|-)' | sed 's/ .*//' | sort -u; }
titles() { names <"$OUT"; }

# How often each system call was made by xdp_stats with these options: "bpf ppoll write stat OTHERS".
# The time is not counted: where the kernel's clock allows, asking for it is no call.
calls() { # OPTION...
	strace -f -c -o "$BATS_TEST_TMPDIR/calls" "$STATS" "$@" >/dev/null
	awk '$NF == "newfstatat" || $NF == "stat" { n["stat"] = $4; next }
		$NF ~ /^(bpf|ppoll|write)$/ { n[$NF] = $4; next }
		$NF !~ /^(total|clock_gettime)$/ && $4 ~ /^[0-9]+$/ { others += $4 }
		END { print n["bpf"] + 0, n["ppoll"] + 0, n["write"] + 0, n["stat"] + 0, others + 0 }' \
		"$BATS_TEST_TMPDIR/calls"
}

@test "--dev given twice shows both, each under its name, and only these" {
	pair_make
	make_pair v2 v3
	make_pair v4 v5
	for device in va v2 v4; do "$LOADER" -q -d "$device" --progname xdp_drop_func; done
	frames_send 100
	run -0 "$STATS" --dev va --dev v2 --once
	[[ ${lines[1]} =~ ^va\ +XDP_DROP\ +100\ + && ${lines[2]} =~ ^v2\ +-\ +0\ + ]]
	((${#lines[@]} == 3))
	watch_start -d v2 -d va -i 0.05
	frames_send 23
	poll out_has '^va +XDP_DROP +123 '
	watch_end
	[[ $(tail -n 3 "$OUT") =~ ^Since\ the\ start,\ 1\ map\ .*va\ +XDP_DROP\ +23\ .*va\ +all\ +23\ + ]]
}

@test "a device that is given twice is shown once" {
	maps_make 2
	run -0 "$STATS" -d d1 -d d2 -d d1 --once --format openmetrics
	[[ -z $(grep -v '^#' <<<"$output" | sort | uniq -d) ]]
	run -0 "$STATS" -d d1 -d d1 -i 0.01 -n 2
	[[ $(grep -c '^XDP_DROP' <<<"$output") == 2 && $(names <<<"$output") == "" ]]
}

@test "one of two devices without a pin is an error that names it, unless --wait" {
	pair_make
	"$LOADER" -q -d va
	run --separate-stderr -40 "$STATS" -d va -d vb --once
	[[ $stderr == *"$BPFFS/vb/xdp_stats_map: nothing is pinned there"* && -z $output ]]
	watch_run "$STATS" -d va -d vb --once --wait
	poll err_has "waiting for $BPFFS/vb/xdp_stats_map"
	"$LOADER" -q -d vb
	wait "$WATCH"
	[[ $(titles) == $'va\nvb' ]]
}

@test "--all shows every device that has counters, those of named network namespaces too" {
	pair_make
	ip netns add in.ner
	ip link add v6 type veth peer name veth0 netns in.ner
	ip link add v0.1 type veth peer name v7
	for device in va v0.1; do "$LOADER" -q -d "$device"; done
	"$LOADER" -q --netns in.ner -d veth0
	mkdir "$BPFFS/nothing_of_ours"
	stranger_map "$BPFFS/nothing_of_ours/map"
	run -0 --separate-stderr "$STATS" --all --once
	[[ $(names <<<"$output") == $'in.ner/veth0\nv0.1\nva' && -z $stderr ]]
	run -0 "$STATS" --all --netns in.ner --once
	[[ $(names <<<"$output") == "in.ner/veth0" ]]
	run -0 "$STATS" --all --pin-base "$BPFFS/nothing_of_ours" --once
	[[ -z $output ]]
}

@test "--all picks up devices that come, also of a network namespace that comes, and drops those that go" {
	pair_make
	watch_start --all -i 0.05
	none grep . <(titles)
	"$LOADER" -q -d va --progname xdp_drop_func
	poll out_has '^va '
	frames_send 7
	poll out_has '^va +XDP_DROP +7 '
	ip netns add inner
	ip link add v6 type veth peer name veth0 netns inner
	"$LOADER" -q --netns inner -d veth0
	poll out_has '^inner/veth0 '
	"$LOADER" -q -d va --unload
	poll err_has "$BPFFS/va/xdp_stats_map is gone"
	: >"$OUT"
	poll out_has '^inner/veth0 '
	none out_has '^va '
	"$LOADER" -q -d va --progname xdp_drop_func
	frames_send 3
	poll out_has '^va +XDP_DROP +3 '
	watch_end
	assert_no_negative
	# In the totals stands what each of va's two maps has counted. (Truncated, the file begins with zeros.)
	[[ $(grep -aA1 '^Since the start, 2 maps' "$OUT") =~ va\ +XDP_DROP\ +10\ + ]]
}

@test "a map that is none of counters is named, once, and the others are shown" {
	maps_make 2
	own_folder "$BPFFS/odd"
	bpftool map create "$BPFFS/odd/xdp_stats_map" type array key 4 value 8 entries 1 name odd
	run -0 --separate-stderr "$STATS" --all -i 0.01 -n 5
	[[ $(grep -c "$BPFFS/odd/xdp_stats_map: it is a map of type" <<<"$stderr") == 1 ]]
	[[ $(grep -c '^d[12] ' <<<"$output") == 10 ]]
}

@test "while nothing changes, a round takes one call a device, one to sleep and one to write" {
	command -v strace >/dev/null || skip "strace is not installed"
	needs_kernel 5.13 "per-CPU arrays that are read in one call"
	needs_no_sanitizer "it makes calls of its own"
	local short long looks devices
	mkdir "$BPFFS/nothing_of_ours"
	for devices in 1 10; do
		((devices == 1)) && maps_make 1 || { rm -r "$BPFFS/d1"; maps_make 10; }
		short=$(calls --all -i 0.01 -n 10)
		SECONDS=0
		long=$(calls --all -i 0.01 -n 110)
		looks=$((SECONDS / 10 + 1)) # at each pin, and a sleep that it ends: a slow machine's run is long
		echo "$devices: $short; $long"
		read -r bpf _ writes looked others < <(paste -d ' ' <(tr ' ' '\n' <<<"$short") <(tr ' ' '\n' <<<"$long") |
			awk '{ printf "%d ", $2 - $1 } END { print "" }')
		read -r _ sleeps _ <<<"$long"
		((bpf == 100 * devices && sleeps <= 110 + looks && writes == 100))
		((looked <= devices * looks && others == 0))
	done
}

@test "another map is opened when it takes the pin's place, not at the next round" {
	pair_make
	"$LOADER" -q -d va --progname xdp_drop_func
	watch_start -d va -i 3600
	maps_held() { # by xdp_stats
		find "/proc/$WATCH/fd" -lname '*bpf-map' | wc -l
	}
	holds() { (($(maps_held) == $1)); }
	holds 1
	frames_send 5
	"$LOADER" -q -d va --progname xdp_drop_func
	poll holds 2
	frames_send 6
	watch_end
	has_packets all 11
}

@test "1,000 devices: all shown, in little memory, and none is lost" {
	local devices=$((TEST_SHARE > 1 ? 100 : 1000))
	maps_make "$devices"
	ulimit -Sn $((devices / 4))
	watch_start --all -i 0.1
	all_shown() { (($(titles | wc -l) == devices)); }
	poll all_shown
	local peak
	peak=$(sed -n 's/^VmHWM:[ \t]*\([0-9]*\) kB/\1/p' "/proc/$WATCH/status")
	echo "# $devices devices: $peak KB resident at most" >&3
	((peak < 16384))
	kill -INT "$WATCH"
	wait "$WATCH"
	[[ $(grep -c '^Since the start' "$OUT") == "$devices" ]]
}

@test "more devices than files may be open: one message says how many are left out, and how many files it takes" {
	maps_make 20
	run --separate-stderr -40 prlimit --nofile=16 "$STATS" --all --once
	[[ $output == *d1\ * && $(wc -l <<<"$stderr") == 1 ]]
	[[ $stderr =~ "could not open "[0-9]+" of 20 pins, $BPFFS/d"[0-9]+"/xdp_stats_map first: Too many open files; this process may open 16 files, and needs "([0-9]+)": 'ulimit -n "([0-9]+)"'" ]]
	[[ ${BASH_REMATCH[1]} == "${BASH_REMATCH[2]}" ]]
	prlimit --nofile="${BASH_REMATCH[1]}" "$STATS" --all --once
	echo before >"$BATS_TEST_TMPDIR/file"
	run --separate-stderr -1 prlimit --nofile=16 "$STATS" --all --once --format openmetrics --output "$BATS_TEST_TMPDIR/file"
	[[ $(<"$BATS_TEST_TMPDIR/file") == before ]]
}

@test "a folder that cannot be read is an error, and not an empty one" {
	command -v strace >/dev/null || skip "strace is not installed"
	maps_make 2
	run --separate-stderr -40 strace -f -o /dev/null -e inject=getdents64:error=ENOMEM:when=1 "$STATS" --all --once
	[[ -z $output && $stderr == *"could not read $BPFFS: Cannot allocate memory"* ]]
	watch_injected getdents64:error=ENOMEM:when=1 --all -i 0.05 # it is read again
	poll out_has '^d2 '
	watch_end
}

@test "--once --all --per-cpu shows the others though one cannot be read, and fails" {
	command -v strace >/dev/null || skip "strace is not installed"
	maps_make 3
	# Three are opened, asked and read; then the second is not read again, not even action by action.
	run --separate-stderr -40 strace -f -o /dev/null -e inject=bpf:error=EIO:when=11..12 "$STATS" --all --once --per-cpu
	echo "$output $stderr"
	[[ $(names <<<"$output") == $'d1\nd3' && $stderr == *"could not read map"* ]]
}

# What xdp_stats runs into where others have all of inotify that there is.
LACKS=(inotify_init1:error=EMFILE inotify_add_watch:error=ENOSPC)

@test "where inotify has no instance or no watch left, reloads are seen at the next round, and it is said once" {
	command -v strace >/dev/null || skip "strace is not installed"
	local lack
	pair_make
	"$LOADER" -q -d va --progname xdp_drop_func
	for lack in "${LACKS[@]}"; do
		watch_injected "$lack" -d va -i 0.05
		poll out_has period
		"$LOADER" -q -d va --progname xdp_pass_func
		poll err_has "another map now: id [0-9]*, generation 2"
		[[ $(grep -c "for changes" "$ERR") == 1 ]]
		watch_end
	done
}

@test "there --all picks up what comes and drops what goes, and a pin that is no counter map is named once" {
	command -v strace >/dev/null || skip "strace is not installed"
	local lack
	pair_make
	for lack in "${LACKS[@]}"; do
		own_folder "$BPFFS/odd"
		bpftool map create "$BPFFS/odd/xdp_stats_map" type array key 4 value 8 entries 1 name odd
		watch_injected "$lack" --all -i 0.05
		poll err_has "odd/xdp_stats_map: it is a map of type"
		"$LOADER" -q -d va --progname xdp_drop_func
		poll out_has '^va '
		frames_send 7
		poll out_has '^va +XDP_DROP +7 '
		"$LOADER" -q -d va --progname xdp_drop_func
		poll err_has "generation 2"
		rm -r "$BPFFS/odd"
		"$LOADER" -q -d va --unload
		poll err_has "$BPFFS/va/xdp_stats_map is gone"
		watch_end
		[[ $(grep -c "odd/xdp_stats_map: it is a map of type" "$ERR") == 1 ]]
	done
}

@test "a watcher that is late for each round is notified of changes nevertheless" {
	command -v strace >/dev/null || skip "strace is not installed"
	pair_make
	"$LOADER" -q -d va --progname xdp_drop_func
	watch_injected bpf:delay_enter=20000 -d va -i 0.001
	poll out_has period
	"$LOADER" -q -d va --progname xdp_drop_func
	poll err_has "generation 2"
	watch_end
}

@test "a pin that may not be read is named once, until its mode changes" {
	needs_kernel 5.19 "reading without privilege"
	maps_make 2
	chmod 0755 "$BPFFS"/d?
	chmod 0644 "$BPFFS/d1/xdp_stats_map"
	public_stats
	watch_run setpriv --reuid 65534 --regid 65534 --clear-groups --inh-caps=-all \
		--bounding-set=-all "$PUBLIC" --all -i 0.02
	poll out_has '^d1 '
	sleep 0.3
	[[ $(grep -c "$BPFFS/d2/xdp_stats_map is a pin that you may not read" "$ERR") == 1 ]]
	none out_has '^d2 '
	chmod 0644 "$BPFFS/d2/xdp_stats_map"
	poll out_has '^d2 '
	watch_end
}
