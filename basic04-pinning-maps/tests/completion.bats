#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
# Completion in bash: by its function, and by TAB in a terminal.
load helpers
bats_require_minimum_version 1.5.0

COMPLETION=$TOP/packaging/completion.bash

setup() {
	PATH=$LESSON:$PATH
	cd "$BATS_TEST_TMPDIR" || return
}

teardown() {
	[[ ! -e tmux ]] || tmux -S tmux kill-server
}

# What TAB would offer behind these words; bash makes a word of each '='. In a bash of its own.
offered() { # WORD...
	# shellcheck disable=SC2016 # the inner shell expands it
	env -i PATH="$PATH" HOME=/tmp bash --norc -c '
		. "$0"
		compopt() { :; } # it works in a completion only
		COMP_WORDS=("$@") COMP_CWORD=$(($# - 1))
		$(complete -p "$1" | sed "s/.* -F \([^ ]*\) .*/\1/") "$1" "${COMP_WORDS[COMP_CWORD]}" "${COMP_WORDS[COMP_CWORD - 1]}"
		printf "%s\n" "${COMPREPLY[@]}"' "$COMPLETION" "$@" | sort | tr '\n' ' ' | sed 's/ $//'
}

is_offered() { # "WANTED..." WORD...
	local got
	got=$(offered "${@:2}")
	[[ $got == "$1" ]] || { echo "behind '${*:2}': $got" && return 1; }
}

@test "the options that are offered are those of --help, of each tool" {
	for tool in xdp_loader xdp_stats maps_ctl; do
		is_offered "$("$tool" --help | grep -oP '^  (-.,|   ) \K--[a-z-]+' | sort | tr '\n' ' ' | sed 's/ $//')" "$tool" ''
	done
	is_offered "--unload --unload-all --unpin" xdp_loader -d va --un
	is_offered "--update" maps_ctl -d va --u
	is_offered "" xdp_stats --reuse
}

@test "devices, named network namespaces, groups, files and folders are offered as values" {
	make_pair va vb
	ip netns add red
	ip netns add rose
	mkdir 'my folder'
	touch 'my folder/x.o' my.o
	is_offered "lo va vb" xdp_stats -d ''
	is_offered "va vb" xdp_loader --dev v
	is_offered "va vb" xdp_loader --dev = v
	is_offered "lo va vb" maps_ctl --dev =
	is_offered "red rose" xdp_stats -d va --netns r
	is_offered "root" xdp_loader -d va --pin-mode 0640 --pin-group roo
	is_offered "my folder my.o" xdp_loader -d va --filename m
	is_offered "my folder" xdp_loader -d va --pin-path m
	is_offered "--unpin" xdp_loader --unload --unpi # what is optional is not waited for
}

@test "actions, formats and switches are offered, and each of them is one that the tool takes" {
	is_offered "aborted drop pass redirect tx" xdp_stats -a --action ''
	is_offered "csv json openmetrics text" xdp_stats -a --format ''
	is_offered "off on" maps_ctl -d va --trace o
	run -0 xdp_stats --help
	for format in csv json openmetrics text; do [[ $output == *"$format"* ]]; done
	make_pair va vb
	xdp_loader -q -d va
	for action in $(offered xdp_stats -a --action ''); do xdp_stats -d va --once --action "$action"; done
	for format in $(offered xdp_stats -a --format ''); do xdp_stats -d va --once --format "$format"; done
}

@test "pinned maps are offered: counters to xdp_stats, control maps to maps_ctl, other bases too" {
	make_pair va vb
	ip netns add red
	ip -n red link add in type veth peer name out
	xdp_loader -q -d va
	maps_ctl -q -d vb
	xdp_loader -q --netns red -d in
	is_offered "$BPFFS/netns-red/in/xdp_stats_map $BPFFS/va/xdp_stats_map $BPFFS/vb/xdp_stats_map" xdp_stats --map ''
	is_offered "$BPFFS/vb/maps_control" maps_ctl --map /sys/fs/bpf/v
	mkdir "$BPFFS/own"
	xdp_loader -q -d lo --skb-mode --pin-base "$BPFFS/own"
	is_offered "$BPFFS/own/lo/xdp_stats_map" xdp_stats --pin-base "$BPFFS/own" --map ''
}

@test "the programs and sections of the object that was named are offered, else of the built-in one" {
	mkdir 'a b'
	cp "$OBJECTS/objects/two_programs.o" 'a b/s.o'
	programs=$(xdp_loader --programs --filename 'a b/s.o')
	[[ $(wc -l <<<"$programs") -gt 1 ]]
	is_offered "$(cut -d ' ' -f 1 <<<"$programs" | sort | tr '\n' ' ' | sed 's/ $//')" xdp_loader -d va --filename 'a\ b/s.o' --progname ''
	is_offered "$(cut -d ' ' -f 2- <<<"$programs" | sort -u | tr '\n' ' ' | sed 's/ $//')" xdp_loader --filename = "'a b/s.o'" -d va -s ''
	is_offered "xdp_abort_func xdp_drop_func xdp_pass_func xdp_tx_func" xdp_loader -d va --progname xdp_
	# What is typed is not run.
	# shellcheck disable=SC2016
	offered xdp_loader --filename '$(touch ran)' --progname ''
	[[ ! -e ran ]]
}

# shellcheck disable=SC2016 # nothing is to be expanded
@test "a name that is offered is not run: one with a command, a pattern or a quote in it is quoted" {
	local name
	make_pair '$(echo>r)' 'a*"b'
	mkdir -p /run/netns
	touch '/run/netns/`echo>ran`'
	is_offered '\$\(echo\>r\) a\*\"b lo' xdp_stats -d ''
	is_offered '\$\(echo\>r\)' xdp_stats -d '$'
	is_offered '\$\(echo\>r\)' xdp_stats -d '\$\(e'
	is_offered '\`echo\>ran\`' xdp_stats -d lo --netns ''
	perl -pe 's/xdp\.frags/\$(>ran_s)/g' "$OBJECTS/objects/frags.o" >named.o
	is_offered '\$\(\>ran_s\)' xdp_loader --filename named.o --section ''
	for name in r ran ran_s; do [[ ! -e $name ]]; done
}

# Types keys in a bash in tmux, with the completion that is installed, until the screen shows a text.
typed() { # KEYS TEXT
	local try
	tmux -S tmux send-keys -l -- "$1"
	for ((try = 0; try < 500; try++)); do
		tmux -S tmux capture-pane -pJ >screen
		! grep -qF -e "$2" screen || return 0
		sleep 0.02
	done
	echo "typed '$1', not shown: $2"
	cat screen
	return 1
}

@test "TAB completes in a terminal, in bash" {
	make_pair va vb
	mkdir 'a folder'
	cp "$LESSON/xdp_prog_kern.o" 'a folder/fw.o'
	printf '%s\n' "PS1='ready: '" "PATH='$PATH'" ". '$COMPLETION'" "bind 'set enable-bracketed-paste off'" >rc
	tmux -S tmux -f /dev/null new-session -d -x 150 -y 30 "exec bash --rcfile rc -i"
	typed '' 'ready: '
	typed $'xdp_loader --de\t' 'ready: xdp_loader --dev '
	typed $'va --file\t' '--dev va --filename '
	typed $'a\tf\t' '--filename a\ folder/fw.o '
	typed $'--progn\txdp_d\t' '--progname xdp_drop_func '
}
