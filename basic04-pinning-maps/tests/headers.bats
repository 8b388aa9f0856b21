#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
# Programs that know nothing of the lesson, built with headers/ alone or on libxdp's own header, by
# whatever loader they come: they are counted, and read.
# shellcheck disable=SC2154 # bats sets stderr
bats_require_minimum_version 1.5.0

load helpers

# Frames of even length pass, others are dropped. Built where nothing of the tree is but headers/.
setup() {
	local device
	ip link add dev va type veth peer name vb
	for device in va vb; do
		echo 1 >"/proc/sys/net/ipv6/conf/$device/disable_ipv6"
		ip link set dev "$device" up
	done
	cp -R "$TOP/headers" "$BATS_TEST_TMPDIR/include"
	cd "$BATS_TEST_TMPDIR" || return
	cat >own.c <<-'END'
		#include <linux/bpf.h>
		#include <bpf/bpf_helpers.h>
		#include <xdp_stats_count.h>

		SEC(SECTION) int even_only(struct xdp_md *ctx)
		{
			return xdp_stats_count(ctx, (ctx->data_end - ctx->data) % 2 ? XDP_DROP : XDP_PASS);
		}

		char _license[] SEC("license") = "GPL";
	END
	cat >libxdp.c <<-'END'
		#include <linux/bpf.h>
		#include <bpf/bpf_helpers.h>
		#include <xdp/xdp_stats_kern_user.h>
		#include <xdp/xdp_stats_kern.h>

		SEC("xdp") int even_only(struct xdp_md *ctx)
		{
			return xdp_stats_record_action(ctx, (ctx->data_end - ctx->data) % 2 ? XDP_DROP :
											      XDP_PASS);
		}

		char _license[] SEC("license") = "GPL";
	END
}

# own.c or libxdp.c to a .o of the same name; ADD goes to the compiler.
compile() { # SOURCE [ADD]...
	local source=$1 triple
	shift
	triple=$(gcc -print-multiarch 2>/dev/null) || true
	"${CLANG:-clang}" -target bpf -O2 -g -Wall -Werror -Iinclude \
		${triple:+"-I/usr/include/$triple"} "$@" -c "$source" -o "${source%.c}.o"
}

compile_plain() { compile own.c -DSECTION='"xdp"'; }
compile_frags() {
	needs_kernel 5.18 "frames of many buffers"
	compile own.c -DSECTION='"xdp.frags"' -DXDP_STATS_FRAGS
}

frames_send() { # COUNT LENGTH
	echo "{ 0x02,0,0,0,0,1, 0x02,0,0,0,0,2, 0x88,0xb5, fill(0x5a, $(($2 - 14))) }" >frame
	trafgen --jumbo-support --notouch-irq --gap 1us --num "$1" --cpus 1 --out vb --in frame \
		</dev/null >sent.log 2>&1 || { cat sent.log; return 1; }
}

# Sends, and sees that xdp_stats, given some options, shows just that.
assert_read() { # XDP_STATS-OPTION...
	frames_send 1000 64
	frames_send 100 999
	local try
	for ((try = 0; try < 50; try++)); do
		run -0 "$STATS" --once "$@"
		[[ ! $output =~ XDP_DROP\ +100\ + ]] || break
		sleep 0.02
	done
	[[ $output =~ XDP_ABORTED\ +0\ +0\ B ]]
	[[ $output =~ XDP_DROP\ +100\ +99.9\ kB ]]
	[[ $output =~ XDP_PASS\ +1,000\ +64.0\ kB ]]
	[[ $output =~ XDP_TX\ +0\ +0\ B ]]
	[[ $output =~ XDP_REDIRECT\ +0\ +0\ B ]]
}

# The map that the program on va uses, pinned by bpftool.
pin_by_bpftool() { # PATH
	local program map
	program=$(ip -d link show dev va | sed -n 's/.*prog\/xdp id \([0-9]*\).*/\1/p')
	map=$(bpftool -j prog show id "$program" | sed 's/.*"map_ids":\[\([0-9]*\)\].*/\1/')
	bpftool map pin id "$map" "$1"
}

@test "a program built with headers/ alone, loaded by xdp_loader, is read by xdp_stats" {
	compile_plain
	run -0 "$LOADER" -d va --filename own.o
	[[ $output == *even_only* ]]
	assert_read -d va
	"$LOADER" -q -d va --filename own.o
	assert_read --map "$BPFFS/va/xdp_stats_map"
}

@test "a program built with headers/ alone, for frames of many buffers, counts them in full" {
	compile_frags
	ip link set dev va mtu 9000
	ip link set dev vb mtu 9000
	"$LOADER" -q -d va --filename own.o
	frames_send 100 9014
	run -0 "$STATS" --once -d va
	# Which action depends on the length of the first buffer; the bytes do not.
	[[ $output =~ XDP_(PASS|DROP)\ +100\ +901\ kB ]]
	"$LOADER" -q -d va --filename own.o --skb-mode
	assert_read -d va
}

@test "a program built with headers/ alone, loaded by ip and pinned by bpftool, is read" {
	compile_plain
	ip link set dev va xdp obj own.o sec xdp
	pin_by_bpftool "$BPFFS/anything"
	assert_read --map "$BPFFS/anything"
}

@test "a program built with headers/ alone, loaded and pinned by bpftool, is read" {
	compile_frags
	mkdir -p "$BPFFS/va"
	bpftool prog load own.o "$BPFFS/va_program" type xdp pinmaps "$BPFFS/va"
	bpftool net attach xdp pinned "$BPFFS/va_program" dev va
	assert_read -d va
}

@test "a program built on libxdp's own header, loaded by xdp_loader, is read" {
	compile libxdp.c
	"$LOADER" -q -d va --filename libxdp.o
	assert_read -d va
	[ ! -e "$BPFFS/xdp_stats_map" ] # where its header asks libbpf to pin it
}

@test "a program built on libxdp's own header, loaded and pinned by bpftool, is read" {
	compile libxdp.c
	bpftool prog load libxdp.o "$BPFFS/program" type xdp
	bpftool net attach xdpgeneric pinned "$BPFFS/program" dev va
	[ -e "$BPFFS/xdp_stats_map" ] # its header asks libbpf to pin it there
	assert_read --map "$BPFFS/xdp_stats_map"
}

@test "a program built on libxdp's own header, loaded by xdp-loader, is read" {
	command -v xdp-loader >/dev/null || skip "xdp-loader is not installed"
	compile libxdp.c
	xdp-loader load --mode native --pin-path "$BPFFS" va libxdp.o &>log || { cat log; false; }
	assert_read --map "$BPFFS/xdp_stats_map"
}

@test "xdp_stats follows from the lesson's program to another's on the same device" {
	compile_plain
	"$LOADER" -q -d va --progname xdp_drop_func
	frames_send 10 64
	"$LOADER" -q -d va --filename own.o
	assert_read -d va
	# The layouts are one: the other program's map is reused.
	"$LOADER" -q -d va --progname xdp_drop_func --reuse-maps
	frames_send 10 100
	run -0 "$STATS" --once -d va
	[[ $output =~ XDP_DROP\ +110\ + ]]
	[[ $output =~ XDP_PASS\ +1,000\ + ]]
}

@test "headers/ builds with clang 19, and is counted and read" {
	command -v clang-19 >/dev/null || skip "clang-19 is not installed"
	CLANG=clang-19
	compile_plain
	"$LOADER" -q -d va --filename own.o
	assert_read -d va
	compile_frags
	"$LOADER" -q -d va --filename own.o
	assert_read -d va
}

@test "headers/ can be included from C++ and C, with or without the system's bpf.h before it" {
	local first
	for first in linux/bpf.h stdio.h xdp_stats_record.h; do
		printf '#include <%s>\n#include <xdp_stats_record.h>\n' "$first" >user.c
		echo '_Static_assert(sizeof(struct datarec) == 16 && XDP_ACTION_MAX == 5, "");' >>user.c
		"${CC:-cc}" -Wall -Wextra -Werror -std=c11 -Iinclude -fsyntax-only user.c
	done
	sed -i s/_Static_assert/static_assert/ user.c
	! command -v c++ >/dev/null ||
		c++ -x c++ -Wall -Wextra -Werror -Iinclude -fsyntax-only user.c
}
