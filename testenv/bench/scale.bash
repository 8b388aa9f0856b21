# SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
# How the cost grows with the number of devices; sourced by run.sh.
# shellcheck shell=bash

# xdp-loader status dumps all links for each device: 1,000 take it a minute, and 10,000 hours.
STATUS_DEVICES_MAX=1000

# pairs_make FIRST LAST: veth pairs s1 t1, s2 t2, ...; our program is on each s.
pairs_make() {
	local i
	for ((i = $1; i <= $2; i++)); do
		echo "link add s$i type veth peer name t$i"
	done | ip -batch -
	for ((i = $1; i <= $2; i++)); do
		"$LOADER" -q -d "s$i" --direct --skb-mode
	done
}

# grown LABEL wall|own RUNS COMMAND...: a line: the time, and how many times that of fewer devices it is.
grown() {
	local label=$1 column=$2 runs=$3 wall own rss failed value growth=''
	shift 3
	read -r wall own _ rss failed < <("$BENCH" command "$runs" "$@")
	[[ $column == wall ]] && value=$wall || value=$own
	[[ ! ${BEFORE[$label]-} ]] ||
		growth=$(awk -v a="$value" -v b="${BEFORE[$label]}" 'BEGIN { printf "x %.1f", a / b }')
	BEFORE[$label]=$value
	record "Growing" "$label, $DEVICES devices" "$column ms" "$value"
	record "Growing" "$label, $DEVICES devices" "RSS KiB" "$rss"
	printf '  %7s  %-34s %10s %8s %8s\n' "$DEVICES" "$label" "$value" "$growth" \
		"$((rss / 1024)).$((rss % 1024 * 10 / 1024))"
	((failed == 0)) || echo "    $failed of $runs runs failed"
}

# A reload's own time, beside ip's of a device that it alone has.
row() { # RUNS
	grown "xdp_stats --all --once" wall "$1" "$STATS" --all --once
	grown "xdp_stats --all, one round" wall "$1" "$STATS" --all -n 1 -i 0.001
	grown "xdp_loader --list" wall "$1" "$LOADER" --list
	grown "bpftool net show" wall "$1" bpftool net show
	((DEVICES > STATUS_DEVICES_MAX)) ||
		grown "xdp-loader status" wall "$((DEVICES > 100 ? 1 : $1))" xdp-loader status
	grown "ip -d link show" wall "$1" ip -d link show
	grown "one reload, own time" own 60 "$LOADER" -q -d s1 --direct --skb-mode --reuse-maps
	grown "one reload by ip -force, own time" own 60 ip -force link set dev t1 xdpgeneric obj "$OBJECT" sec xdp
}

# at_once LABEL COMMAND: ten of them at once; N is 1 to 10 in COMMAND. The kernel attaches one at a time.
at_once() {
	local wall cpu failed
	read -r wall _ cpu _ failed < <(env -u NETLINK_TIME_FILE "$BENCH" command 20 bash -c \
		"for N in {1..10}; do $2 & started+=(\$!); done; for N in \"\${started[@]}\"; do wait \$N || exit; done")
	record "Ten at once" "$1" "wall ms" "$wall"
	record "Ten at once" "$1" "CPU ms" "$cpu"
	printf '  %-44s %8s %8s\n' "$1" "$wall" "$cpu"
	((failed == 0)) || echo "    $failed of 20 runs failed"
}

ten_at_once() {
	local ours="'$LOADER' -q --direct --skb-mode --reuse-maps -d" ip="ip -force link set xdpgeneric obj '$OBJECT' sec xdp dev"
	printf '\n%s\n  %-44s %8s %8s\n' "Ten reloads at once, median of 20" "" "wall ms" "CPU ms"
	at_once "xdp_loader, ten devices" "$ours s\$N"
	at_once "ip -force, ten devices" "$ip t\$N"
	at_once "xdp_loader, one device" "$ours s1"
	at_once "ip -force, one device" "$ip t1"
}

growing() {
	local -A BEFORE=()
	local made=0 DEVICES counts=(1 10 100 1000)
	[[ ! ${SCALE-} ]] || counts+=(10000)
	printf '\n%s\n  %7s  %-34s %10s %8s %8s\n' \
		"Growing: the same with more devices, each with a program of ours, and a peer without" \
		devices "" ms growth "RSS MB"
	for DEVICES in "${counts[@]}"; do
		pairs_make $((made + 1)) "$DEVICES"
		made=$DEVICES
		row $((DEVICES > 1000 ? 3 : 10))
	done
	[[ ${SCALE-} ]] || echo "  (SCALE=1 adds 10,000 devices)"
	ten_at_once
	"$LOADER" -q -d s1 --unload-all
	ip -batch <(for ((i = 1; i <= made; i++)); do echo "link del s$i"; done)
	rm -rf /sys/fs/bpf/s*
}
