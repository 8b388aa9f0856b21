// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* Maps of the same sizes as those of another program, with something else in them: the two counters
 * of a record the other way round, a key with a sign, a variable in the place of another.
 */
#include <linux/bpf.h>
#include <bpf/bpf_helpers.h>

#ifdef LAYOUT_OF_BEFORE
#define FIRST packets
#define SECOND bytes
typedef __u32 key_type;
#else
#define FIRST bytes
#define SECOND packets
typedef __s32 key_type;
#endif

struct record {
	__u64 FIRST;
	__u64 SECOND;
};

struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(max_entries, 4);
	__type(key, key_type);
	__type(value, struct record);
} records SEC(".maps");

__u32 FIRST = 1;

SEC("xdp")
int layout(struct xdp_md *ctx)
{
	key_type key = 0;

	(void)ctx;
	FIRST++;
	return bpf_map_lookup_elem(&records, &key) ? XDP_PASS : XDP_DROP;
}

char LICENSE[] SEC("license") = "Dual BSD/GPL";
