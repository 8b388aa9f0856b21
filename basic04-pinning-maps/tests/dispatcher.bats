#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
# Several programs on one hook, by libxdp's dispatcher: exact through reloads, and good neighbours.
# Needs a kernel in which one program can replace a function of another (freplace). With
# TEST_SHARE=n in the environment, fewer packets (on slow machines).
# shellcheck disable=SC2154 # traffic_end sets sent and rate
bats_require_minimum_version 1.5.0
load helpers
load consistency
load traffic
load fault

RELOADS=50
MAP=$BPFFS/va/xdp_stats_map

setup() {
	pair_make
	run -0 "$LOADER" -d va --progname xdp_pass_func
	needs_dispatcher "$output"
	ID=$(attached_id va)
}
teardown() { jobs_end; }

# A program of somebody else's beside ours, by Debian's xdp-loader, and what it has counted.
neighbour_load() { # front|behind [OPTION...]
	xdp-loader load va "$OBJECTS/dispatcher_neighbour_$1.o" --pin-path "$BPFFS/neighbour" "${@:2}" >&2
	NEIGHBOUR=$(attached_ids va | grep -vx "$ID")
}
neighbour_counted() { packets_in "$BPFFS/neighbour/neighbour_map"; }

reload_often() { # OPTION...
	local round program
	for ((round = 1; round <= RELOADS; round++)); do
		((round % 2)) && program=xdp_drop_func || program=xdp_pass_func
		"$LOADER" -d va --progname "${PROGRAM-$program}" "$@" >/dev/null || return
	done
}

@test "reloads through libxdp with --reuse-maps under traffic" {
	assert_exact_in_one_map
	[[ $(attached_ids va | wc -l) == 1 ]]
}

@test "reloads through libxdp, a new map each time, under traffic that xdp_stats watches" {
	assert_exact_when_watched
}

reload_behind_neighbour() { # OPTION of xdp-loader...
	neighbour_load front "$@"
	assert_exact_in_one_map 2>"$BATS_TEST_TMPDIR/said"
	none grep "counted twice" "$BATS_TEST_TMPDIR/said"
	(($(neighbour_counted) == sent))
	[[ $(attached_ids va | head -n 1) == "$NEIGHBOUR" ]]
}

@test "reloads behind somebody else's program lose and double nothing, for neither" {
	reload_behind_neighbour
}

@test "reloads behind somebody else's program of the same priority lose and double nothing" {
	reload_behind_neighbour --prio 50
}

# After reloads in front of somebody else's program: it saw each frame once, ours each at least once.
neighbour_saw_all() { # COUNTED
	cat "$BATS_TEST_TMPDIR/said"
	[[ $(grep -cE "counted twice for up to [0-9]+ ms: program $NEIGHBOUR " "$BATS_TEST_TMPDIR/said") == "$RELOADS" ]]
	report_reloads "$1"
	(($1 >= sent && sent > 0 && $(neighbour_counted) == sent))
	[[ $(attached_ids va | tail -n 1) == "$NEIGHBOUR" && $(attached_ids va | wc -l) == 2 ]]
}

@test "reloads in front of somebody else's program: it sees every packet, ours lose none, and it is said how many may count twice" {
	neighbour_load behind
	traffic_start
	PROGRAM=xdp_pass_func reload_often --reuse-maps 2>"$BATS_TEST_TMPDIR/said"
	traffic_end
	neighbour_saw_all "$(packets_in "$MAP")"
}

@test "the same with a new map each time, which xdp_stats watches" {
	neighbour_load behind
	watch_start -d va
	traffic_start
	PROGRAM=xdp_pass_func reload_often 2>"$BATS_TEST_TMPDIR/said"
	traffic_end
	watch_end INT
	assert_no_negative
	neighbour_saw_all "$(last_packets all)"
}

@test "--list says in which order the programs of a dispatcher run, and after which actions they go on" {
	neighbour_load behind --prio 60
	run -0 "$LOADER" -d va --list
	echo "$output"
	[[ $output =~ attached\ xdp_pass_func\ +id\ $ID\ .*\ ours\ +priority\ 50,\ goes\ on\ after\ XDP_PASS ]]
	[[ $output =~ attached\ .*id\ $NEIGHBOUR\ .*\ not\ ours\ +priority\ 60 ]]
	run -0 "$LOADER" --list --json
	[[ $(jq -c '[.attached[] | [.id, .priority]]' <<<"$output") == "[[$ID,50],[$NEIGHBOUR,60]]" ]]
	[[ $(jq -c '.attached[0].goes_on_after' <<<"$output") == '["XDP_PASS"]' ]]
}

@test "--prio and --actions say where our program runs, and after which actions the next one does" {
	neighbour_load behind --prio 60
	"$LOADER" -q -d va --prio 70 --actions drop,XDP_TX --progname xdp_drop_func
	ID=$(pinned_program "$BPFFS/va/programs/xdp_drop_func")
	[[ $(attached_ids va | xargs) == "$NEIGHBOUR $ID" ]]
	run -0 "$LOADER" -d va --list
	[[ $output == *"priority 70, goes on after XDP_DROP, XDP_TX"* ]]
	"$LOADER" -q -d va --prio 10 --actions none --progname xdp_pass_func
	ID=$(pinned_program "$BPFFS/va/programs/xdp_pass_func")
	[[ $(attached_ids va | xargs) == "$ID $NEIGHBOUR" ]]
	local before after
	before=$(neighbour_counted)
	frames_send 5
	after=$(neighbour_counted)
	((after == before)) # after no action it goes on
	refused 2 "'foo' is not an XDP action" "$LOADER" -d va --actions pass,foo
}

@test "two programs of ours share a device if each has a --pin-base of its own: each is reloaded and unloaded alone" {
	local second=(-d va --pin-base "$BPFFS/second")
	"$LOADER" -q -d va --prio 10 --progname xdp_pass_func
	"$LOADER" -q "${second[@]}" --prio 20 --progname xdp_drop_func
	frames_send 2
	"$LOADER" -q "${second[@]}" --prio 20 --progname xdp_drop_func -M
	frames_send 3
	[[ $(packets_in "$MAP") == 5 && $(packets_in "$BPFFS/second/va/xdp_stats_map") == 5 ]]
	"$LOADER" -q -d va --unload
	[[ $(attached_ids va) == "$(pinned_program "$BPFFS/second/va/programs/xdp_drop_func")" && ! -e $BPFFS/va ]]
	"$LOADER" -q "${second[@]}" --unload
	[[ $(attached_id va) == none && ! -e $BPFFS/second/va ]]
}

@test "a program that is not ours and counts in the map that --reuse-maps keeps: refused, or with --force said" {
	"$LOADER" -q -d va --unpin --programs-only
	refused 30 "program $ID (xdp_pass_func) there counts in the same map xdp_stats_map, so each packet would count twice" \
		"$LOADER" -d va -M --progname xdp_drop_func
	run -0 "$LOADER" -d va -M --progname xdp_drop_func --force
	[[ $output == *"program $ID (xdp_pass_func) on va counts in map xdp_stats_map too: each packet counts twice"* ]]
}

@test "a full dispatcher: a reload says that there is no place for both, and goes on with --force" {
	local n
	for ((n = 0; n < 9; n++)); do neighbour_load behind --prio 60 || break; done
	[[ $(attached_ids va | wc -l) == 10 ]]
	refused 30 "libxdp's dispatcher there is full" "$LOADER" -d va -M
	run -0 "$LOADER" -d va -M --force
	[[ $output == *"may have passed uncounted for up to "*" ms: libxdp's dispatcher was full"*"1 reused"* ]]
	[[ $(attached_ids va | wc -l) == 10 ]]
	run -30 "$LOADER" -d va --unload 4294967295
}

@test "loading again never stacks a second copy" {
	local round
	for round in 1 2 3; do
		"$LOADER" -q -d va
		[[ $(attached_ids va) == "$(pinned_program "$BPFFS/va/programs/xdp_pass_func")" ]]
	done
	[[ $(attached_id va) != "$ID" ]]
	[[ $(find "$BPFFS/xdp" -mindepth 1 -type d | wc -l) == 1 ]]
}

@test "our program of which the pins are lost is not loaded a second time beside itself" {
	"$LOADER" -q -d va --unpin
	refused 30 "program $ID (xdp_pass_func), which is there, has the same instructions and no pins" \
		"$LOADER" -d va --progname xdp_pass_func
	[[ $(attached_ids va) == "$ID" ]]
	"$LOADER" -q -d va --progname xdp_pass_func --force
	[[ $(attached_ids va | wc -l) == 2 ]]
}

@test "if the kernel's answer to libxdp is lost, the programs that were there stay, and run" {
	local n
	neighbour_load front
	for n in 1 2; do # the new program comes, and the old one goes
		refused 30 "No buffer space available" \
			netlink_fault "RTM_SETLINK:$n:lost" "$LOADER" -d va --progname xdp_drop_func
	done
	run_program va 3
	[[ $(packets_in "$MAP") == 3 && $(neighbour_counted) == 3 ]]
	netlink_fault RTM_SETLINK:1:lost "$LOADER" -q -d va --unload-all --force
	[[ $(attached_id va) == none && ! -e $BPFFS/va && -z $(find "$BPFFS/xdp" -mindepth 1) ]]
	refused 30 "No buffer space available" netlink_fault RTM_SETLINK:1:lost "$LOADER" -d va
	"$LOADER" -q -d va
	netlink_fault RTM_SETLINK:1:lost "$LOADER" -q -d va --unload
	[[ $(attached_id va) == none && ! -e $BPFFS/va && -z $(find "$BPFFS/xdp" -mindepth 1) ]]
}

@test "unloading leaves somebody else's program running" {
	neighbour_load front
	"$LOADER" -q -d va --unload
	[[ $(attached_ids va) == "$NEIGHBOUR" && ! -e $BPFFS/va ]]
	refused 30 "not ours" "$LOADER" -d va --unload-all
	"$LOADER" -q -d va
	[[ $(attached_ids va | wc -l) == 2 ]]
	run -0 "$LOADER" -d va --unload-all --force
	[[ $(attached_id va) == none && ! -e $BPFFS/va ]]
}

@test "a change of mode moves the dispatcher, and is refused where somebody else shares it" {
	run -0 "$LOADER" -d va --skb-mode --reuse-maps
	[[ $output == *"in skb mode"* && $(attached_mode va) == xdpgeneric && $(attached_ids va | wc -l) == 1 ]]
	run -0 "$LOADER" -d va --native-mode
	[[ $output == *"in native mode"* && $(attached_mode va) == xdp && $(attached_ids va | wc -l) == 1 ]]
	neighbour_load front
	refused 30 "other programs share the hook" "$LOADER" -d va --skb-mode
}

@test "--auto-mode falls back to skb mode on a reload through libxdp too, if nobody shares the hook, and keeps the counts" {
	needs_kernel 5.18 "no frames of more than one buffer"
	local object=$OBJECTS/objects/array.o
	ip link set va mtu 9000
	ip link set vb mtu 9000
	"$LOADER" -q -d va --unpin # a neighbour, as xdp-loader can load none for frames of more than one buffer
	"$LOADER" -q -d va --progname xdp_drop_func --prio 10
	frames_send 4
	refused 30 "skb mode is possible only if no other program is on va" "$LOADER" -d va -M --filename "$object"
	refused 30 "skb mode is possible only if no other program is on va" "$LOADER" -d va -M -A --filename "$object"
	"$LOADER" -q -d va --unload "$ID" --force
	refused 30 "try --auto-mode" "$LOADER" -d va -M --filename "$object"
	run -0 "$LOADER" -d va -M -A --filename "$object"
	[[ $output == *"attached entry"*"in skb mode, through libxdp"*"it replaces xdp_drop_func"*"1 reused"* ]]
	frames_send 2
	[[ $(packets_in "$MAP") == 6 && $(attached_mode va) == xdpgeneric && -z $(inconsistency va) ]]
}

# skip_steps VARIABLE VARIABLE WAY: loads and reloads, each with that in its environment; it is attached that way.
skip_steps() {
	run -0 env "$1" "$LOADER" -d va --progname xdp_drop_func
	[[ $output == *"native mode, $3"* ]]
	frames_send 3
	run -0 env "$2" "$LOADER" -d va --progname xdp_drop_func -M
	[[ $output == *"native mode, $3"*"1 reused"* && -z $(inconsistency va) ]]
	frames_send 2
	[[ $(packets_in "$MAP") == 5 ]]
	run -0 env "$2" "$LOADER" -d va --list
	[[ $output == *"xdp_drop_func (id $(attached_id va)) attached in native mode"* ]]
	env "$1" "$LOADER" -q -d va --progname xdp_pass_func
	[[ $(attached_ids va) == "$(pinned_program "$BPFFS/va/programs/xdp_pass_func")" && -z $(inconsistency va) ]]
	env "$2" "$LOADER" -q -d va --unload
	[[ $(attached_id va) == none && ! -e $BPFFS/va && -z $(find "$BPFFS/xdp" -mindepth 1) ]]
}

@test "with LIBXDP_SKIP_DISPATCHER=1, then without it, and the other way round: what is attached is pinned" {
	local skip=LIBXDP_SKIP_DISPATCHER=1 without=NO_VARIABLE=1
	"$LOADER" -q -d va --unload
	skip_steps "$skip" "$skip" directly
	skip_steps "$skip" "$without" directly
	skip_steps "$without" "$skip" "through libxdp"
	"$LOADER" -q -d va
	ID=$(attached_id va)
	neighbour_load front
	env "$skip" "$LOADER" -q -d va --unload # what is behind a dispatcher stays there
	[[ $(attached_ids va) == "$NEIGHBOUR" && ! -e $BPFFS/va ]]
}

@test "a program that changes packets, which an older libxdp's dispatcher cannot have: attached directly if it is alone" {
	needs_kernel 6.12 "what a program behind the dispatcher does to packets does not matter"
	local object=$OBJECTS/objects/adjusts.o
	run -0 --separate-stderr "$LOADER" -d va -M --filename "$object"
	[[ $output != *"through libxdp"* ]] || skip "this libxdp's dispatcher can have it"
	[[ $stderr == "xdp_loader: entry changes packets, which libxdp's dispatcher"*"attached directly"* ]]
	[[ $output == *"attached entry"*"native mode, directly"*"it replaces xdp_pass_func"*"1 reused"* ]]
	frames_send 3
	[[ $(packets_in "$MAP") == 3 && -z $(inconsistency va) && -z $(find "$BPFFS/xdp" -mindepth 1) ]]
	"$LOADER" -q -d va --unload
	run -0 "$LOADER" -d va --auto-mode --filename "$object"
	[[ $output == *"native mode, directly"* ]]
	"$LOADER" -q -d va --unload
	ID=none
	neighbour_load front
	refused 30 "detach the other programs on va and give --direct" "$LOADER" -d va --auto-mode --filename "$object"
	run -0 "$LOADER" -d va --direct --force --filename "$object"
	[[ $output == *"directly"* ]]
}

@test "maps that the program's code does not use stay with it through libxdp" {
	"$LOADER" -q -d va --filename "$OBJECTS/loader_two_maps.o"
	bpftool -j prog show id "$(attached_id va)" | jq -e '.map_ids | length == 4'
	run -0 "$LOADER" -d va
	[[ $output == *"removed 3 stale map pins"* ]]
}

# The next load on va is killed after it attached, before it committed.
load_killed() {
	local code=0
	strace -f -o /dev/null -e 'inject=?renameat,?renameat2:signal=KILL:when=1' "$LOADER" -d va || code=$?
	((code == 137))
}

@test "a repair leaves the dispatcher on a device of the same index in another namespace alone" {
	local index theirs
	read -r _ index _ < <(attached | grep '^va ')
	ip netns add other
	ip -n other link add va index "$index" type veth peer name vb
	"$LOADER" -q --netns other -d va
	theirs=$(attached_ids va other)
	load_killed
	"$LOADER" -q -d va
	[[ $(attached_ids va other) == "$theirs" && $(find "$BPFFS/xdp" -mindepth 1 -type d | wc -l) == 2 ]]
	"$LOADER" -q --netns other -d va --unload
}

# The first rename() takes the map's live name, the second the program's: then the dispatcher has gone.
@test "a direct load that fails leaves the dispatcher at work, or is finished by the next command" {
	local direct=("$LOADER" -d va --direct --progname xdp_drop_func)
	run -40 strace -f -o /dev/null -e 'inject=?renameat,?renameat2:error=EIO:when=2' "${direct[@]}"
	[[ $(attached_ids va) == "$ID" && -z $(inconsistency va) ]]
	run_program va 7
	[[ $(packets_in "$MAP") == 7 ]]
	run -40 strace -f -o /dev/null -e 'inject=?renameat,?renameat2:error=EIO:when=3' "${direct[@]}"
	[[ $output == *"could not put back what ran on va before"* ]]
	run -30 "$LOADER" -d va --unload 4294967295
	[[ -e $BPFFS/va/programs/xdp_drop_func && -z $(inconsistency va) ]]
	[[ -z $(find "$BPFFS/xdp" -mindepth 1) ]]
}

@test "what libxdp cannot find out is an error, at each of its calls, and not nothing" {
	local want calls n
	want=$("$LOADER" -d va --list | head -n 1)
	strace -f -o "$BATS_TEST_TMPDIR/calls" -e trace=bpf "$LOADER" -d va --list >/dev/null
	calls=$(grep -c 'bpf(' "$BATS_TEST_TMPDIR/calls")
	for ((n = 1; n <= calls; n++)); do
		run strace -f -o /dev/null -e inject=bpf:error=EIO:when="$n" "$LOADER" -d va --list
		[[ $status != 0 || ${lines[0]} == "$want" ]] || { echo "call $n: $output" && return 1; }
	done
	((calls > 15))
}

@test "unpinning what a deleted device has left lets its dispatcher go too" {
	ip link delete va
	"$LOADER" -q -d va --unpin --maps-only
	[[ $(find "$BPFFS/xdp" -mindepth 1 -type d | wc -l) == 1 ]]
	"$LOADER" -q -d va --unpin
	[[ ! -e $BPFFS/va && -z $(find "$BPFFS/xdp" -mindepth 1) ]]
}

@test "ten programs are as many as the dispatcher takes" {
	local round
	for round in 1 2 3 4 5 6 7 8 9; do
		xdp-loader load va "$OBJECTS/dispatcher_neighbour_front.o" >&2
	done
	[[ $(attached_ids va | wc -l) == 10 ]]
	refused 30 "libxdp's dispatcher there is full" "$LOADER" -d va
	xdp-loader unload va --id "$(attached_id va)" >&2
	run -0 --separate-stderr "$LOADER" -d va
	[[ $stderr == *"counted twice"* && $(attached_ids va | wc -l) == 9 ]]
}
