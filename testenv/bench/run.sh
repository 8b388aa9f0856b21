#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
# Measures what the pair costs, beside Debian's xdp-loader, ip and bpftool, in one run. Nothing
# here passes or fails: machines are noisy, so read the ratios.
set -euo pipefail

TOP=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)
BENCH=$TOP/build/bench/bench
LOADER=$TOP/basic04-pinning-maps/xdp_loader
STATS=$TOP/basic04-pinning-maps/xdp_stats
OBJECT=$TOP/basic04-pinning-maps/xdp_prog_kern.o
RUNS=60

fail() {
	printf 'run.sh: %s\n' "$*" >&2
	exit 1
}

# ---------------------------------------------------------------- counting

# programs OBJECT LABEL: a line a program, and what it costs beside the first, which counts nothing.
programs() {
	local name middle least bare
	while read -r name middle least; do
		[[ $name != bare ]] || bare=$least
		printf '  %-34s %8s %8s %10s\n' "$2, $name" "$middle" "$least" "+$((least - bare))"
	done < <("$BENCH" programs "$1")
}

counting() {
	cat <<-'END'

		Counting: nanoseconds a packet, by BPF_PROG_TEST_RUN (2,000,000 runs, 15 times)
		                                       median    least  over bare
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
}

table() {
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

reading() {
	table "Reading the counters once"
	"$LOADER" -q -d v0
	measure "xdp_stats --once" "$STATS" -d v0 --once
	measure "bpftool map dump pinned" bpftool map dump pinned /sys/fs/bpf/v0/xdp_stats_map
	measure "bpftool -j map dump pinned" bpftool -j map dump pinned /sys/fs/bpf/v0/xdp_stats_map
	"$LOADER" -q -d v0 --unload-all
}

sizes() {
	printf '\nSizes\n'
	local tool
	for tool in "$LOADER" "$STATS"; do
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
	BENCH_ISOLATED=1 exec unshare --mount --net --propagation private -- "$0"
}

prepare
mount -t bpf bpf /sys/fs/bpf
ip link add v0 type veth peer name v1
ip link set v0 up
ip link set v1 up
printf 'Kernel %s, %s CPUs\n' "$(uname -r)" "$(nproc)"
NETLINK_TIME_FILE=$(mktemp)
export NETLINK_TIME_FILE NETLINK_TIME_LIBRARY=$TOP/build/bench/netlink_time.so
trap 'rm -f "$NETLINK_TIME_FILE"' EXIT
counting
cat <<-'END'

	A command's own time is its wall time less its netlink requests: in those the
	kernel attaches, which waits for RCU grace periods, whoever asks.
END
loading "Loading anew, native mode" xdp native --native-mode
loading "Loading anew, skb mode" xdpgeneric skb --skb-mode
reading
sizes
