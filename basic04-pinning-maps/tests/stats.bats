#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
# xdp_stats: what it takes, what it prints, how it follows a map, and how it fails.
# shellcheck disable=SC2030,SC2031,SC2154 # each test is a subshell; bats sets stderr
bats_require_minimum_version 1.5.0

load helpers
load traffic

MAP=$BPFFS/va/xdp_stats_map

teardown() { jobs_end; }

# A map of counters that nothing counts in but count_set.
map_make() { # [PATH]
	mkdir -p "$(dirname "${1-$MAP}")"
	bpftool map create "${1-$MAP}" type percpu_array key 4 value 16 entries 5 name xdp_stats_map
}

# Sets each CPU's record of one action.
count_set() { # ACTION PACKETS BYTES [PATH]
	local value=() byte number
	for number in "$2" "$3"; do
		for byte in 0 8 16 24 32 40 48 56; do value+=($(((number >> byte) & 255))); done
	done
	bpftool map update pinned "${4-$MAP}" key "$1" 0 0 0 value "${value[@]}"
}

possible_cpus() {
	tr , '\n' </sys/devices/system/cpu/possible |
		awk -F- '{ sum += NF > 1 ? $2 - $1 + 1 : 1 } END { print sum }'
}

# ---------------------------------------------------------------- the command line

@test "xdp_stats --help and --version print to stdout and exit 0" {
	local option
	for option in --help -h --version -V; do
		run --separate-stderr -0 "$STATS" "$option"
		[ -n "$output" ]
		[ -z "$stderr" ]
	done
	run -0 "$STATS" --help
	for option in --dev --map --exact --interval --count --once --wait --pin-base --netns --quiet --verbose \
		--version --help --action --per-cpu; do
		[[ $output == *"$option"* ]]
	done
	run -0 "$STATS" --version
	[[ $output =~ ^xdp_stats\ [0-9.]+ && $output == *libbpf* ]]
	# Without a right, without a BPF filesystem.
	umount "$BPFFS"
	run -0 setpriv --bounding-set=-all "$STATS" --help
}

@test "xdp_stats names the option that it does not know and exits 2" {
	local option
	# The last ones are xdp_loader's.
	for option in --nonsense --dev-il -x -Z --skb-mode -S -N -M -U --unload-all --force -F --progname \
		--filename --list --unpin --reuse-maps --direct --separators; do
		run --separate-stderr -2 "$STATS" -d va "$option"
		[ -z "$output" ]
		[[ $stderr == *"${option}"*"--help"* ]]
		((${#stderr_lines[@]} == 1))
	done
	refused 2 "--once takes no value; see xdp_stats --help" "$STATS" -d va --once=yes
	refused 2 "--verbose takes no value; see xdp_stats --help" "$STATS" -d va --verbos=1
}

@test "xdp_stats wants one device or one map, and nothing else" {
	run --separate-stderr -2 "$STATS"
	[[ $stderr == *--dev*--map* ]]
	run --separate-stderr -2 "$STATS" -d va --map "$MAP"
	[[ $stderr == *--dev*--map* ]]
	run --separate-stderr -2 "$STATS" -d va surplus
	[[ $stderr == *surplus* ]]
	run --separate-stderr -2 "$STATS" -d va --once --count 3
	[[ $stderr == *--once*--count* ]]
}

@test "xdp_stats names the option that lacks its value" {
	local option
	for option in -d --dev --map -i --interval -n --count --pin-base --netns; do
		run --separate-stderr -2 "$STATS" "$option"
		[[ $stderr == *"$option"*"value"* ]]
	done
	for option in dev map pin-base netns interval count; do
		run --separate-stderr -2 "$STATS" "--$option="
		[[ $stderr == *"--$option"* ]]
	done
}

@test "xdp_stats refuses intervals that are none" {
	local value
	for value in 0 0.0 -1 -0.5 abc 1s 1e9 1e-1 '' ' 1' '1 ' . 0.0001 86401 999999999999999999999 \
		nan inf 0x10 1,5 1.2.3 +1 ٣; do
		run --separate-stderr -2 "$STATS" -d va -i "$value"
		[[ $stderr == *"'$value'"*--interval*0.001*86400* ]]
		[ -z "$output" ]
	done
}

@test "xdp_stats refuses counts that are none" {
	local value
	for value in 0 -1 abc 1.5 1e3 '' ' 1' 4294967296 99999999999999999999999 0x10 +1; do
		run --separate-stderr -2 "$STATS" -d va -n "$value"
		[[ $stderr == *"'$value'"*--count* ]]
	done
}

@test "xdp_stats refuses names that no device or network namespace can have" {
	local name
	for name in a/b .. . averyveryverylongname 'with space' a:b ../../etc; do
		run --separate-stderr -2 "$STATS" -d "$name" --once
		[[ $stderr == *"'$name'"* ]]
	done
	for name in a/b .. . ../1; do
		run --separate-stderr -2 "$STATS" -d va --netns "$name" --once
		[[ $stderr == *"'$name'"* ]]
	done
}

# The periods in the text on stdin: with --exact to the microsecond.
periods() { sed -n 's/^[0-9:]\{8\}  period \([0-9.]*\) s .*/\1/p'; }

@test "xdp_stats takes fractions of seconds, and counts its rounds" {
	local interval periods
	map_make
	for interval in 0.05 .05 0.050; do
		run --separate-stderr -0 "$STATS" -d va -i "$interval" -n 3 --exact
		[ "$(grep -c '^XDP_PASS' <<<"$output")" = 3 ]
		# Not less than asked for on the whole; how much more is up to the machine.
		periods=$(periods <<<"$output")
		awk '{ sum += $1 } END { exit !(NR == 3 && sum >= 0.149) }' <<<"$periods"
		[ -z "$stderr" ]
	done
	run -0 "$STATS" -d va -i 0.001 -n 20
	[ "$(grep -c '^XDP_PASS' <<<"$output")" = 20 ]
	run -0 "$STATS" -d va --interval=0.01 --count=1
	[ "$(grep -c '^XDP_PASS' <<<"$output")" = 1 ]
}

# ---------------------------------------------------------------- what it prints

@test "xdp_stats --once prints each action's counters at once, without rates" {
	map_make
	count_set 2 0 0
	run --separate-stderr -0 "$STATS" -d va --once
	[ -z "$stderr" ]
	[ "$(awk '/^XDP_/ { print $1 }' <<<"$output" | xargs)" = \
		"XDP_ABORTED XDP_DROP XDP_PASS XDP_TX XDP_REDIRECT" ]
	[[ $output != *pps* && $output != *period* ]]
}

@test "xdp_stats separates thousands without the help of a locale" {
	local cpus locale packets bytes
	cpus=$(possible_cpus)
	map_make
	count_set 0 7 999
	count_set 2 1234567 1000000000
	count_set 4 1 18446744073709
	for locale in C POSIX C.UTF-8 de_DE.UTF-8 none; do
		run -0 env LC_ALL="$locale" "$STATS" -d va --once --exact
		[[ $output =~ XDP_ABORTED\ +$(thousands $((7 * cpus)))\ +$(thousands $((999 * cpus)))\ B ]]
		packets=$(thousands $((1234567 * cpus))) bytes=$(thousands $((1000000000 * cpus)))
		[[ $output =~ XDP_PASS\ +$packets\ +$bytes\ B ]]
		bytes=$(thousands $((18446744073709 * cpus)))
		[[ $output =~ XDP_REDIRECT\ +$cpus\ +$bytes\ B ]]
		[[ $output =~ XDP_TX\ +0\ +0\ B ]]
	done
}

thousands() { sed ':a; s/^\([0-9]*[0-9]\)\([0-9]\{3\}\)/\1,\2/; ta' <<<"$1"; }

# The sums over all rounds; the rate's rounding is all that may be amiss.
@test "the rates of all rounds, times the periods beside them, are the packets and bytes sent" {
	pair_make
	"$LOADER" -q -d va --progname xdp_drop_func
	watch_start -d va -i 0.1 --exact
	frames_send 2000 1000 --gap 50us
	frames_send 1000 1000
	poll has_packets XDP_DROP 3000
	watch_end
	assert_no_negative
	awk '
		$2 == "period" { period = $3 }
		$1 == "XDP_DROP" && $6 == "pps" {
			gsub(",", "")
			packets += $5 * period
			bytes += $7 / 8 * period
			packets_off += 0.5 * period + $5 * 1e-6
			bytes_off += 0.5 / 8 * period + $7 / 8 * 1e-6
			rounds++
		}
		END {
			print rounds " rounds: " packets " packets, " bytes " bytes"
			exit !(rounds > 1 && packets - 3000 <= packets_off && 3000 - packets <= packets_off &&
			       bytes - 3000000 <= bytes_off + 1 && 3000000 - bytes <= bytes_off + 1)
		}' "$OUT"
	(($(last_packets all) == 3000))
}

@test "what was counted before the start is shown, and is neither a rate nor in the totals" {
	map_make
	count_set 2 1000000 64000000
	watch_start -d va -i 0.05
	poll out_has period
	watch_end
	none grep -E 'XDP_PASS.* [1-9][0-9.]* k?pps' "$OUT"
	grep -qE '^XDP_PASS +[1-9][0-9,]*,000,000 .* 0 pps' "$OUT"
	(($(last_packets all) == 0))
}

@test "each round comes through a pipe while xdp_stats still runs" {
	map_make
	mkfifo "$BATS_TEST_TMPDIR/pipe"
	# Were it not flushed, the first of them would come with the eighth, when a buffer is full.
	"$STATS" -d va -i 0.6 >"$BATS_TEST_TMPDIR/pipe" &
	WATCH=$!
	local line found=
	exec 7<"$BATS_TEST_TMPDIR/pipe"
	while read -r -t 3 line <&7; do
		[[ $line != XDP_REDIRECT*pps* ]] || { found=yes; break; }
	done
	[[ $found ]]
	kill -0 "$WATCH"
	kill -TERM "$WATCH"
	cat <&7 >"$OUT"
	wait "$WATCH"
}

@test "where no descriptor for signals is to be had, xdp_stats says so and ends" {
	need_strace
	map_make
	run --separate-stderr -1 timeout -s KILL 5 strace -f -o /dev/null -e trace=eventfd2 -e inject=eventfd2:error=EMFILE "$STATS" -d va
	[[ -z $output && $stderr == *"could not get a descriptor for signals (eventfd): Too many open files" ]]
}

@test "a reader that goes away ends xdp_stats quietly, with 0" {
	map_make
	run -0 bash -c "{ '$STATS' -d va -i 0.01 2>'$ERR'; echo \$? >'$OUT'; } | head -n 1"
	[ "$(cat "$OUT")" = 0 ]
	[ ! -s "$ERR" ]
	# Gone before the first byte.
	run -0 bash -c "{ sleep 0.1; '$STATS' --help 2>'$ERR'; echo \$? >'$OUT'; } | :"
	[ "$(cat "$OUT")" = 0 ]
	[ ! -s "$ERR" ]
}

@test "output that cannot be written is an error, and not a success" {
	map_make
	local arguments code
	for arguments in "-d va --once" "-d va -i 0.01 -n 3" "-d va -i 0.01" --help --version; do
		code=0
		# shellcheck disable=SC2086 # options
		timeout 5 "$STATS" $arguments >/dev/full 2>"$ERR" || code=$?
		echo "$arguments: $code, $(cat "$ERR")"
		((code == 1))
		grep -q "No space left on device" "$ERR"
		# On a slow machine it also has the time to say that no program counts there.
		(($(grep -vc "no XDP program is attached" "$ERR") == 1))
	done
}

@test "SIGINT and SIGTERM end xdp_stats with the totals since its start, and 0" {
	local signal
	pair_make
	"$LOADER" -q -d va --progname xdp_drop_func
	frames_send 50
	for signal in INT TERM; do
		watch_start -d va -i 60
		frames_send 1234 100
		watch_end "$signal"
		grep -qE '^XDP_DROP +1,234 +123 kB$' "$OUT"
		grep -qE '^all +1,234 +123 kB$' "$OUT"
		none grep XDP_PASS "$OUT"
		[ ! -s "$ERR" ]
	done
}

@test "--quiet leaves the counters and drops what is said beside them" {
	map_make
	watch_start -d va -i 0.02 --quiet
	rm "$MAP"
	map_make
	count_set 1 5 5
	poll out_has '^XDP_DROP +[1-9]'
	watch_end
	[ ! -s "$ERR" ]
	run --separate-stderr -40 "$STATS" --quiet -d gone --once
	[ -n "$stderr" ] # an error is still one
}

@test "--verbose changes nothing on stdout" {
	map_make
	"$STATS" -d va --once | timeless >"$OUT"
	"$STATS" -d va --once --verbose 2>"$ERR" | timeless | diff "$OUT" -
}

# ---------------------------------------------------------------- which map

@test "a device without a pin is an error that says what to run" {
	pair_make
	run --separate-stderr -40 "$STATS" -d va --once
	[ -z "$output" ]
	[[ $stderr == *"$MAP"*"xdp_loader -d va"*--wait* ]]
	((${#stderr_lines[@]} == 1))
	run --separate-stderr -40 "$STATS" --map "$BPFFS/nothing" --once
	[[ $stderr == *"$BPFFS/nothing"*"xdp_loader --list"* ]]
	((${#stderr_lines[@]} == 1))
	ip netns add away
	run --separate-stderr -40 "$STATS" --netns away -d va --once
	[[ $stderr == *"$BPFFS/netns-away/va/xdp_stats_map"*"xdp_loader --netns away -d va"* ]]
	# What it names works.
	"$LOADER" -q -d va
	run -0 "$STATS" -d va --once
}

@test "a device or network namespace that is not there is called so" {
	run --separate-stderr -40 "$STATS" -d nosuch --once
	[[ $stderr == "xdp_stats: could not find device nosuch: see 'ip link'"* && -z $output ]]
	((${#stderr_lines[@]} == 1))
	run --separate-stderr -40 "$STATS" --netns nosuch -d va --once
	[[ $stderr == "xdp_stats: could not find network namespace nosuch: see 'ip netns'"* && -z $output ]]
	((${#stderr_lines[@]} == 1))
}

@test "xdp_stats --wait waits for the program to be loaded" {
	pair_make
	watch_run "$STATS" -d va --wait -i 0.05
	poll err_has "waiting for $MAP"
	[ ! -s "$OUT" ]
	"$LOADER" -q -d va --progname xdp_drop_func
	poll test -s "$OUT"
	frames_send 100
	poll has_packets XDP_DROP 100
	watch_end
	(($(wc -l <"$ERR") == 1))
}

@test "xdp_stats --wait can be ended while it waits, and goes with --once" {
	local signal
	for signal in INT TERM; do
		watch_run "$STATS" -d va --wait
		poll err_has waiting
		watch_end "$signal"
	done
	watch_run "$STATS" -d va --wait --once
	poll err_has waiting
	map_make
	wait "$WATCH"
	out_has XDP_PASS
	none out_has pps
	# Nothing to wait for where there is something else.
	mkdir -p "$BPFFS/vx/xdp_stats_map"
	run --separate-stderr -40 timeout 5 "$STATS" -d vx --wait
}

@test "xdp_stats --wait --once that is stopped before it could show anything has failed, and says so" {
	local code=0
	echo before >"$BATS_TEST_TMPDIR/file"
	watch_run "$STATS" -d va --wait --once --output "$BATS_TEST_TMPDIR/file"
	poll err_has waiting
	kill "$WATCH"
	wait "$WATCH" || code=$?
	((code == 40))
	err_has "could not show $MAP: stopped before it was pinned"
	[[ $(<"$BATS_TEST_TMPDIR/file") == before ]]
}

@test "xdp_stats --wait ends with the reason if a pin comes that it cannot use, also with several devices" {
	local code=0
	map_make
	watch_run "$STATS" -d va -d vx --wait
	poll err_has "waiting for $BPFFS/vx"
	mkdir "$BPFFS/vx"
	bpftool map create "$BPFFS/vx/xdp_stats_map" type array key 4 value 16 entries 5 name other
	poll has_ended
	wait "$WATCH" || code=$?
	((code == 40))
	err_has "it is a map of type"
}

@test "after a stop there is one round of the whole time, and not one for each that was left out" {
	map_make
	watch_start -d va -i 0.05
	kill -STOP "$WATCH"
	sleep 2
	: >"$OUT"
	kill -CONT "$WATCH"
	poll out_has XDP_PASS
	sleep 0.5
	watch_end
	# No round but the last one, when it is ended, is shorter than half of what was asked for.
	periods <"$OUT" | awk '{ short += $1 < 0.025 } END { exit short > 1 }'
}

@test "--pin-base and dots in a device's name lead to the map" {
	map_make "$BPFFS/some/where/va/xdp_stats_map"
	count_set 3 1 1 "$BPFFS/some/where/va/xdp_stats_map"
	run -0 "$STATS" --pin-base "$BPFFS/some/where" -d va --once
	[[ $output =~ XDP_TX\ +[1-9] ]]
	run -40 "$STATS" -d va --once
	map_make "$BPFFS/eth0_100/xdp_stats_map"
	run -0 "$STATS" -d eth0.100 --once
	run --separate-stderr -40 "$STATS" --pin-base /tmp -d va --once
	[[ $stderr == *"/tmp"*"mount"* ]]
	run --separate-stderr -40 "$STATS" --pin-base "$(printf '%05000d' 0)" -d va --once
	[ -n "$stderr" ]
}

@test "--netns leads to the map of a device in a network namespace" {
	ip netns add away
	ip link add dev va type veth peer name vb netns away
	ip -n away link set dev vb up
	"$LOADER" -q --netns away -d vb
	run -0 "$STATS" --netns away -d vb --once
	run -0 "$STATS" --map "$BPFFS/netns-away/vb/xdp_stats_map" --once
	run -40 "$STATS" -d vb --once
	# The namespace may have gone: the pin has not.
	"$LOADER" -q -d va
	ip netns del away
	run -0 "$STATS" --netns away -d vb --once
	run -0 nsenter --net="/proc/$$/ns/net" "$STATS" -d va --once
}

@test "inside ip netns exec, which hides the BPF filesystem, the error names both remedies" {
	ip netns add away
	run --separate-stderr -40 ip netns exec away "$STATS" -d va --once
	[[ $stderr == *"--netns away"*"nsenter --net="*away* ]]
	map_make
	run -0 nsenter --net=/run/netns/away "$STATS" -d va --once
}

@test "xdp_stats does not mount a BPF filesystem; it says how to" {
	umount "$BPFFS"
	run --separate-stderr -40 unshare --mount "$STATS" -d va --once
	[ -n "$stderr" ]
	run ! mountpoint -q "$BPFFS"
}

@test "a map that is none of counters is refused, with each difference named" {
	bpftool map create "$BPFFS/all" type hash key 8 value 24 entries 7 name all
	run --separate-stderr -40 "$STATS" --map "$BPFFS/all" --once
	[ -z "$output" ]
	[[ $stderr == *"$BPFFS/all"*type*1*6* ]]
	[[ $stderr == *"key size is 8,"*4* ]]
	[[ $stderr == *"value size is 24,"*16* ]]
	[[ $stderr == *"entries is 7,"*5* ]]

	bpftool map create "$BPFFS/type" type array key 4 value 16 entries 5 name t
	bpftool map create "$BPFFS/key" type percpu_hash key 8 value 16 entries 5 name k
	bpftool map create "$BPFFS/value" type percpu_array key 4 value 8 entries 5 name v
	bpftool map create "$BPFFS/entries" type percpu_array key 4 value 16 entries 4 name e
	local name
	for name in "type:type" "value:value size" "entries:entries"; do
		run --separate-stderr -40 "$STATS" --map "$BPFFS/${name%%:*}" --once
		[[ $stderr == *"${name#*:}"* ]]
		((${#stderr_lines[@]} == 1)) # that and nothing else
	done
	run --separate-stderr -40 "$STATS" --map "$BPFFS/key" --once
	[[ $stderr == *"type"*"key size"* ]]
	((${#stderr_lines[@]} == 2))
	bpftool map create "$BPFFS/six" type percpu_array key 4 value 16 entries 6 name s
	run --separate-stderr -40 "$STATS" --map "$BPFFS/six" --once
	# With --wait just as well.
	run --separate-stderr -40 timeout 5 "$STATS" --map "$BPFFS/six" --wait
}

@test "what is no pinned map is refused, and called what it is" {
	pair_make
	"$LOADER" -q -d va
	run --separate-stderr -40 "$STATS" --map "$BPFFS/va/programs/xdp_pass_func" --once
	[[ $stderr == *programs/xdp_pass_func*program* ]]
	((${#stderr_lines[@]} == 1))
	local path
	touch "$BATS_TEST_TMPDIR/file"
	for path in "$BPFFS/va" "$BATS_TEST_TMPDIR/file" /dev/null / "$BATS_TEST_TMPDIR/file/below"; do
		run --separate-stderr -40 "$STATS" --map "$path" --once
		echo "$stderr"
		[ -z "$output" ]
		[[ $stderr == *"could not"*"$path"* ]]
		[[ $stderr != *"run as root"* ]] # it is
	done
}

@test "a path that is too long is refused, and not cut to another" {
	map_make
	local path=$MAP
	while ((${#path} < 4094)); do path=/.$path; done
	((${#path} == 4095)) || path=/$path
	run -0 "$STATS" --map "$path" --once
	run --separate-stderr -40 "$STATS" --map "${path}2" --once
	[[ $stderr == *"could not"* ]]
	run --separate-stderr -40 "$STATS" --map "$(printf '/%05000d' 0)" --once
	[[ $stderr == *"could not"* ]]
}

# ---------------------------------------------------------------- following

@test "xdp_stats follows reloads, says that the map changed, and its totals miss no frame" {
	local generation program sent=0
	pair_make
	"$LOADER" -q -d va --progname xdp_drop_func
	watch_start -d va -i 0.02
	for generation in 1 2 3 4 5; do
		((generation == 1)) || {
			program=$( ((generation % 2)) && echo xdp_drop_func || echo xdp_pass_func)
			frames_send 10 # counted late in the old map
			sent=$((sent + 10))
			"$LOADER" -q -d va --progname "$program"
			poll err_has "another map now: id $(map_id), generation $generation"
		}
		frames_send $((1000 * generation)) 100
		sent=$((sent + 1000 * generation))
	done
	watch_end
	assert_no_negative
	grep -qE "^all +$(thousands "$sent") +1.50 MB$" "$OUT"
	grep -q '^Since the start, 5 maps ' "$OUT"
	[ "$(wc -l <"$ERR")" = 4 ]
	(($(last_packets all) == sent))
}

map_id() { bpftool -j map show pinned "${1-$MAP}" | sed 's/.*"id":\([0-9]*\).*/\1/'; }

@test "reloads under traffic lose no frame of the totals" {
	local round
	pair_make
	"$LOADER" -q -d va --progname xdp_drop_func
	watch_start -d va -i 0.02
	frames_send 8000 64 --gap 60us &
	SENDER=$!
	for round in 2 3 4 5 6; do
		"$LOADER" -q -d va --progname xdp_drop_func
		poll err_has "another map now: id [0-9]+, generation $round"
	done
	wait "$SENDER"
	watch_end
	assert_no_negative
	(($(last_packets all) == 8000))
	none err_has "missing from the totals"
}

@test "two reloads between two rounds lose no frame of the totals" {
	pair_make
	"$LOADER" -q -d va --progname xdp_drop_func
	watch_start -d va -i 60
	frames_send 100
	"$LOADER" -q -d va --progname xdp_drop_func
	frames_send 200
	"$LOADER" -q -d va --progname xdp_drop_func
	frames_send 400
	watch_end
	(($(last_packets all) == 700))
}

@test "maps that come and go while xdp_stats is stopped are missing from the totals, and it says so" {
	local option
	pair_make
	"$LOADER" -q -d va --progname xdp_drop_func
	watch_start -d va -i 0.02
	stopped() { grep -q '^State:.*stopped' "/proc/$WATCH/status"; }
	reloads() { # COUNT OPTION...: while it is stopped, and each map counts 100 packets
		local count=$1
		shift
		kill -STOP "$WATCH"
		poll stopped
		for ((; count > 0; count--)); do
			"$LOADER" -q -d va --progname xdp_drop_func "$@"
			frames_send 100
		done
		kill -CONT "$WATCH"
	}
	reloads 1
	poll err_has "generation 2"
	reloads 3 --reuse-maps
	reloads 3 --pin-mode 0640 --reuse-maps
	poll has_packets XDP_DROP 700
	none err_has "missing from the totals"
	reloads 3
	poll err_has "$MAP was replaced 3 times before it could be looked at.*missing from the totals"
	poll err_has "generation 3"
	reloads 2
	poll err_has "$MAP was replaced 2 times"
	poll err_has "generation 4"
	watch_end
	(($(grep -c "missing from the totals" "$ERR") == 2))
	has_packets all 900
}

@test "a reload with --reuse-maps is no change of the map" {
	pair_make
	"$LOADER" -q -d va --progname xdp_drop_func
	watch_start -d va -i 0.02
	frames_send 1000
	"$LOADER" -q -d va --progname xdp_pass_func --reuse-maps
	frames_send 500
	poll has_packets XDP_PASS 500
	watch_end
	(($(last_packets all) == 1500))
	[ ! -s "$ERR" ]
	grep -q '^Since the start, 1 map ' "$OUT"
}

@test "a pin that goes away is said once; its map is still shown, and the next one is picked up" {
	pair_make
	"$LOADER" -q -d va --progname xdp_drop_func
	watch_start -d va -i 0.02
	frames_send 100
	"$LOADER" -q -d va --unpin --maps-only
	poll err_has "$MAP is gone"
	frames_send 100 # the program still counts there
	poll has_packets XDP_DROP 200
	"$LOADER" -q -d va --unload-all
	"$LOADER" -q -d va --progname xdp_pass_func
	poll err_has 'another map now'
	frames_send 10
	poll has_packets XDP_PASS 10
	watch_end
	(($(last_packets all) == 210))
	(($(grep -c gone "$ERR") == 1))
	assert_no_negative
}

@test "a map that comes back goes on in the totals from where it was, held on or long closed" {
	local pause
	map_make
	map_make "$BPFFS/other"
	count_set 1 1000 64000
	ln "$MAP" "$BPFFS/kept"
	for pause in "" "sleep 0.3"; do # old maps are held for a tenth of a second
		watch_start -d va -i 0.02
		bpftool map pin id "$(map_id "$BPFFS/other")" "$BPFFS/now"
		mv "$BPFFS/now" "$MAP"
		poll err_has "generation 2"
		$pause
		bpftool map pin id "$(map_id "$BPFFS/kept")" "$BPFFS/now"
		mv "$BPFFS/now" "$MAP"
		poll err_has "generation 3"
		$pause
		count_set 1 1001 64064
		poll out_has "XDP_DROP +$(thousands $((1001 * $(possible_cpus)))) "
		watch_end
		assert_no_negative
		has_packets all "$(possible_cpus)"
		count_set 1 1000 64000
	done
}

@test "counts go over 2^32 packets, and over 2^53 bytes, exactly" {
	map_make
	count_set 1 4294967290 9007199254740990
	watch_start -d va -i 0.05 --json
	count_set 1 4294967302 9007199254741993
	poll out_has "\"since_start\": *\{ *\"packets\": *$((12 * $(possible_cpus)))"
	watch_end
	assert_no_negative
	run -0 "$STATS" -d va --once --json
	jq -e --argjson n "$(possible_cpus)" '.actions.XDP_DROP.packets == 4294967302 * $n' <<<"$output"
	[[ $output == *"$((9007199254741993 * $(possible_cpus)))"* ]]
}

@test "steps of the wall clock change no period and no rate" {
	local library step
	needs_no_sanitizer "no other library may come before it"
	library=$(dpkg -L libfaketime 2>/dev/null | grep '/libfaketime\.so') || skip "libfaketime's package is not known here"
	map_make
	echo +0 >"$BATS_TEST_TMPDIR/clock"
	watch_run env LD_PRELOAD="$library" FAKETIME_TIMESTAMP_FILE="$BATS_TEST_TMPDIR/clock" FAKETIME_NO_CACHE=1 \
		FAKETIME_DONT_FAKE_MONOTONIC=1 "$STATS" -d va -i 0.05 --json
	poll test -s "$OUT"
	for step in -2h +3d -1y +0; do
		echo "$step" >"$BATS_TEST_TMPDIR/clock"
		sleep 0.3
	done
	watch_end
	# The clock did step, and the periods did not.
	(($(jq -r '.time[:10]' "$OUT" | sort -u | wc -l) >= 3))
	jq -es 'length > 10 and all(.[]; .period == null or (.period > 0 and .period < 1))' "$OUT"
}

@test "a load that fails after the old map's pin was replaced, and is taken back, adds nothing to the totals" {
	need_strace
	pair_make
	"$LOADER" -q -d va --progname xdp_drop_func
	frames_send 1000
	watch_start -d va -i 0.02
	frames_send 100
	run ! strace -f -o "$BATS_TEST_TMPDIR/calls" -e 'inject=?rename,?renameat,?renameat2:error=EIO:when=3' \
		"$LOADER" -q -d va --progname xdp_pass_func
	frames_send 10
	poll out_has '^XDP_DROP +1,110 '
	watch_end
	has_packets all 110
}

@test "a map of another layout that takes the pin's place is an error that names the difference" {
	map_make
	watch_start -d va -i 0.02
	bpftool map create "$BPFFS/other" type array key 4 value 16 entries 5 name other
	mv "$BPFFS/other" "$MAP"
	local code=0
	wait "$WATCH" || code=$?
	((code == 40))
	err_has "type"
}

@test "a map that is set back by somebody shows no negative or wrapped number" {
	map_make
	count_set 2 5000000 6000000000
	watch_start -d va -i 0.02
	count_set 2 1 1
	poll out_has "^XDP_PASS +$(thousands "$(possible_cpus)") "
	count_set 2 100000 100000
	poll out_has "^XDP_PASS +$(thousands $((100000 * $(possible_cpus)))) "
	watch_end
	assert_no_negative
}

# ---------------------------------------------------------------- how it reads

# The bpf() calls of one run, a line each.
bpf_calls() { # STRACE-OPTIONS -- OPTION...
	local options=()
	while [[ $1 != -- ]]; do options+=("$1"); shift; done
	shift
	strace -f -e trace=bpf "${options[@]}" -o "$BATS_TEST_TMPDIR/calls" "$STATS" "$@" >"$OUT"
}

# Which of the bpf() calls of xdp_stats --once is the first that reads the map, as strace counts them.
first_read() {
	bpf_calls -- -d va --once
	grep 'bpf(' "$BATS_TEST_TMPDIR/calls" | grep -n -m 1 BPF_MAP_LOOKUP_BATCH | cut -d : -f 1
}

need_strace() {
	command -v strace >/dev/null || skip "strace is not installed"
}

@test "xdp_stats opens the map for reading only, and reads all actions in one call a round" {
	need_strace
	needs_kernel 5.13 "per-CPU arrays that are read in one call"
	map_make
	bpf_calls -- -d va -i 0.01 -n 5
	run -0 grep -c BPF_OBJ_GET, "$BATS_TEST_TMPDIR/calls"
	grep BPF_OBJ_GET, "$BATS_TEST_TMPDIR/calls" | none grep -v BPF_F_RDONLY
	none grep -E 'BPF_MAP_(UPDATE|DELETE|CREATE|LOOKUP_ELEM)|BPF_PROG|BPF_BTF' \
		"$BATS_TEST_TMPDIR/calls"
	[ "$(grep -c BPF_MAP_LOOKUP_BATCH "$BATS_TEST_TMPDIR/calls")" = 6 ] # the start and five rounds
}

@test "xdp_stats --once takes three calls: open, ask, read" {
	need_strace
	needs_kernel 5.13 "per-CPU arrays that are read in one call"
	map_make
	bpf_calls -- -d va --once
	[ "$(wc -l <"$BATS_TEST_TMPDIR/calls")" -le 4 ] # and strace's "+++ exited"
	[ "$(grep -c 'bpf(' "$BATS_TEST_TMPDIR/calls")" = 3 ]
}

@test "on a kernel that cannot read in one call, xdp_stats reads each action, and shows the same" {
	need_strace
	needs_kernel 5.13 "per-CPU arrays that are read in one call"
	map_make
	count_set 0 5 55
	count_set 4 123456 78901234
	"$STATS" -d va --once | timeless >"$BATS_TEST_TMPDIR/want"
	first=$(first_read)
	bpf_calls -e inject="bpf:error=EINVAL:when=$first" -- -d va --once
	[ "$(grep -c 'BPF_MAP_LOOKUP_ELEM,' "$BATS_TEST_TMPDIR/calls")" = 5 ]
	timeless <"$OUT" | diff "$BATS_TEST_TMPDIR/want" -
	# It does not try again in the next round.
	bpf_calls -e inject="bpf:error=EINVAL:when=$first" -- -d va -i 0.01 -n 2
	[ "$(grep -c 'BPF_MAP_LOOKUP_BATCH' "$BATS_TEST_TMPDIR/calls")" = 1 ]
	[ "$(grep -c 'BPF_MAP_LOOKUP_ELEM,' "$BATS_TEST_TMPDIR/calls")" = 15 ]
}

# A record that was not read must not be printed.
@test "a map that cannot be read is an error, and prints no number" {
	need_strace
	map_make
	first=$(first_read)
	run --separate-stderr -40 strace -f -o "$BATS_TEST_TMPDIR/calls" -e trace=bpf \
		-e inject="bpf:error=EPERM:when=$first+" "$STATS" -d va --once
	[ -z "$output" ]
	[[ $stderr == *"could not read"* ]]
	# Half of it read, half not.
	run --separate-stderr -40 strace -f -o "$BATS_TEST_TMPDIR/calls" -e trace=bpf \
		-e inject="bpf:error=EPERM:when=$first+2" "$STATS" -d va --once
	[ "$(grep -c 'BPF_MAP_LOOKUP_ELEM,.* = 0' "$BATS_TEST_TMPDIR/calls")" = 1 ]
	[ -z "$output" ]
}

@test "xdp_stats uses libbpf's thin wrappers only, and does not link libxdp" {
	local symbols
	readelf -d "$STATS" | grep -q libbpf || skip "libbpf is linked statically"
	symbols=$(nm -D --undefined-only "$STATS" | awk '{ print $2 }' | sed 's/@.*//')
	grep -q '^bpf_obj_get' <<<"$symbols"
	none grep -E '^(bpf_.*__|btf__|xdp_|libxdp_|ring_buffer__)' <<<"$symbols"
	grep '^libbpf_' <<<"$symbols" |
		none grep -vE '^libbpf_(bpf_map_type_str|num_possible_cpus|set_print|version_string)$'
	readelf -d "$STATS" | none grep libxdp
}

# ---------------------------------------------------------------- who may

# Everybody may run and see it; the caller is nobody, without a capability.
@test "nobody, without a capability, reads a map whose modes allow it, and follows it" {
	needs_kernel 5.19 "reading without privilege"
	pair_make
	public_stats
	"$LOADER" -q -d va --progname xdp_drop_func
	chmod 755 "$BPFFS/va"
	chmod 644 "$MAP"
	frames_send 1234
	run --separate-stderr as_nobody "$PUBLIC" -d va --once
	echo "$stderr"
	((status == 0))
	[[ $output =~ XDP_DROP\ +1,234\ + ]]
	run -0 as_nobody "$PUBLIC" --map "$MAP" -i 0.01 -n 2
}

@test "who may not read is told what stands against it, and what to do" {
	pair_make
	public_stats
	"$LOADER" -q -d va
	run --separate-stderr -40 as_nobody "$PUBLIC" -d va --once
	[[ $stderr == *"could not open $MAP: $BPFFS/va is a directory that you may not search, user 0's and group 0's, of mode 0700; "*"run as root"* ]]
	((${#stderr_lines[@]} == 1))
	chmod 755 "$BPFFS/va"
	run --separate-stderr -40 as_nobody "$PUBLIC" -d va --once
	[[ $stderr == *"could not open $MAP: $MAP is a pin that you may not read, user 0's and group 0's, of mode 0600; 'xdp_loader --pin-mode 0644' lets others read"* ]]
	# A namespace can be named by who may not enter it: the reader need not.
	ip netns add away
	run --separate-stderr -40 as_nobody "$PUBLIC" --netns away -d va --once
	[ -n "$stderr" ]
}

@test "xdp_stats leaves the machine as it found it" {
	pair_make
	"$LOADER" -q -d va
	find "$BPFFS" -exec stat -c '%n %a %i' {} + | sort >"$BATS_TEST_TMPDIR/before"
	ip -d link show >>"$BATS_TEST_TMPDIR/before"
	run -0 "$STATS" -d va -i 0.01 -n 3
	run -40 "$STATS" -d vb --once
	{
		find "$BPFFS" -exec stat -c '%n %a %i' {} + | sort
		ip -d link show
	} | diff "$BATS_TEST_TMPDIR/before" -
}

# ---------------------------------------------------------------- a map that nobody counts in

@test "where nothing is attached any more, xdp_stats says so, once, and what to run" {
	pair_make
	"$LOADER" -q -d va --direct
	watch_start -d va -i 0.05
	sleep 0.5
	[ ! -s "$ERR" ]
	ip link set va xdp off
	poll err_has "no XDP program is attached to va: nothing new is counted in map $(map_id).*run 'xdp_loader -d va'"
	sleep 0.5
	watch_end
	[ "$(wc -l <"$ERR")" = 1 ]
}

foreign_takes_over() {
	pair_make
	"$LOADER" -q -d va --direct
	ip link set va xdp off
	foreign_program va
}

@test "where another program is attached, xdp_stats says that it counts elsewhere, and what to run" {
	foreign_takes_over
	run --separate-stderr -0 "$STATS" -d va --once
	[[ $stderr == *"program $(attached_id va) is attached to va, and does not use the map: nothing new"*"run 'xdp_loader -d va'"* ]]
	# What it says to run leads to the rest.
	run -30 "$LOADER" -d va
	[[ $output == *--force* ]]
	"$LOADER" -q -d va --force
	run --separate-stderr -0 "$STATS" -d va --once
	[[ -z $stderr ]]
}

@test "who may not look at programs is told nothing of them" {
	needs_kernel 5.19 "reading without privilege"
	foreign_takes_over
	run --separate-stderr -0 setpriv --bounding-set=-all --inh-caps=-all "$STATS" -d va --once
	[[ -z $stderr ]]
}

@test "xdp_stats says the same of a device in a network namespace" {
	ip netns add inner
	ip link add v0 type veth peer name veth0 netns inner
	"$LOADER" -q --netns inner -d veth0
	run --separate-stderr -0 "$STATS" --netns inner -d veth0 --once
	[[ -z $stderr ]]
	ip -n inner link set veth0 xdp off
	run --separate-stderr -0 "$STATS" --netns inner -d veth0 --once
	[[ $stderr == *"run 'xdp_loader --netns inner -d veth0'"* ]]
}
