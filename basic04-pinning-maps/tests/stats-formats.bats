#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
# xdp_stats' formats for programs: JSON, CSV, OpenMetrics; --per-cpu; --output.
# shellcheck disable=SC2016,SC2030,SC2031,SC2154 # no expansions; each test is a subshell; bats sets stderr
bats_require_minimum_version 1.5.0

load helpers
load traffic

teardown() { jobs_end; }

dropping() {
	pair_make
	"$LOADER" -q -d va --progname xdp_drop_func
}

@test "--json: an object a round, valid by the schema, with what was sent" {
	dropping
	frames_send 100
	watch_start -d va -i 0.05 --json
	frames_send 23
	poll out_has '"packets":123,'
	watch_end
	assert_valid xdp_stats "$OUT"
	jq -se 'first | keys_unsorted[0] == "schema" and .schema == 1 and .device == "va" and .netns == null and .generation == 1 and .generation_reason == "start"' "$OUT"
	jq -se 'last.actions.XDP_DROP | .packets == 123 and .bytes == 123 * 64 and .since_start.packets == 23' "$OUT"
	# Rates times periods are what came.
	jq -se '[.[] | .actions.XDP_DROP.pps * .period] | add | . > 22 and . < 24' "$OUT"
}

@test "--json follows reloads: the generation, since when and why" {
	dropping
	frames_send 10
	watch_start -d va -i 0.05 --format json
	frames_send 5
	"$LOADER" -q -d va --progname xdp_pass_func
	poll out_has '"generation":2,'
	frames_send 6
	poll out_has '"XDP_PASS":{"packets":6,'
	watch_end
	assert_valid xdp_stats "$OUT"
	jq -se 'last | .generation_reason == "another map" and .generation_since > (.time[:10]) and .generation_since < .time
		and .actions.XDP_DROP.packets == 0 and .actions.XDP_DROP.since_start.packets == 5 and .actions.XDP_PASS.since_start.packets == 6' "$OUT"
}

@test "--json of a pin that went says so, and of several devices has a line each" {
	dropping
	"$LOADER" -q -d vb
	watch_start -d va -d vb -i 0.05 --json
	poll out_has '"device":"vb".*"pinned":true'
	"$LOADER" -q -d va --unload
	poll out_has '"device":"va".*"pinned":false'
	watch_end
	assert_valid xdp_stats "$OUT"
}

@test "--once --json has no rates, and --per-cpu who has counted" {
	dropping
	frames_send 100
	"$STATS" -d va --once --json --per-cpu >"$OUT"
	assert_valid xdp_stats "$OUT"
	jq -e '.actions.XDP_DROP | has("pps") == false and (.cpus | map(.packets) | add) == 100 and (.cpus | map(.bytes) | add) == 6400' "$OUT"
	jq -e '.actions.XDP_PASS.cpus == []' "$OUT"
	run -0 "$STATS" -d va --once --per-cpu
	[[ $output =~ XDP_DROP\ +100\ +6,400\ B$'\n'\ \ CPU\ [0-9]+\ +100\ +6,400\ B ]]
}

@test "--format csv: a header, then a line an action, with as many fields" {
	dropping
	frames_send 100
	watch_start -d va -i 0.05 --format csv --per-cpu
	frames_send 23
	poll out_has 'XDP_DROP,,123,7872,'
	watch_end
	[[ $(head -n 1 "$OUT") == "time,netns,device,map_id,generation,generation_since,generation_reason,action,cpu,packets,bytes,pps,bps,period,packets_since_start,bytes_since_start" ]]
	[[ $(awk -F, '{ print NF }' "$OUT" | sort -u) == 16 ]]
	grep -qE '"","va",[0-9]+,1,[0-9TZ:.-]+,start,XDP_DROP,[0-9]+,123,7872,,,,,$' "$OUT"
	grep -qE 'XDP_DROP,,123,7872,[0-9]+,[0-9]+,[0-9.]+,23,1472$' "$OUT"
}

@test "--format openmetrics: counters that continue through a reload, and what is up" {
	dropping
	frames_send 100
	run -0 "$STATS" -d va --once --format openmetrics
	[[ ${lines[-1]} == "# EOF" ]]
	[[ $output == *'xdp_stats_packets_total{device="va",netns="",action="XDP_DROP"} 100'* ]]
	[[ $output == *'xdp_stats_bytes_total{device="va",netns="",action="XDP_DROP"} 6400'* ]]
	[[ $output == *"# UNIT xdp_stats_bytes bytes"* && $output == *'xdp_stats_up{device="va",netns=""} 1'* ]]
	watch_start -d va -i 0.05 --format openmetrics
	"$LOADER" -q -d va --progname xdp_drop_func
	frames_send 5
	poll out_has 'action="XDP_DROP"} 105$'
	out_has 'xdp_stats_map_generation\{device="va",netns=""\} 2$'
	out_has 'xdp_stats_map_since_timestamp_seconds\{device="va",netns="",reason="another map"\} [0-9]+\.[0-9]{3}$'
	"$LOADER" -q -d va --unload
	poll out_has 'xdp_stats_up\{device="va",netns=""\} 0$'
	watch_end
}

@test "one of several whose pin becomes something else is down, and the others stay up" {
	dropping
	"$LOADER" -q -d vb
	watch_start -d va -d vb -i 0.05 --format openmetrics
	rm "$BPFFS/va/xdp_stats_map"
	stranger_map "$BPFFS/va/xdp_stats_map"
	poll out_has 'xdp_stats_up\{device="va",netns=""\} 0$'
	: >"$OUT"
	poll out_has 'xdp_stats_up\{device="vb",netns=""\} 1$'
	watch_end
	[[ $(grep -c 'it is a map of type' "$ERR") == 1 ]]
}

@test "names with quotes, backslashes and newlines stay one label, one field" {
	local name=$'a"b\\cd' netns=$'x\ny' # a device's name has no newline
	own_folder "$BPFFS/$name"
	own_folder "$BPFFS/netns-$netns/$name" "$name" "$netns"
	for place in "$name" "netns-$netns/$name"; do
		bpftool map create "$BPFFS/$place/xdp_stats_map" type percpu_array key 4 value 16 entries 5 name xdp_stats_map
	done
	run -0 "$STATS" --all --once --format openmetrics
	[[ $output == *'device="a\"b\\cd",netns=""'* && $output == *'device="a\"b\\cd",netns="x\ny"'* ]]
	none grep -vE '^(#|xdp_stats_[a-z_]+\{)' <<<"$output"
	run -0 "$STATS" --all --once --format csv
	[[ $output == *$',"a""b\\cd",'* ]]
	"$STATS" --all --once --json >"$OUT"
	[[ $(jq -s '.[0].device' "$OUT") == '"a\"b\\cd"' ]]
}

# The capabilities that are left in the end when it writes a file.
kept_for_output() { # FILE
	strace -o "$BATS_TEST_TMPDIR/calls" -e trace=capset "$STATS" -d va --once --output "$1"
	tail -n 2 "$BATS_TEST_TMPDIR/calls" | sed -n 's/.*permitted=\([^,]*\),.*/\1/p'
}

@test "--output, started as root, writes into another user's folder, and keeps what that requires alone" {
	local folder=$BATS_TEST_TMPDIR/theirs
	dropping
	install -d -o nobody -m 0755 "$folder"
	[[ $(kept_for_output "$folder/xdp") == "1<<CAP_DAC_OVERRIDE" && $(grep -c XDP_ "$folder/xdp") == 5 ]]
	[[ $(ls "$folder") == xdp ]]
	cd "$folder"
	[[ $(kept_for_output again) == "1<<CAP_DAC_OVERRIDE" && -s again ]]
	[[ $(kept_for_output "$BATS_TEST_TMPDIR/ours") == 0 && -s $BATS_TEST_TMPDIR/ours ]]
}

@test "--output writes the file, whichever of the standard descriptors are closed" {
	local closed file=$BATS_TEST_TMPDIR/closed
	dropping
	for closed in "<&-" ">&-" "2>&-" "<&- >&-" ">&- 2>&-" "<&- 2>&-" "<&- >&- 2>&-"; do
		bash -c "exec '$STATS' -d va --once --output '$file' $closed"
		[[ $(grep -c XDP_ "$file") == 5 ]]
		rm "$file"
	done
}

@test "--output replaces a file when all is written, and only then" {
	local file=$BATS_TEST_TMPDIR/xdp.prom
	dropping
	echo old >"$file"
	run -0 "$STATS" -d va --once --format openmetrics --output "$file"
	[[ -z $output && $(tail -n 1 "$file") == "# EOF" ]]
	[[ $(find "$BATS_TEST_TMPDIR" -name 'xdp.prom*') == "$file" ]]
	# A full disk: the old one stays.
	mkdir "$BATS_TEST_TMPDIR/full"
	mount -t tmpfs -o size=4k tmpfs "$BATS_TEST_TMPDIR/full"
	echo old >"$BATS_TEST_TMPDIR/full/xdp.prom"
	run -1 "$STATS" -d va --once --json --per-cpu --output "$BATS_TEST_TMPDIR/full/xdp.prom"
	[[ $output == *"No space left"* && $(<"$BATS_TEST_TMPDIR/full/xdp.prom") == old && $(ls "$BATS_TEST_TMPDIR/full") == xdp.prom ]]
	umount "$BATS_TEST_TMPDIR/full"
	run -1 "$STATS" -d va --once --output /nowhere/xdp.prom
	[[ $output == *"could not write /nowhere/xdp.prom: No such file or directory"* ]]
	run -40 "$STATS" -d vb --once --output "$file"
	[[ $(tail -n 1 "$file") == "# EOF" ]]
}

@test "--output writes to what is not a regular file, and does not replace it" {
	local device=$BATS_TEST_TMPDIR/null
	dropping
	mknod "$device" c 1 3
	chmod 0666 "$device"
	run -0 "$STATS" -d va --once --output "$device"
	[[ -c $device && -z $output ]]
	mkfifo "$BATS_TEST_TMPDIR/pipe"
	"$STATS" -d va --once --output "$BATS_TEST_TMPDIR/pipe" &
	grep -q XDP_DROP "$BATS_TEST_TMPDIR/pipe"
	wait "$!"
	[[ -p $BATS_TEST_TMPDIR/pipe ]]
	[[ $("$STATS" -d va --once --output /proc/self/fd/1) == *XDP_DROP* ]]
	[[ $("$STATS" -d va --once --output /dev/stdout | cat) == *XDP_DROP* ]]
	mknod "$BATS_TEST_TMPDIR/full" c 1 7
	run -1 "$STATS" -d va --once --output "$BATS_TEST_TMPDIR/full"
	[[ -c $BATS_TEST_TMPDIR/full && $output == *"No space left"* ]]
	run -1 "$STATS" -d va --once --output "$BATS_TEST_TMPDIR"
	[[ $output == *"could not write $BATS_TEST_TMPDIR: Is a directory"* ]]
}

@test "--output through a link replaces the file that it names, also one that is not there yet" {
	dropping
	mkdir "$BATS_TEST_TMPDIR/there"
	cd "$BATS_TEST_TMPDIR"
	echo old >there/file
	ln -s there/file near
	ln -s "$BATS_TEST_TMPDIR/near" far
	run -0 "$STATS" -d va --once --output far
	[[ -L near && -L far && $(<there/file) == *XDP_DROP* ]]
	rm there/file
	run -0 "$STATS" -d va --once --output far
	[[ -L near && -L far && -f there/file && $(<there/file) == *XDP_DROP* ]]
	[[ $(ls there) == file ]]
	ln -s loop loop
	run -1 "$STATS" -d va --once --output loop
	[[ $output == *"could not write loop: Too many levels of symbolic links"* ]]
}

@test "--output is not blocked by what a killed run has left, and the mode is as the umask says" {
	dropping
	cd "$BATS_TEST_TMPDIR"
	# A run of the same process ID, killed before its commit.
	run -0 bash -c 'umask 0027; touch "file.$BASHPID"; exec "$1" -d va --once --output file' run "$STATS"
	[[ $(stat -c %a file) == 640 ]]
}

@test "formats and options that do not go together are refused, exit code 2" {
	run -2 "$STATS" -d va --format xml
	[[ $output == *"'xml' is not a format: give text, json, csv or openmetrics"* ]]
	run -2 "$STATS" -d va --output file
	run -2 "$STATS" -d va --listen 0 --once
	run -2 "$STATS" -d va --live --once
	run -2 "$STATS" --all -d va
	run -2 "$STATS" --all --map x
}

@test "each format ends quietly where the reader goes, and fails where nothing can be written" {
	local format
	dropping
	for format in text json csv openmetrics; do
		"$STATS" -d va -i 0.01 --format "$format" | head -n 1 >/dev/null
		((PIPESTATUS[0] == 0))
		run -1 bash -c '"$1" -d va --once --format "$2" >/dev/full' run "$STATS" "$format"
	done
}

# 4 packets passed and 3 dropped, in one map.
passing_and_dropping() {
	pair_make
	"$LOADER" -q -d va
	frames_send 4
	"$LOADER" -q -d va -M --progname xdp_drop_func
	frames_send 3
}

# The actions in the text on stdin, one line each.
actions_of() { grep -o 'XDP_[A-Z]*' | sort -u | paste -sd ' '; }

@test "--action shows only those actions, however they are spelled, in each format" {
	passing_and_dropping
	local spelled
	for spelled in drop DROP Drop XDP_DROP xdp_drop; do
		run -0 "$STATS" -d va --once --action "$spelled"
		[[ ${lines[1]} =~ ^XDP_DROP\ +3\ + && ${#lines[@]} == 2 ]]
	done
	run -0 "$STATS" -d va --once --action pass --action=drop --action pass --per-cpu
	[[ $(actions_of <<<"$output") == "XDP_DROP XDP_PASS" && ${#lines[@]} == 5 ]]
	"$STATS" -d va --once --json --action tx --action pass --per-cpu >"$OUT"
	assert_valid xdp_stats "$OUT"
	[[ $(jq -c '.actions | map_values(.packets)' "$OUT") == '{"XDP_PASS":4,"XDP_TX":0}' ]]
	"$STATS" -d va --once --json >"$OUT"
	assert_valid xdp_stats "$OUT"
	[[ $(jq -c '.actions | map_values(.packets) | to_entries | map(.value)' "$OUT") == "[0,3,4,0,0]" ]]
	run -0 "$STATS" -d va --once --format csv --action drop --per-cpu
	[[ ${lines[0]} == time,* && ${#lines[@]} == 3 && $(actions_of <<<"$output") == XDP_DROP ]]
	run -0 "$STATS" -d va --once --format openmetrics --action aborted --action drop
	[[ $(actions_of <<<"$output") == "XDP_ABORTED XDP_DROP" && $(grep -c 'action=' <<<"$output") == 4 ]]
	[[ $output == *'xdp_stats_up{device="va",netns=""} 1'* && ${lines[-1]} == "# EOF" ]]
}

@test "the totals of --action add up what is shown, and say so, and show what was not counted too" {
	passing_and_dropping
	watch_start -d va -i 0.05 --action drop --action tx
	frames_send 2
	poll out_has 'XDP_DROP +5 '
	watch_end
	[[ $(actions_of <"$OUT") == "XDP_DROP XDP_TX" ]]
	[[ $(sed -n '/^Since the start/,$p' "$OUT" | awk 'NR > 1 { print $1, $2 }' | paste -sd ' ') == "XDP_DROP 2 XDP_TX 0 shown 2" ]]
}

@test "an action that is none exits 2, and all that there are are named" {
	local wrong
	for wrong in foo XDP_ dro drops "drop,pass" XDP_XDP_DROP 1; do
		refused 2 "'$wrong' is not an XDP action: give aborted, drop, pass, tx or redirect" "$STATS" --all --once --action "$wrong"
	done
	refused 2 "'nothing' is not an XDP action" "$STATS" --all --once --action drop --action nothing
	refused 2 "'' is not a value for --action: it is empty" "$STATS" --all --once --action ""
}
