// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* Frames are sent on through a device map: a program where they come in, one in the map, and one
 * where they arrive.
 */
#include <linux/bpf.h>
#include <bpf/bpf_helpers.h>

/* The value is a device's index. */
struct {
	__uint(type, BPF_MAP_TYPE_DEVMAP);
	__type(key, __u32);
	__type(value, __u32);
	__uint(max_entries, 1);
} devices SEC(".maps");

/* The value is a device's index, and a program. */
struct {
	__uint(type, BPF_MAP_TYPE_DEVMAP);
	__type(key, __u32);
	__type(value, struct bpf_devmap_val);
	__uint(max_entries, 1);
} with_programs SEC(".maps");

__u64 redirected, passed, leaving, arrived;

static int count(long action)
{
	__sync_fetch_and_add(action == XDP_REDIRECT ? &redirected : &passed, 1);
	return action;
}

/* The last argument is what the helper returns where the map has no device at the key. */
SEC("xdp")
int comes_in(struct xdp_md *ctx)
{
	(void)ctx;
	return count(bpf_redirect_map(&devices, 0, XDP_PASS));
}

SEC("xdp")
int comes_in_too(struct xdp_md *ctx)
{
	(void)ctx;
	return count(bpf_redirect_map(&with_programs, 0, XDP_PASS));
}

SEC("xdp/devmap")
int leaves(struct xdp_md *ctx)
{
	(void)ctx;
	__sync_fetch_and_add(&leaving, 1);
	return XDP_PASS;
}

SEC("xdp")
int arrives(struct xdp_md *ctx)
{
	(void)ctx;
	__sync_fetch_and_add(&arrived, 1);
	return XDP_DROP;
}

char LICENSE[] SEC("license") = "Dual BSD/GPL";
