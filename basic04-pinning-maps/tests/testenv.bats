#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
# testenv/testenv.sh: environments come, work and go without a trace.
# shellcheck disable=SC2016 # what looks like an expansion is not to be one
bats_require_minimum_version 1.5.0

load helpers
load testenv

# ---------------------------------------------------------------- the command line

@test "testenv --help and help print to stdout and end with 0" {
	for word in --help -h help; do
		run --separate-stderr -0 "$TESTENV" "$word"
		[[ $output == *Usage:*setup*teardown*alias* ]]
		[ -z "$stderr" ]
	done
	run -0 "$TESTENV" setup --help
	[[ $output == *Usage:* ]]
}

@test "testenv without a command, or with an unknown one, names it and ends with 2" {
	run --separate-stderr -2 "$TESTENV"
	[[ $stderr == *"no command"* ]]
	run --separate-stderr -2 "$TESTENV" frobnicate
	[[ $stderr == *"'frobnicate'"* ]]
	[ -z "$output" ]
}

@test "testenv names an unknown option and an argument that is too many, and ends with 2" {
	run --separate-stderr -2 "$TESTENV" --frob setup
	[[ $stderr == *"'--frob'"* ]]
	run --separate-stderr -2 "$TESTENV" setup --frob
	[[ $stderr == *"'--frob'"* ]]
	run --separate-stderr -2 "$TESTENV" setup more
	[[ $stderr == *"'more'"* ]]
	run --separate-stderr -2 "$TESTENV" setup --name
	[[ $stderr == *--name* ]]
	run --separate-stderr -2 "$TESTENV" exec
	assert_no_trace
}

@test "testenv refuses an option of another command" {
	run --separate-stderr -2 "$TESTENV" teardown --vlan
	[[ $stderr == *--vlan*teardown* ]]
	run --separate-stderr -2 "$TESTENV" --legacy-ip status
	[[ $stderr == *--legacy-ip*status* ]]
	run --separate-stderr -2 "$TESTENV" setup --inner
}

@test "testenv refuses names that are no device's, and ends with 2" {
	local name
	for name in '' . .. a.b a/b ../x 'a b' $'a\tb' $'a\nb' -a 'a$(id)' "a'b" 'ü' netns-a abcdefghijklmnop; do
		run --separate-stderr -2 "$TESTENV" setup --name "$name"
		[[ $stderr == *name* ]]
	done
	run --separate-stderr -2 "$TESTENV" setup --vlan --name abcdefghijklmn
	assert_no_trace
}

@test "testenv takes a name of 15 characters, before or after the command, with = or a space" {
	"$TESTENV" --name abcdefghijklmno setup
	ip link show dev abcdefghijklmno
	"$TESTENV" teardown --name=abcdefghijklmno
	assert_no_trace
}

@test "testenv needs root and says so" {
	copy_to /run/everybody/testenv # where everybody may read it
	run --separate-stderr -1 setpriv --reuid 65534 --clear-groups /run/everybody/testenv/testenv.sh status
	[[ $stderr == *"needs root"* ]]
}

# ---------------------------------------------------------------- setup and teardown

@test "setup makes a namespace, and a pair with the environment's name outside and veth0 inside" {
	"$TESTENV" setup
	ip -o link show dev testenv | grep -q LOWER_UP
	ip -n testenv -o link show dev veth0 | grep -q LOWER_UP
	[[ $(ip -o link show dev testenv type veth) ]]
	ip -o -6 address show dev testenv | grep -q 'fc00:dead:cafe:1::1/64'
	ip -n testenv -o -6 address show dev veth0 | grep -q 'fc00:dead:cafe:1::2/64'
	[[ -z $(ip -o -4 address show dev testenv) ]]
}

@test "ping works at once, both ways" {
	"$TESTENV" setup
	"$TESTENV" ping -c 1 -W 1
	ping -c 1 -W 1 fc00:dead:cafe:1::2
}

@test "ping passes its arguments on and returns ping's exit code" {
	"$TESTENV" setup
	run -0 "$TESTENV" ping -c 2 -i 0.1 -s 100
	[[ $output == *"108 bytes from"*"2 packets transmitted, 2 received"* ]]
	ip link set dev testenv down
	run -1 "$TESTENV" ping -c 1 -W 0.2
}

@test "legacy-ip gives IPv4 beside IPv6, and pings it" {
	"$TESTENV" setup --legacy-ip
	run -0 "$TESTENV" ping --legacy-ip -c 1 -W 1
	[[ $output == *10.11.1.1* ]]
	run -0 "$TESTENV" ping -c 1 -W 1
	[[ $output == *fc00:dead:cafe:1::1* ]]
	ping -c 1 -W 1 10.11.1.2
}

@test "ping by IPv4 in an environment without it is an error that says so" {
	"$TESTENV" setup
	run --separate-stderr -1 "$TESTENV" ping --legacy-ip -c 1
	[[ $stderr == *IPv4*--legacy-ip* ]]
	run --separate-stderr -1 "$TESTENV" ping --vlan -c 1
	[[ $stderr == *VLAN*--vlan* ]]
}

@test "setup turns IPv6 on for its devices where it is off for new ones" {
	echo 1 >/proc/sys/net/ipv6/conf/default/disable_ipv6
	"$TESTENV" setup
	"$TESTENV" ping -c 1 -W 1
}

@test "teardown leaves nothing" {
	"$TESTENV" setup --legacy-ip
	"$TESTENV" teardown
	assert_no_trace
}

@test "a second teardown says that there is no such environment, and ends with 1" {
	"$TESTENV" setup
	"$TESTENV" teardown
	run --separate-stderr -1 "$TESTENV" teardown
	[[ $stderr == *"no such environment: testenv"* ]]
	assert_no_trace
}

@test "every command that needs an environment says which one there is not" {
	local command
	for command in teardown reset enter "exec true" ping tcpdump load unload stats; do
		# shellcheck disable=SC2086
		run --separate-stderr -1 "$TESTENV" --name nowhere $command
		[[ $stderr == *"no such environment: nowhere"* ]]
	done
	run --separate-stderr -1 "$TESTENV" --name nowhere status
	assert_no_trace
}

@test "setup refuses a name that has an environment, which stays" {
	"$TESTENV" setup
	run --separate-stderr -1 "$TESTENV" setup
	[[ $stderr == *"'testenv'"*exists* ]]
	"$TESTENV" ping -c 1 -W 1
}

@test "setup leaves a link of that name alone, names it, and leaves nothing" {
	ip link add name testenv type veth peer name other
	setup
	run --separate-stderr -1 "$TESTENV" setup
	[[ $stderr == *"'testenv'"*link*"not ours"* ]]
	assert_no_trace
}

@test "setup leaves a namespace of that name alone, names it, and leaves nothing" {
	ip netns add testenv
	setup
	run --separate-stderr -1 "$TESTENV" setup
	[[ $stderr == *"'testenv'"*namespace*"not ours"* ]]
	assert_no_trace
}

@test "setup with VLANs works where the kernel has them, else says so and leaves nothing" {
	if ip link add name probe type veth peer name eborp &&
		ip link add link probe name probe.1 type vlan id 1; then
		ip link delete dev probe
		"$TESTENV" setup --vlan --legacy-ip
		"$TESTENV" ping --vlan -c 1 -W 1
		"$TESTENV" ping --vlan --legacy-ip -c 1 -W 1
		"$TESTENV" teardown
	else
		ip link delete dev probe
		run --separate-stderr -1 "$TESTENV" setup --vlan
		[[ $stderr == *VLAN*testenv.1*kernel*8021q* ]]
	fi
	assert_no_trace
}

@test "setup that fails at any of its steps leaves nothing" {
	local step real
	real=$(command -v ip)
	mkdir "$BATS_TEST_TMPDIR/bin"
	# An ip that fails at its Nth change, one that is not undoing.
	cat >"$BATS_TEST_TMPDIR/bin/ip" <<-END
		#!/bin/bash
		case " \$* " in
		*" add "* | *" set "*)
			echo x >>"$BATS_TEST_TMPDIR/steps"
			if [[ \$(wc -l <"$BATS_TEST_TMPDIR/steps") == "\$FAIL_AT" ]]; then echo "failed: \$*" >&2; exit 2; fi
			;;
		esac
		exec $real "\$@"
	END
	chmod +x "$BATS_TEST_TMPDIR/bin/ip"
	for ((step = 1; step < 30; step++)); do
		: >"$BATS_TEST_TMPDIR/steps"
		FAIL_AT=$step PATH=$BATS_TEST_TMPDIR/bin:$PATH run "$TESTENV" setup --legacy-ip
		((status)) || break
		assert_no_trace
	done
	# It came to its end at last: the steps before were all of them.
	((step > 5 && step < 30))
	"$TESTENV" teardown
	assert_no_trace
}

@test "setup that is interrupted leaves nothing or all of it" {
	local delay pid
	for delay in 0.01 0.02 0.03 0.04 0.05 0.08; do
		env --default-signal=INT setsid "$TESTENV" setup &>/dev/null &
		pid=$!
		sleep "$delay" # not for a state: anywhere in between is right
		kill -INT -- "-$pid" || :
		if wait "$pid"; then
			"$TESTENV" ping -c 1 -W 1
			"$TESTENV" teardown
		fi
		assert_no_trace
	done
}

@test "two environments at once have addresses of their own and do not see each other" {
	"$TESTENV" setup --name one --legacy-ip
	"$TESTENV" setup --name two --legacy-ip
	run -0 "$TESTENV" ping --name one -c 1 -W 1
	[[ $output == *fc00:dead:cafe:1::1* ]]
	run -0 "$TESTENV" ping --name two --legacy-ip -c 1 -W 1
	[[ $output == *10.11.2.1* ]]
	"$TESTENV" teardown --name one
	"$TESTENV" ping --name two -c 1 -W 1
	# The number that is free again is taken again.
	"$TESTENV" setup --name three
	ip -o -6 address show dev three | grep -q fc00:dead:cafe:1::1/64
	"$TESTENV" teardown --name two
	"$TESTENV" teardown --name three
	assert_no_trace
}

@test "setups at the same time take different numbers" {
	local i pids=()
	for i in 1 2 3 4 5 6 7 8; do
		"$TESTENV" setup --name "e$i" &
		pids+=($!)
	done
	for i in "${pids[@]}"; do wait "$i"; done
	[ "$(ip -o -6 address show to fc00:dead:cafe::/48 | awk '{print $4}' | sort -u | wc -l)" = 8 ]
	for i in 1 2 3 4 5 6 7 8; do "$TESTENV" ping --name "e$i" -c 1 -W 1; done
	pids=()
	for i in 1 2 3 4 5 6 7 8; do
		"$TESTENV" teardown --name "e$i" &
		pids+=($!)
	done
	for i in "${pids[@]}"; do wait "$i"; done
	assert_no_trace
}

@test "of two setups of one name at the same time one works and one fails" {
	local first second codes=0
	"$TESTENV" setup &
	first=$!
	"$TESTENV" setup &
	second=$!
	wait "$first" || codes=$((codes + $?))
	wait "$second" || codes=$((codes + $?))
	[ "$codes" = 1 ]
	"$TESTENV" ping -c 1 -W 1
}

@test "setup does not take a number whose addresses somebody else has" {
	ip address add fc00:dead:cafe:1::7/64 dev lo
	ip address add 10.11.2.7/24 dev lo
	"$TESTENV" setup
	ip -o -6 address show dev testenv | grep -q fc00:dead:cafe:3::1/64
}

@test "teardown works when the link, the namespace or both are gone" {
	"$TESTENV" setup
	ip link delete dev testenv
	"$TESTENV" teardown
	assert_no_trace
	"$TESTENV" setup
	ip netns delete testenv
	"$TESTENV" teardown
	assert_no_trace
	"$TESTENV" setup
	ip link delete dev testenv
	ip netns delete testenv
	"$TESTENV" status
	"$TESTENV" teardown
	assert_no_trace
}

@test "teardown leaves a link and a namespace that took our names since, and names them" {
	"$TESTENV" setup
	ip netns delete testenv
	ip link delete dev testenv 2>/dev/null || :
	ip netns add testenv
	ip link add name testenv type veth peer name other
	run --separate-stderr -0 "$TESTENV" teardown
	[[ $stderr == *"namespace 'testenv'"*"not ours"* ]]
	[[ $stderr == *"link 'testenv'"*"not ours"* ]]
	ip link show dev testenv
	[ -e /run/netns/testenv ]
	[ ! -e "$STATE_DIR" ]
}

@test "teardown from another network namespace removes the pair all the same" {
	"$TESTENV" setup
	unshare --net "$TESTENV" teardown
	assert_no_trace
}

@test "teardown reports the processes in the namespace and leaves them running, without a link" {
	local pid
	"$TESTENV" setup
	"$TESTENV" exec sleep 60 &
	pid=$!
	until [[ $(ip netns pids testenv) == "$pid" ]]; do sleep 0.01; done
	run --separate-stderr -0 "$TESTENV" teardown
	[[ $stderr == *"$pid"* ]]
	kill -0 "$pid"
	[[ $(nsenter --net="/proc/$pid/ns/net" ip -o link show) != *veth0* ]]
	kill "$pid"
	assert_no_trace
}

@test "without built tools teardown removes this environment's pins, and nobody else's" {
	unbuilt
	"$TESTENV" setup
	pin_map "$BPFFS/testenv/xdp_stats_map"
	pin_map "$BPFFS/testenv/programs/xdp_pass_func"
	pin_map "$BPFFS/testenv/staged-pins/programs/xdp_pass_func"
	pin_map "$BPFFS/testenv/staged-pins/replaced-program/native-2"
	pin_map "$BPFFS/testenv/staged-pins/secondary-programs/last"
	pin_map "$BPFFS/testenv/staged-pins/pins-before/programs/xdp_pass_func"
	mkdir "$BPFFS/testenv/unload-begun" "$BPFFS/testenv/staged-pins/old-programs-gone"
	pin_map "$BPFFS/netns-testenv/veth0/xdp_stats_map"
	pin_map "$BPFFS/testenv_1/xdp_stats_map"
	pin_map "$BPFFS/testenv2/xdp_stats_map"
	run --separate-stderr -0 "$UNBUILT" teardown
	[[ $stderr == *"not built"* ]]
	[ ! -e "$BPFFS/testenv" ]
	[ ! -e "$BPFFS/netns-testenv" ]
	[ -e "$BPFFS/testenv_1/xdp_stats_map" ]
	[ -e "$BPFFS/testenv2/xdp_stats_map" ]
}

@test "reset makes the environment again with the same options" {
	local before
	"$TESTENV" setup --legacy-ip
	before=$(ip -o link show dev testenv)
	"$TESTENV" exec ip address add 192.0.2.1/24 dev veth0
	"$TESTENV" reset
	[[ $(ip -o link show dev testenv) != "$before" ]]
	[[ -z $("$TESTENV" exec ip -o address show to 192.0.2.1) ]]
	"$TESTENV" ping --legacy-ip -c 1 -W 1
	"$TESTENV" teardown
	assert_no_trace
}

# ---------------------------------------------------------------- state

@test "the state folder and its files are root's alone" {
	"$TESTENV" setup
	[ "$(stat -c '%u %a' "$STATE_DIR")" = "0 700" ]
	[ "$(stat -c '%u %a' "$STATE_DIR/testenv")" = "0 600" ]
}

@test "what a state file holds is never run" {
	local line command
	mkdir -m 0700 "$STATE_DIR"
	for line in "id=\$(touch $BATS_TEST_TMPDIR/ran)" "id=1;touch $BATS_TEST_TMPDIR/ran" \
		"touch $BATS_TEST_TMPDIR/ran" "id=a[\$(touch $BATS_TEST_TMPDIR/ran)]" \
		"x[\$(touch $BATS_TEST_TMPDIR/ran)]=1" "PATH=$BATS_TEST_TMPDIR" "name=../../x" "id=" ""; do
		printf 'id=1\nhome=1\n%s\n' "$line" >"$STATE_DIR/testenv"
		for command in status "exec true" ping load reset teardown; do
			# shellcheck disable=SC2086
			run --separate-stderr -1 "$TESTENV" $command
			[[ $stderr == *"$STATE_DIR/testenv"* ]]
		done
	done
	[ ! -e "$BATS_TEST_TMPDIR/ran" ]
}

@test "status shows the other environments when one state file is damaged" {
	"$TESTENV" setup --name good
	echo nonsense >"$STATE_DIR/bad"
	run --separate-stderr -1 "$TESTENV" status
	[[ $output == *"environment good"* ]]
	[[ $stderr == *"$STATE_DIR/bad"* ]]
}

@test "a state folder that others may write, or that is not root's, is refused" {
	mkdir -m 0777 "$STATE_DIR"
	chmod 0777 "$STATE_DIR"
	run --separate-stderr -1 "$TESTENV" setup
	[[ $stderr == *"$STATE_DIR"* ]]
	run --separate-stderr -1 "$TESTENV" status
	chmod 0700 "$STATE_DIR"
	chown 65534 "$STATE_DIR"
	run --separate-stderr -1 "$TESTENV" setup
	rmdir "$STATE_DIR"
	mkdir -m 0700 /run/elsewhere
	ln -s /run/elsewhere "$STATE_DIR"
	run --separate-stderr -1 "$TESTENV" setup
	[[ $stderr == *"$STATE_DIR"* ]]
	[ ! -e /run/netns/testenv ]
}

# ---------------------------------------------------------------- inside

@test "exec runs a command in the namespace, sees bpffs there, and returns its exit code" {
	"$TESTENV" setup
	pin_map "$BPFFS/testenv/xdp_stats_map"
	run -0 "$TESTENV" exec ls "$BPFFS/testenv"
	[ "$output" = xdp_stats_map ]
	run -0 "$TESTENV" exec ip -o link show dev veth0
	run -42 "$TESTENV" exec sh -c 'exit 42'
	run -0 "$TESTENV" exec --name testenv -- printf '<%s>' --name 'a b' '$c'
	[ "$output" = '<--name><a b><$c>' ]
}

@test "enter is a shell in the namespace" {
	"$TESTENV" setup
	run --separate-stderr -0 env SHELL=/bin/sh "$TESTENV" enter <<<'ip -o link show dev veth0; ls /sys/fs/bpf >/dev/null && echo done'
	[[ $output == *veth0*done ]]
}

@test "tcpdump shows what veth0 receives" {
	local pid
	command -v tcpdump || skip "tcpdump is not installed"
	"$TESTENV" setup
	"$TESTENV" tcpdump -c 1 -w "$BATS_TEST_TMPDIR/seen" -Z root icmp6 and 'ip6[40] == 128' 2>"$BATS_TEST_TMPDIR/log" &
	pid=$!
	until grep -q listening "$BATS_TEST_TMPDIR/log"; do sleep 0.01; done
	ping -c 1 -W 1 fc00:dead:cafe:1::2
	wait "$pid"
	[ -s "$BATS_TEST_TMPDIR/seen" ]
}

@test "status lists each environment with addresses, and says when there is none" {
	run -0 "$TESTENV" status
	[[ $output == "no environments" ]]
	"$TESTENV" setup --name one
	"$TESTENV" setup --name two --legacy-ip
	run -0 "$TESTENV" status
	[[ $output == *"environment one"*fc00:dead:cafe:1::1*"environment two"*10.11.2.1* ]]
	[[ $output == *"no XDP program"* ]]
	run -0 "$TESTENV" status --name two
	[[ $output != *"environment one"* ]]
}

@test "status shows the pins" {
	"$TESTENV" setup
	pin_map "$BPFFS/testenv/xdp_stats_map"
	pin_map "$BPFFS/netns-testenv/veth0/inner_map"
	run -0 "$TESTENV" status
	[[ $output == *"$BPFFS/testenv: xdp_stats_map"*"$BPFFS/netns-testenv/veth0: inner_map"* ]]
}

@test "alias defines t, and works from a folder with an odd name" {
	local odd="$BATS_TEST_TMPDIR/it's \"\$HOME\" \`odd\` & more/testenv" shell
	copy_to "$odd"
	for shell in bash dash; do
		command -v "$shell" || continue
		run -0 "$shell" -c '[ -z "$BASH_VERSION" ] || shopt -s expand_aliases
			eval "$("$1" alias --name mine)"
			eval "t setup && t status && t exec echo \"a  b\" && t teardown"' - "$odd/testenv.sh"
		[[ $output == *"environment mine"*"a  b"* ]]
	done
	assert_no_trace
}

@test "testenv works through a symbolic link and from any folder" {
	ln -s "$TESTENV" "$BATS_TEST_TMPDIR/t"
	cd /
	"$BATS_TEST_TMPDIR/t" setup
	[[ $("$BATS_TEST_TMPDIR/t" alias) == *"$TESTENV"* ]]
	"$BATS_TEST_TMPDIR/t" teardown
	assert_no_trace
}

# ---------------------------------------------------------------- the tools

@test "load, unload and stats pass their arguments and the tool's exit code through" {
	tools_that_tell
	"$TESTENV" setup --name e
	run -7 "$UNBUILT" load --name e --progname xdp_drop_func -S
	[ "$output" = "xdp_loader: <-d> <e> <--progname> <xdp_drop_func> <-S>" ]
	run -7 "$UNBUILT" --name e load --inner -- --name 'a b'
	[ "$output" = "xdp_loader: <--netns> <e> <-d> <veth0> <--name> <a b>" ]
	run -7 "$UNBUILT" --name e unload
	[ "$output" = "xdp_loader: <-d> <e> <--unload-all>" ]
	run -7 "$UNBUILT" --name e unload --inner -U 17
	[ "$output" = "xdp_loader: <--netns> <e> <-d> <veth0> <-U> <17>" ]
	run -7 "$UNBUILT" --name e stats -i 0.5 -n 2
	[ "$output" = "xdp_stats: <-d> <e> <-i> <0.5> <-n> <2>" ]
	"$TESTENV" teardown --name e
}

@test "load and stats say that the tools are not built" {
	unbuilt
	"$TESTENV" setup
	run --separate-stderr -1 "$UNBUILT" load
	[[ $stderr == *xdp_loader*"not built"*make* ]]
	run --separate-stderr -1 "$UNBUILT" stats
	[[ $stderr == *xdp_stats*"not built"*make* ]]
}

@test "load attaches on the outer device, stats reads it, unload leaves no program and no pin" {
	"$TESTENV" setup
	"$TESTENV" load --progname xdp_pass_func
	[[ $(ip -d link show dev testenv) == *prog/xdp* ]]
	"$TESTENV" ping -c 2 -i 0.1
	run -0 "$TESTENV" stats --once
	[[ $output == *XDP_PASS* ]]
	(($(awk '$1 == "XDP_PASS" { gsub(/,/, "", $2); print $2 }' <<<"$output") >= 2))
	run -0 "$TESTENV" status
	[[ $output == *"native mode, program "*xdp_stats_map*programs/xdp_pass_func* ]]
	"$TESTENV" unload
	[[ $(ip -d link show dev testenv) != *prog/xdp* ]]
	[ ! -e "$BPFFS/testenv/xdp_stats_map" ]
}

@test "load, stats and unload work on the inner device" {
	"$TESTENV" setup
	"$TESTENV" load --inner --progname xdp_pass_func
	[[ $("$TESTENV" exec ip -d link show dev veth0) == *prog/xdp* ]]
	[[ $(ip -d link show dev testenv) != *prog/xdp* ]]
	ping -c 1 -W 1 fc00:dead:cafe:1::2
	run -0 "$TESTENV" stats --inner --once
	(($(awk '$1 == "XDP_PASS" { gsub(/,/, "", $2); print $2 }' <<<"$output") >= 1))
	"$TESTENV" unload --inner
	[[ $("$TESTENV" exec ip -d link show dev veth0) != *prog/xdp* ]]
}

@test "teardown takes programs and pins of both ends with it, in either mode" {
	local mode try id ids
	for mode in -N -S; do
		"$TESTENV" setup
		"$TESTENV" load "$mode"
		"$TESTENV" load --inner "$mode" --progname xdp_drop_func
		ids=$( (ip -d link show dev testenv && "$TESTENV" exec ip -d link show dev veth0) |
			sed -n 's|.*prog/xdp[a-z]* id \([0-9]*\).*|\1|p')
		[ "$(wc -w <<<"$ids")" = 2 ]
		"$TESTENV" teardown
		assert_no_trace
		for id in $ids; do # the kernel frees a program a moment later
			for ((try = 0; try < 250; try++)); do
				bpftool prog show id "$id" &>/dev/null || break
				sleep 0.02
			done
			run ! bpftool prog show id "$id"
		done
	done
}

@test "teardown removes the pins of devices that are gone" {
	"$TESTENV" setup
	"$TESTENV" load
	"$TESTENV" load --inner
	ip netns delete testenv
	ip link delete dev testenv 2>/dev/null || :
	"$TESTENV" teardown
	assert_no_trace
}
