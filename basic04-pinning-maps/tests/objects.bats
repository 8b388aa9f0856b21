#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
# Objects as people have them: what is loaded, and what is said of those that are not.
# shellcheck disable=SC2154 # bats sets stderr
bats_require_minimum_version 1.5.0

load helpers
load traffic

setup() {
	pair_make
	cd "$BATS_TEST_TMPDIR" || return
}

setting() { sed -n "s/^$1 = //p" "$TOP/config.mk"; }

# compile NAME [CLANG-OPTION...]: NAME.o from what is on stdin, after the usual beginning.
compile() {
	{
		printf '#include <linux/bpf.h>\n#include <bpf/bpf_helpers.h>\n#include "xdp_stats_count.h"\n'
		printf 'char LICENSE[] SEC("license") = "Dual BSD/GPL";\n'
		cat
	} >"$1.c"
	# shellcheck disable=SC2046 # words
	$(setting CLANG) -target bpf -O2 -g -I"$TOP/headers" $(setting BPF_CPPFLAGS) "${@:2}" -c "$1.c" -o "$1.o"
}

COUNTS='{ return xdp_stats_count(ctx, XDP_DROP); }'

@test "a program is chosen by its name or section, whatever that is called, unless it is another type's" {
	compile sections <<-END
		SEC("tc") int of_tc(struct __sk_buff *skb) { return 0; }
		SEC("xdp_router") int router(struct xdp_md *ctx) $COUNTS
		SEC("prog") int old(struct xdp_md *ctx) $COUNTS
	END
	refused 40 "its XDP programs are: none; if one of these is for XDP, give --progname: router (section xdp_router), old (section prog)" \
		"$LOADER" -d va --filename sections.o
	refused 40 "its section tc is for programs of type sched_cls" "$LOADER" -d va --filename sections.o --progname of_tc
	refused 40 "could not find program of section xdp" "$LOADER" -d va --filename sections.o --section xdp
	refused 40 "could not find program router of section prog" "$LOADER" -d va --filename sections.o --progname router -s prog
	run -0 "$LOADER" -d va --filename sections.o --progname router
	[[ $output == *"attached router"* ]]
	frames_send 7
	[[ $(packets_in "$BPFFS/va/xdp_stats_map") == 7 ]]
	run -0 "$LOADER" -d va -M --filename sections.o --section prog
	[[ $output == *"attached old"*"it replaces router"* ]]
	frames_send 3
	[[ $(packets_in "$BPFFS/va/xdp_stats_map") == 10 ]]
}

@test "programs of a devmap or a cpumap are not chosen, and not offered" {
	compile secondary <<-END
		SEC("xdp/devmap") int on_egress(struct xdp_md *ctx) $COUNTS
		SEC("xdp/cpumap") int on_cpu(struct xdp_md *ctx) $COUNTS
		SEC("xdp") int on_ingress(struct xdp_md *ctx) $COUNTS
	END
	run -0 "$LOADER" -d va --filename secondary.o
	[[ $output == *"attached on_ingress"* ]]
	refused 40 "its XDP programs are: on_ingress" "$LOADER" -d va --filename secondary.o --progname none
	refused 40 "in a devmap or cpumap, not on a device" "$LOADER" -d va --filename secondary.o --progname on_cpu
}

@test "an index is one, whether it is signed, unsigned or an enum: --reuse-maps keeps the counts" {
	local key
	"$LOADER" -q -d va --progname xdp_drop_func
	frames_send 5
	for key in int '__u32' 'enum xdp_action'; do
		sed "s/__type(key, __u32)/__type(key, $key)/" "$TOP/headers/xdp_stats_count.h" >xdp_stats_count.h
		compile keys -I. <<<"SEC(\"xdp\") int keys(struct xdp_md *ctx) $COUNTS"
		run -0 "$LOADER" -d va -M --filename keys.o
		[[ $output == *"1 reused"* ]]
	done
	frames_send 1
	[[ $(packets_in "$BPFFS/va/xdp_stats_map") == 6 ]]
}

@test "--auto-mode falls back to skb mode on a reload too, and keeps the counts" {
	needs_kernel 5.18 "no frames of more than one buffer"
	compile one_buffer <<<"SEC(\"xdp\") int one_buffer(struct xdp_md *ctx) $COUNTS"
	ip link set va mtu 9000
	ip link set vb mtu 9000
	"$LOADER" -q -d va --direct --progname xdp_drop_func # it sees frames of more than one buffer
	frames_send 4
	refused 30 "try --auto-mode" "$LOADER" -d va --direct -M --filename one_buffer.o
	run -0 "$LOADER" -d va --direct -M -A --filename one_buffer.o
	[[ $output == *"attached one_buffer"*"in skb mode"*"it replaces xdp_drop_func"*"1 reused"* ]]
	frames_send 2
	[[ $(packets_in "$BPFFS/va/xdp_stats_map") == 6 && $(attached_mode va) == xdpgeneric ]]
}

# broken NAME WORDS...: the object is refused with these words, in one message without -v, and nothing is pinned.
broken() {
	local name=$1 words
	shift
	run --separate-stderr -40 "$LOADER" -d va --filename "$name.o"
	echo "$name: $stderr"
	for words; do [[ $stderr == *"$words"* ]]; done
	[[ $(grep -c '^xdp_loader: ' <<<"$stderr") == 1 && ! -e $BPFFS/va && $(attached_id va) == none ]]
}

@test "an object that cannot be loaded: libbpf's or the verifier's own reason, and what to do" {
	local entry="SEC(\"xdp\") int entry(struct xdp_md *ctx) $COUNTS"
	compile legacy <<-END
		struct bpf_map_def { unsigned int type, key_size, value_size, max_entries, map_flags; };
		struct bpf_map_def SEC("maps") old_map = { .type = BPF_MAP_TYPE_ARRAY, .key_size = 4, .value_size = 8, .max_entries = 1 };
		$entry
	END
	broken legacy "legacy map definitions" "define the maps in section .maps"
	compile no_btf -g0 <<<"$entry"
	broken no_btf "BTF is required" "clang -g"
	compile pinning <<-END
		struct { __uint(type, BPF_MAP_TYPE_ARRAY); __uint(max_entries, 1); __type(key, __u32); __type(value, __u64); __uint(pinning, 2); } list SEC(".maps");
		$entry
	END
	broken pinning "map 'list': invalid pinning value 2" "leave 'pinning' out"
	compile no_entries <<-END
		struct { __uint(type, BPF_MAP_TYPE_ARRAY); __type(key, __u32); __type(value, __u64); } empty SEC(".maps");
		$entry
	END
	broken no_entries "max_entries of map empty is 0"
	compile huge <<-END
		struct { __uint(type, BPF_MAP_TYPE_HASH); __uint(max_entries, 4000000000u); __type(key, __u64); __type(value, __u64[8]); } conntrack SEC(".maps");
		$entry
	END
	broken huge "map 'conntrack': failed to create: "
	compile kfunc <<-END
		extern int no_such_kfunc(struct xdp_md *ctx) __attribute__((section(".ksyms")));
		SEC("xdp") int entry(struct xdp_md *ctx) { no_such_kfunc(ctx); return XDP_PASS; }
	END
	broken kfunc "'no_such_kfunc'" "not found in kernel"
	compile endian -target bpfeb <<<"$entry"
	broken endian endianness "compile it for this machine"
	compile refused <<-'END'
		SEC("xdp") int entry(struct xdp_md *ctx) { return *(__u8 *)(long)ctx->data; }
	END
	broken refused "what the verifier says of it:" "invalid access to packet"
	echo "no object" >text.o
	broken text "it is not a BPF object"
	head -c 200 endian.o >cut.o
	broken cut "could not open BPF object cut.o: "
}

@test "an object may have more maps than the verifier counts: all are pinned, reused, live, and removed" {
	{
		for i in {1..80}; do
			printf 'struct { __uint(type, BPF_MAP_TYPE_ARRAY); __type(key, __u32); __type(value, __u64);'
			printf ' __uint(max_entries, 1); } map_%d SEC(".maps");\n' "$i"
		done
		printf 'SEC("xdp") int many(struct xdp_md *ctx) %s\n' "$COUNTS"
	} | compile many
	run -0 "$LOADER" -d va --filename many.o
	[[ $output == *"maps: 81 new"* ]]
	bpftool map update pinned "$BPFFS/va/map_80" key 0 0 0 0 value 7 0 0 0 0 0 0 0
	run -0 "$LOADER" -d va --filename many.o -M
	[[ $output == *"maps: 0 new (from zero), 81 reused"* ]]
	[[ $(bpftool -j map lookup pinned "$BPFFS/va/map_80" key 0 0 0 0 | jq .formatted.value) == 7 ]]
	run -0 "$LOADER" -d va --list
	[[ $(grep -c 'map .*live$' <<<"$output") == 81 ]]
	run -0 "$LOADER" -d va
	[[ $(ls "$BPFFS/va") == $'owner\nprograms\nxdp_stats_map' ]]
	run -0 "$LOADER" -d va --filename many.o
	run -0 "$LOADER" -d va --unload
	[[ $output == *"removed the pins of 81 maps"* ]]
	[[ ! -e $BPFFS/va ]]
}
