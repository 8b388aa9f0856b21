#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
# xdp_stats' totals: they never fall, count no packet twice, and miss no map without a word.
# shellcheck disable=SC2030,SC2031,SC2154 # each test is a subshell; bats sets stderr
bats_require_minimum_version 1.5.0

load helpers
load traffic

MAP=$BPFFS/va/xdp_stats_map
MISSING="missing from the totals"

teardown() { jobs_end; }

# Each CPU has counted so many packets; PACKETS are those of all CPUs.
count_set() { # COUNT [PATH]
	bpftool map update pinned "${2-$MAP}" key 1 0 0 0 value "$1" 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0
	PACKETS=$(($1 * $(nproc --all)))
}

# Maps that are pinned in a folder, m1, m2, ...; each CPU has counted a packet in each.
maps_make() { # COUNT
	local i
	mkdir "$BPFFS/maps"
	for ((i = 1; i <= $1; i++)); do
		echo "map create $BPFFS/maps/m$i type percpu_array key 4 value 16 entries 5 name xdp_stats_map"
		echo "map update pinned $BPFFS/maps/m$i key 1 0 0 0 value 1 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0"
	done >"$BATS_TEST_TMPDIR/maps"
	bpftool batch file "$BATS_TEST_TMPDIR/maps" >/dev/null
}

# Lets a map of them take the pin's place, and stay in its own.
take_place() { # NUMBER
	ln "$BPFFS/maps/m$1" "$BPFFS/next"
	mv "$BPFFS/next" "$MAP"
}

stopped() { grep -q '^State:.*stopped' "/proc/$WATCH/status"; }
while_stopped() { # COMMAND...
	kill -STOP "$WATCH"
	poll stopped
	"$@"
	kill -CONT "$WATCH"
}

since_start() { # of the last line about va: "GENERATION PACKETS"
	grep '"device":"va"' "$OUT" | tail -n 1 |
		sed 's/.*"generation":\([0-9]*\).*"XDP_DROP":{[^}]*"since_start":{"packets":\([0-9]*\).*/\1 \2/'
}
since_start_is() { [[ $(since_start) == "$1" ]]; }

@test "a total does not fall, nor the generation, when a pin of another shape came and went" {
	map_make
	watch_start --all -i 0.05 --json
	count_set 7
	poll since_start_is "1 $PACKETS"
	bpftool map create "$BPFFS/odd" type array key 4 value 8 entries 1 name odd
	mv "$BPFFS/odd" "$MAP"
	poll err_has "it is a map of type"
	rm -r "$BPFFS/va"
	sleep 0.3
	map_make
	poll since_start_is "2 $PACKETS"
	watch_end
}

@test "what a device that came after the reader had counted when it was found belongs to the totals" {
	mkdir "$BPFFS/base"
	map_make
	count_set 5
	watch_run "$STATS" --all --pin-base "$BPFFS/base" -i 0.05 --json
	sleep 0.3
	mv "$BPFFS/va" "$BPFFS/base/va"
	poll since_start_is "1 $PACKETS"
	kill "$WATCH"
}

@test "twelve maps that take turns are counted once each" {
	local round i generation=1
	maps_make 12
	map_make
	take_place 1
	watch_start -d va -i 0.02
	for round in 1 2; do
		for ((i = round == 1 ? 2 : 1; i <= 12; i++)); do
			take_place "$i"
			generation=$((generation + 1))
			poll err_has "generation $generation,"
		done
	done
	watch_end
	has_packets all $((11 * $(nproc --all)))
}

@test "of a map that comes back after more than can be kept nothing is counted twice, and that is said" {
	local i
	maps_make 261
	map_make
	take_place 1
	watch_start -d va -i 0.02
	for ((i = 2; i <= 261; i++)); do
		take_place "$i"
		until grep -q "generation $i," "$ERR"; do sleep 0.002; done
	done
	none err_has "left out"
	take_place 2
	poll err_has "what it has counted until now is left out of the totals"
	watch_end
	has_packets all $((260 * $(nproc --all)))
}

@test "a map that came and went while the reader was stopped is missing, and that is said" {
	map_make
	came_and_went() { maps_make 1 && rm "$MAP" && take_place 1 && rm "$MAP"; }
	watch_start -d va -i 0.02
	while_stopped came_and_went
	poll err_has "$MAP was replaced 1 times before it could be looked at.*$MISSING"
	watch_end
}

@test "so is one in a directory that was made and removed meanwhile" {
	local option
	again() { rm -r "$BPFFS/va" && map_make; }
	twice() { again && again; }
	for option in "-d va" --all; do
		map_make
		# shellcheck disable=SC2086 # words
		watch_start $option -i 0.02
		while_stopped twice
		poll err_has "the directory of $MAP was made again before it could be looked at.*$MISSING"
		watch_end
		rm -r "$BPFFS/va"
	done
}

@test "so may be some when notices were lost" {
	local limit
	limit=$(</proc/sys/fs/inotify/max_queued_events)
	((limit <= 100000)) || skip "inotify's queue is long here: $limit"
	overflow() {
		perl -e 'for (1 .. $ARGV[1]) { mkdir "$ARGV[0]/odd"; rmdir "$ARGV[0]/odd" }' "$BPFFS" "$limit"
		map_make "$BPFFS/other"
		mv "$BPFFS/other" "$MAP"
	}
	map_make
	watch_start -d va -i 0.02
	while_stopped overflow
	poll err_has "$MAP was replaced, and notices of changes were lost.*$MISSING"
	watch_end
}

@test "reloads, and unloads and loads, that are seen in time are not called missing" {
	local round
	pair_make
	"$LOADER" -q -d va --progname xdp_drop_func
	watch_start --all -i 0.01
	for round in 1 2 3; do
		"$LOADER" -q -d va --progname xdp_pass_func
		frames_send 10
		"$LOADER" -q -d va --unload
		"$LOADER" -q -d va --progname xdp_drop_func
		frames_send 10
	done
	sleep 1.5 # so long a notice is waited for
	watch_end
	none err_has "$MISSING"
	out_has '^va +all +60 '
}
