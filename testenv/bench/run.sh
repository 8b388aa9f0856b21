#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
# Measures what the pair costs, beside Debian's xdp-loader, ip and bpftool, in one run. Nothing
# here passes or fails: machines are noisy, so read the ratios. JSON=FILE writes the figures there
# too, for testenv/bench/compare; SCALE=1 measures 10,000 devices, which takes minutes.
set -euo pipefail

TOP=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)
BENCH=$TOP/build/bench/bench
LOADER=$TOP/basic04-pinning-maps/xdp_loader
STATS=$TOP/basic04-pinning-maps/xdp_stats
CTL=$TOP/basic04-pinning-maps/maps_ctl
OBJECT=$TOP/basic04-pinning-maps/xdp_prog_kern.o
RUNS=60
RELOAD_SECONDS=5

fail() {
	printf 'run.sh: %s\n' "$*" >&2
	exit 1
}

# shellcheck source=testenv/bench/scale.bash
. "$TOP/testenv/bench/scale.bash"

# record TABLE WHAT UNIT VALUE: a figure for JSON.
record() {
	printf '%s\t%s\t%s\t%s\n' "$@" >>"$FIGURES"
}

# JSON of what was recorded, at the place that was asked for.
figures_write() {
	[[ ${JSON-} ]] || return 0
	jq -Rn --arg kernel "$(uname -r)" --arg cpus "$(nproc)" --arg date "$(date -u +%FT%TZ)" '
		{ kernel: $kernel, cpus: ($cpus | tonumber), date: $date, figures: [inputs / "\t" |
			{ table: .[0], what: .[1], unit: .[2], value: (.[3] | tonumber) }] }' "$FIGURES" >"$JSON"
	echo
	echo "The figures are in $JSON"
}

# ---------------------------------------------------------------- counting

# programs OBJECT LABEL: a line a program, what it costs beside the first, which counts nothing, and
# what the kernel's run-time statistics add to it.
programs() {
	local name middle least measured bare
	while read -r name middle least measured; do
		[[ $name != bare ]] || bare=$least
		printf '  %-34s %8s %8s %10s %10s\n' "$2, $name" "$middle" "$least" "+$((least - bare))" \
			"+$((measured - least))"
		record Counting "$2, $name" "ns/packet" "$least"
		record Counting "$2, $name, measured as by --cost" "ns/packet" "$measured"
	done < <("$BENCH" programs "$1")
}

counting() {
	cat <<-'END'

		Counting: nanoseconds a packet, by BPF_PROG_TEST_RUN (2,000,000 runs, 15 times)
		                                       median    least  over bare     --cost
	END
	programs "$TOP/build/bench/count.o" xdp
	programs "$TOP/build/bench/count_frags.o" xdp.frags 2>/dev/null ||
		echo "  xdp.frags: not measured, this kernel has none (< 5.18)"
}

# ---------------------------------------------------------------- commands

# measure LABEL COMMAND...: a line, and the ratio of its own time to the first's of the table, ours.
measure() {
	local label=$1 wall own cpu rss failed
	shift
	read -r wall own cpu rss failed < <("$BENCH" command "$RUNS" "$@")
	: "${OURS:=$own}"
	printf '  %-32s %8s %8s %8s %7s %6s\n' "$label" "$wall" "$own" "$cpu" \
		"$((rss / 1024)).$((rss % 1024 * 10 / 1024))" \
		"$(awk -v a="$own" -v b="$OURS" 'BEGIN { printf "%.1f", a / b }')"
	((failed == 0)) || echo "    $failed of $RUNS runs failed"
	record "$TABLE" "$label" "own ms" "$own"
	record "$TABLE" "$label" "CPU ms" "$cpu"
}

table() {
	TABLE=$1
	printf '\n%s\n  %-32s %8s %8s %8s %7s %6s\n' "$1" "median of $RUNS" "wall ms" "own ms" "CPU ms" \
		"RSS MB" "ratio"
	OURS=
}

# The peers' way to replace differs: ip's -force, bpftool's overwrite; xdp-loader cannot replace, so
# its unload is part of its figure.
loading() { # TITLE IP-WORD XDP-LOADER-MODE OUR-OPTION
	local xdp=$2 mode=$3
	table "$1"
	"$LOADER" -q -d v0 "$4"
	measure "xdp_loader" "$LOADER" -q -d v0 "$4"
	measure "xdp_loader --reuse-maps" "$LOADER" -q -d v0 "$4" --reuse-maps
	measure "xdp_loader --direct" "$LOADER" -q -d v0 "$4" --direct
	"$LOADER" -q -d v0 --unload-all
	measure "ip -force link set xdp obj" ip -force link set dev v0 "$xdp" obj "$OBJECT" sec xdp
	ip link set dev v0 "$xdp" off
	measure "bpftool prog load, net attach" bash -c "rm -f /sys/fs/bpf/p; bpftool prog load '$OBJECT' \
		/sys/fs/bpf/p type xdp && bpftool net attach ${xdp/%xdp/xdpdrv} pinned /sys/fs/bpf/p dev v0 overwrite"
	ip link set dev v0 "$xdp" off
	rm -f /sys/fs/bpf/p
	measure "xdp-loader load, and unload" bash -c \
		"xdp-loader load -m $mode v0 '$OBJECT' -n xdp_pass_func && xdp-loader unload v0 --all"
}

# ---------------------------------------------------------------- reloads under traffic

# Each loads again as often as it can for some seconds; in COUNTED is then what its counters say.
reload_for() { # COMMAND...
	local end=$((SECONDS + RELOAD_SECONDS))
	reloads=0
	while ((SECONDS < end)); do
		"$@" >/dev/null 2>&1 || return
		reloads=$((reloads + 1))
	done
}

# Packets in all records of a map.
packets() { # pinned PATH | id ID
	bpftool map dump "$@" | awk '/"rx_packets":/ { sum += $2 } END { printf "%.0f\n", sum }'
}

# The same of the map of whatever program is on v0.
packets_attached() {
	local program
	program=$(ip -d -o link show v0 | sed -n 's/.*prog\/xdp id \([0-9]*\).*/\1/p')
	packets id "$(bpftool prog show id "$program" | sed -n 's/.* map_ids \([0-9]*\).*/\1/p')"
}

# under_traffic LABEL COUNTED COMMAND...: one line; COUNTED is a command that prints the count.
under_traffic() {
	local label=$1 counter=$2 sender sent counted began took reloads
	shift 2
	"$@" >/dev/null 2>&1 # the first is no reload
	began=$EPOCHREALTIME
	env --default-signal=INT trafgen --notouch-irq --num 0 --cpus 1 --gap 1us --out v1 --in "$FRAME" \
		</dev/null >"$FRAME.sent" 2>&1 &
	sender=$!
	until grep -q Running "$FRAME.sent"; do sleep 0.01; done
	reload_for "$@" || echo "    a reload failed"
	# shellcheck disable=SC2046 # trafgen does not pass the signal on
	kill -INT "$sender" $(pgrep -P "$sender")
	wait "$sender" || true
	took=$((${EPOCHREALTIME/[.,]/} - ${began/[.,]/}))
	sent=$(grep -o '[0-9]* packets outgoing' "$FRAME.sent")
	sent=${sent%% *}
	counted=$($counter)
	record "Reloading under traffic" "$label" "reloads/s" "$((reloads / RELOAD_SECONDS))"
	printf '  %-40s %9s %9s %9s %9s\n' "$label" "$((reloads / RELOAD_SECONDS))" \
		"$((sent * 1000 / took))" "$((sent > counted ? sent - counted : 0))" \
		"$((counted > sent ? counted - sent : 0))"
}

# What xdp_stats, which watched all the time, says at its end.
watched() {
	kill -INT "$WATCH"
	wait "$WATCH" || true
	awk '$1 == "all" { gsub(",", ""); sum = $2 } END { print sum + 0 }' "$FRAME.watched"
}

reloading() {
	local object=$TOP/build/bench/pinned.o
	FRAME=$(mktemp)
	trap 'rm -f "$NETLINK_TIME_FILE" "$FIGURES" "$FRAME" "$FRAME.sent" "$FRAME.watched"' EXIT
	echo '{ 0x02,0,0,0,0,1, 0x02,0,0,0,0,2, 0x88,0xb5, fill(0x5a, 50) }' >"$FRAME"
	printf '\n%s\n  %-40s %9s %9s %9s %9s\n' \
		"Reloading under traffic, native mode, $RELOAD_SECONDS s each" "" "reloads/s" "packets/ms" lost doubled
	under_traffic "xdp_loader --reuse-maps" "packets pinned /sys/fs/bpf/v0/pinned_map" \
		"$LOADER" -q -d v0 --reuse-maps --filename "$object"
	"$LOADER" -q -d v0 --unload-all
	"$LOADER" -q -d v0 --progname xdp_drop_func
	env --default-signal=INT "$STATS" -d v0 >"$FRAME.watched" 2>/dev/null &
	WATCH=$!
	until [[ -s $FRAME.watched ]]; do sleep 0.01; done
	under_traffic "xdp_loader, watched by xdp_stats" watched "$LOADER" -q -d v0 --progname xdp_drop_func
	"$LOADER" -q -d v0 --unload-all
	under_traffic "ip -force, map pinned by libbpf" "packets pinned /sys/fs/bpf/tc/globals/pinned_map" \
		ip -force link set dev v0 xdp obj "$object" sec xdp
	ip link set dev v0 xdp off
	under_traffic "ip -force, a new map each time" packets_attached \
		ip -force link set dev v0 xdp obj "$OBJECT" sec xdp
	ip link set dev v0 xdp off
	xdp-loader load v0 "$object" -n count_pinned -p /sys/fs/bpf/x >/dev/null 2>&1
	under_traffic "xdp-loader unload, load, map pinned" "packets pinned /sys/fs/bpf/x/pinned_map" \
		bash -c "xdp-loader unload v0 --all; xdp-loader load v0 '$object' -n count_pinned -p /sys/fs/bpf/x"
	under_traffic "xdp-loader unload, load, a new map" packets_attached \
		bash -c "xdp-loader unload v0 --all; xdp-loader load v0 '$OBJECT' -n xdp_pass_func"
	xdp-loader unload v0 --all >/dev/null 2>&1
	cat <<-'END'
		  (a new map each time: what the last one has counted, as nobody reads those before it)
	END
}

reading() {
	table "Reading the counters once"
	"$LOADER" -q -d v0
	measure "xdp_stats --once" "$STATS" -d v0 --once
	measure "bpftool map dump pinned" bpftool map dump pinned /sys/fs/bpf/v0/xdp_stats_map
	measure "bpftool -j map dump pinned" bpftool -j map dump pinned /sys/fs/bpf/v0/xdp_stats_map
	"$LOADER" -q -d v0 --unload-all
}

# bpftool's update is not one under the lock: it cannot be told to.
writing() {
	local map=/sys/fs/bpf/v0/maps_control
	table "Writing a pair of values"
	"$CTL" -q -d v0
	measure "maps_ctl --map, both read too" "$CTL" -q --map "$map" -u 1 2
	measure "maps_ctl -d, program looked at" "$CTL" -q -d v0 -u 1 2
	measure "bpftool map update pinned" bpftool map update pinned "$map" key 0 0 0 0 value 0 0 0 0 1 0 0 0 2 0 0 0
	"$CTL" -q -d v0 --remove
}

# calls COMMAND...: system calls, those of its children too.
calls() {
	local counts
	counts=$(mktemp)
	strace -f -c -o "$counts" "$@" >/dev/null 2>&1
	awk '$4 ~ /^[0-9]+$/ && $NF != "total" { sum += $4 } END { print sum }' "$counts"
	rm "$counts"
}

# What ROUNDS more rounds of watching cost, a round; and how much memory that takes.
watching_ours() { # DEVICES FORMAT
	local rounds=200 short long rss before after cpu watch=("$STATS" --all --format "$2" -i 0.01 -n)
	read -r _ _ short _ < <("$BENCH" command 3 "${watch[@]}" 1)
	read -r _ _ long rss _ < <("$BENCH" command 3 "${watch[@]}" $((rounds + 1)))
	before=$(calls "${watch[@]}" 10)
	after=$(calls "${watch[@]}" 110)
	cpu=$(awk -v a="$long" -v b="$short" -v r=$rounds 'BEGIN { print (a - b) / r }')
	record "Watching many devices" "xdp_stats --format $2, $1 devices" "CPU ms/round" "$cpu"
	record "Watching many devices" "xdp_stats --format $2, $1 devices" "RSS KiB" "$rss"
	awk -v what="xdp_stats, $2" -v n="$1" -v calls=$((after - before)) -v cpu="$cpu" -v rss="$rss" 'BEGIN {
		printf "  %-26s %7d %9.2f %9.3f %10.2f %8.1f\n", what, n, calls / 100, cpu, cpu * 1000 / n, rss / 1024 }'
}

# A process a device and round: that is what a script around bpftool does.
watching_bpftool() { # DEVICES
	local cpu rss
	# shellcheck disable=SC2016 # the inner bash expands it
	read -r _ _ cpu rss _ < <("$BENCH" command 3 bash -c 'for ((i = 1; i <= $1; i++)); do
		bpftool -j map dump pinned "/sys/fs/bpf/d$i/xdp_stats_map"; done >/dev/null' run "$1")
	awk -v n="$1" -v calls="$(calls bpftool -j map dump pinned /sys/fs/bpf/d1/xdp_stats_map)" \
		-v cpu="$cpu" -v rss="$rss" 'BEGIN {
		printf "  %-26s %7d %9d %9.3f %10.2f %8.1f\n", "bpftool -j map dump pinned", n, calls * n, cpu, cpu * 1000 / n, rss / 1024 }'
}

watching() {
	local devices=0 wanted format
	printf '\nWatching many devices\n  %-26s %7s %9s %9s %10s %8s\n' "a round" devices calls "CPU ms" \
		"us/device" "RSS MB"
	for wanted in 1 10 100 1000; do
		for ((; devices < wanted; devices++)); do
			mkdir "/sys/fs/bpf/d$((devices + 1))"
			ln -s "d$((devices + 1)) ifindex 2000000000 netns cookie 0" "/sys/fs/bpf/d$((devices + 1))/owner"
			echo "map create /sys/fs/bpf/d$((devices + 1))/xdp_stats_map type percpu_array key 4 value 16 entries 5 name xdp_stats_map"
		done | bpftool batch file - >/dev/null
		devices=$wanted
		for format in text csv openmetrics json; do
			[[ $format == text || $wanted == 1000 ]] || continue
			watching_ours "$wanted" "$format"
		done
		watching_bpftool "$wanted"
	done
	rm -r /sys/fs/bpf/d*
}

sizes() {
	printf '\nSizes\n'
	local tool
	for tool in "$LOADER" "$STATS" "$CTL"; do
		printf '  %-12s %7d bytes, with %s\n' "${tool##*/}" "$(stat -c %s "$tool")" \
			"$(readelf -d "$tool" | sed -n 's/.*NEEDED.*\[\(.*\)\]/\1/p' | tr '\n' ' ')"
	done
}

# ----------------------------------------------------------------

prepare() {
	[[ $(id -u) == 0 ]] || fail "cannot measure: it takes network namespaces and BPF; run it as root"
	PATH=$PATH:/usr/local/sbin:/usr/sbin:/sbin
	[[ -z ${BENCH_ISOLATED-} ]] || return 0
	"$TOP/configure" --install-deps=bench
	make -C "$TOP/testenv/bench"
	[[ ! ${JSON-} ]] || JSON=$(realpath -- "$JSON")
	export JSON SCALE
	BENCH_ISOLATED=1 exec "$TOP/testenv/private.sh" "$0"
}

prepare
echo 1 >/proc/sys/net/ipv6/conf/default/disable_ipv6 # its own packets would be counted too
ip link add v0 type veth peer name v1
ip link set v0 up
ip link set v1 up
printf 'Kernel %s, %s CPUs\n' "$(uname -r)" "$(nproc)"
NETLINK_TIME_FILE=$(mktemp)
export NETLINK_TIME_FILE NETLINK_TIME_LIBRARY=$TOP/build/bench/netlink_time.so
FIGURES=$(mktemp)
trap 'rm -f "$NETLINK_TIME_FILE" "$FIGURES"' EXIT
counting
cat <<-'END'

	A command's own time is its wall time less its netlink requests: in those the
	kernel attaches, which waits for RCU grace periods, whoever asks.
END
loading "Reloading, native mode" xdp native --native-mode
loading "Reloading, skb mode" xdpgeneric skb --skb-mode
reloading
reading
writing
watching
growing
sizes
figures_write
