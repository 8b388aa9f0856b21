#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
# xdp_stats --cost: what the program costs, by the kernel's run-time statistics, which are on only while
# somebody looks.
# shellcheck disable=SC2030,SC2031,SC2154 # each test is a subshell; bats sets stderr
bats_require_minimum_version 1.5.0

load helpers
load traffic

teardown() { jobs_end; }

SYSCTL=/proc/sys/kernel/bpf_stats_enabled

dropping() { # LOADER-OPTION...
	needs_kernel 5.8 "run-time statistics without the sysctl"
	pair_make
	load_drop "$@"
}
load_drop() { "$LOADER" -q -d va --progname xdp_drop_func "$@"; }

# How often the kernel says the program on the hook has run: behind libxdp's dispatcher, that.
kernel_runs() {
	local shown
	shown=$(bpftool -j prog show id "$(runnable_id va)")
	[[ $shown =~ '"run_cnt":'([0-9]+) ]] && echo "${BASH_REMATCH[1]}" || echo 0
}

# Whether the kernel measures: a frame is a run, then.
measures() {
	local before
	before=$(kernel_runs)
	frames_send 1
	(($(kernel_runs) > before))
}

# Other test files may run at the same time, and look for a while.
measures_no_more() {
	local try
	for ((try = 0; try < 1200; try++)); do
		measures || return 0
		sleep 0.1
	done
	echo "the kernel still measures"
	return 1
}

# Whether the watching process keeps them on.
holds() { find "/proc/$WATCH/fd" -lname 'anon_inode:bpf-stats' | grep -q .; }
holds_not() { ! holds; }

# Another tool that wants them, until it is killed.
hold_start() {
	local number
	case $(uname -m) in
	x86_64) number=321 ;;
	aarch64) number=280 ;;
	*) skip "bpf() has a number here that this test does not know" ;;
	esac
	# shellcheck disable=SC2016  # the variables are perl's
	perl -e '$| = 1; my $type = pack "L", 0; my $fd = syscall($ARGV[0] + 0, 32, $type, 4); $fd < 0 and die "bpf: $!\n"; print "on\n"; sleep' \
		"$number" >"$BATS_TEST_TMPDIR/held" &
	HOLDER=$!
	poll test -s "$BATS_TEST_TMPDIR/held"
}

since_start() { jq -s 'last.cost.since_start.runs' "$OUT"; }
has_runs() { [[ $(since_start) == "$1" ]]; }

@test "--json: as many runs as packets, nanoseconds of each, valid by the schema" {
	dropping
	watch_start -d va --cost -i 0.1 --json
	frames_send 1000
	poll has_runs 1000
	# By the kernel's own word.
	[[ $(jq -s 'last.cost.runs' "$OUT") == "$(kernel_runs)" ]]
	watch_end
	assert_valid xdp_stats "$OUT"
	jq -se --argjson id "$(runnable_id va)" 'all(.[]; .cost.program_id == $id)' "$OUT"
	# The rounds with traffic: each run took time, and together they took less than one CPU.
	jq -se '[.[] | select(.cost.ns_per_run)] | length > 0 and all(.[]; .cost |
		.ns_per_run > 1 and .ns_per_run < 1e6 and .cpu_share > 0 and .cpu_share < 1)' "$OUT"
	jq -se 'last.cost | .since_start.run_ns > 0 and .since_start.run_ns <= .run_ns' "$OUT"
	jq -se 'last.cost | .ns_per_run == null and .cpu_share == null' "$OUT"
	[[ ! -s $ERR ]]
}

@test "text: a line below the actions, and the mean in the totals; a dash if nothing ran" {
	local cost='^cost +[0-9.]+ [nu]s a packet'
	dropping
	watch_start -d va --cost -i 0.1
	poll out_has '^cost +-$'
	frames_send 1000
	poll out_has "$cost, (under )?[0-9]+\.[0-9][0-9] % of a CPU$"
	watch_end
	# The last line, after those of the totals.
	tail -n 1 "$OUT" | grep -E "$cost$"
	run -0 "$STATS" -d va --cost --once
	grep -E "$cost$" <<<"$output"
}

@test "behind libxdp's dispatcher the dispatcher is measured, with what it calls" {
	local output
	needs_kernel 5.8 "run-time statistics without the sysctl"
	pair_make
	output=$("$LOADER" -d va --progname xdp_drop_func)
	needs_dispatcher "$output"
	watch_start -d va --cost -i 0.1 --json
	frames_send 100
	poll has_runs 100
	load_drop
	frames_send 10
	poll has_runs 110
	watch_end
	jq -se 'last.cost.program == "xdp_dispatcher"' "$OUT"
}

@test "without --cost nothing is measured, and no format has a word of it" {
	local format
	dropping
	for format in text json csv openmetrics; do
		run -0 "$STATS" -d va -n 1 -i 0.01 --format "$format"
		[[ $output == *DROP* && $output != *cost* && $output != *run* ]]
	done
	watch_start -d va --json
	none holds
	watch_end
}

@test "--format csv: columns at the end, empty where nothing is known" {
	local plain line
	dropping
	run -0 "$STATS" -d va --once --format csv
	plain=${lines[0]}
	run -0 --separate-stderr "$STATS" -d va --once --format csv --cost
	[[ ${lines[0]} == "$plain,program_id,runs,run_ns,runs_since_start,run_ns_since_start,ns_per_run,cpu_share" ]]
	[[ ${lines[2]} == *",XDP_DROP,,0,0,,,,0,0,$(runnable_id va),0,0,0,0,," ]]
	watch_start -d va --cost -i 0.1 --format csv --per-cpu
	frames_send 100
	poll out_has ',100,[0-9]+,100,[0-9]+,[0-9]+\.[0-9],0\.[0-9]{9}$'
	watch_end
	while read -r line; do
		[[ $(tr -dc , <<<"$line") == "$(tr -dc , <<<"${lines[0]}")" ]]
	done <"$OUT"
	ip link set va xdp off
	run -0 "$STATS" -d va --once --format csv --cost
	[[ $output == *",0,0,,,,,,,"* ]]
}

@test "--format openmetrics: seconds and runs, by Prometheus' conventions" {
	dropping
	watch_run "$STATS" --all --cost --listen 0
	poll err_has 'listening on .*: '
	URL=http://$(sed -n 's/.*listening on \([^ ]*\): .*/\1/p' "$ERR")
	frames_send 100
	curl -sS "$URL/metrics" >"$BATS_TEST_TMPDIR/metrics"
	promtool check metrics <"$BATS_TEST_TMPDIR/metrics"
	grep -q "^xdp_stats_program_runs_total{device=\"va\",netns=\"\"} $(kernel_runs)$" "$BATS_TEST_TMPDIR/metrics"
	grep -qE '^xdp_stats_program_run_seconds_total\{device="va",netns=""\} 0\.[0-9]{9}$' "$BATS_TEST_TMPDIR/metrics"
	run -0 curl -sS -H 'Accept: application/openmetrics-text; version=1.0.0' "$URL/metrics"
	for metric in "xdp_stats_program_runs runs" "xdp_stats_program_run_seconds seconds"; do
		[[ $output == *"# TYPE ${metric% *} counter
# UNIT $metric
${metric% *}_total{"* ]]
	done
	watch_end
}

programs_are() { [[ $(jq -s '[.[].cost | select(.) | .program_id] | unique | length' "$OUT" 2>/dev/null) == "$1" ]]; } # NUMBER

@test "totals continue through reloads, on the old map and on a new one, and never fall" {
	local sum=0 programs=1 option
	dropping
	watch_start -d va --cost -i 0.05 --json
	for option in '' --reuse-maps '' --reuse-maps; do
		frames_send 100
		poll has_runs $((sum += 100))
		# shellcheck disable=SC2086 # none is none
		load_drop $option
		poll programs_are $((programs += 1))
		frames_send 10
		poll has_runs $((sum += 10))
	done
	"$LOADER" -q -d va --unload
	poll out_has '"cost":null'
	load_drop
	frames_send 7
	poll has_runs $((sum + 7))
	watch_end
	programs_are 6
	jq -se '[.[].cost | select(.) | .since_start.runs] | . == sort' "$OUT"
}

# In each round: between the two readings a frame may come.
as_many_runs_as_packets() {
	jq -se 'all(.[]; (.actions.XDP_DROP.since_start.packets - (.cost.since_start.runs // 0)) | . < 3 and . > -3)' "$OUT"
}
packets_are() { [[ $(jq -s 'last.actions.XDP_DROP.since_start.packets' "$OUT") == "$1" ]]; }

@test "a round with a reload has the runs of both programs, and nothing is said of the moment between" {
	local option sum=0
	dropping --direct
	watch_start -d va --cost -i 1 --json
	for option in --reuse-maps ''; do
		frames_send 100
		# shellcheck disable=SC2086 # none is none
		load_drop --direct $option
		frames_send 50
		poll packets_are $((sum += 150))
	done
	watch_end
	as_many_runs_as_packets
	none grep warning "$ERR"
}

@test "what the program of a new device has run is counted from its first packet" {
	needs_kernel 5.8 "run-time statistics without the sysctl"
	watch_run "$STATS" --all --cost -i 0.5 --json
	poll holds
	pair_make
	load_drop --direct
	frames_send 20
	poll packets_are 20
	watch_end
	as_many_runs_as_packets
	none grep warning "$ERR"
}

@test "a device that was renamed is measured, and not the one that has its name now" {
	dropping --direct
	watch_start -d va --cost -i 0.1 --json
	frames_send 20
	poll has_runs 20
	ip link set va down
	ip link set va name vx up
	ip link add other type veth peer name va
	ip link set va up
	sleep 0.6 # rounds in which it looks at what is attached
	frames_send 5
	poll has_runs 25
	watch_end
	[[ ! -s $ERR ]]
}

@test "they are on while it runs, and off when it has ended, even if it is killed; the sysctl stays" {
	local before signal
	before=$(<$SYSCTL)
	dropping
	[[ $before == 0 ]] || skip "the sysctl kernel.bpf_stats_enabled is on: nobody can switch them off"
	for signal in INT KILL; do
		watch_start -d va --cost --json
		holds
		measures
		[[ $(<$SYSCTL) == "$before" ]]
		kill -"$signal" "$WATCH"
		wait "$WATCH" || [[ $signal == KILL ]]
		measures_no_more
		[[ $(<$SYSCTL) == "$before" ]]
	done
}

@test "another tool that has them on is not disturbed" {
	dropping
	hold_start
	run -0 "$STATS" -d va --cost -n 1 -i 0.01
	measures
	kill "$HOLDER"
}

@test "--once does not switch them on, shows what was measured before, and else says what to do" {
	dropping
	run -0 --separate-stderr "$STATS" -d va --cost --once --json
	[[ $stderr == "xdp_stats: warning: no cost was measured yet: no packet has come while "*"give --count 1 instead of --once"* ]]
	jq -e '.cost | .runs == 0 and .ns_per_run == null' <<<"$output"
	hold_start
	frames_send 10
	run -0 --separate-stderr "$STATS" -d va --cost --once --json
	[[ ! $stderr ]]
	jq -e '.cost | .runs == 10 and .ns_per_run > 0 and (has("cpu_share") | not)' <<<"$output"
	kill "$HOLDER"
}

@test "without the right to measure, it shows the counters, and says once why there is no cost" {
	needs_kernel 5.19 "reading without privilege"
	dropping --pin-mode 0644
	public_stats
	run -0 as_nobody "$PUBLIC" -d va --cost -n 1 -i 0.01
	grep -E '^cost +-$' <<<"$output"
	run -0 --separate-stderr as_nobody "$PUBLIC" -d va --cost -n 3 -i 0.01 --json
	jq -se 'length == 3 and all(.[]; .cost == null)' <<<"$output"
	[[ $(wc -l <<<"$stderr") == 1 ]]
	[[ $stderr == *"could not switch on the kernel's run-time statistics for --cost: Operation not permitted; run as root" ]]
	# Root with few rights may read the program's pin.
	run -0 --separate-stderr setpriv --inh-caps=-all --bounding-set=-all "$STATS" -d va --cost --json -n 3 -i 0.01
	jq -se 'all(.[]; .cost.ns_per_run == null)' <<<"$output"
	[[ $(wc -l <<<"$stderr") == 1 && $stderr == *"Operation not permitted; that needs CAP_SYS_ADMIN" ]]
}

@test "where another one has them on, no right is needed for a program that is pinned" {
	needs_kernel 5.19 "reading without privilege"
	dropping --direct
	hold_start
	watch_run setpriv --inh-caps=-all --bounding-set=-all "$STATS" -d va --cost -i 0.1 --json
	poll test -s "$OUT"
	frames_send 100
	poll has_runs 100
	jq -se 'any(.[]; .cost.ns_per_run > 0)' "$OUT"
	watch_end
	kill "$HOLDER"
}

capabilities() { sed -n 's/^CapPrm:\t0*//p' "/proc/$WATCH/status"; }

@test "it keeps no capability for a program that is pinned, and CAP_SYS_ADMIN for what requires it" {
	local sys_admin=200000
	needs_kernel 5.19 "reading without privilege"
	dropping --direct
	watch_start -d va --cost --json
	[[ ! $(capabilities) ]]
	watch_end
	# To switch them on again.
	watch_run "$STATS" -d va --cost --listen 0
	poll err_has 'listening on .*: '
	[[ $(capabilities) == "$sys_admin" ]]
	watch_end
	# For a program that is pinned nowhere, which is opened by its ID.
	rm "$BPFFS/va/programs/xdp_drop_func"
	watch_start -d va --cost --json
	[[ $(capabilities) == "$sys_admin" ]]
	watch_end
}

@test "a device of a named network namespace is measured too, also after a reload" {
	needs_kernel 5.8 "run-time statistics without the sysctl"
	ip netns add inner
	pair_make
	ip link set va netns inner
	ip -n inner link set va up
	"$LOADER" -q --netns inner -d va --progname xdp_drop_func
	watch_start --netns inner -d va --cost -i 0.1 --json
	frames_send 10
	poll has_runs 10
	"$LOADER" -q --netns inner -d va --progname xdp_drop_func
	frames_send 5
	poll has_runs 15
	watch_end
}

@test "--listen switches them off five minutes after the last scrape, and on again for the next" {
	local library clock=$BATS_TEST_TMPDIR/clock url
	needs_no_sanitizer "no other library may come before it"
	library=$(dpkg -L libfaketime 2>/dev/null | grep '/libfaketime\.so') || skip "libfaketime's package is not known here"
	dropping
	echo +0 >"$clock"
	watch_run env LD_PRELOAD="$library" FAKETIME_TIMESTAMP_FILE="$clock" FAKETIME_NO_CACHE=1 \
		"$STATS" -d va --cost --listen 0
	poll err_has 'listening on .*: '
	url=http://$(sed -n 's/.*listening on \([^ ]*\): .*/\1/p' "$ERR")
	holds
	# The page is not a scrape: it wakes the server, which looks at the clock.
	echo +290 >"$clock"
	curl -sS "$url/" >/dev/null
	holds
	echo +310 >"$clock"
	curl -sS "$url/" >/dev/null
	poll holds_not
	curl -sS "$url/metrics" >/dev/null
	holds
	watch_end
}

@test "--map has no device whose program could be found" {
	run -2 "$STATS" --map "$BPFFS/x" --cost
	[[ $output == *"--cost needs a device, to find its program: give --dev or --all instead of --map"* ]]
}
