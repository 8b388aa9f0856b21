// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* Maps of the same sizes as those of another program, with something else in them: the two counters
 * of a record the other way round, a key with a different member, a variable with a different name.
 */
#include <linux/bpf.h>
#include <bpf/bpf_helpers.h>

#ifdef LAYOUT_OF_BEFORE
#define FIRST packets
#define SECOND bytes
#define KEY first
#else
#define FIRST bytes
#define SECOND packets
#define KEY other
#endif

struct key {
	__u32 KEY;
};

struct record {
	__u64 FIRST;
	__u64 SECOND;
};

struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(max_entries, 4);
	__type(key, struct key);
	__type(value, struct record);
} records SEC(".maps");

__u32 FIRST = 1;

SEC("xdp")
int layout(struct xdp_md *ctx)
{
	struct key key = { 0 };

	(void)ctx;
	FIRST++;
	return bpf_map_lookup_elem(&records, &key) ? XDP_PASS : XDP_DROP;
}

char LICENSE[] SEC("license") = "Dual BSD/GPL";
