#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
# Loads that are killed after any system call.
bats_require_minimum_version 1.5.0
load helpers
load consistency
load traffic
load kill
load fault
setup() { make_pair; }
teardown() { jobs_end; }

@test "a load that is killed anywhere is finished or undone by the next command" {
	kill_everywhere nothing_loaded nothing_to_check next_command nothing_to_check "$LOADER" -d "$DEV"
}

@test "a reload that is killed anywhere leaves the old or the new program running, and is repaired" {
	kill_everywhere pass_loaded still_attached next_command still_attached \
		"$LOADER" -d "$DEV" --progname xdp_drop_func
}

REPAIR=("$LOADER" -d "$DEV" --unload 4294967295)

# A reload that cannot remove the old pins, nor then the new ones.
undo_failed() {
	pass_loaded
	strace -f -o /dev/null -e inject=unlinkat:error=EIO:when=1+ -- \
		"$LOADER" -d "$DEV" --progname xdp_drop_func >/dev/null 2>&1 || :
	[[ -e $DIR/staged-pins/pins-before ]]
}
it_went_back() { [[ -e $DIR/programs/xdp_pass_func ]] || echo "it did not go back; "; }
it_went_forward() { [[ -e $DIR/programs/xdp_drop_func ]] || echo "it did not go forward; "; }
reload_killed() {
	pass_loaded
	killed_in_commit
}

@test "a repair that finishes a reload and is killed anywhere is repaired" {
	kill_everywhere reload_killed still_attached next_command it_went_forward "${REPAIR[@]}"
}

@test "a repair that undoes a reload and is killed anywhere is repaired" {
	kill_everywhere undo_failed still_attached next_command it_went_back "${REPAIR[@]}"
}

# A reload that fails when its last pin has moved, and is killed before it can attach the old program again.
undo_killed() {
	"$LOADER" -q -d "$DEV" --force --direct --progname xdp_pass_func
	NETLINK_FAULT=RTM_SETLINK:2:kill LD_PRELOAD=$OBJECTS/netlink_fault.so strace -f -o /dev/null \
		-e inject=unlinkat:error=EIO:when=2 -- "$LOADER" -d "$DEV" --direct --progname xdp_drop_func \
		>/dev/null 2>&1 || :
	[[ -e $DIR/staged-pins/pins-before && -e $DIR/programs/xdp_drop_func ]]
}

@test "a repair that finishes what was being undone and is killed anywhere is repaired" {
	kill_everywhere undo_killed still_attached next_command it_went_forward "${REPAIR[@]}"
}

# A kill after a call that changes nothing leaves what the one before it has left.
CHANGING='RTM_SETLINK|BPF_(OBJ_PIN|LINK_CREATE)|(mkdir|rename|unlink|rmdir)[at2]*[(].* = 0'

tails_loaded() { "$LOADER" -q -d "$DEV" --force --filename "$OBJECTS/objects/tail_calls.o"; }
tails_undo_failed() {
	tails_loaded
	strace -f -o /dev/null -e inject=unlinkat:error=EIO:when=3+ -- \
		"$LOADER" -d "$DEV" --filename "$OBJECTS/objects/tail_calls.o" >/dev/null 2>&1 || :
	[[ -e $DIR/staged-pins ]]
}

@test "programs that the object tail-calls stay together with it through kills: first load, reload, other program" {
	CHANGES=$CHANGING kill_everywhere pass_loaded still_attached next_command still_attached \
		"$LOADER" -d "$DEV" --filename "$OBJECTS/objects/tail_calls.o"
	CHANGES=$CHANGING kill_everywhere tails_loaded still_attached next_command still_attached \
		"$LOADER" -d "$DEV" --filename "$OBJECTS/objects/tail_calls.o" --reuse-maps
	CHANGES=$CHANGING kill_everywhere tails_loaded still_attached next_command still_attached \
		"$LOADER" -d "$DEV" --progname xdp_pass_func
	CHANGES=$CHANGING kill_everywhere tails_loaded nothing_to_check next_command nothing_to_check \
		"$LOADER" -d "$DEV" --unload
	CHANGES=$CHANGING kill_everywhere tails_undo_failed still_attached next_command still_attached "${REPAIR[@]}"
}

# Native and skb mode are two hooks of which one is in use: between them there is a moment of none.
@test "a change of mode that is killed anywhere leaves a program running when it is repaired" {
	pass_loaded
	CHANGES=$CHANGING kill_everywhere pass_loaded nothing_to_check next_command still_attached \
		"$LOADER" -d "$DEV" --skb-mode
}

@test "a program of others that a killed load has detached comes back" {
	theirs=$(foreign_program "$DEV")
	killed_in_mode_change --force
	repair
	[[ $(attached_id "$DEV") == "$theirs" && $(attached_mode "$DEV") == xdp && ! -e $DIR ]]
}

@test "what was not detached by a killed load, or is another device's, does not come back" {
	"$LOADER" -q -d "$DEV" --direct
	ip link set "$DEV" xdp off
	repair
	[[ $(attached_id "$DEV") == none ]]
	"$LOADER" -q -d "$DEV" --direct
	killed_in_mode_change
	ip link del "$DEV"
	make_pair
	repair
	[[ $(attached_id "$DEV") == none && ! -e $DIR/staged-pins ]]
}
