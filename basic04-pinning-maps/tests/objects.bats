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

# compile NAME [CLANG-OPTION...]: NAME.o from what is on stdin, after the usual beginning.
compile() {
	{
		printf '#include <linux/bpf.h>\n#include <bpf/bpf_helpers.h>\n#include "xdp_stats_count.h"\n'
		printf 'char LICENSE[] SEC("license") = "Dual BSD/GPL";\n'
		cat
	} >"$1.c"
	compile_file "$@"
}

# The frames that were counted as dropped; those that missed a tail call are counted as aborted.
dropped() { "$STATS" -d va --once --format csv | awk -F, '/XDP_DROP/ { print $10 }'; }

# object_steps OBJECT OPTIONS PROGRAM MAPS NEW PROGRAMS: what each command says of it, and what is counted.
object_steps() {
	local file=$TOP/build/tests/objects/$1.o program=$3 maps=$4 new=$5 programs=$6 options=()
	[[ $2 == - ]] || options=("$2")
	run -0 "$LOADER" -d va --filename "$file" "${options[@]}"
	[[ $output == *"va: attached $program "*"maps: $maps new (from zero), 0 reused"* ]]
	frames_send 3
	[[ $(dropped) == 3 ]]
	run -0 "$LOADER" -d va --filename "$file" "${options[@]}"
	[[ $output == *"maps: $maps new (from zero), 0 reused"* ]]
	frames_send 2
	[[ $(dropped) == 2 ]]
	run -0 "$LOADER" -d va --filename "$file" "${options[@]}" --reuse-maps
	[[ $output == *"maps: $new new (from zero), $((maps - new)) reused"* ]]
	frames_send 4
	[[ $(dropped) == 6 ]]
	run -0 "$LOADER" -d va --list
	[[ $(grep -c '^  map .* live$' <<<"$output") == "$maps" ]]
	[[ $(grep -c '^  program .* live$' <<<"$output") == "$programs" ]]
	[[ $(grep -vc '^  attached' <<<"$output") == $((1 + maps + programs)) ]] # those are behind a dispatcher
	run -0 "$LOADER" -d va --unload
	[[ $output == *"removed the pins of $maps map"*" and $programs program"* ]]
	[[ ! -e $BPFFS/va && $(attached_id va) == none ]]
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

@test "a program on a device above keeps the one below as it is: it is named, for a load and for an unload" {
	needs_kernel 5.15 "a program on a device above does not matter"
	ip link add br0 type bridge 2>/dev/null || skip "this kernel has no bridges"
	"$LOADER" -q -d va
	ip link set va master br0
	ip link set br0 up
	"$LOADER" -q -d br0 --skb-mode
	refused 30 "br0, which is above va, has an XDP program" \
		"$LOADER" -d va -M
	refused 30 "br0, which is above va, has an XDP program" "$LOADER" -d va --unload
	"$LOADER" -q -d br0 --unload
	"$LOADER" -q -d va --unload
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
	compile static <<-END
		static struct { __uint(type, BPF_MAP_TYPE_ARRAY); __uint(max_entries, 1); __type(key, __u32); __type(value, __u64); } hidden SEC(".maps");
		SEC("xdp") int entry(struct xdp_md *ctx) { __u32 key = 0; return bpf_map_lookup_elem(&hidden, &key) && ctx->data ? XDP_DROP : XDP_PASS; }
	END
	broken static "map 'hidden'" "define the map without 'static'"
	compile no_entries <<-END
		struct { __uint(type, BPF_MAP_TYPE_ARRAY); __type(key, __u32); __type(value, __u64); } empty SEC(".maps");
		$entry
	END
	broken no_entries "max_entries of map empty is 0"
	compile huge <<-END
		struct { __uint(type, BPF_MAP_TYPE_HASH); __uint(max_entries, 4000000000u); __type(key, __u64); __type(value, __u64[8]); } conntrack SEC(".maps");
		$entry
	END
	broken huge "map 'conntrack': failed to create: " "give it fewer entries"
	compile kfunc <<-END
		extern int no_such_kfunc(struct xdp_md *ctx) __attribute__((section(".ksyms")));
		SEC("xdp") int entry(struct xdp_md *ctx) { no_such_kfunc(ctx); return XDP_PASS; }
	END
	broken kfunc "'no_such_kfunc'" "not found in kernel"
	compile endian -target bpfeb <<<"$entry"
	broken endian endianness "compile it for this machine"
	compile endian_slots -target bpfeb <<-'END'
		int last(struct xdp_md *ctx);
		struct { __uint(type, BPF_MAP_TYPE_PROG_ARRAY); __uint(max_entries, 1); __uint(key_size, 4); __array(values, int(void *)); }
			stages SEC(".maps") = { .values = { (void *)&last } };
		SEC("xdp") int last(struct xdp_md *ctx) { return XDP_DROP; }
		SEC("xdp") int entry(struct xdp_md *ctx) { bpf_tail_call(ctx, &stages, 0); return XDP_PASS; }
	END
	broken endian_slots endianness
	compile refused <<-'END'
		SEC("xdp") int entry(struct xdp_md *ctx) { return *(__u8 *)(long)ctx->data; }
	END
	broken refused "what the verifier says of it:" "invalid access to packet"
	sed 's#Dual BSD/GPL#Proprietary#' refused.c >gpl.c
	sed -i 's#return .*; }#char text[] = "x"; bpf_trace_printk(text, sizeof(text)); return XDP_PASS; }#' gpl.c
	compile_file gpl
	broken gpl "cannot call GPL-restricted function" "that helper needs a license"
	compile only_tc <<<'SEC("tc") int entry(struct __sk_buff *skb) { return skb->len == 0; }'
	broken only_tc "its XDP programs are: none"
	compile tail_refused <<-'END'
		int last(struct xdp_md *ctx);
		struct { __uint(type, BPF_MAP_TYPE_PROG_ARRAY); __uint(max_entries, 1); __uint(key_size, 4); __array(values, int(void *)); }
			stages SEC(".maps") = { .values = { (void *)&last } };
		SEC("xdp") int last(struct xdp_md *ctx) { return *(__u8 *)(long)ctx->data; }
		SEC("xdp") int entry(struct xdp_md *ctx) { bpf_tail_call(ctx, &stages, 0); return XDP_PASS; }
	END
	broken tail_refused "could not load program last of " "invalid access to packet"
	compile helper <<<'static long (*none)(void) = (void *)9999; SEC("xdp") int entry(struct xdp_md *ctx) { return none(); }'
	broken helper "invalid func unknown#9999" "does not have that helper"
	compile field <<-'END'
		#include <bpf/bpf_core_read.h>
		struct net_device { int none; } __attribute__((preserve_access_index));
		SEC("xdp") int entry(struct xdp_md *ctx)
		{
			struct net_device *device = (void *)(long)ctx->data;
			int value;
			bpf_core_read(&value, sizeof(value), &device->none);
			return value;
		}
	END
	broken field "CO-RE relocation" "no such field"
	compile map_type <<-END
		struct { __uint(type, 999); __uint(max_entries, 1); __type(key, __u32); __type(value, __u64); } odd SEC(".maps");
		$entry
	END
	broken map_type "map 'odd': failed to create: " "takes no map of that type"
	compile undefined <<<'extern int none(struct xdp_md *ctx); SEC("xdp") int entry(struct xdp_md *ctx) { return none(ctx); }'
	broken undefined "'none'" "the function is missing in the object"
	compile config <<<'extern int CONFIG_NONE __kconfig; SEC("xdp") int entry(struct xdp_md *ctx) { return CONFIG_NONE; }'
	if [[ -r /proc/config.gz || -r /boot/config-$(uname -r) ]]; then
		broken config "CONFIG_NONE" "nor in its configuration"
	else
		broken config "failed to open system Kconfig" "/proc/config.gz"
	fi
	cp "$(type -P true)" machine.o
	broken machine "it is not a BPF object"
	: >empty.o
	broken empty "it is not a BPF object"
	if kernel_is 5.18; then
		sed 's/SEC("xdp") int last.*/SEC("xdp.frags") int last(struct xdp_md *ctx) { return ctx->data ? XDP_DROP : XDP_PASS; }/' tail_refused.c >mixed.c
		compile_file mixed
		broken mixed "failed to initialize slot" "must be alike"
	fi
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

@test "each object of the table: load, reload, --reuse-maps, --list and --unload do and count what it says" {
	local object options program maps new programs needs
	while read -r object options program maps new programs needs; do
		[[ $needs == - ]] || kernel_is "$needs" || { echo "# $object: left out: it needs Linux $needs" >&3; continue; }
		echo "$object $options"
		object_steps "$object" "$options" "$program" "$maps" "$new" "$programs"
	done < <(grep -v '^#' "$BATS_TEST_DIRNAME/objects/table")
}

# Reloads of a program that hands each packet to its last one, of RELOADS; xdp_stats adds up what each counted.
tail_calls_reload_often() { # OPTION...
	local n
	watch_start -d va
	traffic_start
	for ((n = 0; n < RELOADS; n++)); do
		"$LOADER" -q -d va --filename "$OBJECTS/objects/tail_calls.o" "$@"
	done
	traffic_end
	watch_end INT
	report_reloads "$(last_packets XDP_DROP)"
	(($(last_packets XDP_DROP) == sent && $(last_packets XDP_ABORTED) == 0))
}

@test "tail calls go on through reloads under traffic: no packet meets a missing entry" {
	RELOADS=20
	"$LOADER" -q -d va --filename "$OBJECTS/objects/tail_calls.o"
	tail_calls_reload_often --reuse-maps
	"$LOADER" -q -d va --filename "$OBJECTS/objects/tail_calls.o"
	tail_calls_reload_often
	run -0 strace -f -e trace=membarrier "$LOADER" -q -d va --progname xdp_pass_func
	[[ $(grep -c membarrier <<<"$output") == 1 ]] # before the last descriptor of the old prog array goes
}

# nest NAME ENTRIES VALUES: tenants with one map each; a frame is counted for tenants 0 to 2, where they have one.
nest() {
	compile "$1" <<-END
		struct inner {
			__uint(type, BPF_MAP_TYPE_ARRAY); __uint(max_entries, $2); __type(key, __u32); __type(value, __u64);
		} red SEC(".maps"), blue SEC(".maps");
		struct {
			__uint(type, BPF_MAP_TYPE_ARRAY_OF_MAPS); __uint(max_entries, 4); __uint(key_size, 4); __array(values, struct inner);
		} tenants SEC(".maps") = { .values = { $3 } };
		static __always_inline void add(__u32 tenant)
		{
			__u32 key = 0;
			void *inner = bpf_map_lookup_elem(&tenants, &tenant);
			__u64 *count = inner ? bpf_map_lookup_elem(inner, &key) : 0;
			if (count)
				__sync_fetch_and_add(count, 1);
		}
		SEC("xdp") int entry(struct xdp_md *ctx)
		{
			add(0);
			add(1);
			add(2);
			return xdp_stats_count(ctx, XDP_DROP);
		}
	END
}

first_of() { bpftool -j map lookup pinned "$1" key 0 0 0 0 | jq -r ".value[0]" | xargs printf "%d\n"; }

@test "maps in maps: what is pinned is what is counted in, after each --reuse-maps" {
	local red=$BPFFS/va/red blue=$BPFFS/va/blue
	nest v1 1 '[0] = &red'
	nest v2 1 '[0] = &red, [1] = &blue'
	nest v3 1 '[0] = &blue, [1] = &red'
	nest v4 8 '[0] = &red, [1] = &blue'
	"$LOADER" -q -d va --filename v1.o
	frames_send 1
	run -0 "$LOADER" -d va --filename v1.o -M
	[[ $output == *"maps: 0 new (from zero), 4 reused"* ]]
	frames_send 1
	[[ $(first_of "$red") == 2 && $(first_of "$blue") == 0 ]]
	run -0 "$LOADER" -d va --filename v2.o -M
	[[ $output == *"maps: 1 new (from zero), 3 reused"* ]]
	frames_send 2
	[[ $(first_of "$red") == 4 && $(first_of "$blue") == 2 ]]
	# What was put in at run time stays, in the reused map and in a new one.
	bpftool map create "$BPFFS/guest" type array key 4 value 8 entries 1 name guest
	bpftool map update pinned "$BPFFS/va/tenants" key 2 0 0 0 value pinned "$BPFFS/guest"
	"$LOADER" -q -d va --filename v2.o -M
	frames_send 1
	[[ $(first_of "$red") == 5 && $(first_of "$blue") == 3 && $(first_of "$BPFFS/guest") == 1 ]]
	run -0 "$LOADER" -d va --filename v3.o -M # the same maps in each other's place
	[[ $output == *"maps: 1 new (from zero), 3 reused"* ]]
	frames_send 1
	[[ $(first_of "$red") == 6 && $(first_of "$blue") == 4 && $(first_of "$BPFFS/guest") == 2 ]]
	refused 40 "entries is 1 in the pinned map and 8 in the object" "$LOADER" -d va --filename v4.o -M
	compile no_nest <<-END
		struct { __uint(type, BPF_MAP_TYPE_ARRAY); __uint(max_entries, 4); __type(key, __u32); __type(value, __u64[512]); } tenants SEC(".maps");
		SEC("xdp") int entry(struct xdp_md *ctx) { __u32 key = 0; return bpf_map_lookup_elem(&tenants, &key) ? XDP_DROP : XDP_PASS; }
	END
	make_pair vc vd
	"$LOADER" -q -d vc --filename no_nest.o
	refused 40 "type is array in the pinned map and array_of_maps in the object" "$LOADER" -d vc --filename v1.o -M
	refused 40 "could not copy to map tenants what has been put into $BPFFS/va/tenants: " \
		"$LOADER" -d va --filename v4.o -M --force
	bpftool map delete pinned "$BPFFS/va/tenants" key 2 0 0 0
	run -0 "$LOADER" -d va --filename v4.o -M --force
	[[ $output == *"maps: 3 new (from zero), 1 reused"* ]]
	frames_send 3
	[[ $(first_of "$red") == 3 && $(first_of "$blue") == 3 && $(packets_in "$BPFFS/va/xdp_stats_map") == 9 ]]
}

@test "global variables stay through --reuse-maps, also of an object that was renamed" {
	cp "$OBJECTS/objects/globals.o" fw-v1.o
	cp fw-v1.o fw-v2.o
	"$LOADER" -q -d va --filename fw-v1.o
	frames_send 3
	run -0 "$LOADER" -d va --filename fw-v2.o -M
	[[ $output == *"maps: 1 new (from zero), 4 reused"* ]]
	frames_send 2
	[[ $(bpftool -j map dump pinned "$BPFFS/va/fw_v1_bss" | jq '.[0].formatted.value[".bss"][0].seen') == 5 ]]
	[[ ! -e $BPFFS/va/fw_v2_bss && $(packets_in "$BPFFS/va/xdp_stats_map") == 5 ]]
	"$LOADER" -q -d va --filename fw-v2.o
	[[ -e $BPFFS/va/fw_v2_bss && ! -e $BPFFS/va/fw_v1_bss ]]
}

@test "--set gives global variables their values before the load" {
	compile variables <<-END
		enum colour { RED, BLUE = 7 };
		struct config { __u16 port; struct { _Bool on; } log; };
		const volatile __s8 small = 1;
		const volatile __u64 large = 1;
		const volatile enum colour colour = RED;
		const volatile char name[4] = "a";
		const volatile struct config config = { 1 };
		const volatile __u32 list[2];
		SEC("xdp") int entry(struct xdp_md *ctx)
		{
			_Bool right = small == -5 && large == 0xfffffffff && colour == BLUE && name[0] == 'x' && !name[1] &&
				     config.port == 443 && config.log.on && list[0] == 0;
			return xdp_stats_count(ctx, right ? XDP_DROP : XDP_ABORTED);
		}
	END
	"$LOADER" -q -d va --filename variables.o --set small=-5 --set large=0xfffffffff --set colour=BLUE --set name=x \
		--set config.port=443 --set config.log.on=true
	frames_send 3
	[[ $(dropped) == 3 ]]
	for wrong in small=128 small=-129 small=0x1ff large=-1 large= large=1x colour=GREEN name=four config.port=65536 config.log.on=2; do
		refused 40 "could not set $wrong: the value must be " "$LOADER" -d va --filename variables.o --set "$wrong"
	done
	refused 40 "has no global variable config.ports; it has: small, large, colour, name, config, list" \
		"$LOADER" -d va --filename variables.o --set config.ports=1
	refused 40 "it is neither a number, nor an enum, nor a text" "$LOADER" -d va --filename variables.o --set list=1
	refused 2 "--set small has no value: give --set NAME=VALUE" "$LOADER" -d va --filename variables.o --set small
	refused 2 "--set gives small two values" "$LOADER" -d va --filename variables.o --set small=1 --set small=2
	refused 40 "could not set small=-0xff: the value must be" "$LOADER" -d va --filename variables.o --set small=-0xff
	printf '%s\n' '#include <linux/bpf.h>' '#include <bpf/bpf_helpers.h>' 'static volatile int seen;' \
		'SEC("xdp") int entry(struct xdp_md *ctx) { return ctx->data && ++seen ? XDP_DROP : XDP_PASS; }' >no_btf.c
	# shellcheck disable=SC2046 # words
	$(setting CLANG) -target bpf -O2 $(setting BPF_CPPFLAGS) -c no_btf.c -o no_btf.o
	"$LOADER" -q -d va --filename no_btf.o
	refused 40 "has no BTF; compile it with clang -g" "$LOADER" -d va --filename no_btf.o --set seen=1
	"$LOADER" -q -d va --filename "$OBJECTS/objects/globals.o"
	refused 40 "--reuse-maps keeps section .data as it is" \
		"$LOADER" -d va --filename "$OBJECTS/objects/globals.o" -M --set threshold=1
	"$LOADER" -q -d va --filename "$OBJECTS/objects/globals.o" -M --set limit=1 # constants are never another load's
	refused 40 "has no global variable LINUX_KERNEL_VERSION; it has: none" \
		"$LOADER" -d va --filename "$OBJECTS/objects/kconfig.o" --set LINUX_KERNEL_VERSION=1
}

@test "--pin-path: devices share a map that asks to be pinned by its name; without it, each has its own" {
	local object=$OBJECTS/objects/pinned_by_name.o shared=$BPFFS/common/shared
	make_pair vc vd
	run -0 "$LOADER" -d va --filename "$object"
	[[ $output == *"map shared asks to be pinned by its name: here it is va's own; --pin-path shares it"* ]]
	[[ -e $BPFFS/va/shared && ! -e $BPFFS/shared && ! -e $BPFFS/common ]]
	"$LOADER" -q -d va --filename "$object" --pin-path "$BPFFS/common"
	"$LOADER" -q -d vc --filename "$object" --pin-path "$BPFFS/common"
	frames_send 2
	PEER=vd frames_send 3
	[[ $(packets_in "$shared") == 5 && $(packets_in "$BPFFS/va/shared") == 5 && $(packets_in "$BPFFS/vc/shared") == 5 ]]
	[[ $(dropped) == 2 ]]
	"$LOADER" -q -d va --filename "$object" --pin-path "$BPFFS/common" # no --reuse-maps: it is shared all the same
	frames_send 1
	[[ $(packets_in "$shared") == 6 && $(dropped) == 1 ]]
	"$LOADER" -q -d va --unload
	"$LOADER" -q -d vc --unload
	[[ $(packets_in "$shared") == 6 && ! -e $BPFFS/va && ! -e $BPFFS/vc ]]
}

@test "--pin-path: the device's own map is the first to be shared, and a prog array that the object fills never is" {
	local object=$OBJECTS/objects/pinned_by_name.o
	"$LOADER" -q -d va --filename "$object"
	frames_send 3
	run -0 "$LOADER" -d va --filename "$object" -M --pin-path "$BPFFS/common"
	[[ $output == *"0 new (from zero), 2 reused"* ]]
	frames_send 2
	[[ $(packets_in "$BPFFS/common/shared") == 5 ]]
	refused 40 "it is for the pins of one device" "$LOADER" -d va --filename "$object" --pin-path "$BPFFS/va"
	refused 40 "it is for the pins of one device" "$LOADER" -d va --filename "$object" --pin-path "$BPFFS/va/programs"
	sed 's/__array(values/__uint(pinning, LIBBPF_PIN_BY_NAME); &/' "$LESSON/tests/objects/tail_calls.bpf.c" >shared_stages.c
	compile_file shared_stages -I"$LESSON/tests/objects"
	"$LOADER" -q -d va --filename shared_stages.o --pin-path "$BPFFS/common"
	[[ ! -e $BPFFS/common/stages && -e $BPFFS/va/stages ]]
	frames_send 2
	[[ $(dropped) == 2 ]]
}

@test "--pin-path: one that differs, that others may write to, or that was made for a load that fails" {
	local object=$OBJECTS/objects/pinned_by_name.o
	mkdir "$BPFFS/common"
	bpftool map create "$BPFFS/common/shared" type array key 4 value 8 entries 2 name shared
	refused 40 "entries is 2 in the pinned map and 1 in the object" \
		"$LOADER" -d va --filename "$object" --pin-path "$BPFFS/common" --force
	mkdir -m 1777 "$BPFFS/open"
	refused 40 "$BPFFS/open" "$LOADER" -d va --filename "$object" --pin-path "$BPFFS/open"
	refused 40 "could not find a BPF filesystem at /tmp" "$LOADER" -d va --filename "$object" --pin-path /tmp
	foreign_program va
	run -30 "$LOADER" -d va --direct --filename "$object" --pin-path "$BPFFS/new"
	[[ ! -e $BPFFS/va && $(packets_in "$BPFFS/new/shared") == 0 ]] # another device may use it by now
	run -40 "$LOADER" -d va --direct --filename "$object" --pin-path "$BPFFS/newer" --set none=1
	[[ ! -e $BPFFS/newer ]]
}

@test "names are not cut to the kernel's 15 characters, of our programs and of others'" {
	local name=a_program_that_counts_and_drops
	bpftool prog load "$OBJECTS/objects/long_names.o" "$BPFFS/theirs" type xdp
	bpftool net attach xdpdrv pinned "$BPFFS/theirs" dev va
	refused 30 "program $(attached_id va) ($name), which is not ours" "$LOADER" -d va --direct
	refused 30 "($name) there is not ours" "$LOADER" -d va --unload-all
	refused 30 "is not ours; give --force to detach it" "$LOADER" -d va --unload "$(attached_id va)"
	run -0 "$LOADER" -d va --direct --force --filename "$OBJECTS/objects/long_names.o"
	[[ $output == *"attached $name ("*"it replaces $name ("* ]]
	run -0 "$LOADER" -d va --unload-all
	[[ $output == *"unloaded $name ("* ]]
}
