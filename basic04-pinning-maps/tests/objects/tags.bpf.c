// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* Kinds of BTF that older kernels do not know: tags, floating point, a function's forward types. */
#include "object.h"

#define TAG(text_) __attribute__((btf_decl_tag(text_)))

struct record {
	float weight;
	__u64 count TAG("a field");
	int __attribute__((btf_type_tag("a type"))) * address;
	struct nowhere *unknown;
} TAG("a struct");

struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(max_entries, 1);
	__type(key, __u32);
	__type(value, struct record);
} records TAG("a map") SEC(".maps");

TAG("a function") __attribute__((noinline)) int count_of(__u32 key TAG("a parameter"))
{
	struct record *record = bpf_map_lookup_elem(&records, &key);

	return record ? ++record->count : 0;
}

SEC("xdp") int entry(struct xdp_md *ctx)
{
	return count_of(0) ? COUNT : XDP_PASS;
}
