// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* What comes in by one socket goes out by another, and what one socket writes another reads. */
#include <linux/bpf.h>
#include <bpf/bpf_helpers.h>

#include "sockmap.h"

struct {
	__uint(type, BPF_MAP_TYPE_SOCKMAP);
	__type(key, __u32);
	__type(value, __u64);
	__uint(max_entries, 2);
} sockets SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_SOCKHASH);
	__type(key, __u32);
	__type(value, __u64);
	__uint(max_entries, 2);
} writers SEC(".maps");

/* Runs for what comes in by each socket of the map. */
SEC("sk_skb/stream_verdict")
int comes_in(struct __sk_buff *skb)
{
	return bpf_sk_redirect_map(skb, &sockets, OUT, 0);
}

/* Runs for what each socket of the map writes. */
SEC("sk_msg")
int is_written(struct sk_msg_md *msg)
{
	__u32 key = READER;

	return bpf_msg_redirect_hash(msg, &writers, &key, BPF_F_INGRESS);
}

char LICENSE[] SEC("license") = "Dual BSD/GPL";
