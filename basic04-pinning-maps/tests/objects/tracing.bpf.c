// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* Programs that look on beside the one for XDP, at functions that no kernel has. */
#include "object.h"

SEC("fentry/no_such_function") int on_entry(unsigned long long *ctx)
{
	return !ctx;
}

SEC("fexit/no_such_function") int on_exit(unsigned long long *ctx)
{
	return !ctx;
}

SEC("lsm/no_such_hook") int of_lsm(unsigned long long *ctx)
{
	return !ctx;
}

SEC("iter/no_such_list") int of_list(unsigned long long *ctx)
{
	return !ctx;
}

SEC("tp_btf/no_such_point") int at_point(unsigned long long *ctx)
{
	return !ctx;
}

SEC("xdp") int entry(struct xdp_md *ctx)
{
	return COUNT;
}
