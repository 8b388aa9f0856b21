// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* Chooses which of the sockets that share a port gets a packet: the one its first byte names. */
#include <linux/bpf.h>
#include <linux/udp.h>
#include <bpf/bpf_helpers.h>

struct {
	__uint(type, BPF_MAP_TYPE_REUSEPORT_SOCKARRAY);
	__type(key, __u32);
	__type(value, __u64);
	__uint(max_entries, 3);
} sockets SEC(".maps");

__u64 chosen;

/* The packet begins with its UDP header. */
SEC("sk_reuseport")
int choose(struct sk_reuseport_md *packet)
{
	const char *digit = packet->data + sizeof(struct udphdr);
	__u32 key;

	if (digit + 1 > (const char *)packet->data_end)
		return SK_DROP;
	key = *digit - '0';
	if (bpf_sk_select_reuseport(packet, &sockets, &key, 0) == 0)
		chosen++;
	return SK_PASS;
}

char LICENSE[] SEC("license") = "Dual BSD/GPL";
