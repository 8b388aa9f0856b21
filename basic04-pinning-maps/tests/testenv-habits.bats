#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
# testenv/testenv.sh as users of xdp-tutorial's testenv.sh type it: -n, the last environment, st, -g,
# redirect, reset --vlan, tcpdump --inner and --outer.
# shellcheck disable=SC2016 # what looks like an expansion is not to be one
bats_require_minimum_version 1.5.0

load helpers
load testenv

# Environments as state files alone: enough for what only looks at names.
fake_environments() { # NAME...
	local name
	mkdir -m 0700 "$STATE_DIR"
	for name in "$@"; do
		echo id=1 >"$STATE_DIR/$name"
		sleep 0.02 # two files of the same moment have no order
	done
}

# An ip that refuses to make VLAN devices, as a kernel without them does.
ip_without_vlan() {
	mkdir "$BATS_TEST_TMPDIR/bin"
	cat >"$BATS_TEST_TMPDIR/bin/ip" <<-END
		#!/bin/sh
		case " \$* " in *" type vlan "*) echo "RTNETLINK answers: Operation not supported" >&2; exit 2 ;; esac
		exec $(command -v ip) "\$@"
	END
	chmod +x "$BATS_TEST_TMPDIR/bin/ip"
	PATH=$BATS_TEST_TMPDIR/bin:$PATH
}

count_of() { # ACTION, from xdp_stats' text on stdin
	awk -v action="$1" '$1 == action { gsub(/,/, "", $2); print $2 }'
}

# ---------------------------------------------------------------- -n

@test "-n is --name, before or after the command" {
	"$TESTENV" setup -n one
	"$TESTENV" -n two setup
	ip link show dev one
	ip link show dev two
	run -0 "$TESTENV" exec -n one -- ip -o -6 address show dev veth0
	[[ $output == *fc00:dead:cafe:1::2* ]]
	run -0 "$TESTENV" status -n one
	[[ $output == *"environment one"* && $output != *"environment two"* ]]
	"$TESTENV" teardown -n one
	"$TESTENV" -n two teardown
	assert_no_trace
}

@test "-n without a name is wrong usage" {
	run --separate-stderr -2 "$TESTENV" setup -n
	[[ $stderr == *"option -n needs a name"* ]]
	run --separate-stderr -2 "$TESTENV" -n
	run --separate-stderr -2 "$TESTENV" setup -n 'a b'
	[[ $stderr == *"name 'a b' is not valid"* ]]
}

@test "after load and unload -n is the environment, and -- passes on what follows" {
	tools_that_tell
	"$TESTENV" setup -n e
	"$TESTENV" setup -n other
	run -7 "$UNBUILT" load -n e -- -n xdp_pass -F
	[ "$output" = "xdp_loader: <-d> <e> <-n> <xdp_pass> <-F>" ]
	run -7 "$UNBUILT" load -n e
	[ "$output" = "xdp_loader: <-d> <e>" ]
	run -7 "$UNBUILT" unload -n e --inner -- --unload
	[ "$output" = "xdp_loader: <--netns> <e> <-d> <veth0> <--unload>" ]
	run --separate-stderr -1 "$UNBUILT" load -n nowhere
	[[ $stderr == *"no such environment: nowhere"* ]]
}

@test "after stats, ping and tcpdump -n is theirs, unless an environment's name or a -- follows" {
	tools_that_tell
	"$TESTENV" setup -n e
	"$TESTENV" setup -n other
	run -7 "$UNBUILT" stats -n 2
	[ "$output" = "xdp_stats: <-d> <other> <-n> <2>" ]
	run -7 "$UNBUILT" stats -n 2 -- --once
	[ "$output" = "xdp_stats: <-d> <other> <-n> <2> <--once>" ]
	run -7 "$UNBUILT" stats -n e -n 2 -n
	[ "$output" = "xdp_stats: <-d> <e> <-n> <2> <-n>" ]
	run -7 "$UNBUILT" stats -n nowhere
	[ "$output" = "xdp_stats: <-d> <e> <-n> <nowhere>" ]
	run --separate-stderr -1 "$UNBUILT" stats -n nowhere -- --once
	[[ $stderr == *"no such environment: nowhere"* ]]
	run -7 "$UNBUILT" stats -- -n e
	[ "$output" = "xdp_stats: <-d> <e> <-n> <e>" ]
	run -0 "$TESTENV" ping -n -c 1 -W 1
	[[ $output == *"fc00:dead:cafe:1::1"* ]]
	run -0 "$TESTENV" ping -n other -c 1 -W 1
	[[ $output == *"fc00:dead:cafe:2::1"* ]]
}

# ---------------------------------------------------------------- the last environment

@test "without a name a command works in the environment that was used last" {
	"$TESTENV" setup -n one
	"$TESTENV" setup -n two
	run -0 "$TESTENV" ping -c 1 -W 1
	[[ $output == *fc00:dead:cafe:2::1* ]]
	"$TESTENV" -n one exec true
	run -0 "$TESTENV" ping -c 1 -W 1
	[[ $output == *fc00:dead:cafe:1::1* ]]
	run -0 "$TESTENV" exec ip -o -6 address show dev veth0
	[[ $output == *fc00:dead:cafe:1::2* ]]
}

@test "an environment that is torn down is forgotten: the one before it is the last again" {
	"$TESTENV" setup -n one
	"$TESTENV" setup -n two
	"$TESTENV" teardown -n two
	run -0 "$TESTENV" ping -c 1 -W 1
	[[ $output == *fc00:dead:cafe:1::1* ]]
	"$TESTENV" teardown
	run --separate-stderr -1 "$TESTENV" ping -c 1
	[[ $stderr == *"no such environment: testenv;"* ]]
	assert_no_trace
}

@test "teardown and reset say which environment, if it was neither named nor is testenv" {
	"$TESTENV" setup -n one
	run --separate-stderr -0 "$TESTENV" reset
	[[ $stderr == *"reset of 'one', the environment that was used last"* ]]
	run --separate-stderr -0 "$TESTENV" teardown
	[[ $stderr == *"teardown of 'one', the environment that was used last"* ]]
	"$TESTENV" setup
	run --separate-stderr -0 "$TESTENV" reset
	[ -z "$stderr" ]
	run --separate-stderr -0 "$TESTENV" teardown -n testenv
	[ -z "$stderr" ]
	assert_no_trace
}

@test "setup without a name makes testenv, whatever was used last" {
	"$TESTENV" setup -n one
	"$TESTENV" setup
	ip link show dev testenv
}

@test "the last environment is looked for by name among state files alone, and only in a folder of root's" {
	fake_environments good '$(touch ran)' 'a b' .hidden -x
	mkdir "$STATE_DIR/folder"
	run --separate-stderr -1 "$TESTENV" ping
	[[ $stderr == *"'good'"* ]]
	chmod 0777 "$STATE_DIR"
	run --separate-stderr -1 "$TESTENV" teardown
	[[ $stderr == *"no such environment: testenv"* && $stderr != *good* ]]
}

@test "st and sta are status, which marks the environment that was used last if there are several" {
	"$TESTENV" setup -n one
	run -0 "$TESTENV" st
	[[ $output == "environment one"$'\n'* ]]
	"$TESTENV" setup -n two
	"$TESTENV" exec -n one true
	run -0 "$TESTENV" sta
	[[ $output == "environment one (used last)"$'\n'*"environment two"$'\n'* ]]
	run -0 "$TESTENV" status -n one
	[[ $output == "environment one"$'\n'* ]]
}

# ---------------------------------------------------------------- -g

@test "setup -g makes an environment of a new name, which the next commands work in" {
	ip link add name testenv-2 type veth peer name other
	ip netns add testenv-3
	"$TESTENV" setup
	run -0 "$TESTENV" setup -g
	[[ $output == "environment testenv-1"$'\n'* ]]
	run -0 "$TESTENV" --gen-new setup --legacy-ip
	[[ $output == "environment testenv-4"$'\n'* ]]
	run -0 "$TESTENV" ping --legacy-ip -c 1 -W 1
	[[ $output == *10.11.3.1* ]]
}

@test "setups with -g at the same time get different names" {
	local i pids=()
	for i in 1 2 3 4; do
		"$TESTENV" setup -g &
		pids+=($!)
	done
	for i in "${pids[@]}"; do wait "$i"; done
	for i in 1 2 3 4; do "$TESTENV" ping -n "testenv-$i" -c 1 -W 1; done
}

@test "-g is an option of setup alone, and does not go with a name" {
	run --separate-stderr -2 "$TESTENV" reset -g
	[[ $stderr == *"--gen-new"*"'reset'"* ]]
	run --separate-stderr -2 "$TESTENV" setup -g -n one
	[[ $stderr == *"--name or --gen-new"* ]]
	assert_no_trace
}

# ---------------------------------------------------------------- reset

@test "reset keeps the options of setup, and adds --legacy-ip and --vlan" {
	"$TESTENV" setup
	"$TESTENV" reset --legacy-ip
	"$TESTENV" ping --legacy-ip -c 1 -W 1
	has_vlans || skip "this kernel has no VLANs"
	"$TESTENV" reset --vlan
	"$TESTENV" ping --vlan -c 1 -W 1
	"$TESTENV" reset
	"$TESTENV" ping --vlan --legacy-ip -c 1 -W 1
	"$TESTENV" teardown
	assert_no_trace
}

@test "reset --vlan that cannot be leaves the environment as it is" {
	local before
	"$TESTENV" setup
	before=$(ip -o link show; "$TESTENV" exec ip -o link show)
	ip link add name testenv_1 type veth peer name other
	run --separate-stderr -1 "$TESTENV" reset --vlan
	[[ $stderr == *"'testenv_1'"* ]]
	ip link delete dev testenv_1
	ip_without_vlan
	run --separate-stderr -1 "$TESTENV" reset --vlan
	[[ $stderr == *"'testenv.1'"*8021q* ]]
	[[ $(ip -o link show; "$TESTENV" exec ip -o link show) == "$before" ]]
	"$TESTENV" ping -c 1 -W 1
}

# ---------------------------------------------------------------- tcpdump

@test "tcpdump is inside, and outside with --outer" {
	mkdir "$BATS_TEST_TMPDIR/bin"
	printf '#!/bin/sh\necho "$(readlink /proc/self/ns/net) $*"\n' >"$BATS_TEST_TMPDIR/bin/tcpdump"
	chmod +x "$BATS_TEST_TMPDIR/bin/tcpdump"
	PATH=$BATS_TEST_TMPDIR/bin:$PATH
	local outside inside
	"$TESTENV" setup
	outside=$(readlink /proc/self/ns/net)
	inside=$("$TESTENV" exec readlink /proc/self/ns/net)
	run -0 "$TESTENV" tcpdump -n icmp6
	[ "$output" = "$inside -i veth0 -n icmp6" ]
	run -0 "$TESTENV" tcpdump --inner
	[ "$output" = "$inside -i veth0" ]
	run -0 "$TESTENV" tcpdump --outer -n testenv -- -c 1
	[ "$output" = "$outside -i testenv -c 1" ]
	run --separate-stderr -2 "$TESTENV" tcpdump --outer --inner
	[[ $stderr == *"--inner or --outer"* ]]
	run --separate-stderr -1 "$TESTENV" tcpdump --outer --vlan
	[[ $stderr == *VLAN* ]]
	ip link delete dev testenv
	run --separate-stderr -1 "$TESTENV" tcpdump --outer
	[[ $stderr == *"outer link is gone"* ]]
}

# ---------------------------------------------------------------- alias

@test "the alias of a user who is not root goes through sudo" {
	copy_to /run/everybody/testenv
	run -0 as_nobody /run/everybody/testenv/testenv.sh alias
	[[ $output == "alias t='sudo "*"/run/everybody/testenv/testenv.sh"* ]]
	run -0 "$TESTENV" alias
	[[ $output != *sudo* ]]
}

# ---------------------------------------------------------------- redirect

@test "redirect sends what is for the other environment out of its device, both ways, and counts it" {
	"$TESTENV" setup -n left --legacy-ip
	"$TESTENV" setup -n right --legacy-ip
	run -0 "$TESTENV" redirect left right
	[[ $output == *"between left and right"* ]]
	"$TESTENV" exec -n left ping -c 3 -i 0.1 -W 1 fc00:dead:cafe:2::2
	"$TESTENV" exec -n right ping -c 2 -i 0.1 -W 1 10.11.1.2
	for side in left right; do
		run -0 "$TESTENV" stats -n "$side" --once
		[ "$(count_of XDP_REDIRECT <<<"$output")" = 5 ]
		[ "$(count_of XDP_ABORTED <<<"$output")" = 0 ]
		"$TESTENV" ping -n "$side" -c 1 -W 1 # what is for nobody else passes
	done
	"$TESTENV" teardown -n left
	"$TESTENV" teardown -n right
	assert_no_trace
}

@test "redirect may be said again, and the frames to an environment that was torn down pass" {
	"$TESTENV" setup -n left
	"$TESTENV" setup -n right
	"$TESTENV" redirect left right
	"$TESTENV" redirect right left
	"$TESTENV" exec -n left ping -c 1 -W 1 fc00:dead:cafe:2::2
	"$TESTENV" teardown -n right
	ip link add name right type veth peer name other
	run -1 "$TESTENV" exec -n left ping -c 2 -i 0.1 -W 0.2 fc00:dead:cafe:2::2
	run -0 "$TESTENV" stats -n left --once
	[ "$(count_of XDP_REDIRECT <<<"$output")" = 1 ]
	"$TESTENV" unload -n left
	[[ $(ip -d link show dev left) != *prog/xdp* ]]
}

@test "redirect writes any number and index of a device" {
	local i
	for ((i = 0; i < 130; i++)); do # the kernel counts on
		printf 'link %s\n' 'add name one type veth peer name two' 'delete dev one'
	done | ip -batch -
	mkdir -m 0700 "$STATE_DIR"
	for ((i = 1; i < 10; i++)); do echo "id=$i" >"$STATE_DIR/taken-$i"; done
	"$TESTENV" setup -n left
	"$TESTENV" setup -n right
	(($(ip -o link show dev left | cut -d : -f 1) > 255))
	"$TESTENV" redirect left right
	"$TESTENV" exec -n left ping -c 1 -W 1 fc00:dead:cafe:11::2
	"$TESTENV" exec -n right ping -c 1 -W 1 fc00:dead:cafe:10::2
}

@test "redirect leaves a program on veth0 alone, and refuses another tool's outside" {
	"$TESTENV" setup -n left
	"$TESTENV" setup -n right
	"$LOADER" -q --netns right -d veth0 --progname xdp_drop_func
	"$TESTENV" redirect left right
	[[ $("$TESTENV" st -n right) == *"veth0"*xdp_drop_func* ]]
	"$TESTENV" unload -n left
	foreign_program left
	run --separate-stderr -1 "$TESTENV" redirect left right
	[[ $stderr == *"xdp_loader:"*"cannot redirect from 'left'"* ]]
	[[ $("$TESTENV" st -n left) != *redirect* ]]
}

@test "redirect needs two environments that are there, and says what is missing before it changes anything" {
	"$TESTENV" setup -n left
	run --separate-stderr -2 "$TESTENV" redirect left
	[[ $stderr == *"two environments"* ]]
	run --separate-stderr -2 "$TESTENV" redirect left left
	[[ $stderr == *"'left' is one"* ]]
	run --separate-stderr -2 "$TESTENV" redirect left right more
	run --separate-stderr -2 "$TESTENV" redirect left ../right
	[[ $stderr == *"'../right' is not valid"* ]]
	run --separate-stderr -2 "$TESTENV" redirect left right --once
	[[ $stderr == *"unknown option '--once'"* ]]
	run --separate-stderr -1 "$TESTENV" redirect left right
	[[ $stderr == *"no such environment: right"* ]]
	unbuilt
	run --separate-stderr -1 "$UNBUILT" redirect left right
	[[ $stderr == *"not built; run make"* ]]
	[[ $(ip -d link show dev left) != *prog/xdp* ]]
}
